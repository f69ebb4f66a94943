"""Answers questions with items: pages of lists, rows by their keys, everything of one item. Catalogue values only."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from tui_app.catalog import UNCATEGORISED, Category, Details, FullItem, Item, Kind, Page, Query
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.categories import with_counts
from tui_app.store.items.codec import ITEM_SQL, channel_item, episode_item, title_item, with_details
from tui_app.store.items.genres import MASK_BITS
from tui_app.store.keys import provider_ids
from tui_app.store.lists.category_counts import count_categories
from tui_app.store.lists.lists import Lists
from tui_app.store.query_cache import Memory
from tui_app.store.schema import TABLES
from tui_app.store.write.details import get_details, item_key

DETAILS_FRESH_S: Final = 86_400


class Reads:
    """The questions of one library. Safe for several threads, each on its own connection."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database
        self.memory = Memory(database)
        #: The keys of lists, how many there are, and where one stands.
        self.lists = Lists(database, self.memory)

    # --------------------------------------------------------------------------------------------------- lists
    def page(self, query: Query, *, limit: int | None = 100, offset: int = 0) -> Page:
        """Some rows of a view, and how many there are in all. `limit` None: all from `offset` on."""
        offset = max(offset, 0)
        with self.memory.one_state():
            total = self.lists.count(query)
            stop = total if limit is None else min(total, offset + max(limit, 0))
            items = self.items_by_keys(query.kind, self.lists.keys(query, offset, stop))
        return Page(total, items, offset)

    # --------------------------------------------------------------------------------------------------- items
    def items_by_keys(self, kind: Kind, keys: Sequence[int]) -> tuple[Item, ...]:
        """The items of keys, in their order; keys that are gone are left out."""
        if not keys:
            return ()
        rows = self._database.rows(ITEM_SQL[kind], (json.dumps(list(keys)),))
        ids = provider_ids(self._database, kind, [row[0] for row in rows])
        if kind is Kind.EPISODE:
            series_ids = provider_ids(self._database, Kind.SERIES, [row[4] for row in rows])
            found = {row[0]: episode_item(row, ids[row[0]], series_ids[row[4]]) for row in rows}
        else:
            names = self._names_of_categories(kind, rows)
            make = channel_item if kind is Kind.CHANNEL else title_item
            found = {row[0]: make(kind, row, ids[row[0]], names[row[0]]) for row in rows}
        return tuple(found[key] for key in keys if key in found)

    def _names_of_categories(self, kind: Kind, rows: Sequence[tuple[Any, ...]]) -> dict[int, str]:
        """Key → name of the first listed category."""
        listed = self.memory.remember(("categories", kind), lambda: _listed_names(self._database, kind))
        names = {row[0]: listed.get(row[4]) for row in rows}
        unplaced = [key for key, name in names.items() if name is None]
        if unplaced:
            further = self.categories_of(kind, unplaced)
            names.update({key: further[key][0].name if key in further else UNCATEGORISED for key in unplaced})
        return {key: name or UNCATEGORISED for key, name in names.items()}

    def categories_of(self, kind: Kind, keys: Iterable[int]) -> dict[int, tuple[Category, ...]]:
        """The listed categories of items, the first one first; items without any are left out. Counts are 0."""
        if not TABLES[kind].has_column("category"):  # episodes
            return {}
        wanted = json.dumps(list(keys))
        rows = self._database.rows(
            "SELECT m.item, c.id, c.name, c.parent FROM ("
            f"SELECT id AS item, category, 0 AS rank FROM {kind.value} "
            "WHERE id IN (SELECT value FROM json_each(:keys)) "
            "UNION ALL SELECT item, category, 1 FROM item_category WHERE kind = :kind "
            "AND item IN (SELECT value FROM json_each(:keys))"
            ") m JOIN category c ON c.key = m.category WHERE c.listed = 1 ORDER BY m.rank, c.position, c.key",
            {"keys": wanted, "kind": kind.value},
        )
        found: dict[int, tuple[Category, ...]] = {}
        for key, id, name, parent in rows:
            found[key] = (*found.get(key, ()), Category(kind, id, name, 0, parent))
        return found

    def full_item(self, kind: Kind, id: str, *, now: float | None = None) -> FullItem:
        """Everything stored of a listed item. Raises `NotFound`."""
        with self.memory.one_state():
            key = item_key(self._database, kind, id)
            (item,) = self.items_by_keys(kind, (key,))
            categories = () if kind is Kind.EPISODE else self.categories_of(kind, (key,)).get(key, ())
            wire_id = self._database.value(f"SELECT wire_id FROM {kind.value} WHERE id = ?", (key,))
            if not TABLES[kind].has_texts:
                return FullItem(item, categories, plot=self._episode_plot(kind, key), wire_id=wire_id)
            return self._full_title(item, key, categories, wire_id, time.time() if now is None else now)

    def _episode_plot(self, kind: Kind, key: int) -> str | None:
        return self._database.value("SELECT plot FROM episode WHERE id = ?", (key,)) if kind is Kind.EPISODE else None

    def _full_title(
        self, item: Item, key: int, categories: tuple[Category, ...], wire_id: str | None, now: float
    ) -> FullItem:
        table = TABLES[item.kind]
        row = self._database.row(
            'SELECT x.plot, x."cast", x.director, x.genre, x.released, x.duration_s, t.trailer, t.tmdb '
            f"FROM {table.table} t LEFT JOIN {table.text_table} x ON x.id = t.id WHERE t.id = ?",
            (key,),
        )
        assert row is not None  # the caller found it in this transaction
        listed = dict(zip("plot cast director genre released duration_s trailer tmdb".split(), row, strict=True))
        stored = get_details(self._database, item.kind, key)
        details = stored.details if stored else Details()
        best = {name: getattr(details, name) or value for name, value in listed.items()}
        return FullItem(
            item=with_details(item, details, best),
            categories=categories,
            plot=best["plot"],
            cast=best["cast"],
            director=best["director"],
            released=best["released"],
            trailer=best["trailer"],
            tmdb=best["tmdb"],
            wire_id=wire_id,
            details=stored.details if stored else None,
            details_at=stored.at if stored else None,
            details_stale=stored is not None
            and (stored.stale or abs(now - stored.at) > DETAILS_FRESH_S or stored.at < (item.added or 0) <= now),
            seasons=details.seasons,
        )

    def counted_categories(
        self, query: Query, hidden: Collection[str], *, include_hidden: bool = True
    ) -> tuple[tuple[Category, ...], int]:
        """Categories with their counts in a list, and how many items it has; see `category_counts`."""
        with self.memory.one_state():
            counts = count_categories(self._database, self.memory, self.lists, query)
            found = with_counts(
                self._database,
                query.kind,
                counts.by_key,
                counts.uncategorised,
                hidden=hidden,
                include_hidden=include_hidden,
            )
        return found, counts.total

    # -------------------------------------------------------------------------------------------------- genres
    def genres(self, kind: Kind) -> tuple[tuple[str, int], ...]:
        """(genre, how many items have it), by name; genres nobody has are left out."""
        return self.memory.remember(("genres", kind), lambda: _genre_counts(self._database, kind))


def _listed_names(database: LibraryDatabase, kind: Kind) -> dict[int, str]:
    return dict(database.rows("SELECT key, name FROM category WHERE kind = ? AND listed = 1", (kind.value,)))


def _genre_counts(database: LibraryDatabase, kind: Kind) -> tuple[tuple[str, int], ...]:
    if not TABLES[kind].has_column("genres"):
        return ()
    counts: dict[int, int] = dict(
        database.rows("SELECT genre, count(*) FROM item_genre WHERE kind = ? GROUP BY genre", (kind.value,))
    )
    masks = database.rows(f"SELECT genres, count(*) FROM {kind.value} INDEXED BY {kind.value}_name GROUP BY genres")
    for mask, count in masks:
        for number in range(MASK_BITS):
            if mask >> number & 1:
                counts[number] = counts.get(number, 0) + count
    names = database.rows("SELECT name, number FROM genre WHERE kind = ? ORDER BY fold", (kind.value,))
    return tuple((name, counts[number]) for name, number in names if number in counts)
