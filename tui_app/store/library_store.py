"""`LibraryStore`: the interface to one profile's library.

Methods delegate to the modules of this package. They run on the calling thread, which must call `connect()` once; any
thread may `interrupt()`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tui_app.catalog import (
    Account,
    CacheStats,
    Category,
    CategoryRow,
    ChangedItem,
    Changes,
    Details,
    FullItem,
    Item,
    ItemRow,
    Kind,
    Page,
    PartState,
    Query,
    SearchAnswer,
    SyncRunInfo,
    find_category,
)
from tui_app.catalog.filters import ItemFilter
from tui_app.store import panel_facts
from tui_app.store.database import LibraryDatabase
from tui_app.store.epg.epg_store import GuideStore
from tui_app.store.items import categories
from tui_app.store.items.episodes import watched_series
from tui_app.store.keys import ItemKeys, known_keys
from tui_app.store.lists.named_values import unknown_values
from tui_app.store.lists.reads import Reads, known_values
from tui_app.store.lists.versions import VersionGroups
from tui_app.store.opening import open_library
from tui_app.store.write import details, history, list_order, loading, search_tables, sync_state
from tui_app.store.write import sync_state as manifests
from tui_app.store.write.applying import ChangeListener, apply
from tui_app.store.write.differences import ItemChange
from tui_app.store.write.list_order import ListOrder
from tui_app.store.write.loading import Load
from tui_app.store.write.row_writer import refill, refill_once
from tui_app.store.write.sync_state import RowHashes, StoredPart

if TYPE_CHECKING:
    from tui_app.store.maintenance.compaction import Compacted
    from tui_app.store.maintenance.integrity import CheckReport
    from tui_app.store.search.engine import Search


class LibraryStore:
    """One profile's library. As a context manager it closes the connections of all threads."""

    def __init__(self, database: LibraryDatabase) -> None:
        self.database = database
        self._reads = Reads(database)
        self.versions = VersionGroups(database, self._reads)
        self._searcher: Search | None = None
        self.guide = GuideStore(database, self._reads)

    @classmethod
    def open(cls, path: Path, *, readonly: bool = False, create: bool = True) -> Self:
        """Open a library like `open_library`, connected for this thread."""
        return cls(open_library(path, readonly=readonly, create=create))

    def connect(self) -> None:
        """Open this thread's connection unless it is open."""
        self.database.ensure_connected()

    def interrupt(self) -> None:
        """Abort the queries of all threads, which raise `peewee.OperationalError` or `sqlite3.OperationalError`."""
        self.database.interrupt()

    def close(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
        self.guide.close()
        self.database.close_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------- writes of a sync
    def transaction(self) -> AbstractContextManager[Any]:
        """Make all writes inside visible together, or none."""
        return self.database.writing()

    def rewriting(self, kind: Kind) -> AbstractContextManager[Load]:
        """Replace all rows of a kind: call `load.add(rows, positions)` within the block; see `loading.rewriting`."""
        return loading.rewriting(self.database, kind)

    def apply(
        self,
        kind: Kind,
        *,
        upserts: Iterable[tuple[ItemRow, int]] = (),
        removed: Iterable[int] = (),
        on_changes: ChangeListener | None = None,
    ) -> Changes:
        """Write differences of rows with positions, and remove keys; see `applying.apply`."""
        return apply(self.database, kind, upserts=upserts, removed=removed, on_changes=on_changes)

    def index_texts(self, kind: Kind) -> int:
        """Index cast, director, genre and plot unless complete; return the number of items indexed."""
        return search_tables.index_texts(self.database, kind)

    def fill_from_details(self, kind: Kind) -> None:
        """Fill empty values from details stored by an earlier version, once per library."""
        refill_once(self.database, kind)

    def texts_ready(self, kind: Kind) -> bool:
        return search_tables.texts_ready(self.database, kind)

    def keys_for(self, kind: Kind, ids: Sequence[str]) -> list[int]:
        """Return the keys of provider ids, assigning and storing new ones."""
        with self.database.writing():
            book = ItemKeys(self.database, kind)
            return [book.key(id) for id in ids]

    def read_row_hashes(self, kind: Kind) -> RowHashes | None:
        return manifests.read_row_hashes(self.database, kind)

    def write_row_hashes(self, kind: Kind, manifest: RowHashes) -> None:
        manifests.write_row_hashes(self.database, kind, manifest)

    def write_numbers_digest(self, kind: Kind, digest: int) -> None:
        """Store the digest of numbers when the row hashes are unchanged."""
        manifests.write_numbers_digest(self.database, kind, digest)

    def read_list_order(self, kind: Kind) -> ListOrder:
        """Return keys and positions in list order."""
        return list_order.read_list_order(self.database, kind)

    def update_list_order(self, kind: Kind, positions: Iterable[tuple[int, int]]) -> int:
        """Set (key, position) pairs; return the number of changed rows."""
        return list_order.update_list_order(self.database, kind, positions)

    def read_numbers(self) -> dict[int, int | None]:
        """Return channel key → number."""
        return list_order.read_numbers(self.database)

    def read_dates(self, kind: Kind) -> dict[int, int]:
        """Return key → date added, or of a series' last change; 0 if unknown."""
        return list_order.read_dates(self.database, kind)

    def update_numbers(self, numbers: Iterable[tuple[int, int | None]]) -> int:
        """Set (key, channel number) pairs; return the number of changed rows."""
        return list_order.update_numbers(self.database, numbers)

    def save_categories(self, kind: Kind, rows: Sequence[CategoryRow]) -> Changes:
        return categories.save_categories(self.database, kind, rows)

    # --------------------------------------------------------------------- writes of a few items, by provider id
    def save_rows(self, kind: Kind, rows: Sequence[ItemRow]) -> Changes:
        """Add or update items without removing any. New ones are appended to the list."""
        with self.database.writing():
            first = list_order.end_of_list(self.database, kind)
            upserts = ((row, first + index * list_order.GAP) for index, row in enumerate(rows))
            return apply(self.database, kind, upserts=upserts)

    def delete_rows(self, kind: Kind, ids: Iterable[str]) -> Changes:
        """Remove items, series with their details, seasons and episodes."""
        return apply(self.database, kind, removed=known_keys(self.database, kind, ids))

    # ----------------------------------------------------------------------------------------------- details
    def save_movie_details(self, movie_id: str, movie_details: Details, at: int) -> None:
        """Store details fetched at `at` (epoch seconds). Raises `NotFound`."""
        with self.database.writing():
            details.save_movie_details(self.database, movie_id, movie_details, at)
            refill(self.database, Kind.MOVIE, known_keys(self.database, Kind.MOVIE, (movie_id,)))

    def save_series_details(self, series_id: str, series_details: Details, at: int) -> None:
        """Store details fetched at `at`, replacing seasons and episodes. Raises `NotFound`."""
        with self.database.writing():
            details.save_series_details(self.database, series_id, series_details, at)
            refill(self.database, Kind.SERIES, known_keys(self.database, Kind.SERIES, (series_id,)))

    def get_details(self, kind: Kind, id: str) -> tuple[Details, int] | None:
        """Return (details, of a series with its episodes, time of fetch), None if never fetched. Raises `NotFound`."""
        stored = details.get_details(self.database, kind, details.item_key(self.database, kind, id))
        return None if stored is None else (stored.details, stored.at)

    # ------------------------------------------------------------------------------------------------- lists
    def page(self, query: Query, *, limit: int | None = 100, offset: int = 0) -> Page:
        """Return rows of a list and their total number; `limit` None for all."""
        return self._reads.page(query, limit=limit, offset=offset)

    def first_rows(self, query: Query, limit: int) -> tuple[int, array[int], tuple[Item, ...]]:
        """How many rows a view has, the keys of the first ones or of all, and the items of at most `limit` rows."""
        return self._reads.first_rows(query, limit)

    def snapshot(self) -> AbstractContextManager[None]:
        """All questions of this thread inside are answered from one state of the file."""
        return self._reads.cache.snapshot()

    def revision(self) -> int:
        """Rises with each change of what the library says."""
        return self._reads.cache.revision()

    def ids(self, query: Query) -> array[int]:
        """Return the keys of a whole list in order, 8 bytes per row."""
        return self._reads.lists.ids(query)

    def items_by_keys(self, kind: Kind, keys: Sequence[int]) -> tuple[Item, ...]:
        """Return the items of keys in order, omitting removed ones."""
        return self._reads.items_by_keys(kind, keys)

    def count(self, query: Query) -> int:
        return self._reads.lists.count(query)

    def index_of(self, query: Query, id: str) -> int | None:
        """Return the row index of an item in a list, None if it is not in it."""
        return self._reads.lists.index_of(query, id)

    def index_of_letter(self, query: Query, letter: str) -> int | None:
        """Return the row index where names with this letter start, None unless sorted by name."""
        return self._reads.lists.index_of_letter(query, letter)

    def full_item(self, kind: Kind, id: str, *, now: float | None = None) -> FullItem:
        """Return everything stored of an item, with details merged. Raises `NotFound`."""
        return self._reads.full_item(kind, id, now=now)

    def categories_of(self, kind: Kind, ids: Sequence[str]) -> dict[str, tuple[Category, ...]]:
        """Return the listed categories of items by id, primary first."""
        pairs = {id: key for id in ids for key in known_keys(self.database, kind, (id,))}
        found = self._reads.categories_of(kind, pairs.values())
        return {id: found.get(key, ()) for id, key in pairs.items()}

    def get_categories(
        self, kind: Kind, *, hidden: frozenset[str] = frozenset(), include_hidden: bool = True
    ) -> tuple[Category, ...]:
        """Return categories in the panel's order with counts; "Uncategorised" last if not empty."""
        return self._reads.counted_categories(Query(kind), hidden, include_hidden=include_hidden)[0]

    def counted_categories(
        self, query: Query, hidden: frozenset[str] = frozenset()
    ) -> tuple[tuple[Category, ...], int]:
        """Return categories with their counts in a list (hidden ones marked), and the number of items in the list.

        The list's own category and order are ignored.
        """
        return self._reads.counted_categories(query, hidden)

    def watched_series(self, episodes: frozenset[str]) -> frozenset[str]:
        """Return the ids of series whose stored episodes are all in `episodes`."""
        cache = self._reads.cache
        return cache.get_or_make(("watched", episodes), lambda: watched_series(self.database, episodes))

    def find_category(self, kind: Kind, id_or_name: str) -> Category | None:
        return find_category(self.get_categories(kind), id_or_name)

    def genres(self, kind: Kind, within: Query | None = None) -> tuple[tuple[str, int], ...]:
        """Return (genre, number of items), by name; `within` counts the items of a list alone."""
        return self._reads.genres(kind, within)

    def unknown_values(self, found: ItemFilter, kinds: Sequence[Kind]) -> tuple[str, ...]:
        """Return a sentence for each category and genre of a filter that no item of these kinds has."""
        return unknown_values(self.database, found, kinds)

    def known_values(self, key: str, kinds: Sequence[Kind]) -> tuple[str, ...]:
        """Return the values of a key of the query language that the library has, the usual ones first."""
        return self._reads.cache.get_or_make(
            ("values", key, tuple(kinds)), lambda: known_values(self.database, self._reads, key, kinds)
        )

    # ------------------------------------------------------------------------------------------------ search
    def search(
        self,
        text: str,
        *,
        kinds: Sequence[Kind] | None = None,
        limit: int = 100,
        within: Query | Sequence[Query] | None = None,
        hidden: Mapping[Kind, frozenset[str]] | None = None,
    ) -> SearchAnswer:
        """Return ranked hits of all kinds, or of `kinds`; `within` restricts kinds to the items of its queries.

        Items whose categories are all in `hidden` (ids) are excluded.
        """
        return self._search().search(text, kinds=kinds, limit=limit, within=within, hidden=hidden)

    def prepare_search(self) -> None:
        """Start reading the vocabulary in the background, so that the first spelling correction need not wait."""
        self._search().prepare()

    def _search(self) -> Search:
        if self._searcher is None:
            from tui_app.store.search.engine import Search  # noqa: PLC0415  # start-up: rapidfuzz

            self._searcher = Search(self.database, self._reads)
        return self._searcher

    # ------------------------------------------------------------------------------------------------ upkeep
    def get_cache_stats(self, profile: str) -> CacheStats:
        """Return size, counts and last syncs; `profile` is the name to report."""
        from tui_app.store.maintenance import disk_use  # noqa: PLC0415  # start-up

        return disk_use.cache_stats(self.database, profile)

    def check(self) -> CheckReport:
        """Check the whole file and its search tables. Not for a read-only library."""
        from tui_app.store.maintenance import integrity  # noqa: PLC0415  # start-up

        return integrity.check(self.database)

    def compact(self) -> Compacted:
        """Rewrite the file without free pages; see `compaction.compact`."""
        from tui_app.store.maintenance import compaction  # noqa: PLC0415  # start-up

        return compaction.compact(self.database)

    # ------------------------------------------------------------------------------------------- sync state
    def read_part_state(self, part: str) -> StoredPart:
        return sync_state.read_part_state(self.database, part)

    def get_sync_status(self) -> Mapping[str, PartState]:
        return sync_state.get_sync_status(self.database)

    def note_source(self, address: str) -> None:
        """Remember from which address the lists come; see `sync_state.note_source`."""
        sync_state.note_source(self.database, address)

    def write_part_state(self, stored: StoredPart) -> None:
        sync_state.write_part_state(self.database, stored)

    # ----------------------------------------------------------------------------------------- runs and changes
    def start_run(self, mode: str, at: int) -> int:
        """Record the start of a sync and return its number."""
        return history.start_run(self.database, mode, at)

    def finish_run(
        self, run: int, status: str, at: int, *, summary: Mapping[str, Changes] | None = None, reason: str = ""
    ) -> None:
        """Record the end of a sync, the counts of its parts, and why it did not complete."""
        history.finish_run(self.database, run, status, at, summary=summary, reason=reason)

    def record_changes(self, run: int, changes: Sequence[ItemChange]) -> None:
        """Append to a run's list of changes, within its limit."""
        history.record_changes(self.database, run, changes)

    def record_first_load(self, run: int, kind: Kind) -> None:
        """Record all items of a kind as its first load, within the limit."""
        history.record_first_load(self.database, run, kind)

    def get_runs(self, since: int | None = None, *, may_run: bool = True) -> tuple[SyncRunInfo, ...]:
        """Return the last 20 runs, newest first, without their changes; `since`: only those that ended then or later.

        `may_run` False: no sync is running, so a run without an end was interrupted.
        """
        return history.get_runs(self.database, since, may_run=may_run)

    def get_changes(
        self, since: int | None = None, *, limit: int | None = None, may_run: bool = True
    ) -> tuple[SyncRunInfo, ...]:
        """Return the same runs with at most `limit` changes each."""
        return history.get_changes(self.database, since, limit=limit, may_run=may_run)

    def change_keys(self, run: int) -> history.ChangeKeys:
        """Return the keys of a run's changes in display order."""
        return history.change_keys(self.database, run)

    def changes_by_keys(self, keys: Sequence[int]) -> Mapping[int, ChangedItem]:
        """Return key → change in the order of the keys, omitting deleted ones."""
        return history.changes_by_keys(self.database, keys)

    def first_unseen_run(self, seen_at: int | None) -> int | None:
        """Return the first run that ended after `seen_at` (None: never) or is running; None if there is none."""
        cache = self._reads.cache
        return cache.get_or_make(("new from", seen_at), lambda: history.first_unseen_run(self.database, seen_at))

    def mark_new(self, items: Sequence[Item], first_run: int) -> tuple[Item, ...]:
        """Return the items, with those added by this or a later run marked as new."""
        return history.mark_new(self.database, self._reads.cache, items, first_run)

    def added_since(self, first_run: int) -> dict[Kind, list[str]]:
        """Return the ids added by this or a later run by kind, the newest first."""
        cache = self._reads.cache
        return cache.get_or_make(("ids added since", first_run), lambda: history.added_since(self.database, first_run))

    # ---------------------------------------------------------------------------------------------- account
    def save_account(self, found: Account) -> None:
        """Store the account as reported by a login."""
        panel_facts.save_account(self.database, found)

    def get_account(self) -> Account | None:
        """Return the account of the last login, None before the first."""
        return panel_facts.get_account(self.database)
