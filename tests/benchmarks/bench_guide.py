"""The guide: what a whole guide file costs, and a page of now and next. By hand: python tests/benchmarks/bench_guide.py

`--mb 300` makes a file of that size (5,000 channels at most, half-hour programmes of nine days). Times are CPU seconds
of this process; memory is its peak beside what it held before the import.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import machine, percentile
from tests.support.rows import channel, load
from tui_app.catalog import Kind
from tui_app.store.epg.import_file import GuideImport, GuideRow
from tui_app.store.library_store import LibraryStore
from tui_app.xtream.epg.xmltv import XmltvStream

_CHANNELS = 5_000
_SLOT_S = 1_800
_DAYS = 9
_BLOCK = 1 << 17
_WORDS = "the night house of sea news film evening show story great river cold war kitchen doctor crime sport".split()
_QUERIES = ("news", "the night", "nihgt", "crime sport wolrd")


def make_file(path: Path, size: int, now: int) -> None:
    """A guide file of about `size` bytes."""
    rng = random.Random(1)
    titles = [" ".join(rng.choices(_WORDS, k=rng.randint(1, 5))).title() for _ in range(60_000)]
    plots = [" ".join(rng.choices(_WORDS, k=40)) for _ in range(500)]
    begin = now // _SLOT_S * _SLOT_S - 86_400
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0"?>\n<!DOCTYPE tv SYSTEM "xmltv.dtd">\n<tv>\n')
        for number in range(_CHANNELS):
            for start in range(begin, begin + _DAYS * 86_400, _SLOT_S):
                times = [time.strftime("%Y%m%d%H%M%S +0000", time.gmtime(at)) for at in (start, start + _SLOT_S)]
                file.write(
                    f'<programme start="{times[0]}" stop="{times[1]}" channel="ch{number}.test">'
                    f"<title>{rng.choice(titles)} &amp; Co</title><desc>{rng.choice(plots)}</desc></programme>\n"
                )
            if file.tell() > size:
                break
        file.write("</tv>\n")


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def take_in(store: LibraryStore, path: Path, now: int) -> None:
    before, begun = peak_mb(), time.process_time()
    taking = GuideImport(store.database, now)
    stream = XmltvStream(blocks(path), taking.wants)
    for batch in stream:
        taking.add(GuideRow(*programme) for programme in batch)
    read = time.process_time()
    done = taking.apply(is_complete=stream.verdict.complete)
    taking.close()
    written = time.process_time()
    print(
        f"{done.total:,} programmes, {done.added:,} added: read {read - begun:.1f} s, written {written - read:.1f} s, "
        f"peak {peak_mb():.0f} MB ({before:.0f} before)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=100)
    asked = parser.parse_args()
    print(machine())
    now = int(time.time())
    with tempfile.TemporaryDirectory() as folder:
        path, library = Path(folder) / "guide.xml", Path(folder) / "library-bench.db"
        make_file(path, asked.mb << 20, now)
        with LibraryStore.open(library) as store:
            rows = (channel(n, f"Channel {n}", number=n, epg_id=f"CH{n}.test") for n in range(_CHANNELS))
            load(store, Kind.CHANNEL, *rows)
            for _ in range(2):
                take_in(store, path, now)
            ids, times = [str(number) for number in range(100, 200)], []
            for minute in range(200):
                begun = time.process_time()
                store.guide.get_now_next(ids, now + 60 * minute)
                times.append(1_000 * (time.process_time() - begun))
            p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
            print(f"now and next of 100 channels: p50 {p50:.2f} ms, p95 {p95:.2f} ms")
            for query in _QUERIES:
                begun = time.process_time()
                answer = store.guide.search_programmes(query, now, 50)
                print(f"search {query!r}: {answer.total:,} in {1_000 * (time.process_time() - begun):.1f} ms")
        print(
            f"the library file: {library.stat().st_size / 1e6:.0f} MB of a guide of {path.stat().st_size / 1e6:.0f} MB"
        )


if __name__ == "__main__":
    main()
