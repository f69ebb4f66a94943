"""Sizes and contents of library files, and their deletion."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind
from tui_app.errors import LibraryError
from tui_app.paths import Paths
from tui_app.store.connection import FILE_ERRORS
from tui_app.store.database import COUNT, LibraryDatabase
from tui_app.store.maintenance.compaction import file_bytes
from tui_app.store.models import ITEM_MODELS, Category
from tui_app.store.opening import library_files
from tui_app.store.write.history import last_runs
from tui_app.store.write.sync_state import get_sync_status


def cache_stats(database: LibraryDatabase, profile: str) -> CacheStats:
    """Return sizes, counts and last syncs of one profile's library."""
    with database.reading():
        counts = {kind: int(database.value(ITEM_MODELS[kind].select(COUNT))) for kind in Kind}
        listed = Category.select(COUNT).where(Category.listed == 1)
        categories = {kind: int(database.value(listed.where(Category.kind == kind.value))) for kind in LISTED_KINDS}
        states, runs = get_sync_status(database), last_runs(database)
    return CacheStats(profile, file_bytes(database.path), counts, categories, states, runs)


def clear_content_cache(paths: Paths, profile: str) -> int:
    """Delete a profile's library and all pictures, keeping marks, settings and secrets; return the bytes freed.

    A process that has the file open continues with the deleted file until it reopens it.
    """
    freed = 0
    for file in library_files(paths.library_db(profile)):
        freed += file.stat().st_size
        file.unlink(missing_ok=True)
    for picture in paths.pictures_folder.glob("*"):
        with suppress(OSError):  # one may be written at this moment
            size = picture.stat().st_size
            picture.unlink()
            freed += size
    return freed


_BACKUP: Final = ".backup-v"
_DAMAGED: Final = ".damaged-"
_SIDES: Final = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A backup or a file set aside. `bytes` includes its side files."""

    path: Path
    bytes: int
    changed_at: int  # epoch seconds

    @property
    def is_backup(self) -> bool:
        return _BACKUP in self.path.name


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes by purpose. `leftovers` are those of this profile's library and of the user database, newest first."""

    library: int
    user: int
    leftovers: tuple[Leftover, ...]
    other_libraries: int  # of other profiles: not reducible here
    logs: int

    @property
    def total(self) -> int:
        """Return what counts towards the size limit: this profile's files and the user database."""
        return self.library + self.user + sum(leftover.bytes for leftover in self.leftovers)


@dataclass(frozen=True, slots=True)
class PartSize:
    """A table, index or search table and the bytes of its pages."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Facts about a library file. `parts`, largest first, is empty if this SQLite has no dbstat."""

    version: int
    page_bytes: int
    pages: int
    free_pages: int
    parts: tuple[PartSize, ...]


def disk_use(paths: Paths, profile: str) -> DiskUse:
    """Measure the folders; files that vanish meanwhile count 0."""
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
    """Return backups and damaged predecessors of a file."""
    found = {*path.parent.glob(f"{path.name}{_BACKUP}*"), *path.parent.glob(f"{path.name}{_DAMAGED}*")}
    sides = {file for file in found if file.name.endswith(_SIDES)}
    return tuple(_leftover(file) for file in sorted(found - sides))


def delete_leftover(path: Path) -> int:
    """Delete a backup or a file set aside, with its side files; return the bytes freed.

    Raises `LibraryError` for any other file.
    """
    if not (_BACKUP in path.name or _DAMAGED in path.name):
        raise LibraryError(f"{path.name} is no leftover, so it was not deleted.")
    freed = 0
    for file in _with_sides(path):
        freed += _size(file)
        file.unlink(missing_ok=True)
    return freed


def file_facts(database: LibraryDatabase) -> FileFacts:
    """Return version, pages, and sizes of tables: about 60 ms per 140 MB, as every page header is read."""
    return FileFacts(
        version=int(database.pragma("user_version")),
        page_bytes=int(database.pragma("page_size")),
        pages=int(database.pragma("page_count")),
        free_pages=int(database.pragma("freelist_count")),
        parts=_parts(database),
    )


def _parts(database: LibraryDatabase) -> tuple[PartSize, ...]:
    try:
        # by hand: a table of SQLite's own
        rows = database.rows("SELECT name, pgsize FROM dbstat WHERE aggregate = 1")
    except FILE_ERRORS as error:
        if "dbstat" not in str(error):  # some builds of SQLite lack it
            raise
        return ()
    sizes: dict[str, int] = {}
    for name, size in rows:
        part = _search_table_of(str(name))
        sizes[part] = sizes.get(part, 0) + int(size)
    largest = sorted(sizes.items(), key=lambda part: -part[1])
    return tuple(PartSize(name, size) for name, size in largest)


def _search_table_of(name: str) -> str:
    """Return the FTS5 table that an internal table belongs to, so that sizes are summed."""
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
