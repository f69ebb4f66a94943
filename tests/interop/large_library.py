"""The foreign panel's large library: as many entries as asked for, names that differ, categories of a few hundred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from xtreamcodeserver.entry.category import XTreamCodeCategory
from xtreamcodeserver.entry.entry import XTreamCodeType
from xtreamcodeserver.entry.live import XTreamCodeLive
from xtreamcodeserver.entry.serie import XTreamCodeSerie
from xtreamcodeserver.entry.vod import XTreamCodeVod
from xtreamcodeserver.providers.inmemory.entry_provider import XTreamCodeEntryMemoryProvider

from tests.interop.small_library import Entries

#: First entry ids of each kind; category ids stay below them all.
FIRST_CHANNEL, FIRST_MOVIE, FIRST_SERIES = 1_000_000, 2_000_000, 4_000_000
CATEGORY_SIZE: Final = 500
_WORDS: Final = (
    "amber bridge castle desert eagle forest garden harbour island jungle kingdom lantern mountain night ocean palace "
    "queen river shadow tower umbrella valley winter yellow zephyr arrow blossom crown dagger ember falcon glacier"
).split()


def build(channels: int, movies: int, series: int) -> Entries:
    """Entries in order of id, the first of each kind in the first category of its kind."""
    entries, kinds = XTreamCodeEntryMemoryProvider(), XTreamCodeType
    _fill(entries, kinds.LIVE, 1, channels, lambda i: XTreamCodeLive(title(i), None, None, FIRST_CHANNEL + i))
    _fill(entries, kinds.VOD, 100_000, movies, _movie)
    _fill(entries, kinds.SERIE, 200_000, series, _series)
    return entries


def title(index: int) -> str:
    """Three words and the number: different for every index."""
    size = len(_WORDS)
    words = (_WORDS[index % size], _WORDS[index // size % size], _WORDS[index * 7 % size])
    return f"{' '.join(words).title()} {index}"


def _fill(entries: Entries, kind: int, first_id: int, count: int, make: Callable[[int], Any]) -> None:
    for index in range(count):
        if index % CATEGORY_SIZE == 0:
            number = index // CATEGORY_SIZE
            category = XTreamCodeCategory(f"Shelf {number + 1}", kind, first_id + number)
            entries.add_category(category)
        category.add_entry(make(index))


def _movie(index: int) -> XTreamCodeVod:
    film = XTreamCodeVod(f"{title(index)} ({1900 + index % 120})", "mp4", None, FIRST_MOVIE + index)
    film.set_rate(index % 100 / 10)
    film.set_added_timestamp(1_500_000_000 + index)
    return film


def _series(index: int) -> XTreamCodeSerie:
    series = XTreamCodeSerie(title(index), FIRST_SERIES + index, description=f"The saga of {title(index)}. " * 5)
    series.set_genres(["Drama", "Crime"])
    series.set_actors(["Asta Nielsen", "Conrad Veidt"])
    series.set_rate(index % 90 / 10)
    series.set_lastmodified_timestamp(1_600_000_000 + index)
    return series
