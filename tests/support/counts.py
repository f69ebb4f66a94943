"""A pytest plugin: what a test run prints at its end: F cases, pictures, examples, kills, faults, and sizes.

Numbers come from reports of tests that ran, never from what was merely collected, and are part of those reports, so
that workers of pytest-xdist bring them along: a test marked `fcase(43)` proves case 43 of `tests/protocol.md`,
`outcome_of("faults")` counts the test itself, `tally("kills", 9, 10)` counts what happened inside one test, and
`measured("345 files")` prints what a test measured.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

_FCASE: Final = "fcase"
_OUTCOME: Final = "outcome of"
_TALLY: Final = "tally"
_MEASURED: Final = "measured"
_VERBS: Final = {"pictures": "matched", "examples of property tests": "passed"}
_TESTS: Final = Path(__file__).resolve().parent.parent


def protocol_cases() -> dict[int, str]:
    """The hostile cases in `tests/protocol.md` by their numbers, each in one line."""
    text = (_TESTS / "protocol.md").read_text(encoding="utf-8")
    found = re.findall(r"^(\d+)\.\s+(\S.*\n(?: +.*\n)*)", text, re.MULTILINE)
    return {int(number): " ".join(case.split()) for number, case in found}


FCASES: Final = frozenset(protocol_cases())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers(_FCASE):
            item.user_properties += [(_FCASE, number) for number in mark.args]
        if "snap_compare" in getattr(item, "fixturenames", ()):
            item.user_properties.append((_OUTCOME, "pictures"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Count the examples that Hypothesis tried, before the report of the call is made."""
    if call.when == "call":
        counts = re.findall(r"(\d+) passing, (\d+) failing", getattr(item, "hypothesis_statistics", ""))
        good, bad = (sum(map(int, numbers)) for numbers in zip(*counts, strict=True)) if counts else (0, 0)
        if good or bad:
            item.user_properties.append((_TALLY, ("examples of property tests", good, good + bad)))


@pytest.fixture
def outcome_of(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Count this test, as passed or not, under a word of the summary."""
    return lambda word: request.node.user_properties.append((_OUTCOME, word))


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Callable[[str, int, int], None]:
    """Add (good, all) of what happened within this test to a word of the summary."""
    return lambda word, good, total: request.node.user_properties.append((_TALLY, (word, good, total)))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a line at the end of the run, whether the test passes or not."""
    return lambda line: request.node.user_properties.append((_MEASURED, line))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    passed = _properties(terminalreporter.stats.get("passed", ()))
    failed = _properties(terminalreporter.stats.get("failed", ())) + _properties(
        terminalreporter.stats.get("error", ())
    )
    for line in summary_lines(passed, failed):
        terminalreporter.write_line(line)


def _properties(reports: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(str(name), value) for report in reports for name, value in getattr(report, "user_properties", ())]


def summary_lines(passed: list[tuple[str, Any]], failed: list[tuple[str, Any]]) -> Iterator[str]:
    """The lines for the properties of the tests that passed and of those that did not."""
    bad = {value for name, value in failed if name == _FCASE}
    seen = {value for name, value in passed if name == _FCASE} | bad
    if seen:
        yield f"F cases: {len(seen - bad)} of {len(FCASES)} passed{_but(bad, seen)}"
    yield from (str(value) for name, value in (*passed, *failed) if name == _MEASURED)
    good, every = _tallies(passed, failed)
    for word in sorted(every):
        yield f"{word} {_VERBS.get(word, 'survived')}: {good[word]:,} of {every[word]:,}"


def _but(bad: set[int], seen: set[int]) -> str:
    """What is missing from the whole count, and why."""
    absent = FCASES - seen
    parts = [f"failed: {_numbers(bad)}"] if bad else []
    parts += [f"{len(absent)} not in this run"] if absent else []
    return f" ({'; '.join(parts)})" if parts else ""


def _numbers(cases: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(cases)))


def _tallies(passed: list[tuple[str, Any]], failed: list[tuple[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    good, every = Counter[str](), Counter[str]()
    for properties, share in ((passed, 1), (failed, 0)):
        for name, value in properties:
            if name == _OUTCOME:
                good[value] += share
                every[value] += 1
            elif name == _TALLY:
                word, well, total = value
                good[word] += well
                every[word] += total
    return good, every


def marked_cases() -> dict[int, list[str]]:
    """Which tests, as `file::name`, are marked as which F case, in the whole tree of tests; read, not run."""
    cases: dict[int, list[str]] = defaultdict(list)
    for path in sorted(_TESTS.rglob("test_*.py")):
        module = ast.parse(path.read_text())
        shared = [number for statement in module.body for number in _cases_of_module(statement)]
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name.startswith("test_"):
                for number in (*shared, *_cases_of(function.decorator_list)):
                    cases[number].append(f"{path.relative_to(_TESTS)}::{function.name}")
    return cases


def _cases_of_module(statement: ast.stmt) -> Iterator[int]:
    """The cases in `pytestmark = pytest.mark.fcase(...)`, alone or in a list."""
    if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
        value = statement.value
        yield from _cases_of(value.elts if isinstance(value, ast.List | ast.Tuple) else [value])


def _cases_of(marks: Iterable[ast.expr]) -> Iterator[int]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"pytest.mark.{_FCASE}":
            yield from (ast.literal_eval(argument) for argument in mark.args)
