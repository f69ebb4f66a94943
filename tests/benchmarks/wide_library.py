"""Makes a large library file without a panel: titles of a vocabulary as wide as a real one's.

The demo's word lists hold some 1,600 words, too few to be mistyped into one another. Here a chain of letters learnt
from them invents tens of thousands more, which are drawn as words are in life: few often, most seldom. By hand:
PYTHONPATH=. python tests/benchmarks/wide_library.py FILE ITEMS
"""

from __future__ import annotations

import random
import sys
import tomllib
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from tests.support.rows import category, channel, movie, series
from tui_app.catalog import Kind
from tui_app.demo.facts import data_text
from tui_app.store.library_store import LibraryStore

#: Words invented for a library of 150,000 items; more items, more words.
_WORDS: Final = 60_000
_SHARES: Final = {"en": 46, "fr": 12, "es": 11, "de": 10, "it": 5, "pt": 5, "tr": 4, "pl": 3, "sv": 2, "ru": 2}
_OTHER_SCRIPTS: Final = ("ar", "ja", "zh", "he")
_PATTERNS: Final = (
    *("the {} {}", "the {}", "{} of the {}", "{} and {}", "{} {} {}", "{} {}", "{}", "{}: {} {}", "{} in the {}"),
    *("a {} {}", "{}'s {}", "the {} of {}", "{} {}: the {} {}", "{} & {}", "{}-{}", "{} {} {} {}", "{}", "{} {}"),
)
_PREFIXES: Final = ("", "", "", "", "", "", "", "EN - ", "FR - ", "|DE| ", "[IT] ", "4K-ES - ", "TR | ")
_SUFFIXES: Final = ("", "", "", "", "", "", "", "", " 4K", " (MULTI)", " [HD]", " HEVC", " FHD")
_GENRES: Final = (
    "Action Adventure Animation Comedy Crime Documentary Drama Family Fantasy History Horror Music Mystery "
    "Romance Thriller War Western"
).split()
_NUMBER_WORDS: Final = "Zero One Two Three Four Five Six Seven Eight Nine".split()
#: A fifth of the numbers of titles each in these forms.
_FORMS: Final = {0: "0 I II III IV V VI VII VIII IX".split().__getitem__, 1: _NUMBER_WORDS.__getitem__}
#: Names whose punctuation or digits people type in other ways, once among so many titles.
ODD_TITLES: Final = (
    "Spider-Man",
    "R.E.M.",
    "A&E",
    "M*A*S*H",
    "X-Men",
    "Se7en",
    "WALL·E",
    "24",
    "1917",
    "Ocean's Eleven",
)
_ODD_EVERY: Final = 2_500


class TitleMaker:
    """Invents titles, people and plots from a seed."""

    def __init__(self, seed: int, words: int) -> None:
        self.rng = random.Random(seed)
        tables = tomllib.loads(data_text("languages.toml"))
        total = sum(_SHARES.values())
        self._tongues = [
            _drawable(self._invented(_words_of(tables[code]), words * share // total))
            for code, share in _SHARES.items()
        ]
        self._tongue_limits = list(accumulate(_SHARES.values()))
        self._foreign = [_words_of(tables[code]) for code in _OTHER_SCRIPTS]

    def title(self) -> str:
        rng = self.rng
        if rng.random() < 0.01:
            return "".join(rng.choices(rng.choice(self._foreign), k=2))  # scripts that put no blank between words
        tongue = self._tongues[bisect(self._tongue_limits, rng.random() * self._tongue_limits[-1])]
        pattern = rng.choice(_PATTERNS)
        title = pattern.format(*(self._word(tongue) for _ in range(pattern.count("{}")))).title()
        chance = rng.random()
        if chance < 0.05:
            number = rng.randint(2, 9)
            return f"{title} {_FORMS.get(len(title) % 5, str)(number)}"
        return str(rng.randint(1, 2049)) if chance < 0.055 else title

    def text(self, length: int) -> str:
        return " ".join(self._word(self._tongues[0]) for _ in range(length))

    def person(self) -> str:
        return f"{self._word(self._tongues[0])} {self._word(self._tongues[0])}".title()

    def _word(self, tongue: tuple[list[str], list[float]]) -> str:
        words, limits = tongue
        return words[bisect(limits, self.rng.random() * limits[-1])]

    def _invented(self, known: list[str], count: int) -> list[str]:
        """The known words first, then new ones that look like them."""
        following: dict[str, list[str]] = {}
        for word in known:
            padded = f"^^{word}$"
            for at in range(len(padded) - 2):
                following.setdefault(padded[at : at + 2], []).append(padded[at + 2])
        found = dict.fromkeys(known)
        for _ in range(count * 30):
            if len(found) >= count:
                break
            word = "^^"
            while not word.endswith("$") and len(word) < 15:
                word += self.rng.choice(following[word[-2:]])
            if len(word) >= 6:
                found[word[2:].rstrip("$")] = None
        return list(found)


def _words_of(table: dict[str, Any]) -> list[str]:
    phrases = [phrase for name, pool in table.items() if len(name) == 1 for phrase in pool]
    words = " ".join(phrases).lower().replace("-", " ").split()
    return list(dict.fromkeys(word for word in words if word.isalpha() and len(word) > 1))


def _drawable(words: list[str]) -> tuple[list[str], list[float]]:
    return words, list(accumulate(1 / (place + 12) ** 0.88 for place in range(len(words))))


class RowMaker:
    """Rows of the three listed kinds."""

    def __init__(self, seed: int, items: int) -> None:
        self.titles = TitleMaker(seed, max(5_000, int(_WORDS * (items / 150_000) ** 0.5)))
        self.rng = self.titles.rng
        self._earlier: list[str] = []

    def rows(self, kind: Kind, count: int) -> Iterator[Any]:
        for number in range(1, count + 1):
            yield self._channel(number) if kind is Kind.CHANNEL else self._title(kind, number)

    def _channel(self, number: int) -> Any:
        country, quality = self.rng.choice(("UK: ", "FR| ", "US - ", "")), self.rng.choice((" HD", " FHD", ""))
        name = f"{country}{self.titles.title()}{quality}"
        archive = self.rng.choice((0, 0, 0, 7))
        return channel(number, name, self._category(80), number=number, archive_days=archive, added=self._time())

    def _title(self, kind: Kind, number: int) -> Any:
        rng = self.rng
        if number % _ODD_EVERY == 1:
            title = ODD_TITLES[number // _ODD_EVERY % len(ODD_TITLES)]
        elif self._earlier and rng.random() < 0.2:  # the same work in another version
            title = rng.choice(self._earlier)
        else:
            title = self.titles.title()
            self._earlier = [*self._earlier[-400:], title]
        year = min(2025, int(2026 - rng.expovariate(1 / 12))) if rng.random() < 0.8 else None
        shown_year = f" ({year})" if year and rng.random() < 0.6 else ""
        fields: dict[str, Any] = {
            "year": year,
            "rating": round(min(10, max(0.1, rng.gauss(6.2, 1.4))), 1) if rng.random() < 0.9 else None,
            "genre": ", ".join(rng.sample(_GENRES, rng.randint(1, 3))) if rng.random() < 0.9 else None,
        }
        name = f"{rng.choice(_PREFIXES)}{title}{shown_year}{rng.choice(_SUFFIXES)}"
        if kind is Kind.MOVIE:
            return movie(number, name, self._category(120), added=self._time(), **fields)
        return series(
            *(number, name, self._category(60)),
            added=self._time(),
            plot=self.titles.text(40),
            cast=", ".join(self.titles.person() for _ in range(5)),
            director=self.titles.person(),
            **fields,
        )

    def _category(self, count: int) -> str:
        return str(int(self.rng.paretovariate(0.8)) % count + 1)

    def _time(self) -> int | None:
        return self.rng.randrange(1_500_000_000, 1_750_000_000) if self.rng.random() < 0.97 else None


def make_library(file: Path, items: int, seed: int = 7) -> None:
    """A library of so many items: two channels and three series to ten movies."""
    maker = RowMaker(seed, items)
    shares = {Kind.CHANNEL: 2, Kind.MOVIE: 10, Kind.SERIES: 3}
    with LibraryStore.open(file) as store:
        for kind, share in shares.items():
            store.save_categories(kind, [category(id, f"Category {id}", id) for id in range(1, 121)])
            with store.rewriting(kind) as loading:
                block: list[Any] = []
                for place, row in enumerate(maker.rows(kind, items * share // 15)):
                    block.append(row)
                    if len(block) == 1_000:
                        loading.add(block, [(place - 999 + at) * 1024 for at in range(1_000)])
                        block = []
                start = items * share // 15 - len(block)
                loading.add(block, [(start + at) * 1024 for at in range(len(block))])
            store.index_texts(kind)


if __name__ == "__main__":
    make_library(Path(sys.argv[1]), int(sys.argv[2]))
