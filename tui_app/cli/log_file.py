"""The log file: made by its first record, redacted, bounded, and silent when it can't be written."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from tui_app.cli.options import LOG_LEVEL_VARIABLE, LOG_LEVELS
from tui_app.file_access import open_regular
from tui_app.paths import Paths
from tui_app.text import redact

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
