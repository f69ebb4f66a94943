"""How much work a call is, in numbers that no machine and no neighbour changes.

SQLite counts the steps of its virtual machine, Python its calls. Both are exact for the same work, so that a cost that
grows with the square of a size shows at once, in a test of a second.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest import mock

#: Steps between two counts. What a statement takes beyond a multiple of it is counted with its next execution.
_STRIDE: Final = 20
_VALUES: Final = re.compile(r"'(?:[^']|'')*'|x'[0-9a-f]*'|\b\d+(?:\.\d+)?\b", re.IGNORECASE)
_LISTS: Final = re.compile(r"\?(?:,\s*\?)+")
_PACKAGE: Final = str(Path(__file__).parents[2] / "tui_app")


@dataclass
class Work:
    """SQLite's steps by statement, with its values left out, and the calls by function of the app."""

    steps: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)


class WorkCounter:
    """Counts for the connections opened while `counting`."""

    def __init__(self) -> None:
        self._work = Work()
        self._statement = ""
        self._names: dict[str, str] = {}

    @contextmanager
    def counting(self) -> Iterator[None]:
        connect = sqlite3.connect

        def opened(*given: Any, **named: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*given, **named)
            connection.set_trace_callback(self._begin)
            connection.set_progress_handler(self._tick, _STRIDE)
            return connection

        with mock.patch("sqlite3.connect", opened), mock.patch("sqlite3.dbapi2.connect", opened):
            yield

    def of(self, call: Callable[[], object]) -> Work:
        """Run the call and return what it took."""
        self._work = Work()
        sys.setprofile(self._called)
        try:
            call()
        finally:
            sys.setprofile(None)
        return self._work

    def _begin(self, statement: str) -> None:
        if not statement.startswith("--"):  # a statement of a trigger or of a search table, within another
            self._statement = statement

    def _tick(self) -> None:
        name = self._names.get(self._statement)
        if name is None:
            name = self._names[self._statement] = _template(self._statement)
        self._work.steps[name] += _STRIDE

    def _called(self, frame: Any, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_PACKAGE):
            self._work.calls[f"{frame.f_code.co_filename[len(_PACKAGE) + 1 :]}:{frame.f_code.co_qualname}"] += 1


def _template(statement: str) -> str:
    """The statement without its values; a list of them is one."""
    return _LISTS.sub("?", _VALUES.sub("?", statement))


def grown(small: Counter[str], large: Counter[str], *, most: float, floor: int) -> dict[str, tuple[int, int]]:
    """What grew to more than `most` times as much, with both numbers. Less than `floor` is not worth a word."""
    return {
        name: (small[name], count)
        for name, count in large.items()
        if count > floor and count > most * max(small[name], floor / most / 2)
    }
