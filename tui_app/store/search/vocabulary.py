"""Words in order, in one run of bytes, found by bisection: some 12 bytes a word instead of 80."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

#: Every so many-th word is kept as an object of its own, to be bisected without reading.
_STEP: Final = 64
_BEYOND: Final = b"\xff"  # after every letter; UTF-8 has the order of the code points


class SortedWords:
    """Different words, given in their order."""

    def __init__(self, words: Sequence[str]) -> None:
        text = "\n".join(words)
        lengths = map(len, words) if text.isascii() else (len(word.encode()) for word in words)
        self._text = b"\n%b\n" % text.encode()
        # where each word begins; the last entry is where the next one would
        self._begins = array("I", accumulate((length + 1 for length in lengths), initial=1))
        self._landmarks = [word.encode() for word in words[::_STEP]]
        self._places = range(len(words))

    def __len__(self) -> int:
        return len(self._places)

    def place(self, word: str) -> int:
        """Of the first word that is not before this one."""
        return self._place(word.encode())

    def has(self, place: int, word: str) -> bool:
        """Is it this word that stands there?"""
        return place < len(self) and self._text.startswith(b"%b\n" % word.encode(), self._begins[place])

    def has_start(self, place: int, letters: str) -> bool:
        """Does a word that starts so stand there?"""
        return place < len(self) and self._text.startswith(letters.encode(), self._begins[place])

    def places_of_beginning(self, letters: str) -> range:
        """Of all words that start so."""
        start = letters.encode()
        first = self._place(start)
        return range(first, self._place(start + _BEYOND) if self.has_start(first, letters) else first)

    def between(self, places: range) -> list[str]:
        """The words of neighbouring places."""
        if not places:
            return []
        return self._text[self._begins[places.start] : self._begins[places.stop] - 1].decode().split("\n")

    def beginning_with(self, letters: str) -> list[str]:
        return self.between(self.places_of_beginning(letters))

    def containing(self, letters: str, limit: int) -> list[str]:
        """The first so many words with these letters anywhere inside."""
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

    def _at(self, place: int) -> bytes:
        return self._text[self._begins[place] : self._begins[place + 1] - 1]


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
