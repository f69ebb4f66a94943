"""Four times the panel is four times the work: in every statement and every function of a sync, marks, guide, upkeep.

Work is counted in SQLite's steps and Python's calls (`tests/support/work_counts.py`), which are the same on every
machine; only the processor time, which also sees what happens inside one call, is measured, with a bound that only a
quadratic cost exceeds.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from tests.support import rows
from tests.support.list_panel import ListPanel, category, channel, movie, series
from tests.support.panel_transport import answering
from tests.support.work_counts import Work, WorkCounter, grown
from tests.sync.guide_documents import NOW, document, entry
from tui_app.catalog import Details, ItemRef, Kind, Mark, Programme
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, SyncSettings
from tui_app.store.id_remap.moved_ids import follow_library
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.space import OfferName, drop, droppable
from tui_app.store.user.profile_rows import copy_profile
from tui_app.store.user.undo import Reach
from tui_app.store.user.user_store import UserStore
from tui_app.sync import run_sync

PROFILE: Final = "home"
#: How much more four times the size may cost. Sorting and trees are a little above linear; a quadratic cost is 16.
MOST: Final = 5.0
#: The same for processor time, which is noisy and has its fixed part; the best of several tries counts.
MOST_TIME: Final = 8.0
#: How many times as large the panels are. With 40, the larger ones have 3,200 genres and categories and a series with
#: 960 seasons.
FACTOR: Final = int(os.environ.get("XTREAM_TUI_COST_FACTOR", "1"))
#: Steps and calls below this number don't count: the fixed cost of a statement or a function.
FLOOR: Final = 1_000


#: What may grow more: statements that read a list of bounded length, each with its reason.
BOUNDED: Final = {
    'FROM "playing" AS "t1" WHERE (("t1"."profile" = ?)': "counts the titles of the history, 5,000 at most",
}
#: As many genres have a bit in the mask of each item; only those behind them have rows, which are to be compared.
COMMON_GENRES: Final = 62


@dataclass(frozen=True)
class Shape:
    """A panel: items of each kind, genres and categories, episodes of one long series in its seasons."""

    items: int
    genres: int
    categories: int

    def times(self, factor: int) -> Shape:
        """The same panel with so many times the items; a handful of genres or categories stays one."""
        many = [number if number <= 5 else number * factor for number in (self.genres, self.categories)]
        return Shape(self.items * factor, *many)


SHAPES: Final = {
    "5 genres and categories": Shape(25, genres=5, categories=5),
    "a genre and a category for almost each item": Shape(25, genres=20, categories=20),
}


class Home:
    """A profile on a panel of a shape."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.shape = shape
        self.paths = Paths.under(folder).ensure()
        profiles = ProfileStore(self.paths)
        profiles.add(Profile(PROFILE, "http://panel.test", "me", password_source="file"), "secret-word")
        profiles.save_sync_settings(PROFILE, SyncSettings(guide="full"))
        self.panel = ListPanel()
        self.fill()
        self.send_guide("First shown")

    def send_guide(self, word: str) -> None:
        """Send a guide file with three programmes for each of half the channels."""
        channels = range(self.shape.items // 2)
        shows = (entry(hour, f"{word} {number}", channel=f"c{number}.uk") for number in channels for hour in range(3))
        self.panel.guide_file = document(*shows)

    def fill(self, *, shift: int = 0, told: str = "Told.", reverse: bool = False, share: float = 1.0) -> None:
        """Edit the panel's lists."""
        shape, panel = self.shape, self.panel
        count = int(shape.items * share)
        listed = [category(number, f"Category {number}") for number in range(1, shape.categories + 1)]
        panel.channel_categories = panel.movie_categories = panel.series_categories = listed
        panel.channels = [
            channel(n, stream_id=100 + n + shift, epg_channel_id=f"c{n}.uk", **self._of(n)) for n in range(count)
        ]
        panel.movies = [
            movie(n, stream_id=9_000 + n + shift, plot=f"{told} {n}", cast=f"Actor {n}", **self._of(n))
            for n in range(count)
        ]
        panel.series = [
            series(n, series_id=90_000 + n + shift, plot=f"{told} {n}", **self._of(n)) for n in range(count)
        ]
        if reverse:
            for listed in (panel.channels, panel.movies, panel.series):
                listed.reverse()

    def _of(self, number: int) -> dict[str, Any]:
        shape = self.shape
        genres = f"Genre {number % shape.genres}, Genre {(number + 1) % shape.genres}"
        if not number and shape.genres > 5:  # the first item of a kind uses up the bits
            genres = ", ".join(f"Common {common}" for common in range(COMMON_GENRES))
        return {"genre": genres, "category_ids": [1 + number % shape.categories, 1 + (number + 1) % shape.categories]}

    def sync(self, **options: Any) -> None:
        with answering(self.panel):
            finished = asyncio.run(run_sync(self.paths, PROFILE, **options))
        assert finished.status == "completed", (finished.message, finished.report.errors)

    def ids(self) -> list[str]:
        return [str(row["stream_id"]) for row in self.panel.movies]


Step = Callable[[], object]


def steps_of(home: Home) -> Iterator[tuple[str, Step]]:
    """What a library and the marks of a user go through; each step once."""
    yield "first sync", home.sync
    yield "unchanged sync", home.sync
    yield "full sync", lambda: home.sync(mode="full")
    home.fill(told="Told again.")
    yield "sync of changed rows", home.sync
    home.fill(told="Told again.", reverse=True)
    yield "sync of a reversed list", home.sync
    yield from details_of(home)
    yield from marks_of(home)
    home.fill(shift=40_000, told="Told again.")
    yield "sync of renewed ids", home.sync
    yield "following marks", lambda: followed(home)
    home.fill(shift=40_000, told="Told again.", share=0.5)
    yield "sync of a halved list", lambda: home.sync(accept_shrink=True)
    yield from guide_of(home)
    yield from upkeep_of(home)


def followed(home: Home) -> None:
    with UserStore(home.paths.user_db) as user:
        assert follow_library(user, home.paths.library_db(PROFILE), PROFILE) > 0


def details_of(home: Home) -> Iterator[tuple[str, Step]]:
    def save(first: int) -> None:
        with LibraryStore.open(home.paths.library_db(PROFILE)) as store:
            for number in range(home.shape.items):
                store.save_series_details(str(90_000 + number), rows.details_with_episodes(number, first, 2, 3), 50)
                store.save_movie_details(str(9_000 + number), Details(plot="Told.", cast=f"Star {number}"), 50)

    yield "storing details", lambda: save(0)
    yield "renewing details", lambda: save(70_000_000)


def marks_of(home: Home) -> Iterator[tuple[str, Step]]:
    """Every act of a user on all items at once, and each on its own."""
    items = [(id_, f"Film {id_}") for id_ in home.ids()]
    keys = [("movie", id_) for id_, _name in items]
    categories = [(str(number), "x") for number in range(1, home.shape.categories)]

    def with_user(act: Callable[[UserStore], object]) -> Step:
        def run() -> None:
            with UserStore(home.paths.user_db) as user:
                act(user)

        return run

    def each(act: Callable[[UserStore, str, str], object]) -> Step:
        def run(user: UserStore) -> None:
            for id_, name in items:
                act(user, id_, name)

        return with_user(run)

    def undone(user: UserStore) -> None:
        reach = Reach(Mark.FAVOURITE, {"movie": home.ids()})
        acts = user.record(PROFILE, reach, lambda: user.set_marks(PROFILE, Kind.MOVIE, items, Mark.FAVOURITE, on=False))
        user.take_back(acts[1])

    def exchanged(user: UserStore) -> None:
        theirs = user.shared_marks(PROFILE)
        user.remove_profile("other")
        assert user.merge_shared("other", theirs) > 0

    yield (
        "marking one by one",
        each(lambda user, id_, name: user.set_mark(PROFILE, Kind.MOVIE, id_, Mark.WATCHED, name)),
    )
    yield "clearing one by one", each(lambda user, id_, _: user.clear_mark(PROFILE, Kind.MOVIE, id_, Mark.WATCHED))
    yield "marking at once", with_user(lambda user: user.set_marks(PROFILE, Kind.MOVIE, items, Mark.FAVOURITE, on=True))
    yield "putting into a folder", with_user(lambda user: user.favourites.put(PROFILE, keys, "All"))
    yield "moving up", with_user(lambda user: user.favourites.shift(PROFILE, keys[1::2], -1))
    yield "arranging", with_user(lambda user: user.favourites.arrange(PROFILE, keys[::-1]))
    yield "renaming a folder", with_user(lambda user: user.favourites.rename_folder(PROFILE, "All", "Silent"))
    yield "undoing", with_user(undone)
    yield (
        "watching",
        each(lambda user, id_, name: user.watching.note_position(PROFILE, film(id_, name), 60, 600, at=70)),
    )
    yield "finishing", each(lambda user, id_, name: user.watching.finish(PROFILE, film(id_, name), at=80))
    yield "hiding categories", with_user(lambda user: user.hide_categories(PROFILE, Kind.MOVIE, categories))
    yield "exchanging marks", with_user(exchanged)
    yield "renaming a profile", with_user(lambda user: copy_profile(user._database, PROFILE, "third"))
    yield "removing a profile", with_user(lambda user: user.remove_profile("third"))


def film(id_: str, name: str) -> ItemRef:
    return ItemRef(Kind.MOVIE, id_, name)


def guide_of(home: Home) -> Iterator[tuple[str, Step]]:
    count = home.shape.items // 2

    def save_each() -> None:
        with LibraryStore.open(home.paths.library_db(PROFILE)) as store:
            for number in range(count):
                shows = [Programme(NOW + at, NOW + at + 60, f"News {at}", "") for at in range(0, 600, 60)]
                store.guide.save_programmes(str(40_100 + number), shows, NOW, fresh_until=NOW + 900)

    def read() -> None:
        with LibraryStore.open(home.paths.library_db(PROFILE)) as store:
            ids = [str(40_100 + number) for number in range(count)]
            assert store.guide.get_now_next(ids, NOW) and store.guide.get_grid(ids, NOW, NOW + 3_600)
            assert store.guide.search_programmes("shown", now=NOW).total

    home.send_guide("Shown")
    yield "another guide", lambda: home.sync(mode="full")
    home.send_guide("Shown again")
    yield "changed guide", lambda: home.sync(mode="full")
    yield "guide of each channel", save_each
    yield "reading the guide", read
    yield "pruning the guide", lambda: pruned(home)


def pruned(home: Home) -> None:
    with LibraryStore.open(home.paths.library_db(PROFILE)) as store:
        assert store.guide.prune(NOW + 90 * 86_400) > 0


def upkeep_of(home: Home) -> Iterator[tuple[str, Step]]:
    def with_store(act: Callable[[LibraryStore], object]) -> Step:
        def run() -> None:
            with LibraryStore.open(home.paths.library_db(PROFILE)) as store:
                act(store)

        return run

    def dropped(store: LibraryStore) -> None:
        later = time.time() + 400 * 86_400
        assert droppable(store.database, {}, now=later)
        for name in get_args(OfferName):
            drop(store.database, name, {}, now=later)

    yield "changes of syncs", with_store(lambda store: store.get_changes())
    yield "statistics", with_store(lambda store: store.get_cache_stats(PROFILE))
    yield "checking", with_store(lambda store: store.check())
    yield "dropping what is old", with_store(dropped)
    yield "compacting", with_store(lambda store: store.compact())


# ------------------------------------------------------------------------------------------------------------ tests
def work_of(steps: Iterator[tuple[str, Step]]) -> dict[str, Work]:
    counter = WorkCounter()
    with counter.counting():
        return {name: counter.of(step) for name, step in steps}


def too_much(small: dict[str, Work], large: dict[str, Work]) -> list[str]:
    """What grew more than its panel, in words."""
    return [
        f"{step}: {name[:300]} {before:,} → {after:,}"
        for step, work in large.items()
        for before_all, after_all in ((small[step].steps, work.steps), (small[step].calls, work.calls))
        for name, (before, after) in grown(before_all, after_all, most=MOST, floor=FLOOR).items()
        if not any(part in name for part in BOUNDED)
    ]


def compare(small: dict[str, Work], large: dict[str, Work], name: str, measured: Callable[[str], None]) -> None:
    steps = [sum(sum(work.steps.values()) for work in each.values()) for each in (small, large)]
    calls = [sum(sum(work.calls.values()) for work in each.values()) for each in (small, large)]
    statements = {statement for work in large.values() for statement in work.steps}
    measured(
        f"cost growth, {name}: four times the size takes {steps[1] / steps[0]:.1f} times the SQLite steps and "
        f"{calls[1] / calls[0]:.1f} times the calls; {len(statements)} statements in {len(large)} kinds of work"
    )
    found = too_much(small, large)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", SHAPES)
def test_four_times_the_panel_is_four_times_the_work(
    name: str, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    shapes = [SHAPES[name].times(FACTOR * times) for times in (1, 4)]
    small, large = (work_of(steps_of(Home(tmp_path / str(shape.items), shape))) for shape in shapes)
    compare(small, large, name, measured)


def long_series(folder: Path, seasons: int, episodes: int) -> Iterator[tuple[str, Step]]:
    """A series with many seasons and episodes, whose details come, change, get other ids, and go."""
    folder.mkdir()
    path = folder / "library.db"
    with LibraryStore.open(path) as store:
        rows.load(store, Kind.SERIES, rows.series("1", "Judex"))

    def with_store(act: Callable[[LibraryStore], object]) -> Step:
        def run() -> None:
            with LibraryStore.open(path) as store:
                act(store)

        return run

    def saving(first: int, title: str = "Part") -> Step:
        found = rows.details_with_episodes(0, first, seasons, episodes, title)
        return with_store(lambda store: store.save_series_details("1", found, 50))

    marked = [(str(number), "x") for number in range(seasons * episodes)]

    def marking(user: UserStore) -> None:
        user.set_marks(PROFILE, Kind.EPISODE, marked, Mark.WATCHED, on=True)

    def following() -> None:
        with UserStore(folder / "user.db") as user:
            assert follow_library(user, path, PROFILE) > 0

    def mark_all() -> None:
        with UserStore(folder / "user.db") as user:
            marking(user)

    yield "storing episodes", saving(0)
    yield "storing them again", saving(0)
    yield "marking all", mark_all
    yield "renaming all", saving(0, "Chapter")
    yield "giving all other ids", saving(5_000_000, "Chapter")
    yield "following marks", following
    yield "reading them", with_store(lambda store: store.full_item(Kind.SERIES, "1"))
    yield "watched series", with_store(lambda store: store.watched_series(frozenset(id_ for id_, _ in marked)))
    yield "checking", with_store(lambda store: store.check())
    yield "removing", with_store(lambda store: store.apply(Kind.SERIES, removed=[1]))


def test_four_times_the_episodes_are_four_times_the_work(tmp_path: Path, measured: Callable[[str], None]) -> None:
    sizes = [(6 * FACTOR * times, 6) for times in (1, 4)]
    small, large = (work_of(long_series(tmp_path / str(seasons), seasons, episodes)) for seasons, episodes in sizes)
    compare(small, large, f"{sizes[1][0]} seasons", measured)


def quadratic(folder: Path, size: int) -> Iterator[tuple[str, Step]]:
    """A statement without an index for each of some rows."""
    folder.mkdir()
    with LibraryStore.open(folder / "library.db") as store:
        store.database.run("CREATE TABLE pair(one INTEGER, other INTEGER)")
        store.database.run_many("INSERT INTO pair VALUES (?, ?)", [(number, number) for number in range(size)])
        yield (
            "deleting",
            lambda: store.database.run_many("DELETE FROM pair WHERE other = ?", [(n,) for n in range(size)]),
        )


def test_a_quadratic_cost_is_found(tmp_path: Path) -> None:
    small, large = (work_of(quadratic(tmp_path / str(size), size)) for size in (50, 200))
    assert [line.partition(":")[0] for line in too_much(small, large)] == ["deleting"]


def times_of(steps: Iterator[tuple[str, Step]], best: dict[str, float]) -> None:
    """Keep the least processor time of each step."""
    for name, step in steps:
        began = time.process_time()
        step()
        best[name] = min(best.get(name, 60.0), time.process_time() - began)


def test_no_time_is_spent_where_no_call_is_counted(tmp_path: Path) -> None:
    """A loop inside one call would be seen by the clock alone; a quadratic one would take sixteen times as long."""
    shape = SHAPES["a genre and a category for almost each item"].times(2)
    small, large = dict[str, float](), dict[str, float]()
    for attempt in range(4):
        times_of(steps_of(Home(tmp_path / f"small-{attempt}", shape)), small)
        times_of(steps_of(Home(tmp_path / f"large-{attempt}", shape.times(4))), large)
        found = {name: (small[name], took) for name, took in large.items() if took > MOST_TIME * small[name]}
        if not found:
            break
    assert not found, found
