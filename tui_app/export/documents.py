"""One JSON document, an item a line, so that it can be written, and read by line, without holding it whole."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tui_app.export.records import COLUMNS, Record


def json_lines(records: Iterable[Record], *, profile: str, exported_at: int) -> Iterator[str]:
    """The document in pieces: `{"profile", "exported_at", "items": [...], "total"}`. `exported_at` is epoch seconds.

    `total` comes last: it is counted, not foretold.
    """
    head = json.dumps({"profile": profile, "exported_at": exported_at}, ensure_ascii=False)
    yield f'{head[:-1]}, "items": [\n'
    total = 0
    for record in records:
        document = json.dumps(record.document(), ensure_ascii=False)
        yield f"{',' if total else ' '} {document}\n"
        total += 1
    yield f'], "total": {total}}}\n'


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
