"""A table of comma-separated values (RFC 4180: CRLF, quotes doubled), UTF-8, with a heading; safe to open in a
spreadsheet: a text that would be taken for a formula is given an apostrophe in front."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tui_app.export.records import COLUMNS, Record

_BOM: Final = "\ufeff"
_CATEGORY_MARK: Final = "; "
#: What begins a formula in one spreadsheet or another, also in the wide forms of East Asian keyboards.
_FORMULA_SIGNS: Final = tuple("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫−")
#: What some spreadsheets skip before they look for a sign.
_SKIPPED: Final = " \u00a0\u200b\u200e\u200f\u2060\u3000\ufeff"
#: A sign behind what separates cells where the decimal comma is used, whatever quotes stand around.
_NEXT_CELL: Final = re.compile(r"([;\t\r\n] *)(?=[=+@＝＋＠-])")


def csv_lines(records: Iterable[Record], *, has_bom: bool = False) -> Iterator[str]:
    """The table, line by line. `has_bom`: a byte order mark comes first."""
    line = _Line()
    yield (_BOM if has_bom else "") + line.of(COLUMNS)
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
    text = _NEXT_CELL.sub(r"\1'", text)
    return f"'{text}" if text.lstrip(_SKIPPED).startswith(_FORMULA_SIGNS) else text


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
