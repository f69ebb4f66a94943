"""What a library file holds, and deleting it. `soundness` checks it, `compacting` and `space` make it smaller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind
from tui_app.errors import LibraryError
from tui_app.paths import Paths
from tui_app.store.database import LibraryDatabase, library_files
from tui_app.store.file_errors import FILE_ERRORS
from tui_app.store.maintenance.compaction import file_bytes
from tui_app.store.write.history import last_runs
from tui_app.store.write.sync_state import get_sync_status


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


_BACKUP: Final = ".backup-v"
_DAMAGED: Final = ".damaged-"
_SIDES: Final = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file that an update or a damage left behind: a backup, or what was set aside. `bytes` with its side files."""

    path: Path
    bytes: int
    changed_at: int  # epoch seconds

    @property
    def is_backup(self) -> bool:
        return _BACKUP in self.path.name


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes by purpose. `leftovers` are those of this profile's library and of the user's file, the newest first."""

    library: int
    user: int
    leftovers: tuple[Leftover, ...]
    other_libraries: int  # of other profiles: not ours to make smaller here
    logs: int

    @property
    def total(self) -> int:
        """What is held against the size limit: this profile's files and the user's, not logs nor other profiles."""
        return self.library + self.user + sum(leftover.bytes for leftover in self.leftovers)


@dataclass(frozen=True, slots=True)
class PartSize:
    """A table, index or search table with the bytes of its pages."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a library file says of itself. `parts` is empty where this SQLite can't tell, else the largest first."""

    version: int
    page_bytes: int
    pages: int
    free_pages: int
    parts: tuple[PartSize, ...]


def disk_use(paths: Paths, profile: str) -> DiskUse:
    """Look at the folders; files that vanish meanwhile count nothing."""
    library, user = paths.library_db(profile), paths.user_db
    others = [path for path in paths.data.glob("library-*.db") if path != library]
    leftovers = sorted((*leftovers_of(library), *leftovers_of(user)), key=lambda found: -found.changed_at)
    return DiskUse(
        library=file_bytes(library),
        user=file_bytes(user),
        leftovers=tuple(leftovers),
        other_libraries=sum(map(file_bytes, others)),
        logs=sum(map(_size, paths.logs.glob("*"))),
    )


def leftovers_of(path: Path) -> tuple[Leftover, ...]:
    """Backups and damaged predecessors of a file."""
    found = {*path.parent.glob(f"{path.name}{_BACKUP}*"), *path.parent.glob(f"{path.name}{_DAMAGED}*")}
    sides = {file for file in found if file.name.endswith(_SIDES)}
    return tuple(_leftover(file) for file in sorted(found - sides))


def delete_leftover(path: Path) -> int:
    """Delete a backup or a file that was set aside, with its side files; how many bytes that freed.

    Raises `LibraryError` for anything else: nothing that is in use may go this way.
    """
    if not (_BACKUP in path.name or _DAMAGED in path.name):
        raise LibraryError(f"{path.name} is no leftover, so it was not deleted.")
    freed = 0
    for file in _with_sides(path):
        freed += _size(file)
        file.unlink(missing_ok=True)
    return freed


def file_facts(database: LibraryDatabase) -> FileFacts:
    """Version, pages, and what takes how much: some 60 ms for 140 MB, because every page's head is read."""
    return FileFacts(
        version=int(database.value("PRAGMA user_version")),
        page_bytes=int(database.value("PRAGMA page_size")),
        pages=int(database.value("PRAGMA page_count")),
        free_pages=int(database.value("PRAGMA freelist_count")),
        parts=_parts(database),
    )


def _parts(database: LibraryDatabase) -> tuple[PartSize, ...]:
    try:
        rows = database.rows("SELECT name, pgsize FROM dbstat WHERE aggregate = 1")
    except FILE_ERRORS as error:
        if "dbstat" not in str(error):  # it is left out of some builds of SQLite
            raise
        return ()
    sizes: dict[str, int] = {}
    for name, size in rows:
        part = _search_table_of(str(name))
        sizes[part] = sizes.get(part, 0) + int(size)
    largest = sorted(sizes.items(), key=lambda part: -part[1])
    return tuple(PartSize(name, size) for name, size in largest)


def _search_table_of(name: str) -> str:
    """FTS5 keeps each search table in several tables of its own: they are told as one."""
    for ending in ("_data", "_idx", "_content", "_docsize", "_config"):
        stem = name.removesuffix(ending)
        if stem != name and stem.endswith(("_names", "_texts")):
            return stem
    return name


def _leftover(path: Path) -> Leftover:
    try:
        changed_at = int(path.stat().st_mtime)
    except FileNotFoundError:
        changed_at = 0
    return Leftover(path, sum(map(_size, _with_sides(path))), changed_at)


def _with_sides(path: Path) -> Iterable[Path]:
    return (path, *(path.with_name(path.name + side) for side in _SIDES))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
