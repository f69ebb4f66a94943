"""Run the user's commands after a sync, with a JSON document on their standard input.

The commands are those of `[hooks]` in the settings file. They run one after the other when the library is free again,
so that they may call `xtream-tui`. The profile and a summary in plain words are in their environment. A command that
fails or takes too long changes nothing about the sync; its output goes to the log.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import msgspec
from msgspec import Struct

from tui_app.catalog import ChangedItem
from tui_app.errors import Cancelled, XtreamTuiError
from tui_app.events import NewEpisode, SyncFinished, SyncReport, episodes_words
from tui_app.paths import Paths
from tui_app.settings import load_app_settings
from tui_app.settings.schema import HookEvent
from tui_app.store.library_store import LibraryStore
from tui_app.sync.cancellation import Cancellation
from tui_app.text import redact, strip_controls

TIME_OUT_S: Final = 60.0
_LONGEST_OUTPUT: Final = 16_384  # bytes of a command's output that are logged, its last ones

log = logging.getLogger(__name__)


class HookDocument(Struct, frozen=True, kw_only=True):
    """What a command reads. `changes` are those of this sync, in the form of `xtream-tui changes --json`."""

    event: HookEvent
    profile: str
    summary: str
    report: SyncReport
    changes: tuple[ChangedItem, ...]
    new_episodes: tuple[NewEpisode, ...]


async def run_hooks(paths: Paths, finished: SyncFinished, cancellation: Cancellation) -> None:
    """Run the commands for what a sync brought. Errors are logged; a cancellation ends the running command."""
    if finished.status == "cancelled" or finished.error_code == "busy":
        return
    try:
        due = _due_commands(load_app_settings(paths).hooks, finished.report)
        changes = _changes(paths, finished) if due else ()
    except XtreamTuiError as error:
        log.warning("the hooks can't be run: %s", redact(str(error)))
        return
    for event, command in due.items():
        document = HookDocument(
            event=event,
            profile=finished.profile,
            summary=summary_of(event, finished.report),
            report=finished.report,
            changes=changes,
            new_episodes=finished.report.new_episodes,
        )
        if not cancellation.is_cancelled:
            await _run(command, document, cancellation)


def _due_commands(hooks: Mapping[str, str], report: SyncReport) -> dict[HookEvent, str]:
    """Return the commands to run after a sync with this report."""
    is_due: dict[HookEvent, bool] = {
        "after_sync": True,
        "new_episode": bool(report.new_episodes),
        "held_back": any(part.pending_removals for part in report.lists.values()),
    }
    return {event: hooks[event] for event, due in is_due.items() if due and event in hooks}


def summary_of(event: HookEvent, report: SyncReport) -> str:
    """Say in one line what happened."""
    if event == "new_episode":
        return episodes_words(report.new_episodes)
    if event == "held_back":
        counts = [f"{part.pending_removals:,} {name}" for name, part in report.lists.items() if part.pending_removals]
        return f"Missing from the provider's lists, and kept for now: {', '.join(counts)}"
    added, changed, removed = (
        sum(getattr(part, name) for part in report.lists.values()) for name in ("added", "changed", "removed")
    )
    return f"{report.status}: {added:,} added, {changed:,} changed, {removed:,} removed"


def _changes(paths: Paths, finished: SyncFinished) -> tuple[ChangedItem, ...]:
    if finished.status == "failed":  # perhaps before it was recorded
        return ()
    with LibraryStore.open(paths.library_db(finished.profile), readonly=True, create=False) as store:
        runs = store.get_runs()
        return tuple(store.changes_by_keys(store.change_keys(runs[0].run).keys).values()) if runs else ()


async def _run(command: str, document: HookDocument, cancellation: Cancellation) -> None:
    """Run one command in a shell of its own process group, and log its output and failure."""
    event = document.event
    try:
        process = await asyncio.create_subprocess_shell(
            command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, start_new_session=True, env=_environment(document)
        )
    except (OSError, ValueError) as error:
        log.warning("hook %s: the command could not be started: %s", event, redact(str(error)))
        return
    loop = asyncio.get_running_loop()
    try:
        with cancellation.calling(lambda: loop.call_soon_threadsafe(_kill, process)):
            output = await asyncio.wait_for(_exchange(process, msgspec.json.encode(document)), TIME_OUT_S)
    except TimeoutError:
        log.warning("hook %s: ended, because it took more than %g seconds", event, TIME_OUT_S)
    except Cancelled:  # before it began
        log.warning("hook %s: cancelled", event)
    else:
        for line in output.decode(errors="replace").splitlines():  # a command that has nothing to say prints nothing
            log.warning("hook %s: %s", event, redact(strip_controls(line)))
        if process.returncode:
            log.warning("hook %s: failed with exit status %s", event, process.returncode)
    finally:
        await _clear_away(process)


def _environment(document: HookDocument) -> dict[str, str]:
    """Return our environment with what a short command needs, so that it need not read JSON."""
    return {**os.environ, "XTREAM_TUI_PROFILE": document.profile, "XTREAM_TUI_SUMMARY": document.summary}


async def _exchange(process: Process, document: bytes) -> bytes:
    """Give the command its document and return the end of its output."""
    assert process.stdin is not None and process.stdout is not None  # both are pipes
    writing = asyncio.create_task(_write(process.stdin, document))
    output = b""
    while block := await process.stdout.read(_LONGEST_OUTPUT):
        output = (output + block)[-_LONGEST_OUTPUT:]
    await process.wait()
    await writing
    return output


async def _write(stdin: asyncio.StreamWriter, document: bytes) -> None:
    with suppress(ConnectionError):  # it need not read
        stdin.write(document)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _clear_away(process: Process) -> None:
    """End what still runs of a command that was given up, and close its pipes."""
    if process.stdout is None or process.stdout.at_eof():
        return
    _kill(process)
    with suppress(TimeoutError):  # a program in a session of its own may hold them
        await asyncio.wait_for(process.communicate(), 1)


def _kill(process: Process) -> None:
    """Kill the process group: the shell and what it started."""
    with suppress(ProcessLookupError, PermissionError):  # ended
        os.killpg(process.pid, signal.SIGKILL)
