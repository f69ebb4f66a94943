"""What lists and starts cost on a large library. Run: python tests/benchmarks/bench_reads.py [LIBRARY.db] [--size N]

Without a file a library of that size is made (`wide_library`). The app asks for the first page of a list and its
count, reads the keys of all rows in the background, and shows every other page by keys; only the command line asks for
rows far down a list that it did not open. Times are CPU milliseconds of one call in this thread;
starts are wall milliseconds of whole processes, medians, beside a bare interpreter of the same run. Searches have a
benchmark of their own, `bench_search`.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import itertools
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.benchmarks.measure import add_profile, environment, machine, spread
from tests.benchmarks.wide_library import make_library
from tui_app.catalog import SORT_KEYS, ItemRef, Kind, Mark, Query
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

PAGE = 100
PROFILE = "bench"
DEPTHS = (0, 0.01, 0.1, 0.5, 0.9, 1)
TARGET = "target p95 ≤ 2, max ≤ 5 (1,000,000: ≤ 8)"
OWN_IDS = (500, 3_000)  # favourites, watched titles


def timed(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    started = time.thread_time_ns()
    call()
    return (time.thread_time_ns() - started) / 1e6


def show(what: str, times: Iterable[float], target: str = "") -> None:
    values = list(times)
    print(f"  {what:46} {len(values):6} x  {spread(values)}  {target}")


# ------------------------------------------------------------------------------------------------ pages
def filters(store: LibraryStore, kind: Kind, rng: random.Random) -> dict[str, Query]:
    """Each filter alone and the combinations that hurt, with values drawn from the library."""
    category = rng.choice([c for c in store.get_categories(kind) if c.count]).id
    plain = Query(kind)
    found = {"none": plain, "category": replace(plain, category=category)}
    if kind is Kind.CHANNEL:
        return found | {"catch-up": replace(plain, catchup=True)}
    genre = rng.choice(store.genres(kind)[:12])[0]
    year = rng.randrange(1960, 2020)
    return found | {
        "genre": replace(plain, genre=genre),
        "years": replace(plain, year_from=year, year_to=year + 5),
        "rating": replace(plain, min_rating=7.0),
        "category genre": replace(plain, category=category, genre=genre),
        "genre years rating": replace(plain, genre=genre, year_from=year, year_to=year + 20, min_rating=6.5),
        "language": replace(plain, language=rng.choice(("en", "tr"))),
        "quality": replace(plain, quality=rng.choice(("4k", "8k"))),
        "quality years language": replace(plain, quality="4k", year_from=year, year_to=year + 20, language="en"),
        "genre years language": replace(plain, genre=genre, year_from=year, year_to=year + 20, language="en"),
        "text": replace(plain, text="the"),
    }


def bench_pages(store: LibraryStore, kind: Kind, rounds: int) -> None:
    """Lists as the app opens them: the first page, all keys, pages from anywhere; and pages of lists not opened."""
    rng = random.Random(1895)
    times: dict[str, list[float]] = {}
    slowest: list[tuple[float, str]] = []
    for _ in range(rounds):
        for name, query in filters(store, kind, rng).items():
            for sort, descending in itertools.product(SORT_KEYS, (False, True)):
                view = replace(query, sort=sort, descending=descending)
                what = "words" if name == "text" else "all filters"
                order = f"{name}, {sort}{' descending' if descending else ''}"
                if name != "none" and sort == SORT_KEYS[0] and not descending:  # counts are kept for all orders
                    times.setdefault("filter set, counted", []).append(timed(partial(store.count, view)))
                total = store.count(view)
                first = timed(partial(store.page, view))
                times.setdefault(f"first page, {what}", []).append(first)
                for depth in DEPTHS[1:]:
                    offset = max(0, min(total - PAGE, int(total * depth)))
                    store._reads.cache.get_or_make("whole lists", dict).clear()
                    spent = timed(partial(store.page, view, limit=PAGE, offset=offset))
                    times.setdefault(f"page of a list not opened, {what}", []).append(spent)
                store._reads.cache.get_or_make("whole lists", dict).clear()
                times.setdefault(f"keys of all rows, {what}", []).append(timed(partial(store.ids, view)))
                for depth in DEPTHS:
                    offset = max(0, min(total - PAGE, int(total * depth)))
                    spent = timed(partial(store.page, view, limit=PAGE, offset=offset))
                    times.setdefault(f"page of an open list, {what}", []).append(spent)
                    slowest = heapq.nlargest(2, [*slowest, (spent, f"open, {order}, from row {offset:,}")])
                if name != "text":
                    slowest = heapq.nlargest(4, [*slowest, (first, f"first page, {order}")])
    for name, values in sorted(times.items()):
        aim = name.startswith(("first page", "page of an open"))
        show(f"{kind.plural}: {name}", values, TARGET if aim else "")
    for spent, which in slowest:
        print(f"  {'':46} slowest: {spent:.2f} ms, {which}")


def bench_counts(store: LibraryStore, kind: Kind, rounds: int) -> None:
    rng = random.Random(1902)
    counts, letters = [], []
    for _ in range(rounds):
        for query in filters(store, kind, rng).values():
            # a year no one has asked for: what was counted before is remembered
            fresh = replace(query, added_since=rng.randrange(1, 1_000))
            counts.append(timed(partial(store.count, fresh)))
            by_name, letter = replace(query, sort="name"), rng.choice("abcdefghijklmnopqrstuvwxyz")
            letters.append(timed(partial(store.index_of_letter, by_name, letter)))
    show(f"{kind.plural}: exact counts, first time", counts)
    show(f"{kind.plural}: row of a letter", letters)
    genres = timed(lambda: store.genres(kind))
    print(f"  {f'{kind.plural}: genres with counts, first time':46} {genres:14.2f} ms")


def bench_views(store: LibraryStore, kind: Kind, rounds: int) -> None:
    """What a virtual list does: the keys of a view once, then any screenful by its keys."""
    rng = random.Random(1927)
    whole, screens = [], []
    for _ in range(rounds):
        query = Query(kind, sort=rng.choice(SORT_KEYS), descending=rng.random() < 0.5)
        whole.append(timed(partial(store.ids, query)))
        keys = store.ids(query)
        for _ in range(20):
            start = rng.randrange(len(keys))
            screens.append(timed(partial(store.items_by_keys, kind, keys[start : start + PAGE])))
    show(f"{kind.plural}: keys of the whole list", whole)
    show(f"{kind.plural}: {PAGE} rows by their keys, anywhere", screens)
    show(f"{kind.plural}: categories with counts", (timed(lambda: store.get_categories(kind)) for _ in range(rounds)))


def bench_favourites(store: LibraryStore, kind: Kind, rounds: int) -> None:
    """Ids of the user's own: only those, and all but those."""
    rng = random.Random(1931)
    all_keys = list(store.ids(Query(kind)))
    for number in OWN_IDS:
        for name in ("only", "without"):
            first, rest = [], []
            for sort, descending in itertools.product(SORT_KEYS, (False, True)):
                ids = tuple(map(str, rng.sample(all_keys, min(number, len(all_keys)))))
                plain = Query(kind, sort=sort, descending=descending)
                view = replace(plain, only_ids=ids) if name == "only" else replace(plain, excluded_ids=ids)
                first.append(timed(partial(store.page, view)))
                rest.append(timed(partial(store.ids, view)))
            show(f"{kind.plural}: {name} {number:,} ids: count and first page", first)
            show(f"{kind.plural}: {name} {number:,} ids: keys of all rows", rest)


# -------------------------------------------------------------------------------------------------- home
def bench_home(home: Path, rounds: int) -> None:
    """Home as the app reads it, of a user who watched much: first with nothing cached, then again."""
    paths = Paths.under(home)
    with LibraryStore.open(paths.library_db(PROFILE), readonly=True) as store, UserStore(paths.user_db) as user:
        rng = random.Random(1895)
        for kind in (Kind.MOVIE, Kind.CHANNEL):
            found = store.page(Query(kind), limit=2_000).items
            marked = [(item.id, item.name) for item in rng.sample(found, min(len(found), 300))]
            user.set_marks(PROFILE, kind, marked, Mark.FAVOURITE, on=True)
            for item_id, name in marked[:60] if kind is Kind.MOVIE else ():
                user.watching.note_position(PROFILE, ItemRef(kind, item_id, name), 1_000, 6_000)

    async def read() -> tuple[float, float]:
        library = Library(paths, PROFILE)
        times = []
        for _ in range(2):
            started = time.process_time()  # of the thread that reads; this one waits
            await library.home.read()
            times.append((time.process_time() - started) * 1e3)
        await library.close()
        return times[0], times[1]

    timed = [asyncio.run(read()) for _ in range(max(3, rounds))]
    show("Home, files opened and nothing cached", (first for first, _ in timed))
    show("Home, again", (again for _, again in timed), "target ≤ 20 ms")


# ------------------------------------------------------------------------------------------------ starts
def bench_starts(home: Path, rounds: int) -> None:
    def median_ms(*arguments: str) -> float:
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], env=environment(home), check=True, stdout=subprocess.DEVNULL)
            times.append((time.perf_counter() - started) * 1000)
        return statistics.median(times)

    bare = median_ms("-c", "pass")
    print(f"  {'bare interpreter':46} {bare:8.1f} ms")
    for what, arguments, target in (
        ("--version", ["--version"], "target ≤ 3 x bare"),
        ("--help", ["--help"], ""),
        ("list movies --limit 100 --json", ["list", "movies", "--json"], ""),
        ("search --json", ["search", "nosferatu", "--json"], ""),
    ):
        spent = median_ms("-m", "tui_app", *arguments)
        print(f"  {what:46} {spent:8.1f} ms  {spent / bare:5.1f} x bare  {target}")


def prepared_home(folder: Path, library: Path) -> None:
    """A home whose profile has this library."""
    add_profile(folder, PROFILE, "http://127.0.0.1:9", "--no-test")
    target = Paths.under(folder).library_db(PROFILE)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(library.resolve())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", nargs="?", type=Path)
    for name, default in (("size", 150_000), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="xtream-bench-"))
    try:
        file = folder / "library-made.db"
        if given.library is None:
            make_library(file, given.size)
        else:
            file = given.library
        with LibraryStore.open(file, readonly=True) as store:
            stats = {kind.plural: store.count(Query(kind)) for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)}
            print(f"{stats}; {machine()}")
            for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES):
                for bench in (bench_pages, bench_counts, bench_views, bench_favourites):
                    bench(store, kind, given.rounds)
        prepared_home(folder, file)
        bench_home(folder, given.rounds)
        bench_starts(folder, given.rounds)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
