"""Keeps the slow queries that are logged in a file of their own, beside the log, for figures and diagnoses."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from tui_app.errors import SettingsError
from tui_app.paths import Paths
from tui_app.text import redact


class SlowQueryLog(logging.Handler):
    """Takes the records that carry a slow query and passes over all others."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self._paths = paths

    def emit(self, record: logging.LogRecord) -> None:
        query = getattr(record, "slow_query", None)
        if query is None:
            return
        from tui_app.store.upkeep.slow_query_file import append_slow_query

        with suppress(OSError, SettingsError):  # a full disk or a read-only home must not add trouble to trouble
            self._paths.ensure()
            append_slow_query(self._paths.slow_queries_file, replace(query, sql=redact(query.sql)))
