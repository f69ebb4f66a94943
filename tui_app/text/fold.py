"""Folds text for comparing, sorting and searching: lower case, no accents, no punctuation.

`Amélie: Le Fabuleux…` and `amelie le fabuleux` fold to the same string. A sync folds every title once, so ASCII has a
path of its own and every other letter is worked out once and remembered. Letters outside Latin stay what they are.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_APOSTROPHES: Final = frozenset("'’ʼ`´")
_SPECIAL_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n",
    "ŧ": "t", "ƒ": "f", "ə": "e", "ɪ": "i", "ɴ": "n", "ʀ": "r", "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l", "ʏ": "y",
}  # fmt: skip
_ASCII: Final = bytes(ord(chr(b).lower()) if b < 128 and chr(b).isalnum() else 32 for b in range(256))


class _FoldedLetters(dict[int, str]):
    """Code point → what it folds to; filled as letters are met."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = "".join(map(_folded, unicodedata.normalize("NFKD", chr(code_point)).casefold()))
        return folded


def _folded(letter: str) -> str:
    if letter in _SPECIAL_LETTERS:
        return _SPECIAL_LETTERS[letter]
    category = unicodedata.category(letter)[0]
    if category in "LN":
        return letter
    return (
        "" if category == "M" or letter in _APOSTROPHES else " "
    )  # marks and apostrophes vanish, the rest parts words


_LETTERS: Final = _FoldedLetters()


def fold(text: str) -> str:
    """The searchable form of `text`: words of lower-case letters and digits parted by single blanks.

    Idempotent: `fold(fold(x)) == fold(x)`.
    """
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII, b"'`").split()).decode()
    folded = " ".join(text.translate(_LETTERS).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def fold_letters(text: str) -> str:
    """`text` with each character folded in its place: as long as `text` unless one vanishes or becomes two."""
    return text.lower() if text.isascii() else text.translate(_LETTERS)
