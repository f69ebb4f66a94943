"""The item field table: what is known of channels, movies and series, declared once for all that is derived from it.

A field is an attribute of one of the classes below, declared with `_field`. Which class says where it is found:

- `ItemFacts`: said of an item by its list; in `Item`.
- `ShortFacts`: said of a title by its list or its details, shown in lists; in `Item` and `Details`.
- `LongFacts`: the same, shown only of one title in full; in `FullItem` and `Details`.
- `DetailFacts`: said by the details alone.

Derived are how rows and details are read (`xtream.rows`), columns, statements and what details fill in (`store`), the
details pane, `show`, and the documents of `--json` and of exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields, make_dataclass
from typing import Any, Final, Literal, TypeVar, get_type_hints

from tui_app.catalog.rows import Kind

T = TypeVar("T")
_ITEM_FIELD: Final = "item field"
_CHANNEL: Final = (Kind.CHANNEL,)
_MOVIE: Final = (Kind.MOVIE,)
_TITLES: Final = (Kind.MOVIE, Kind.SERIES)
_LISTED: Final = (Kind.CHANNEL, *_TITLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemField:
    """Everything said of one field. `name`, `type` and `default` are those of its attribute."""

    name: str = ""
    type: Any = None
    default: Any = None
    kinds: tuple[Kind, ...] = _TITLES
    #: The panel's names for it, in lists and details, the most trusted first.
    wire: tuple[str, ...] = ()
    series_wire: tuple[str, ...] = ()  # where a series has others
    #: How a value is read: a name of `xtream.rows.READERS`. "": together with others, see `xtream.rows`.
    read: str = ""
    #: Its column: in the table of the kind, or in its table of texts, which keeps list rows narrow. "": none.
    table: Literal["", "item", "text"] = ""
    #: Whether an unknown value is stored as 0, as covering indexes need it.
    is_zero_unknown: bool = False
    #: Bit of an item's `flags` that marks a value from the details. Stored: never change one, take the next.
    filled_bit: int = 0
    #: In the details pane and in `show`. "": not shown by itself.
    label: str = ""
    #: How it is shown, and where the pane has it: below the name, or among what describes the title or the file.
    shown_as: Literal["text", "number", "rating", "length", "trailer"] = "text"
    section: Literal["line", "title", "file"] = "title"
    #: Whether its first value is no change worth telling: programs before this field did not read it.
    is_silent: bool = False
    #: In JSON and CSV; as `name` unless said. Titles have all their fields in `show --json`.
    key: str = ""
    documents: Literal["", "list", "export"] = ""  # "list": in lists and exports
    meaning: str = ""  # in the JSON Schema
    least: float | None = None
    most: float | None = None

    @property
    def value_type(self) -> type[Any]:
        """Return the type of a known value."""
        return next(one for one in getattr(self.type, "__args__", (self.type,)) if one is not type(None))

    def wire_of(self, kind: Kind) -> tuple[str, ...]:
        return self.series_wire or self.wire if kind is Kind.SERIES else self.wire


def _field(default: T = None, **said: Any) -> T:  # type: ignore[assignment]  # None fits each declaration below
    """Declare a field; `said` are fields of `ItemField`."""
    declared: T = field(default=default, metadata={_ITEM_FIELD: said})
    return declared


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """What a list says of an item of any kind."""

    number: int | None = _field(
        kinds=_CHANNEL, wire=("num",), read="number", table="item", documents="list", meaning="Of a channel."
    )
    added: int | None = _field(  # for series, the last change
        kinds=_LISTED, wire=("added",), series_wire=("last_modified",), read="moment", documents="list",
        meaning="When it was added (series: last changed); JSON: seconds since 1970, CSV: 2026-11-22T18:30:00Z.",
    )  # fmt: skip
    archive_days: int = _field(  # 0 = no catch-up
        0, kinds=_CHANNEL, wire=("tv_archive", "tv_archive_duration"), read="archive", table="item", key="catchup_days",
        documents="list", least=0, meaning="How many days back a channel can be watched; 0: not at all.",
    )  # fmt: skip
    epg_id: str | None = _field(kinds=_CHANNEL, wire=("epg_channel_id",), read="short", table="item")
    is_separator: bool = _field(
        False, kinds=_LISTED, key="separator", documents="list", meaning="True for rows that only part a channel list."
    )
    is_radio: bool = _field(
        False, kinds=_CHANNEL, wire=("stream_type",), read="radio", key="radio", documents="list",
        meaning="True for radio stations.",
    )  # fmt: skip
    is_adult: bool | None = _field(kinds=_LISTED, wire=("is_adult",))
    language: str | None = _field(  # both read from what is stored: the title's tags, or its category
        kinds=_LISTED, documents="list",
        meaning="Code of the language by the tags of the title, otherwise of its category: en; several: de, en.",
    )  # fmt: skip
    quality: str | None = _field(
        kinds=_LISTED, documents="list",
        meaning="Quality by the tags of the title, otherwise of its category: 4k, hd, ...; several: 4k, hdr.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ShortFacts:
    """What lists show of a title."""

    year: int | None = _field(
        wire=("year",), read="year", table="item", is_zero_unknown=True, filled_bit=1 << 5,
        shown_as="number", label="Year", section="line", documents="list", meaning="Of release.",
    )  # fmt: skip
    rating: float | None = _field(  # 0 < rating <= 10
        wire=("rating", "rating_5based"), read="rating", table="item", is_zero_unknown=True, filled_bit=1 << 6,
        label="Rating", shown_as="rating", section="line", documents="list", least=0, most=10,
        meaning="0 to 10; null: not known.",
    )  # fmt: skip
    genre: str | None = _field(
        wire=("genre",), read="line", table="text", filled_bit=1 << 10, label="Genre", section="line",
        documents="list", meaning="Genres, as the provider writes them.",
    )  # fmt: skip
    duration_s: int | None = _field(  # of a series, usual duration of an episode
        wire=("duration_secs", "duration", "episode_run_time", "episode_runtime", "runtime"), read="duration",
        table="text", filled_bit=1 << 12, label="Length", shown_as="length", section="line",
        documents="list", meaning="Length in seconds.",
    )  # fmt: skip
    container: str | None = _field(  # used in addresses as sent
        kinds=_MOVIE, wire=("container_extension",), read="container", table="item",
        label="Container", section="file", documents="list", meaning="mkv, mp4, ...",
    )  # fmt: skip
    country: str | None = _field(
        wire=("country",), read="short", table="text", filled_bit=1 << 13, label="Country", is_silent=True,
        documents="list", meaning="Where it was made, as the provider writes it.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LongFacts:
    """What is shown of one title in full."""

    plot: str | None = _field(
        wire=("plot", "description", "overview"), read="paragraphs", table="text", filled_bit=1 << 7
    )
    cast: str | None = _field(wire=("cast", "actors"), read="line", table="text", filled_bit=1 << 8, label="Cast")
    director: str | None = _field(wire=("director",), read="line", table="text", filled_bit=1 << 9, label="Director")
    released: str | None = _field(
        wire=(
            *("release_date", "releaseDate", "releasedate", "released", "air_date", "first_air_date"),
            *("premiere", "premiered", "premiere_date"),
        ),
        read="released", table="text", filled_bit=1 << 11, label="Released",
    )  # fmt: skip
    trailer: str | None = _field(
        wire=("trailer", "youtube_trailer"), read="trailer", table="item",
        label="Trailer", shown_as="trailer", section="file", meaning="An id of YouTube.",
    )  # fmt: skip
    tmdb: int | None = _field(
        wire=("tmdb", "tmdb_id"), read="positive", table="item", meaning="Its id at themoviedb.org."
    )
    backdrop: str | None = _field(  # the first address that can be read
        wire=("backdrop_path",), read="picture", table="text", filled_bit=1 << 14, label="Backdrop", section="file",
        is_silent=True, documents="export", meaning="Address of a wide picture.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DetailFacts:
    """What only the details of a title say."""

    age: str | None = _field(wire=("age", "mpaa_rating"), read="short", label="Age")
    video: str | None = _field(wire=("video",), read="video", label="Picture", section="file")  # "1920x1080 h264"
    audio: str | None = _field(wire=("audio",), read="audio", label="Sound", section="file")  # "aac 2ch"
    subtitles: str | None = _field(wire=("subtitles", "subtitle"), read="languages", label="Subtitles", section="file")


def _assigned(declared: type[T]) -> type[T]:
    """Return a class like a frozen one whose constructor just assigns, to slots: half the cost.

    A sync makes 150,000 rows. To mypy they stay frozen.
    """
    copies = [(one.name, one.type, field(default=one.default, metadata=one.metadata)) for one in fields(declared)]  # type: ignore[arg-type]
    words = {"__doc__": declared.__doc__, "__module__": declared.__module__}
    return make_dataclass(declared.__name__, copies, namespace=words, kw_only=True, slots=True)


@_assigned
@dataclass(frozen=True, kw_only=True)
class ItemRow(ItemFacts, ShortFacts, LongFacts):
    """One item as cleaned from a panel's list. What its kind does not have is None.

    `wire_id` is the id as sent, set only if it differs from the canonical `id`.
    """

    id: str = ""
    name: str = ""  # of a title, the panel's `title`, or its `name`
    wire_id: str | None = None
    other_name: str | None = None  # the panel's `name`, if its `title` is displayed
    category_ids: tuple[str, ...] = ()  # the first is primary; empty = no category
    icon: str | None = _field(
        kinds=_LISTED, wire=("stream_icon", "cover", "movie_image", "cover_big"),
        series_wire=("cover", "stream_icon", "cover_big"), read="picture", table="item", key="logo",
        documents="export", meaning="Address of a logo or cover.",
    )  # fmt: skip


def item_fields(source: type[Any]) -> tuple[ItemField, ...]:
    """Return the fields that a class declares or inherits, in the order of the table."""
    types = get_type_hints(source)
    return tuple(_completed(one, types) for one in fields(source) if _ITEM_FIELD in one.metadata)


def _completed(one: Field[Any], types: dict[str, Any]) -> ItemField:
    said = {"key": one.name, **one.metadata[_ITEM_FIELD]}
    return ItemField(name=one.name, type=types[one.name], default=one.default, **said)


#: Fields of list rows. Every one with a column is stored under its name.
ROW_FIELDS: Final = item_fields(ItemRow)
#: How all fields of rows are read and stored: another text when a field is added or changed.
FIELDS_READ: Final = repr([(one.name, one.wire, one.series_wire, one.read, one.table) for one in ROW_FIELDS])
#: Fields of titles, in the order in which they are shown.
TITLE_FIELDS: Final = tuple(one for source in (LongFacts, ShortFacts, DetailFacts) for one in item_fields(source))
#: What lists say, in JSON, and what exports say besides.
LIST_FIELDS: Final = tuple(one for one in ROW_FIELDS if one.documents == "list")
EXPORT_FIELDS: Final = tuple(one for one in ROW_FIELDS if one.documents == "export")


#: Of a list of names that is read: hostile ones are longer.
_LONGEST_NAMES: Final = 2_000
_NAMES_END: Final = str.maketrans("/;|", ",,,")


def names_in(text: str | None) -> list[str]:
    """Return the people or genres in a text, each once: "Comedy / War" → ["Comedy", "War"]."""
    names = (text or "")[:_LONGEST_NAMES].translate(_NAMES_END).split(",")
    return list(dict.fromkeys(name for name in map(str.strip, names) if any(map(str.isalnum, name))))


def labelled_fields(section: str) -> Iterator[ItemField]:
    """Return the fields that the details pane shows in a section."""
    return (one for one in TITLE_FIELDS if one.label and one.section == section)


def document_fields(kind: Kind) -> tuple[ItemField, ...]:
    """Return what `show --json` says of a title of this kind: all that lists may say of one."""
    alone = item_fields(DetailFacts)
    return tuple(one for one in TITLE_FIELDS if kind in one.kinds and one not in alone)
