"""Convert clean rows to column values and stored rows to items: folded name, sort key, flags, category and genre keys.

Runs once per item of a sync, so it is optimised. Genres are numbered per kind in order of appearance; the first 62 are
bits of a mask in the item's row, later ones are rows of `item_genre`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, TypeVar

from tui_app.catalog import ChannelRow, Details, Item, ItemRow, Kind, MovieRow, SeriesRow
from tui_app.store.connection import FoundDamage
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.categories import CategoryKeys
from tui_app.store.keys import ItemKeys
from tui_app.store.models import ADULT, ADULT_KNOWN, RADIO, SEPARATOR
from tui_app.text import TitleParts, category_is_adult, fold, plausible_year, sort_key, split_title
from tui_app.text.clean import LONGEST_TEXT

MASK_BITS: Final = 62
_MEMO_LIMIT: Final = 20_000
# not "&": "Action & Adventure" is one genre
_BETWEEN = re.compile(r"[,/|;•]")


def genre_names(text: str | None) -> list[str]:
    """Return the genres in a text, in order, without duplicates."""
    if not text:
        return []
    parts = (part.strip() for part in _BETWEEN.split(text[:LONGEST_TEXT]))
    return list(dict.fromkeys(name for name in parts if name))


class GenreKeys:
    """The genres of one kind, for writing: numbers new ones. Requires one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        self._numbers: dict[str, int] | None = None
        self._memo: dict[str, tuple[int, tuple[int, ...]]] = {}

    def mask_and_rest(self, text: str | None) -> tuple[int, tuple[int, ...]]:
        """Return the bit mask of a genre text, and the numbers of its genres beyond the mask."""
        if not text:
            return 0, ()
        known = self._memo.get(text)
        if known is None:
            known = self._number(text)
            if len(self._memo) < _MEMO_LIMIT:
                self._memo[text] = known
        return known

    def _number(self, text: str) -> tuple[int, tuple[int, ...]]:
        mask = 0
        rest: list[int] = []
        for name in genre_names(text):
            number = self._number_of(name)
            if number is None:
                continue
            if number < MASK_BITS:
                mask |= 1 << number
            elif number not in rest:
                rest.append(number)
        return mask, tuple(rest)

    def _number_of(self, name: str) -> int | None:
        if self._numbers is None:
            rows = self._database.rows("SELECT fold, number FROM genre WHERE kind = ?", (self._kind.value,))
            self._numbers = dict(rows)
        folded = fold(name)
        if not folded:
            return None
        number = self._numbers.get(folded)
        if number is None:
            number = len(self._numbers)
            self._numbers[folded] = number
            self._database.run(
                "INSERT INTO genre(kind, number, fold, name) VALUES (?, ?, ?, ?)",
                (self._kind.value, number, folded, name),
            )
        return number


_PREFIX_HINTS: Final = frozenset("-:|┃[(")
_CENTURIES: Final = frozenset(("18", "19", "20"))
_PLAIN_ENDINGS: Final = frozenset("abcdefghijklmnoqrstuvwxyzéèàíóáñç!?.")  # not "p": 1080p


class ItemValues(NamedTuple):
    """The values of one row, in column order. `text` is the row of the text table, or None."""

    key: int
    row: tuple[Any, ...]
    text: tuple[Any, ...] | None
    more_categories: tuple[int, ...]
    more_genres: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyMaps:
    """The key maps of a kind (items, categories, genres) for one transaction."""

    keys: ItemKeys
    categories: CategoryKeys
    genres: GenreKeys

    @classmethod
    def open(cls, database: LibraryDatabase, kind: Kind) -> KeyMaps:
        return cls(ItemKeys(database, kind), CategoryKeys(database, kind), GenreKeys(database, kind))


def _parts(name: str) -> TitleParts | None:
    """Return the parts of a title, None if it surely has no decorations.

    Splitting costs 2 to 4 µs per name and is rarely needed.
    """
    last = name[-1:]
    if last in _PLAIN_ENDINGS:
        return None if _PREFIX_HINTS.isdisjoint(name[:9]) else split_title(name)
    if last == ")" and _has_plain_year(name):
        return TitleParts(name[:-7], "", "", plausible_year(int(name[-5:-1])))
    return split_title(name)


def _has_plain_year(name: str) -> bool:
    """Whether only a year has to be split off: `Some Title (1926)`."""
    return (
        name[-7:-5] == " ("
        and name[-5:-3] in _CENTURIES
        and name[-3:-1].isdigit()
        and name.isascii()
        and name[-8:-7] in _PLAIN_ENDINGS
        and _PREFIX_HINTS.isdisjoint(name[:9])
    )


def _alias(folded: str, parts: TitleParts | None, other_name: str | None) -> str:
    """Return the folded other name or bare title; '' if it adds nothing to the name."""
    if other_name:
        other_parts = _parts(other_name)
        alias = fold(other_parts.title if other_parts else other_name)
        if alias and alias != folded:
            return alias
    if parts is None:
        return ""
    alias = fold(parts.title)
    return "" if alias == folded else alias


def _flags(row: ItemRow) -> int:
    flags = SEPARATOR if row.is_separator else 0
    if row.is_adult is not None:
        flags |= ADULT_KNOWN | (ADULT if row.is_adult else 0)
    return flags


def channel_values(row: ChannelRow, position: int, key_maps: KeyMaps) -> ItemValues:
    """Return the values of a channel. `direct_source` is a secret and not stored."""
    folded = fold(row.name)
    parts = _parts(row.name)
    category, more_categories = key_maps.categories.keys(row.category_ids)
    key = key_maps.keys.key(row.id)
    values = (
        key,
        row.name,
        folded,
        _alias(folded, parts, None) if parts else "",
        max(row.added or 0, 0),
        _flags(row) | (RADIO if row.is_radio else 0),
        row.wire_id,
        sort_key(folded),
        category,
        position,
        row.icon,
        parts.language if parts else "",
        parts.quality if parts else "",
        row.number,
        row.archive_days,
        row.epg_id,
    )
    return ItemValues(key, values, None, more_categories, ())


def movie_values(row: MovieRow, position: int, key_maps: KeyMaps) -> ItemValues:
    return _title_values(row, row.added, position, key_maps, (row.container,))


def series_values(row: SeriesRow, position: int, key_maps: KeyMaps) -> ItemValues:
    return _title_values(row, row.last_modified, position, key_maps, ())


def _title_values(
    row: MovieRow | SeriesRow, added: int | None, position: int, key_maps: KeyMaps, tail: tuple[Any, ...]
) -> ItemValues:
    folded = fold(row.name)
    parts = _parts(row.name)
    other_name = row.other_name
    category, more_categories = key_maps.categories.keys(row.category_ids)
    mask, more_genres = key_maps.genres.mask_and_rest(row.genre) if row.genre else (0, ())
    key = key_maps.keys.key(row.id)
    values = (
        key,
        row.name,
        folded,
        _alias(folded, parts, other_name) if parts or other_name else "",
        max(added or 0, 0),
        _flags(row),
        row.wire_id,
        sort_key(folded),
        category,
        position,
        row.icon,
        parts.language if parts else "",
        parts.quality if parts else "",
        row.year or (parts.year if parts else None) or 0,
        row.rating or 0.0,
        mask,
        row.tmdb,
        row.trailer,
        *tail,
    )
    text = (key, row.plot, row.cast, row.director, row.genre, row.released, row.duration_s)
    has_text = any(text[1:])
    return ItemValues(key, values, text if has_text else None, more_categories, more_genres)


MAKERS: Final[dict[Kind, Callable[[Any, int, KeyMaps], ItemValues]]] = {
    Kind.CHANNEL: channel_values,
    Kind.MOVIE: movie_values,
    Kind.SERIES: series_values,
}


_TITLE_COLUMNS: Final = "t.id, t.name, t.flags, t.added, t.category, t.year, t.rating, x.genre, x.duration_s"
#: By kind; each row starts with the key.
_ITEM_COLUMNS: Final = {
    Kind.CHANNEL: "t.id, t.name, t.flags, t.added, t.category, t.number, t.archive_days, t.epg_id",
    Kind.MOVIE: f"{_TITLE_COLUMNS}, t.container",
    Kind.SERIES: f"{_TITLE_COLUMNS}, NULL",
    Kind.EPISODE: "t.id, t.name, t.flags, t.added, t.series, t.season, t.number, t.rating, t.duration_s, "
    "t.container, s.name",
}
_ITEM_TABLES: Final = {
    Kind.CHANNEL: "channel t",
    Kind.MOVIE: "movie t LEFT JOIN movie_text x ON x.id = t.id",
    Kind.SERIES: "series t LEFT JOIN series_text x ON x.id = t.id",
    Kind.EPISODE: "episode t LEFT JOIN series s ON s.id = t.series",
}


def _further_category(kind: Kind) -> str:
    """Return SQL for the name of an item's first listed further category; NULL if the primary one is listed."""
    return (
        "CASE WHEN EXISTS (SELECT 1 FROM category c WHERE c.key = t.category AND c.listed = 1) THEN NULL ELSE "
        "(SELECT c.name FROM item_category m JOIN category c ON c.key = m.category WHERE m.kind = "
        f"'{kind.value}' AND m.item = t.id AND c.listed = 1 ORDER BY c.position, c.key LIMIT 1) END"
    )


#: By kind; ends with the name of a further category, which episodes have not. The parameter is a JSON list of keys.
ITEM_SQL: Final = {
    kind: f"SELECT {columns}, {'NULL' if kind is Kind.EPISODE else _further_category(kind)} "
    f"FROM {_ITEM_TABLES[kind]} WHERE t.id IN (SELECT value FROM json_each(?))"
    for kind, columns in _ITEM_COLUMNS.items()
}
#: What else is stored of one item, by name: the same for all kinds, NULL where a kind has no such thing.
MORE_COLUMNS: Final = tuple("wire_id further plot cast director genre released duration_s trailer tmdb".split())
DETAIL_COLUMNS: Final = ("facts", "at", "stale")
_NO_TEXTS: Final = "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
_TEXTS: Final = (
    'x.plot, x."cast", x.director, x.genre, x.released, x.duration_s, t.trailer, t.tmdb, d.facts, d.at, d.stale'
)


def _full_sql(kind: Kind) -> str:
    """Return one statement for everything stored of an item except its seasons.

    The details pane executes it whenever the cursor rests.
    """
    further = f"(SELECT json_group_array(category) FROM item_category WHERE kind = '{kind.value}' AND item = t.id)"
    if kind in (Kind.MOVIE, Kind.SERIES):
        more, joined = _TEXTS, f" LEFT JOIN {kind.value}_details d ON d.id = t.id"
    else:
        more, joined = f"{'t.plot' if kind is Kind.EPISODE else 'NULL'}, {_NO_TEXTS}", ""
    columns = f"{_ITEM_COLUMNS[kind]}, NULL, t.wire_id, {further}, {more}"
    return f"SELECT {columns} FROM {_ITEM_TABLES[kind]}{joined} WHERE t.id = ?"


#: By kind: the columns of an item, then `MORE_COLUMNS` and `DETAIL_COLUMNS`. The parameter is a key.
FULL_SQL: Final = {kind: _full_sql(kind) for kind in Kind}


def _adult(flags: int, category: str) -> bool | None:
    """Return the item's flag, otherwise True if the category's name says so, otherwise None."""
    if flags & ADULT_KNOWN:
        return bool(flags & ADULT)
    return True if category_is_adult(category) else None


def channel_item(kind: Kind, row: Sequence[Any], id: str, category: str) -> Item:
    _, name, flags, added, _, number, archive_days, epg_id, _ = row
    return Item(
        kind,
        id,
        name,
        number=number,
        added=added or None,
        category=category,
        is_separator=bool(flags & SEPARATOR),
        is_radio=bool(flags & RADIO),
        is_adult=_adult(flags, category),
        archive_days=archive_days,
        epg_id=epg_id,
    )


def title_item(kind: Kind, row: Sequence[Any], id: str, category: str) -> Item:
    _, name, flags, added, _, year, rating, genre, duration_s, container, _ = row
    return Item(
        kind,
        id,
        name,
        year=year or None,
        rating=rating or None,
        genre=genre,
        added=added or None,
        category=category,
        is_separator=bool(flags & SEPARATOR),
        is_adult=_adult(flags, category),
        container=container,
        duration_s=duration_s,
    )


def episode_item(row: Sequence[Any], id: str, series_id: str) -> Item:
    _, name, _, added, _, season, number, rating, duration_s, container, series_name, _ = row
    return Item(
        Kind.EPISODE,
        id,
        name,
        rating=rating or None,
        added=added or None,
        container=container,
        duration_s=duration_s,
        season=season,
        episode=number,
        series_id=series_id,
        series_name=series_name,
    )


def with_details(item: Item, details: Details, best: dict[str, Any]) -> Item:
    """Return the list row supplemented with details."""
    return replace(
        item,
        year=details.year or item.year,
        rating=details.rating or item.rating,
        genre=best["genre"],
        duration_s=best["duration_s"],
        container=details.container or item.container,
    )


Made = TypeVar("Made")


def read_json(text: str, make: Callable[[Any], Made], what: str) -> Made:
    """Parse stored JSON with `make`. Raises `FoundDamage` naming `what`, because only this program writes it."""
    try:
        return make(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FoundDamage(f"{what} can't be read") from error
