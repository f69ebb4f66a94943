"""Exchange marks with other machines.

The time at which the user changed or removed a row is noted, the rows of a profile are read as `ProfileMarks`, and what
is newer in those of another machine is written.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from peewee import EXCLUDED, SQL, Model, fn

from tui_app.store.database import (
    Compiled,
    LibraryDatabase,
    compiled,
    deleting,
    fields_of,
    insert_query,
    inserting,
    key_fields_of,
    table_name,
)
from tui_app.store.user_models import Edit, FavouritePlace, Folder, MarkRow, Playing

if TYPE_CHECKING:
    from tui_app.catalog.shared_marks import ProfileMarks

#: List of `ProfileMarks` → table.
_TABLES: Final[dict[str, type[Model]]] = {
    "marks": MarkRow,
    "places": FavouritePlace,
    "folders": Folder,
    "history": Playing,
}
#: The key of a row beside its profile.
Key = tuple[str, ...]
#: Edits that are kept of a profile. Of what was removed before, other machines are no longer told.
MOST_EDITS: Final = 50_000
#: So many edits at once are followed by a check of their number; fewer wait for the next exchange.
_MANY: Final = 1_000


def note_edits(database: LibraryDatabase, profile: str, model: type[Model], keys: Iterable[Key]) -> None:
    """Note that rows with these keys were set or removed now, within a write transaction.

    The time of a row never goes back, and no two edits of it have the same: clocks of machines differ.
    """
    if model not in _TABLES.values():
        return
    now, part = int(time.time()), table_name(model)
    rows = [(profile, part, *edit_key(model, key), now) for key in keys]
    if not rows:
        return
    database.run_many(_noting(), rows)
    if len(rows) >= _MANY:
        forget_oldest_edits(database, profile)


def edit_key(model: type[Model], key: Key) -> tuple[str, str, str]:
    """Return kind, id and mark of a row's key; "" for what it does not have."""
    kind, id, mark = (("", *key) if model is Folder else key) + ("",) * (3 - len(key) - (model is Folder))
    return kind, id, mark


@cache
def _noting() -> Compiled:
    later = fn.MAX(EXCLUDED.at, Edit.at + SQL("1"))
    return compiled(insert_query(Edit).on_conflict(conflict_target=key_fields_of(Edit), update={Edit.at: later}))


def forget_oldest_edits(database: LibraryDatabase, profile: str) -> None:
    """Keep the newest edits of a profile, within a write transaction. Counts them, which is too dear for each mark."""
    surplus = int(Edit.select().where(Edit.profile == profile).count(database)) - MOST_EDITS
    if surplus > 0:
        key = key_fields_of(Edit)
        oldest = Edit.select(*key).where(Edit.profile == profile).order_by(Edit.at, *key).limit(surplus)
        database.run_many(deleting(Edit), list(oldest.tuples().execute(database)))


def read_shared(database: LibraryDatabase, profile: str) -> ProfileMarks:
    """Return the rows of a profile and what was removed, each with the time of its last change."""
    from tui_app.catalog.shared_marks import ProfileMarks  # noqa: PLC0415 - msgspec costs a start 12 ms

    rows = {name: _rows(database, model, profile) for name, model in _TABLES.items()}
    lists = {name: tuple(_entries(database, name, profile, of)) for name, of in rows.items()}
    return ProfileMarks(**lists).merged(ProfileMarks())


def write_shared(database: LibraryDatabase, profile: str, theirs: ProfileMarks) -> int:
    """Write the entries that are newer than ours, within a write transaction; return how many."""
    forget_oldest_edits(database, profile)
    ours = read_shared(database, profile)
    merged = ours.merged(theirs)
    changed = 0
    for name, model in _TABLES.items():
        known = {entry.key: entry for entry in getattr(ours, name)}
        newer = [entry for entry in getattr(merged, name) if known.get(entry.key) != entry]
        _write(database, model, profile, newer)
        changed += len(newer)
    return changed


def _rows(database: LibraryDatabase, model: Any, profile: str) -> dict[Key, dict[str, Any]]:
    """Return key → the columns of a row, beside the profile."""
    fields = fields_of(model)[1:]
    names = [field.name for field in fields]
    n_key = len(key_fields_of(model)) - 1
    query = model.select(*fields).where(model.profile == profile)
    return {row[:n_key]: dict(zip(names, row, strict=True)) for row in query.tuples().execute(database)}


def _entries(database: LibraryDatabase, name: str, profile: str, rows: Mapping[Key, dict[str, Any]]) -> Iterable[Any]:
    from tui_app.catalog import shared_marks  # noqa: PLC0415 - msgspec costs a start 12 ms

    model = _TABLES[name]
    types: dict[str, Any] = {
        "marks": shared_marks.SharedMark,
        "places": shared_marks.SharedPlace,
        "folders": shared_marks.SharedFolder,
        "history": shared_marks.SharedPlayed,
    }
    type_ = types[name]
    key_names = [field.name for field in key_fields_of(model)[1:]]
    edited = _edit_times(database, model, profile, len(key_names))
    for key, row in rows.items():
        yield type_(**row | {"at": max(row.get("at", 0), edited.pop(key, 0))})
    if model is not FavouritePlace:  # removed with its mark
        for key, at in edited.items():
            yield type_(**dict(zip(key_names, key, strict=True)), at=at, removed=True)


def _edit_times(database: LibraryDatabase, model: type[Model], profile: str, n_key: int) -> dict[Key, int]:
    query = Edit.select(Edit.kind, Edit.id, Edit.mark, Edit.at)
    query = query.where(Edit.profile == profile, Edit.part == table_name(model))
    first = 1 if model is Folder else 0
    return {row[first : first + n_key]: row[3] for row in query.tuples().execute(database)}


def _write(database: LibraryDatabase, model: type[Model], profile: str, entries: Iterable[Any]) -> None:
    names = [field.name for field in fields_of(model)[1:]]
    present = [entry for entry in entries if not getattr(entry, "removed", False)]
    rows = [(profile, *(getattr(entry, name) for name in names)) for entry in present]
    gone = [(profile, *entry.key) for entry in entries if getattr(entry, "removed", False)]
    database.run_many(deleting(model), gone)
    database.run_many(inserting(model, on_conflict="replace"), rows)
    edits = [(profile, table_name(model), *edit_key(model, entry.key), entry.at) for entry in entries]
    database.run_many(inserting(Edit, on_conflict="replace"), edits)
