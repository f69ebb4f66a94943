"""`library.favourites`: favourites of all kinds joined with their library items, their folders and their order.

Every change can be undone. Adding and removing favourites is done by `library.marks`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from peewee import PeeweeException

from tui_app.catalog import NO_FOLDER, Favourite, FoundFavourite, Item, ItemRef, Kind
from tui_app.errors import LibraryError
from tui_app.library.marks import LibraryUndo, names_words
from tui_app.library.threads import LibraryThreads
from tui_app.store.items.episodes import gone_ids
from tui_app.store.keys import known_keys
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.favourites import Key
from tui_app.store.user.undo import Reach
from tui_app.store.user.user_store import UserStore
from tui_app.text import fold, sort_key

#: The most rows `items` may be asked for at once.
PAGE_LIMIT: Final = 256
_POSITIONS: Final = Reach(places=True)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FolderCount:
    """A folder of the user and its number of favourites; "" stands for favourites without a folder."""

    name: str
    count: int


class FavouriteItems:
    """The favourites of a folder at the time of the query; names and years are read page by page.

    `items` reads on the event loop for the same reason as `ItemList.items`: at most 256 rows by their keys.
    """

    def __init__(self, entries: Sequence[Favourite], store: Callable[[], LibraryStore]) -> None:
        self._entries = entries
        self._store = store
        self._indices: dict[Key, int] | None = None

    @property
    def total(self) -> int:
        return len(self._entries)

    def items(self, start: int, stop: int) -> Sequence[FoundFavourite]:
        """Return the favourites from `start` to `stop`, without library items when the library can't be read."""
        entries = self._entries[start : min(stop, start + PAGE_LIMIT)]
        try:
            return found_favourites(self._store(), entries)
        except (PeeweeException, sqlite3.Error, LibraryError) as error:
            log.warning("favourites can't be looked up: %s", error)
            return [FoundFavourite(entry, None) for entry in entries]

    def index_of(self, kind: Kind, item_id: str) -> int | None:
        """Return the index of a favourite; None when it is not in this list."""
        if self._indices is None:
            self._indices = {(entry.kind.value, entry.id): index for index, entry in enumerate(self._entries)}
        return self._indices.get((kind.value, item_id))

    def index_of_letter(self, letter: str) -> int | None:
        """Return the index of the first favourite whose stored name begins with a letter ("#": with none)."""
        for index, entry in enumerate(self._entries):
            first = fold(entry.name[:40])[:1]
            if first == letter or (letter == "#" and not first.isalpha()):
                return index
        return None


class LibraryFavourites:
    """The favourites of one profile."""

    def __init__(self, threads: LibraryThreads, undo: LibraryUndo) -> None:
        self._threads = threads
        self._undo = undo
        self._profile = threads.profile

    # -------------------------------------------------------------------------------------------------- reading
    async def list_entries(self, folder: str | None = None, kind: Kind | None = None) -> FavouriteItems:
        """Return the favourites of a folder ("": without folder, None: all), of one kind or of all kinds."""
        entries = await self._threads.ask_marks(
            lambda user: user.favourites.entries(self._profile, folder=folder, kind=kind)
        )
        return FavouriteItems(entries, self._threads.page_store)

    async def folders(self, kind: Kind | None = None) -> tuple[FolderCount, ...]:
        """Return the number of favourites without a folder, then of each folder in the user's order."""

        def count(user: UserStore) -> tuple[FolderCount, ...]:
            counts = user.favourites.counts(self._profile, kind=kind)
            names = (NO_FOLDER, *user.favourites.folders(self._profile))
            return tuple(FolderCount(name, counts.get(name, 0)) for name in names)

        return await self._threads.ask_marks(count)

    # ------------------------------------------------------------------------------------------------- folders
    async def add_folder(self, name: str) -> bool:
        """Create a folder; False when the name is taken."""
        return await self._undo.do(
            lambda _: f"The folder “{name}” is deleted again",
            _POSITIONS,
            lambda user: user.favourites.add_folder(self._profile, name),
        )

    async def rename_folder(self, name: str, new_name: str) -> bool:
        """Rename a folder; False when the new name is taken."""
        return await self._undo.do(
            lambda _: f"The folder is called “{name}” again",
            _POSITIONS,
            lambda user: user.favourites.rename_folder(self._profile, name, new_name),
        )

    async def remove_folder(self, name: str) -> None:
        """Delete a folder; its favourites stay, without a folder."""
        await self._undo.do(
            lambda _: f"The folder “{name}” is restored",
            _POSITIONS,
            lambda user: user.favourites.remove_folder(self._profile, name),
        )

    async def shift_folder(self, name: str, step: int) -> bool:
        """Move a folder by one position, up (-1) or down (1); False at the end."""
        return await self._undo.do(
            lambda _: f"The folder “{name}” is back in its former position",
            _POSITIONS,
            lambda user: user.favourites.shift_folder(self._profile, name, step),
        )

    # --------------------------------------------------------------------------------------------------- order
    async def put(self, refs: Sequence[ItemRef], folder: str) -> int:
        """Move favourites into a folder, which is created if needed; return how many were moved."""
        titles = names_words([ref.name for ref in refs], "title")
        return await self._undo.do(
            lambda _: f"{titles} back in the former folder",
            _POSITIONS,
            lambda user: user.favourites.put(self._profile, _keys(refs), folder),
        )

    async def shift(self, refs: Sequence[ItemRef], step: int, *, kind: Kind | None = None) -> bool:
        """Move favourites one position up (-1) or down (1), among those of `kind` if given; False at the end."""
        titles = names_words([ref.name for ref in refs], "title")
        return await self._undo.do(
            lambda _: f"{titles} back in the former position",
            _POSITIONS,
            lambda user: user.favourites.shift(self._profile, _keys(refs), step, kind=kind),
        )

    async def sort_by_name(self, folder: str | None = None, kind: Kind | None = None) -> bool:
        """Sort the favourites of a list by name, each within its folder; False when they were sorted."""
        names = await self._threads.ask_both(lambda library, user: self._names(library, user, folder, kind))
        order = sorted(names, key=lambda key: (sort_key(fold(names[key])), names[key], key))
        return await self._undo.do(
            lambda _: "The former order of the favourites is restored",
            _POSITIONS,
            lambda user: user.favourites.arrange(self._profile, order),
        )

    def _names(self, library: LibraryStore, user: UserStore, folder: str | None, kind: Kind | None) -> dict[Key, str]:
        """Return the displayed names: the library's, else the stored one."""
        entries = user.favourites.entries(self._profile, folder=folder, kind=kind)
        items = _items_of(library, entries)
        return {_key(entry): items[_key(entry)].name if _key(entry) in items else entry.name for entry in entries}


def found_favourites(library: LibraryStore, entries: Sequence[Favourite]) -> list[FoundFavourite]:
    """Join favourites with their items.

    An episode without an item is not gone: the details of its series may have been dropped.
    """
    items = _items_of(library, entries)
    missing: dict[Kind, list[str]] = {}
    for entry in entries:
        if _key(entry) not in items and entry.kind is not Kind.EPISODE:
            missing.setdefault(entry.kind, []).append(entry.id)
    gone = {(kind.value, id) for kind, ids in missing.items() for id in gone_ids(library.database, kind, ids)}
    return [FoundFavourite(entry, items.get(_key(entry)), _key(entry) in gone) for entry in entries]


def _items_of(library: LibraryStore, entries: Iterable[Favourite]) -> dict[Key, Item]:
    by_kind: dict[Kind, list[str]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry.id)
    return {
        (kind.value, item.id): item
        for kind, ids in by_kind.items()
        for item in library.items_by_keys(kind, known_keys(library.database, kind, ids))
    }


def _key(entry: Favourite) -> Key:
    return entry.kind.value, entry.id


def _keys(refs: Iterable[ItemRef]) -> list[Key]:
    return [(ref.kind.value, ref.id) for ref in refs]
