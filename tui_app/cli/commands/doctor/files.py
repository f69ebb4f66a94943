"""Check folders, the user's file, the library, their sizes, and slow queries."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Final

from tui_app.cli.commands.doctor import note, ok, problem
from tui_app.cli.documents.files import Finding
from tui_app.cli.output import counted, moment, size, size_document
from tui_app.paths import Paths
from tui_app.store.maintenance.integrity import Examined, examine_library, examine_user_file

_LEAST_FREE: Final = 200_000_000  # bytes: a sync of a large library may need more
_LEAST_FREE_FILES: Final = 1_000
_A_WEEK_S: Final = 7 * 86_400
_LOG_IS_LARGE: Final = 50_000_000


def folders(paths: Paths) -> Iterator[Finding]:
    """Check whether our folders are writable, and the free space of their disk."""
    for name, folder in (("config", paths.config), ("data", paths.data), ("logs", paths.logs)):
        present = _first_present(folder)
        if not os.access(present, os.W_OK | os.X_OK):
            advice = "Check its owner; all folders: xtream-tui where"
            yield problem(f"{name} folder", f"{present} is not writable.", advice)
    yield _free_space(_first_present(paths.data))


def _first_present(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _free_space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        return problem(
            "disk", f"Only {size(free)} free on the disk of {folder}.", "Free disk space before the next sync."
        )
    if hasattr(os, "statvfs"):
        facts = os.statvfs(folder)
        if facts.f_files and facts.f_favail < _LEAST_FREE_FILES:
            return problem(
                "disk",
                f"The file system of {folder} allows only {facts.f_favail} more files.",
                "Delete some files.",
            )
    return ok("disk", f"{size(free)} free.")


def users_file(paths: Paths) -> Iterator[Finding]:
    """Check the file of marks, folders, history and saved filters."""
    file = paths.user_db
    if not file.exists():
        yield ok("your marks", "No marks yet.")
        return
    seen = examine_user_file(file)
    if not seen.is_sound:
        yield problem(
            "your marks",
            f"{file.name} is damaged: {_first(seen)}",
            "Make a copy of it first; the next start recovers what can be read. "
            "If you have a backup: xtream-tui restore FILE",
        )
    else:
        yield _version("your marks", file, seen) or ok("your marks", f"{file.name} is intact, {size(_bytes(file))}.")


def library(paths: Paths, profile: str) -> Iterator[Finding]:
    """Check the library: its pages, version, indexes and search tables."""
    file = paths.library_db(profile)
    if not file.exists():
        yield note("library", f"“{profile}” has no library yet.", f"Run: xtream-tui sync {quote(profile)}")
        return
    seen = examine_library(file)
    if not seen.is_sound:
        advice = f"Create a new one, your marks are kept: xtream-tui cache clear, then xtream-tui sync {quote(profile)}"
        yield problem("library", f"{file.name} is damaged: {_first(seen)}", advice)
        return
    if outdated := _version("library", file, seen):
        yield outdated
        return
    odd = f", {counted(seen.odd_ids, 'id')} that are not numbers" if seen.odd_ids else ""
    yield ok("library", f"{file.name} is intact, {size(_bytes(file))}{odd}.")
    yield from _search(profile, seen)


def _search(profile: str, seen: Examined) -> Iterator[Finding]:
    rebuild = f"A full sync rebuilds them: xtream-tui sync {quote(profile)} --full"
    missing = seen.missing_indexes + seen.missing_search
    if missing:
        yield problem("indexes", f"Missing: {', '.join(missing)}.", rebuild)
    else:
        yield ok("indexes", "All indexes exist; each query names its index, so no statistics are needed.")
    if seen.unbuilt_search:
        yield note(
            "search",
            "Plots and people are not indexed yet.",
            f"The next sync indexes them: xtream-tui sync {quote(profile)}",
        )
    elif not missing:
        yield ok("search", "Names, people, genres and plots are indexed.")


def _version(check: str, file: Path, seen: Examined) -> Finding | None:
    if seen.version > seen.latest:
        return problem(check, f"{file.name} was written by a newer xtream-tui.", "Update this program.")
    if seen.version < seen.latest:
        return note(check, f"{file.name} has an older format; the next start backs it up and upgrades it.")
    return None


def _first(seen: Examined) -> str:
    return seen.trouble or seen.problems[0]


def sizes(paths: Paths, profile: str) -> Iterator[Finding]:
    """Check what the profile takes on disk, and for leftover files."""
    from tui_app.store.maintenance.disk_use import disk_use

    taken = size_document(paths, profile)
    words = f"“{profile}” takes {size(taken.bytes)} of {size(taken.limit_bytes)}."
    if taken.over_limit:
        yield note("size", words, "Free space: xtream-tui cache compact, or remove old details in the app (F7).")
    else:
        yield ok("size", words)
    used = disk_use(paths, profile)
    if used.leftovers:
        total = size(sum(leftover.bytes for leftover in used.leftovers))
        newest = moment(used.leftovers[0].changed_at)
        advice = "If everything works, delete them in the app (F7) or manually; folders: xtream-tui where"
        what = counted(len(used.leftovers), "backup or damaged file", "backups or damaged files")
        yield note("leftovers", f"{what}, {total}, the newest from {newest}.", advice)
    if used.logs > _LOG_IS_LARGE:
        yield note("logs", f"The logs take {size(used.logs)}.", f"You can delete them: {paths.logs}")


def slow_queries(paths: Paths) -> Iterator[Finding]:
    """Report queries of the last week that took over a tenth of a second."""
    from tui_app.store.slow_queries import read_slow_queries

    recent = [query for query in read_slow_queries(paths.slow_queries_file) if query.at > time.time() - _A_WEEK_S]
    if not recent:
        yield ok("slow queries", "None in the last week.")
        return
    slowest = max(recent, key=lambda query: query.ms)
    words = f"{len(recent)} in the last week, the slowest took {slowest.ms:,.0f} ms ({moment(slowest.at)})."
    advice = f"Compacting may help: xtream-tui cache compact. They are listed in {paths.slow_queries_file}"
    yield note("slow queries", words, advice)


def _bytes(file: Path) -> int:
    from tui_app.store.maintenance.compaction import file_bytes

    return file_bytes(file)
