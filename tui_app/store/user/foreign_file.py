"""Open the user's file of a backup: only with the schema of our models, and with valid rows.

SQLite files can contain triggers, views and expressions that run when another program uses the file, so the schema must
be exactly ours. Texts of rows are cleaned; rows with numbers that no date or length can have are removed.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from peewee import IntegerField, TextField

from tui_app.errors import LibraryError
from tui_app.store.connection import FILE_ERRORS, pragma
from tui_app.store.database import LibraryDatabase, fields_of, table_name
from tui_app.store.migrations import USER
from tui_app.store.migrations.runner import complete, refuse_newer, version_of
from tui_app.store.opening import open_user_file
from tui_app.store.user_models import USER_MODELS
from tui_app.text import strip_controls

_HINT: Final = "Nothing was changed. Use another backup."
_LONGEST_TEXT: Final = 100_000  # characters; the longest, the state of a screen, has some hundred
_NUMBERS: Final = (-(10**9), 253_402_300_799)  # up to the last second of the year 9999
_LONGEST_SCHEMA: Final = 100  # tables and indexes
_STATISTICS: Final = ("sqlite_stat1", "sqlite_stat4")
# by hand: a table of SQLite's own
_SCHEMA: Final = "SELECT type, name, tbl_name, substr(sql, 1, 10000) FROM sqlite_master LIMIT ?"


def open_user_copy(path: Path) -> LibraryDatabase:
    """Open the copy of a backup's file, upgraded, for this thread; create it if missing.

    Raises `LibraryError` for a damaged or foreign file, `NewerLibrary`.
    """
    if path.exists():
        _refuse_foreign(path)
    user = open_user_file(path)
    try:
        if user.set_aside is not None:
            raise LibraryError("The marks in this backup are damaged.", hint=_HINT)
        with user.writing():
            _make_sound(user)
    except FILE_ERRORS as error:
        user.close_all()
        raise LibraryError("The marks in this backup are damaged.", hint=_HINT) from error
    except LibraryError:
        user.close_all()
        raise
    return user


def _refuse_foreign(path: Path) -> None:
    """Compare the schema with that of our models, without running any part of it."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as file, closing(sqlite3.connect(":memory:")) as ours:
            pragma(file, "trusted_schema", "off")
            refuse_newer(file, path, USER)
            complete(ours, USER)
            found, known = _schema_of(file), _schema_of(ours)
            # an older version has fewer tables, and what a file lacks for its version shows when it is opened
            is_ours = version_of(file) > 0 and bool(found) and found <= known
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise LibraryError("The marks in this backup are damaged.", hint=_HINT) from error
    if not is_ours:
        raise LibraryError("The marks in this backup do not have the schema of xtream-tui.", hint=_HINT)


def _schema_of(connection: sqlite3.Connection) -> set[tuple[Any, ...]]:
    found = connection.execute(_SCHEMA, (_LONGEST_SCHEMA + len(_STATISTICS),)).fetchall()
    return {(*row, _bare(sql)) for *row, sql in found if not (row[0] == "table" and row[1] in _STATISTICS)}


def _bare(sql: str | None) -> str:
    """Return a statement without quotes, spaces and a redundant NOT NULL: versions before the models left them out.

    Without them, a statement equal to one of ours may name a column differently, but has no expression of its own.
    """
    return re.sub(r'["\s]', "", sql or "").replace("NOTNULLPRIMARYKEY", "PRIMARYKEY")


# -------------------------------------------------------------------------------------------------------- the rows
def _make_sound(user: LibraryDatabase) -> None:
    connection: sqlite3.Connection = user.connection()  # type: ignore[no-untyped-call]
    connection.create_function("is_sound", 1, _is_sound, deterministic=True)
    connection.create_function("sound", 1, _sound, deterministic=True)
    for model in USER_MODELS:
        table = table_name(model)
        for field in fields_of(model):
            name = f'"{field.column_name}"'
            if isinstance(field, TextField):
                blob = f"CAST({name} AS BLOB)"
                # by hand: Peewee has no UPDATE OR REPLACE
                user.run(f"UPDATE OR REPLACE {table} SET {name} = sound({blob}) WHERE NOT is_sound({blob})")
            elif isinstance(field, IntegerField):
                user.run(model.delete().where(~field.between(*_NUMBERS)))


def _sound(raw: bytes) -> str:
    return strip_controls(raw[: 4 * _LONGEST_TEXT].decode("utf-8", "replace"))[:_LONGEST_TEXT]


def _is_sound(raw: bytes) -> bool:
    try:
        return _sound(raw) == raw.decode()
    except UnicodeDecodeError:
        return False
