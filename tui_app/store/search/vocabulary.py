"""Sorted words in one byte string, searched by bisection: about 12 bytes per word instead of 80."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

#: Every n-th word is also kept as a string, for bisection without decoding.
_STEP: Final = 64
_BEYOND: Final = b"\xff"  # sorts after every letter; UTF-8 preserves code point order


class SortedWords:
    """Distinct words, given in order."""

    def __init__(self, words: Sequence[str]) -> None:
        text = "\n".join(words)
        self.is_ascii = text.isascii()
        lengths = map(len, words) if self.is_ascii else (len(word.encode()) for word in words)
        self._text = b"\n%b\n" % text.encode()
        # start offset of each word, plus the end
        self._begins = array("I", accumulate((length + 1 for length in lengths), initial=1))
        self._landmarks = [word.encode() for word in words[::_STEP]]
        self._places = range(len(words))

    def __len__(self) -> int:
        return len(self._places)

    def index(self, word: str) -> int:
        """Return the index of the first word that is not less than `word`."""
        return self._place(word.encode())

    def has(self, index: int, word: str) -> bool:
        """Whether this word is at `index`."""
        return index < len(self) and self._text.startswith(b"%b\n" % word.encode(), self._begins[index])

    def has_start(self, index: int, letters: str) -> bool:
        """Whether a word with this prefix is at `index`."""
        return index < len(self) and self._text.startswith(letters.encode(), self._begins[index])

    def holds(self, letters: str, *, whole: bool) -> bool:
        """Whether a word starts with these letters, or `whole` is them: no bisection among the words of a block."""
        start = letters.encode()
        landmark = bisect_right(self._landmarks, start)
        if not whole and landmark < len(self._landmarks) and self._landmarks[landmark].startswith(start):
            return True
        first, last = max(0, landmark - 1) * _STEP, min(len(self), landmark * _STEP)
        ending = b"\n%b\n" if whole else b"\n%b"
        return self._text.find(ending % start, self._begins[first] - 1, self._begins[last]) >= 0

    def prefix_range(self, letters: str) -> range:
        """Return the indexes of all words with this prefix."""
        start = letters.encode()
        first = self._place(start)
        return range(first, self._place(start + _BEYOND) if self.has_start(first, letters) else first)

    def between(self, indexes: range) -> list[str]:
        """Return the words of a range of indexes."""
        if not indexes:
            return []
        return self._text[self._begins[indexes.start] : self._begins[indexes.stop] - 1].decode().split("\n")

    def beginning_with(self, letters: str) -> list[str]:
        return self.between(self.prefix_range(letters))

    def containing(self, letters: str, limit: int) -> list[str]:
        """Return the first words that contain these letters."""
        found: list[str] = []
        text, wanted = self._text, letters.encode()
        at = text.find(wanted)
        while at >= 0 and len(found) < limit:
            end = text.find(b"\n", at)
            found.append(text[text.rfind(b"\n", 0, at) + 1 : end].decode())
            at = text.find(wanted, end)
        return found

    def _place(self, word: bytes) -> int:
        landmark = bisect_right(self._landmarks, word)
        low, high = max(0, (landmark - 1) * _STEP), min(len(self), landmark * _STEP)
        return bisect_left(self._places, word, low, high, key=self._at)

    def _at(self, index: int) -> bytes:
        return self._text[self._begins[index] : self._begins[index + 1] - 1]


_LOOKED_AT: Final = 300


class WordCounts:
    """An immutable set of words with the number of names each occurs in."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        words = _in_order(counts)
        self._words = SortedWords(words)
        # cumulative occurrences, so that those of a prefix are a difference
        kept = "I" if sum(counts.values()) < 1 << 32 else "Q"
        self._before = array(kept, accumulate((counts[word] for word in words), initial=0))

    def __len__(self) -> int:
        return len(self._words)

    @property
    def is_ascii(self) -> bool:
        """Whether no word is of another script."""
        return self._words.is_ascii

    @property
    def occurrences(self) -> int:
        """Return the occurrences of all words."""
        return self._before[-1]

    def count(self, word: str) -> int:
        """Return the number of names with this word."""
        index = self._words.index(word)
        return self._before[index + 1] - self._before[index] if self._words.has(index, word) else 0

    def knows(self, word: str, *, unfinished: bool = False) -> bool:
        """Whether it is a word, or if `unfinished` a prefix, of a name."""
        return self._words.holds(word, whole=not unfinished)

    def count_beginning(self, letters: str) -> tuple[int, int]:
        """Return the number of words with this prefix, and of their occurrences (a name with two counts twice)."""
        indexes = self._words.prefix_range(letters)
        return len(indexes), self._before[indexes.stop] - self._before[indexes.start]

    def beginning_with(self, letters: str) -> list[str]:
        """Return all words with this prefix, in order."""
        return self._words.beginning_with(letters)

    def some_word_occurs(self, letters: str, times: int) -> bool:
        """Whether one of the first 300 words with this prefix occurs at least `times` times."""
        indexes = self._words.prefix_range(letters)
        before = self._before
        return any(before[index + 1] - before[index] >= times for index in indexes[:_LOOKED_AT])

    def containing(self, letters: str, limit: int) -> list[str]:
        """Return the first words that contain these letters."""
        return self._words.containing(letters, limit)


class Vocabulary(WordCounts):
    """Word counts, also by length and reversed, to find candidates for a misspelt word."""

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
        """Return words of this length with this prefix."""
        words = self._forwards.get(length)
        return words.beginning_with(letters) if words else []

    def as_long_ending_with(self, letters: str, length: int) -> list[str]:
        """Return words of this length with this suffix, reversed: thousands need not be turned around."""
        words = self._backwards.get(length)
        return words.beginning_with(letters[::-1]) if words else []

    def as_long_containing(self, letters: str, length: int, limit: int) -> list[str]:
        """Return the first words of this length that contain these letters."""
        words = self._forwards.get(length)
        return words.containing(letters, limit) if words else []


def _in_order(words: Iterable[str]) -> list[str]:
    """Sort words in groups by first letter: sorting 150,000 at once would hold the GIL for 80 ms."""
    by_start: dict[str, list[str]] = {}
    for word in words:
        by_start.setdefault(word[:2], []).append(word)
    return [word for start in sorted(by_start) for word in sorted(by_start[start])]
