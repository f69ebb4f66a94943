"""Brings the rows of another user's file, that of a backup, into the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from peewee import EXCLUDED, Model

from tui_app.store.database import LibraryDatabase
from tui_app.store.user.models import USER_MODELS, fields_of, key_fields_of, table_name
from tui_app.store.user.statements import insert_each

_OWNER: Final = "profile"
_TIME: Final = "at"


def count_rows(user: LibraryDatabase) -> dict[str, int]:
    """Table → rows."""
    return {table_name(model): int(model.select().count(user)) for model in USER_MODELS}


def bring_rows(user: LibraryDatabase, backup: LibraryDatabase, names: Mapping[str, str], *, replace: bool) -> None:
    """Bring all rows of `backup` into `user`, inside a write transaction of `user`.

    `names`: profile there → profile here. What is here stays unless the other is newer; with `replace` none of it does.
    """
    for model in USER_MODELS:
        if replace:
            model.delete().execute(user)
        fields = fields_of(model)
        owner = [field.name for field in fields].index(_OWNER)
        rows = (
            (*row[:owner], names.get(row[owner], row[owner]), *row[owner + 1 :])
            for row in model.select(*fields).tuples().iterator(backup)
        )
        insert_each(user, model, rows, **_on_conflict(model))


def _on_conflict(model: type[Model]) -> dict[str, Any]:
    """What is here stays, unless the other row is newer."""
    key = key_fields_of(model)
    names = {field.name for field in key}  # fields are compared by name: `==` makes an expression
    others = [field for field in fields_of(model) if field.name not in names]
    time = next((field for field in others if field.name == _TIME), None)
    if time is None:
        return {"action": "IGNORE"}
    return {"conflict_target": key, "preserve": others, "where": getattr(EXCLUDED, _TIME) > time}
