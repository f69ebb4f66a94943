"""The words of all names, in memory: which of them start, end or go on with some letters, and how often they occur.

All words stand in one text, found by bisection, and once more backwards: some 40 bytes a word instead of 200. Knows no
SQL and no spelling.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

_BEYOND: Final = "\U0010ffff"


class SortedWords:
    """Words in order, in one text."""

    def __init__(self, words: Sequence[str]) -> None:
        self.text = "\n" + "\n".join(words) + "\n"
        # where each word begins; the last entry is where the next one would
        self._begins = array("I", accumulate((len(word) + 1 for word in words), initial=1))
        self._places = range(len(words))

    def __len__(self) -> int:
        return len(self._places)

    def place(self, word: str) -> int:
        """Of the first word that is not before this one."""
        return bisect_left(self._places, word, key=self.at)

    def at(self, place: int) -> str:
        return self.text[self._begins[place] : self._begins[place + 1] - 1]

    def beginning_with(self, letters: str) -> list[str]:
        first = self.place(letters)
        end = bisect_left(self._places, letters + _BEYOND, first, key=self.at)
        return self.text[self._begins[first] : self._begins[end] - 1].split("\n") if end > first else []


class Vocabulary:
    """An immutable set of words with the number of names each occurs in."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        words = _in_order(counts)
        self._words = SortedWords(words)
        self._backwards = SortedWords(_in_order([word[::-1] for word in words]))
        self._counts = array("I", [counts[word] for word in words])  # no single call: other threads go on

    def __len__(self) -> int:
        return len(self._words)

    def count(self, word: str) -> int:
        """In how many names a word occurs; 0 for one that no name has."""
        place = self._words.place(word)
        return self._counts[place] if place < len(self) and self._words.at(place) == word else 0

    def knows(self, word: str, *, unfinished: bool = False) -> bool:
        """Is it a word of a name; or, still being typed, the beginning of one?"""
        place = self._words.place(word)
        if place == len(self):
            return False
        found = self._words.at(place)
        return found.startswith(word) if unfinished else found == word

    def beginning_with(self, letters: str) -> list[str]:
        return self._words.beginning_with(letters)

    def ending_with_backwards(self, letters: str) -> list[str]:
        """Words with this end, their letters in reverse order: thousands of them are not turned around for nothing."""
        return self._backwards.beginning_with(letters[::-1])

    def containing(self, letters: str, limit: int) -> list[str]:
        """The first so many words with these letters anywhere inside."""
        found: list[str] = []
        text = self._words.text
        at = text.find(letters)
        while at >= 0 and len(found) < limit:
            end = text.find("\n", at)
            found.append(text[text.rfind("\n", 0, at) + 1 : end])
            at = text.find(letters, end)
        return found


def _in_order(words: Iterable[str]) -> list[str]:
    """Sorted letter by letter of the alphabet: sorting 150,000 words at once would stop all threads for 80 ms."""
    by_start: dict[str, list[str]] = {}
    for word in words:
        by_start.setdefault(word[:2], []).append(word)
    return [word for start in sorted(by_start) for word in sorted(by_start[start])]
