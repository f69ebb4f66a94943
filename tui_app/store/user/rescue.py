"""Recover what can be read of a damaged user's file: by SQL from both ends of each table, then marks page by page.

SQLite abandons a table at its first unreadable page. Marks can't be replaced, so the other pages are read without it,
by the file format (https://www.sqlite.org/fileformat2.html, b-tree pages and record format).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from peewee import Model

from tui_app.catalog import Kind, Mark
from tui_app.store.connection import FILE_ERRORS, pragma
from tui_app.store.database import COUNT, LibraryDatabase, compiled, fields_of, inserting, table_name
from tui_app.store.user_models import USER_MODELS, MarkRow

Row = tuple[Any, ...]

_PAGE_BYTES: Final = 4_096
_PAGE_SIZES: Final = frozenset(1 << power for power in range(9, 17))
#: B-tree pages that hold rows of tables without rowid: the first byte → (length of the header, bytes before a cell).
_ROW_PAGES: Final = {0x0A: (8, 0), 0x02: (12, 4)}
#: Serial types of whole numbers → their length in bytes.
_INTEGERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}
_MARKS: Final = frozenset(mark.value for mark in Mark)
_KINDS: Final = frozenset(value for kind in Kind for value in (kind.value, f"category:{kind.value}"))

#: What SQLite raises; its sentence may quote the broken schema, and then is no text either.
_UNREADABLE: Final = (sqlite3.Error, UnicodeDecodeError)

log = logging.getLogger(__name__)


class Rescued(NamedTuple):
    """Numbers of recovered rows, of those found only page by page, and of marks: recovered, and before the damage.

    None: the damaged file does not tell."""

    rows: int
    carved: int
    marks: int = 0
    marks_before: int | None = None

    @property
    def in_words(self) -> str:
        """Return a sentence about the marks."""
        if self.marks_before is None:
            return f"{self.marks:,} marks were taken over; how many there were can't be read."
        return f"{self.marks:,} of {max(self.marks, self.marks_before):,} marks were taken over."


def rescue(database: LibraryDatabase, damaged: Path) -> Rescued:
    """Copy into `database` what can be read of `damaged`. Never raises for anything that file holds."""
    rows = carved = 0
    lost_marks, marks_before = False, None
    with closing(sqlite3.connect(damaged)) as source, database.writing():
        source.text_factory = lambda raw: raw.decode("utf-8", "replace")
        _prepare(source)
        marks_before = _count(source)
        for model in USER_MODELS:
            reading = _Reading(database, source, model)
            rows += _take(database, model, reading)
            lost_marks |= reading.broke_off and model is MarkRow
        if lost_marks:
            carved = _take(database, MarkRow, carved_marks(damaged.read_bytes()))
        marks = int(MarkRow.select().count(database))
    log.warning("%s: %d rows were taken over, %d of them page by page", damaged.name, rows + carved, carved)
    return Rescued(rows + carved, carved, marks, marks_before)


def _count(source: sqlite3.Connection) -> int | None:
    try:
        return int(source.execute(*compiled(MarkRow.select(COUNT))).fetchone()[0])
    except _UNREADABLE:
        return None


def _prepare(source: sqlite3.Connection) -> None:
    try:
        pragma(source, "writable_schema", "on")  # SQLite then reads a file in spite of a broken schema
    except _UNREADABLE as error:
        log.info("the schema can't be read: %s", error)


class _Reading:
    """The rows of a table from its beginning and, when that breaks off, from its end."""

    def __init__(self, database: LibraryDatabase, source: sqlite3.Connection, model: type[Model]) -> None:
        self._database = database
        self._source = source
        self._model = model
        self.broke_off = False

    def __iter__(self) -> Iterator[Row]:
        fields = fields_of(self._model)
        yield from self._rows(self._model.select(*fields))
        if self.broke_off:
            key = fields[:-1] or fields
            yield from self._rows(self._model.select(*fields).order_by(*(field.desc() for field in key)))

    def _rows(self, query: Any) -> Iterator[Row]:
        try:
            yield from self._source.execute(*compiled(query))
        except _UNREADABLE as error:
            self.broke_off = True
            log.info("%s breaks off: %s", table_name(self._model), error)


def _take(database: LibraryDatabase, model: type[Model], rows: Iterable[Row]) -> int:
    """Insert rows, skipping those that no longer fit the table; return how many were new."""
    insert = inserting(model, on_conflict="ignore").sql
    taken = 0
    for row in rows:
        try:
            taken += max(0, database.run(insert, row).rowcount)
        except FILE_ERRORS as error:  # a bit of it changed its type
            log.info("a row of %s is no row any more: %s", table_name(model), error)
    return taken


# ---------------------------------------------------------------------------------------------- page by page
def carved_marks(content: bytes) -> Iterator[Row]:
    """Yield the rows on all pages of a file that look like rows of the table `mark`, reachable or not.

    Free pages may hold cleared marks, so this is used only when SQL lost some.
    """
    size = int.from_bytes(content[16:18], "big")
    size = 65_536 if size == 1 else size if size in _PAGE_SIZES else _PAGE_BYTES
    for start in range(0, len(content), size):
        page = content[start : start + size]
        yield from filter(_is_mark, _records(page, 100 if start == 0 else 0))


def _records(page: bytes, offset: int) -> Iterator[Row]:
    """Yield the records of a page that can be decoded."""
    kind = page[offset] if len(page) > offset + 12 else 0
    if kind not in _ROW_PAGES:
        return
    header, skipped = _ROW_PAGES[kind]
    count = int.from_bytes(page[offset + 3 : offset + 5], "big")
    first = offset + header
    for place in range(first, min(first + 2 * count, len(page) - 1), 2):
        cell = int.from_bytes(page[place : place + 2], "big") + skipped
        try:
            length, start = _varint(page, cell)
            if start + length <= len(page):  # longer ones go on elsewhere
                yield _record(page[start : start + length])
        except (IndexError, UnicodeDecodeError, KeyError):
            continue


def _record(payload: bytes) -> Row:
    """Return the values of a record. Raises `KeyError` for types that no mark has."""
    header_length, place = _varint(payload, 0)
    readers: list[tuple[Callable[[bytes], Any], int]] = []
    while place < header_length:
        serial, place = _varint(payload, place)
        if serial >= 13 and serial % 2:
            readers.append((_text, (serial - 13) // 2))
        else:
            readers.append((_eight_or_nine(serial) or _integer, _INTEGERS[serial]))
    values = []
    for read, length in readers:
        if place + length > len(payload):
            raise IndexError
        values.append(read(payload[place : place + length]))
        place += length
    return tuple(values)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8")


def _integer(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


def _eight_or_nine(serial: int) -> Callable[[bytes], int] | None:
    """Return the reader of the two types that stand for the numbers 0 and 1 and take no bytes."""
    return (lambda raw: serial - 8) if serial in (8, 9) else None


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """Return (value, offset after it)."""
    value = 0
    for length in range(9):
        byte = content[place + length]
        if length == 8:
            return value << 8 | byte, place + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + length + 1
    raise IndexError


def _is_mark(row: Sequence[Any]) -> bool:
    """Whether a row is (profile, kind, id, mark, name, at) with an existing kind and mark."""
    return (
        len(row) == len(fields_of(MarkRow))
        and all(isinstance(value, str) for value in row[:5])
        and isinstance(row[5], int)
        and row[1] in _KINDS
        and row[3] in _MARKS
    )
