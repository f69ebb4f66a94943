"""Looks at the files we keep: folders, the user's file, the library, their sizes, and what was slow."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Final

from tui_app.cli.commands.doctor.finding import note, ok, problem
from tui_app.cli.documents.files import Finding
from tui_app.cli.output import counted, moment, size, size_document
from tui_app.paths import Paths
from tui_app.store.maintenance.examine import Examined, examine_library, examine_user_file

_LEAST_FREE: Final = 200_000_000  # bytes: less, and a sync of a large library may not find room
_LEAST_FREE_FILES: Final = 1_000
_A_WEEK_S: Final = 7 * 86_400
_LOG_IS_LARGE: Final = 50_000_000


def folders(paths: Paths) -> Iterator[Finding]:
    """Whether our folders can be written, and what room their disk has."""
    for name, folder in (("config", paths.config), ("data", paths.data), ("logs", paths.logs)):
        present = _first_present(folder)
        if not os.access(present, os.W_OK | os.X_OK):
            advice = "Check who owns it: xtream-tui where"
            yield problem(f"{name} folder", f"{present} can't be written.", advice)
    yield _room(_first_present(paths.data))


def _first_present(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        return problem(
            "disk", f"Only {size(free)} are free on the disk of {folder}.", "Make room before the next sync."
        )
    if hasattr(os, "statvfs"):
        facts = os.statvfs(folder)
        if facts.f_files and facts.f_favail < _LEAST_FREE_FILES:
            return problem(
                "disk",
                f"The file system of {folder} has room for {facts.f_favail} more files only.",
                "Delete some files.",
            )
    return ok("disk", f"{size(free)} are free.")


def users_file(paths: Paths) -> Iterator[Finding]:
    """Marks, folders, history, saved filters."""
    file = paths.user_db
    if not file.exists():
        yield ok("your marks", "None yet.")
        return
    seen = examine_user_file(file)
    if not seen.is_sound:
        yield problem(
            "your marks",
            f"{file.name} is damaged: {_first(seen)}",
            "The next start sets it aside and takes over what can be read; make a copy of it first. "
            "If you have a backup: xtream-tui restore FILE",
        )
    else:
        yield _version("your marks", file, seen) or ok("your marks", f"{file.name} is sound, {size(_bytes(file))}.")


def library(paths: Paths, profile: str) -> Iterator[Finding]:
    """The copy: its pages, its version, its indexes, its search tables."""
    file = paths.library_db(profile)
    if not file.exists():
        yield note("library", f"There is no copy of “{profile}” yet.", f"Run: xtream-tui sync {quote(profile)}")
        return
    seen = examine_library(file)
    if not seen.is_sound:
        advice = f"Make a new one; your marks stay: xtream-tui cache clear, then xtream-tui sync {quote(profile)}"
        yield problem("library", f"{file.name} is damaged: {_first(seen)}", advice)
        return
    if outdated := _version("library", file, seen):
        yield outdated
        return
    odd = f", {counted(seen.odd_ids, 'id')} that are no numbers" if seen.odd_ids else ""
    yield ok("library", f"{file.name} is sound, {size(_bytes(file))}{odd}.")
    yield from _search(profile, seen)


def _search(profile: str, seen: Examined) -> Iterator[Finding]:
    rebuild = f"A full sync builds them anew: xtream-tui sync {quote(profile)} --full"
    missing = seen.missing_indexes + seen.missing_search
    if missing:
        yield problem("indexes", f"Missing: {', '.join(missing)}.", rebuild)
    else:
        yield ok("indexes", "All are there; each list names the one it wants, so no statistics are needed.")
    if seen.unbuilt_search:
        yield note(
            "search",
            "Plots and people are not searched yet.",
            f"The next sync builds it: xtream-tui sync {quote(profile)}",
        )
    elif not missing:
        yield ok("search", "Names, people, genres and plots can be searched.")


def _version(check: str, file: Path, seen: Examined) -> Finding | None:
    if seen.version > seen.latest:
        return problem(check, f"{file.name} was written by a newer xtream-tui.", "Update this one.")
    if seen.version < seen.latest:
        return note(check, f"{file.name} is of an older version; the next start updates it, with a backup first.")
    return None


def _first(seen: Examined) -> str:
    return seen.trouble or seen.problems[0]


def sizes(paths: Paths, profile: str) -> Iterator[Finding]:
    """What the profile takes on disk, and what is left over."""
    from tui_app.store.maintenance.disk_use import disk_use

    taken = size_document(paths, profile)
    words = f"“{profile}” takes {size(taken.bytes)} of {size(taken.limit_bytes)}."
    if taken.over_limit:
        yield note("size", words, "Make room: xtream-tui cache compact, or drop old details in the app (F7).")
    else:
        yield ok("size", words)
    used = disk_use(paths, profile)
    if used.leftovers:
        total = size(sum(leftover.bytes for leftover in used.leftovers))
        newest = moment(used.leftovers[0].changed_at)
        advice = "If all works, delete them in the app (F7), or by hand: xtream-tui where"
        what = counted(len(used.leftovers), "backup or damaged file", "backups or damaged files")
        yield note("leftovers", f"{what}, {total}, the newest of {newest}.", advice)
    if used.logs > _LOG_IS_LARGE:
        yield note("logs", f"The logs take {size(used.logs)}.", f"They may be deleted: {paths.logs}")


def slow_queries(paths: Paths) -> Iterator[Finding]:
    """Questions that took over a tenth of a second, within the last week."""
    from tui_app.store.slow_queries import read_slow_queries

    recent = [query for query in read_slow_queries(paths.slow_queries_file) if query.at > time.time() - _A_WEEK_S]
    if not recent:
        yield ok("slow queries", "None in the last week.")
        return
    slowest = max(recent, key=lambda query: query.ms)
    words = f"{len(recent)} in the last week, the slowest took {slowest.ms:,.0f} ms ({moment(slowest.at)})."
    advice = f"Compacting may help: xtream-tui cache compact. They stand in {paths.slow_queries_file}"
    yield note("slow queries", words, advice)


def _bytes(file: Path) -> int:
    from tui_app.store.maintenance.compaction import file_bytes

    return file_bytes(file)
