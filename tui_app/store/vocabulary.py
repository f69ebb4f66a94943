"""The words of all names, in memory: which start, end or contain some letters, and which are near a misspelt one.

Typing errors are corrected here, among some ten thousand words, not in hundreds of thousands of names. A letter
changed, missing, doubled or two swapped is one error.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.match import term
from tui_app.store.schema import TABLES

_BEYOND: Final = "\U0010ffff"
_CANDIDATES: Final = 8
_NEAREST_LIMIT: Final = 48  # words with a single error; fewer would leave the right one out among common ones
_INSIDE_LIMIT: Final = 40
_MEMO_LIMIT: Final = 4_096
_LONG_WORD: Final = 7  # letters; from here on two errors are forgiven


def allowed_errors(word: str) -> int:
    """None in words below three letters and in numbers, one up to six letters, two in longer words."""
    if len(word) < 3 or word.isdigit():
        return 0
    return 1 if len(word) < _LONG_WORD else 2


def errors_between(typed: str, word: str) -> int | None:
    """Typing errors that make `typed` of `word`, None when there are too many for either of the two.

    A letter that is missing makes a word shorter, so the longer one says how many are forgiven.
    """
    if typed.isdigit() or word.isdigit():
        return None
    allowed = max(allowed_errors(typed), allowed_errors(word))
    if not allowed or abs(len(typed) - len(word)) > allowed:
        return None
    errors = int(OSA.distance(typed, word, score_cutoff=allowed))
    return errors if errors <= allowed else None


class Vocabulary:
    """An immutable set of words with the number of names each occurs in."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._words = sorted(counts)
        reversed_words = sorted((word[::-1], word) for word in counts)
        self._backwards = [pair[0] for pair in reversed_words]
        self._by_ending = [pair[1] for pair in reversed_words]
        self._by_length: dict[int, list[str]] = {}
        for word in self._words:
            self._by_length.setdefault(len(word), []).append(word)
        self._joined = "\n" + "\n".join(self._words) + "\n"
        self._memo: dict[tuple[str, bool], dict[str, float]] = {}

    @classmethod
    def load(cls, database: LibraryDatabase) -> Vocabulary:
        """The words of the names of all kinds; some 100 ms for 45,000 words."""
        return cls._load(database, (f"SELECT term, doc FROM {TABLES[kind].table}_words" for kind in Kind))

    @classmethod
    def load_people(cls, database: LibraryDatabase) -> Vocabulary:
        """The words of cast and director of all kinds; some 100 ms for 30,000 titles with a plot."""
        tables = (TABLES[kind].table for kind in Kind if TABLES[kind].has_texts)
        asked = "SELECT term, doc FROM {}_text_words WHERE col IN ('cast', 'director')"
        return cls._load(database, (asked.format(table) for table in tables))

    @classmethod
    def _load(cls, database: LibraryDatabase, questions: Iterable[str]) -> Vocabulary:
        counts: dict[str, int] = {}
        for sql in questions:
            for word, count in database.rows(sql):
                counts[word] = counts.get(word, 0) + count
        return cls(counts)

    def knows(self, word: str, *, unfinished: bool) -> bool:
        """Is it a word of a name; or, still being typed, the beginning of one?"""
        return word in self._counts or (unfinished and bool(self._slice(self._words, word)))

    def containing(self, letters: str) -> list[str]:
        """Expressions for words with these letters inside."""
        found: list[str] = []
        at = self._joined.find(letters)
        while at >= 0 and len(found) < _INSIDE_LIMIT:
            end = self._joined.find("\n", at)
            found.append(term(self._joined[self._joined.rfind("\n", 0, at) + 1 : end]))
            at = self._joined.find(letters, end)
        return found

    def corrections(self, word: str, *, unfinished: bool) -> list[str]:
        """Expressions for the words nearest to a misspelt one, best first; for their beginnings if it is unfinished."""
        return list(self._near(word, unfinished))

    def slips(self, word: str) -> list[str]:
        """Expressions for the other words that are a single typing error away."""
        return [expression for expression, distance in self._near(word, False).items() if distance == 1]

    def _near(self, word: str, unfinished: bool) -> dict[str, float]:
        key = (word, unfinished)
        known = self._memo.get(key)
        if known is None:
            known = self._correct(word, unfinished)
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = known
        return known

    def _correct(self, word: str, unfinished: bool) -> dict[str, float]:
        if len(word) < 2 or word.isdigit():
            return {}
        near: dict[str, tuple[float, int]] = {}
        self._add_near(near, word, self._agreeing(word), 1 if len(word) < _LONG_WORD else 2)
        if len(word) >= _LONG_WORD - 2 and not any(distance == 1 for distance, _ in near.values()):
            # two errors may leave neither end intact, and make a long word short
            lengths = range(max(_LONG_WORD, len(word) - 2), len(word) + 3)
            self._add_near(near, word, (other for n in lengths for other in self._by_length.get(n, ())), 2)
        if unfinished and len(word) >= 4:
            self._correct_beginnings(word, near)
        ordered = sorted(near.items(), key=lambda pair: (pair[1], pair[0]))
        limit = min(_NEAREST_LIMIT, max(_CANDIDATES, sum(distance == 1 for distance, _ in near.values())))
        return {expression: distance for expression, (distance, _) in ordered[:limit]}

    def _agreeing(self, word: str) -> Iterable[str]:
        """Words that start or end like this one: of the two halves of a word with one error, one is right."""
        kept = 1 if len(word) <= 4 else 2 if len(word) < _LONG_WORD else 3  # swapped letters may stand in the middle
        yield from self._slice(self._words, word[:kept])
        yield from self._slice(self._backwards, word[::-1][:kept], self._by_ending)

    def _add_near(self, near: dict[str, tuple[float, int]], word: str, words: Iterable[str], errors: int) -> None:
        candidates = [other for other in words if abs(len(other) - len(word)) <= errors]
        found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=errors, limit=None)
        for other, distance, _ in found:
            if distance and errors_between(word, other) is not None:
                near[term(other)] = (distance, -self._counts[other])

    def _correct_beginnings(self, word: str, near: dict[str, tuple[float, int]]) -> None:
        errors = 1 if len(word) <= _LONG_WORD else 2
        swapped = word[1] + word[0]
        starting = [
            *self._slice(self._words, word[:2]),
            *(self._slice(self._words, swapped) if swapped != word[:2] else ()),
        ]
        for length in (len(word), len(word) + 1, len(word) - 1):
            beginnings = list(dict.fromkeys(other[:length] for other in starting if len(other) > length))
            for other, distance, _ in process.extract(
                word, beginnings, scorer=OSA.distance, score_cutoff=errors, limit=6
            ):
                if distance:
                    near.setdefault(term(other, prefix=True), (distance + 0.5, 0))

    @staticmethod
    def _slice(ordered: Sequence[str], start: str, values: Sequence[str] | None = None) -> Sequence[str]:
        first = bisect_left(ordered, start)
        return (values or ordered)[first : bisect_left(ordered, start + _BEYOND, first)]
