"""Asks the search tables of all kinds for items and scores what they find, for the length of one search.

Knows expressions, keys and scores; which expressions are worth asking for is `search`'s business.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.match import term
from tui_app.store.models import SEPARATOR
from tui_app.store.ranking import Typed, score
from tui_app.store.schema import TABLES
from tui_app.store.search_tables import texts_ready

CAP: Final = 1_000
_FROM_THE_START: Final = 20  # names taken from the index because they start with the query
_FEWEST: Final = 30  # matches of each kind that are ranked in any case
_MORE_LETTERS_BONUS: Final = 0.4  # for names that also have the language or quality that was typed

Groups = Sequence[Sequence[str]]  # for each word typed, the expressions that may stand for it


@dataclass(slots=True)
class Found:
    """Matches of one kind: key → score, with what ties are broken by."""

    scores: dict[int, float] = field(default_factory=dict)
    #: whether only the name's other form matched so well, -rating, length, folded name
    ties: dict[int, tuple[bool, float, int, str]] = field(default_factory=dict)
    matched: set[int] = field(default_factory=set)  # also those not ranked


class Matches:
    """What one search has found so far.

    `allowed` holds, by kind, the keys of the view that the search is within. `ranked` are how many matches of all kinds
    together are ranked at a time: of some, and of more than are counted, where any choice is by chance.
    """

    def __init__(
        self,
        database: LibraryDatabase,
        typed: Typed,
        kinds: Iterable[Kind],
        *,
        allowed: Mapping[Kind, Collection[int]],
        more_words: set[str],
        ranked: tuple[int, int],
    ) -> None:
        self.found = {kind: Found() for kind in kinds}
        self._database = database
        self._typed = typed
        self._allowed = allowed
        self._more_words = more_words
        self._ranked, self._ranked_of_many = ranked

    def total(self) -> int:
        return sum(len(found.matched) for found in self.found.values())

    def count(self, score_wanted: float = 0.0) -> int:
        """How many of those ranked have at least this score."""
        return sum(1 for found in self.found.values() for points in found.scores.values() if points >= score_wanted)

    # --------------------------------------------------------------------------------------------------- names
    def take_names(self, groups: Groups) -> None:
        """Take names in which one expression of each group occurs."""
        expression = _all_of(groups)
        if not expression:
            return
        new_of_kind: dict[Kind, list[int]] = {}
        for kind, found in self.found.items():
            fts = TABLES[kind].names_fts
            keys = self._keys(kind, f"SELECT rowid FROM {fts} WHERE {fts} MATCH ?", expression)
            found.matched.update(keys)
            new_of_kind[kind] = [key for key in keys if key not in found.scores]
        # each kind in proportion: what is ranked is what a search costs
        count = sum(map(len, new_of_kind.values()))
        share = (self._ranked if count <= CAP else self._ranked_of_many) / max(1, count)
        for kind, keys in new_of_kind.items():
            self._take(kind, self._candidates(kind, keys[: max(_FEWEST, int(len(keys) * min(1.0, share)))]))

    def take_names_that_start(self) -> None:
        """Names that start with the query, from the index: the cut of a search table's matches is arbitrary."""
        for kind in self.found:
            self._take_start(kind, self._typed.text)

    def _take_start(self, kind: Kind, start: str) -> None:
        table = TABLES[kind]
        for column, serves, only in (("fold", "name", ""), ("alias", "alias", "AND t.alias <> ''")):
            sql = (
                f"SELECT t.id, t.fold, t.alias, {_rating_of(kind)} FROM {table.table} t "
                f"INDEXED BY {table.index_name(serves)} "
                f"WHERE t.{column} >= ? AND t.{column} < ? {only} AND t.flags & {SEPARATOR} = 0 ORDER BY t.{column}"
            )
            self._take(kind, self._rows(kind, sql, (start, start + "\U0010ffff"), _FROM_THE_START))

    def _take(self, kind: Kind, rows: Iterable[tuple[Any, ...]]) -> None:
        found, typed = self.found[kind], self._typed
        for key, folded, alias, rating in rows:
            points, displayed = score(typed, folded, alias)
            if self._more_words and self._more_words.issubset(folded.split()):
                points += _MORE_LETTERS_BONUS
            found.scores[key] = points
            found.ties[key] = (not displayed, -rating, len(alias or folded), folded)
            found.matched.add(key)

    # --------------------------------------------------------------------------------------------------- texts
    def take_texts(self, groups: Groups, columns: Mapping[str, float], room: int) -> None:
        """Take titles in whose texts or names one expression of each group occurs, while fewer than `room` were
        ranked. `columns` are the scores by the columns it occurs in, best first; "" for any."""
        expression = _all_of(groups)
        for kind, found in self.found.items():
            if not TABLES[kind].has_texts or self.total() > CAP or not texts_ready(self._database, kind):
                continue
            fts = TABLES[kind].texts_fts
            sql = f"SELECT rowid FROM {fts} WHERE {fts} MATCH ?"
            for names, points in columns.items():
                keys = self._keys(kind, sql, f"{{{names}}} : ({expression})" if names else expression)
                # a name with typing errors may be a better match of the texts
                better = [key for key in keys if found.scores.get(key, points) < points or key not in found.matched]
                found.matched.update(better)
                if self.count() < room:
                    self._take_equals(kind, better[: self._ranked], points)

    def _take_equals(self, kind: Kind, keys: Sequence[int], points: float) -> None:
        found = self.found[kind]
        for key, folded, alias, rating in self._candidates(kind, keys):
            found.scores[key] = points
            found.ties[key] = (False, -rating, len(alias or folded), folded)

    # --------------------------------------------------------------------------------------------------- pieces
    def _keys(self, kind: Kind, sql: str, *params: Any) -> list[int]:
        """As many keys as are needed to count up to the cap and to have some to rank."""
        of_others = self.total() - len(self.found[kind].matched)
        wanted = max(CAP + 1 - of_others, self._ranked_of_many)
        return [row[0] for row in self._rows(kind, sql, params, wanted)]

    def _rows(self, kind: Kind, sql: str, params: tuple[Any, ...], limit: int) -> list[tuple[Any, ...]]:
        """The first rows of a question, only those whose key is in the view that the search is within."""
        allowed = self._allowed.get(kind)
        if allowed is None:
            return self._database.rows(f"{sql} LIMIT {limit}", params)
        return list(islice((row for row in self._database.run(sql, params) if row[0] in allowed), limit))

    def _candidates(self, kind: Kind, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """(key, fold, alias, rating) of keys."""
        if not keys:
            return []
        return self._database.rows(
            f"SELECT t.id, t.fold, t.alias, {_rating_of(kind)} "
            f"FROM json_each(?) j CROSS JOIN {kind.value} t ON t.id = j.value WHERE t.flags & {SEPARATOR} = 0",
            (json.dumps(keys),),
        )


def plain_groups(words: Sequence[str]) -> Groups:
    """Every word as it was typed, the last one perhaps unfinished."""
    return [*([term(word)] for word in words[:-1]), [term(words[-1], prefix=True)]]


def _all_of(groups: Groups) -> str:
    """An expression for one of each group; '' when nothing stands for one of the words."""
    if not all(groups):
        return ""
    return " AND ".join(group[0] if len(group) == 1 else f"({' OR '.join(group)})" for group in groups)


def _rating_of(kind: Kind) -> str:
    return "t.rating" if TABLES[kind].has_column("rating") else "0.0"
