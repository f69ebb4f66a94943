"""Words in order, in one run of bytes, found by bisection: some 12 bytes a word instead of 80."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
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
