"""Convert clean rows to column values and stored rows to items: folded name, sort key, flags, category and genre keys.

Runs once per item of a sync, so it is optimised. Genres are numbered per kind in order of appearance; the first 62 are
bits of a mask in the item's row, later ones are rows of `item_genre`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar
from zlib import adler32, crc32

from tui_app.catalog import LISTED_KINDS, FullItem, Item, ItemRow, Kind
from tui_app.catalog.category_groups import language_and_quality
from tui_app.catalog.fields import ItemField, item_fields
from tui_app.store.connection import FoundDamage
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.categories import CategoryKeys
from tui_app.store.keys import ItemKeys
from tui_app.store.models import ADULT, ADULT_KNOWN, RADIO, SEPARATOR
from tui_app.store.schema import TABLES, TEXT_TABLE_COLUMNS
from tui_app.text import (
    TitleParts,
    category_is_adult,
    fold,
    other_spellings,
    plausible_year,
    sort_key,
    split_title,
    title_core,
)
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
    #: Returns the values of the kind's columns.
    columns: Callable[..., tuple[Any, ...]]
    has_texts: bool

    @classmethod
    def open(cls, database: LibraryDatabase, kind: Kind) -> KeyMaps:
        keys = ItemKeys(database, kind), CategoryKeys(database, kind), GenreKeys(database, kind)
        return cls(*keys, _COLUMN_VALUES[kind], TABLES[kind].has_texts)


#: Columns that are worked out. Each of the others has the field of its name.
_DERIVED: Final = tuple(
    "id fold alias added flags sort_key spelled category position language quality year rating genres title_key "
    "title_year".split()
)


def _column_values(kind: Kind) -> Callable[..., tuple[Any, ...]]:
    """Compile the function that puts a row and, by name, its derived columns in the order of its table."""
    values = (name if name in _DERIVED else f"row.{name}" for name in TABLES[kind].columns)
    made: Callable[..., tuple[Any, ...]] = eval(f"lambda row, {', '.join(_DERIVED)}: ({', '.join(values)})")
    return made


_COLUMN_VALUES: Final = {kind: _column_values(kind) for kind in LISTED_KINDS}


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


def _other_forms(name: str, folded: str, parts: TitleParts | None, other_name: str | None) -> tuple[str, str]:
    """Return the folded other name or bare title ('' if it adds nothing to the name), and other spellings of both."""
    bare = fold(parts.title) if parts else folded
    alias = ""
    if other_name:
        other_parts = _parts(other_name)
        alias = fold(other_parts.title if other_parts else other_name)
    if not alias or alias == folded:
        alias = "" if bare == folded else bare
    return alias, other_spellings(parts.title if parts else name, bare, alias)


def title_values(name: str, year: int | None) -> tuple[int, int]:
    """Return what stands for a title without its decorations, and the year in its name if no other is known.

    Two checksums make 48 bits: among a million titles hardly two agree, and their years must do so too.
    """
    core = title_core(name, year)
    title = core.title.encode()
    if not title:
        return 0, 0
    return crc32(title) << 16 | adler32(title) & 0xFFFF, 0 if year else core.year or 0


def _flags(row: ItemRow) -> int:
    flags = (SEPARATOR if row.is_separator else 0) | (RADIO if row.is_radio else 0)
    if row.is_adult is not None:
        flags |= ADULT_KNOWN | (ADULT if row.is_adult else 0)
    return flags


#: The values of a row for its table of texts, without the key.
text_values: Final[Callable[[ItemRow], tuple[Any, ...]]] = attrgetter(*TEXT_TABLE_COLUMNS[1:])


def values_of(row: ItemRow, position: int, key_maps: KeyMaps) -> ItemValues:
    """Return the values of a row: each column has the field of its name, but for those that are worked out here."""
    folded = fold(row.name)
    parts = _parts(row.name)
    alias, spellings = _other_forms(row.name, folded, parts, row.other_name)
    category, more_categories = key_maps.categories.keys(row.category_ids)
    mask, more_genres = key_maps.genres.mask_and_rest(row.genre) if row.genre else (0, ())
    key = key_maps.keys.key(row.id)
    year = row.year or (parts.year if parts else None)
    title_key, title_year = title_values(row.name, year) if key_maps.has_texts and not row.is_separator else (0, 0)
    values = key_maps.columns(
        row,
        id=key,
        fold=folded,
        alias=alias,
        added=max(row.added or 0, 0),
        flags=_flags(row),
        sort_key=sort_key(folded),
        spelled=spellings,
        category=category,
        position=position,
        language=parts.language if parts else "",
        quality=parts.quality if parts else "",
        year=year or 0,
        rating=row.rating or 0.0,
        genres=mask,
        title_key=title_key,
        title_year=title_year,
    )
    texts = text_values(row) if key_maps.has_texts else ()
    text = (key, *texts) if any(texts) else None
    return ItemValues(key, values, text, more_categories, more_genres)


#: Attributes of `Item` that are read from the item's own columns, and how.
_COMMON: Final = {"key": "t.id", "name": "t.name", "flags": "t.flags", "added": "nullif(t.added, 0)"}
_LISTED: Final = {"owner": "t.category", "language": "t.language", "quality": "t.quality"}


def _columns(kind: Kind, source: type[Any]) -> dict[str, str]:
    """Return name → SQL of the fields of a kind that a class declares."""
    here = (one for one in item_fields(source) if one.table and kind in one.kinds)
    return {one.name: _column(one) for one in here}


def _column(one: ItemField) -> str:
    column = f'{"t" if one.table == "item" else "x"}."{one.name}"'
    return f"nullif({column}, 0)" if one.is_zero_unknown else column


#: By kind: name → SQL. `key`, `flags` and `owner` (key of the primary category or of the series) are no attributes.
_ITEM_COLUMNS: Final = {
    **{kind: {**_COMMON, **_LISTED, **_columns(kind, Item)} for kind in LISTED_KINDS},
    Kind.EPISODE: {
        **_COMMON,
        "owner": "t.series",
        "season": "t.season",
        "episode": "t.number",
        "rating": "nullif(t.rating, 0)",
        "duration_s": "t.duration_s",
        "container": "t.container",
        "series_name": "s.name",
    },
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


class Select(NamedTuple):
    """A statement with the names of its columns."""

    sql: str
    names: tuple[str, ...]

    def named(self, row: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.names, row, strict=True))


# By hand: executed for each page and each rest of the cursor, with columns from the field table.
def _select(kind: Kind, more: Mapping[str, str], behind: str) -> Select:
    columns = {**_ITEM_COLUMNS[kind], **more}
    return Select(f"SELECT {', '.join(columns.values())} FROM {_ITEM_TABLES[kind]} {behind}", tuple(columns))


def _items(kind: Kind) -> Select:
    further = {} if kind is Kind.EPISODE else {"category": _further_category(kind)}
    return _select(kind, further, "WHERE t.id IN (SELECT value FROM json_each(?))")


def _full(kind: Kind) -> Select:
    """Return one statement for everything stored of an item except its seasons.

    The details pane executes it whenever the cursor rests.
    """
    categories = f"SELECT json_group_array(category) FROM item_category WHERE kind = '{kind.value}' AND item = t.id"
    icon = "NULL" if kind is Kind.EPISODE else "t.icon"
    more = {"wire_id": "t.wire_id", "icon": icon, "further": f"({categories})", **_columns(kind, FullItem)}
    joined = ""
    if TABLES[kind].has_texts:
        more |= {name: f"d.{name}" for name in ("facts", "at", "stale")}
        joined = f"LEFT JOIN {TABLES[kind].details_table} d ON d.id = t.id "
    elif kind is Kind.EPISODE:
        more["plot"] = "t.plot"
    return _select(kind, more, f"{joined}WHERE t.id = ?")


#: By kind: the items of a JSON list of keys. `category` is the name of a further one, if the primary is not listed.
ITEMS: Final = {kind: _items(kind) for kind in Kind}
#: By kind: all that is stored of one item. The parameter is a key.
FULL_ITEM: Final = {kind: _full(kind) for kind in Kind}


def _adult(flags: int, category: str) -> bool | None:
    """Return the item's flag, otherwise True if the category's name says so, otherwise None."""
    if flags & ADULT_KNOWN:
        return bool(flags & ADULT)
    return True if category_is_adult(category) else None


def item_of(kind: Kind, id: str, values: dict[str, Any], category: str | None, series_id: str | None = None) -> Item:
    """Return an item of its columns by name, as `ITEMS` selects them. `key`, `flags` and `owner` are taken out."""
    flags = values.pop("flags")
    del values["key"], values["owner"]
    if kind is Kind.EPISODE:  # whose flags mean something else
        return Item(kind, id, series_id=series_id, **values)
    values["language"], values["quality"] = language_and_quality(values["language"], values["quality"], category or "")
    return Item(
        kind,
        id,
        category=category,
        is_separator=bool(flags & SEPARATOR),
        is_radio=bool(flags & RADIO),
        is_adult=_adult(flags, category or ""),
        **values,
    )


Made = TypeVar("Made")


def read_json(text: str, make: Callable[[Any], Made], what: str) -> Made:
    """Parse stored JSON with `make`. Raises `FoundDamage` naming `what`, because only this program writes it."""
    try:
        return make(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FoundDamage(f"{what} can't be read") from error
