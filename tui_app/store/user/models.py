"""Peewee models of the user's file. Unbound like those of the library: every query names its database."""

from __future__ import annotations

from typing import Any, Final

from peewee import CompositeKey, IntegerField, Model, TextField

from tui_app.store.database import LibraryDatabase


class MarkRow(Model):
    """A mark on an item, or on a category (kind `category:<kind>`). `name` is a copy: a vanished item still shows."""

    profile = TextField()
    kind = TextField()
    id = TextField()
    mark = TextField()
    name = TextField()
    at = IntegerField()

    class Meta:
        table_name = "mark"
        primary_key = CompositeKey("profile", "kind", "id", "mark")
        without_rowid = True


class RecentSearch(Model):
    profile = TextField()
    text = TextField()
    at = IntegerField()

    class Meta:
        table_name = "recent_search"
        primary_key = CompositeKey("profile", "text")
        without_rowid = True


class ViewState(Model):
    """Where a screen was left, as JSON text."""

    profile = TextField()
    name = TextField()
    value = TextField()

    class Meta:
        table_name = "view_state"
        primary_key = CompositeKey("profile", "name")
        without_rowid = True


class SeenChanges(Model):
    """Up to when (epoch seconds) the user has seen what the syncs of a profile changed."""

    profile = TextField(primary_key=True)
    at = IntegerField()

    class Meta:
        table_name = "seen_changes"
        without_rowid = True


class SavedFilter(Model):
    """A view of a kind's list under a name of the user's, as JSON text."""

    profile = TextField()
    kind = TextField()
    name = TextField()
    value = TextField()

    class Meta:
        table_name = "saved_filter"
        primary_key = CompositeKey("profile", "kind", "name")
        without_rowid = True


class Folder(Model):
    """A folder of favourites. `position` orders the folders of a profile; gaps are fine."""

    profile = TextField()
    name = TextField()
    position = IntegerField()

    class Meta:
        table_name = "folder"
        primary_key = CompositeKey("profile", "name")
        without_rowid = True


class FavouritePlace(Model):
    """Where a favourite stands: its folder ('' = none) and its place among those of that folder."""

    profile = TextField()
    kind = TextField()
    id = TextField()
    folder = TextField()
    position = IntegerField()

    class Meta:
        table_name = "favourite_place"
        primary_key = CompositeKey("profile", "kind", "id")
        without_rowid = True


class Playing(Model):
    """What was played: when last (epoch seconds) and how far. `series` and the next three are those of an episode."""

    profile = TextField()
    kind = TextField()
    id = TextField()
    name = TextField()
    series = TextField(default="")
    series_name = TextField(default="")
    season = IntegerField(null=True)
    episode = IntegerField(null=True)
    position_s = IntegerField()
    duration_s = IntegerField(null=True)
    at = IntegerField()

    class Meta:
        table_name = "playing"
        primary_key = CompositeKey("profile", "kind", "id")
        indexes = ((("profile", "at"), False),)
        without_rowid = True


USER_MODELS: tuple[type[Model], ...] = (
    *(MarkRow, RecentSearch, ViewState, SeenChanges, SavedFilter),
    *(Folder, FavouritePlace, Playing),
)


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
