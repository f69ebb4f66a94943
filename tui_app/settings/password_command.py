"""Run a user's password command, as mail clients do, and take the first line it prints.

Its output goes nowhere else: not into errors, not to the terminal, not into logs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Final

from tui_app.errors import SecretError

TIME_OUT_S: Final = 30.0
_NOT_FOUND: Final = 127  # exit status of a shell for an unknown command


def password_from(command: str, time_out_s: float = TIME_OUT_S) -> str:
    """Return the first line that the shell command prints, stripped. Takes up to `time_out_s`.

    The command gets no terminal; if it must ask, it has to open a window. Raises `SecretError` when it fails, takes too
    long or prints nothing.
    """
    process = _started(command)
    output: bytes | None = None
    try:
        output, _ = process.communicate(timeout=time_out_s)
    except subprocess.TimeoutExpired:
        pass  # raised below, because this exception contains the output
    finally:
        if output is None:
            _end(process)
    if output is None:
        raise SecretError(f"The password command did not finish within {time_out_s:g} seconds.", hint=_HINT)
    if process.returncode:
        raise SecretError(_failure(process.returncode), hint=_HINT)
    return _first_line(output)


_HINT: Final = "Run the command in a terminal: it must print the password as its first line."


def _started(command: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            shell=True,  # the user's own command line may use pipes
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # no controlling terminal, and one group to kill
        )
    except (OSError, ValueError):
        pass
    raise SecretError("The password command could not be started.", hint=_HINT)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group of the command."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):  # already ended
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _failure(status: int) -> str:
    if status == _NOT_FOUND:
        return f"The password command was not found (exit status {status})."
    if status < 0:
        return f"The password command was killed by signal {-status}."
    return f"The password command failed with exit status {status}."


def _first_line(output: bytes) -> str:
    password = output.partition(b"\n")[0].decode(errors="replace").strip()
    if "\ufffd" in password:
        raise SecretError("The password command did not print UTF-8 text.", hint=_HINT)
    if not password:
        raise SecretError("The password command printed no password on its first line.", hint=_HINT)
    return password
