"""Peewee models of the user's file. Unbound like those of the library: every query names its database."""

from __future__ import annotations

from typing import Final

from peewee import SQL, CompositeKey, IntegerField, Model, TextField

from tui_app.store.models import Table


class MarkRow(Table):
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


class RecentSearch(Table):
    profile = TextField()
    text = TextField()
    at = IntegerField()

    class Meta:
        primary_key = CompositeKey("profile", "text")
        without_rowid = True


class ViewState(Table):
    """Where a screen was left, as JSON text."""

    profile = TextField()
    name = TextField()
    value = TextField()

    class Meta:
        primary_key = CompositeKey("profile", "name")
        without_rowid = True


class SeenChanges(Table):
    """Up to when (epoch seconds) the user has seen what the syncs of a profile changed."""

    profile = TextField(primary_key=True)
    at = IntegerField()

    class Meta:
        without_rowid = True


class SavedFilter(Table):
    """A view of a kind's list under a name of the user's, as JSON text."""

    profile = TextField()
    kind = TextField()
    name = TextField()
    value = TextField()

    class Meta:
        primary_key = CompositeKey("profile", "kind", "name")
        without_rowid = True


class Folder(Table):
    """A folder of favourites. `position` orders the folders of a profile; gaps are fine."""

    profile = TextField()
    name = TextField()
    position = IntegerField()

    class Meta:
        primary_key = CompositeKey("profile", "name")
        without_rowid = True


class FavouritePlace(Table):
    """Where a favourite stands: its folder ('' = none) and its place among those of that folder."""

    profile = TextField()
    kind = TextField()
    id = TextField()
    folder = TextField()
    position = IntegerField()

    class Meta:
        primary_key = CompositeKey("profile", "kind", "id")
        without_rowid = True


class Playing(Table):
    """What was played: when last (epoch seconds) and how far. `series` and the next three are those of an episode."""

    profile = TextField()
    kind = TextField()
    id = TextField()
    name = TextField()
    series = TextField(constraints=[SQL("DEFAULT ''")])
    series_name = TextField(constraints=[SQL("DEFAULT ''")])
    season = IntegerField(null=True)
    episode = IntegerField(null=True)
    position_s = IntegerField()
    duration_s = IntegerField(null=True)
    at = IntegerField()

    class Meta:
        primary_key = CompositeKey("profile", "kind", "id")
        without_rowid = True


Playing.add_index(Playing.profile, Playing.at, name="playing_at")


class Reminder(Table):
    """A programme the user wants to be reminded of. `name` is the channel's; times are epoch seconds.

    `told` is 1 once its notice was given.
    """

    profile = TextField()
    kind = TextField()
    id = TextField()
    start = IntegerField()
    stop = IntegerField()
    title = TextField()
    name = TextField()
    told = IntegerField(constraints=[SQL("DEFAULT 0")])
    at = IntegerField()

    class Meta:
        primary_key = CompositeKey("profile", "kind", "id", "start")
        without_rowid = True


class Edit(Table):
    """When the user last changed a row of another table (`part`), or removed it: what the row itself can't say.

    `kind`, `id` and `mark` are the key of that row beside its profile; of a folder, `id` is its name.
    """

    profile = TextField()
    part = TextField()
    kind = TextField()
    id = TextField()
    mark = TextField()
    at = IntegerField()

    class Meta:
        primary_key = CompositeKey("profile", "part", "kind", "id", "mark")
        without_rowid = True


USER_MODELS: Final[tuple[type[Model], ...]] = (
    *(MarkRow, RecentSearch, ViewState, SeenChanges, SavedFilter),
    *(Folder, FavouritePlace, Playing, Reminder, Edit),
)
