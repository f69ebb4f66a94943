"""SQL statements and query plans of the search.

FTS5 evaluates an AND of groups by intersecting posting lists, whose length is the number of matching rows; prefixes of
common words match a large part of the library. `plan` estimates the effort from word counts (in matches read, about 10
ns each). If intersecting all groups costs more than reading the candidates of the rare groups, only the rare groups are
queried and the frequent words are tested on the folded names.

The statements are by hand: Peewee has no words for full-text matches with their auxiliary functions.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.fts_terms import Groups, all_of
from tui_app.store.models import SEPARATOR
from tui_app.store.schema import ALL_NAMES_SQL, NAME_COLUMNS, TABLES
from tui_app.store.search.vocabulary import WordCounts

#: Rows name their kind by its number: a word would have to be decoded for each.
_NUMBER_OF: Final = {kind: number for number, kind in enumerate(Kind)}
_HAS_ALIAS: Final = "AND t.alias <> ''"
_STARTS_SO: Final = "AND t.fold >= ?1 AND t.fold < ?2"  # the key of "film 01" starts like that of "film 1"


@cache
def names_sql(*kinds: Kind) -> str:
    """For (kind, key) of names that match. Parameters: the expression, and how many of each kind are wanted.

    Several kinds in one statement: a key press then costs one instead of four.
    """
    return " UNION ALL ".join(_matching_sql(kind, TABLES[kind].names_fts) for kind in kinds)


@cache
def texts_sql(*kinds: Kind) -> str:
    """Return the query for texts of these kinds."""
    return " UNION ALL ".join(_matching_sql(kind, TABLES[kind].texts_fts) for kind in kinds)


def _matching_sql(kind: Kind, table: str) -> str:
    return f"SELECT * FROM (SELECT {_NUMBER_OF[kind]}, rowid FROM {table} WHERE {table} MATCH ?1 LIMIT ?2)"


@cache
def starts_sql(kinds: tuple[Kind, ...], ranges: int) -> str:
    """Return the query for names whose displayed form or alias starts with a text.

    Parameters: lower and upper bound (exclusive) of folded names, limit per form, and the same bounds of `ranges`
    ranges of sort keys, as names starting with a number are in several.
    """
    return " UNION ALL ".join(part for kind in kinds for part in _starts_of(kind, ranges))


def _starts_of(kind: Kind, ranges: int) -> list[str]:
    table = TABLES[kind]

    def starts(column: str, bounds: str, serves: str, only: str) -> str:
        return (
            f"SELECT * FROM (SELECT {_row_of(kind)} FROM {table.table} t "
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
        f"SELECT {_row_of(kind)} "
        f"FROM json_each(?) j CROSS JOIN {kind.value} t ON t.id = j.value WHERE t.flags & {SEPARATOR} = 0"
        for kind in kinds
    )


def _row_of(kind: Kind) -> str:
    """Return the number of a kind and columns of a `ranking.Row`."""
    rating, year = ("t.rating" if TABLES[kind].has_column("rating") else "0.0"), "t.year"
    names = ", ".join(f"t.{column}" for column in NAME_COLUMNS)
    return f"{_NUMBER_OF[kind]}, t.id, {names}, {rating}, {year if TABLES[kind].has_column('year') else 0}"


@cache
def words_of_texts_sql(kind: Kind, *columns: str) -> str:
    """Return the query for key and words of these columns of the search table."""
    table = TABLES[kind]
    read = ", ".join(ALL_NAMES_SQL if column == "name" else f'x."{column}"' for column in columns)
    return (
        f"SELECT t.id, {read} FROM json_each(?) j CROSS JOIN {table.table} t ON t.id = j.value "
        f"CROSS JOIN {table.text_table} x ON x.id = t.id"
    )


#: Maximum prefix length indexed by the tables (`prefix=`).
_LISTED_LETTERS: Final = 3
#: Number of names above which matches are not counted.
_MANY: Final = 2_000
# Efforts, in matches read (about 10 ns each)
#: Locating the matches of a word.
_FINDING: Final = 3_000
#: Collecting a match of a longer prefix.
_GATHERING: Final = 20
#: Reading a name.
_READING: Final = 300
#: Maximum words by which a longer prefix may be replaced, if that takes less effort.
_WORDS_OF_BEGINNING: Final = 64
#: Words of a name on average, to guess how many names there are; and how much oftener than by chance words meet.
_WORDS_OF_NAME: Final = 4
_ATTRACTION: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How to query one pattern of each group.

    `expression` finds all matches. `rare` finds a superset faster ('' if it would not): the frequent words are then
    tested by `holds`, unless there are more candidates than `worth_reading`. At least `surely` names are expected
    among all names.
    """

    expression: str
    surely: int = 0
    rare: str = ""
    frequent: tuple[tuple[str, ...], ...] = ()
    worth_reading: int = 0

    def holds(self, words: str) -> bool:
        """Whether folded words contain one pattern of each group that `rare` omits."""
        padded = f" {words} "
        return all(any(piece in padded for piece in pieces) for pieces in self.frequent)


@dataclass(frozen=True, slots=True)
class _Group:
    patterns: list[str]
    count: int  # names that have one of them
    effort: int  # matches to read


def plan(groups: Groups, counts: WordCounts | None) -> Plan | None:
    """Plan the query for names with one pattern of each group; None if no name can match.

    `counts` are the counts of all words in the tables at this moment; None if unknown.
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
    """Whether one of the words occurs in too many names to count."""
    return group.count >= _MANY and any(
        counts.some_word_occurs(pattern[:-1], _MANY) if pattern.endswith("*") else counts.count(pattern) >= _MANY
        for pattern in group.patterns
    )


def _how_many_to_ask(groups: Sequence[_Group], names: int) -> int:
    """Return how many groups to query; the others are tested by reading the matches."""
    walked, found = 0, float(names)
    best, least = len(groups), float(sum([group.effort for group in groups]))
    for number, group in enumerate(groups[:-1], 1):
        walked += group.effort
        found *= min(1.0, (_ATTRACTION if number > 1 else 1) * group.count / names)
        if walked + found * _READING < least:
            best, least = number, walked + found * _READING
    return best


def _known(group: Iterable[str], counts: WordCounts) -> _Group:
    """Return the patterns that occur."""
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


def keys_matching(database: LibraryDatabase, fts: str, expression: str, limit: int) -> array[int]:
    """Return the keys of at most `limit` entries of a search table that match; none for an empty expression."""
    sql = f"SELECT rowid FROM {fts} WHERE {fts} MATCH ? LIMIT ?"
    return database.integers(sql, (expression, limit)) if expression else array("q")
