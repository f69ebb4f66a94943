"""Decides what a search table is asked, by how often words occur, so that it finds the same and sooner.

Two things are slow in search tables. Beginnings longer than those they keep lists of: all matches are gathered before
the first one is told. And frequent words: a list of 200,000 matches is walked although a rare word beside it decides.
Nothing is asked for words that do not occur. Knows no table and no SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from tui_app.store.search.match import Groups, all_of
from tui_app.store.search.vocabulary import WordCounts

#: The tables keep lists of beginnings of up to so many letters (`prefix=`).
_LISTED_LETTERS: Final = 3
#: Names that are more than anybody counts.
_MANY: Final = 2_000
# Efforts, in matches that are walked past meanwhile (some 10 ns each)
#: Finding where the matches of a word begin.
_FINDING: Final = 3_000
#: Gathering a match of a longer beginning.
_GATHERING: Final = 20
#: Reading a name.
_READING: Final = 300
#: A longer beginning is asked for as the words that start so where that is less effort, and they are no more than this.
_WORDS_OF_BEGINNING: Final = 64
#: Words of a name on average, to guess how many names there are; and how much oftener than by chance words meet.
_WORDS_OF_NAME: Final = 4
_ATTRACTION: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """`expression` finds what is asked for. `rare` finds that and more, sooner ('' when it would not): which of those
    have the frequent words too, they tell themselves (`holds`), unless there are more of them than `worth_reading`.
    At least so many names as `surely` are found among all names."""

    expression: str
    surely: int = 0
    rare: str = ""
    frequent: tuple[tuple[str, ...], ...] = ()
    worth_reading: int = 0

    def holds(self, words: str) -> bool:
        """Whether folded words hold one of each group that `rare` leaves out."""
        padded = f" {words} "
        return all(any(piece in padded for piece in pieces) for pieces in self.frequent)


@dataclass(frozen=True, slots=True)
class _Group:
    patterns: list[str]
    count: int  # of names that have one of them
    effort: int  # matches that may be walked


def plan(groups: Groups, counts: WordCounts | None) -> Plan | None:
    """What to ask for names with one pattern of each group; None when no name has them all.

    `counts` are those of all words in the tables at this very moment; None when they are not known.
    """
    if not groups or not all(groups):
        return None
    if counts is None:
        return Plan(all_of(groups))
    known = [_known(group, counts) for group in groups]
    if any(not group.count for group in known):
        return None
    expression = all_of([group.patterns for group in known])
    if len(known) == 1:
        return Plan(expression, _MANY if _are_many(known[0], counts) else 0)
    by_effort = sorted(known, key=attrgetter("effort"))
    asked = _how_many_to_ask(by_effort, counts.occurrences // _WORDS_OF_NAME + 1)
    if asked == len(known):
        return Plan(expression)
    frequent = by_effort[asked:]
    worth_reading = sum([group.effort for group in frequent]) // _READING
    pieces = tuple([_pieces(group.patterns) for group in frequent])
    rare = all_of([group.patterns for group in by_effort[:asked]])
    return Plan(expression, 0, rare, pieces, worth_reading)


def _are_many(group: _Group, counts: WordCounts) -> bool:
    """Whether one of the words is in so many names that nobody counts them."""
    return group.count >= _MANY and any(
        counts.some_word_occurs(pattern[:-1], _MANY) if pattern.endswith("*") else counts.count(pattern) >= _MANY
        for pattern in group.patterns
    )


def _how_many_to_ask(groups: Sequence[_Group], names: int) -> int:
    """How many of these groups are best asked of the table; to see the others, what it finds is read."""
    walked, found = 0, float(names)
    best, least = len(groups), float(sum([group.effort for group in groups]))
    for number, group in enumerate(groups[:-1], 1):
        walked += group.effort
        found *= min(1.0, (_ATTRACTION if number > 1 else 1) * group.count / names)
        if walked + found * _READING < least:
            best, least = number, walked + found * _READING
    return best


def _known(group: Iterable[str], counts: WordCounts) -> _Group:
    """The patterns that occur."""
    patterns: dict[str, None] = {}
    total = gathered = 0
    for pattern in group:
        letters = pattern.removesuffix("*")
        words, count = (1, counts.count(letters)) if letters == pattern else counts.count_beginning(letters)
        total += count
        if not count:
            continue
        if letters == pattern or len(letters) <= _LISTED_LETTERS:
            patterns[pattern] = None
        elif words <= _WORDS_OF_BEGINNING and (words - 1) * _FINDING <= count * _GATHERING:
            patterns.update(dict.fromkeys(counts.beginning_with(letters)))
        else:
            patterns[pattern] = None
            gathered += count
    return _Group(list(patterns), total, total + _FINDING * len(patterns) + _GATHERING * gathered)


def _pieces(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(f" {pattern[:-1]}" if pattern.endswith("*") else f" {pattern} " for pattern in patterns)
