"""A table of comma-separated values (RFC 4180: CRLF, quotes doubled), UTF-8, with a heading; safe to open in a
spreadsheet: a text that would be taken for a formula is given an apostrophe in front."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tui_app.export.records import COLUMNS, Record

_CATEGORY_MARK: Final = "; "
#: What begins a formula in one spreadsheet or another, also in the wide forms of East Asian keyboards.
_FORMULA_SIGNS: Final = tuple("=+-@\t\r\n＝＋－＠")


def csv_lines(records: Iterable[Record]) -> Iterator[str]:
    """The table, line by line."""
    line = _Line()
    yield line.of(COLUMNS)
    for record in records:
        yield line.of(_cell(name, value) for name, value in record.document().items())


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if name == "added":
        return _utc(value)
    if isinstance(value, int | float):
        return str(value)
    return _harmless(_CATEGORY_MARK.join(value) if name == "categories" else value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_SIGNS) else text


def _utc(at: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    except (OverflowError, ValueError, OSError):  # a panel's year 50,000
        return ""


class _Line:
    """The csv module's writer, asked for one line at a time."""

    def __init__(self) -> None:
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def of(self, cells: Iterable[str]) -> str:
        self._text.seek(0)
        self._text.truncate()
        self._writer.writerow(cells)
        return self._text.getvalue()
