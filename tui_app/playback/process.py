"""A player's process: started without a shell and outside the terminal, always ended, its failures explained.

Arguments are visible to every user of the machine: they must not contain secrets. The last output is kept only to find
the reason of a failure, without revealing the address.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import stat
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tui_app.errors import PlayerError
from tui_app.playback.playable import Outcome, Playable
from tui_app.text import redact, strip_controls

#: A socket's path has room for 107 bytes on Linux, 103 on macOS.
_LONGEST_FOLDER: Final = 70
_PREFIX: Final = "xtream-tui-"
#: By then a player has read its playlist and opened its socket.
_SURELY_STARTED_S: Final = 60.0
_KEPT_LINES: Final = 20
_LONGEST_LINE: Final = 4_000
_BLOCK: Final = 8_192
#: Seconds that a player gets to end when it is asked to.
END_S: Final = 2.0
_LAST_WORDS_S: Final = 0.5


@contextmanager
def private_folder() -> Iterator[Path]:
    """Create a folder only this user can enter, with a short path; delete it with its content at the end.

    Folders left by a killed program are deleted too: a playlist in one may contain a password.
    """
    wanted = (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp")
    fitting = [name for name in wanted if name and len(name) <= _LONGEST_FOLDER and os.access(name, os.W_OK)]
    parent = fitting[0] if fitting else tempfile.gettempdir()
    _sweep(Path(parent))
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
    except OSError as error:
        raise PlayerError(
            f"No folder for talking to the player can be made: {error.strerror}.", hint="Is the disk full?"
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Delete the folders of this user's programs that have ended."""
    for folder in parent.glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            facts = folder.lstat()
            if owner.isdecimal() and stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid():
                is_old = time.time() - facts.st_mtime > _SURELY_STARTED_S  # its program may be in another container
                if is_old and not _is_running(int(owner)):
                    shutil.rmtree(folder, ignore_errors=True)


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's
        return True
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


class PlayerProcess:
    """A running player, created by `player_process`."""

    def __init__(self, process: asyncio.subprocess.Process, *, in_terminal: bool = False, end_s: float = END_S) -> None:
        self._process = process
        self._end_s = end_s
        self._in_terminal = in_terminal
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listening = asyncio.create_task(self._listen())

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    async def wait(self) -> int:
        """Wait until the process has ended and its last output was read; return its exit code."""
        code = await self._process.wait()
        with suppress(TimeoutError):  # a grandchild may keep the pipe open
            async with asyncio.timeout(_LAST_WORDS_S):
                await asyncio.shield(self._listening)
        return code

    @property
    def output(self) -> str:
        """The last lines it printed. They may contain secrets: only `failure` reads them."""
        return "\n".join(self._lines)

    async def end(self) -> None:
        """Ask the process to end, then kill it. Returns at once when it has ended already."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                break
            self._signal(number)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._end_s):
                    await self._process.wait()
        self._listening.cancel()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if self._in_terminal:  # in our own group
                self._process.send_signal(number)
            else:  # its own process group, so that wrapper scripts end too
                os.killpg(self._process.pid, number)

    async def _listen(self) -> None:
        """Keep the last lines. All output is read, so that the process never blocks."""
        stream, rest = self._process.stderr if self._in_terminal else self._process.stdout, b""
        while stream is not None and (block := await stream.read(_BLOCK)):
            *lines, rest = (rest + block).replace(b"\r", b"\n").split(b"\n")
            rest = rest[: _LONGEST_LINE + 1]  # over the limit, so it will not be kept
            self._keep(lines)
        self._keep([rest])

    def _keep(self, lines: Sequence[bytes]) -> None:
        """Keep lines, except those that are too long: a cut secret would not be recognised."""
        kept = (line.decode("utf-8", "replace") for line in lines if line.strip() and len(line) <= _LONGEST_LINE)
        self._lines.extend(kept)


@asynccontextmanager
async def player_process(
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    in_terminal: bool = False,
    end_s: float = END_S,
) -> AsyncIterator[PlayerProcess]:
    """Run a player and end it on exit, within `end_s` seconds. `stdin` is written to it. Raises `PlayerError`.

    `in_terminal`: it draws on our terminal and reads its keys; the caller has suspended the app.
    """
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    reads = nothing if stdin is None else pipe
    try:
        started = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=None if in_terminal else reads,
            stdout=None if in_terminal else pipe,
            stderr=pipe if in_terminal else asyncio.subprocess.STDOUT,
            env=environment,
            start_new_session=not in_terminal,  # otherwise it must not access our terminal
        )
    except FileNotFoundError:
        raise PlayerError(f"There is no program “{arguments[0]}”.", hint="Choose a player in the Settings.") from None
    except (OSError, ValueError):
        raise PlayerError(f"“{arguments[0]}” can't be started.", hint="Choose another in the Settings.") from None
    process = PlayerProcess(started, in_terminal=in_terminal, end_s=end_s)
    try:
        if stdin is not None and started.stdin is not None:
            with suppress(ConnectionError):
                started.stdin.write(stdin)
                await started.stdin.drain()
            started.stdin.close()
        yield process
    finally:
        await asyncio.shield(process.end())


_ANY_ADDRESS: Final = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+://\S+")
_HTTP_STATUS: Final = re.compile(
    r"(?i)\b(?:http error|http/1\.[01]|http status|server returned|status code)\D{0,4}(\d{3})\b"
)
_LOG_PREFIX: Final = re.compile(r"^(?:\[[^\]]{1,40}\]\s*)+")
_LONGEST_REASON: Final = 160

_UNREACHABLE: Final = re.compile(
    r"(?i)connection refused|timed? ?out|no route to host|network is unreachable|failed to resolve|"
    r"cannot connect|connection (?:failed|reset)|name or service not known"
)
_NO_VIDEO: Final = re.compile(r"(?i)unrecognized file format|recogni[sz]e file format|invalid data found|no streams")
_NO_WINDOW: Final = re.compile(
    r"(?i)could not initialize video|no video output|failed initializing any|cannot open display"
)
_BAD_OPTION: Final = re.compile(r"(?i)error parsing option|unknown option|option not found|unrecognized option")
_AS_ROOT: Final = re.compile(r"(?i)not supposed to be run as root")


def cleaned(output: str, address: str) -> str:
    """Return a player's output without secrets, addresses and the panel's host."""
    text = _ANY_ADDRESS.sub("***", redact(output))
    parts = urlsplit(address)
    for part in sorted({parts.netloc, parts.hostname or ""}, key=len, reverse=True):
        if part:
            text = re.sub(re.escape(part), "***", text, flags=re.IGNORECASE)
    return strip_controls(text)


def failure(what: Playable, player: str, output: str, *, reason: str = "", code: int | None = None) -> Outcome:
    """Return the outcome of a failed run.

    `reason`: the reason the player gave besides its output; `code`: its exit code.
    """
    text = f"{output}\n{reason}"
    if code is not None and code < 0:  # minus the signal: killed or crashed, whatever it printed before
        again = "Play it again to go on where it stopped." if what.keeps_position else "Play it again."
        return Outcome("failed", f"{player} stopped unexpectedly.", again)
    if found := list(_HTTP_STATUS.finditer(text)):
        return _by_status(int(found[-1][1]), what)
    if _BAD_OPTION.search(output):
        return Outcome(
            "failed",
            f"{player} refuses an option: {_last_line(output, what)}",
            "Check the player's arguments in the Settings.",
        )
    if _AS_ROOT.search(output):
        return Outcome("failed", f"{player} does not run as root.", "Use another player or another user.")
    if _NO_WINDOW.search(text):
        return Outcome("failed", f"{player} could not open a window.", "Is there a display? y copies the link.")
    if _UNREACHABLE.search(text):
        return Outcome(
            "failed", "The provider's stream can't be reached.", "Check your connection, or try again later."
        )
    if _NO_VIDEO.search(text):
        return Outcome("failed", "What the provider sent is no video.", _limit_hint(what))
    line = _last_line(text, what)
    words = f"{player} could not play it{f': {line}' if line else ''}"
    return Outcome("failed", words if words.endswith(".") else f"{words}.", "The provider may not have it just now.")


def _by_status(status: int, what: Playable) -> Outcome:
    if status in (401, 402, 403, 406, 429, 451, 458, 509, 512, 513, 884):
        return Outcome("failed", f"The provider refused the stream (HTTP {status}).", _limit_hint(what))
    if status in (404, 410):
        return Outcome("failed", f"The provider does not have this stream now (HTTP {status}).", _limit_hint(what))
    return Outcome("failed", f"The provider could not send the stream (HTTP {status}).", "Try again later.")


def _limit_hint(what: Playable) -> str:
    """Return the hint for answers that panels give when another device uses the account."""
    limit = what.max_connections
    if limit is None:
        return "Another device may be using the account, or the stream is off air."
    streams = "one stream" if limit == 1 else f"{limit} streams"
    return f"Your account allows {streams} at a time: is another device playing? It may also be off air."


def _last_line(text: str, what: Playable) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    return cleaned(_LOG_PREFIX.sub("", lines[-1]), what.address)[:_LONGEST_REASON]
