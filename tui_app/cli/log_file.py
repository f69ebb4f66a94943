"""Logging: a redacted, bounded log file, the log of slow queries, and hooks for crashes.

The log file is created by its first record. Nothing is printed when it can't be written.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

import click

from tui_app.cli.errors import Failure, print_failure
from tui_app.errors import SettingsError
from tui_app.file_access import open_regular
from tui_app.paths import Paths
from tui_app.text import redact, strip_controls

LOG_LEVELS: Final = ("error", "warning", "info", "debug")
LOG_LEVEL_VARIABLE: Final = "XTREAM_TUI_LOG_LEVEL"


_LIMIT: Final = 1_000_000  # bytes a file; one older file is kept
_FORMAT: Final = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class LogFile(RotatingFileHandler):
    """A handler for the root logger that never prints: stderr is for one-line messages, or the app's screen."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        super().__init__(paths.log_file, maxBytes=_LIMIT, backupCount=1, encoding="utf-8", errors="replace", delay=True)
        self.setFormatter(_RedactingFormatter(_FORMAT))

    def _open(self) -> TextIOWrapper:
        self._paths.ensure()
        descriptor = open_regular(Path(self.baseFilename), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding, errors=self.errors)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; reopen the file first when another process has rotated it."""
        stream = self.stream
        if stream is not None and _was_rotated(stream, Path(self.baseFilename)):
            stream.close()
            self.stream = None  # reopened by the base class
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Do nothing: a full disk or a read-only home must not cause a second error."""


def _was_rotated(stream: TextIOWrapper, path: Path) -> bool:
    try:
        return not os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except OSError:
        return True


def chosen_level() -> int:
    """Return the level from the environment; INFO when it is unset or unknown."""
    word = os.environ.get(LOG_LEVEL_VARIABLE, "").strip().lower()
    return logging.getLevelNamesMapping()[word.upper()] if word in LOG_LEVELS else logging.INFO


class _RedactingFormatter(logging.Formatter):
    """Redact the formatted text, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class SlowQueryLog(logging.Handler):
    """Write records that carry a slow query to a file of their own; ignore all others."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self._paths = paths

    def emit(self, record: logging.LogRecord) -> None:
        query = getattr(record, "slow_query", None)
        if query is None:
            return
        from tui_app.store.slow_queries import append_slow_query

        with suppress(OSError, SettingsError):  # a full disk or a read-only home must not cause a second error
            self._paths.ensure()
            append_slow_query(self._paths.slow_queries_file, replace(query, sql=redact(query.sql)))


_HINT: Final = "Please report it with the lines from the log; they contain no password."


def install_crash_hooks(paths: Paths, *, as_json: bool) -> None:
    """Log unexpected exceptions of any thread and print one line for each; the process ends with 1."""

    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _report_crash(paths, error, trace, print_document=as_json)

    def other_thread(crash: threading.ExceptHookArgs) -> None:
        if crash.exc_value is not None and not issubclass(crash.exc_type, SystemExit):
            _report_crash(paths, crash.exc_value, crash.exc_traceback, print_document=False)

    sys.excepthook = main_thread
    threading.excepthook = other_thread


def start_logging(paths: Paths) -> None:
    """Send this process's log records to the log file, which the first record creates."""
    import logging

    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LogFile | SlowQueryLog)]:
        root.removeHandler(handler)  # left by an earlier command in this process
    root.addHandler(LogFile(paths))
    root.addHandler(SlowQueryLog(paths))
    level = chosen_level()
    root.setLevel(max(level, logging.WARNING))  # the HTTP libraries log every address at INFO
    logging.getLogger("tui_app").setLevel(level)


def _report_crash(paths: Paths, error: BaseException, trace: TracebackType | None, *, print_document: bool) -> None:
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    message = f"xtream-tui stopped unexpectedly: {strip_controls(redact(' '.join(text.split())))[:300]}"
    _log(paths, error, trace)
    where = f"details are in {paths.log_file}" if paths.log_file.exists() else "no log could be written"
    if print_document:
        _try(lambda: print_failure(Failure("internal", message, _HINT, 1)))
    _try(lambda: click.echo(f"{message}; {where}", err=True))


def _log(paths: Paths, error: BaseException, trace: TracebackType | None) -> None:
    import logging

    start_logging(paths)
    logging.getLogger("tui_app").critical("stopped unexpectedly", exc_info=(type(error), error, trace))


def _try(action: Callable[[], None]) -> bool:
    """Return whether `action` worked on files and streams that may be gone."""
    try:
        action()
    except OSError:
        return False
    return True
