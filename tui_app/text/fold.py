"""Folds text for comparing, sorting and searching: lower case, no accents, no punctuation, one spelling of a letter.

`Amélie: Le Fabuleux…` and `amelie le fabuleux` fold to the same string, and so do `مدرسة ٢` and `مدرسه 2`, `ゴジラ` and
`ごじら`. A sync folds every title once, so ASCII has a path of its own and every other letter is worked out once and
remembered. A change of what a letter folds to needs a migration that folds the names of existing libraries again.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from tui_app.text.clean import LONGEST_TEXT

#: They vanish: Hawaiian and Hebrew ones, too.
_APOSTROPHES: Final = frozenset("'’ʼ`´‘‛ʻʹ′׳״")
_SPECIAL_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n",
    "ŧ": "t", "ƒ": "f", "ə": "e", "ɪ": "i", "ɴ": "n", "ʀ": "r", "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l", "ʏ": "y",
}  # fmt: skip
#: Letters of one sound and shape that Arabic, Persian and Urdu keyboards have in different forms; the hamza on its own
#: and the tatweel, which only stretches a line, are often left out.
_ARABIC_LETTERS: Final = {
    **dict.fromkeys("ٱٲٳٵ", "ا"), **dict.fromkeys("ةۃہھەۂۀۿ", "ه"), **dict.fromkeys("ىیېےۍێؠ", "ي"),
    **dict.fromkeys("کڪګڬ", "ك"), **dict.fromkeys("ءـٴ", ""),
}  # fmt: skip
_HEBREW_FINALS: Final = dict(zip("ךםןףץ", "כמנפצ", strict=True))
#: Katakana letters stand so far behind the hiragana of the same sound.
_KATAKANA: Final = frozenset(map(chr, (*range(0x30A1, 0x30F7), 0x30FD)))
_KATAKANA_OFFSET: Final = 0x60
_ONE_SPELLING: Final = _SPECIAL_LETTERS | _ARABIC_LETTERS | _HEBREW_FINALS
_ASCII: Final = bytes(ord(chr(b).lower()) if b < 128 and chr(b).isalnum() else 32 for b in range(256))


class _FoldedLetters(dict[int, str]):
    """Code point → what it folds to; filled as letters are met."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = "".join(map(_folded, unicodedata.normalize("NFKD", chr(code_point)).casefold()))
        return folded


def _folded(letter: str) -> str:
    if letter in _ONE_SPELLING:
        return _ONE_SPELLING[letter]
    if letter in _KATAKANA:
        return chr(ord(letter) - _KATAKANA_OFFSET)
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    category = unicodedata.category(letter)[0]
    if category == "N" or (category == "L" and letter not in _APOSTROPHES):
        return letter
    return (
        "" if category == "M" or letter in _APOSTROPHES else " "
    )  # marks and apostrophes vanish, the rest parts words


_LETTERS: Final = _FoldedLetters()


def fold(text: str) -> str:
    """The searchable form of `text`: words of lower-case letters and digits parted by single blanks.

    Idempotent: `fold(fold(x)) == fold(x)`. What follows the first `LONGEST_TEXT` characters is left out.
    """
    text = text[:LONGEST_TEXT]
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII, b"'`").split()).decode()
    folded = " ".join(text.translate(_LETTERS).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def fold_letters(text: str) -> str:
    """`text` with each character folded in its place: as long as `text` unless one vanishes or becomes two."""
    text = text[:LONGEST_TEXT]
    return text.lower() if text.isascii() else text.translate(_LETTERS)
