"""What a library file holds, and deleting it. `soundness` checks it, `compacting` and `space` make it smaller."""

from __future__ import annotations

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind
from tui_app.paths import Paths
from tui_app.store.database import LibraryDatabase, library_files
from tui_app.store.history import last_runs
from tui_app.store.state import get_sync_status
from tui_app.store.upkeep.compacting import file_bytes


def cache_stats(database: LibraryDatabase, profile: str) -> CacheStats:
    """Sizes, counts and last syncs of one profile's library."""
    with database.reading():
        counts = {kind: int(database.value(f"SELECT count(*) FROM {kind.value}")) for kind in Kind}
        category_sql = "SELECT count(*) FROM category WHERE kind = ? AND listed = 1"
        categories = {kind: int(database.value(category_sql, (kind.value,))) for kind in LISTED_KINDS}
        states, runs = get_sync_status(database), last_runs(database)
    return CacheStats(profile, file_bytes(database.path), counts, categories, states, runs)


def clear_content_cache(paths: Paths, profile: str) -> int:
    """Delete a profile's library; marks, settings and secrets stay. How many bytes that freed.

    Asks nobody. Whoever has the file open keeps reading the deleted one until they open it anew.
    """
    freed = 0
    for file in library_files(paths.library_db(profile)):
        freed += file.stat().st_size
        file.unlink(missing_ok=True)
    return freed
