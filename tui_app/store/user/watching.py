"""`WatchingStore`: what was played, when last and how far, in the user's file.

One row per title and profile, keyed by provider id like marks. Whether to resume at a position is decided elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from peewee import ModelSelect, fn

from tui_app.catalog import ItemRef, Kind, Mark, Played
from tui_app.store.database import LibraryDatabase, deleting, fields_of, inserting, key_fields_of
from tui_app.store.user.mark_cache import MarkCache
from tui_app.store.user.sharing import note_edits
from tui_app.store.user_models import MarkRow, Playing

#: The most played titles remembered of a profile; the oldest beyond are forgotten.
MOST_PLAYED: Final = 5_000
#: How far ahead of the clock titles played within one second may come to stand.
_TOO_QUICK_S: Final = 60
#: What can be watched to its end.
_ENDING: Final = (Kind.MOVIE, Kind.EPISODE)

_PLAYED_KINDS: Final = [kind.value for kind in Kind]  # a newer program may know more
#: What fresh word of a played title replaces in any case; its position and its length only where they are known.
_RENEWED: Final = (Playing.name, Playing.series, Playing.series_name, Playing.season, Playing.episode, Playing.at)
_NEWEST_FIRST: Final = (Playing.at.desc(), Playing.name, Playing.kind, Playing.id)


def _played_rows(*conditions: Any) -> ModelSelect[Any]:
    """Return the query for the history, newest first, with the time of the watched mark."""
    watched_at = MarkRow.select(MarkRow.at).where(
        (MarkRow.profile == Playing.profile) & (MarkRow.kind == Playing.kind) & (MarkRow.id == Playing.id),
        MarkRow.mark == Mark.WATCHED.value,
    )
    columns = [field for field in fields_of(Playing) if field is not Playing.profile]
    return Playing.select(*columns, watched_at).where(*conditions).order_by(*_NEWEST_FIRST)


def _is(profile: str, kind: str, id: str) -> tuple[Any, ...]:
    return Playing.profile == profile, Playing.kind == kind, Playing.id == id


class WatchingStore:
    """The history in the user's file; part of `UserStore`."""

    def __init__(self, database: LibraryDatabase, cache: MarkCache) -> None:
        self._database = database
        self._cache = cache

    # -------------------------------------------------------------------------------------------------- writing
    def note_position(
        self, profile: str, ref: ItemRef, position_s: int | None, duration_s: int | None, *, at: int | None = None
    ) -> None:
        """Store that a title was played up to a position, `at` (epoch seconds, default now).

        Without a position or a duration the known ones stay.
        """
        with self._database.writing():
            is_known = Playing.select().where(*_is(profile, ref.kind.value, ref.id)).exists(self._database)
            values = _values(profile, ref, position_s, duration_s, self._now(profile, ref) if at is None else at)
            known = [name for name in ("position_s", "duration_s") if values[name] is not None]
            insert = Playing.insert(values | {"position_s": values["position_s"] or 0}).on_conflict(
                conflict_target=key_fields_of(Playing),
                preserve=(*_RENEWED, *(field for field in fields_of(Playing) if field.name in known)),
            )
            insert.execute(self._database)
            if not is_known:
                self.forget_oldest(profile)

    def finish(self, profile: str, ref: ItemRef, *, at: int | None = None) -> None:
        """Store that a title was watched to its end: its position is its length, 0 if unknown.

        The caller sets the mark.
        """
        with self._database.writing():
            self.note_position(profile, ref, None, None, at=at)
            finished = Playing.update(position_s=fn.COALESCE(Playing.duration_s, 0))
            finished.where(*_is(profile, ref.kind.value, ref.id)).execute(self._database)

    def forget(self, profile: str, kind: Kind, id: str) -> int:
        """Delete a title from the history, of a series all episodes; return the number of rows."""
        one = _is(profile, kind.value, id)
        if kind is Kind.SERIES:
            one = (Playing.profile == profile, Playing.kind == Kind.EPISODE.value, Playing.series == id)
        return self._forget(profile, *one)

    def forget_all(self, profile: str) -> int:
        """Clear the history; return the number of rows. Marks stay."""
        return self._forget(profile, Playing.profile == profile)

    # -------------------------------------------------------------------------------------------------- reading
    def get(self, profile: str, kind: Kind, id: str) -> Played | None:
        """Return the history entry of one title."""
        return self._first(_played_rows(*_is(profile, kind.value, id)))

    def get_if_played(self, profile: str, kind: Kind, id: str) -> Played | None:
        """Return the same as `get`, without a query for the many titles that were never played."""
        played = self._cache.remember(("played", profile, kind), lambda: frozenset(self.ids(profile, kind.value)))
        return self.get(profile, kind, id) if id in played else None

    def history(self, profile: str, *, limit: int, offset: int = 0) -> tuple[Played, ...]:
        """Return what was played, newest first."""
        query = _played_rows(Playing.profile == profile, Playing.kind.in_(_PLAYED_KINDS))
        return self._all(query.limit(limit).offset(max(offset, 0)))

    def count(self, profile: str) -> int:
        """Return the number of titles in the history."""
        query = Playing.select().where(Playing.profile == profile, Playing.kind.in_(_PLAYED_KINDS))
        return int(query.count(self._database))

    def last_of_each(self, profile: str) -> tuple[Played, ...]:
        """Return the last played episode of each series, and every movie, newest first."""
        query = _played_rows(Playing.profile == profile, Playing.kind.in_([kind.value for kind in _ENDING]))
        found: dict[tuple[str, str], Played] = {}
        for played in self._all(query):
            ref = played.ref
            found.setdefault(("series", ref.series_id) if ref.series_id else (ref.kind.value, ref.id), played)
        return tuple(found.values())

    def last_of_series(self, profile: str, series_id: str) -> Played | None:
        """Return the last played episode of a series."""
        of_series = (Playing.kind == Kind.EPISODE.value, Playing.series == series_id)
        return self._first(_played_rows(Playing.profile == profile, *of_series))

    # ---------------------------------------------------------------------------------------- ids that moved
    def ids(self, profile: str, kind: str) -> tuple[str, ...]:
        """Return the ids of a kind in the history; of series those of played episodes."""
        column, of = (Playing.series, Kind.EPISODE.value) if kind == Kind.SERIES else (Playing.id, kind)
        query = Playing.select(column).where(Playing.profile == profile, Playing.kind == of).distinct()
        return tuple(row[0] for row in query.tuples().execute(self._database))

    def move(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        """Move entries from old to new ids. An existing entry of a new id stays as it is."""
        if kind == Kind.SERIES:
            self._move_series(profile, mapping)
        else:
            self._move_titles(profile, kind, mapping)

    def _move_series(self, profile: str, mapping: Mapping[str, str]) -> None:
        # found first, by id: a new id may be another one's old id
        episodes = Playing.select(Playing.id, Playing.series).where(
            Playing.profile == profile, Playing.kind == Kind.EPISODE.value, Playing.series != ""
        )
        rows = list(episodes.tuples().execute(self._database))
        self._database.run_many(
            Playing.update(series="").where(*_is("", "", "")),
            [(mapping[series], profile, Kind.EPISODE.value, id) for id, series in rows if series in mapping],
        )

    def _move_titles(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        of_kind = (Playing.profile == profile, Playing.kind == kind)
        # of two that become one, what was played last counts
        query = Playing.select().where(*of_kind).order_by(Playing.at.desc())
        rows = list(query.tuples().execute(self._database))
        # all leave before any arrives
        self._database.run_many(deleting(Playing), [(profile, kind, old) for old in mapping])
        moved = [(owner, of, mapping[old], *rest) for owner, of, old, *rest in rows if old in mapping]
        self._database.run_many(inserting(Playing, on_conflict="ignore"), moved)
        note_edits(self._database, profile, Playing, [(kind, old) for old in {row[2] for row in rows} & mapping.keys()])

    # --------------------------------------------------------------------------------------------------- inside
    def _forget(self, profile: str, *conditions: Any) -> int:
        with self._database.writing():
            keys = Playing.select(Playing.kind, Playing.id).where(*conditions)
            note_edits(self._database, profile, Playing, list(keys.tuples().execute(self._database)))
            return int(Playing.delete().where(*conditions).execute(self._database))

    def _now(self, profile: str, ref: ItemRef) -> int:
        """Return the time, a second later when something else was played in this second, to keep the order."""
        now = int(time.time())
        newest_first = Playing.select(Playing.at, Playing.kind, Playing.id).where(Playing.profile == profile)
        query = newest_first.order_by(Playing.at.desc()).limit(1)
        newest = next(iter(query.tuples().execute(self._database)), None)
        if newest is None or newest[1:] == (ref.kind.value, ref.id) or not 0 <= newest[0] - now <= _TOO_QUICK_S:
            return now
        return int(newest[0]) + 1

    def forget_oldest(self, profile: str) -> None:
        """Delete the oldest titles beyond `MOST_PLAYED`."""
        surplus = self.count(profile) - MOST_PLAYED
        if surplus > 0:
            oldest = Playing.select(Playing.kind, Playing.id).where(Playing.profile == profile)
            oldest = oldest.order_by(Playing.at, Playing.kind, Playing.id).limit(surplus)
            leaving = [(profile, *row) for row in oldest.tuples().execute(self._database)]
            self._database.run_many(deleting(Playing), leaving)

    def _all(self, query: ModelSelect[Any]) -> tuple[Played, ...]:
        return tuple(map(_played, query.tuples().execute(self._database)))

    def _first(self, query: ModelSelect[Any]) -> Played | None:
        return next(iter(self._all(query.limit(1))), None)


def can_end(kind: Kind) -> bool:
    """Whether a title of this kind has an end, and so can be watched."""
    return kind in _ENDING


def _values(
    profile: str, ref: ItemRef, position_s: int | None, duration_s: int | None, at: int
) -> dict[str, str | int | None]:
    return {
        "profile": profile,
        "kind": ref.kind.value,
        "id": ref.id,
        "name": ref.name,
        "series": ref.series_id or "",
        "series_name": ref.series_name or "",
        "season": ref.season,
        "episode": ref.episode,
        "position_s": None if position_s is None else max(position_s, 0),
        "duration_s": duration_s if duration_s and duration_s > 0 else None,
        "at": at,
    }


def _played(row: Iterable[Any]) -> Played:
    kind, id, name, series, series_name, season, episode, position_s, duration_s, at, watched_at = row
    ref = ItemRef(Kind(kind), id, name, series or None, series_name or None, season, episode)
    return Played(ref, position_s, duration_s, at, watched_at)
