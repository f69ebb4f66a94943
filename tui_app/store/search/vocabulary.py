"""The words of all names, in memory: which of them start, end or go on with some letters, and how often they occur.

Knows no SQL and no spelling.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Final

from tui_app.store.search.sorted_words import SortedWords

_LOOKED_AT: Final = 300


class WordCounts:
    """An immutable set of words with the number of names each occurs in."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        words = _in_order(counts)
        self._words = SortedWords(words)
        # occurrences of all words before each: those of words that start alike are a difference
        kept = "I" if sum(counts.values()) < 1 << 32 else "Q"
        self._before = array(kept, accumulate((counts[word] for word in words), initial=0))

    def __len__(self) -> int:
        return len(self._words)

    @property
    def occurrences(self) -> int:
        """Of all words together."""
        return self._before[-1]

    def count(self, word: str) -> int:
        """In how many names a word occurs; 0 for one that no name has."""
        place = self._words.place(word)
        return self._before[place + 1] - self._before[place] if self._words.has(place, word) else 0

    def knows(self, word: str, *, unfinished: bool = False) -> bool:
        """Is it a word of a name; or, still being typed, the beginning of one?"""
        place = self._words.place(word)
        return self._words.has_start(place, word) if unfinished else self._words.has(place, word)

    def count_beginning(self, letters: str) -> tuple[int, int]:
        """How many words start so, and in how many names they occur; a name with two of them counts twice."""
        places = self._words.places_of_beginning(letters)
        return len(places), self._before[places.stop] - self._before[places.start]

    def beginning_with(self, letters: str) -> list[str]:
        """All words that start so, in order."""
        return self._words.beginning_with(letters)

    def some_word_occurs(self, letters: str, times: int) -> bool:
        """Whether one of the first three hundred words that start so is in that many names."""
        places = self._words.places_of_beginning(letters)
        before = self._before
        return any(before[place + 1] - before[place] >= times for place in places[:_LOOKED_AT])

    def containing(self, letters: str, limit: int) -> list[str]:
        """The first so many words with these letters anywhere inside."""
        return self._words.containing(letters, limit)


class Vocabulary(WordCounts):
    """The same, also by length and from behind: a misspelt word is compared with those that may be meant alone."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__(counts)
        by_length: dict[int, list[str]] = {}
        for word in self._words.beginning_with(""):
            by_length.setdefault(len(word), []).append(word)
        self._forwards = {length: SortedWords(words) for length, words in by_length.items()}
        self._backwards = {
            length: SortedWords(_in_order([word[::-1] for word in words])) for length, words in by_length.items()
        }

    def as_long_beginning_with(self, letters: str, length: int) -> list[str]:
        """Words of so many letters that start so."""
        words = self._forwards.get(length)
        return words.beginning_with(letters) if words else []

    def as_long_ending_with(self, letters: str, length: int) -> list[str]:
        """Words of so many letters with this end, their letters in reverse order: thousands of them are not turned
        around for nothing."""
        words = self._backwards.get(length)
        return words.beginning_with(letters[::-1]) if words else []

    def as_long_containing(self, letters: str, length: int, limit: int) -> list[str]:
        """The first so many words of so many letters with these letters anywhere inside."""
        words = self._forwards.get(length)
        return words.containing(letters, limit) if words else []


def _in_order(words: Iterable[str]) -> list[str]:
    """Sorted letter by letter of the alphabet: sorting 150,000 words at once would stop all threads for 80 ms."""
    by_start: dict[str, list[str]] = {}
    for word in words:
        by_start.setdefault(word[:2], []).append(word)
    return [word for start in sorted(by_start) for word in sorted(by_start[start])]
