"""Peewee models of a library file: what each table holds. Knows no questions and no rules.

The models are never bound to a database: several libraries are open at once, so every query names its own
(`Category.select().execute(database)`). Tables, indexes and search tables are created by the migrations, whose
SQL must not change when a model does; a test compares the two.
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
#: The bits above these hold how many numbers an episode has besides its first.
SPAN_SHIFT: Final = 8


class LibraryItem(Model):
    """What channels, movies, series and episodes share.

    `id` is the key: the provider's id where that is a plain number, else a negative number kept in `id_map`.
    `fold` is the folded name, `sort_key` what names are sorted by, `alias` (here `other`) the folded bare title or
    other name, also searched, '' when equal.
    Numbers that are not known are 0, so that the covering indexes need no NULLs; only a channel's number may be 0.
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
    """What the three listed kinds share: a primary category (key, 0 = none) and a sparse place in the list."""

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
    """What movies and series share. `genres` has one bit for each of the first 62 genres of the kind."""

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
    """Wide text of a title, in a table of its own so that lists stay narrow. No row when there is none."""

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
    """A provider's category. Not `listed` when only items name it: such items count as uncategorised until it is."""

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
    """A further category of an item; the first one stands in the item's own row."""

    category = IntegerField()
    item = IntegerField()
    kind = TextField()

    class Meta:
        table_name = "item_category"
        primary_key = CompositeKey("category", "item")
        without_rowid = True


class Genre(Model):
    """A genre of one kind. `number` below 62 is a bit of the mask, above it a row in `item_genre` for each item."""

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
    """Keys of provider ids that are no plain numbers."""

    kind = TextField()
    provider_id = TextField()
    key = IntegerField()

    class Meta:
        table_name = "id_map"
        primary_key = CompositeKey("kind", "provider_id")
        without_rowid = True


class MovedId(Model):
    """An id that the panel gave up for another, found `at` (epoch seconds) by the sync."""

    kind = TextField()
    at = IntegerField()
    old = TextField()
    new = TextField()

    class Meta:
        table_name = "moved_id"
        primary_key = CompositeKey("kind", "at", "old")
        without_rowid = True


class Manifest(Model):
    """The wire list of the last sync of a kind: raw hash and key of each row, in wire order."""

    kind = TextField(primary_key=True)
    hashes = BlobField()
    keys = BlobField()
    numbers_digest = IntegerField()

    class Meta:
        table_name = "manifest"
        without_rowid = True


class TitleDetails(Model):
    """Fetched details as JSON text (without seasons). `stale` is set when the list says the item changed since."""

    id = IntegerField(primary_key=True)
    at = IntegerField()
    stale = IntegerField()
    facts = TextField()


class MovieDetails(TitleDetails):
    class Meta:
        table_name = "movie_details"


class SeriesDetails(TitleDetails):
    """`named`: the folded names of the series when they were fetched, one a line."""

    named = TextField(default="")

    class Meta:
        table_name = "series_details"


class FormerEpisode(Model):
    """What an episode was whose details left, or that was not in its series' details any more.

    `series` is a key, `id` what the user's marks on it are under, `named` as in `SeriesDetails`.
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
    """The guide of one `channel` (a key), asked for by itself, or of all with one guide id (`epg`, lower case).

    Times are epoch seconds: `at` when it came, `fresh_until` when what runs now should be asked for again, `day_until`
    the same for the whole table of a channel.
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
    """A title that programmes have. `fold` is what is searched."""

    id = IntegerField(primary_key=True)
    title = TextField()
    fold = TextField()

    class Meta:
        table_name = "programme_title"


class GuideProgramme(Model):
    """One entry of a guide; `title` is a key of `programme_title`."""

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
    """How the last sync of one part went; `held_keys` are the items whose removal waits for a confirmation."""

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
    """One sync. `summary` is JSON text: part → counts; `reason` says in plain words why it did not complete."""

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
    """One line of the change list. `fields` is JSON text: {"name": [old, new]}."""

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
    """Facts of the file: its revision, the account as last seen, whether the text index is complete."""

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
