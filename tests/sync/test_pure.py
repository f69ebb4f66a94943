"""What of a sync needs no network and no file: the guard, the positions, the progress, the lock."""

from __future__ import annotations

import itertools
import multiprocessing
import random
from array import array
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.errors import Busy, Cancelled
from tui_app.events import SyncProgress, from_line, to_line
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.guard import judge
from tui_app.sync.list_order import NOWHERE, plan_positions
from tui_app.sync.lock import SyncLock
from tui_app.sync.progress import ProgressTracker


def ask(stored: int, listed: int, **more: object):
    vanished = more.pop("vanished", frozenset(range(max(stored - listed, 0))))
    return judge(noun="movies", stored=stored, listed=listed, vanished=vanished, is_complete=True, **more)  # type: ignore[arg-type]


def test_a_plausible_list_lets_vanished_items_leave():
    assert ask(1000, 800).may_remove


def test_a_list_under_80_percent_is_held_back_with_a_reason():
    verdict = ask(1000, 799)
    assert not verdict.may_remove
    assert "201 fewer movies" in verdict.reason
    assert verdict.confirmable


def test_a_second_answer_that_leaves_out_the_same_items_confirms_the_first():
    assert ask(10_000, 6_000, held_before=frozenset(range(4_000))).may_remove


def test_a_second_answer_that_leaves_out_others_confirms_nothing():
    assert not ask(10_000, 6_000, held_before=frozenset(range(4_000, 8_000))).may_remove


def test_an_empty_list_is_never_confirmed_by_repetition_but_can_be_accepted():
    gone = frozenset(range(100))
    assert not ask(100, 0, vanished=gone, held_before=gone).may_remove
    assert ask(100, 0, vanished=gone, accept_shrink=True).may_remove


def test_an_incomplete_list_removes_nothing_even_when_accepted():
    verdict = judge(noun="movies", stored=10, listed=9, vanished=frozenset({1}), is_complete=False, accept_shrink=True)
    assert not verdict.may_remove


def planned(order: Sequence[int], stored: Mapping[int, int]) -> dict[int, int]:
    """Key → new position, of keys in the provider's order."""
    positions = plan_positions(array("q", (stored.get(key, NOWHERE) for key in order)))
    return {key: position for key, position in zip(order, positions, strict=True) if position != NOWHERE}


def in_order(order: list[int], stored: dict[int, int], new: dict[int, int]) -> bool:
    now = [new.get(key, stored.get(key)) for key in order]
    return all(a is not None and b is not None and a < b for a, b in itertools.pairwise(now))


@given(st.lists(st.integers(0, 60), unique=True), st.lists(st.integers(0, 60), unique=True))
def test_planned_positions_always_give_the_providers_order(before: list[int], after: list[int]):
    stored = planned(before, {})
    assert in_order(after, stored, planned(after, stored))


def test_an_unchanged_order_plans_nothing_even_when_items_vanished():
    stored = planned(range(100), {})
    assert planned([k for k in range(100) if k % 7], stored) == {}


def test_one_moved_item_costs_one_position():
    stored = planned(range(100), {})
    order = [50, *(k for k in range(100) if k != 50)]
    assert list(planned(order, stored)) == [50]


def test_items_listed_first_do_not_renumber_the_rest():
    stored = planned(range(100), {})
    assert set(planned([200, 201, *range(100)], stored)) == {200, 201}


def test_a_full_gap_renumbers_in_the_right_order():
    order, stored = [1, 2], planned([1, 2], {})
    for new in range(3, 40):
        order.insert(1, new)
        stored |= planned(order, stored)
        assert in_order(order, stored, {})


@given(st.lists(st.tuples(st.sampled_from(["downloading", "comparing", "writing"]), st.floats(0, 1)), max_size=50))
def test_progress_never_goes_back(steps: list[tuple[str, float]]):
    said: list[SyncProgress] = []
    tracker = ProgressTracker(said.append, ["categories", "channels", "movies"], {"channels": 10, "movies": 90})  # type: ignore[arg-type]
    for part in ("categories", "channels", "movies"):
        tracker.start_part(part)
        for phase, share in steps:
            tracker.advance(phase, share)
    tracker.finish()
    fractions = [event.fraction for event in said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(0 <= fraction <= 1 for fraction in fractions)


def _hold(path, ready, done):  # type: ignore[no-untyped-def]
    with SyncLock(path, "home"):
        ready.set()
        done.wait(20)


def test_a_second_process_is_told_who_syncs(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=_hold, args=(tmp_path / "home.lock", ready, done))
    holder.start()
    try:
        assert ready.wait(20)
        with pytest.raises(Busy, match=f"process {holder.pid}"), SyncLock(tmp_path / "home.lock", "home"):
            pass
    finally:
        done.set()
        holder.join()
    with SyncLock(tmp_path / "home.lock", "home"):  # free again
        pass


def test_a_killed_holder_leaves_the_profile_free(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=_hold, args=(tmp_path / "home.lock", ready, done))
    holder.start()
    assert ready.wait(20)
    holder.kill()
    holder.join()
    with SyncLock(tmp_path / "home.lock", "home") as lock:
        assert lock is not None


def test_cancelling_calls_back_and_stays_cancelled():
    called: list[int] = []
    cancellation = Cancellation()
    with cancellation.calling(lambda: called.append(1)):
        cancellation.cancel()
    assert called == [1]
    with pytest.raises(Cancelled):
        cancellation.raise_if_cancelled()
    with pytest.raises(Cancelled), cancellation.calling(lambda: None):
        pass


def test_events_survive_the_trip_as_lines():
    event = SyncProgress(part="movies", phase="writing", fraction=0.5, rows=random.Random(1).randint(1, 9))
    assert from_line(to_line(event)) == event
    assert from_line("not json") is None
    assert from_line('{"event":"from the future"}') is None
