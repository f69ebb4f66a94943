"""All rows of one or all profiles: counted, copied, deleted, or taken from another file, that of a backup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from peewee import EXCLUDED, Model, Value

from tui_app.store.database import LibraryDatabase, fields_of, insert_query, key_fields_of, table_name
from tui_app.store.user_models import USER_MODELS

_OWNER: Final = "profile"
_TIME: Final = "at"


def count_rows(user: LibraryDatabase) -> dict[str, int]:
    """Return table → number of rows."""
    return {table_name(model): int(model.select().count(user)) for model in USER_MODELS}


def bring_rows(user: LibraryDatabase, backup: LibraryDatabase, names: Mapping[str, str], *, replace: bool) -> None:
    """Copy all rows of `backup` into `user`, within a write transaction of `user`.

    `names`: profile there → profile here. Existing rows stay unless the other is newer; with `replace` none of them do.
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
        user.run_many(insert_query(model).on_conflict(**_on_conflict(model)), rows)


def _on_conflict(model: type[Model]) -> dict[str, Any]:
    """Return the conflict clause: the existing row stays unless the other is newer."""
    key = key_fields_of(model)
    names = {field.name for field in key}  # fields are compared by name: `==` makes an expression
    others = [field for field in fields_of(model) if field.name not in names]
    time = next((field for field in others if field.name == _TIME), None)
    if time is None:
        return {"action": "IGNORE"}
    return {"conflict_target": key, "preserve": others, "where": getattr(EXCLUDED, _TIME) > time}


def _owner(model: Any) -> Any:
    return model.profile


def copy_profile(user: LibraryDatabase, old: str, new: str) -> None:
    """Copy the rows of profile `old` to `new`, replacing rows under that name; all of them, or none on failure."""
    with user.writing():
        for model in USER_MODELS:
            _of_profile(model.delete(), model, new).execute(user)
            spelt = [Value(new) if field is _owner(model) else field for field in fields_of(model)]
            rows = model.select(*spelt).where(_owner(model) == old)
            model.insert_from(rows, fields_of(model)).execute(user)


def forget_profile(user: LibraryDatabase, name: str) -> int:
    """Delete the rows of a profile; return how many."""
    with user.writing():
        return sum(int(_of_profile(model.delete(), model, name).execute(user)) for model in USER_MODELS)


def _of_profile(query: Any, model: type[Model], profile: str) -> Any:
    return query.where(_owner(model) == profile)
