"""What pages, searches and starts cost on a large library. By hand: python tests/benchmarks/bench_reads.py [LIBRARY.db]

Without a file a demo panel of the given size is synced first. Times are CPU milliseconds of one call in this process,
warm; starts are wall milliseconds of whole processes, medians, beside a bare interpreter of the same run.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from measure import PanelProcess, add_profile, environment, machine, run_engine, spread

from tui_app.catalog import SORT_KEYS, Kind, Query
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore

PAGE = 100
PROFILE = "bench"


def timed(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    started = time.process_time_ns()
    call()
    return (time.process_time_ns() - started) / 1e6


def show(what: str, times: Iterable[float], target: str = "") -> None:
    values = list(times)
    print(f"  {what:46} {len(values):6} x  {spread(values)}  {target}")


# ------------------------------------------------------------------------------------------------ pages
def filters(store: LibraryStore, kind: Kind, dice: random.Random) -> dict[str, Query]:
    """Each filter alone and the combinations that hurt, with values drawn from the library."""
    category = dice.choice([c for c in store.get_categories(kind) if c.count]).id
    plain = Query(kind)
    found = {"none": plain, "category": replace(plain, category=category)}
    if kind is Kind.CHANNEL:
        return found | {"catch-up": replace(plain, catchup=True)}
    genre = dice.choice(store.genres(kind)[:12])[0]
    year = dice.randrange(1960, 2020)
    return found | {
        "genre": replace(plain, genre=genre),
        "years": replace(plain, year_from=year, year_to=year + 5),
        "rating": replace(plain, min_rating=7.0),
        "category genre": replace(plain, category=category, genre=genre),
        "genre years rating": replace(plain, genre=genre, year_from=year, year_to=year + 20, min_rating=6.5),
        "text": replace(plain, text="the"),
    }


def bench_pages(store: LibraryStore, kind: Kind, rounds: int) -> None:
    dice = random.Random(1895)
    times: dict[str, list[float]] = {}
    slowest: list[tuple[float, str]] = []
    for _ in range(rounds):
        for name, query in filters(store, kind, dice).items():
            for sort, descending in itertools.product(SORT_KEYS, (False, True)):
                view = replace(query, sort=sort, descending=descending)
                total = store.page(view, limit=PAGE).total
                for offset in {0, total // 2, max(0, total - PAGE)}:
                    spent = timed(lambda view=view, offset=offset: store.page(view, limit=PAGE, offset=offset))
                    times.setdefault(name, []).append(spent)
                    times.setdefault("first page" if not offset else "deep page", []).append(spent)
                    order = f"{sort}{' descending' if descending else ''}"
                    slowest = heapq.nlargest(4, [*slowest, (spent, f"{name}, {order}, from row {offset:,}")])
    first, deep = times.pop("first page"), times.pop("deep page")
    for name, values in times.items():
        show(f"{kind.plural}: page of {PAGE}, filter {name}", values)
    show(f"{kind.plural}: all first pages", first, "target p95 ≤ 2, max ≤ 5")
    show(f"{kind.plural}: all pages from the middle and the end", deep)
    for spent, view in slowest:
        print(f"  {'':46} slowest: {spent:.2f} ms, {view}")


def bench_views(store: LibraryStore, kind: Kind, rounds: int) -> None:
    """What a virtual list does: the keys of a view once, then any screenful by its keys."""
    dice = random.Random(1927)
    whole, screens = [], []
    for _ in range(rounds):
        query = Query(kind, sort=dice.choice(SORT_KEYS), descending=dice.random() < 0.5)
        whole.append(timed(lambda query=query: store.ids(query)))
        keys = store.ids(query)
        for _ in range(20):
            start = dice.randrange(len(keys))
            screens.append(timed(lambda keys=keys, start=start: store.items_by_keys(kind, keys[start : start + PAGE])))
    show(f"{kind.plural}: keys of the whole list", whole)
    show(f"{kind.plural}: {PAGE} rows by their keys, anywhere", screens)
    show(f"{kind.plural}: categories with counts", (timed(lambda: store.get_categories(kind)) for _ in range(rounds)))


# --------------------------------------------------------------------------------------------- searching
def titles(store: LibraryStore, dice: random.Random, count: int) -> list[str]:
    found: list[str] = []
    for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES):
        keys = store.ids(Query(kind))
        drawn = [keys[dice.randrange(len(keys))] for _ in range(count // 3)]
        found += [item.name for item in store.items_by_keys(kind, drawn)]
    return found


def misspelt(text: str, dice: random.Random) -> str:
    """One letter doubled, dropped, changed, or two swapped."""
    place = dice.randrange(1, max(2, len(text) - 1))
    return dice.choice(
        (
            text[:place] + text[place - 1] + text[place:],
            text[:place] + text[place + 1 :],
            text[:place] + dice.choice("aeioustrn") + text[place + 1 :],
            text[: place - 1] + text[place : place + 1] + text[place - 1] + text[place + 1 :],
        )
    )


def keystrokes(text: str) -> Iterator[str]:
    return (text[:end] for end in range(1, min(len(text), 24) + 1))


def bench_search(store: LibraryStore, words: int) -> None:
    dice = random.Random(12345)
    first = timed(lambda: store.search("warm"))
    print(f"  {'first search (loads the vocabulary)':46} {first:14.1f} ms")
    wanted = titles(store, dice, words)
    for name, queries in (("as typed", wanted), ("with one error", [misspelt(title, dice) for title in wanted])):
        times, results = [], 0
        for query in queries:
            for typed in keystrokes(query):
                times.append(timed(lambda typed=typed: store.search(typed)))
            results += bool(store.search(query).hits)
        show(f"search per key, {name}", times, "target p95 ≤ 2, max ≤ 10")
        print(f"  {'':46} found something: {results} of {len(queries)}")


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


def prepared_home(folder: Path, sizes: tuple[int, int, int]) -> Path:
    """A home whose library is a fresh sync of a demo panel."""
    panel = PanelProcess(*sizes)
    try:
        panel.serve(0)
        add_profile(folder, PROFILE, panel.url)
        if run_engine(folder, PROFILE).code:
            raise SystemExit("the sync failed")
    finally:
        panel.stop()
    return Paths.under(folder).library_db(PROFILE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", nargs="?", type=Path)
    for name, size in (("channels", 20_000), ("movies", 100_000), ("series", 30_000), ("rounds", 10), ("words", 300)):
        parser.add_argument(f"--{name}", type=int, default=size)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="xtream-bench-"))
    try:
        file = given.library or prepared_home(folder, (given.channels, given.movies, given.series))
        with LibraryStore.open(file, readonly=True) as store:
            stats = {kind.plural: store.count(Query(kind)) for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)}
            print(f"{stats}; {machine()}")
            for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES):
                bench_pages(store, kind, given.rounds)
                bench_views(store, kind, given.rounds)
            bench_search(store, given.words)
        bench_starts(folder, given.rounds)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
