"""The guard against lists that shrink: what may be removed, and what waits for a second answer."""

from __future__ import annotations

from typing import Any

from tui_app.sync.coverage import ListCounts, Verdict, judge


def ask(stored: int, listed: int, **more: Any) -> Verdict:
    vanished = more.pop("vanished", frozenset(range(max(stored - listed, 0))))
    return judge("movies", ListCounts(stored, listed), vanished, is_complete=True, **more)


def test_a_plausible_list_lets_vanished_items_leave() -> None:
    assert ask(1000, 800).may_remove


def test_a_list_under_80_percent_removes_nothing_and_gives_a_reason() -> None:
    verdict = ask(1000, 799)
    assert not verdict.may_remove
    assert "201 fewer movies" in verdict.reason
    assert verdict.confirmable


def test_a_second_answer_that_leaves_out_the_same_items_confirms_the_first() -> None:
    assert ask(10_000, 6_000, pending=frozenset(range(4_000))).may_remove


def test_a_second_answer_that_leaves_out_others_confirms_nothing() -> None:
    assert not ask(10_000, 6_000, pending=frozenset(range(4_000, 8_000))).may_remove


def test_an_empty_list_is_never_confirmed_by_repetition_but_can_be_accepted() -> None:
    gone = frozenset(range(100))
    assert not ask(100, 0, vanished=gone, pending=gone).may_remove
    assert ask(100, 0, vanished=gone, accept_shrink=True).may_remove


def test_an_incomplete_list_removes_nothing_even_when_accepted() -> None:
    verdict = judge("movies", ListCounts(10, 9), frozenset({1}), is_complete=False, accept_shrink=True)
    assert not verdict.may_remove
