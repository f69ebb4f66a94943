"""What happens when something unforeseen breaks: one line for the user, the story in the log, no secret in either."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final

import click

from tui_app.paths import Paths
from tui_app.text import redact, strip_controls

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

    from tui_app.cli.log_file import LogFile, chosen_level
    from tui_app.cli.slow_query_log import SlowQueryLog

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
        document = {"error": {"code": "internal", "message": message, "hint": _HINT}}
        _try(lambda: click.echo(json.dumps(document)))
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
