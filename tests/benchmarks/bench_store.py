"""Figures of the store: full load, unchanged and changed sync, pages, searches. Run by hand:

    python tests/benchmarks/bench_store.py [--scale 1.0] [--only load,apply,reads,search]

CPU seconds of one process; the rows are made before the clock starts.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from tui_app.catalog import CategoryRow, ItemRow, Kind, Query
from tui_app.store.library_store import LibraryStore

CHANNELS, MOVIES, SERIES = 20_000, 100_000, 30_000
_SYLLABLES = "ba ne lo tri kas mor del vin ga ro shu pel ton ar mi es qua fen dor li sab un cre jo wi hel".split()
_COMMON = "the of and in a night man love city last dark house story day girl war".split()
_GENRES = "Drama|Comedy|Action & Adventure|Thriller|Horror|Romance|Crime|Documentary|Animation|Western".split("|")
_PREFIXES = ("", "", "", "EN - ", "FR - ", "|DE| ", "4K-ES - ")
_ACCENTED = str.maketrans("aeo", "áéö")


class Maker:
    """Makes believable rows from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.words = [self._word() for _ in range(30_000)]

    def _word(self) -> str:
        word = "".join(self.rng.choices(_SYLLABLES, k=self.rng.choice((2, 2, 3, 3, 4))))
        return word.translate(_ACCENTED) if self.rng.random() < 0.1 else word

    def title(self) -> str:
        count = self.rng.choice((1, 2, 2, 3, 3, 4, 5))
        words = [self.rng.choice(_COMMON if self.rng.random() < 0.3 else self.words) for _ in range(count)]
        name = self.rng.choice(_PREFIXES) + " ".join(words).title()
        return f"{name} ({self.rng.randrange(1950, 2026)})" if self.rng.random() < 0.6 else name

    def text(self, length: int) -> str:
        return " ".join(self.rng.choices(self.words, k=length))

    def categories(self, count: int) -> tuple[str, ...]:
        first = str(int(self.rng.paretovariate(0.8)) % count + 1)
        return (first, str(self.rng.randrange(count) + 1)) if self.rng.random() < 0.05 else (first,)

    def title_fields(self) -> dict[str, Any]:
        rng = self.rng
        return {
            "wire_id": None,
            "other_name": None,
            "icon": f"http://image.example/t/p/w600/{rng.getrandbits(64):x}.jpg",
            "year": rng.randrange(1950, 2026) if rng.random() < 0.7 else None,
            "rating": round(rng.uniform(1, 10), 1) if rng.random() < 0.7 else None,
            "tmdb": rng.randrange(10**6),
            "trailer": None,
            "is_adult": False,
            "is_separator": False,
            "released": None,
            "duration_s": None,
        }

    def channel(self, id: int) -> ItemRow:
        rng = self.rng
        return ItemRow(
            id=str(id),
            wire_id=None,
            name=f"{rng.choice(_PREFIXES)}{self.title()} HD",
            number=id,
            category_ids=self.categories(80),
            icon=f"http://logo.example/{id}.png",
            epg_id=f"c{id}.tv",
            added=rng.randrange(1_500_000_000, 1_700_000_000),
            is_adult=False,
            is_radio=False,
            is_separator=False,
            archive_days=rng.choice((0, 0, 0, 3)),
        )

    def movie(self, id: int) -> ItemRow:
        return ItemRow(
            id=str(id),
            name=self.title(),
            category_ids=self.categories(120),
            added=self.rng.randrange(1_500_000_000, 1_700_000_000),
            container="mkv",
            **self.title_fields(),
        )

    def series(self, id: int) -> ItemRow:
        return ItemRow(
            id=str(id),
            name=self.title(),
            category_ids=self.categories(60),
            added=self.rng.randrange(1_500_000_000, 1_700_000_000),
            **self.title_fields(),
            plot=self.text(50).capitalize(),
            cast=", ".join(self.text(2).title() for _ in range(5)),
            director=self.text(2).title(),
            genre=", ".join(self.rng.sample(_GENRES, 2)),
        )


def timed(label: str, work: Callable[[], Any]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    print(f"{label:<44}{time.process_time() - cpu:8.3f} s CPU {time.perf_counter() - wall:8.3f} s wall")
    return result


def percentiles(label: str, durations: Sequence[float]) -> None:
    ordered = sorted(durations)
    p50, p95, p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    print(f"{label:<44} p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  max {ordered[-1] * 1000:6.2f} ms")


def full_load(store: LibraryStore, kind: Kind, rows: Sequence[ItemRow]) -> None:
    with store.rewriting(kind) as load:
        for start in range(0, len(rows), 1_000):
            block = rows[start : start + 1_000]
            load.add(block, [index * 1024 for index in range(start, start + len(block))])


def bench_load(store: LibraryStore, library: dict[Kind, list[Any]]) -> None:
    for kind, rows in library.items():
        names = sorted({id for row in rows for id in row.category_ids}, key=int)
        store.save_categories(kind, [CategoryRow(id, f"Category {id}", None, int(id)) for id in names])
    start = time.process_time()
    for kind, rows in library.items():
        timed(f"full load, {len(rows):,} {kind.plural}", partial(full_load, store, kind, rows))
    print(f"{'full load in all, names indexed':<44}{time.process_time() - start:8.3f} s CPU")
    for kind in library:
        timed(f"index texts of {kind.plural}", partial(store.index_texts, kind))


def bench_apply(store: LibraryStore, library: dict[Kind, list[Any]], maker: Maker) -> None:
    movies = library[Kind.MOVIE]
    timed("apply all movies, unchanged", lambda: store.apply(Kind.MOVIE, upserts=[(row, 0) for row in movies]))
    changed = [replace(row, name=maker.title()) for row in maker.rng.sample(movies, len(movies) // 100)]
    timed("apply 1 % renamed movies", lambda: store.apply(Kind.MOVIE, upserts=[(row, 0) for row in changed]))
    rated = [replace(row, rating=1.1, icon="http://x/y") for row in maker.rng.sample(movies, len(movies) // 100)]
    timed("apply 1 % rerated movies", lambda: store.apply(Kind.MOVIE, upserts=[(row, 0) for row in rated]))
    gone = [int(row.id) for row in movies[:: max(1, len(movies) // 500)]]
    timed("remove 500 movies", lambda: store.apply(Kind.MOVIE, removed=gone))


def bench_reads(store: LibraryStore, maker: Maker) -> None:
    rng = maker.rng
    queries = [random_query(rng) for _ in range(400)]
    asks: dict[str, Callable[[Query], object]] = {
        "plan of a view": store._reads.lists._plan,
        "count of a view": store.count,
        "first page of 100": lambda query: store.page(query, limit=100),
        "page in the middle": lambda query: store.page(query, limit=100, offset=store.count(query) // 2),
        "key list of a whole view": store.ids,
    }
    for label, ask in asks.items():
        durations = []
        for query in queries:
            start = time.process_time()
            ask(query)
            durations.append(time.process_time() - start)
        percentiles(label, durations)
        slowest = max(zip(durations, queries, strict=True), key=lambda pair: pair[0])[1]
        print(f"    slowest: {known_fields(slowest)}")


def known_fields(query: Query) -> dict[str, Any]:
    return {field.name: value for field in fields(query) if (value := getattr(query, field.name)) not in (None, "", ())}


def random_query(rng: random.Random) -> Query:
    kind = rng.choice((Kind.CHANNEL, Kind.MOVIE, Kind.MOVIE, Kind.SERIES))
    fields: dict[str, Any] = {"sort": rng.choice(("name", "number", "added")), "descending": rng.random() < 0.4}
    if rng.random() < 0.5:
        fields["category"] = str(int(rng.paretovariate(0.8)) % 60 + 1)
    if kind is Kind.CHANNEL:
        return Query(kind, **fields)
    fields["sort"] = rng.choice(("name", "number", "added", "rating", "year"))
    if rng.random() < 0.3:
        fields["year_from"] = rng.randrange(1950, 2020)
        fields["year_to"] = rng.choice((None, fields["year_from"], fields["year_from"] + 9))
    if rng.random() < 0.3:
        fields["min_rating"] = rng.choice((6, 7.5, 9))
    if kind is Kind.SERIES and rng.random() < 0.3:
        fields["genre"] = rng.choice(_GENRES)
    return Query(kind, **fields)


def bench_search(store: LibraryStore, library: dict[Kind, list[Any]], maker: Maker) -> None:
    start = time.process_time()
    store.search("warm up")
    print(f"{'first search, vocabulary loaded':<44}{(time.process_time() - start) * 1000:8.1f} ms CPU")
    names = [row.name for rows in library.values() for row in maker.rng.sample(rows, min(100, len(rows)))]
    whole, keys = [], []
    for name in names:
        text = spoiled(name, maker.rng)
        for length in range(1, len(text) + 1):
            start = time.process_time()
            store.search(text[:length])
            keys.append(time.process_time() - start)
        start = time.process_time()
        store.search(text)
        whole.append(time.process_time() - start)
    percentiles("search, whole query, 1 in 2 with a typo", whole)
    percentiles("search, per key press", keys)


def spoiled(name: str, rng: random.Random) -> str:
    if rng.random() < 0.5 or len(name) < 8:
        return name
    at = rng.randrange(2, len(name) - 1)
    return name[:at] + name[at + 1 :]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="load,apply,reads,search")
    options = parser.parse_args()
    parts = options.only.split(",")
    maker = Maker(1)
    scale = options.scale
    library: dict[Kind, list[Any]] = {
        Kind.CHANNEL: [maker.channel(id) for id in range(1, int(CHANNELS * scale) + 1)],
        Kind.MOVIE: [maker.movie(id) for id in range(1, int(MOVIES * scale) + 1)],
        Kind.SERIES: [maker.series(id) for id in range(1, int(SERIES * scale) + 1)],
    }
    with tempfile.TemporaryDirectory() as folder, LibraryStore.open(Path(folder) / "library-bench.db") as store:
        bench_load(store, library)
        print(f"file: {store.database.path.stat().st_size / 1e6:.1f} MB")
        if "apply" in parts:
            bench_apply(store, library, maker)
        if "reads" in parts:
            bench_reads(store, maker)
        if "search" in parts:
            bench_search(store, library, maker)


if __name__ == "__main__":
    main()
