"""Peewee models of the user's file. Unbound like those of the library: every query names its database."""

from __future__ import annotations

from peewee import CompositeKey, IntegerField, Model, TextField


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
