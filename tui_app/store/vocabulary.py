"""The words of all names, in memory: which start, end or contain some letters, and which are near a misspelt one.

Typing errors are corrected here, among some ten thousand words, not in hundreds of thousands of names. A letter
changed, missing, doubled or two swapped is one error.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.match import term
from tui_app.store.schema import TABLES

_BEYOND: Final = "\U0010ffff"
_CANDIDATES: Final = 8
_INSIDE_LIMIT: Final = 40
_MEMO_LIMIT: Final = 4_096
_LONG_WORD: Final = 7  # letters; from here on two errors are forgiven


def allowed_errors(word: str) -> int:
    """None in words below three letters and in numbers, one up to six letters, two in longer words."""
    if len(word) < 3 or word.isdigit():
        return 0
    return 1 if len(word) < _LONG_WORD else 2


class Vocabulary:
    """An immutable set of words with the number of names each occurs in."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._words = sorted(counts)
        reversed_words = sorted((word[::-1], word) for word in counts)
        self._backwards = [pair[0] for pair in reversed_words]
        self._by_ending = [pair[1] for pair in reversed_words]
        self._joined = "\n" + "\n".join(self._words) + "\n"
        self._memo: dict[tuple[str, bool], list[str]] = {}

    @classmethod
    def load(cls, database: LibraryDatabase) -> Vocabulary:
        """The words of all kinds; some 100 ms for 45,000 words."""
        counts: dict[str, int] = {}
        for kind in Kind:
            for word, count in database.rows(f"SELECT term, doc FROM {TABLES[kind].table}_words"):
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
        key = (word, unfinished)
        known = self._memo.get(key)
        if known is None:
            known = self._correct(word, unfinished)
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = known
        return known

    def _correct(self, word: str, unfinished: bool) -> list[str]:
        errors = allowed_errors(word)
        if not errors:
            return []
        # of two halves of a word with one error, one is right: so look only where the start or the end agrees
        kept = 1 if len(word) <= 3 else 2 if len(word) < _LONG_WORD else 3
        starting = self._slice(self._words, word[:kept])
        ending = self._slice(self._backwards, word[::-1][:kept], self._by_ending)
        near: dict[str, tuple[float, int]] = {}
        for words in (starting, ending):
            for other, distance, _ in process.extract(
                word, words, scorer=OSA.distance, score_cutoff=errors, limit=None
            ):
                near[term(other)] = (distance, -self._counts[other])
        if unfinished and len(word) >= 4:
            self._correct_beginnings(word, starting, near)
        ordered = sorted(near.items(), key=lambda pair: (pair[1], pair[0]))
        return [expression for expression, _ in ordered[:_CANDIDATES]]

    @staticmethod
    def _correct_beginnings(word: str, starting: list[str], near: dict[str, tuple[float, int]]) -> None:
        errors = 1 if len(word) <= _LONG_WORD else 2
        for length in (len(word), len(word) + 1, len(word) - 1):
            beginnings = list(dict.fromkeys(other[:length] for other in starting if len(other) > length))
            for other, distance, _ in process.extract(
                word, beginnings, scorer=OSA.distance, score_cutoff=errors, limit=6
            ):
                if distance:
                    near.setdefault(term(other, prefix=True), (distance + 0.5, 0))

    def _slice(self, ordered: list[str], start: str, values: list[str] | None = None) -> list[str]:
        first = bisect_left(ordered, start)
        return (values or ordered)[first : bisect_left(ordered, start + _BEYOND, first)]
