"""Runs each sync as a separate process, turns its event lines into messages, and cancels it.

No secret passes through here: the sync process reads the profile and its password itself. One process per profile; its
output follows the protocol of `tui_app.events`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from textual.message import Message

from tui_app.catalog import Kind
from tui_app.events import PartFinished, SyncEvent, SyncFinished, SyncProgress, SyncStarted, from_line
from tui_app.messages import (
    ConnectionChanged,
    LibraryChanged,
    SyncCancelling,
    SyncEnded,
    SyncProgressed,
    SyncStartedMessage,
)
from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.self_exec import relaunch_argv
from tui_app.text import redact

#: The shortest interval between progress messages; a change of part or phase is sent at once.
PROGRESS_SPACING_S: Final = 0.5
TERMINATE_AFTER_S: Final = 1.5
KILL_AFTER_S: Final = 4.0
#: How long the end of a process is waited for after its last event: it may run hooks, which need not delay the app.
_END_WAIT_S: Final = 1.0
_LAST_WAIT_S: Final = 3.0  # when the app is closed
_LINE_LIMIT: Final = 8 * 1024 * 1024  # bytes: the last line contains the whole report
_STDERR_LINES: Final = 40
_STDERR_LINE_LENGTH: Final = 500

log = logging.getLogger(__name__)


@dataclass
class _Engine:
    """One running sync process and its last events."""

    profile: str
    process: asyncio.subprocess.Process | None = None
    progress: SyncProgress | None = None
    posted_at: float = 0.0
    finished: SyncFinished | None = None
    has_spoken: bool = False
    cancelling: bool = False
    task: asyncio.Task[None] | None = None
    killer: asyncio.Task[None] | None = None
    stderr: deque[str] = field(default_factory=lambda: deque(maxlen=_STDERR_LINES))


class SyncRunner:
    """The sync processes of this app. `post` receives the messages (`App.post_message`) on the event loop."""

    def __init__(
        self,
        paths: Paths,
        post: Callable[[Message], object] = lambda message: None,
        *,
        command: Sequence[str] | None = None,
        terminate_after_s: float = TERMINATE_AFTER_S,
        kill_after_s: float = KILL_AFTER_S,
    ) -> None:
        self.post = post
        self._command = tuple(command or relaunch_argv())
        self._environment = engine_environment(paths, os.environ)
        self._terminate_after_s = terminate_after_s
        self._kill_after_s = kill_after_s
        self._engines: dict[str, _Engine] = {}
        self._ending: dict[asyncio.Task[int], asyncio.subprocess.Process] = {}  # finished syncs whose hooks may run

    # --------------------------------------------------------------------------------------------- queries
    def is_busy(self, profile: str | None = None) -> bool:
        """Return True while a sync runs for this profile (None: for any)."""
        return bool(self._engines) if profile is None else profile in self._engines

    def get_sync_progress(self, profile: str) -> SyncProgress | None:
        """Return the last progress, for a screen that is opened during a sync."""
        engine = self._engines.get(profile)
        return engine.progress if engine else None

    # --------------------------------------------------------------------------------------------- actions
    async def start_content_sync(
        self,
        profile: str,
        *,
        full: bool = False,
        only: Sequence[Kind] = (),
        accept_shrink: bool = False,
        retry: bool = False,
        background: bool = False,
        categories_only: bool = False,
    ) -> bool:
        """Start a sync; False when this profile has one already. Its progress is posted as messages.

        `retry` repeats only what did not complete last time; `background` marks a sync nobody asked for.
        """
        if profile in self._engines:
            return False
        engine = self._engines[profile] = _Engine(profile)
        arguments = ["sync", profile, "--events", *(["--full"] if full else [])]
        arguments += ["--only", ",".join(kind.plural for kind in only)] if only else []
        arguments += ["--accept-shrink"] if accept_shrink else []
        arguments += ["--retry"] if retry else []
        arguments += ["--background"] if background else []
        arguments += ["--categories-only"] if categories_only else []
        engine.task = asyncio.create_task(self._run(engine, arguments), name=f"sync {profile}")
        return True

    def cancel_content_sync(self, profile: str) -> bool:
        """Ask the sync process to stop, and kill it when it does not. False when nothing runs."""
        engine = self._engines.get(profile)
        if engine is None:
            return False
        if not engine.cancelling:
            engine.cancelling = True
            self.post(SyncCancelling(profile))
            engine.killer = asyncio.create_task(self._insist(engine), name=f"cancel {profile}")
        return True

    async def close(self) -> None:
        """Stop every sync process and wait until all have ended. Hooks get a moment to end by themselves."""
        tasks = [engine.task for engine in self._engines.values() if engine.task is not None]
        for profile in tuple(self._engines):
            self.cancel_content_sync(profile)
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in (asyncio.subprocess.Process.terminate, asyncio.subprocess.Process.kill):
            if self._ending:
                _, slow = await asyncio.wait(self._ending, timeout=_LAST_WAIT_S)
                for task in slow:
                    end(self._ending[task])
        await asyncio.gather(*self._ending)

    # ------------------------------------------------------------------------------------ one sync process
    async def _run(self, engine: _Engine, arguments: Sequence[str]) -> None:
        try:
            exit_code = await self._listen(engine, arguments)
        except OSError as error:
            log.warning("the sync engine could not be started: %s", redact(str(error)))
            exit_code = 1
        finally:
            if engine.killer is not None:
                engine.killer.cancel()
            self._engines.pop(engine.profile, None)
        finished = engine.finished or _unexpected_end(engine, exit_code)
        if _knows_connection(finished):
            self.post(ConnectionChanged(engine.profile, online=not _is_unreachable(finished)))
        self.post(SyncEnded(finished))

    async def _listen(self, engine: _Engine, arguments: Sequence[str]) -> int:
        process = engine.process = await asyncio.create_subprocess_exec(
            *self._command,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
            limit=_LINE_LIMIT,
        )
        assert process.stdout is not None and process.stderr is not None  # both are pipes
        ending = asyncio.create_task(_end_of(engine, process, process.stderr))
        self._ending[ending] = process
        ending.add_done_callback(self._ending.pop)
        async for event in _events(process.stdout):
            self._handle(engine, event)
            if engine.finished is not None:
                await asyncio.wait({ending}, timeout=_END_WAIT_S)
                return engine.finished.exit_code
        return await ending

    def _handle(self, engine: _Engine, event: SyncEvent) -> None:
        engine.has_spoken = True
        if isinstance(event, SyncProgress):
            self._handle_progress(engine, event)
        elif isinstance(event, SyncStarted):
            self.post(SyncStartedMessage(event))
        elif isinstance(event, PartFinished):
            if event.status in ("completed", "partial") and event.shows:
                self.post(LibraryChanged(engine.profile, event.part))
        elif isinstance(event, SyncFinished):
            engine.finished = event

    def _handle_progress(self, engine: _Engine, progress: SyncProgress) -> None:
        before, engine.progress = engine.progress, progress
        now = time.monotonic()
        is_new = before is None or (before.part, before.phase) != (progress.part, progress.phase)
        if is_new or now - engine.posted_at >= PROGRESS_SPACING_S:
            engine.posted_at = now
            self.post(SyncProgressed(engine.profile, progress))

    async def _insist(self, engine: _Engine) -> None:
        """Send "cancel", then SIGTERM (at once to a process without any event yet), then SIGKILL.

        Ends when cancelled, which `_run` does when the process has ended.
        """
        while engine.process is None:
            await asyncio.sleep(0.01)
        process = engine.process
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.write(b"cancel\n")
                await process.stdin.drain()
        if not engine.has_spoken:  # still loading: it holds nothing and does not read its input yet
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        await asyncio.sleep(self._terminate_after_s)
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            await asyncio.sleep(self._kill_after_s - self._terminate_after_s)
            process.kill()


async def _end_of(engine: _Engine, process: asyncio.subprocess.Process, stderr: asyncio.StreamReader) -> int:
    """Wait for the end of a process, log what it wrote to stderr, and return its exit code."""
    await _collect(stderr, engine.stderr)
    exit_code = await process.wait()
    for line in engine.stderr:
        log.warning("sync %r: %s", engine.profile, line)
    return exit_code


def engine_environment(paths: Paths, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the sync process: ours, with the same home folder."""
    environment = {**environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    home = paths.config.parent
    if Paths.under(home) == paths:
        environment[HOME_VARIABLE] = str(home)
    return environment


async def _events(stream: asyncio.StreamReader) -> AsyncIterator[SyncEvent]:
    """Yield the events among the lines; other output is skipped."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # longer than the limit, so no event; the reader has dropped it
            continue
        if not line:
            return
        if (event := from_line(line.decode("utf-8", "replace"))) is not None:
            yield event


async def _collect(stream: asyncio.StreamReader, lines: deque[str]) -> None:
    """Keep the last lines of a stream, redacted; read all of it, so that the process never blocks on writing."""
    rest = b""
    while block := await stream.read(4096):
        *whole, rest = (rest + block)[-65536:].split(b"\n")
        lines.extend(_safe_line(line) for line in whole if line.strip())
    if rest.strip():
        lines.append(_safe_line(rest))


def _safe_line(line: bytes) -> str:
    """Return a line redacted and shortened. Redaction sees more than is kept, so that the cut halves no secret."""
    return redact(line[: 4 * _STDERR_LINE_LENGTH].decode("utf-8", "replace"))[:_STDERR_LINE_LENGTH]


def _unexpected_end(engine: _Engine, exit_code: int) -> SyncFinished:
    """Return the result of a process that ended without a final event."""
    if engine.cancelling:
        return SyncFinished(
            engine.profile, "cancelled", int(time.time()), 130, "The sync was cancelled.", "Nothing was lost."
        )
    return SyncFinished(
        engine.profile,
        "failed",
        int(time.time()),
        exit_code if exit_code > 0 else 1,
        "The sync stopped unexpectedly; the library is as it was.",
        "Try again; the log file says more.",
    )


def _is_unreachable(finished: SyncFinished) -> bool:
    return finished.error_code == "unreachable"


def _knows_connection(finished: SyncFinished) -> bool:
    """Return True when this result tells whether the provider can be reached."""
    return finished.status in ("completed", "partial") or _is_unreachable(finished)
