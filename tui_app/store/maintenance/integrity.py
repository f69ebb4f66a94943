"""Check database files without repairing them: pages, indexes, search tables, dangling references.

`check` needs a writing connection; `examine_library` and `examine_user_file` read a file as it is, without migrating or
setting it aside.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from peewee import SQL, BaseQuery, Model, fn

from tui_app.catalog import LISTED_KINDS
from tui_app.errors import Busy, LibraryError
from tui_app.file_access import refuse_irregular
from tui_app.store.connection import FILE_ERRORS, connect_reading, decode_text, error_name, is_damage, pragma_rows
from tui_app.store.database import COUNT, LibraryDatabase, compiled, table_name
from tui_app.store.migrations import LIBRARY, USER, Family, latest
from tui_app.store.migrations.runner import names_in, schema_fault, version_of
from tui_app.store.models import (
    DETAILS_MODELS,
    ITEM_MODELS,
    LISTED_MODELS,
    TEXT_MODELS,
    Category,
    Episode,
    Guide,
    GuideProgramme,
    ItemCategory,
    ItemGenre,
    ProgrammeTitle,
    Season,
    Series,
)
from tui_app.store.panel_facts import get_account
from tui_app.store.query_cache import read_meta
from tui_app.store.schema import TABLES
from tui_app.store.search_models import SEARCH_INDEXES, search_command
from tui_app.store.sync_models import IdMap, Meta, SyncChange
from tui_app.store.write.history import get_runs
from tui_app.store.write.sync_state import read_row_hashes

#: Keys up to this one stand for rows that are no items (see `sync.list_diff`).
_NO_ITEM: Final = -(1 << 62)
#: Maximum number of problems listed per check.
_MOST: Final = 8


def _outside(column: Any, key: Any, *conditions: Any) -> BaseQuery:
    """Return the query that counts rows whose column refers to no row of another table."""
    rows: BaseQuery = column.model.select(COUNT).where(column.not_in(key.model.select(key)), *conditions)
    return rows


#: (name, query that counts dangling references)
_STRAYS: Final[tuple[tuple[str, BaseQuery], ...]] = (
    *((f"texts of no {kind}", _outside(model.id, ITEM_MODELS[kind].id)) for kind, model in TEXT_MODELS.items()),
    *((f"details of no {kind}", _outside(model.id, ITEM_MODELS[kind].id)) for kind, model in DETAILS_MODELS.items()),
    ("episodes of no series", _outside(Episode.series, Series.id)),
    ("seasons of no series", _outside(Season.series, Series.id)),
    *(
        (f"categories of no {kind}", _outside(ItemCategory.item, model.id, ItemCategory.kind == kind.value))
        for kind, model in LISTED_MODELS.items()
    ),
    *(
        (f"genres of no {kind}", _outside(ItemGenre.item, ITEM_MODELS[kind].id, ItemGenre.kind == kind.value))
        for kind in TEXT_MODELS
    ),
    ("programmes of no guide", _outside(GuideProgramme.guide, Guide.key)),
    ("programmes without a title", _outside(GuideProgramme.title, ProgrammeTitle.id)),
    ("items in unknown categories", _outside(ItemCategory.category, Category.key)),
    *(
        (f"{kind.plural} in unknown categories", _outside(model.category, Category.key, model.category != 0))
        for kind, model in LISTED_MODELS.items()
    ),
)
_JSON_TEXTS: Final[tuple[Any, ...]] = (SyncChange.fields_json, *(model.facts for model in DETAILS_MODELS.values()))


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The problems of a file; empty if it is intact."""

    problems: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.problems


def check(database: LibraryDatabase, report: Callable[[str], None] = lambda step: None) -> CheckReport:
    """Check the whole library: 2 s per 140 MB. Needs a writing connection; `report` is called with each step.

    Raises `Busy` when a sync keeps the file locked, and SQLite's error on `interrupt`.
    """
    problems: list[str] = []
    for step, look in (
        ("pages and indexes", _pages),
        ("search tables", _search_tables),
        ("texts", lambda database: _damaged_texts(database.connection())),
        ("references", _strays),
        ("list of the last sync", _missing_items),
    ):
        report(step)
        try:
            problems += islice(look(database), _MOST)
        except FILE_ERRORS as error:
            if not _is_damage(error):
                raise
            problems.append(f"{step}: {error}")
    return CheckReport(tuple(problems))


def check_user_file(path: Path) -> CheckReport:
    """Check the whole user database as it is. A missing file is intact."""
    try:
        refuse_irregular(path)
        if not path.exists():
            return CheckReport()
        with closing(connect_reading(path)) as connection:
            found = list(islice(_problem_lines(pragma_rows(connection, "integrity_check")), _MOST))
            found += islice(_damaged_texts(connection), _MOST)
            if version_of(connection) == latest(USER):
                found += filter(None, [schema_fault(connection, USER)])
    except OSError as error:
        raise LibraryError(
            f"{path.name} can't be read: {error.strerror or error}.", hint="See its folder: xtream-tui where"
        ) from error
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise LibraryError(
                f"{path.name} can't be read: {error}.", hint="Close what holds it; see xtream-tui where."
            ) from error
        return CheckReport((str(error),))
    return CheckReport(tuple(found))


def _is_damage(error: Exception) -> bool:
    """Whether the error concerns the file, not a lock or an interruption."""
    name = error_name(error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        raise Busy("A sync is writing the library.", hint="Check it when the sync has ended.") from error
    return name != "SQLITE_INTERRUPT"


def _pages(database: LibraryDatabase) -> Iterator[str]:
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
    yield from _problem_lines(pragma_rows(connection, "integrity_check"))
    for table, row, parent, _ in pragma_rows(connection, "foreign_key_check"):
        yield f"row {row} of {table} refers to a row of {parent} that is not there"


def _damaged_texts(connection: sqlite3.Connection) -> Iterator[str]:
    """Read every cell and report text that is not UTF-8."""
    damaged = 0

    def read(raw: bytes) -> str:
        nonlocal damaged
        try:
            return raw.decode()
        except UnicodeDecodeError:
            damaged += 1
            return decode_text(raw)

    before, connection.text_factory = connection.text_factory, read
    # by hand: the file may have the tables of another version
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'")
        for (table,) in tables.fetchall():
            damaged = 0
            for _ in connection.execute(f'SELECT * FROM "{table}"'):
                pass
            if damaged:
                yield f"{damaged:,} texts of {table} hold letters that are damaged"
    finally:
        connection.text_factory = before


def _problem_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of an integrity check, which SQLite may combine in one row under a heading."""
    lines = (line for row in rows for line in str(row[0]).splitlines())
    return (line for line in lines if line != "ok" and not line.startswith("***"))


def _search_tables(database: LibraryDatabase) -> Iterator[str]:
    for index in SEARCH_INDEXES:
        try:  # 1 also compares with the content table; contentless tables ignore it
            database.run(*search_command(index, "integrity-check", 1))
        except FILE_ERRORS as error:
            if not _is_damage(error):
                raise
            yield f"the search table {table_name(index)} does not fit its items: {error}"


def _strays(database: LibraryDatabase) -> Iterator[str]:
    with database.reading():
        for what, query in _STRAYS:
            if count := int(database.value(query)):
                yield f"{count:,} {what}"
        for column in _JSON_TEXTS:
            if count := int(database.value(column.model.select(COUNT).where(fn.json_valid(column) == 0))):
                yield f"{count:,} values of {column.column_name} in {table_name(column.model)} can't be read"
        get_runs(database)
        get_account(database)
        revision = read_meta(database, "revision") or ""
        if not revision.isdecimal():
            yield "the revision of the file is no number, so that lists may show what is old"


def _missing_items(database: LibraryDatabase) -> Iterator[str]:
    """Report listed items that are missing, as an incremental sync would not fetch them."""
    for kind in LISTED_KINDS:
        with database.reading():
            manifest = read_row_hashes(database, kind)
            if manifest is None:
                continue
            stored = frozenset(database.integers(ITEM_MODELS[kind].select(ITEM_MODELS[kind].id)))
        missing = {key for key in manifest.keys if key > _NO_ITEM} - stored
        if missing:
            yield f"{len(missing):,} {kind.plural} that the last sync listed are missing; a full sync brings them back"


_MOST_PROBLEMS: Final = 5


@dataclass(frozen=True, slots=True)
class Examined:
    """The result of an examination. If the file can't be read, only `trouble` is set, to SQLite's message."""

    version: int = 0
    latest: int = 0
    trouble: str = ""
    problems: tuple[str, ...] = ()  # of SQLite's quick check
    missing_indexes: tuple[str, ...] = ()
    missing_search: tuple[str, ...] = ()
    unbuilt_search: tuple[str, ...] = ()  # incomplete text search tables, which the next sync completes
    odd_ids: int = 0  # items with a non-numeric id, stored in `id_map`

    @property
    def is_sound(self) -> bool:
        return not (self.trouble or self.problems)

    @property
    def is_current(self) -> bool:
        return self.is_sound and self.version == self.latest


def examine_library(path: Path) -> Examined:
    """Examine a library: pages, version, indexes, search tables. 0.5 s per 140 MB."""
    return _examine(path, LIBRARY, _library_parts)


def examine_user_file(path: Path) -> Examined:
    """Examine the user database."""
    return _examine(path, USER, lambda connection: {})


def _examine(path: Path, family: Family, parts: Any) -> Examined:
    try:
        with closing(connect_reading(path)) as connection:
            version = version_of(connection)
            told = (str(row[0]) for row in pragma_rows(connection, "quick_check"))
            problems = tuple(islice((line for line in told if line != "ok"), _MOST_PROBLEMS))
            more = parts(connection) if not problems and version == latest(family) else {}
    except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
        return Examined(latest=latest(family), trouble=str(error))
    return Examined(version, latest(family), problems=problems, **more)


def _library_parts(connection: sqlite3.Connection) -> dict[str, Any]:
    names = names_in(connection)
    ready = {row[0] for row in connection.execute(*compiled(Meta.select(Meta.name).where(Meta.value == "ready")))}
    texts = [table for table in TABLES.values() if table.has_texts]
    return {
        "missing_indexes": _missing(
            [table.index_name(serves) for table in TABLES.values() for serves in table.indexes], names
        ),
        "missing_search": _missing(
            [table.names_fts for table in TABLES.values()] + [table.texts_fts for table in texts], names
        ),
        "unbuilt_search": tuple(
            table.texts_fts
            for table in texts
            if f"texts:{table.kind.value}" not in ready and _has_rows(connection, ITEM_MODELS[table.kind])
        ),
        "odd_ids": int(connection.execute(*compiled(IdMap.select(COUNT))).fetchone()[0]),
    }


def _missing(wanted: Sequence[str], names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in wanted if name not in names)


def _has_rows(connection: sqlite3.Connection, model: type[Model]) -> bool:
    return connection.execute(*compiled(model.select(SQL("1")).limit(1))).fetchone() is not None
