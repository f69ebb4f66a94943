"""Report a running sync: a progress bar, plain lines, failures only, or JSON events for the app.

`run_engine` is `sync NAME --events`, as the app starts it: events go to stdout, `cancel` comes in on stdin.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import threading
from collections.abc import Callable
from typing import Final, Unpack

from tui_app.cli.errors import warn
from tui_app.cli.interactive import cancelling_on_signals
from tui_app.cli.output import counted, echo
from tui_app.cli.params import SyncRequest
from tui_app.events import (
    PartFinished,
    PartStarted,
    SyncEvent,
    SyncFinished,
    SyncProgress,
    SyncStarted,
    episodes_words,
    to_line,
)
from tui_app.paths import Paths
from tui_app.text import fit, redact

_BAR_CELLS: Final = 24
_LINE_CELLS: Final = 100
_DETAILS: Final = "details"
_ERASE_LINE: Final = "\r\x1b[2K"


class SyncView:
    """Print nothing; the base of the other views. Enter a view for the time of the sync."""

    def __enter__(self) -> SyncView:
        return self

    def __exit__(self, *failure: object) -> None:
        return None

    def show(self, event: SyncEvent) -> None:
        """Show one event; called on the sync's thread."""

    def cancelling(self) -> None:
        """Show that the user cancelled the sync."""


class Failures(SyncView):
    """For scripts: print failures to stderr, nothing else."""

    def show(self, event: SyncEvent) -> None:
        if isinstance(event, SyncFinished) and event.message and event.status != "completed":
            warn(f"{event.profile}: {event.message} {event.hint}".rstrip())

    def cancelling(self) -> None:
        warn("Stopping…")


class PlainLines(Failures):
    """For logs: print one line per part to stdout."""

    def show(self, event: SyncEvent) -> None:
        if isinstance(event, SyncStarted):
            echo(f"{event.profile}: {event.mode} sync")
        elif isinstance(event, PartFinished):
            echo(f"  {event.part}: {describe_part(event)}")
        elif isinstance(event, SyncFinished):
            echo(f"{event.profile}: {event.status}")
            if event.status == "completed" and event.message:
                echo(f"  {redact(event.message)}")
            if event.report.new_episodes:
                echo(f"  new episodes: {redact(episodes_words(event.report.new_episodes))}")
            super().show(event)
        sys.stdout.flush()


class ProgressBar(PlainLines):
    """For terminals: draw a bar on stderr below the lines of the finished parts."""

    def __init__(self) -> None:
        self._is_drawn = False

    def __exit__(self, *failure: object) -> None:
        self._erase()

    def show(self, event: SyncEvent) -> None:
        if isinstance(event, SyncProgress):
            self._draw(progress_line(event))
        elif isinstance(event, PartStarted):
            return
        else:
            self._erase()
            super().show(event)

    def cancelling(self) -> None:
        self._draw("Stopping…")

    def _draw(self, line: str) -> None:
        sys.stderr.write(_ERASE_LINE + line)
        sys.stderr.flush()
        self._is_drawn = True

    def _erase(self) -> None:
        if self._is_drawn:
            sys.stderr.write(_ERASE_LINE)
            sys.stderr.flush()
            self._is_drawn = False


def sync_view(*, as_json: bool) -> SyncView:
    """Return the view for this output."""
    if as_json:
        return Failures()
    return ProgressBar() if sys.stderr.isatty() else PlainLines()


def progress_line(progress: SyncProgress) -> str:
    """Return `[######      ]  42 % movies, writing · 51,200 rows · 38,000/s · 4 s left`, cut to one line."""
    filled = round(_BAR_CELLS * progress.fraction)
    bar = "#" * filled + " " * (_BAR_CELLS - filled)
    if progress.phase == _DETAILS:
        facts = ["updating details", f"{progress.rows:,} done"]
    else:
        facts = [f"{progress.part}, {progress.phase}"]
        facts += [f"{progress.rows:,} rows"] if progress.rows else []
        facts += [f"{progress.rows_per_s:,.0f}/s"] if progress.rows_per_s else []
    facts += [_left(progress.seconds_left)] if progress.seconds_left is not None else []
    width = min(_LINE_CELLS, shutil.get_terminal_size().columns - 1)
    return fit(f"[{bar}] {progress.fraction:4.0%}  {' · '.join(facts)}", width).rstrip()


def _left(seconds: float) -> str:
    return f"{seconds:.0f} s left" if seconds < 120 else f"{seconds / 60:.0f} min left"


def describe_part(part: PartFinished) -> str:
    """Return the result of one part in one line."""
    if part.status in ("skipped", "cancelled"):
        return part.status
    if part.part == _DETAILS:
        return ", ".join([f"{part.total:,} updated", *([redact(part.reason)] if part.reason else [])])
    facts = [counted(part.total, "item")]
    facts += [f"+{part.added:,}"] if part.added else []
    facts += [f"{part.changed:,} changed"] if part.changed else []
    facts += [f"-{part.removed:,}"] if part.removed else []
    facts += [f"{counted(part.pending_removals, 'removal')} pending"] if part.pending_removals else []
    facts = facts if part.status != "failed" else ["failed"]
    facts += [redact(part.reason)] if part.reason else []
    return ", ".join(facts)


_NICENESS: Final = 10  # a key press in the app stays as fast as without a sync


def run_engine(paths: Paths, profile_name: str, **request: Unpack[SyncRequest]) -> int:
    """Sync and print every event as one JSON line.

    The end of stdin cancels, also a hook: the app that started this process is gone.
    """
    if hasattr(os, "nice"):  # before the imports, which take a quarter of a second
        os.nice(_NICENESS)
    gc.disable()  # importing leaves no garbage, but a tenth of its time goes into looking for it
    from tui_app.sync import Cancellation, run_sync

    gc.enable()
    cancellation = Cancellation()
    threading.Thread(target=_cancel_on_input, args=(cancellation.cancel,), daemon=True).start()
    with cancelling_on_signals(cancellation.cancel, lambda: None):
        finished = asyncio.run(
            run_sync(paths, profile_name, emit=_Emitter(cancellation.cancel), cancellation=cancellation, **request)
        )
    return finished.exit_code


class _Emitter:
    """Write events to stdout; when the reader is gone, cancel the sync and write no more."""

    def __init__(self, cancel: Callable[[], object]) -> None:
        self._cancel = cancel
        self._has_reader = True

    def __call__(self, event: SyncEvent) -> None:
        if not self._has_reader:
            return
        try:
            sys.stdout.write(to_line(event))
            sys.stdout.flush()
        except BrokenPipeError:
            self._has_reader = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._cancel()


def _cancel_on_input(cancel: Callable[[], object]) -> None:
    # read the descriptor: the lock of a buffered reader, held by a sleeping thread, aborts Python at exit
    descriptor, received = sys.stdin.fileno(), b""
    while block := os.read(descriptor, 4096):
        received = (received + block)[-4096:]
        if b"cancel" in received.split(b"\n")[:-1]:
            break
    cancel()
