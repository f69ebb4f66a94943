"""What an error of SQLite means, also through Peewee's wrapping, and how it is said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import peewee

from tui_app.errors import Busy, LibraryError, XtreamTuiError
from tui_app.store.connection import connect_reading
from tui_app.store.migrations.runner import FoundDamage, is_damage

#: What running and reading a statement may raise: Peewee wraps what comes of running, not what comes of reading on.
FILE_ERRORS: Final = (peewee.PeeweeException, sqlite3.Error)
CHECK_HINT: Final = "Run: xtream-tui cache check"


def error_name(error: BaseException) -> str:
    """SQLite's name of an error ("SQLITE_BUSY", ...); "" when it has none."""
    for one in _chain(error):
        if name := getattr(one, "sqlite_errorname", None):
            return str(name)
    return ""


def means_damage(error: BaseException) -> bool:
    """Whether an error of a file says that it is no sound database."""
    return any(
        isinstance(one, FoundDamage) or (isinstance(one, sqlite3.Error) and is_damage(one)) for one in _chain(error)
    )


def in_words(error: BaseException, what: str = "The library") -> XtreamTuiError:
    """An error that somebody who asks a file can be told. `what` begins the sentence."""
    name = error_name(error)
    if means_damage(error):
        return LibraryError(f"{what} is damaged: {error}.", hint=CHECK_HINT)
    if name.startswith("SQLITE_FULL"):
        return LibraryError("The disk is full, so nothing could be kept.", hint="Free some space; reading goes on.")
    if name.startswith("SQLITE_READONLY"):
        return LibraryError(f"{what} can't be written: it is read-only.", hint="Check its folder (xtream-tui where).")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy(f"{what} is locked by another program.", hint="Close it, or try again in a moment.")
    return LibraryError(f"{what} can't be read: {error}.", hint=CHECK_HINT)


#: What our code stumbles over when a damaged page holds values that no row can have.
STUMBLES: Final = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def stumble_in_words(error: BaseException, *paths: Path) -> LibraryError | None:
    """An error that no file should cause, when one of these files is damaged; None when all are sound, and it is a
    fault of the program. Reads the files whole."""
    for path in paths:
        try:
            if not path.exists():
                continue
            with closing(connect_reading(path)) as connection:
                found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        except (*FILE_ERRORS, UnicodeDecodeError, OSError) as trouble:
            found = str(trouble)
        if found != "ok":
            words = " ".join(line for line in found.splitlines() if not line.startswith("***"))
            return LibraryError(f"{path.name} is damaged: {words}.", hint=CHECK_HINT)
    return None


def _chain(error: BaseException) -> tuple[BaseException | None, ...]:
    return error, error.__cause__, error.__context__
