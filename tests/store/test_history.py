"""The runs of the past and what each changed: kept within bounds, told newest first, and what of it is news."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.support.rows import channel, dump, load, movie, series
from tui_app.catalog import Changes, Kind, Query
from tui_app.errors import LibraryError
from tui_app.store.library_store import LibraryStore
from tui_app.store.write import history
from tui_app.store.write.differences import ItemChange
from tui_app.store.write.history import ALL_CHANGES, INTERRUPTED, KEPT_RUNS, NEW_SQL, RUN_CHANGES


def run_of(store: LibraryStore, at: int, changes: Sequence[ItemChange] = (), **summary: Changes) -> int:
    """One completed run that began at `at` and took a second."""
    run = store.start_run("incremental", at)
    store.record_changes(run, changes)
    store.finish_run(run, "completed", at + 1, summary=summary)
    return run


def added(count: int, kind: Kind = Kind.MOVIE) -> list[ItemChange]:
    return [ItemChange(kind, str(number), f"Film {number}", "added", {}) for number in range(count)]


def changed(fields: Mapping[str, tuple[Any, Any]]) -> ItemChange:
    return ItemChange(Kind.MOVIE, "7", "Metropolis", "changed", fields)


# ------------------------------------------------------------------------------------------------------- runs
def test_a_run_comes_back_with_its_counts_and_its_changes(store: LibraryStore) -> None:
    run = store.start_run("full", 100)
    store.record_changes(run, [changed({"rating": (None, 8.3), "is_adult": (False, None)})])
    store.record_changes(run, [ItemChange(Kind.CHANNEL, "c1", "News", "removed", {}), *added(2)])
    counts = {"channels": Changes(removed=1), "movies": Changes(total=9, added=2, changed=1)}
    store.finish_run(run, "partial", 130, summary=counts, reason="The list of series was cut short.")
    (found,) = store.get_changes()
    assert (found.run, found.mode, found.status, found.at, found.started_at) == (run, "full", "partial", 130, 100)
    assert found.reason == "The list of series was cut short."
    assert found.counts == counts and found.recorded == 4 and found.omitted == 0
    assert [(c.kind, c.change, c.id) for c in found.changes] == [
        (Kind.CHANNEL, "removed", "c1"),
        (Kind.MOVIE, "added", "0"),
        (Kind.MOVIE, "added", "1"),
        (Kind.MOVIE, "changed", "7"),
    ]
    assert found.changes[-1].fields == {"rating": (None, 8.3), "is_adult": (False, None)}


def test_the_last_20_runs_are_kept_newest_first_and_the_others_leave_with_their_lists(store: LibraryStore) -> None:
    for number in range(KEPT_RUNS + 3):
        run_of(store, 100 * number, added(1))
    runs = store.get_runs()
    assert [run.started_at for run in runs] == [100 * number for number in range(KEPT_RUNS + 2, 2, -1)]
    assert len(runs) == KEPT_RUNS == 20
    assert len(dump(store, "sync_change")) == 20


def test_since_asks_for_runs_that_ended_then_or_later(store: LibraryStore) -> None:
    for at in (100, 200, 300):
        run_of(store, at)
    assert [run.at for run in store.get_runs(since=201)] == [301, 201]
    assert store.get_runs(since=302) == ()


def test_a_run_nobody_finished_counts_as_interrupted_from_the_next_one_on(store: LibraryStore) -> None:
    empty = store.start_run("full", 1)
    killed = store.start_run("incremental", 2)
    store.record_changes(killed, added(3))
    (running, *_) = store.get_runs()
    assert running.status == "running" and running.counts == {"movies": Changes(added=3)}
    assert [(run.status, run.reason) for run in store.get_runs(may_run=False)] == [
        ("partial", INTERRUPTED),
        ("failed", INTERRUPTED),
    ]
    run_of(store, 3)
    found = {run.run: run for run in store.get_runs()}
    assert (found[empty].status, found[killed].status) == ("failed", "partial")
    assert found[empty].reason == found[killed].reason == INTERRUPTED
    assert found[killed].at == 2 and found[killed].counts == {"movies": Changes(added=3)}
    assert found[killed].omitted == 0


# ----------------------------------------------------------------------------------------------------- bounds
def test_a_run_lists_so_many_changes_and_counts_the_others(store: LibraryStore) -> None:
    run = store.start_run("incremental", 1)
    for _ in range(3):
        store.record_changes(run, added(8_000))
    store.finish_run(run, "completed", 2, summary={"movies": Changes(added=24_000)})
    (found,) = store.get_runs()
    assert found.recorded == RUN_CHANGES == 20_000
    assert found.omitted == 4_000
    assert len(store.change_keys(run).keys) == 20_000


def test_the_oldest_lists_leave_first_when_all_together_are_too_long(
    store: LibraryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ALL_CHANGES == 100_000
    monkeypatch.setattr(history, "ALL_CHANGES", 100)
    for number in range(4):
        run_of(store, number, added(40), movies=Changes(added=40))
    assert [(run.recorded, run.omitted) for run in store.get_runs()] == [(40, 0), (40, 0), (0, 40), (0, 40)]
    assert [len(run.changes) for run in store.get_changes(limit=5)] == [5, 5, 0, 0]


def test_long_texts_are_cut_to_where_they_begin_to_differ(store: LibraryStore) -> None:
    before, after = "same " * 100 + "old end " * 50, "same " * 100 + "new end"
    run_of(store, 1, [changed({"plot": (before, after)}), changed({"plot": ("x" * 500, None)})])
    (run,) = store.get_changes()
    (old, new), (cut, nothing) = (change.fields["plot"] for change in run.changes)
    assert old.startswith("…") and old.endswith("…") and "same old end" in old
    assert new.startswith("…") and new.endswith("same new end")
    assert cut == "x" * 200 + "…" and nothing is None
    assert max(len(row[0]) for row in dump(store, "sync_change", "fields")) < 500


def test_what_was_counted_but_is_no_change_of_its_own_is_not_missed(store: LibraryStore) -> None:
    run_of(store, 1, added(2), movies=Changes(added=502, removed=500))  # 500 items went on under other ids
    assert [(run.recorded, run.omitted) for run in store.get_runs()] == [(2, 0)]


# ------------------------------------------------------------------------------------------------ first loads
def test_a_first_load_is_listed_as_added_in_the_order_of_the_provider(store: LibraryStore) -> None:
    run = store.start_run("incremental", 1)
    load(store, Kind.MOVIE, movie("b7", "Second"), movie(5, "First [/b]"))
    store.record_first_load(run, Kind.MOVIE)
    store.finish_run(run, "completed", 2, summary={"movies": Changes(total=2, added=2)})
    (found,) = store.get_changes()
    assert [(c.id, c.name, c.change) for c in found.changes] == [
        ("b7", "Second", "added"),
        ("5", "First [/b]", "added"),
    ]
    assert found.omitted == 0


def test_a_first_load_that_does_not_fit_is_only_counted(store: LibraryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "RUN_CHANGES", 3)
    run = store.start_run("incremental", 1)
    load(store, Kind.CHANNEL, channel(1), channel(2))
    load(store, Kind.MOVIE, movie(1), movie(2))
    store.record_first_load(run, Kind.CHANNEL)
    store.record_first_load(run, Kind.MOVIE)
    store.finish_run(run, "completed", 2, summary={"channels": Changes(added=2), "movies": Changes(added=2)})
    (found,) = store.get_changes()
    assert [change.kind for change in found.changes] == [Kind.CHANNEL, Kind.CHANNEL]
    assert found.omitted == 2


# ------------------------------------------------------------------------------------------------------- news
def new_ids(store: LibraryStore, kind: Kind, seen_at: int | None) -> set[str]:
    run = store.first_unseen_run(seen_at)
    items = store.page(Query(kind), limit=None).items
    return {item.id for item in (items if run is None else store.mark_new(items, run)) if item.is_new}


def test_what_later_syncs_added_is_new_until_it_was_seen_and_first_loads_never_are(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number) for number in range(6)), movie("b7"))
    load(store, Kind.SERIES, series(1))
    first = store.start_run("full", 10)
    store.record_first_load(first, Kind.MOVIE)
    store.finish_run(first, "completed", 11)
    assert new_ids(store, Kind.MOVIE, None) == set()
    run_of(store, 20, added(2))
    run_of(store, 30, [ItemChange(Kind.MOVIE, "b7", "B", "added", {}), changed({"name": ("a", "b")})])
    assert new_ids(store, Kind.MOVIE, None) == {"0", "1", "b7"}
    assert new_ids(store, Kind.MOVIE, seen_at=21) == {"b7"}
    assert new_ids(store, Kind.MOVIE, seen_at=31) == set()
    assert new_ids(store, Kind.SERIES, None) == set()
    running = store.start_run("incremental", 31)  # in the very second of the last look
    store.record_changes(running, [ItemChange(Kind.SERIES, "1", "S", "added", {})])
    assert new_ids(store, Kind.SERIES, seen_at=31) == {"1"}


def test_a_page_of_new_marks_is_looked_up_in_its_index_alone(store: LibraryStore) -> None:
    run = store.start_run("incremental", 1)
    store.record_changes(run, added(5_000))
    parameters = {"kind": "movie", "ids": json.dumps([str(number) for number in range(64)]), "run": run}
    plan = " ".join(str(row[3]) for row in store.database.rows(f"EXPLAIN QUERY PLAN {NEW_SQL}", parameters))
    assert "SEARCH sync_change USING INDEX sync_change_added (kind=? AND item=? AND run>?)" in plan
    assert "SCAN sync_change" not in plan
    assert len(store.database.rows(NEW_SQL, parameters)) == 64


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "mowie"), ("fields", "{"), ("fields", "[1]"), ("fields", '{"a": 1}')]
)
def test_a_damaged_line_says_so_and_what_to_do(store: LibraryStore, column: str, value: str) -> None:
    run_of(store, 100, added(1))
    store.database.run(f"UPDATE sync_change SET {column} = ?", (value,))
    with pytest.raises(LibraryError) as caught:
        store.get_changes()
    assert "cache check" in caught.value.hint
