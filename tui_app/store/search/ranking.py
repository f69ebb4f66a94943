"""Score names against the typed text (0 to 100). No I/O.

Classes don't overlap: exact, prefix of the name, all words, prefixes of words, letters within words, typing errors.
Within a class, closer names score higher.

Numbers that not all names need to have don't change the class of a name that has them. Names without them rank between
people and names with all words, those with a year near the typed one first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from tui_app.store.search.spelling import errors_between
from tui_app.text import FORMS_APART, fold, fold_letters, numbers_of, plausible_year, spelled
from tui_app.text.clean import LONGEST_TEXT

EXACT: Final = 100.0
SAME_WORDS: Final = 97.0
NAME_STARTS_WITH_WORDS: Final = (92.0, 96.0)
NAME_STARTS: Final = (88.0, 91.9)
ALL_WORDS: Final = (80.0, 87.9)
ALL_WORD_STARTS: Final = (70.0, 79.9)
INSIDE: Final = (60.0, 69.9)
#: Scores of matches in cast, director or genre; with plot; with a typing error in cast or director.
PEOPLE_SCORE: Final = 59.0
PLOT_SCORE: Final = 50.0
PEOPLE_MISSPELT_SCORE: Final = 45.0
#: Deduction for other word boundaries.
OTHERWISE_PARTED: Final = 2.0
#: Deduction for a match of another spelling, and of one that only sounds the same.
SPELLED_OTHERWISE: Final = 1.0
SOUNDS_ALIKE: Final = 35.0
#: Deduction for omitting a word like `part` before a number where titles have it.
WITHOUT_MARKER: Final = 30.0
#: Scores of names with all words that lack a typed number; the share of the number in that.
_NUMBER_LACKS: Final = (60.0, 69.9)
_NUMBER_SHARE: Final = 0.4
_YEAR_ONLY: Final = 0.5  # deduction for a year that is not in the name
#: How near a number is that a name lacks, and one instead of which it has another; and each year of distance.
_LACKS: Final = 0.5
_HAS_ANOTHER: Final = 0.3
_YEAR_OFF: Final = 0.03
_TYPO_TOP: Final = 58.0


class Row(NamedTuple):
    """What is ranked of an item: its key, the forms of its name, and facts that rank equal names."""

    key: int
    fold: str
    alias: str
    spelled: str
    rating: float
    year: int


@dataclass(slots=True)
class Typed:
    """A typed text prepared for scoring hundreds of names.

    `text` is folded; `loss` is deducted from each score; without `forgiving`, only words as typed are highlighted.
    `numbers` were typed besides, and rank the names.
    """

    text: str
    loss: float = 0.0
    forgiving: bool = True
    numbers: tuple[str, ...] = ()
    words: list[str] = field(init=False)
    in_order: str = field(init=False)
    whole_words: list[str] = field(init=False)  # " word ", searched in " a name "
    word_starts: list[str] = field(init=False)  # " word"
    has_digits: bool = field(init=False)
    marks: dict[str, tuple[int, int] | None] = field(init=False)  # word of a name → matching letters

    @property
    def has_drawn_letters(self) -> bool:
        """Whether digits stand for letters: se7en."""
        return any(not word.isalpha() and not word.isdigit() for word in self.words)

    def __post_init__(self) -> None:
        self.words = self.text.split()
        self.has_digits = any(map(str.isdecimal, self.words))
        self.in_order = " ".join(sorted(self.words))
        self.whole_words = [f" {word} " for word in self.words]
        self.word_starts = [f" {word}" for word in self.words]
        self.marks = {}

    @classmethod
    def resegmented(cls, words: Sequence[str]) -> Typed:
        """Return the same letters split into other words."""
        return cls(" ".join(words), OTHERWISE_PARTED)


def score(typed: Typed, row: Row) -> tuple[float, bool]:
    """Return the best score of a name's forms, and whether it is that of the displayed name."""
    _, folded, alias, others, _, _ = row
    points, displayed = _score(typed, folded), True
    if alias and points != EXACT:
        other = _score(typed, alias)
        if other > points:
            points, displayed = other, False
    if others and points != EXACT:
        other = max([_score(typed, form) for form in others.split(FORMS_APART)]) - SPELLED_OTHERWISE
        if other > points:
            points, displayed = other, False
    if typed.numbers:
        points = with_numbers(points, typed.numbers, row)
    return points - typed.loss, displayed


def with_numbers(points: float, typed: Sequence[str], row: Row) -> float:
    """Return the score of a name when its words score `points`, considering how near its numbers are."""
    found = numbers_in(row)
    nearness = sum([_number_nearness(number, found, row.year) for number in typed]) / len(typed)
    low, high = _NUMBER_LACKS
    if points < ALL_WORD_STARTS[0]:
        return points * (1 - 0.1 * (1 - nearness))
    if nearness == 1:
        return points - _YEAR_ONLY
    share = (points - ALL_WORD_STARTS[0]) / (EXACT - ALL_WORD_STARTS[0])
    return low + (high - low) * (share + _NUMBER_SHARE * (nearness - share))


def numbers_in(row: Row) -> set[str]:
    """Return the numbers in all forms of a name."""
    return {number for form in (row.fold, row.alias, row.spelled) for number in numbers_of(form)}


def has_numbers(row: Row, typed: Iterable[str]) -> bool:
    """Whether a name has these numbers; a longer one may be meant, unless it is a year."""
    longer = {number for number in numbers_in(row) if year_of(number) is None}
    return all(number in numbers_in(row) or any(own.startswith(number) for own in longer) for number in typed)


def _number_nearness(number: str, found: Collection[str], year: int) -> float:
    if number in found:
        return 1.0
    wanted = year_of(number)
    years = {own for other in found if (own := year_of(other))} | ({year} if year else set())
    if wanted is None:
        return _HAS_ANOTHER if len(found) > len(years) else _LACKS
    if not years:
        return _LACKS
    return max(_HAS_ANOTHER, 1 - _YEAR_OFF * min([abs(own - wanted) for own in years]))


def year_of(number: str) -> int | None:
    """Return the year a number may be."""
    return plausible_year(int(number)) if len(number) == 4 else None


def _score(typed: Typed, name: str) -> float:
    query = typed.text
    extra = len(name) - len(query)
    if name.startswith(query):
        if not extra:
            return EXACT
        low, high = NAME_STARTS_WITH_WORDS if name[len(query)] == " " else NAME_STARTS
        return max(low, high - 0.05 * extra)
    padded = f" {name} "
    if _holds_all(padded, typed.word_starts):
        if not extra and " ".join(sorted(name.split())) == typed.in_order:
            return SAME_WORDS
        low, high = ALL_WORDS if _holds_all(padded, typed.whole_words) else ALL_WORD_STARTS
    elif len(query) >= 3 and query in name:
        low, high = INSIDE
    else:
        return _nearness(typed, name) * _TYPO_TOP / 100
    return max(low, high - 0.02 * (high - low) * abs(extra))


def _nearness(typed: Typed, name: str) -> float:
    query = typed.text
    best = fuzz.ratio(query, name)
    extra = len(name) - len(query)
    if extra > 0:
        best = max(best, 0.97 * fuzz.ratio(query, name[: len(query)]) - 0.02 * extra)
    if len(typed.words) > 1:
        best = max(best, 0.96 * fuzz.ratio(typed.in_order, " ".join(sorted(name.split()))))
    return best


def _holds_all(text: str, pieces: list[str]) -> bool:
    for piece in pieces:  # noqa: SIM110 - a generator would take twice as long
        if piece not in text:
            return False
    return True


_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´‘‛′׳״][^\W_]+)*")

_APOSTROPHES: Final = frozenset("'’ʼ`´‘‛ʻʹ′׳״")  # they don't separate words and fold to nothing

Spans = tuple[tuple[int, int], ...]


def spans(typed: Typed, name: str) -> Spans:
    """Return (start, end) of the matching letters of `name`, in order, without overlap."""
    name = name[:LONGEST_TEXT]
    letters = fold_letters(name)
    if len(letters) == len(name) and not _has_apostrophe(name):
        found = _word_starts(typed.words, letters)
        if found is not None:
            return found
    marked: list[tuple[int, int]] = []
    marks = typed.marks
    for match in _WORD.finditer(name):
        word = match[0]
        if word in marks:  # cached: names share many words
            index = marks[word]
        else:
            index = marks[word] = _marked(typed, word)
        if index is not None:
            start = match.start()
            marked.append((start + index[0], start + index[1]))
    return tuple(marked)


def _word_starts(words: list[str], name: str) -> Spans | None:
    """Return spans in the common case that every typed word starts a word of a plain name, otherwise None."""
    if len(words) == 1 and name.startswith(words[0]):
        return ((0, len(words[0])),)
    found: list[tuple[int, int]] = []
    for word in words:
        at = name.find(word)
        while at > 0 and name[at - 1].isalnum():
            at = name.find(word, at + 1)
        if at < 0:
            return None
        beyond = at + len(word)
        for start, end in found:
            if start < beyond and at < end:
                return None
        found.append((at, beyond))
    found.sort()
    return tuple(found)


def _has_apostrophe(name: str) -> bool:
    return "'" in name or "`" in name if name.isascii() else not _APOSTROPHES.isdisjoint(name)


def _marked(typed: Typed, word: str) -> tuple[int, int] | None:
    """Return the letters of a word that a typed word matches: its start, its inside, or all of it if misspelt."""
    folded = word.lower() if word.isascii() and word.isalnum() else fold(word)
    best: tuple[int, int] | None = None
    for part in typed.words:
        at = folded.find(part)
        if at == 0 or (at > 0 and (len(part) >= 3 or not part.isascii())):
            index = (_offset(word, folded, at), _offset(word, folded, at + len(part)))
            if best is None or index[1] - index[0] > best[1] - best[0]:
                best = index
    if best is None and typed.forgiving and (_is_misspelt(typed, folded) or _is_spelled_otherwise(typed, word)):
        return 0, len(word)
    return best


def _is_spelled_otherwise(typed: Typed, word: str) -> bool:
    """Whether a typed word is the start of this word in Latin letters, or a typed number is its number."""
    if word.isascii() and not typed.has_digits:
        return False
    form = spelled(f"x {word}")[len("x ") :]  # Roman numerals are none at the start
    return any(form == part if part.isdigit() else word != form and form.startswith(part) for part in typed.words)


def _is_misspelt(typed: Typed, word: str) -> bool:
    length = len(word)
    for part in typed.words:  # noqa: SIM110 - a generator would take twice as long
        if -3 < len(part) - length < 3 and errors_between(part, word) is not None:
            return True
    return False


def _offset(word: str, folded: str, at: int) -> int:
    """Return the offset in `word` of an offset in its folded form: `ß` folds to two letters, an apostrophe to none."""
    if len(folded) == len(word):
        return at
    length = 0
    for index, letter in enumerate(word):
        if length >= at:
            return index
        length += len(fold(letter))
    return len(word)
