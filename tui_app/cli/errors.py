"""How a command says that it failed: one plain line on stderr, one document on stdout with `--json`, a code."""

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

_OF_THE_WORLD: Final = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}


class Failure(NamedTuple):
    """What is printed of an error; every text redacted and on one line."""

    code: str
    message: str
    hint: str
    exit_code: int

    @property
    def document(self) -> ErrorDocument:
        """The value of `error` in JSON."""
        from tui_app.events import ErrorDocument  # late: msgspec costs 12 ms, and most commands do not fail

        return ErrorDocument(code=self.code, message=self.message, hint=self.hint)


def describe(error: Exception) -> Failure:
    """The failure an error stands for: ours, click's, or a file we may not touch."""
    if isinstance(error, XtreamTuiError):
        return _failure(error.code, error.message, error.hint, error.exit_code)
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "xtream-tui"
        return _failure(UsageError.code, error.format_message(), f"See: {command} --help", UsageError.exit_code)
    if isinstance(error, click.ClickException):
        return _failure("failed", error.format_message(), "", 1)
    if isinstance(error, OSError):
        return _of_a_file(error)
    return _failure("cancelled", "Stopped.", "", 130)  # click.Abort: Ctrl-C or Ctrl-D at a prompt


def _of_a_file(error: OSError) -> Failure:
    if isinstance(error, FileNotFoundError) and not _has_current_folder():
        return _failure("failed", "The folder this was started in is gone.", "Change to another one first.", 1)
    place = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    hint = "Check the disk and who owns the file; `xtream-tui where` lists our folders."
    return _failure("failed", f"{error.strerror or error}{place}.", hint, 1)


def _has_current_folder() -> bool:
    try:
        return bool(Path.cwd())
    except OSError:
        return False


def note_in_log(error: Exception) -> None:
    """Log where an error of a file or the system came from, unless it says all of it itself: it may be our fault."""
    if isinstance(error, OSError) and error.errno not in _OF_THE_WORLD:
        import logging

        logging.getLogger("tui_app").warning("an unusual error of the system", exc_info=error)


def report_failure(error: Exception, *, as_json: bool) -> int:
    """Print the error for people (stderr) and, when asked, for scripts (stdout); returns the exit code."""
    failure = describe(error)
    if as_json:
        with suppress(OSError):  # a full disk may be what there is to report
            print_failure(failure)
    click.echo(f"{failure.message} {failure.hint}".rstrip(), err=True)
    return failure.exit_code


def print_failure(failure: Failure) -> None:
    """Print the document of a failure, in ASCII."""
    from msgspec import to_builtins

    click.echo(json.dumps(to_builtins(documents.files.Failed(error=failure.document))))


@contextmanager
def lost_output_ignored() -> Iterator[None]:
    """Leave the block without an error when the reader of stdout is gone: `xtream-tui list | head` has seen enough."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` was given; looked up by hand, since a command line click refused was never parsed."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def warn(message: str) -> None:
    """One line on stderr for people: something is not as hoped, and the command goes on."""
    click.echo(_one_line(message), err=True)
    sys.stderr.flush()


def _failure(code: str, message: str, hint: str, exit_code: int) -> Failure:
    return Failure(code, _one_line(message), _one_line(hint), exit_code)


def _one_line(text: str) -> str:
    return strip_controls(redact(" ".join(text.split())))


#: Code → meaning. A command ends with one of these and no other.
EXIT_CODES: Final = {
    0: "done",
    1: "failed; also: what answers there is not such a panel",
    2: "wrong usage",
    3: "partial: some parts are done, the reason for the others is in the report",
    4: "login refused or denied",
    5: "busy: another sync holds the profile",
    6: "unreachable or overloaded",
    130: "cancelled",
}
