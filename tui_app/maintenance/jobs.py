"""Jobs on one profile's files, for the app and the command line: check, compact, remove old data.

Jobs that write hold the profile's lock, like a sync. Every job runs on the calling thread with a connection of its own,
and stops when its `Cancellation` is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tui_app.catalog import Kind, Mark
from tui_app.errors import Cancelled
from tui_app.paths import Paths
from tui_app.store.connection import FILE_ERRORS, in_words
from tui_app.store.database import LibraryDatabase
from tui_app.store.id_remap.moved_ids import follow_library
from tui_app.store.maintenance.compaction import Compacted, compact
from tui_app.store.maintenance.disk_use import DiskUse, FileFacts, disk_use, file_facts
from tui_app.store.maintenance.integrity import CheckReport, check, check_user_file
from tui_app.store.maintenance.space import Offer, OfferName, drop, droppable
from tui_app.store.opening import open_library
from tui_app.store.user.user_store import UserStore
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.lock import SyncLock

OnStep = Callable[[str], None]
_MEGABYTE: Final = 1_000_000
_STOPPED: Final = "Stopped; the file is unchanged."


def check_files(paths: Paths, profile: str, on_step: OnStep, cancellation: Cancellation) -> CheckReport:
    """Check the library and the user's file. Raises `Busy` while a sync writes, `Cancelled`, `LibraryError`."""
    on_step("your marks")
    found = [f"{paths.user_db.name}: {problem}" for problem in check_user_file(paths.user_db).problems]
    if paths.library_db(profile).exists():
        with _opened(paths, profile, cancellation, readonly=False) as library:
            if library.set_aside is not None:
                found.append(f"it was damaged and is kept as {library.set_aside.name}; an empty one replaces it")
            found += check(library, _stoppable(on_step, cancellation)).problems
    return CheckReport(tuple(found))


def compact_library(paths: Paths, profile: str, on_step: OnStep, cancellation: Cancellation) -> Compacted:
    """Rewrite the library without free pages. Raises `Busy`, `Cancelled`, `LibraryError`."""
    with (
        SyncLock(paths.sync_lock(profile), profile, "compacting"),
        _opened(paths, profile, cancellation, readonly=False) as library,
    ):
        return compact(library, _stoppable(on_step, cancellation))


def offers(paths: Paths, profile: str) -> tuple[Offer, ...]:
    """Return what can be removed from the library."""
    if not paths.library_db(profile).exists():
        return ()
    with _opened(paths, profile, Cancellation(), readonly=True) as library:
        return droppable(library, favourites(paths, profile))


def take_offer(paths: Paths, profile: str, name: OfferName, cancellation: Cancellation) -> int:
    """Remove it and return the number of bytes freed. Raises `Busy`, `Cancelled`, `LibraryError`."""
    with (
        SyncLock(paths.sync_lock(profile), profile, "making room"),
        _opened(paths, profile, cancellation, readonly=False) as library,
    ):
        return drop(library, name, favourites(paths, profile))


def facts(paths: Paths, profile: str) -> tuple[DiskUse, FileFacts | None]:
    """Return the disk use of the profile and the facts of its library file; None without one."""
    used = disk_use(paths, profile)
    if not paths.library_db(profile).exists():
        return used, None
    with _opened(paths, profile, Cancellation(), readonly=True) as library:
        return used, file_facts(library)


def over_limit(used: DiskUse, limit_mb: int) -> bool:
    """Return whether a profile takes more space than the limit."""
    return used.total > limit_mb * _MEGABYTE


def favourites(paths: Paths, profile: str) -> dict[Kind, frozenset[str]]:
    """Return the favourites, which are never removed."""
    if not paths.user_db.exists():
        return {}
    with UserStore(paths.user_db) as user:
        follow_library(user, paths.library_db(profile), profile)
        return {kind: user.ids_with(profile, kind, Mark.FAVOURITE) for kind in Kind}


@contextmanager
def _opened(paths: Paths, profile: str, cancellation: Cancellation, *, readonly: bool) -> Iterator[LibraryDatabase]:
    """Open the library on a connection of its own, interrupted when cancelled; translate errors of SQLite."""
    library = open_library(paths.library_db(profile), readonly=readonly, create=False)
    try:
        with cancellation.calling(library.interrupt):
            yield library
    except FILE_ERRORS as error:
        if cancellation.is_cancelled:
            raise Cancelled(_STOPPED) from None
        raise in_words(error) from error
    finally:
        library.close_all()


def _stoppable(on_step: OnStep, cancellation: Cancellation) -> OnStep:
    """Wrap `on_step` so that it also stops a job between statements; an interrupt needs a running one."""

    def report(step: str) -> None:
        if cancellation.is_cancelled:
            raise Cancelled(_STOPPED)
        on_step(step)

    return report
