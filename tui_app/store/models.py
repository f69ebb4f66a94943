"""Peewee models of the library database.

Models are not bound to a database, as several libraries may be open: each query names its own
(`Category.select().execute(database)`). Tables are created by migrations, whose SQL must not depend on the models; a
test compares the two.
"""

from __future__ import annotations

from typing import Final

from peewee import BlobField, CompositeKey, FloatField, IntegerField, Model, TextField

from tui_app.catalog import Kind

#: Bits of an item's `flags` column.
SEPARATOR: Final = 1
RADIO: Final = 2
ADULT_KNOWN: Final = 4
ADULT: Final = 8
NUMBER_INFERRED: Final = 16
#: The higher bits hold the number of further episode numbers of a file.
SPAN_SHIFT: Final = 8


class LibraryItem(Model):
    """Columns of channels, movies, series and episodes.

    `id` is the key (see `keys`). `fold` is the folded name, `sort_key` its sort key, `alias` (attribute `other`)
    the folded bare title or other name, '' if equal. Unknown numbers are 0, so that covering indexes need no NULLs;
    only a channel's number may really be 0.
    """

    id = IntegerField(primary_key=True)
    name = TextField()
    fold = TextField()
    other = TextField(column_name="alias")  # `alias` is a method of every model
    added = IntegerField()
    flags = IntegerField()
    wire_id = TextField(null=True)
    sort_key = TextField()


class ListedItem(LibraryItem):
    """Columns of the three listed kinds: primary category (key, 0: none) and sparse list position."""

    category = IntegerField()
    position = IntegerField()
    icon = TextField(null=True)
    language = TextField()
    quality = TextField()


class Channel(ListedItem):
    number = IntegerField(null=True)
    archive_days = IntegerField()
    epg_id = TextField(null=True)

    class Meta:
        table_name = "channel"


class Title(ListedItem):
    """Columns of movies and series. `genres` has one bit for each of the kind's first 62 genres."""

    year = IntegerField()
    rating = FloatField()
    genres = IntegerField()
    tmdb = IntegerField(null=True)
    trailer = TextField(null=True)


class Movie(Title):
    container = TextField(null=True)

    class Meta:
        table_name = "movie"


class Series(Title):
    class Meta:
        table_name = "series"


class Episode(LibraryItem):
    series = IntegerField()
    season = IntegerField()
    number = IntegerField()
    rating = FloatField()
    container = TextField(null=True)
    duration_s = IntegerField(null=True)
    released = TextField(null=True)
    plot = TextField(null=True)

    class Meta:
        table_name = "episode"


class TitleText(Model):
    """Long texts of a title, in a separate table to keep list rows narrow. No row if there are none."""

    id = IntegerField(primary_key=True)
    plot = TextField(null=True)
    cast = TextField(null=True)
    director = TextField(null=True)
    genre = TextField(null=True)
    released = TextField(null=True)
    duration_s = IntegerField(null=True)


class MovieText(TitleText):
    class Meta:
        table_name = "movie_text"


class SeriesText(TitleText):
    class Meta:
        table_name = "series_text"


class Category(Model):
    """A category. Not `listed` if only items name it: such items count as uncategorised."""

    key = IntegerField(primary_key=True)
    kind = TextField()
    id = TextField()
    name = TextField()
    fold = TextField()
    parent = TextField(null=True)
    position = IntegerField()
    listed = IntegerField()

    class Meta:
        table_name = "category"


class ItemCategory(Model):
    """A further category of an item; the primary one is in the item's row."""

    category = IntegerField()
    item = IntegerField()
    kind = TextField()

    class Meta:
        table_name = "item_category"
        primary_key = CompositeKey("category", "item")
        without_rowid = True


class Genre(Model):
    """A genre of one kind. Numbers below 62 are bits of the mask, others have rows in `item_genre`."""

    kind = TextField()
    number = IntegerField()
    fold = TextField()
    name = TextField()

    class Meta:
        table_name = "genre"
        primary_key = CompositeKey("kind", "number")
        without_rowid = True


class ItemGenre(Model):
    kind = TextField()
    genre = IntegerField()
    item = IntegerField()

    class Meta:
        table_name = "item_genre"
        primary_key = CompositeKey("kind", "genre", "item")
        without_rowid = True


class IdMap(Model):
    """Keys of provider ids that are not plain numbers."""

    kind = TextField()
    provider_id = TextField()
    key = IntegerField()

    class Meta:
        table_name = "id_map"
        primary_key = CompositeKey("kind", "provider_id")
        without_rowid = True


class MovedId(Model):
    """An id that the panel replaced, found by a sync `at` (epoch seconds)."""

    kind = TextField()
    at = IntegerField()
    old = TextField()
    new = TextField()

    class Meta:
        table_name = "moved_id"
        primary_key = CompositeKey("kind", "at", "old")
        without_rowid = True


class Manifest(Model):
    """Row hashes of a kind's last list: raw hash and key of each row, in list order."""

    kind = TextField(primary_key=True)
    hashes = BlobField()
    keys = BlobField()
    numbers_digest = IntegerField()

    class Meta:
        table_name = "manifest"
        without_rowid = True


class TitleDetails(Model):
    """Fetched details as JSON (without seasons). `stale` is set if the item changed in the list since."""

    id = IntegerField(primary_key=True)
    at = IntegerField()
    stale = IntegerField()
    facts = TextField()


class MovieDetails(TitleDetails):
    class Meta:
        table_name = "movie_details"


class SeriesDetails(TitleDetails):
    """Series details; `named` holds the folded names of the series at the time of the fetch, one per line."""

    named = TextField(default="")

    class Meta:
        table_name = "series_details"


class FormerEpisode(Model):
    """An episode removed with its details or from its series.

    `series` is a key, `id` the id used by the user's marks, `named` as in `SeriesDetails`.
    """

    series = IntegerField()
    id = TextField()
    season = IntegerField()
    number = IntegerField()
    fold = TextField()
    flags = IntegerField()
    named = TextField()

    class Meta:
        table_name = "former_episode"
        primary_key = CompositeKey("series", "id")
        without_rowid = True


class Season(Model):
    series = IntegerField()
    number = IntegerField()
    name = TextField()
    overview = TextField(null=True)
    released = TextField(null=True)

    class Meta:
        table_name = "season"
        primary_key = CompositeKey("series", "number")
        without_rowid = True


class Guide(Model):
    """The EPG of one `channel` (key), or of all channels with one EPG id (`epg`, lower case).

    Times are epoch seconds: `at` of the fetch, `fresh_until` for now and next, `day_until` for the whole table.
    """

    key = IntegerField(primary_key=True)
    channel = IntegerField(null=True)
    epg = TextField(null=True)
    at = IntegerField()
    fresh_until = IntegerField()
    day_until = IntegerField()

    class Meta:
        table_name = "guide"


class ProgrammeTitle(Model):
    """A distinct programme title. `fold` is searched."""

    id = IntegerField(primary_key=True)
    title = TextField()
    fold = TextField()

    class Meta:
        table_name = "programme_title"


class GuideProgramme(Model):
    """One programme; `title` is a key of `programme_title`."""

    id = IntegerField(primary_key=True)
    guide = IntegerField()
    start = IntegerField()
    stop = IntegerField()
    title = IntegerField()
    description = TextField()
    has_archive = IntegerField(null=True)
    start_text = TextField(null=True)

    class Meta:
        table_name = "programme"


class SyncState(Model):
    """How the last sync of a part went. `held_keys` are items whose removal awaits confirmation."""

    part = TextField(primary_key=True)
    status = TextField()
    at = IntegerField(null=True)
    completed_at = IntegerField(null=True)
    reason = TextField()
    body_digest = TextField(null=True)
    held_back = IntegerField()
    held_digest = TextField(null=True)
    held_keys = BlobField(null=True)
    total = IntegerField()
    etag = TextField(null=True)
    last_modified = TextField(null=True)

    class Meta:
        table_name = "sync_state"
        without_rowid = True


class SyncRun(Model):
    """One sync. `summary` is JSON: part → counts; `reason` explains why it did not complete."""

    id = IntegerField(primary_key=True)
    mode = TextField()
    status = TextField()
    started_at = IntegerField()
    finished_at = IntegerField(null=True)
    summary = TextField(default="{}")
    reason = TextField(default="")

    class Meta:
        table_name = "sync_run"


class SyncChange(Model):
    """One entry of a change list. `fields` is JSON: {"name": [old, new]}."""

    id = IntegerField(primary_key=True)
    run = IntegerField()
    kind = TextField()
    item = TextField()
    name = TextField()
    change = TextField()
    fields_json = TextField(column_name="fields")

    class Meta:
        table_name = "sync_change"


class Meta(Model):
    """Facts about the file: revision, account, completeness of the text index."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"
        without_rowid = True


MODELS: Final[tuple[type[Model], ...]] = (
    *(Channel, Movie, Series, Episode, MovieText, SeriesText),
    *(Category, ItemCategory, Genre, ItemGenre, IdMap, Manifest),
    *(MovieDetails, SeriesDetails, Season, SyncState, SyncRun, SyncChange, Meta, MovedId, FormerEpisode),
    *(Guide, ProgrammeTitle, GuideProgramme),
)

ITEM_MODELS: Final[dict[Kind, type[LibraryItem]]] = {
    Kind.CHANNEL: Channel,
    Kind.MOVIE: Movie,
    Kind.SERIES: Series,
    Kind.EPISODE: Episode,
}
