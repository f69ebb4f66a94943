"""Spell names in Latin letters with their numbers as digits: the second form in which they are searched.

`Чужой` becomes `chuzhoy`, `Rocky II` and `Rocky: Part Two` become `rocky 2`. Numbers are English words and ordinals,
Roman numerals up to 19, and digits with anything attached; a word like `part` or `season` before a number is left out.
A sync spells every title once, so plain names have a fast path. Changing this requires a migration of stored names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from typing import Final

from tui_app.text.clean import LONGEST_TEXT
from tui_app.text.fold import fold

_UNITS: Final = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
seventeen eighteen nineteen"
_ORDINALS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
_TENS: Final = {
    word: 10 * at for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_WORDS: Final = {word: at for words in (_UNITS, _ORDINALS) for at, word in enumerate(words.split(), 1)}
_ROMANS: Final = {
    word: at
    for at, word in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix".split(), 1)
}
#: Separates forms: two spaces, as a form has single ones.
FORMS_APART: Final = "  "
#: Words that only announce a number.
_MARKERS: Final = frozenset(
    "part pt vol volume chapter season episode ep teil folge staffel partie saison episodio temporada parte stagione "
    "capitulo capitolo chapitre kapitel sezon sezonul".split()
)
_HUNDRED: Final = "hundred"
_HUNDREDS: Final = frozenset(str(number) for number in range(100, 1000, 100))
_ROUND: Final = frozenset(str(number) for number in range(20, 100, 10)) | _HUNDREDS
_LONGEST_JOINED: Final = 12
_MAY_COUNT: Final = frozenset((*_TENS, *_WORDS, *_ROMANS, *_MARKERS, _HUNDRED))
_DIGITS: Final = frozenset("0123456789")
_DIGIT = re.compile("[0-9]")
_ORDINAL = re.compile("([0-9]+)(?:st|nd|rd|th)")
_NUMBERED = re.compile("(?:s|e|ep|pt|vol|part)([0-9]{1,3})(?:e([0-9]{1,3}))?")
_GLUED = re.compile("([a-z]{3,})([0-9]{1,2})")


class _LatinLetters(dict[int, str]):
    """Translation table from code point to Latin letters, filled on demand."""

    def __missing__(self, code_point: int) -> str:
        from anyascii import anyascii  # noqa: PLC0415 - 20 ms, which libraries of Latin names do without

        latin = self[code_point] = anyascii(chr(code_point))
        return latin


_LATIN: Final = _LatinLetters()


def spelled(text: str) -> str:
    """Return the words of `text` in Latin letters, with numbers as digits."""
    folded = fold(text)
    return _with_digits(folded) if folded.isascii() else _in_latin(text[:LONGEST_TEXT])


def _in_latin(text: str) -> str:
    """Return the words of a text of another script; what only looks like a numeral afterwards is none."""
    words: list[str] = []
    foreign: set[str] = set()
    for part in unicodedata.normalize("NFKC", text).split():
        folded = fold(part)
        latin = folded.split() if folded.isascii() else fold(part.translate(_LATIN)).split()
        words += latin
        if not folded.isascii():
            foreign.update(word for word in latin if not word.isdecimal())
    return _with_digits(" ".join(words), foreign)


def other_spellings(title: str, folded: str, alias: str) -> str:
    """Return other forms of a title and its other name, parted by `FORMS_APART`; '' if there are none.

    `folded` is the folded title, `alias` the folded other name or ''.
    """
    if folded.isascii() and (alias in ("", folded) or alias.isascii()):
        if _is_plain(folded) and (alias in ("", folded) or _is_plain(alias)):
            return ""
        forms = (_with_digits(folded), _with_digits(alias))
    else:
        forms = (spelled(title), spelled(alias) if alias != folded else "")
    return FORMS_APART.join(dict.fromkeys(form for form in forms if form not in ("", folded, alias)))


def numbers_of(spelled_text: str) -> tuple[str, ...]:
    """Return the numbers of a spelled text."""
    return tuple(word for word in spelled_text.split() if word.isdecimal())


def _with_digits(folded: str, foreign: Container[str] = ()) -> str:
    if _is_plain(folded):
        return folded
    found: list[str] = []
    for at, word in enumerate(folded.split()):
        numbers = [] if word in foreign else _numbers(word, at)
        if not numbers:
            found.append(word)
        elif len(numbers) == 1 and numbers[0].isdecimal():
            _append_number(found, numbers[0], word)
        else:
            found += numbers
    return " ".join(found)


def without_numbers(words: Iterable[str]) -> list[str]:
    """Return the words that are no numbers, alone or glued to a letter (s02e03); none if they only announce numbers."""
    found = [word for word in words if not word.isdecimal() and not _NUMBERED.fullmatch(word)]
    return found if not _MARKERS.issuperset(found) else []


def _is_plain(folded: str) -> bool:
    """Whether there is surely no number."""
    return _MAY_COUNT.isdisjoint(folded.split()) and _DIGIT.search(folded) is None


def _numbers(word: str, at: int) -> list[str]:
    """Return what a word counts, or its letters and number; empty if it counts nothing."""
    if word[0] in _DIGITS or word[-1] in _DIGITS:
        return _numbers_of_digits(word, at)
    value = _WORDS.get(word) or _TENS.get(word) or (100 if word == _HUNDRED and at else None)
    if value is None and at:
        value = _ROMANS.get(word)
    return [] if value is None else [str(value)]


def _numbers_of_digits(word: str, at: int) -> list[str]:
    if word.isdecimal():
        return [word.lstrip("0") or word[-1]]
    if match := _ORDINAL.fullmatch(word):
        return [match[1]]
    if at and (match := _NUMBERED.fullmatch(word)):
        return [number.lstrip("0") or "0" for number in match.groups() if number]
    if match := _GLUED.fullmatch(word):
        return [match[1], match[2].lstrip("0") or "0"]
    return []


def _append_number(found: list[str], number: str, word: str) -> None:
    """Append a number to words, joined with the one it continues: twenty one, one hundred and one, 10 000."""
    before = found[-1] if found else ""
    if len(found) > 1 and before in _MARKERS:
        found[-1] = number
    elif word == "000" and before.isdecimal() and len(before) < _LONGEST_JOINED:
        found[-1] = f"{before}000"
    elif word in _WORDS and len(number) == 1 and before in _ROUND:
        found[-1] = str(int(before) + int(number))
    elif word == _HUNDRED and before.isdecimal() and len(before) == 1:
        found[-1] = f"{before}00"
    elif word in (*_WORDS, *_TENS) and before == "and" and len(found) > 1 and found[-2] in _HUNDREDS:
        found[-2:] = [str(int(found[-2]) + int(number))]
    else:
        found.append(number)
