"""The numbered cases of `tests/protocol.md` and the tests that prove them agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.command_line import REPOSITORY
from tests.support.counts import FCASES, marked_cases, protocol_cases, summary_lines

TESTS: Final = Path(__file__).parents[1]
CASES: Final = 102


def test_the_protocol_has_every_case_once_and_in_order() -> None:
    text = (TESTS / "protocol.md").read_text(encoding="utf-8")
    assert [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)] == list(range(1, CASES + 1))
    assert [number for number, case in protocol_cases().items() if "→" not in case and len(case) < 40] == []


def test_every_case_has_a_test_and_every_mark_a_case() -> None:
    marked = marked_cases()
    assert sorted(FCASES - marked.keys()) == [], "cases without a test"
    assert sorted(marked.keys() - FCASES) == [], "there are no such cases in tests/protocol.md"


def test_numbers_in_the_names_of_tests_are_cases() -> None:
    names = {name for tests in marked_cases().values() for name in tests}
    numbers = {int(number) for name in names for number in re.findall(r"_f(\d+)(?=_)", name)}
    assert sorted(numbers - FCASES) == []


def test_the_summary_counts_what_ran_and_says_what_is_missing() -> None:
    passed = [("fcase", 1), ("fcase", 2), ("outcome of", "faults"), ("tally", ("kills", 9, 10))]
    failed = [("fcase", 2), ("outcome of", "faults")]
    assert list(summary_lines(passed, failed)) == [
        "F cases: 1 of 102 passed (failed: 2; 100 not in this run)",
        "faults survived: 1 of 2",
        "kills survived: 9 of 10",
    ]
    assert list(summary_lines([("something", 1)], [])) == []


_COUNTED: Final = """
import pytest
from hypothesis import given, strategies

@pytest.mark.fcase(1)
def test_a(tally): tally("kills", 2, 3)

@pytest.mark.fcase(2)
def test_b(outcome_of): outcome_of("faults")

@pytest.mark.fcase(3)
def test_c(outcome_of):
    outcome_of("faults")
    assert False

@given(strategies.integers())
def test_d(number): assert number < 10 ** 99
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_counts_the_same_in_one_process_as_in_several(workers: int, tmp_path: Path) -> None:
    (tmp_path / "test_counted.py").write_text(_COUNTED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = fcase(number): one of the cases")
    options = ("-q", "-p", "tests.support.counts", "-n", str(workers), "--rootdir", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert "F cases: 2 of 102 passed (failed: 3; 99 not in this run)" in said
    assert "examples of property tests passed: 100 of 100" in said
    assert "faults survived: 1 of 2" in said
    assert "kills survived: 2 of 3" in said
