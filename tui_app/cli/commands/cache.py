"""`xtream-tui cache`: clear, check or compact the library of a profile."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import click

from tui_app.catalog import LISTED_KINDS
from tui_app.cli import documents
from tui_app.cli.errors import warn
from tui_app.cli.interactive import cancelling_on_signals, confirm
from tui_app.cli.output import counted, echo, print_json, size
from tui_app.cli.params import json_option, profile_option, yes_option
from tui_app.cli.session import Session, reading
from tui_app.errors import LibraryError, NotFound

if TYPE_CHECKING:
    from tui_app.sync import Cancellation

Answer = TypeVar("Answer")
Job = Callable[[Callable[[str], None], "Cancellation"], Answer]


@click.group("cache", no_args_is_help=False)
@profile_option
def command() -> None:
    """Clear, check or compact the library of a profile.

    Example: xtream-tui cache check
    """


@command.command("clear")
@yes_option
@json_option
@profile_option
@click.pass_obj
def clear(session: Session, yes: bool, as_json: bool) -> int:
    """Delete the library; profiles, settings, favourites and other marks are kept.

    Example: xtream-tui cache clear --yes
    """
    from tui_app.store.maintenance.disk_use import clear_content_cache
    from tui_app.sync.lock import SyncLock

    profile = session.profile().name
    items = _count(session, profile)
    what = "the library" if items is None else f"the library of {counted(items, 'item')}"
    if not confirm(f"Delete {what} of “{profile}”?", yes=yes):
        echo("Nothing was cleared.")
        return 1
    with SyncLock(session.paths.sync_lock(profile), profile):
        clear_content_cache(session.paths, profile)
    if as_json:
        print_json(documents.files.CacheClear(profile=profile, cleared=True, items=items))
    else:
        echo(f"Cleared. Fetch the library again with: xtream-tui sync {shlex.quote(profile)}")
    return 0


def _count(session: Session, profile: str) -> int | None:
    """Return the number of items; None when the library is damaged, which is one reason to clear it."""
    try:
        with reading(session.paths, profile) as store:
            if store is None:
                return 0
            if store.database.set_aside is not None:
                return None
            counts = store.get_cache_stats(profile).counts
    except LibraryError:
        return None
    return sum(counts.get(kind, 0) for kind in LISTED_KINDS)


@command.command("check")
@json_option
@profile_option
@click.pass_obj
def check(session: Session, as_json: bool) -> int:
    """Check the library file, its search index and your marks; exit with code 1 if there are problems.

    Example: xtream-tui cache check
    """
    from tui_app.maintenance.jobs import check_files

    profile = session.profile().name
    if not session.paths.library_db(profile).exists():
        return _nothing_to_check(profile, as_json=as_json)
    report = _run(lambda step, cancellation: check_files(session.paths, profile, step, cancellation))
    if as_json:
        print_json(documents.files.CacheCheck(profile=profile, sound=report.is_sound, problems=report.problems))
    elif report.is_sound:
        echo(f"The library of “{profile}” is intact.")
    else:
        for problem in report.problems:
            echo(problem)
        echo(_advice(profile, report.problems, session.paths.user_db.name))
    return 0 if report.is_sound else 1


def _nothing_to_check(profile: str, *, as_json: bool) -> int:
    """Report that there is no library yet, which is no problem."""
    if as_json:
        print_json(documents.files.CacheCheck(profile=profile, sound=True, problems=()))
    else:
        echo(f"There is nothing to check: “{profile}” was never synced. Fetch the library with: xtream-tui sync")
    return 0


@command.command("compact")
@click.option("--yes", "-y", is_flag=True, hidden=True, help="Accepted for scripts; there is no question.")
@json_option
@profile_option
@click.pass_obj
def compact(session: Session, yes: bool, as_json: bool) -> None:
    """Make the file as small as possible. Takes some seconds, and temporarily as much free space again.

    Example: xtream-tui cache compact
    """
    from tui_app.maintenance.jobs import compact_library

    profile = session.profile().name
    _require_library(session, profile)
    done = _run(lambda step, cancellation: compact_library(session.paths, profile, step, cancellation))
    if as_json:
        print_json(
            documents.files.CacheCompact(
                profile=profile, bytes_before=done.before, bytes_after=done.after, bytes_freed=done.freed
            )
        )
    else:
        echo(f"The library of “{profile}” was {size(done.before)} and is now {size(done.after)}.")


def _run(job: Job[Answer]) -> Answer:
    """Run a long job in a thread, so that this one can handle Ctrl-C; print its steps at a terminal."""
    from tui_app.sync import Cancellation

    cancellation = Cancellation()
    step = _print_step if sys.stderr.isatty() else _ignore_step
    with ThreadPoolExecutor(1) as pool, cancelling_on_signals(cancellation.cancel, lambda: None):
        return pool.submit(job, step, cancellation).result()


def _print_step(step: str) -> None:
    warn(f"{step} …")


def _ignore_step(step: str) -> None:
    """Print nothing: the log of a cron job needs the outcome, not the steps."""


def _require_library(session: Session, profile: str) -> None:
    if not session.paths.library_db(profile).exists():
        raise NotFound("The library is empty: this profile was never synced.", hint="Fetch it with: xtream-tui sync")


def _advice(profile: str, problems: tuple[str, ...], user_file: str) -> str:
    """Return what to do about the problems."""
    if all(problem.startswith(user_file) for problem in problems):
        return "Your marks are damaged. The next start keeps the damaged file and recovers what can be read."
    return (
        f"The library is damaged. Create a new one: xtream-tui cache clear, then xtream-tui sync {shlex.quote(profile)}"
    )
