"""Is a file sound? Pages and indexes, the search tables against the items, and rows that refer to nothing.

It says what is wrong in words and repairs nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tui_app.catalog import LISTED_KINDS
from tui_app.errors import Busy, LibraryError
from tui_app.file_access import refuse_irregular
from tui_app.store.connection import connect_reading, tolerant_text
from tui_app.store.database import LibraryDatabase
from tui_app.store.file_errors import FILE_ERRORS, error_name
from tui_app.store.migrations import USER, latest
from tui_app.store.migrations.runner import is_damage, schema_fault, version_of
from tui_app.store.panel_facts import get_account
from tui_app.store.query_cache import read_meta
from tui_app.store.schema import TABLES
from tui_app.store.write.history import get_runs
from tui_app.store.write.sync_state import read_manifest

#: Keys of a manifest up to this one stand for rows that are no items (see `sync.list_diff`).
_NO_ITEM: Final = -(1 << 62)
#: Problems of one sort that are listed; a file with more is no better understood.
_MOST: Final = 8
_TITLE_TABLES: Final = ("movie", "series")
#: (what, the query that counts rows which refer to nothing)
_STRAYS: Final = (
    *((f"texts of no {t}", f"{t}_text x WHERE x.id NOT IN (SELECT id FROM {t})") for t in _TITLE_TABLES),
    *((f"details of no {t}", f"{t}_details x WHERE x.id NOT IN (SELECT id FROM {t})") for t in _TITLE_TABLES),
    ("episodes of no series", "episode x WHERE x.series NOT IN (SELECT id FROM series)"),
    ("seasons of no series", "season x WHERE x.series NOT IN (SELECT id FROM series)"),
    *(
        (f"categories of no {k}", f"item_category x WHERE x.kind = '{k}' AND x.item NOT IN (SELECT id FROM {k})")
        for k in LISTED_KINDS
    ),
    *(
        (f"genres of no {t}", f"item_genre x WHERE x.kind = '{t}' AND x.item NOT IN (SELECT id FROM {t})")
        for t in _TITLE_TABLES
    ),
    ("programmes of no guide", "programme x WHERE x.guide NOT IN (SELECT key FROM guide)"),
    ("programmes without a title", "programme x WHERE x.title NOT IN (SELECT id FROM programme_title)"),
    ("items in unknown categories", "item_category x WHERE x.category NOT IN (SELECT key FROM category)"),
    *(
        (f"{kind.plural} in unknown categories", f"{kind} x WHERE x.category <> 0 AND "
         "x.category NOT IN (SELECT key FROM category)")
        for kind in LISTED_KINDS
    ),
)  # fmt: skip

_JSON_TEXTS: Final = (("sync_change", "fields"), *((f"{table}_details", "facts") for table in _TITLE_TABLES))


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is wrong with a file, in plain words or SQLite's; sound when nothing is."""

    problems: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.problems


def check(database: LibraryDatabase, say: Callable[[str], None] = lambda step: None) -> CheckReport:
    """Read the whole library: 2 s for 140 MB. Needs a writing connection; `say` hears what is looked at.

    Raises `Busy` when a sync keeps the file locked, and whatever `interrupt` makes SQLite raise.
    """
    problems: list[str] = []
    for step, look in (
        ("pages and indexes", _pages),
        ("search tables", _search_tables),
        ("texts", lambda database: _damaged_texts(database.connection())),
        ("references", _strays),
        ("list of the last sync", _manifests),
    ):
        say(step)
        try:
            problems += islice(look(database), _MOST)
        except FILE_ERRORS as error:
            if not _is_found_damage(error):
                raise
            problems.append(f"{step}: {error}")
    return CheckReport(tuple(problems))


def check_user_file(path: Path) -> CheckReport:
    """Read the whole user's file, as it is: nothing is set aside. Sound without a file."""
    try:
        refuse_irregular(path)
        if not path.exists():
            return CheckReport()
        with closing(connect_reading(path)) as connection:
            found = list(islice(_told(connection.execute("PRAGMA integrity_check")), _MOST))
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


def _is_found_damage(error: Exception) -> bool:
    """Whether it tells of the file; a lock is waited for once more by the user, an interruption was wanted."""
    name = error_name(error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        raise Busy("A sync is writing the library.", hint="Check it when the sync has ended.") from error
    return name != "SQLITE_INTERRUPT"


def _pages(database: LibraryDatabase) -> Iterator[str]:
    yield from _told(database.rows("PRAGMA integrity_check"))
    for table, row, parent, _ in database.rows("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} refers to a row of {parent} that is not there"


def _damaged_texts(connection: sqlite3.Connection) -> Iterator[str]:
    """Reads every cell of every table. Text that is no UTF-8 is read as far as it goes, but was another once."""
    damaged = 0

    def read(raw: bytes) -> str:
        nonlocal damaged
        try:
            return raw.decode()
        except UnicodeDecodeError:
            damaged += 1
            return tolerant_text(raw)

    before, connection.text_factory = connection.text_factory, read
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


def _told(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """What an integrity check says, line by line: SQLite packs many into one row, under a heading."""
    lines = (line for row in rows for line in str(row[0]).splitlines())
    return (line for line in lines if line != "ok" and not line.startswith("***"))


def _search_tables(database: LibraryDatabase) -> Iterator[str]:
    names = [*(table.names_fts for table in TABLES.values()), "programme_names"]
    for fts in names + [table.texts_fts for table in TABLES.values() if table.has_texts]:
        try:  # rank 1 compares with the items as well; a table without content ignores it
            database.run(f"INSERT INTO {fts}({fts}, rank) VALUES ('integrity-check', 1)")
        except FILE_ERRORS as error:
            if not _is_found_damage(error):
                raise
            yield f"the search table {fts} does not fit its items: {error}"


def _strays(database: LibraryDatabase) -> Iterator[str]:
    with database.reading():
        for what, rows in _STRAYS:
            if count := int(database.value(f"SELECT count(*) FROM {rows}")):
                yield f"{count:,} {what}"
        for table, column in _JSON_TEXTS:
            if count := int(database.value(f"SELECT count(*) FROM {table} WHERE NOT json_valid({column})")):
                yield f"{count:,} values of {column} in {table} can't be read"
        get_runs(database)
        get_account(database)
        revision = read_meta(database, "revision") or ""
        if not revision.isdecimal():
            yield "the revision of the file is no number, so that lists may show what is old"


def _manifests(database: LibraryDatabase) -> Iterator[str]:
    """Items that the list of the last sync names and the file lacks: an incremental sync would never fetch them."""
    for kind in LISTED_KINDS:
        with database.reading():
            manifest = read_manifest(database, kind)
            if manifest is None:
                continue
            stored = frozenset(database.integers(f"SELECT id FROM {kind}"))
        missing = {key for key in manifest.keys if key > _NO_ITEM} - stored
        if missing:
            yield f"{len(missing):,} {kind.plural} that the last sync listed are missing; a full sync brings them back"
