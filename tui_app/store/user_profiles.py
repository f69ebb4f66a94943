"""What the user made for one profile, in all tables at once: brought to another name. Knows no table by name."""

from __future__ import annotations

from typing import Any, Final

from peewee import Model

from tui_app.store.database import LibraryDatabase
from tui_app.store.user_models import USER_MODELS

_OWNER: Final = "profile"


def table_name(model: type[Model]) -> str:
    """The table behind a model."""
    meta: Any = model._meta
    return str(meta.table_name)


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The columns of a table, in their order."""
    meta: Any = model._meta
    return tuple(str(field.column_name) for field in meta.sorted_fields)


def copy_profile(user: LibraryDatabase, old: str, new: str) -> None:
    """Give `new` what `old` has, in place of whatever stood under that name. All of it or, when it fails, nothing."""
    with user.writing():
        for model in USER_MODELS:
            table, columns = table_name(model), columns_of(model)
            others = ", ".join(f'"{column}"' for column in columns if column != _OWNER)
            user.run(f"DELETE FROM {table} WHERE {_OWNER} = ?", (new,))
            user.run(
                f"INSERT INTO {table}({_OWNER}, {others}) SELECT ?, {others} FROM {table} WHERE {_OWNER} = ?",
                (new, old),
            )


def forget_profile(user: LibraryDatabase, name: str) -> int:
    """Drop what was made for a profile; how many rows that were."""
    with user.writing():
        return sum(
            user.run(f"DELETE FROM {table_name(model)} WHERE {_OWNER} = ?", (name,)).rowcount for model in USER_MODELS
        )
