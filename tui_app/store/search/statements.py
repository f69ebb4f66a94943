"""The questions that a search asks, made once for each kind. Knows no connection and no score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.fts_terms import Groups, all_of
from tui_app.store.models import SEPARATOR
from tui_app.store.schema import TABLES
from tui_app.store.search.vocabulary import WordCounts

_HAS_ALIAS: Final = "AND t.alias <> ''"
_STARTS_SO: Final = "AND t.fold >= ?1 AND t.fold < ?2"  # the key of "film 01" starts as that of "film 1"


@cache
def names_sql(*kinds: Kind) -> str:
    """For (kind, key) of names that match. Parameters: the expression, and how many of each kind are wanted.

    Several kinds in one statement: a key press then costs one instead of four.
    """
    return " UNION ALL ".join(_matching_sql(kind, TABLES[kind].names_fts) for kind in kinds)


@cache
def texts_sql(*kinds: Kind) -> str:
    """The same of texts."""
    return " UNION ALL ".join(_matching_sql(kind, TABLES[kind].texts_fts) for kind in kinds)


def _matching_sql(kind: Kind, table: str) -> str:
    return f"SELECT * FROM (SELECT '{kind.value}', rowid FROM {table} WHERE {table} MATCH ?1 LIMIT ?2)"


@cache
def starts_sql(kinds: tuple[Kind, ...], ranges: int) -> str:
    """For kind and row of names whose displayed form starts so, and of those whose other form does.

    Parameters: from where and up to where (not included) folded names are, how many of a form are wanted, and the same
    bounds of `ranges` ranges of sort keys: names that start with a number lie in several.
    """
    return " UNION ALL ".join(part for kind in kinds for part in _starts_of(kind, ranges))


def _starts_of(kind: Kind, ranges: int) -> list[str]:
    table = TABLES[kind]

    def starts(column: str, bounds: str, serves: str, only: str) -> str:
        return (
            f"SELECT * FROM (SELECT '{kind.value}', t.id, t.fold, t.alias, {_rating_of(kind)} FROM {table.table} t "
            f"INDEXED BY {table.index_name(serves)} "
            f"WHERE {bounds} {only} AND t.flags & {SEPARATOR} = 0 ORDER BY t.{column} LIMIT ?3)"
        )

    displayed = [
        starts("sort_key", f"t.sort_key >= ?{at} AND t.sort_key < ?{at + 1}", "name", _STARTS_SO)
        for at in range(4, 4 + 2 * ranges, 2)
    ]
    return [*displayed, starts("alias", "t.alias >= ?1 AND t.alias < ?2", "alias", _HAS_ALIAS)]


@cache
def rows_sql(kinds: tuple[Kind, ...]) -> str:
    """For kind and row of names by their keys. A parameter for each kind: a JSON list of keys."""
    return " UNION ALL ".join(
        f"SELECT '{kind.value}', t.id, t.fold, t.alias, {_rating_of(kind)} "
        f"FROM json_each(?) j CROSS JOIN {kind.value} t ON t.id = j.value WHERE t.flags & {SEPARATOR} = 0"
        for kind in kinds
    )


def _rating_of(kind: Kind) -> str:
    return "t.rating" if TABLES[kind].has_column("rating") else "0.0"


@cache
def words_of_texts_sql(kind: Kind, *columns: str) -> str:
    """For key and words of what stands in these columns of the search table."""
    table = TABLES[kind]
    read = ", ".join("t.fold || ' ' || t.alias" if column == "name" else f'x."{column}"' for column in columns)
    return (
        f"SELECT t.id, {read} FROM json_each(?) j CROSS JOIN {table.table} t ON t.id = j.value "
        f"CROSS JOIN {table.text_table} x ON x.id = t.id"
    )


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
