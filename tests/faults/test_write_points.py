"""A process that ends at any write, sync or truncation of a database loses nothing, and the next sync completes.

SQLite's file layer tells of each step before it happens, so that every point at which a kill or a power failure can
find the files is known and counted. At a point the home folder is copied as a kill would leave it, and as a power
failure would: of each database only what was synced. A run tries a part of the points, another one each day; all of
them with XTREAM_TUI_WRITE_POINTS=all.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from tests.support.cut_sqlite import Step, cutting
from tests.support.list_panel import ListPanel, category, channel, movie, series
from tests.support.old_files import old_library, unpack
from tests.support.panel_transport import answering
from tui_app.backup import make_plan, opened_backup, restore, write_backup
from tui_app.catalog import Details, Episode, Kind, Mark, Season
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.compaction import compact
from tui_app.store.user.user_store import UserStore
from tui_app.sync import run_sync

PROFILE: Final = "home"
ALL_POINTS: Final = os.environ.get("XTREAM_TUI_WRITE_POINTS") == "all"
#: Points of each operation tried in an ordinary run.
A_FEW: Final = 12
#: Rows that belong together, as a table or one kind of a table: they are written all at once or not at all.
PARTS: Final = (
    *(("category:channel",), ("category:movie",), ("category:series",)),
    ("channel", "item_category:channel"),
    ("movie", "movie_text", "movie_details", "item_category:movie", "item_genre:movie"),
    ("series", "series_text", "series_details", "season", "episode", "item_category:series", "item_genre:series"),
)
#: Columns that say when or in which order something was written.
UNSTABLE: Final = {"added_at", "fetched_at", "seen_at", "at"}

Ending = Literal["killed", "power failure"]
Rows = dict[str, list[tuple[Any, ...]]]


# ------------------------------------------------------------------------------------------------------- the points
class Points:
    """Counts the steps on the databases below a folder, and copies the folder before some of them."""

    def __init__(self, folder: Path, into: Path, is_chosen: Callable[[int], bool]) -> None:
        self._folder, self._into, self._is_chosen = folder, into, is_chosen
        self._synced = {str(file): file.read_bytes() for file in folder.rglob("*.db*") if "-shm" not in file.name}
        self.count = 0
        self.done = 0  # what the operation says to have finished
        self.cuts: list[tuple[int, int, str, dict[Ending, Path]]] = []

    def __call__(self, step: Step, name: str) -> None:
        if not name.startswith(str(self._folder)):
            return  # a temporary file
        if step == "synced":
            self._synced[name] = Path(name).read_bytes()
            return
        if self._is_chosen(self.count):
            copies: dict[Ending, Path] = {"killed": self._copy("killed")}
            if step != "half":
                copies["power failure"] = self._unsynced()
            self.cuts.append((self.count, self.done, f"{step} of {Path(name).name}", copies))
        if step == "delete":
            self._synced.pop(name, None)
        self.count += 1

    def _copy(self, ending: Ending) -> Path:
        target = self._into / f"{self.count}-{ending[0]}"
        shutil.copytree(self._folder, target)
        return target

    def _unsynced(self) -> Path:
        copy = self._copy("power failure")
        for file in [*copy.rglob("*.db"), *copy.rglob("*.db-wal"), *copy.rglob("*.db-journal"), *copy.rglob("*-shm")]:
            if file.name.endswith("-shm"):
                file.unlink()
            else:
                file.write_bytes(self._synced.get(str(self._folder / file.relative_to(copy)), b""))
        return copy


def _chosen(name: str, total: int) -> Callable[[int], bool]:
    """Every point, or evenly spread ones that differ from day to day and between operations."""
    if ALL_POINTS or total <= A_FEW:
        return lambda number: True
    stride = total / A_FEW
    first = (int(time.time() // 86_400) * 7 + len(name)) % max(1, int(stride))
    wanted = {first + int(number * stride) for number in range(A_FEW)}
    return wanted.__contains__


# --------------------------------------------------------------------------------------------------- what is in them
def rows_of(path: Path) -> Rows:
    """The rows of a file, as far as they don't depend on the time, by table, or by table and kind."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as file:
        listed = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'").fetchall()
        found: Rows = {}
        for (table,) in listed:
            columns = [row[1] for row in file.execute(f'PRAGMA table_info("{table}")') if row[1] not in UNSTABLE]
            names = ", ".join(f'"{column}"' for column in columns)
            kind = columns.index("kind") if "kind" in columns else None
            for row in sorted(file.execute(f'SELECT {names} FROM "{table}"').fetchall(), key=repr):
                found.setdefault(table if kind is None else f"{table}:{row[kind]}", []).append(row)
    return found


def assert_sound(path: Path) -> None:
    if path.exists():
        with closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert file.execute("PRAGMA foreign_key_check").fetchall() == []


@dataclass
class World:
    """A home, its panel, and what was in the files before and after an operation."""

    folder: Path
    panel: ListPanel
    library_before: Rows = field(default_factory=dict)
    library_after: Rows = field(default_factory=dict)
    #: The rows of the user's file behind each finished step of the operation; the first ones are from before it.
    marks: list[Rows] = field(default_factory=list)

    @property
    def paths(self) -> Paths:
        return Paths.under(self.folder)

    def sync(self, **options: Any) -> Any:
        with answering(self.panel):
            return asyncio.run(run_sync(self.paths, PROFILE, **options))

    def library(self) -> Rows:
        return rows_of(self.paths.library_db(PROFILE))

    def user(self) -> Rows:
        return rows_of(self.paths.user_db)


# ---------------------------------------------------------------------------------------------------- the operations
def panel_of(generation: int) -> ListPanel:
    """A small panel. The second one has other names, rows gone and new, and series with other ids."""
    panel = ListPanel()
    first = 3 * generation
    panel.movie_categories = [category(number, f"Genre {number + first}") for number in range(1, 4)]
    panel.channels = [channel(number, name=f"Channel {number} {generation}") for number in range(1 + first, 13 + first)]
    panel.movies = [movie(number, plot=f"Told {generation}.") for number in range(1 + first, 31 + first)]
    panel.series = [series(number, series_id=5_000 + number + 70 * generation) for number in range(1, 13)]
    return panel


def new_home(folder: Path) -> World:
    """A profile and marks, before the first sync."""
    world = World(folder, panel_of(0))
    paths = world.paths.ensure()
    ProfileStore(paths).add(Profile(PROFILE, "http://panel.test", "me", password_source="file"), "secret-word")
    with UserStore(paths.user_db) as user:
        user.set_marks(
            PROFILE, Kind.MOVIE, [(str(1_000 + n), f"Film {n}") for n in range(1, 9)], Mark.FAVOURITE, on=True
        )
        user.set_mark(PROFILE, Kind.SERIES, "5003", Mark.FAVOURITE, "Serial 3")
        user.favourites.put(PROFILE, [("movie", "1002"), ("series", "5003")], "Silent")
        user.hide_categories(PROFILE, Kind.MOVIE, [("3", "Genre 3")])
    return world


def synced_home(folder: Path) -> World:
    """The same after a sync, with stored details."""
    world = new_home(folder)
    assert world.sync().status == "completed"
    with LibraryStore.open(world.paths.library_db(PROFILE)) as store:
        episodes = tuple(Episode(f"e{number}", 1, number, f"Part {number}") for number in range(1, 5))
        store.save_series_details("5003", Details(plot="Told.", seasons=(Season(1, "One", episodes=episodes),)), 50)
        store.save_movie_details("1002", Details(plot="Told at length.", cast="Buster Keaton"), 50)
    return world


def home_for_an_update(folder: Path) -> World:
    world = synced_home(folder)
    world.panel = panel_of(1)
    return world


def old_home(folder: Path) -> World:
    world = new_home(folder)
    world.paths.user_db.unlink()
    old_library(world.paths.library_db(PROFILE))
    unpack("user", 1, world.paths.user_db)
    return world


def home_with_a_backup(folder: Path) -> World:
    world = synced_home(folder)
    with (folder / "kept.zip").open("wb") as stream:
        write_backup(world.paths, stream)
    with UserStore(world.paths.user_db) as user:
        user.set_mark(PROFILE, Kind.MOVIE, "1020", Mark.FAVOURITE, "Film 20")
        user.clear_mark(PROFILE, Kind.MOVIE, "1001", Mark.FAVOURITE)
    return world


def crowded_home(folder: Path) -> World:
    world = synced_home(folder)
    with LibraryStore.open(world.paths.library_db(PROFILE)) as store:
        store.database.run("CREATE TABLE filling(text TEXT)")
        store.database.run_many("INSERT INTO filling VALUES (?)", [("x" * 900,)] * 200)
        store.database.run("DROP TABLE filling")
    return world


def sync_once(world: World, done: Callable[[], None]) -> None:
    assert world.sync(accept_shrink=True).status == "completed"


def migrate_files(world: World, done: Callable[[], None]) -> None:
    LibraryStore.open(world.paths.library_db(PROFILE)).close()
    UserStore(world.paths.user_db).close()


def mark_items(world: World, done: Callable[[], None]) -> None:
    with UserStore(world.paths.user_db) as user:
        done()
        for change in (
            lambda: user.set_mark(PROFILE, Kind.MOVIE, "1011", Mark.FAVOURITE, "Film 11"),
            lambda: user.favourites.put(PROFILE, [("movie", "1011"), ("movie", "1001")], "Later"),
            lambda: user.set_mark(PROFILE, Kind.SERIES, "5004", Mark.WATCHED, "Serial 4"),
            lambda: user.clear_mark(PROFILE, Kind.MOVIE, "1002", Mark.FAVOURITE),
            lambda: user.hide_categories(PROFILE, Kind.CHANNEL, [("1", "News")]),
            lambda: user.favourites.remove_folder(PROFILE, "Silent"),
            lambda: user.move_marks(PROFILE, "movie", {"1003": "9003", "1004": "1003"}, 60),
        ):
            change()
            done()


def restore_backup(world: World, done: Callable[[], None]) -> None:
    with opened_backup(world.folder / "kept.zip") as backup:
        restore(world.paths, backup, make_plan(world.paths, backup, replace=True), {})


def compact_library(world: World, done: Callable[[], None]) -> None:
    with LibraryStore.open(world.paths.library_db(PROFILE)) as store:
        compact(store.database)


@dataclass(frozen=True)
class Operation:
    """What is cut: how its home is made, what runs in it, and whether it is a sync."""

    prepare: Callable[[Path], World]
    run: Callable[[World, Callable[[], None]], None]
    changes: Literal["library", "marks", "files", "nothing"]


OPERATIONS: Final = {
    "first sync": Operation(new_home, sync_once, "library"),
    "incremental sync": Operation(home_for_an_update, sync_once, "library"),
    "migration": Operation(old_home, migrate_files, "files"),
    "mark": Operation(synced_home, mark_items, "marks"),
    "restore": Operation(home_with_a_backup, restore_backup, "marks"),
    "compaction": Operation(crowded_home, compact_library, "nothing"),
}


# ---------------------------------------------------------------------------------------------------------- the test
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_end_at_any_write_loses_nothing(name: str, tmp_path: Path, measured: Callable[[str], None]) -> None:
    operation = OPERATIONS[name]
    total = run_recorded(operation, tmp_path / "counted", tmp_path, lambda number: False)[1].count
    world, points = run_recorded(operation, tmp_path / "home", tmp_path / "cuts", _chosen(name, total))
    assert len(points.cuts) == points.count if ALL_POINTS else len(points.cuts) > A_FEW // 2

    tried = 0
    for number, done, step, copies in points.cuts:
        for ending, folder in copies.items():
            try:
                check(operation, world, World(folder, world.panel), done)
            except BaseException as error:
                error.add_note(f"{name}: {ending} at step {number} of {points.count}: {step}")
                raise
            tried += 1
            shutil.rmtree(folder)
    measured(f"write points, {name}: {len(points.cuts):,} of {points.count:,} cut, {tried:,} times nothing was lost")


def run_recorded(
    operation: Operation, folder: Path, into: Path, is_chosen: Callable[[int], bool]
) -> tuple[World, Points]:
    """Run an operation in a home of its own, with all its points."""
    world = operation.prepare(folder)
    world.library_before, world.marks = world.library(), [world.user()]
    points = Points(folder, into, is_chosen)

    def done() -> None:
        points.done += 1

    with cutting(points):
        operation.run(world, done)
    world.library_after = world.library()
    world.marks.append(world.user())
    if points.done:
        world.marks = list(states_behind_each_step(operation, folder.with_name(f"{folder.name}-steps")))
    return world, points


def states_behind_each_step(operation: Operation, folder: Path) -> Iterator[Rows]:
    """The rows of the user's file before the operation and behind each of its steps."""
    world = operation.prepare(folder)
    found = [world.user()]
    operation.run(world, lambda: found.append(world.user()))
    yield from found


def check(operation: Operation, expected: World, home: World, done: int) -> None:
    """What the next start finds is sound, old or new as a whole, and is completed by the next sync."""
    library, user = home.paths.library_db(PROFILE), home.paths.user_db
    for file in [*home.paths.data.glob("*.db"), *home.paths.data.glob("*.backup-v?")]:
        assert_sound(file)
    if operation.changes == "files":
        LibraryStore.open(library).close()
        UserStore(user).close()
        assert (home.library(), home.user()) == (expected.library_after, expected.marks[-1])
    else:
        assert_old_or_new(operation, expected, home, done)
    finished = home.sync(accept_shrink=True)
    assert finished.status == "completed", (finished.message, finished.report.errors)
    for file in (library, user):
        assert_sound(file)
    if operation.changes == "library":
        assert content(home.library()) == content(expected.library_after)
    assert list(home.paths.data.glob("*.damaged*")) == []


def assert_old_or_new(operation: Operation, expected: World, home: World, done: int) -> None:
    found = home.user()
    assert found in expected.marks[done : done + 2], "marks are neither those from before nor those after"
    before, after, now = (content(rows) for rows in (expected.library_before, expected.library_after, home.library()))
    for part in PARTS:
        is_old, is_new = (all(now.get(table, []) == rows.get(table, []) for table in part) for rows in (before, after))
        assert is_old or is_new, f"{', '.join(part)} are neither the old ones nor the new ones"


def content(rows: Rows) -> Rows:
    """What the panel sent: without the bookkeeping of syncs."""
    kept = {table for part in PARTS for table in part}
    return {table: found for table, found in rows.items() if table in kept}
