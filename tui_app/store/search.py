"""Search as you type, over all kinds: names first, then cast, director, genre and plot.

In stages, each only when the one before found too little: exact words and beginnings through the search tables (a few
hundred matches, unranked: ranking all would cost 20 ms), words nobody knows corrected, letters inside words, words left
out. What was found is ranked in Python.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from tui_app.catalog import Hit, Kind, Query, SearchAnswer
from tui_app.store.database import LibraryDatabase
from tui_app.store.match import term
from tui_app.store.models import SEPARATOR
from tui_app.store.ranking import ALL_WORD_STARTS, PEOPLE_SCORE, PLOT_SCORE, Typed, score, spans
from tui_app.store.reads import Reads
from tui_app.store.schema import TABLES
from tui_app.store.search_tables import texts_ready
from tui_app.store.vocabulary import Vocabulary
from tui_app.text import fold, split_title

CAP: Final = 1_000
_RANKED: Final = 300  # matches ranked, of all kinds together
_FROM_THE_START: Final = 30  # names taken from the index because they start with the query
_ENOUGH: Final = 10
_MORE_LETTERS_BONUS: Final = 0.4  # for names that also have the language or quality that was typed

Groups = list[list[str]]  # for each word typed, the expressions that may stand for it


@dataclass(slots=True)
class _Found:
    """Matches of one kind: key → score, with what ties are broken by."""

    scores: dict[int, float] = field(default_factory=dict)
    ties: dict[int, tuple[float, int, str]] = field(default_factory=dict)  # -rating, length, folded name
    matched: set[int] = field(default_factory=set)  # also those not ranked


class Search:
    """The search of one library. Safe for several threads, each on its own connection."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads

    def search(
        self,
        text: str,
        *,
        kinds: Sequence[Kind] | None = None,
        limit: int = 100,
        within: Query | Sequence[Query] | None = None,
    ) -> SearchAnswer:
        """The best hits of a text; any text is a valid question.

        `within` restricts the kinds of its queries to the items of their views; a single query also sets the kind.
        """
        started = time.perf_counter()
        views = [within] if isinstance(within, Query) else list(within or ())
        if kinds is None:
            kinds = (within.kind,) if isinstance(within, Query) else tuple(Kind)
        with self._database.reading():
            run = _Run(self._database, self._reads, text, kinds, views, min(max(limit, 0), CAP))
            hits = run.hits()
        total = run.total()
        elapsed = (time.perf_counter() - started) * 1000
        return SearchAnswer(text, min(total, CAP), hits, elapsed, capped=total > CAP)


class _Run:
    """One search."""

    def __init__(
        self,
        database: LibraryDatabase,
        reads: Reads,
        text: str,
        kinds: Iterable[Kind],
        views: Sequence[Query],
        limit: int,
    ) -> None:
        self._database = database
        self._reads = reads
        self._limit = limit
        self._ranked = max(_RANKED, limit)
        whole = fold(text)
        bare = fold(split_title(text.strip()).title)
        self._typed = Typed(bare or whole)
        self._more_words = set(whole.split()) - set(self._typed.words)
        # the largest first: it tells soonest that there are more matches than are counted
        sizes = reads.remember("sizes", self._sizes)
        filled = sorted((kind for kind in dict.fromkeys(kinds) if sizes[kind]), key=lambda kind: -sizes[kind])
        self._found = {kind: _Found() for kind in filled}
        self._allowed = {view.kind: self._members(view) for view in views if view.kind in self._found}

    def hits(self) -> tuple[Hit, ...]:
        if not self._typed.words:
            return ()
        self._search_names()
        self._search_texts()
        kinds = list(self._found)
        entries = [
            (-points, *found.ties[key], place, key)
            for place, found in enumerate(self._found.values())
            for key, points in found.scores.items()
        ]
        entries.sort()
        best = [(-entry[0], kinds[entry[4]], entry[5]) for entry in entries[: self._limit]]
        keys_of_kind: dict[Kind, list[int]] = {}
        for _, kind, key in best:
            keys_of_kind.setdefault(kind, []).append(key)
        items = {
            (kind, key): item
            for kind, keys in keys_of_kind.items()
            for key, item in zip(keys, self._reads.items_by_keys(kind, keys), strict=True)
        }
        return tuple(
            Hit(items[kind, key], round(min(points, 100.0), 1), spans(self._typed, items[kind, key].name))
            for points, kind, key in best
        )

    def total(self) -> int:
        return sum(len(found.matched) for found in self._found.values())

    # --------------------------------------------------------------------------------------------------- names
    def _search_names(self) -> None:
        words = self._typed.words
        for kind in self._found:
            self._take_from_the_start(kind)
        self._match([[term(word)] for word in words[:-1]] + [[term(words[-1], prefix=True)]])
        if not _says_much(self._typed.text) or self._is_enough(ALL_WORD_STARTS[0]):
            return
        vocabulary = self._vocabulary()
        last = len(words) - 1
        known = [vocabulary.knows(word, unfinished=place == last) for place, word in enumerate(words)]
        if not all(known) or last == 0:
            self._match_unknown(vocabulary, known)
        if not self._total_of_names():
            self._match_anything_near(vocabulary, known)

    def _is_enough(self, score_wanted: float) -> bool:
        good = sum(1 for found in self._found.values() for points in found.scores.values() if points >= score_wanted)
        return good >= _ENOUGH

    def _total_of_names(self) -> int:
        return sum(len(found.matched) for found in self._found.values())

    def _match_unknown(self, vocabulary: Vocabulary, known: Sequence[bool]) -> None:
        """Correct the words that no name has; for one word alone also look inside words."""
        words = self._typed.words
        groups: Groups = []
        for place, word in enumerate(words):
            unfinished = place == len(words) - 1
            if known[place]:
                groups.append([term(word, prefix=unfinished)])
                continue
            near = vocabulary.corrections(word, unfinished=unfinished) or self._inside(vocabulary, word)
            if near:
                groups.append(near)
        self._match(groups)
        if len(words) == 1:
            self._match([self._inside(vocabulary, words[0])])

    def _match_anything_near(self, vocabulary: Vocabulary, known: Sequence[bool]) -> None:
        """Nothing yet: a known word may be misspelt too; at last leave out one word."""
        words = self._typed.words
        groups: Groups = []
        for place, word in enumerate(words):
            unfinished = place == len(words) - 1
            itself = [term(word, prefix=unfinished)] if known[place] else []
            near = [other for other in vocabulary.corrections(word, unfinished=unfinished) if other not in itself]
            groups.append(itself + near or self._inside(vocabulary, word))
        groups = [group for group in groups if group]
        self._match(groups)
        if not self._total_of_names() and len(groups) > 1:
            for place in range(len(groups)):
                self._match(groups[:place] + groups[place + 1 :])

    @staticmethod
    def _inside(vocabulary: Vocabulary, word: str) -> list[str]:
        return vocabulary.containing(word) if _says_much(word) else []

    def _vocabulary(self) -> Vocabulary:
        return self._reads.remember("vocabulary", lambda: Vocabulary.load(self._database))

    def _match(self, groups: Groups) -> None:
        """Take names in which one expression of each group occurs."""
        groups = [group for group in groups if group]
        if not groups:
            return
        expression = " AND ".join(group[0] if len(group) == 1 else f"({' OR '.join(group)})" for group in groups)
        new_of_kind: dict[Kind, list[int]] = {}
        for kind, found in self._found.items():
            fts = TABLES[kind].names_fts
            keys = self._keys(kind, f"SELECT rowid FROM {fts} WHERE {fts} MATCH ?", expression)
            found.matched.update(keys)
            new_of_kind[kind] = [key for key in keys if key not in found.scores]
        self._rank_a_share(new_of_kind)

    def _rank_a_share(self, new_of_kind: dict[Kind, list[int]]) -> None:
        """Rank matches of all kinds, each kind in proportion: what is ranked is what a search costs."""
        share = min(1.0, self._ranked / max(1, sum(map(len, new_of_kind.values()))))
        for kind, keys in new_of_kind.items():
            self._take(kind, self._candidates(kind, keys[: max(_FROM_THE_START, int(len(keys) * share))]))

    def _take_from_the_start(self, kind: Kind) -> None:
        """Names that start with the query, from the index: the cut of a search table's matches is arbitrary."""
        start = self._typed.text
        table = TABLES[kind]
        for column, serves, only in (("fold", "name", ""), ("alias", "alias", "AND t.alias <> ''")):
            sql = (
                f"SELECT t.id, t.fold, t.alias, {_rating_of(kind)} FROM {table.table} t "
                f"INDEXED BY {table.index_name(serves)} "
                f"WHERE t.{column} >= ? AND t.{column} < ? {only} AND t.flags & {SEPARATOR} = 0 ORDER BY t.{column}"
            )
            self._take(kind, self._rows(kind, sql, (start, start + "\U0010ffff"), _FROM_THE_START))

    def _keys(self, kind: Kind, sql: str, *params: Any) -> list[int]:
        """As many keys as are needed to count up to the cap and to have some to rank."""
        of_others = self.total() - len(self._found[kind].matched)
        wanted = max(CAP + 1 - of_others, self._ranked)
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

    def _take(self, kind: Kind, rows: Iterable[tuple[Any, ...]]) -> None:
        found, typed = self._found[kind], self._typed
        for key, folded, alias, rating in rows:
            points = score(typed, folded, alias)
            if self._more_words and self._more_words.issubset(folded.split()):
                points += _MORE_LETTERS_BONUS
            found.scores[key] = points
            found.ties[key] = (-rating, len(alias or folded), folded)
        found.matched.update(found.scores)

    # --------------------------------------------------------------------------------------------------- texts
    def _search_texts(self) -> None:
        """Cast, director and genre, then plot: below every name whose words match."""
        words = self._typed.words
        if not _says_much(words[-1]):  # half the plots have a word that starts with those one or two letters
            return
        expression = " AND ".join([*(term(word) for word in words[:-1]), term(words[-1], prefix=True)])
        for kind, found in self._found.items():
            if not TABLES[kind].has_texts or not texts_ready(self._database, kind) or self.total() > CAP:
                continue
            fts = TABLES[kind].texts_fts
            sql = f"SELECT rowid FROM {fts} WHERE {fts} MATCH ?"
            keys = self._keys(kind, sql, expression)
            found.matched.update(keys)
            if keys and self._is_room_below_names():
                people = set(self._keys(kind, sql, f"{{cast director genre}} : ({expression})"))
                self._take_texts(kind, people, PEOPLE_SCORE)
                self._take_texts(kind, set(keys) - people, PLOT_SCORE)

    def _is_room_below_names(self) -> bool:
        """True when names alone do not fill the answer."""
        return sum(len(found.scores) for found in self._found.values()) < self._limit

    def _take_texts(self, kind: Kind, keys: set[int], points: float) -> None:
        found = self._found[kind]
        new = sorted(key for key in keys if found.scores.get(key, 0.0) < points)
        for key, folded, alias, rating in self._candidates(kind, new[: self._ranked]):
            found.scores[key] = points
            found.ties[key] = (-rating, len(alias or folded), folded)

    def _sizes(self) -> dict[Kind, int]:
        return {kind: int(self._database.value(f"SELECT count(*) FROM {kind.value}")) for kind in Kind}

    def _members(self, view: Query) -> frozenset[int]:
        return self._reads.remember(("members", view), lambda: frozenset(self._reads.ids(view)))


def _rating_of(kind: Kind) -> str:
    return "t.rating" if TABLES[kind].has_column("rating") else "0.0"


def _says_much(text: str) -> bool:
    """Three letters; or two of a script that may have no blanks between words, where a title is one word."""
    return len(text) >= (3 if text.isascii() else 2)
