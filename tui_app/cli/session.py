"""The state of one command: the folders, the selected profile, and access to its library and the user's marks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tui_app.catalog import CacheStats, Kind, Mark
from tui_app.cli.errors import warn
from tui_app.errors import NotFound, UsageError
from tui_app.paths import Paths

if TYPE_CHECKING:
    from tui_app.settings import Profile, ProfileStore
    from tui_app.store.library_store import LibraryStore
    from tui_app.store.user.user_store import UserStore


@dataclass
class Session:
    """`wanted` is the name given with `--profile`, before or after the command; None selects the current profile."""

    paths: Paths = field(default_factory=Paths.current)
    wanted: str | None = None

    def profiles(self) -> ProfileStore:
        from tui_app.settings import ProfileStore

        return ProfileStore(self.paths)

    def profile(self, name: str | None = None) -> Profile:
        """Return the profile of this name, else the wanted one, else the current one.

        Raises `UsageError` when there is no such profile, or none at all.
        """
        profiles = self.profiles()
        wanted = name or self.wanted
        chosen = profiles.get(wanted) if wanted else profiles.current()
        if chosen is None:
            raise UsageError(
                "There is no profile yet.",
                hint="Add one: xtream-tui profile add home --url LINK, or try the demo: xtream-tui demo",
            )
        return chosen


@contextmanager
def reading(paths: Paths, profile: str, *, readonly: bool = True) -> Iterator[LibraryStore | None]:
    """Open the library of a profile for queries; None when it was never synced."""
    file = paths.library_db(profile)
    if not file.exists():
        yield None
        return
    from tui_app.store.library_store import LibraryStore
    from tui_app.store.opening import is_outdated

    if sys.stderr.isatty() and is_outdated(file):  # takes some seconds per gigabyte
        warn("Backing up the library and upgrading it to the format of this version …")
    with _translated_file_errors(file), LibraryStore.open(file, readonly=readonly, create=False) as store:
        if store.database.set_aside is not None:
            warn(f"The library was damaged and is kept as {store.database.set_aside.name}. {_sync_hint()}")
        if store.database.unwritable:
            _warn_unwritable(store.database.unwritable)
        yield store


@cache
def _warn_unwritable(why: str) -> None:
    """Warn once per process that nothing can be stored, whichever file meets it first."""
    warn(f"Nothing can be stored at the moment: {why}. The stored data is read only.")


@contextmanager
def _translated_file_errors(file: Path) -> Iterator[None]:
    """Turn errors of SQLite on an unreadable file into ours: a damaged page is no crash."""
    from tui_app.store.connection import FILE_ERRORS, STUMBLES, explain_damage, in_words

    try:
        yield
    except FILE_ERRORS as error:
        raise in_words(error, "A file") from error
    except STUMBLES as error:
        raise explain_damage(error, file) or error from error


@contextmanager
def require_library(paths: Paths, profile: str, *, readonly: bool = True) -> Iterator[LibraryStore]:
    """Like `reading`, but raise `NotFound` when there is no library."""
    with reading(paths, profile, readonly=readonly) as store:
        if store is None:
            raise NotFound("The library is empty: this profile was never synced.", hint=_sync_hint())
        yield store


def hint_when_empty(store: LibraryStore | None) -> None:
    """Warn on stderr when no sync has completed yet, which is why an answer may be empty."""
    if store is None or _last_success(store) is None:
        warn(f"No sync has completed yet. {_sync_hint()}")


def last_success(paths: Paths, profile: str) -> int | None:
    """Return when a part of this profile was last synced completely; None when never."""
    with reading(paths, profile) as store:
        return _last_success(store) if store else None


def _last_success(store: LibraryStore) -> int | None:
    times = [part.completed_at for part in store.get_sync_status().values() if part.completed_at]
    return max(times, default=None)


def library_stats(paths: Paths, profile: str) -> CacheStats | None:
    """Return the statistics of the library; None when it was never synced."""
    with reading(paths, profile) as store:
        return store.get_cache_stats(profile) if store else None


def marked(paths: Paths, profile: str, kind: Kind, mark: Mark) -> frozenset[str]:
    """Return the ids of the items with this mark."""
    with moved_marks(paths, profile) as user:
        return user.ids_with(profile, kind, mark) if user else frozenset()


def watched(paths: Paths, profile: str, store: LibraryStore, kind: Kind) -> frozenset[str]:
    """Return the ids of the watched items; a series counts when all its stored episodes are watched."""
    if kind is not Kind.SERIES:
        return marked(paths, profile, kind, Mark.WATCHED)
    from tui_app.store.items.episodes import watched_series

    return watched_series(store.database, marked(paths, profile, Kind.EPISODE, Mark.WATCHED))


def hidden_categories(paths: Paths, profile: str, kind: Kind) -> frozenset[str]:
    """Return the ids of the hidden categories."""
    with moved_marks(paths, profile) as user:
        return user.hidden_categories(profile, kind) if user else frozenset()


@contextmanager
def moved_marks(paths: Paths, profile: str) -> Iterator[UserStore | None]:
    """Open the user's file with its marks moved to the ids that the library uses now; None when it does not exist."""
    if not paths.user_db.exists():
        yield None
        return
    with marks_file(paths, profile) as user:
        yield user


@contextmanager
def marks_file(paths: Paths, profile: str) -> Iterator[UserStore]:
    """Like `moved_marks`, but create the file when it does not exist."""
    from tui_app.store.id_remap.moved_ids import follow_library

    with _open_users_file(paths) as user:
        follow_library(user, paths.library_db(profile), profile)
        yield user


@contextmanager
def users_file(paths: Paths) -> Iterator[UserStore | None]:
    """Open the user's file, which holds the marks of all profiles; None when it does not exist."""
    if not paths.user_db.exists():
        yield None
        return
    with _open_users_file(paths) as user:
        yield user


@contextmanager
def _open_users_file(paths: Paths) -> Iterator[UserStore]:
    from tui_app.store.user.user_store import UserStore

    with _translated_file_errors(paths.user_db), UserStore(paths.user_db) as user:
        if user.set_aside is not None:
            warn(f"Your marks were damaged. {user.rescued} The old file is kept as {user.set_aside.name}.")
        if user.unwritable:
            _warn_unwritable(user.unwritable)
        yield user


def _sync_hint() -> str:
    return "Fetch it with: xtream-tui sync"
