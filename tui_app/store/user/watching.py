"""`WatchingStore`: what was played, when last and how far, in the user's file. Knows neither players nor libraries.

One row a title and profile, kept by provider id as marks are. Whether a position is worth resuming is not asked here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tui_app.catalog import ItemRef, Kind, Mark, Played
from tui_app.store.database import LibraryDatabase

#: The most played titles remembered of a profile; the oldest beyond are forgotten.
MOST_PLAYED: Final = 5_000
#: How far ahead of the clock titles played within one second may come to stand.
_TOO_QUICK_S: Final = 60
#: What can be watched to its end.
_ENDING: Final = (Kind.MOVIE, Kind.EPISODE)

_COLUMNS: Final = (
    "p.kind, p.id, p.name, p.series, p.series_name, p.season, p.episode, p.position_s, p.duration_s, p.at, "
    "(SELECT m.at FROM mark m WHERE m.profile = p.profile AND m.kind = p.kind AND m.id = p.id "
    f"AND m.mark = '{Mark.WATCHED.value}')"
)
_KNOWN: Final = f"p.kind IN ({', '.join(repr(kind.value) for kind in Kind)})"  # a newer program may know more
_NEWEST_FIRST: Final = "ORDER BY p.at DESC, p.name, p.kind, p.id"


class WatchingStore:
    """Over the user's file; a part of `UserStore`."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database

    # -------------------------------------------------------------------------------------------------- writing
    def note_position(
        self, profile: str, ref: ItemRef, position_s: int | None, duration_s: int | None, *, at: int | None = None
    ) -> None:
        """This was played up to there, `at` (epoch seconds, by default now).

        Without a position or a duration those known before stay.
        """
        with self._database.writing():
            is_known = self._database.value(
                "SELECT 1 FROM playing WHERE profile = ? AND kind = ? AND id = ?", (profile, ref.kind.value, ref.id)
            )
            self._database.run(
                "INSERT INTO playing(profile, kind, id, name, series, series_name, season, episode, position_s, "
                "duration_s, at) VALUES (:profile, :kind, :id, :name, :series, :series_name, :season, :episode, "
                "coalesce(:position_s, 0), :duration_s, :at) ON CONFLICT(profile, kind, id) DO UPDATE SET "
                "name = excluded.name, series = excluded.series, series_name = excluded.series_name, "
                "season = excluded.season, episode = excluded.episode, "
                "position_s = coalesce(:position_s, position_s), duration_s = coalesce(:duration_s, duration_s), "
                "at = excluded.at",
                _values(profile, ref, position_s, duration_s, self._now(profile, ref) if at is None else at),
            )
            if not is_known:
                self._forget_oldest(profile)

    def finish(self, profile: str, ref: ItemRef, *, at: int | None = None) -> None:
        """This was watched to its end: its position is the end, or nothing where the length is not known.

        The mark is the caller's business.
        """
        with self._database.writing():
            self.note_position(profile, ref, None, None, at=at)
            self._database.run(
                "UPDATE playing SET position_s = coalesce(duration_s, 0) WHERE profile = ? AND kind = ? AND id = ?",
                (profile, ref.kind.value, ref.id),
            )

    def forget(self, profile: str, kind: Kind, id: str) -> int:
        """Forget that a title was played, of a series all episodes; how many rows went."""
        column, value = ("series", Kind.EPISODE) if kind is Kind.SERIES else ("id", kind)
        with self._database.writing():
            return self._database.run(
                f"DELETE FROM playing WHERE profile = ? AND kind = ? AND {column} = ?", (profile, value.value, id)
            ).rowcount

    def forget_all(self, profile: str) -> int:
        """Forget all that was played; how many rows went. Marks stay."""
        with self._database.writing():
            return self._database.run("DELETE FROM playing WHERE profile = ?", (profile,)).rowcount

    # -------------------------------------------------------------------------------------------------- reading
    def get(self, profile: str, kind: Kind, id: str) -> Played | None:
        """What is remembered of one title."""
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM playing p WHERE p.profile = ? AND p.kind = ? AND p.id = ?",
            (profile, kind.value, id),
        )
        return None if row is None else _played(row)

    def history(self, profile: str, *, limit: int, offset: int = 0) -> tuple[Played, ...]:
        """What was played, newest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM playing p WHERE p.profile = ? AND {_KNOWN} {_NEWEST_FIRST} LIMIT ? OFFSET ?",
            (profile, limit, max(offset, 0)),
        )
        return tuple(map(_played, rows))

    def count(self, profile: str) -> int:
        """How many titles are remembered."""
        return int(self._database.value(f"SELECT count(*) FROM playing p WHERE p.profile = ? AND {_KNOWN}", (profile,)))

    def last_of_each(self, profile: str) -> tuple[Played, ...]:
        """Of each series the episode played last, and every movie, newest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM playing p WHERE p.profile = ? AND p.kind IN ('movie', 'episode') {_NEWEST_FIRST}",
            (profile,),
        )
        found: dict[tuple[str, str], Played] = {}
        for played in map(_played, rows):
            ref = played.ref
            found.setdefault(("series", ref.series_id) if ref.series_id else (ref.kind.value, ref.id), played)
        return tuple(found.values())

    def last_of_series(self, profile: str, series_id: str) -> Played | None:
        """The episode of a series that was played last."""
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM playing p WHERE p.profile = ? AND p.kind = 'episode' AND p.series = ? "
            f"{_NEWEST_FIRST} LIMIT 1",
            (profile, series_id),
        )
        return None if row is None else _played(row)

    # ---------------------------------------------------------------------------------------- ids that moved
    def ids(self, profile: str, kind: str) -> tuple[str, ...]:
        """The ids of a kind that are remembered; series are those of played episodes."""
        column, of = ("series", Kind.EPISODE.value) if kind == Kind.SERIES else ("id", kind)
        rows = self._database.rows(
            f"SELECT DISTINCT {column} FROM playing WHERE profile = ? AND kind = ?", (profile, of)
        )
        return tuple(row[0] for row in rows)

    def move(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        """Bring what was played from old to new ids. What a new id has already stays as it is."""
        if kind == Kind.SERIES:
            self._move_series(profile, mapping)
        else:
            self._move_titles(profile, kind, mapping)

    def _move_series(self, profile: str, mapping: Mapping[str, str]) -> None:
        # found first, by id: a new id may be another one's old id
        rows = self._database.rows(
            "SELECT id, series FROM playing WHERE profile = ? AND kind = 'episode' AND series <> ''", (profile,)
        )
        self._database.run_many(
            "UPDATE playing SET series = ? WHERE profile = ? AND kind = 'episode' AND id = ?",
            [(mapping[series], profile, id) for id, series in rows if series in mapping],
        )

    def _move_titles(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        columns = "name, series, series_name, season, episode, position_s, duration_s, at"
        # of two that become one, what was played last counts
        rows = self._database.rows(
            f"SELECT id, {columns} FROM playing WHERE profile = ? AND kind = ? ORDER BY at DESC", (profile, kind)
        )
        # all leave before any arrives
        self._database.run_many(
            "DELETE FROM playing WHERE profile = ? AND kind = ? AND id = ?", [(profile, kind, old) for old in mapping]
        )
        self._database.run_many(
            f"INSERT OR IGNORE INTO playing(profile, kind, id, {columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(profile, kind, mapping[row[0]], *row[1:]) for row in rows if row[0] in mapping],
        )

    # --------------------------------------------------------------------------------------------------- inside
    def _now(self, profile: str, ref: ItemRef) -> int:
        """The time, a little later when something else was played this very second: the order must stay."""
        now = int(time.time())
        newest = self._database.row(
            "SELECT at, kind, id FROM playing WHERE profile = ? ORDER BY at DESC LIMIT 1", (profile,)
        )
        if newest is None or newest[1:] == (ref.kind.value, ref.id) or not 0 <= newest[0] - now <= _TOO_QUICK_S:
            return now
        return int(newest[0]) + 1

    def _forget_oldest(self, profile: str) -> None:
        surplus = self.count(profile) - MOST_PLAYED
        if surplus > 0:
            self._database.run(
                "DELETE FROM playing WHERE profile = ? AND (kind, id) IN "
                "(SELECT kind, id FROM playing WHERE profile = ? ORDER BY at, kind, id LIMIT ?)",
                (profile, profile, surplus),
            )


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
