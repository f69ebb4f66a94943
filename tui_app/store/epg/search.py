"""Search programmes by the words of their titles: current and upcoming ones, soonest first.

Matches like the search of names, ignoring accents, case, punctuation and word order, with unfinished words and spelling
correction. Results are ordered by time instead of relevance.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, Final

from tui_app.catalog import Item, Kind, Programme, ProgrammeAnswer, ProgrammeHit
from tui_app.store.database import LibraryDatabase, in_json
from tui_app.store.epg.programmes import LONGEST_S
from tui_app.store.fts_terms import all_of, plain_groups, words_of
from tui_app.store.items.categories import hiding_of
from tui_app.store.lists.reads import Reads
from tui_app.store.models import Channel
from tui_app.store.query_cache import QueryCache
from tui_app.store.search.matching import CAP
from tui_app.store.search.ranking import Typed, spans
from tui_app.store.search.word_lists import WordList, spelling_of

_WORDS_LIMIT: Final = 16
#: Both guides of a channel may contain a programme.
_READ: Final = 2 * CAP + 2
# unary plus removes the column's affinity: an expression index has none
# By hand: full-text matches, INDEXED BY, and joins of `json_each` are not in Peewee's words.
_FIRST_CHANNEL: Final = (
    "coalesce((SELECT t.id FROM channel t WHERE t.id = g.channel{and_visible}), "
    "(SELECT t.id FROM channel t INDEXED BY channel_epg "
    "WHERE lower(t.epg_id) = +g.epg AND t.epg_id IS NOT NULL{and_visible} ORDER BY t.number, t.fold LIMIT 1))"
)
_SQL: Final = (
    "SELECT p.id, p.start, {channel} FROM programme p CROSS JOIN guide g ON g.key = p.guide WHERE p.id IN "
    "(SELECT id FROM programme WHERE title IN "
    "(SELECT rowid FROM programme_names WHERE programme_names MATCH :expression) "
    "AND start > :since AND stop > :now{and_shown} ORDER BY start LIMIT :limit) ORDER BY p.start, p.id"
)
_HITS_SQL: Final = (
    "SELECT p.id, p.start, p.stop, n.title, p.description, p.has_archive, p.start_text, max(0, (SELECT count(*) "
    "FROM channel t WHERE lower(t.epg_id) = +g.epg AND t.epg_id IS NOT NULL{and_visible}) - 1) "
    "FROM json_each(:keys) j CROSS JOIN programme p ON p.id = j.value "
    "CROSS JOIN programme_title n ON n.id = p.title CROSS JOIN guide g ON g.key = p.guide"
)


class _Visible:
    """SQL conditions that exclude channels of hidden categories; empty if there are none."""

    def __init__(self, database: LibraryDatabase, cache: QueryCache, hidden: frozenset[str]) -> None:
        hiding = hiding_of(database, Kind.CHANNEL, hidden)
        self.and_visible = f" AND {hiding.visible}" if hiding else ""
        self.channel = _FIRST_CHANNEL.format(and_visible=self.and_visible)
        self.params: dict[str, str] = {"owner_kind": hiding.owner.value} if hiding else {}
        self.shown: dict[str, str] = {}
        if hiding:
            sql = f"SELECT g.key FROM guide g WHERE {self.channel} IS NOT NULL"
            self.shown["guides"] = cache.get_or_make(
                ("guides", hidden), lambda: json.dumps(list(database.integers(sql, self.params)))
            )

    @property
    def and_shown(self) -> str:
        """Return the condition applied before the limit, as the soonest programmes may all be of hidden channels."""
        return " AND guide IN (SELECT value FROM json_each(:guides))" if self.shown else ""


class ProgrammeSearch:
    """The EPG search of one library. Thread-safe; each thread uses its own connection."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        self._words = WordList(database.path, ("SELECT term, doc FROM programme_words",), spelling_of)

    def search(self, text: str, now: int, *, limit: int = 100, hidden: frozenset[str] = frozenset()) -> ProgrammeAnswer:
        """Return programmes that end after `now` (epoch seconds). Any text is valid.

        Programmes of channels whose categories are all in `hidden` (ids) are excluded.
        """
        started = time.perf_counter()
        words = words_of(text)[:_WORDS_LIMIT]
        with self._reads.cache.snapshot():
            visible = _Visible(self._database, self._reads.cache, hidden)
            found = self._found(words, now, visible) if words else []
            hits = self._hits(Typed(" ".join(words)), found[: min(max(limit, 0), CAP)], visible)
        elapsed = (time.perf_counter() - started) * 1000
        return ProgrammeAnswer(text, min(len(found), CAP), hits, elapsed, capped=len(found) > CAP)

    def close(self) -> None:
        """Stop background reading."""
        self._words.stop()

    def _found(self, words: Sequence[str], now: int, visible: _Visible) -> list[tuple[int, int]]:
        """Return (key, channel key) by start; spelling correction only if the typed words find nothing."""
        found = self._matching(all_of(plain_groups(words)), now, visible)
        return found or self._matching(all_of(self._corrected(words)), now, visible)

    def _matching(self, expression: str, now: int, visible: _Visible) -> list[tuple[int, int]]:
        if not expression:
            return []
        sql = _SQL.format(channel=visible.channel, and_shown=visible.and_shown)
        params = {"expression": expression, "since": now - LONGEST_S, "now": now, "limit": _READ}
        rows = self._database.rows(sql, {**params, **visible.params, **visible.shown})
        seen: dict[tuple[int, int], int] = {}
        for key, start, channel in rows:
            if channel is not None:
                seen.setdefault((start, channel), key)
        return [(key, channel) for (_, channel), key in seen.items()]

    def _corrected(self, words: Sequence[str]) -> list[list[str]]:
        spelling = self._words.needed(self._reads.cache.revision())
        last = len(words) - 1
        groups = []
        for index, (word, group) in enumerate(zip(words, plain_groups(words), strict=True)):
            is_known = spelling.vocabulary.knows(word, unfinished=index == last)
            near = spelling.corrections(word, unfinished=index == last)
            groups.append([*(group if is_known else ()), *near])
        return groups

    def _hits(self, typed: Typed, found: Sequence[tuple[int, int]], visible: _Visible) -> tuple[ProgrammeHit, ...]:
        channels = self._channels({channel for _, channel in found})
        rows = {row[0]: row[1:] for row in self._rows([key for key, _ in found], visible)}
        hits = []
        for key, channel in found:
            if channel in channels and key in rows:
                *facts, sharing = rows[key]
                programme = _programme(facts)
                hits.append(ProgrammeHit(channels[channel], programme, spans(typed, programme.title), sharing))
        return tuple(hits)

    def _rows(self, keys: Sequence[int], visible: _Visible) -> list[tuple[Any, ...]]:
        sql = _HITS_SQL.format(and_visible=visible.and_visible)
        return self._database.rows(sql, {"keys": json.dumps(list(keys)), **visible.params})

    def _channels(self, keys: set[int]) -> dict[int, Item]:
        """Return the channels that still exist: programmes may outlive a channel until the next sync."""
        there = self._database.integers(Channel.select(Channel.id).where(in_json(Channel.id, keys)))
        return dict(zip(there, self._reads.items_by_keys(Kind.CHANNEL, there), strict=True))


def _programme(facts: Sequence[Any]) -> Programme:
    start, stop, title, description, has_archive, start_text = facts
    return Programme(start, stop, title, description, None if has_archive is None else bool(has_archive), start_text)
