"""Peewee models of the user's file. Unbound like those of the library: every query names its database."""

from __future__ import annotations

from typing import Any

from peewee import CompositeKey, Field, IntegerField, Model, TextField, Value

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
        strict_tables = True


class RecentSearch(Model):
    profile = TextField()
    text = TextField()
    at = IntegerField()

    class Meta:
        table_name = "recent_search"
        primary_key = CompositeKey("profile", "text")
        without_rowid = True
        strict_tables = True


class ViewState(Model):
    """Where a screen was left, as JSON text."""

    profile = TextField()
    name = TextField()
    value = TextField()

    class Meta:
        table_name = "view_state"
        primary_key = CompositeKey("profile", "name")
        without_rowid = True
        strict_tables = True


class SeenChanges(Model):
    """Up to when (epoch seconds) the user has seen what the syncs of a profile changed."""

    profile = TextField(primary_key=True)
    at = IntegerField()

    class Meta:
        table_name = "seen_changes"
        without_rowid = True
        strict_tables = True


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
        strict_tables = True


class Folder(Model):
    """A folder of favourites. `position` orders the folders of a profile; gaps are fine."""

    profile = TextField()
    name = TextField()
    position = IntegerField()

    class Meta:
        table_name = "folder"
        primary_key = CompositeKey("profile", "name")
        without_rowid = True
        strict_tables = True


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
        strict_tables = True


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
        without_rowid = True
        strict_tables = True


Playing.add_index(Playing.profile, Playing.at, name="playing_at")

USER_MODELS: tuple[type[Model], ...] = (
    *(MarkRow, RecentSearch, ViewState, SeenChanges, SavedFilter),
    *(Folder, FavouritePlace, Playing),
)


def table_name(model: type[Model]) -> str:
    """The table behind a model."""
    meta: Any = model._meta
    return str(meta.table_name)


def fields_of(model: type[Model]) -> tuple[Field, ...]:
    """The columns of a table, in their order."""
    meta: Any = model._meta
    return tuple(meta.sorted_fields)


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """Their names."""
    return tuple(str(field.column_name) for field in fields_of(model))


def key_fields_of(model: type[Model]) -> tuple[Field, ...]:
    """The columns of the primary key, in its order."""
    meta: Any = model._meta
    return tuple(meta.get_primary_keys())


def _owner(model: Any) -> Any:
    return model.profile


def copy_profile(user: LibraryDatabase, old: str, new: str) -> None:
    """Give `new` what `old` has, in place of whatever stood under that name. All of it or, when it fails, nothing."""
    with user.writing():
        for model in USER_MODELS:
            _of_profile(model.delete(), model, new).execute(user)
            spelt = [Value(new) if field is _owner(model) else field for field in fields_of(model)]
            rows = model.select(*spelt).where(_owner(model) == old)
            model.insert_from(rows, fields_of(model)).execute(user)


def forget_profile(user: LibraryDatabase, name: str) -> int:
    """Drop what was made for a profile; how many rows that were."""
    with user.writing():
        return sum(int(_of_profile(model.delete(), model, name).execute(user)) for model in USER_MODELS)


def _of_profile(query: Any, model: type[Model], profile: str) -> Any:
    return query.where(_owner(model) == profile)
