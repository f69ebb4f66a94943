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
from tui_app.store.lists.reads import Reads
from tui_app.store.search.matching import CAP
from tui_app.store.search.ranking import Typed, spans
from tui_app.store.search.word_lists import WordList, spelling_of

_WORDS_LIMIT: Final = 16
#: Two guides of a channel may both have a programme.
_READ: Final = 2 * CAP + 2
# the plus takes the column's type away: the index is over a function's value, which has none
_FIRST_CHANNEL: Final = (
    "coalesce(g.channel, (SELECT c.id FROM channel c INDEXED BY channel_epg "
    "WHERE lower(c.epg_id) = +g.epg AND c.epg_id IS NOT NULL "
    "ORDER BY c.number, c.fold LIMIT 1))"
)
_SQL: Final = (
    f"SELECT p.id, p.start, {_FIRST_CHANNEL} FROM programme p CROSS JOIN guide g ON g.key = p.guide WHERE p.id IN "
    "(SELECT id FROM programme WHERE title IN (SELECT rowid FROM programme_names WHERE programme_names MATCH ?1) "
    "AND start > ?2 AND stop > ?3 ORDER BY start LIMIT ?4) ORDER BY p.start, p.id"
)


class ProgrammeSearch:
    """The search of one library's guide. Safe for several threads, each on its own connection."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        self._words = WordList(database.path, ("SELECT term, doc FROM programme_words",), spelling_of)

    def search(self, text: str, now: int, *, limit: int = 100) -> ProgrammeAnswer:
        """Programmes that end after `now` (epoch seconds). Any text is a valid question."""
        started = time.perf_counter()
        words = words_of(text)[:_WORDS_LIMIT]
        with self._reads.memory.one_state():
            found = self._found(words, now) if words else []
            hits = self._hits(Typed(" ".join(words)), found[: min(max(limit, 0), CAP)])
        elapsed = (time.perf_counter() - started) * 1000
        return ProgrammeAnswer(text, min(len(found), CAP), hits, elapsed, capped=len(found) > CAP)

    def close(self) -> None:
        """Stop reading in the background."""
        self._words.stop()

    def _found(self, words: Sequence[str], now: int) -> list[tuple[int, int]]:
        """(key, key of the channel), by start; corrected words only where the typed ones find nothing."""
        found = self._matching(all_of(plain_groups(words)), now)
        return found or self._matching(all_of(self._corrected(words)), now)

    def _matching(self, expression: str, now: int) -> list[tuple[int, int]]:
        if not expression:
            return []
        rows = self._database.rows(_SQL, (expression, now - LONGEST_S, now, _READ))
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

    def _hits(self, typed: Typed, found: Sequence[tuple[int, int]]) -> tuple[ProgrammeHit, ...]:
        channels = self._channels({channel for _, channel in found})
        rows = {row[0]: row[1:] for row in self._rows([key for key, _ in found])}
        hits = []
        for key, channel in found:
            if channel in channels and key in rows:
                *facts, sharing = rows[key]
                programme = _programme(facts)
                hits.append(ProgrammeHit(channels[channel], programme, spans(typed, programme.title), sharing))
        return tuple(hits)

    def _rows(self, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        return self._database.rows(
            "SELECT p.id, p.start, p.stop, t.title, p.description, p.has_archive, p.start_text, "
            "max(0, (SELECT count(*) FROM channel c WHERE lower(c.epg_id) = +g.epg AND c.epg_id IS NOT NULL) - 1) "
            "FROM json_each(?) j CROSS JOIN programme p ON p.id = j.value "
            "CROSS JOIN programme_title t ON t.id = p.title CROSS JOIN guide g ON g.key = p.guide",
            (json.dumps(list(keys)),),
        )

    def _channels(self, keys: set[int]) -> dict[int, Item]:
        """Those that are still there: a guide may outlive its channel until the next sync."""
        sql = "SELECT id FROM channel WHERE id IN (SELECT value FROM json_each(?))"
        there = self._database.integers(sql, (json.dumps(list(keys)),))
        return dict(zip(there, self._reads.items_by_keys(Kind.CHANNEL, there), strict=True))


def _programme(facts: Sequence[Any]) -> Programme:
    start, stop, title, description, has_archive, start_text = facts
    return Programme(start, stop, title, description, None if has_archive is None else bool(has_archive), start_text)
