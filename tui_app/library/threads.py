"""The threads and connections behind one profile's library; all queries of the app run here.

Two threads query the library, one the user's file (alone or beside the library), and one searches, so that a long
search delays no list. The user's file is written on one connection only: what was read of it is remembered until
another process changes it. SQL errors are converted to those of `tui_app.errors`;
queries after `close` raise `LibraryClosed`.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

from peewee import PeeweeException

from tui_app.errors import LibraryError
from tui_app.paths import Paths
from tui_app.store.connection import FILE_ERRORS, STUMBLES, explain_damage, in_words, why_unwritable
from tui_app.store.id_remap.moved_ids import follow_moved_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.mark_cache import UserRevision
from tui_app.store.user.user_store import UserStore

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

#: Per thread. Counting reads whole indices once: with 16 MB the first count takes twice as long, because of
#: the memory allocation, and both threads would keep that memory.
_CACHE_KB: Final = 2_048


class LibraryClosed(LibraryError):
    """The library was closed because the user switched the profile; the caller ignores the query."""

    def __init__(self) -> None:
        super().__init__("The library was closed.")


class LibraryThreads:
    """Queries the library file and the user's file. Each `Library` has one."""

    def __init__(self, paths: Paths, profile: str) -> None:
        self.paths = paths
        self.profile = profile
        self._path = paths.library_db(profile)
        self._opening = threading.Lock()
        self._asking = ThreadPoolExecutor(2, "library")
        self._asking_user = ThreadPoolExecutor(1, "user")
        self._searching = ThreadPoolExecutor(1, "search")
        self._reader: LibraryStore | None = None
        self._searcher: LibraryStore | None = None
        self._page_reader: LibraryStore | None = None
        self._user: UserStore | None = None
        self._followed: tuple[int, UserRevision] | None = None  # the revisions at which marks followed moved ids
        self._opened: int | None = None  # the inode of the open file, to detect that it was replaced
        self.closed = False

    # ---------------------------------------------------------------------------------------------- queries
    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Run work in a thread that opens no file of the library."""
        return await self._in_thread(self._asking, work)

    async def load_engine(self) -> None:
        """Import `tui_app.sync` with the HTTP client in a thread, which takes 130 ms the first time."""
        await self.run(lambda: import_module("tui_app.sync"))

    async def ask(self, question: Callable[[LibraryStore], Answer]) -> Answer:
        """Query the library."""
        return await self._in_thread(self._asking, lambda: question(self._read_store()))

    async def ask_user(self, question: Callable[[UserStore], Answer]) -> Answer:
        """Query the user's file for data that is not stored by item."""
        return await self._in_thread(self._asking_user, lambda: question(self.user_store()))

    async def ask_marks(self, question: Callable[[UserStore], Answer]) -> Answer:
        """Query the user's file for data stored by item, after its ids were updated to the library's."""
        return await self.ask_both(lambda _, user: question(user))

    async def ask_both(self, question: Callable[[LibraryStore, UserStore], Answer]) -> Answer:
        """Query both files at once, after the ids of the user's file were updated."""

        def follow_and_ask() -> Answer:
            library, user = self._read_store(), self.user_store()
            with library.snapshot(), user.one_look():
                self._follow_moved_ids(library, user)
                return question(library, user)

        return await self._in_thread(self._asking_user, follow_and_ask)

    async def ask_beside_user(self, question: Callable[[LibraryStore, UserStore | None], Answer]) -> Answer:
        """Query both files; the user's store is None when its file can't be read, and the library still answers."""
        try:
            return await self.ask_both(question)
        except LibraryError:
            if self._user is not None:
                raise
        return await self.ask(lambda store: question(store, None))

    def _follow_moved_ids(self, library: LibraryStore, user: UserStore) -> None:
        """Update the ids of marks to the library's, once for each revision of both files."""
        if (library.revision(), user.revision()) != self._followed:
            follow_moved_ids(user, library.database, self.profile)
            self._followed = library.revision(), user.revision()

    async def ask_search(self, question: Callable[[LibraryStore], Answer]) -> Answer:
        """Query the library in the search thread, one search after the other."""
        return await self._in_thread(self._searching, lambda: question(self._search_store()))

    def interrupt_search(self) -> None:
        """Make the running search raise."""
        if self._searcher is not None:
            self._searcher.interrupt()

    def page_store(self) -> LibraryStore:
        """Return the event loop's own connection, used only by `views`. Raises `LibraryClosed`."""
        if self.closed:
            raise LibraryClosed
        if self._page_reader is None:
            self._page_reader = LibraryStore.open(self._path, readonly=True)
        return self._page_reader

    def user_store(self) -> UserStore:
        """Return the user's file, connected for this thread; call it only in a worker thread."""
        with self._opening:
            if self._user is None:
                self._user = UserStore(self.paths.user_db)
        self._user.connect()
        return self._user

    def readable_user_store(self) -> UserStore | None:
        """Return the same; None when it can't be read, since lists are shown without it."""
        try:
            return self.user_store()
        except (PeeweeException, sqlite3.Error, LibraryError) as error:
            log.warning("the user's file can't be read: %s", error)
            return None

    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Damaged files that were moved aside when they were opened; new ones replaced them."""
        stores = (self._reader, self._searcher, self._page_reader)
        found = {store.database.set_aside for store in stores if store is not None}
        if self._user is not None:
            found.add(self._user.set_aside)
        return tuple(sorted(path for path in found if path is not None))

    @property
    def rescued(self) -> str:
        """How many marks were recovered from a damaged file, as a sentence; "" when it was sound."""
        return self._user.rescued if self._user is not None else ""

    @property
    def unwritable(self) -> str:
        """Why nothing can be saved, as the end of a sentence ("the disk is full"); "" when it can."""
        stores = (self._reader, self._searcher, self._page_reader)
        reasons = [store.database.unwritable for store in stores if store is not None]
        if self._user is not None:
            reasons.append(self._user.unwritable)
        return next(filter(None, reasons), "")

    async def was_replaced(self) -> bool:
        """Return True when the library must be opened again.

        A sync may have set a damaged file aside, or another process may have cleared it: the connections would
        keep reading the old file. Also True when a file that could not be written can be written again.
        """
        if self.unwritable:  # it is read in another way than when that has ended
            return not await asyncio.to_thread(self._why_unwritable)
        number = await asyncio.to_thread(_file_number, self._path)
        return None not in (number, self._opened) and number != self._opened

    def _why_unwritable(self) -> str:
        return why_unwritable(self._path) or why_unwritable(self.paths.user_db)

    # ---------------------------------------------------------------------------------------------- closing
    async def close(self) -> None:
        """Abort running queries and close the files. Open queries raise `LibraryClosed`."""
        if self.closed:
            return
        self.closed = True
        for store in (self._reader, self._searcher):
            if store is not None:
                store.interrupt()
        await asyncio.to_thread(self._shut_down)
        if self._page_reader is not None:
            self._page_reader.close()

    def _shut_down(self) -> None:
        for pool in (self._asking, self._asking_user, self._searching):
            pool.shutdown(wait=True, cancel_futures=True)
        for file in (self._reader, self._searcher, self._user):
            if file is not None:
                file.close()

    # -------------------------------------------------------------------------------------------- internals
    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        except RuntimeError as error:  # the pool was shut down between the question and its turn
            if not self.closed:
                raise
            raise LibraryClosed from error
        except FILE_ERRORS as error:
            raise in_words(error) from error
        except STUMBLES as error:
            damage = await asyncio.to_thread(explain_damage, error, self._path, self.paths.user_db)
            raise damage or error from error

    def _read_store(self) -> LibraryStore:
        with self._opening:
            if self._reader is None:
                self._reader = LibraryStore.open(self._path, readonly=True)
                self._reader.database.pragma("cache_size", -_CACHE_KB, permanent=True)
                self._opened = _file_number(self._path)
        self._reader.connect()
        return self._reader

    def _search_store(self) -> LibraryStore:
        if self._searcher is None:
            self._searcher = LibraryStore.open(self._path, readonly=True)
        self._searcher.connect()
        return self._searcher


def _file_number(path: Path) -> int | None:
    """Return the inode of a file; None when there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None
