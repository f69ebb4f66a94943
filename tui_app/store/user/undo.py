"""What an act of the user changed in the user's file, row by row, so that it can be taken back exactly.

It compares the rows in reach of the act before and after: whatever the act did, nothing of it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, TypeVar

from tui_app.catalog import Kind, Mark
from tui_app.store.database import LibraryDatabase

Answer = TypeVar("Answer")


class _Table(NamedTuple):
    """Columns beside the profile; the first `key` of them say which row it is."""

    columns: tuple[str, ...]
    key: int


_TABLES: Final = {
    "mark": _Table(("kind", "id", "mark", "name", "at"), 3),
    "favourite_place": _Table(("kind", "id", "folder", "position"), 2),
    "folder": _Table(("name", "position"), 1),
    "playing": _Table(
        ("kind", "id", "name", "series", "series_name", "season", "episode", "position_s", "duration_s", "at"), 2
    ),
}
#: Tables whose rows are those of items: their first two columns are kind and id.
_OF_ITEMS: Final = ("mark", "favourite_place", "playing")
#: Where an item that was played names its series; '' where it is no episode.
_SERIES: Final = _TABLES["playing"].columns.index("series")
#: As many ids as are looked for one by one; of more, all rows of the kind are read.
_FEW: Final = 400

#: A table's name and the columns of one of its rows.
KeptRow = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reach:
    """What an act may change: a mark on items (kind → ids), the places of favourites with their folders, and what was
    played."""

    mark: Mark | None = None
    ids: Mapping[str, Collection[str]] | None = None
    places: bool = False
    played: bool = False


@dataclass(frozen=True, slots=True)
class UserAct:
    """The rows an act added and took away; of a row it changed, both. `followed`: up to when its ids are those of the
    library (kind → epoch seconds)."""

    profile: str
    added: frozenset[KeptRow]
    removed: frozenset[KeptRow]
    followed: Mapping[str, int]

    @property
    def is_nothing(self) -> bool:
        return not self.added and not self.removed

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of the items it changed, and of the series they are of; those of categories are
        `category:<kind>`."""
        return frozenset(kind for row in self.added | self.removed for kind, _id in _named_in(row))

    def ids(self, kind: str) -> frozenset[str]:
        """The ids of a kind it changed."""
        return frozenset(id for row in self.added | self.removed for named, id in _named_in(row) if named == kind)

    def moved(self, kind: str, mapping: Mapping[str, str], at: int) -> UserAct:
        """The same act, after ids of a kind moved `at`."""

        def bring(row: KeptRow) -> KeptRow:
            table, values = row
            if table in _OF_ITEMS and values[0] == kind:
                values = (values[0], mapping.get(values[1], values[1]), *values[2:])
            if table == "playing" and kind == Kind.SERIES:
                values = (*values[:_SERIES], mapping.get(values[_SERIES], values[_SERIES]), *values[_SERIES + 1 :])
            return table, values

        return replace(
            self,
            added=frozenset(map(bring, self.added)),
            removed=frozenset(map(bring, self.removed)),
            followed={**self.followed, kind: at},
        )


def record(
    database: LibraryDatabase, profile: str, reach: Reach, followed: Mapping[str, int], change: Callable[[], Answer]
) -> tuple[Answer, UserAct]:
    """Do it, all or nothing, and say what it changed."""
    with database.writing():
        before = _rows(database, profile, reach)
        answer = change()
        after = _rows(database, profile, reach)
    return answer, UserAct(profile, after - before, before - after, followed)


def take_back(database: LibraryDatabase, act: UserAct) -> None:
    """Bring back the rows as they were before the act."""
    with database.writing():
        for table, (columns, key) in _TABLES.items():
            where = " AND ".join(f"{column} = ?" for column in columns[:key])
            database.run_many(
                f"DELETE FROM {table} WHERE profile = ? AND {where}",
                [(act.profile, *row[:key]) for row in _of(table, act.added)],
            )
            database.run_many(
                f"INSERT OR REPLACE INTO {table}(profile, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",
                [(act.profile, *row) for row in _of(table, act.removed)],
            )


def _named_in(row: KeptRow) -> list[tuple[str, str]]:
    """(kind, id) of the items a row is about."""
    table, values = row
    if table not in _OF_ITEMS:
        return []
    of_series = table == "playing" and values[_SERIES]
    return [(values[0], values[1]), *([(Kind.SERIES.value, values[_SERIES])] if of_series else [])]


def _of(table: str, rows: Iterable[KeptRow]) -> list[tuple[Any, ...]]:
    return [row for name, row in rows if name == table]


def _rows(database: LibraryDatabase, profile: str, reach: Reach) -> frozenset[KeptRow]:
    found: set[KeptRow] = set()
    for kind, ids in (reach.ids or {}).items():
        if reach.mark is not None:
            found |= _of_items(database, "mark", profile, kind, ids, reach.mark)
        if reach.mark is Mark.FAVOURITE:
            found |= _of_items(database, "favourite_place", profile, kind, ids)
    whole = (("favourite_place", "folder") if reach.places else ()) + (("playing",) if reach.played else ())
    for table in whole:
        columns = ", ".join(_TABLES[table].columns)
        rows = database.rows(f"SELECT {columns} FROM {table} WHERE profile = ?", (profile,))
        found.update((table, row) for row in rows)
    return frozenset(found)


def _of_items(
    database: LibraryDatabase, table: str, profile: str, kind: str, ids: Collection[str], mark: Mark | None = None
) -> set[KeptRow]:
    wanted = frozenset(ids)
    sql = f"SELECT {', '.join(_TABLES[table].columns)} FROM {table} WHERE profile = ? AND kind = ?"
    params: list[str] = [profile, kind]
    if len(wanted) <= _FEW:
        sql += f" AND id IN ({', '.join('?' * len(wanted))})"
        params += wanted
    if mark is not None:
        sql += " AND mark = ?"
        params.append(mark.value)
    return {(table, row) for row in database.rows(sql, params) if row[1] in wanted}
