"""No F case of the protocol notes is forgotten: each is some test's by its number."""

from __future__ import annotations

from tests.support.counts import FCASES, marked_cases, summary_lines


def test_every_f_case_is_a_test() -> None:
    marked = marked_cases()
    assert sorted(FCASES - marked.keys()) == [], "F cases without a test"
    assert sorted(marked.keys() - FCASES) == [], "there are no such F cases"


def test_the_summary_counts_what_ran_and_says_what_is_missing() -> None:
    passed = [("fcase", 1), ("fcase", 2), ("examples", 1000), ("outcome of", "faults"), ("tally", ("kills", 9, 10))]
    failed = [("fcase", 2), ("outcome of", "faults")]
    assert list(summary_lines(passed, failed)) == [
        "F cases: 1 of 85 passed (failed: 2; 83 not in this run)",
        "hypothesis examples: 1,000",
        "faults survived: 1 of 2",
        "kills survived: 9 of 10",
    ]
    assert list(summary_lines([("something", 1)], [])) == []
