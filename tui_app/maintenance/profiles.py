"""Remove or rename a profile with everything that belongs to it: library, backups, marks, password, settings.

Nothing is asked here, and no other profile is touched.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_app.errors import Busy, UsageError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, validate_name
from tui_app.settings.validation import refuse, same_name
from tui_app.store.connection import is_damage
from tui_app.store.database import LibraryDatabase
from tui_app.store.maintenance.disk_use import clear_content_cache
from tui_app.store.opening import library_files, merge_side_files, open_user_file
from tui_app.store.user.profile_rows import copy_profile, forget_profile
from tui_app.store.user.user_store import UserStore
from tui_app.sync.lock import SyncLock


def remove_profile(paths: Paths, name: str) -> None:
    """Remove the profile of exactly this name, its settings last, so that a failed removal can be repeated.

    Raises `Busy` while a sync holds it, `UsageError` when there is none, `SettingsError`, `SecretError`.
    """
    profiles = ProfileStore(paths)
    profile = profiles.get(name)
    lock = paths.sync_lock(profile.name)
    with SyncLock(lock, profile.name):
        clear_content_cache(paths, profile.name)
        library = paths.library_db(profile.name)
        for leftover in library.parent.glob(f"{library.name}.*"):
            leftover.unlink(missing_ok=True)  # backups and damaged files
        if paths.user_db.exists():
            with UserStore(paths.user_db) as user:
                user.remove_profile(profile.name)
        profiles.remove(profile.name)
    lock.unlink(missing_ok=True)


def rename_profile(paths: Paths, name: str, new_name: str) -> None:
    """Rename the profile of this name.

    Raises `Busy` while a sync holds it or a program has its library open, `UsageError` for an unknown name or a refused
    one, `SettingsError`, `SecretError`, `OSError`; the old name keeps working then.
    """
    refuse(validate_name(new_name))
    profiles = ProfileStore(paths)
    names = [profile.name for profile in profiles.list()]
    if name not in names and new_name in names and _leftovers(paths, name):
        _finish(paths, name, new_name)  # an earlier run stopped after its decisive step
        return
    profile = profiles.get(name)
    _refuse_taken(profile, new_name, names)
    with (
        SyncLock(paths.sync_lock(profile.name), profile.name, "renaming"),
        SyncLock(paths.sync_lock(new_name), new_name, "renaming"),
    ):
        _refuse_changed(paths, profile, new_name)
        if paths.user_db.exists():
            with _users_file(paths) as user:
                copy_profile(user, profile.name, new_name)
        _link_library(paths.library_db(profile.name), paths.library_db(new_name), profile.name)
        profiles.rename(profile.name, new_name)
        _finish(paths, profile.name, new_name)


def _refuse_taken(profile: Profile, new_name: str, names: list[str]) -> None:
    taken = [known for known in names if same_name(known, new_name) and known != profile.name]
    if taken or new_name == profile.name:
        raise UsageError(f"There is already a profile named “{new_name}”.", hint="Choose another name.")


def _refuse_changed(paths: Paths, profile: Profile, new_name: str) -> None:
    """Raise `UsageError` when the profile or the new name was changed before both were locked."""
    names = list(ProfileStore(paths).names())
    try:
        if profile.name not in names:
            raise UsageError(
                f"“{profile.name}” was removed or renamed in the meantime.", hint="See: xtream-tui profile list"
            )
        _refuse_taken(profile, new_name, names)
    except UsageError:
        for name in {profile.name, new_name}.difference(names):
            paths.sync_lock(name).unlink(missing_ok=True)
        raise


def _link_library(old: Path, new: Path, name: str) -> None:
    """Make the library available under both names: a hard link, or a copy without hard links."""
    if not old.exists():
        return
    _checkpoint(old, name)
    for stale in library_files(new):
        stale.unlink(missing_ok=True)
    try:
        os.link(old, new)
    except OSError:
        unfinished = new.with_name(f"{new.name}.part")
        shutil.copy2(old, unfinished)
        unfinished.replace(new)


def _checkpoint(library: Path, name: str) -> None:
    """Move the write-ahead log into the library file, so that renaming it is enough.

    Raises `Busy` when a program has it open.
    """
    try:
        merge_side_files(library)
    except sqlite3.DatabaseError as error:
        if is_damage(error):  # unusable anyway; the next start under the new name reports it
            return
        raise Busy(
            f"The library of “{name}” is in use: {error}.",
            hint="Close the app and other programs that use it, then try again.",
        ) from error


def _finish(paths: Paths, name: str, new_name: str) -> None:
    """Remove what is left under the old name, and rename backups and damaged files."""
    paths.sync_lock(name).unlink(missing_ok=True)
    old, new = paths.library_db(name), paths.library_db(new_name)
    for file in library_files(old):
        file.unlink(missing_ok=True)
    for leftover in sorted(old.parent.glob(f"{old.name}.*")):
        with suppress(FileNotFoundError):
            leftover.rename(new.with_name(new.name + leftover.name.removeprefix(old.name)))
    if paths.user_db.exists():
        with _users_file(paths) as user:
            forget_profile(user, name)
    profiles = ProfileStore(paths)
    renamed = profiles.get(new_name)
    profiles.forget_name(Profile(name, renamed.url, renamed.username, renamed.password_source))


@contextmanager
def _users_file(paths: Paths) -> Iterator[LibraryDatabase]:
    UserStore(paths.user_db).close()  # recovers what can be read of a damaged one
    user = open_user_file(paths.user_db)
    try:
        yield user
    finally:
        user.close_all()


def _leftovers(paths: Paths, name: str) -> bool:
    """Return whether files or marks exist under a name without a profile."""
    old = paths.library_db(name)
    if old.exists() or any(old.parent.glob(f"{old.name}.*")):
        return True
    if not paths.user_db.exists():
        return False
    with UserStore(paths.user_db) as user:
        return user.has_marks(name)
