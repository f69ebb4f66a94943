"""One run of a command: the folders, the profile that was asked for, and ways to open what belongs to them."""

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
    """`wanted` is the name given with `--profile`, before or after the command; None means the current one."""

    paths: Paths = field(default_factory=Paths.current)
    wanted: str | None = None

    def profiles(self) -> ProfileStore:
        from tui_app.settings import ProfileStore

        return ProfileStore(self.paths)

    def profile(self, name: str | None = None) -> Profile:
        """The profile named, or wanted, or current. `UsageError` when there is no such one, or none at all."""
        profiles = self.profiles()
        wanted = name or self.wanted
        chosen = profiles.get(wanted) if wanted else profiles.current()
        if chosen is None:
            raise UsageError(
                "There is no profile yet.",
                hint="Add one: xtream-tui profile add home --url LINK, or look around first: xtream-tui demo",
            )
        return chosen


@contextmanager
def reading(paths: Paths, profile: str, *, readonly: bool = True) -> Iterator[LibraryStore | None]:
    """The copy of one profile, for questions; None when it was never made."""
    file = paths.library_db(profile)
    if not file.exists():
        yield None
        return
    from tui_app.store.database import is_outdated
    from tui_app.store.library_store import LibraryStore

    if sys.stderr.isatty() and is_outdated(file):  # some seconds for each gigabyte, not to be waited for in silence
        warn("The copy is backed up and brought to the form that this version uses …")
    with _file_trouble_in_words(file), LibraryStore.open(file, readonly=readonly, create=False) as store:
        if store.database.set_aside is not None:
            warn(f"The copy was damaged and was set aside as {store.database.set_aside.name}. {_sync_hint()}")
        if store.database.unwritable:
            _tell_unwritable(store.database.unwritable)
        yield store


@cache
def _tell_unwritable(why: str) -> None:
    """Once in a run, whichever file meets it first."""
    warn(f"Nothing can be kept now: {why}. What is stored is read as it is.")


@contextmanager
def _file_trouble_in_words(file: Path) -> Iterator[None]:
    """What SQLite says of a file that can't be read as an error of ours: a broken page is no crash."""
    from tui_app.store.file_errors import FILE_ERRORS, STUMBLES, in_words, stumble_in_words

    try:
        yield
    except FILE_ERRORS as error:
        raise in_words(error, "A file") from error
    except STUMBLES as error:
        raise stumble_in_words(error, file) or error from error


@contextmanager
def require_library(paths: Paths, profile: str, *, readonly: bool = True) -> Iterator[LibraryStore]:
    """Like `reading`, for questions about one item; `NotFound` when there is no copy to look into."""
    with reading(paths, profile, readonly=readonly) as store:
        if store is None:
            raise NotFound("Nothing was synced yet, so nothing can be found.", hint=_sync_hint())
        yield store


def hint_when_empty(store: LibraryStore | None) -> None:
    """A line on stderr when the answer is empty because nothing was synced yet."""
    if store is None or _last_success(store) is None:
        warn(f"Nothing synced yet. {_sync_hint()}")


def last_success(paths: Paths, profile: str) -> int | None:
    """When a part of this profile was last synced completely; None when never."""
    with reading(paths, profile) as store:
        return _last_success(store) if store else None


def _last_success(store: LibraryStore) -> int | None:
    times = [part.completed_at for part in store.get_sync_status().values() if part.completed_at]
    return max(times, default=None)


def library_stats(paths: Paths, profile: str) -> CacheStats | None:
    """What the copy holds; None when it was never made."""
    with reading(paths, profile) as store:
        return store.get_cache_stats(profile) if store else None


def marked(paths: Paths, profile: str, kind: Kind, mark: Mark) -> frozenset[str]:
    """The ids the user put a mark on."""
    with _marks(paths, profile) as user:
        return user.ids_with(profile, kind, mark) if user else frozenset()


def watched(paths: Paths, profile: str, store: LibraryStore, kind: Kind) -> frozenset[str]:
    """The ids the user watched: of series those of which every stored episode is."""
    if kind is not Kind.SERIES:
        return marked(paths, profile, kind, Mark.WATCHED)
    from tui_app.store.items.episodes import watched_series

    return watched_series(store.database, marked(paths, profile, Kind.EPISODE, Mark.WATCHED))


def hidden_categories(paths: Paths, profile: str, kind: Kind) -> frozenset[str]:
    """The ids of the categories the user hid."""
    with _marks(paths, profile) as user:
        return user.hidden_categories(profile, kind) if user else frozenset()


@contextmanager
def _marks(paths: Paths, profile: str) -> Iterator[UserStore | None]:
    """The user's file, its marks at the ids that the library uses now."""
    with users_file(paths) as user:
        if user is not None:
            from tui_app.store.id_remap.record import follow_library

            follow_library(user, paths.library_db(profile), profile)
        yield user


@contextmanager
def users_file(paths: Paths) -> Iterator[UserStore | None]:
    """What the user made, in all profiles; None when nothing was made yet."""
    if not paths.user_db.exists():
        yield None
        return
    from tui_app.store.user.user_store import UserStore

    with _file_trouble_in_words(paths.user_db), UserStore(paths.user_db) as user:
        if user.set_aside is not None:
            warn(f"Your marks were damaged. {user.rescued} The old file is kept as {user.set_aside.name}.")
        if user.unwritable:
            _tell_unwritable(user.unwritable)
        yield user


def _sync_hint() -> str:
    return "Fetch the library with: xtream-tui sync"
