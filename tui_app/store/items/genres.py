"""Splits a provider's genre text into genres and gives each a number: the first 62 of a kind are bits of a mask.

Kinds keep separate numbers, because their vocabularies differ.
"""

from __future__ import annotations

import re
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.text import fold
from tui_app.text.clean import LONGEST_TEXT

MASK_BITS: Final = 62
_MEMO_LIMIT: Final = 20_000
# not "&": "Action & Adventure" is one genre
_BETWEEN = re.compile(r"[,/|;•]")


def genre_names(text: str | None) -> list[str]:
    """The genres named in a text, in order, each once."""
    if not text:
        return []
    parts = (part.strip() for part in _BETWEEN.split(text[:LONGEST_TEXT]))
    return list(dict.fromkeys(name for name in parts if name))


class GenreKeys:
    """The genres of one kind, for writing: numbers new ones. Use it inside one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        self._numbers: dict[str, int] | None = None
        self._memo: dict[str, tuple[int, tuple[int, ...]]] = {}

    def mask_and_rest(self, text: str | None) -> tuple[int, tuple[int, ...]]:
        """The bit mask of a genre text, and the numbers of its genres that have no bit."""
        if not text:
            return 0, ()
        known = self._memo.get(text)
        if known is None:
            known = self._number(text)
            if len(self._memo) < _MEMO_LIMIT:
                self._memo[text] = known
        return known

    def _number(self, text: str) -> tuple[int, tuple[int, ...]]:
        mask = 0
        rest: list[int] = []
        for name in genre_names(text):
            number = self._number_of(name)
            if number is None:
                continue
            if number < MASK_BITS:
                mask |= 1 << number
            elif number not in rest:
                rest.append(number)
        return mask, tuple(rest)

    def _number_of(self, name: str) -> int | None:
        if self._numbers is None:
            rows = self._database.rows("SELECT fold, number FROM genre WHERE kind = ?", (self._kind.value,))
            self._numbers = dict(rows)
        folded = fold(name)
        if not folded:
            return None
        number = self._numbers.get(folded)
        if number is None:
            number = len(self._numbers)
            self._numbers[folded] = number
            self._database.run(
                "INSERT INTO genre(kind, number, fold, name) VALUES (?, ?, ?, ?)",
                (self._kind.value, number, folded, name),
            )
        return number
