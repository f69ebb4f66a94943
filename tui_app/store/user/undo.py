"""Record what an action of the user changed in the user's file, row by row, so that it can be undone exactly.

The rows within reach of the action are compared before and after, so that no effect is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from peewee import Model

from tui_app.catalog import Kind, Mark
from tui_app.store.database import (
    LibraryDatabase,
    columns_of,
    deleting,
    fields_of,
    inserting,
    key_fields_of,
    table_name,
)
from tui_app.store.user.sharing import note_edits
from tui_app.store.user_models import FavouritePlace, Folder, MarkRow, Playing, Reminder

Answer = TypeVar("Answer")


#: The tables an act may change. A kept row has the columns beside the profile, which comes first.
_TABLES: Final[dict[str, type[Model]]] = {
    table_name(model): model for model in (MarkRow, FavouritePlace, Folder, Playing, Reminder)
}
#: Tables whose rows are those of items: their first two columns are kind and id.
_OF_ITEMS: Final = frozenset({"mark", "favourite_place", "playing", "reminder"})
#: Where an item that was played names its series; '' where it is no episode.
_SERIES: Final = columns_of(Playing).index("series") - 1
#: As many ids as are looked for one by one; of more, all rows of the kind are read.
_FEW: Final = 400

#: A table's name and the columns of one of its rows.
KeptRow = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reach:
    """What an action may change: a mark on items (kind → ids), favourites with folders, the history, reminders."""

    mark: Mark | None = None
    ids: Mapping[str, Collection[str]] | None = None
    places: bool = False
    played: bool = False
    reminders: bool = False


@dataclass(frozen=True, slots=True)
class UserAct:
    """The rows an action added and removed; of a changed row, both.

    `followed`: up to when its ids are those of the library (kind → epoch seconds)."""

    profile: str
    added: frozenset[KeptRow]
    removed: frozenset[KeptRow]
    followed: Mapping[str, int]

    @property
    def is_nothing(self) -> bool:
        return not self.added and not self.removed

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of the changed items and of their series; of categories `category:<kind>`."""
        return frozenset(kind for row in self.added | self.removed for kind, _id in _named_in(row))

    def ids(self, kind: str) -> frozenset[str]:
        """Return the changed ids of a kind."""
        return frozenset(id for row in self.added | self.removed for named, id in _named_in(row) if named == kind)

    def moved(self, kind: str, mapping: Mapping[str, str], at: int) -> UserAct:
        """Return the same action after ids of a kind moved `at`."""

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
    """Run the change, all or nothing, and return its answer and what it changed."""
    with database.writing():
        before = _rows(database, profile, reach)
        answer = change()
        after = _rows(database, profile, reach)
    return answer, UserAct(profile, after - before, before - after, followed)


def take_back(database: LibraryDatabase, act: UserAct) -> None:
    """Restore the rows as they were before the action."""
    with database.writing():
        for table, model in _TABLES.items():
            key = key_fields_of(model)
            added = [(act.profile, *row[: len(key) - 1]) for row in _of(table, act.added)]
            database.run_many(deleting(model), added)
            removed = [(act.profile, *row) for row in _of(table, act.removed)]
            database.run_many(inserting(model, on_conflict="replace"), removed)
            note_edits(database, act.profile, model, {row[1 : len(key)] for row in (*added, *removed)})


def _named_in(row: KeptRow) -> list[tuple[str, str]]:
    """Return (kind, id) of the items that a row concerns."""
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
            found |= _of_items(database, MarkRow, profile, kind, ids, (MarkRow.mark == reach.mark.value,))
        if reach.mark is Mark.FAVOURITE:
            found |= _of_items(database, FavouritePlace, profile, kind, ids)
    whole = {Folder: reach.places, FavouritePlace: reach.places, Playing: reach.played, Reminder: reach.reminders}
    for model in (model for model, is_reached in whole.items() if is_reached):
        found |= _kept(database, model, profile)
    return frozenset(found)


def _of_items(
    database: LibraryDatabase,
    model: Any,
    profile: str,
    kind: str,
    ids: Collection[str],
    conditions: tuple[Any, ...] = (),
) -> set[KeptRow]:
    wanted = frozenset(ids)
    conditions = (model.kind == kind, *conditions)
    if len(wanted) <= _FEW:
        conditions = (*conditions, model.id.in_(wanted))
    return {(table, row) for table, row in _kept(database, model, profile, conditions) if row[1] in wanted}


def _kept(database: LibraryDatabase, model: Any, profile: str, conditions: tuple[Any, ...] = ()) -> set[KeptRow]:
    query = model.select(*fields_of(model)[1:]).where(model.profile == profile, *conditions)
    return {(table_name(model), row) for row in query.tuples().execute(database)}
