"""Report failures: one line on stderr, one JSON document on stdout with `--json`, and an exit code."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from tui_app.cli import documents
from tui_app.errors import UsageError, XtreamTuiError
from tui_app.text import redact, strip_controls

if TYPE_CHECKING:
    from tui_app.events import ErrorDocument

_ENVIRONMENT_ERRORS: Final = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}


class Failure(NamedTuple):
    """What is printed for an error: redacted texts, each on one line."""

    code: str
    message: str
    hint: str
    exit_code: int

    @property
    def document(self) -> ErrorDocument:
        """Return the value of `error` in the JSON document."""
        from tui_app.events import ErrorDocument  # late: msgspec costs 12 ms, and most commands do not fail

        return ErrorDocument(code=self.code, message=self.message, hint=self.hint)


def describe(error: Exception) -> Failure:
    """Return the failure that stands for one of our errors, an error of click or an `OSError`."""
    if isinstance(error, XtreamTuiError):
        return _failure(error.code, error.message, error.hint, error.exit_code)
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "xtream-tui"
        return _failure(UsageError.code, error.format_message(), f"See: {command} --help", UsageError.exit_code)
    if isinstance(error, click.ClickException):
        return _failure("failed", error.format_message(), "", 1)
    if isinstance(error, OSError):
        return _of_os_error(error)
    return _failure("cancelled", "Stopped.", "", 130)  # click.Abort: Ctrl-C or Ctrl-D at a prompt


def _of_os_error(error: OSError) -> Failure:
    if isinstance(error, FileNotFoundError) and not _has_current_folder():
        return _failure("failed", "The current folder no longer exists.", "Change to another folder first.", 1)
    where = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    hint = "Check the disk and the file's owner; `xtream-tui where` lists the folders."
    return _failure("failed", f"{error.strerror or error}{where}.", hint, 1)


def _has_current_folder() -> bool:
    try:
        return bool(Path.cwd())
    except OSError:
        return False


def note_in_log(error: Exception) -> None:
    """Log the traceback of a system error, unless its message says everything: it may be a bug of ours."""
    if isinstance(error, OSError) and error.errno not in _ENVIRONMENT_ERRORS:
        import logging

        logging.getLogger("tui_app").warning("unusual system error", exc_info=error)


def report_failure(error: Exception, *, as_json: bool) -> int:
    """Print the error to stderr and, with `as_json`, a document to stdout; return the exit code."""
    failure = describe(error)
    if as_json:
        with suppress(OSError):  # a full disk may be the very error that is reported
            print_failure(failure)
    click.echo(f"{failure.message} {failure.hint}".rstrip(), err=True)
    return failure.exit_code


def print_failure(failure: Failure) -> None:
    """Print the document of a failure, in ASCII."""
    from msgspec import to_builtins

    click.echo(json.dumps(to_builtins(documents.files.Failed(error=failure.document))))


@contextmanager
def lost_output_ignored() -> Iterator[None]:
    """Leave the block quietly when the reader of stdout is gone, as in `xtream-tui list | head`."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether `--json` was given; scanned by hand because click did not parse a refused command line."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def warn(message: str) -> None:
    """Print one line to stderr; the command goes on."""
    click.echo(_one_line(message), err=True)
    sys.stderr.flush()


def _failure(code: str, message: str, hint: str, exit_code: int) -> Failure:
    return Failure(code, _one_line(message), _one_line(hint), exit_code)


def _one_line(text: str) -> str:
    return strip_controls(redact(" ".join(text.split())))


#: Exit code → meaning. Every command ends with one of these.
EXIT_CODES: Final = {
    0: "success",
    1: "failure, or the server is not an Xtream Codes panel",
    2: "usage error",
    3: "partial success: some parts failed, the report says why",
    4: "login refused",
    5: "busy: another process is syncing the profile",
    6: "server unreachable or overloaded",
    130: "cancelled",
}
