"""Folds text for comparing, sorting and searching: lower case, no accents, no punctuation.

`Amélie: Le Fabuleux…` and `amelie le fabuleux` fold to the same string. Two fast paths (ASCII, Latin) because a sync
folds every title once; other scripts take the full Unicode way. Letters outside Latin stay what they are.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_APOSTROPHES: Final = "'’ʼ`´"
_SPECIAL_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n",
    "ŧ": "t", "ƒ": "f", "ə": "e", "ɪ": "i", "ɴ": "n", "ʀ": "r", "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l", "ʏ": "y",
}  # fmt: skip


def _fold_slowly(text: str) -> str:
    out: list[str] = []
    for char in unicodedata.normalize("NFKD", text).casefold():
        if char in _SPECIAL_LETTERS:
            out.append(_SPECIAL_LETTERS[char])
            continue
        category = unicodedata.category(char)
        if category[0] in "LN":
            out.append(char)
        elif category[0] != "M" and char not in _APOSTROPHES:  # marks and apostrophes vanish, the rest parts words
            out.append(" ")
    return unicodedata.normalize("NFC", " ".join("".join(out).split()))


_ASCII_TABLE: Final = bytes(ord(chr(b).lower()) if chr(b).isalnum() and b < 128 else 32 for b in range(256))
_LATIN_TABLE = {b: chr(_ASCII_TABLE[b]) for b in range(128)} | {ord(c): "" for c in _APOSTROPHES}
for _cp in (*range(0x80, 0x250), *range(0x1E00, 0x1F00)):
    _folded = _fold_slowly(f"x{chr(_cp)}x")
    if _cp not in _LATIN_TABLE:
        _LATIN_TABLE[_cp] = _folded[1:-1]
_LATIN_TABLE |= {cp: " " for cp in range(0x2010, 0x2030) if chr(cp) not in _APOSTROPHES}


def fold(text: str) -> str:
    """The searchable form of `text`: words of lower-case letters and digits parted by single blanks.

    Idempotent: `fold(fold(x)) == fold(x)`.
    """
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII_TABLE, b"'`").split()).decode()
    latin = text.translate(_LATIN_TABLE)
    if latin.isascii():
        return " ".join(latin.split())
    return _fold_slowly(text)
