"""Search in the guide: running and coming programmes by the words of their titles, the soonest first.

As forgiving as the search of names in accents, case, punctuation, the order of words and unfinished ones; words that no
title has are corrected. Time ranks, not likeness: "news" is asked for to see when.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, Final

from tui_app.catalog import Item, Kind, Programme, ProgrammeAnswer, ProgrammeHit
from tui_app.store.database import LibraryDatabase
from tui_app.store.epg.programmes import LONGEST_S
from tui_app.store.fts_terms import all_of, plain_groups, words_of
from tui_app.store.hiding import hiding_of
from tui_app.store.lists.reads import Reads
from tui_app.store.query_cache import Memory
from tui_app.store.search.matching import CAP
from tui_app.store.search.ranking import Typed, spans
from tui_app.store.search.word_lists import WordList, spelling_of

_WORDS_LIMIT: Final = 16
#: Two guides of a channel may both have a programme.
_READ: Final = 2 * CAP + 2
# the plus takes the column's type away: the index is over a function's value, which has none
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
    """The parts of the questions that leave out channels of hidden categories; empty ones when there are none."""

    def __init__(self, database: LibraryDatabase, memory: Memory, hidden: frozenset[str]) -> None:
        hiding = hiding_of(database, Kind.CHANNEL, hidden)
        self.and_visible = f" AND {hiding.visible}" if hiding else ""
        self.channel = _FIRST_CHANNEL.format(and_visible=self.and_visible)
        self.params: dict[str, str] = {"owner_kind": hiding.owner.value} if hiding else {}
        self.shown: dict[str, str] = {}
        if hiding:
            sql = f"SELECT g.key FROM guide g WHERE {self.channel} IS NOT NULL"
            self.shown["guides"] = memory.remember(
                ("guides", hidden), lambda: json.dumps(list(database.integers(sql, self.params)))
            )

    @property
    def and_shown(self) -> str:
        """Before the limit: the soonest programmes may all be of hidden channels."""
        return " AND guide IN (SELECT value FROM json_each(:guides))" if self.shown else ""


class ProgrammeSearch:
    """The search of one library's guide. Safe for several threads, each on its own connection."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        self._words = WordList(database.path, ("SELECT term, doc FROM programme_words",), spelling_of)

    def search(self, text: str, now: int, *, limit: int = 100, hidden: frozenset[str] = frozenset()) -> ProgrammeAnswer:
        """Programmes that end after `now` (epoch seconds). Any text is a valid question.

        `hidden`: the ids of hidden categories; programmes of channels that are in no other one are left out.
        """
        started = time.perf_counter()
        words = words_of(text)[:_WORDS_LIMIT]
        with self._reads.memory.one_state():
            visible = _Visible(self._database, self._reads.memory, hidden)
            found = self._found(words, now, visible) if words else []
            hits = self._hits(Typed(" ".join(words)), found[: min(max(limit, 0), CAP)], visible)
        elapsed = (time.perf_counter() - started) * 1000
        return ProgrammeAnswer(text, min(len(found), CAP), hits, elapsed, capped=len(found) > CAP)

    def close(self) -> None:
        """Stop reading in the background."""
        self._words.stop()

    def _found(self, words: Sequence[str], now: int, visible: _Visible) -> list[tuple[int, int]]:
        """(key, key of the channel), by start; corrected words only where the typed ones find nothing."""
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
        spelling = self._words.needed(self._reads.memory.revision())
        last = len(words) - 1
        groups = []
        for place, (word, group) in enumerate(zip(words, plain_groups(words), strict=True)):
            is_known = spelling.vocabulary.knows(word, unfinished=place == last)
            near = spelling.corrections(word, unfinished=place == last)
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
        """Those that are still there: a guide may outlive its channel until the next sync."""
        sql = "SELECT id FROM channel WHERE id IN (SELECT value FROM json_each(?))"
        there = self._database.integers(sql, (json.dumps(list(keys)),))
        return dict(zip(there, self._reads.items_by_keys(Kind.CHANNEL, there), strict=True))


def _programme(facts: Sequence[Any]) -> Programme:
    start, stop, title, description, has_archive, start_text = facts
    return Programme(start, stop, title, description, None if has_archive is None else bool(has_archive), start_text)
