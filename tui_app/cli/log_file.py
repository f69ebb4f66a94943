"""The log file: made by its first record, redacted, bounded, and silent when it can't be written."""

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
    """A handler for the root logger. Never prints: stderr belongs to one-line messages, or to the app's screen."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        super().__init__(paths.log_file, maxBytes=_LIMIT, backupCount=1, encoding="utf-8", errors="replace", delay=True)
        self.setFormatter(_RedactingFormatter(_FORMAT))

    def _open(self) -> TextIOWrapper:
        self._paths.ensure()
        descriptor = open_regular(Path(self.baseFilename), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding, errors=self.errors)

    def emit(self, record: logging.LogRecord) -> None:
        """Another process may have put our file aside since: then this record begins in the new one."""
        stream = self.stream
        if stream is not None and _was_put_aside(stream, Path(self.baseFilename)):
            stream.close()
            self.stream = None  # opened anew by the base class
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk or a read-only home must not add trouble to trouble."""


def _was_put_aside(stream: TextIOWrapper, path: Path) -> bool:
    try:
        return not os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except OSError:
        return True


def chosen_level() -> int:
    """The level of our own records, as the environment says; INFO when it says nothing, or nothing we know."""
    word = os.environ.get(LOG_LEVEL_VARIABLE, "").strip().lower()
    return logging.getLevelNamesMapping()[word.upper()] if word in LOG_LEVELS else logging.INFO


class _RedactingFormatter(logging.Formatter):
    """Redacts the finished text, so that arguments and tracebacks pass through it too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class SlowQueryLog(logging.Handler):
    """Takes the records that carry a slow query and passes over all others."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self._paths = paths

    def emit(self, record: logging.LogRecord) -> None:
        query = getattr(record, "slow_query", None)
        if query is None:
            return
        from tui_app.store.slow_queries import append_slow_query

        with suppress(OSError, SettingsError):  # a full disk or a read-only home must not add trouble to trouble
            self._paths.ensure()
            append_slow_query(self._paths.slow_queries_file, replace(query, sql=redact(query.sql)))


_HINT: Final = "Please report it with the lines from the log; they hold no password."


def install_crash_hooks(paths: Paths, *, as_json: bool) -> None:
    """From now on an unexpected exception, in any thread, prints one line and is logged; the process ends with 1."""

    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _tell(paths, error, trace, print_document=as_json)

    def other_thread(crash: threading.ExceptHookArgs) -> None:
        if crash.exc_value is not None and not issubclass(crash.exc_type, SystemExit):
            _tell(paths, crash.exc_value, crash.exc_traceback, print_document=False)

    sys.excepthook = main_thread
    threading.excepthook = other_thread


def start_logging(paths: Paths) -> None:
    """Send this process's log records, redacted, to the log file instead of the screen; the first one makes it."""
    import logging

    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LogFile | SlowQueryLog)]:
        root.removeHandler(handler)  # of an earlier command in this process
    root.addHandler(LogFile(paths))
    root.addHandler(SlowQueryLog(paths))
    level = chosen_level()
    root.setLevel(max(level, logging.WARNING))  # the HTTP libraries say every address at INFO
    logging.getLogger("tui_app").setLevel(level)


def _tell(paths: Paths, error: BaseException, trace: TracebackType | None, *, print_document: bool) -> None:
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    message = f"xtream-tui stopped unexpectedly: {strip_controls(redact(' '.join(said.split())))[:300]}"
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
    """Whether `action` worked on files and streams that may be gone."""
    try:
        action()
    except OSError:
        return False
    return True
