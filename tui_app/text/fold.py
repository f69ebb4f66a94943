"""Fold text for search and comparison, and build sort keys.

Folding gives lower case without accents and punctuation, with one spelling per letter: `Amélie: Le Fabuleux…` becomes
`amelie le fabuleux`; `مدرسة ٢` and `مدرسه 2`, `ゴジラ` and `ごじら`, `千與千尋` and `千与千寻` become equal. A sync
folds every title once, so ASCII has a fast path and the folding of other letters is cached. Changing a fold requires a
migration of stored names.

Sort keys order names by their numbers: "film 2" before "film 10", "ppv 1" before "ppv 01". Each run of digits is
prefixed with a character for its length, so that string order is numeric order. These characters sort between digits
and letters, so numbers stay before words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from tui_app.text.clean import LONGEST_TEXT

#: Apostrophes, removed without a gap; includes Hawaiian and Hebrew ones.
_APOSTROPHES: Final = frozenset("'’ʼ`´‘‛ʻʹ′׳״")
_SPECIAL_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n",
    "ŧ": "t", "ƒ": "f", "ə": "e", "ɪ": "i", "ɴ": "n", "ʀ": "r", "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l", "ʏ": "y",
}  # fmt: skip
#: Letters that Arabic, Persian and Urdu keyboards encode differently; the hamza on its own
#: and the tatweel, which only stretches a line, are often left out.
_ARABIC_LETTERS: Final = {
    **dict.fromkeys("ٱٲٳٵ", "ا"), **dict.fromkeys("ةۃہھەۂۀۿ", "ه"), **dict.fromkeys("ىیېےۍێؠ", "ي"),
    **dict.fromkeys("کڪګڬ", "ك"), **dict.fromkeys("ءـٴ", ""),
}  # fmt: skip
_HEBREW_FINALS: Final = dict(zip("ךםןףץ", "כמנפצ", strict=True))
#: Code point distance from hiragana to the katakana of the same sound.
_KATAKANA: Final = frozenset(map(chr, (*range(0x30A1, 0x30F7), 0x30FD)))
_KATAKANA_OFFSET: Final = 0x60
_ONE_SPELLING: Final = _SPECIAL_LETTERS | _ARABIC_LETTERS | _HEBREW_FINALS
_ASCII: Final = bytes(ord(chr(b).lower()) if b < 128 and chr(b).isalnum() else 32 for b in range(256))


@cache
def _han_variants() -> dict[str, str]:
    """Return Han letter → simplified form. Read with the first Han letter: 3 ms."""
    text = Path(__file__).with_name("han_variants.txt").read_text(encoding="utf-8")
    groups = (group for line in text.splitlines() if not line.startswith("#") for group in line.split())
    return {variant: group[0] for group in groups for variant in group[1:]}


class _FoldedLetters(dict[int, str]):
    """Translation table from code point to folded text, filled on demand."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = "".join(map(_folded, unicodedata.normalize("NFKD", chr(code_point)).casefold()))
        return folded


def _folded(letter: str) -> str:
    if letter in _ONE_SPELLING:
        return _ONE_SPELLING[letter]
    if letter in _KATAKANA:
        return chr(ord(letter) - _KATAKANA_OFFSET)
    if "\u3400" <= letter <= "\u9fff":
        return _han_variants().get(letter, letter)
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    category = unicodedata.category(letter)[0]
    if category == "N" or (category == "L" and letter not in _APOSTROPHES):
        return letter
    return (
        "" if category == "M" or letter in _APOSTROPHES else " "
    )  # marks and apostrophes are removed, other characters separate words


_LETTERS: Final = _FoldedLetters()


def fold(text: str) -> str:
    """Return the searchable form of `text`: words of lower-case letters and digits separated by single spaces.

    Idempotent: `fold(fold(x)) == fold(x)`. Only the first `LONGEST_TEXT` characters are folded.
    """
    text = text[:LONGEST_TEXT]
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII, b"'`").split()).decode()
    folded = " ".join(text.translate(_LETTERS).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def fold_letters(text: str) -> str:
    """Fold each character separately; the length stays the same unless a character folds to none or two."""
    text = text[:LONGEST_TEXT]
    return text.lower() if text.isascii() else text.translate(_LETTERS)


_LONG_NUMBER = re.compile("[0-9]{2,}")  # a single digit needs no prefix
_PADDED_NUMBER = re.compile("(?<![0-9])0[0-9]")
_NUMBER = re.compile("[0-9]+")
_NUMBER_AT_END = re.compile("(?<![0-9])[0-9]++$")
_SIGN_OF_ONE: Final = ord("9")  # two digits get the next character, ":"
_LONGEST: Final = 39  # the prefix of 40 digits would be "`", reserved for longer numbers
_MORE: Final = "`"
#: Precedes the counts of leading zeros after the key; sorts before spaces and letters.
_ZEROS: Final = "\x01"
_MOST_ZEROS: Final = 999
#: Digits that may follow an unfinished number.
_GOES_ON: Final = 4


def sort_key(folded: str) -> str:
    """Return the sort key of a folded name: unique per name, and the name itself if it has no numbers."""
    if "0" not in folded or _PADDED_NUMBER.search(folded) is None:  # fast path: called for every item of a sync
        return _LONG_NUMBER.sub(_signed, folded)
    zeros = [len(number) - len(number.lstrip("0") or "0") for number in _NUMBER.findall(folded)]
    counts = "".join(f"{min(count, _MOST_ZEROS):03d}" for count in zeros)
    return _NUMBER.sub(_signed, folded) + _ZEROS + counts


def key_beginnings(folded: str) -> list[str]:
    """Return prefixes of the keys of all names that start with `folded`; a number at its end may be unfinished."""
    match = _NUMBER_AT_END.search(folded)
    if match is None:
        return [_without_zeros(folded)]
    head, number = _without_zeros(folded[: match.start()]), match[0].lstrip("0")
    shortest = max(len(number), 1)
    return [head + _sign(length) + number for length in range(shortest, shortest + _GOES_ON + 1)]


def _without_zeros(folded: str) -> str:
    return sort_key(folded).partition(_ZEROS)[0]


def _signed(match: re.Match[str]) -> str:
    number = match[0]
    if number[0] == "0":
        number = number.lstrip("0") or "0"
    return _sign(len(number)) + number


def _sign(length: int) -> str:
    """Return the prefix of a number with `length` digits."""
    if 1 < length <= _LONGEST:
        return chr(_SIGN_OF_ONE + length - 1)
    more, length = divmod(length - 1, _LONGEST)
    return _MORE * more + (chr(_SIGN_OF_ONE + length) if length else "")
