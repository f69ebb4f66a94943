"""No statement that a sync runs for each item looks through a table: a refresh costs what changed, not the library."""

from __future__ import annotations

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import peewee
import pytest

from tests.support import rows
from tests.support.cpu_time import slowness
from tests.support.list_panel import category, channel, movie, series
from tests.sync.category_panel import CategoryPanel
from tests.sync.conftest import SyncHome
from tests.sync.guide_documents import document, entry
from tui_app.catalog import CategoryRow, Details, Episode, Kind, Mark, Programme, Season
from tui_app.settings import ProfileStore, SyncSettings
from tui_app.store.database import LibraryDatabase, Statement, resolved
from tui_app.store.id_remap.moved_ids import follow_library, follow_moved_ids, record_moved_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

#: Genres of each kind: those behind the first 62 have no bit in the mask of an item.
GENRES = 90
#: Statements run so often in one of the small syncs here, of forty items of each kind and more, are run for each item.
OFTEN = 25
#: One row for each part, for the whole file, or none: these don't grow with the library.
SMALL = {"meta", "sync_state", "manifest", "sync_run", "profile"}


class Traced:
    """Each statement that a library's connections run, how often, and SQLite's plan for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs: Counter[str] = Counter()  # since the last step
        self.of_each_item: set[str] = set()
        self.plans: dict[str, list[str]] = {}
        for name in ("run", "rows", "integers"):
            self._listen(monkeypatch, name, getattr(LibraryDatabase, name))
        monkeypatch.setattr(LibraryDatabase, "run_many", self._listening_to_many(LibraryDatabase.run_many))

    def _listen(self, monkeypatch: pytest.MonkeyPatch, name: str, call: Any) -> None:
        def heard(database: LibraryDatabase, statement: Statement, params: Any = ()) -> Any:
            self._take(database, *resolved(statement, params), 1)
            return call(database, statement, params)

        monkeypatch.setattr(LibraryDatabase, name, heard)

    def _listening_to_many(self, call: Any) -> Any:
        def heard(database: LibraryDatabase, statement: Statement, many: Iterable[Sequence[Any]]) -> int:
            given = list(many)
            if given:
                self._take(database, resolved(statement)[0], given[0], len(given))
            return int(call(database, statement, given))

        return heard

    def _take(self, database: LibraryDatabase, sql: str, params: Any, times: int) -> None:
        self.runs[sql] += times
        if sql in self.plans or not sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")):
            return
        connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
        found = connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        self.plans[sql] = [str(row[3]) for row in found]

    def step(self) -> None:
        """What ran since the last step was one sync, or one loop over items."""
        self.of_each_item |= {sql for sql, runs in self.runs.items() if runs >= OFTEN}
        self.runs.clear()

    def looking_through(self) -> dict[str, list[str]]:
        """The steps of statements run for each item that read all rows of a table, or all of a kind."""
        often = {sql: self.plans[sql] for sql in self.of_each_item & set(self.plans) if not _reads_one_row(sql)}
        found = {sql: [step for step in plan if _reads_all(step)] for sql, plan in often.items()}
        return {sql: steps for sql, steps in found.items() if steps}


def _reads_one_row(sql: str) -> bool:
    """The first or the last one of an index."""
    last_move = 'SELECT MAX("t1"."at") FROM "moved_id" AS "t1" WHERE ("t1"."kind" = ?)'
    return sql.endswith("LIMIT 1") or sql == last_move


def _reads_all(step: str) -> bool:
    match = re.match(r"(SCAN|SEARCH) (\w+)", step)
    if match is None or "VIRTUAL TABLE" in step or match[2] in SMALL or step.startswith("SCAN CONSTANT"):
        return False
    return match[1] == "SCAN" or step.endswith("(kind=?)")


def genre(number: int) -> str:
    return f"Genre {number % GENRES}, Genre {(number + 1) % GENRES}"


def details(number: int, first: int, title: str = "Part") -> Details:
    episodes = tuple(Episode(f"e{first + at}", 1, at, f"{title} {at}") for at in range(1, 4))
    return Details(plot=f"Told of {number}.", cast="Buster Keaton", seasons=(Season(1, "One", episodes=episodes),))


def fill(panel: CategoryPanel, *, shift: int = 0) -> None:
    panel.movie_categories = [category(number, f"Category {number}") for number in range(1, 30)]
    panel.series_categories = panel.movie_categories
    ids = [[1 + number % 29, 1 + (number + 1) % 29] for number in range(200)]
    panel.movies = [
        movie(n, genre=genre(n), category_ids=ids[n], stream_id=1_000 + n + shift, cast=f"Actor {n}") for n in range(60)
    ]
    panel.series = [series(n, genre=genre(n), category_ids=ids[n], series_id=5_000 + n + shift) for n in range(60)]
    panel.channels = [channel(n, epg_channel_id=f"c{n}.uk", stream_id=100 + n + shift) for n in range(60)]


def store_details(home: SyncHome, shift: int = 0, first: int = 0) -> None:
    with LibraryStore.open(home.paths.library_db("home")) as store:
        for number in range(40):
            store.save_series_details(str(5_000 + number + shift), details(number, first + 10 * number), 50)
            store.save_movie_details(str(1_000 + number + shift), Details(plot="Told.", cast=f"Star {number}"), 50)


def mark_all(home: SyncHome) -> None:
    with UserStore(home.paths.user_db) as user:
        for number in range(40):
            user.set_mark("home", Kind.MOVIE, str(1_000 + number), Mark.FAVOURITE, "x")
            user.set_mark("home", Kind.SERIES, str(5_000 + number), Mark.FAVOURITE, "x")


def test_nothing_that_a_sync_does_for_each_item_looks_through_a_table(
    home: SyncHome, category_panel: CategoryPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First load, changes, removals, details that come, change and go, a guide, ids that all change, and marks."""
    ProfileStore(home.paths).save_sync_settings("home", SyncSettings(guide="full"))
    traced = Traced(monkeypatch)
    fill(category_panel)
    category_panel.guide_file = document(
        *(entry(hour, f"Show {n} {hour}", channel=f"c{n}.uk") for n in range(60) for hour in range(2))
    )
    for step in steps(home, category_panel):
        step()
        traced.step()
    assert len(traced.of_each_item) > 25, "the syncs did too little to say anything"
    assert any(sql.startswith('DELETE FROM "item_genre"') for sql in traced.of_each_item)
    found = traced.looking_through()
    assert not found, "\n".join(f"{sql}: {steps}" for sql, steps in found.items())


def steps(home: SyncHome, panel: CategoryPanel) -> Iterable[Callable[[], object]]:
    yield home.sync
    yield lambda: store_details(home)
    yield lambda: mark_all(home)
    panel.movies = [row | {"name": f"{row['name']} II", "genre": genre(9)} for row in panel.movies]
    panel.series = [row | {"plot": "Another", "category_ids": [3, 4]} for row in panel.series]
    panel.channels = [row | {"num": 900 - row["num"]} for row in reversed(panel.channels)]
    yield home.sync
    yield lambda: store_details(home, first=1_000)
    del panel.movies[25:], panel.series[25:], panel.channels[25:]
    yield lambda: home.sync(accept_shrink=True)
    fill(panel, shift=70_000)
    yield home.sync
    yield lambda: store_details(home, shift=70_000, first=5_000)
    yield lambda: follow(home)
    yield lambda: home.sync(mode="full")


def follow(home: SyncHome) -> None:
    with UserStore(home.paths.user_db) as user:
        assert follow_library(user, home.paths.library_db("home"), "home") > 0


def renewed(path: Path, size: int) -> float:
    """The CPU seconds of giving all series of a library other ids, among three hundred genres."""
    with LibraryStore.open(path) as store:
        names = [f"Genre {number}" for number in range(300)]
        made = [rows.series(n, f"Serial {n}", "1", genre=f"{names[n % 300]}, {names[-n % 300]}") for n in range(size)]
        rows.load(store, Kind.SERIES, *made)
        later = [(replace(row, id=str(size + n)), n * 1024) for n, row in enumerate(made)]
        started = time.process_time()
        store.apply(Kind.SERIES, upserts=later, removed=range(size))
        return (time.process_time() - started) / slowness()


def test_ids_that_are_all_renewed_cost_in_proportion_to_their_number(tmp_path: Path) -> None:
    """Both sizes are measured in turn, each beside known work. A quadratic cost would be 16 times as high."""
    took: dict[int, list[float]] = {1_500: [], 6_000: []}
    for attempt in range(4):
        for size, found in took.items():
            found.append(renewed(tmp_path / f"{size}-{attempt}.db", size))
    small, large = map(min, took.values())
    assert large <= 7 * small, f"four times the series took {large / small:.1f} times as long"


def compiled_for(path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many queries are compiled to store, read, remove and follow series with episodes, and for their guides."""
    count = 0
    compile_query = peewee.Context.query

    def counting(context: peewee.Context) -> Any:
        nonlocal count
        count += 1
        return compile_query(context)

    with LibraryStore.open(path / "library.db") as store, UserStore(path / "user.db") as user:
        rows.load(store, Kind.SERIES, *(rows.series(n, f"Serial {n}", "1") for n in range(size)))
        rows.load(store, Kind.CHANNEL, *(rows.channel(n, f"Channel {n}", "1") for n in range(size)))
        monkeypatch.setattr(peewee.Context, "query", counting)
        for number in range(size):
            store.save_series_details(str(number), details(number, 10 * number), 50)
            store.full_item(Kind.SERIES, str(number))
            store.get_categories(Kind.SERIES)
            user.set_mark("home", Kind.SERIES, str(number), Mark.HIDDEN, "x")
            store.guide.save_programmes(str(number), [Programme(60, 90, "News", "")], 50, fresh_until=90)
            assert store.guide.get_programmes(str(number), 0, 100).programmes
        store.save_categories(Kind.SERIES, [CategoryRow(str(n), f"Category {n}", None, n) for n in range(size)])
        store.apply(Kind.SERIES, removed=range(size))
        record_moved_ids(store.database, Kind.SERIES, {str(n): str(n + size) for n in range(size)}, 60)
        user.set_marks("home", Kind.SERIES, [(str(n), "x") for n in range(size)], Mark.FAVOURITE, on=True)
        assert follow_moved_ids(user, store.database, "home") == 2 * size
        monkeypatch.undo()
    return count


def test_no_query_is_compiled_for_each_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling takes as long as running thirty statements: for each of 6,000 removed series it took six seconds."""
    for name in ("few", "many"):
        (tmp_path / name).mkdir()
    few, many = (compiled_for(tmp_path / name, size, monkeypatch) for name, size in (("few", 20), ("many", 120)))
    assert 0 < many <= few + 5
