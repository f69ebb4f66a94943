"""Peewee models of the items of a library: channels, movies, series, episodes, their texts, details and categories.

Models are the only definition of tables and indexes (also `sync_models`, `search_models`); a changed one
needs a migration. Models are not bound to a database, as several libraries may be open: a query is given to one
(`database.rows(Category.select())`).

Every index of a listed kind contains the columns used by filters, so that the ids of a list are read from one index
alone. Queries name their index, as SQLite's planner chooses badly for a filter combined with a sort order.
"""

from __future__ import annotations

from typing import Any, Final

from peewee import SQL, CompositeKey, FloatField, IntegerField, Model, ModelIndex, TextField

from tui_app.catalog import Kind
from tui_app.catalog.fields import ROW_FIELDS
from tui_app.store.database import add_field, table_name

#: Bits of an item's `flags` column.
SEPARATOR: Final = 1
RADIO: Final = 2
ADULT_KNOWN: Final = 4
ADULT: Final = 8
NUMBER_INFERRED: Final = 16
#: The higher bits hold the number of further episode numbers of a file.
SPAN_SHIFT: Final = 8


class Table(Model):
    """A table whose columns hold values of their type only."""

    class Meta:
        strict_tables = True
        legacy_table_names = False  # SyncRun is `sync_run`


class LibraryItem(Table):
    """Columns of channels, movies, series and episodes.

    `id` is the key (see `keys`). `fold` is the folded name, `sort_key` its sort key, `alias` (attribute `other`)
    the folded bare title or other name, '' if equal. Unknown numbers are 0, so that covering indexes need no NULLs;
    only a channel's number may really be 0. `spelled` holds further forms of both names for the search (see
    `text.spelled`).
    """

    id = IntegerField(primary_key=True)
    name = TextField()
    fold = TextField()
    other = TextField(column_name="alias")  # `alias` is a method of every model
    added = IntegerField()
    flags = IntegerField()
    wire_id = TextField(null=True)
    sort_key = TextField(constraints=[SQL("DEFAULT ''")])
    spelled = TextField(constraints=[SQL("DEFAULT ''")])


class ListedItem(LibraryItem):
    """Columns of the three listed kinds: primary category (key, 0: none) and sparse list position.

    Those of the item field table are added below.
    """

    category = IntegerField()
    position = IntegerField()
    language = TextField()
    quality = TextField()


class Channel(ListedItem):
    """A channel; `number` may be 0."""

    # what queries name
    number: IntegerField
    archive_days: IntegerField
    epg_id: TextField


class Title(ListedItem):
    """Columns of movies and series. `genres` has one bit for each of the kind's first 62 genres.

    `title_key` is the same for versions of one title (see `lists.versions`), `title_year` the year in its name if no
    other is known, which may be part of the title.
    """

    genres = IntegerField()
    title_key = IntegerField(constraints=[SQL("DEFAULT 0")])
    title_year = IntegerField(constraints=[SQL("DEFAULT 0")])


class Movie(Title):
    """A movie."""


class Series(Title):
    """A series; its `added` is when the panel last changed it."""


class Episode(LibraryItem):
    series = IntegerField()
    season = IntegerField()
    number = IntegerField()
    rating = FloatField()
    container = TextField(null=True)
    duration_s = IntegerField(null=True)
    released = TextField(null=True)
    plot = TextField(null=True)


class TitleText(Table):
    """Long texts of a title, in a separate table to keep list rows narrow. No row if there are none."""

    id = IntegerField(primary_key=True)


class MovieText(TitleText):
    """Texts of a movie."""


class SeriesText(TitleText):
    """Texts of a series."""


def _add_columns(model: type[Model], kind: Kind, table: str) -> None:
    """Add the columns of the item field table to a model. One without NULL has 0 for an unknown value."""
    for one in ROW_FIELDS:
        if one.table == table and kind in one.kinds:
            column = _COLUMN_TYPES[one.value_type](null=not one.is_zero_unknown and one.default is None)
            add_field(model, one.name, column)


_COLUMN_TYPES: Final = {int: IntegerField, float: FloatField, str: TextField}
for _model, _kind, _table in (
    *((Channel, Kind.CHANNEL, "item"), (Movie, Kind.MOVIE, "item"), (Series, Kind.SERIES, "item")),
    *((MovieText, Kind.MOVIE, "text"), (SeriesText, Kind.SERIES, "text")),
):
    _add_columns(_model, _kind, _table)


class Category(Table):
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
        constraints = [SQL("UNIQUE(kind, id)")]


class ItemCategory(Table):
    """A further category of an item; the primary one is in the item's row.

    Key columns first: SQLite 3.40's integrity check fails for a table without rowid whose key is out of order.
    """

    category = IntegerField()
    item = IntegerField()
    kind = TextField()

    class Meta:
        primary_key = CompositeKey("category", "item")
        without_rowid = True


class Genre(Table):
    """A genre of one kind. Numbers below 62 are bits of the mask, others have rows in `item_genre`."""

    kind = TextField()
    number = IntegerField()
    fold = TextField()
    name = TextField()

    class Meta:
        constraints = [SQL("UNIQUE(kind, fold)")]
        primary_key = CompositeKey("kind", "number")
        without_rowid = True


class ItemGenre(Table):
    kind = TextField()
    genre = IntegerField()
    item = IntegerField()

    class Meta:
        primary_key = CompositeKey("kind", "genre", "item")
        without_rowid = True


class TitleDetails(Table):
    """Fetched details as JSON (without seasons). `stale` is set if the item changed in the list since."""

    id = IntegerField(primary_key=True)
    at = IntegerField()
    stale = IntegerField()
    facts = TextField()


class MovieDetails(TitleDetails):
    """Movie details."""


class SeriesDetails(TitleDetails):
    """Series details; `named` holds the folded names of the series at the time of the fetch, one per line."""

    named = TextField(constraints=[SQL("DEFAULT ''")])


class FormerEpisode(Table):
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
        primary_key = CompositeKey("series", "id")
        without_rowid = True


class Season(Table):
    series = IntegerField()
    number = IntegerField()
    name = TextField()
    overview = TextField(null=True)
    released = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("series", "number")
        without_rowid = True


def add_index(model: type[Model], serves: str, columns: str, **options: Any) -> None:
    """Add an index to a model, named by what it serves."""
    fields = [SQL(column) for column in columns.split(", ")]
    name = f"{table_name(model)}_{serves}"
    model.add_index(ModelIndex(model, fields, name=name, **options))


for _item in (Channel, Movie, Series, Episode):
    add_index(_item, "alias", "alias, id", where=_item.other != "")
for _title in (Movie, Series):
    add_index(_title, "name", "sort_key, id, category, year, rating, genres, added, language, quality")
    # positions are unique
    add_index(_title, "position", "position, id, category, year, rating, genres, added, language, quality")
    add_index(_title, "category", "category, position, id, year, rating, genres, added, language, quality")
    add_index(_title, "added", "added DESC, sort_key, id, category, year, rating, genres, language, quality")
    add_index(_title, "rating", "rating DESC, sort_key, id, category, year, genres, added, language, quality")
    add_index(_title, "year", "year DESC, sort_key, id, category, rating, genres, added, language, quality")
    add_index(_title, "title", "title_key, year, title_year, tmdb, id")
    add_index(_title, "tmdb", "tmdb", where=SQL("tmdb IS NOT NULL"))
    _rest = "id, category, year, rating, genres, added"
    add_index(_title, "language", f"language, {_rest}, quality", where=_title.language != "")
    add_index(_title, "quality", f"quality, {_rest}, language", where=_title.quality != "")
add_index(Channel, "name", "sort_key, id, category, archive_days, added, language, quality")
add_index(Channel, "number", "number, sort_key, id, category, archive_days, added, language, quality")
add_index(Channel, "category", "category, number, sort_key, id, archive_days, added, language, quality")
add_index(Channel, "position", "position, id")  # used by the sync only
add_index(Channel, "added", "added DESC, sort_key, id, category, archive_days, language, quality")
add_index(Channel, "language", "language, id, category, archive_days, added, quality", where=Channel.language != "")
add_index(Channel, "quality", "quality, id, category, archive_days, added, language", where=Channel.quality != "")
add_index(Channel, "epg", "lower(epg_id)", where=Channel.epg_id.is_null(False))
add_index(Episode, "name", "sort_key, id")
add_index(Episode, "series", "series, season, number, id")
add_index(Episode, "added", "added DESC, sort_key, id")
add_index(ItemCategory, "item", "kind, item")
add_index(ItemGenre, "item", "kind, item")  # to delete an item's genres without scanning all of its kind
add_index(FormerEpisode, "id", "id")

#: Without the guide; with `EPG_MODELS`, `sync_models` and `search_models` they are all of a library.
MODELS: Final[tuple[type[Model], ...]] = (
    *(Channel, Movie, Series, Episode, MovieText, SeriesText),
    *(Category, ItemCategory, Genre, ItemGenre),
    *(MovieDetails, SeriesDetails, Season, FormerEpisode),
)

LISTED_MODELS: Final[dict[Kind, type[ListedItem]]] = {Kind.CHANNEL: Channel, Kind.MOVIE: Movie, Kind.SERIES: Series}
TEXT_MODELS: Final[dict[Kind, type[TitleText]]] = {Kind.MOVIE: MovieText, Kind.SERIES: SeriesText}
DETAILS_MODELS: Final[dict[Kind, type[TitleDetails]]] = {Kind.MOVIE: MovieDetails, Kind.SERIES: SeriesDetails}
ITEM_MODELS: Final[dict[Kind, type[LibraryItem]]] = {
    Kind.CHANNEL: Channel,
    Kind.MOVIE: Movie,
    Kind.SERIES: Series,
    Kind.EPISODE: Episode,
}


class Guide(Table):
    """The EPG of one `channel` (key), or of all channels with one EPG id (`epg`, lower case).

    Times are epoch seconds: `at` of the fetch, `fresh_until` for now and next, `day_until` for the whole table.
    """

    key = IntegerField(primary_key=True)
    channel = IntegerField(null=True, constraints=[SQL("UNIQUE")])
    epg = TextField(null=True, constraints=[SQL("UNIQUE")])
    at = IntegerField()
    fresh_until = IntegerField()
    day_until = IntegerField()


class ProgrammeTitle(Table):
    """A distinct programme title. `fold` is searched."""

    id = IntegerField(primary_key=True)
    title = TextField(constraints=[SQL("UNIQUE")])
    fold = TextField()


class GuideProgramme(Table):
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


add_index(GuideProgramme, "start", "guide, start", unique=True)
add_index(GuideProgramme, "title_start", "title, start, stop, guide")

EPG_MODELS: Final[tuple[type[Model], ...]] = (Guide, ProgrammeTitle, GuideProgramme)
