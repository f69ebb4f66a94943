"""Removes a profile with all that is its own: library, backups, damaged copies, marks, password, settings.

Asks nobody. What belongs to other profiles, or to none, is not touched.
"""

from __future__ import annotations

from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.store.marks import UserStore
from tui_app.store.upkeep.cache import clear_content_cache
from tui_app.sync.lock import SyncLock


def remove_profile(paths: Paths, name: str) -> None:
    """Remove the profile of exactly this name, its settings last: what fails on the way can be done again.

    Raises `Busy` while a sync holds it, `UsageError` when there is none, `SettingsError`, `SecretError`.
    """
    profiles = ProfileStore(paths)
    profile = profiles.get(name)
    lock = paths.sync_lock(profile.name)
    with SyncLock(lock, profile.name):
        clear_content_cache(paths, profile.name)
        library = paths.library_db(profile.name)
        for leftover in library.parent.glob(f"{library.name}.*"):
            leftover.unlink(missing_ok=True)  # backups and damaged copies
        if paths.user_db.exists():
            with UserStore(paths.user_db) as user:
                user.remove_profile(profile.name)
        profiles.remove(profile.name)
    lock.unlink(missing_ok=True)
