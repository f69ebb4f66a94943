"""Search: how good, how fast, how large. By hand: python tests/benchmarks/bench_search.py [LIBRARY.db] [--size 150000]

Without a file a library of that size is made (`wide_library`). Quality is the share of queries whose title stands among
the first ten different ones (three for numbers, five for scripts), beside what an engine that knows all titles could
reach. Times are CPU milliseconds of this thread, for every key pressed; the floor beside them is the plainest thing:
the same words asked of the same search tables, ranked by SQLite's own bm25, and LIKE over the names. Memory is that of
a process of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from heapq import nlargest
from pathlib import Path

from tests.benchmarks.measure import machine, percentile
from tests.benchmarks.search_queries import WITHIN, QueryMaker, Typed, keystrokes
from tests.benchmarks.wide_library import make_library
from tui_app.catalog import Kind, Query, SearchAnswer
from tui_app.store.fts_terms import match_all_words
from tui_app.store.library_store import LibraryStore
from tui_app.text import fold, split_title

_KINDS = (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)
_SPELT_WELL = ("prefix", "word order", "accents", "digits")
_TARGETS = {
    "one typo": 0.98,
    "two typos": 0.95,
    "word order": 1.0,
    "accents": 1.0,
    "digits": 1.0,
    "numbers": 0.98,
    "scripts": 0.95,
}


def timed(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call in this thread."""
    started = time.thread_time_ns()
    call()
    return (time.thread_time_ns() - started) / 1e6


def bare(name: str) -> str:
    return split_title(name).title


def titles(store: LibraryStore) -> list[str]:
    return [
        bare(row[0]) for kind in _KINDS for row in store.database.rows(f"SELECT name FROM {kind} WHERE flags & 1 = 0")
    ]


def years(store: LibraryStore) -> dict[str, set[int]]:
    """Folded bare title → the years of the items that have it."""
    found: dict[str, set[int]] = defaultdict(set)
    for kind in (Kind.MOVIE, Kind.SERIES):
        for name, year in store.database.rows(f"SELECT name, year FROM {kind} WHERE year > 0"):
            found[fold(bare(name))].add(year)
    return found


def place(answer: SearchAnswer, meant: str) -> int | None:
    """Where a title stands among the different ones found, from 0."""
    found = dict.fromkeys(fold(bare(hit.item.name)) for hit in answer.hits)
    return list(found).index(meant) if meant in found else None


def bench_quality(store: LibraryStore, queries: list[Typed]) -> None:
    places: dict[str, list[tuple[int | None, float]]] = defaultdict(list)
    missed: dict[str, list[str]] = defaultdict(list)
    for query in queries:
        at = place(store.search(query.text), query.meant)
        places[query.sort].append((at, query.ceiling))
        if at is None or at >= WITHIN.get(query.sort, 10):
            missed[query.sort].append(f"{query.text} → {query.meant}")
    print(f"  {'class':14}{'queries':>8}{'recall':>10}{'first':>8}{'ceiling':>9}{'target':>8}")
    for sort, found in places.items():
        within = WITHIN.get(sort, 10)
        recall = sum(at is not None and at < within for at, _ in found) / len(found)
        first = sum(at == 0 for at, _ in found) / len(found)
        ceiling = sum(best for _, best in found) / len(found)
        target = f"{_TARGETS[sort]:8.2f}" if sort in _TARGETS else ""
        print(f"  {sort:14}{len(found):8}{recall:7.3f}@{within:<2}{first:8.3f}{ceiling:9.3f}{target}")
    for sort in _TARGETS:
        for line in missed[sort][:4]:
            print(f"    missed, {sort}: {line}")


def bench_speed(store: LibraryStore, queries: list[Typed], limit: int) -> None:
    times: dict[str, list[tuple[float, str]]] = defaultdict(list)
    bm25: list[float] = []
    like: list[float] = []
    for number, query in enumerate(queries):
        for typed in keystrokes(query.text):
            spent = timed(partial(store.search, typed, limit=limit))
            times["as it is spelt" if query.sort in _SPELT_WELL else "otherwise"].append((spent, typed))
            if number % 20 == 0:
                bm25.append(timed(partial(ranked_by_sqlite, store, typed)))
                like.append(timed(partial(scanned, store, typed)))
    parts = {what: [spent for spent, _ in found] for what, found in sorted(times.items())}
    every = [spent for values in parts.values() for spent in values]
    print(f"  {limit} hits asked for")
    for what, values in ({"all": every} | parts | {"floor: bm25": bm25, "floor: LIKE": like}).items():
        shares = "  ".join(f"p{round(share * 100)} {percentile(values, share):6.2f}" for share in (0.5, 0.95, 0.99))
        print(f"  per key, {what:14}{len(values):7} x  {shares}  max {max(values):7.2f} ms")
    for spent, typed in nlargest(4, [pair for found in times.values() for pair in found]):
        print(f"    slowest: {spent:.2f} ms, {typed!r}")


def ranked_by_sqlite(store: LibraryStore, text: str) -> None:
    match = match_all_words(text)
    for kind in _KINDS if match else ():
        sql = f"SELECT rowid FROM {kind}_names WHERE {kind}_names MATCH ? ORDER BY rank LIMIT 100"
        store.database.rows(sql, (match,))


def scanned(store: LibraryStore, text: str) -> None:
    for kind in _KINDS:
        store.database.rows(f"SELECT id FROM {kind} WHERE fold LIKE ? LIMIT 100", (f"%{fold(text)}%",))


def resident_mb() -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def measure_memory(file: Path) -> None:
    """Run in a process of its own, after other reading: what searching adds."""
    with LibraryStore.open(file, readonly=True) as store:
        for kind in _KINDS:
            store.page(Query(kind, sort="name"), limit=100)
        before = resident_mb()
        first = timed(lambda: store.search("nosferatoo"))
        store.prepare_search()  # as the app does
        loaded = resident_mb()
        rng = random.Random(3)
        names = [row[0] for row in store.database.rows("SELECT name FROM movie LIMIT 3000")]
        for name in rng.sample(names, min(100, len(names))):
            for typed in keystrokes(bare(name)):
                store.search(typed)
    print(
        f"  memory: {before:.0f} MB before, {loaded:.0f} after the first misspelt search ({first:.0f} ms CPU),", end=" "
    )
    print(f"{resident_mb():.0f} after two thousand searches")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", nargs="?", type=Path)
    parser.add_argument("--memory", action="store_true", help="only what searching adds to a process")
    for name, default in (("size", 150_000), ("count", 200), ("seed", 4_711)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument(
        "--limit", type=int, nargs="+", default=[10, 50], help="hits asked for: a page, what the app asks"
    )
    given = parser.parse_args()
    if given.memory:
        measure_memory(given.library)
        return
    with tempfile.TemporaryDirectory(prefix="xtream-bench-") as folder:
        file = given.library or Path(folder) / "library-bench.db"
        if given.library is None:
            make_library(file, given.size)
        with LibraryStore.open(file, readonly=True) as store:
            queries = QueryMaker(titles(store), given.seed, years(store)).all(given.count)
            print(f"{sum(store.count(Query(kind)) for kind in _KINDS):,} items; {len(queries)} queries; {machine()}")
            store.prepare_search()  # as the app does
            bench_quality(store, queries)
            for limit in given.limit:
                bench_speed(store, random.Random(1).sample(queries, min(300, len(queries))), limit)
        own = [sys.executable, os.fspath(Path(__file__)), os.fspath(file), "--memory"]
        subprocess.run(own, check=True)


if __name__ == "__main__":
    main()
