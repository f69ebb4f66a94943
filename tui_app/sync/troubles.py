"""What an error means for a sync: whether it ends all of it, and how it is said."""

from __future__ import annotations

import sqlite3
from typing import Final

from peewee import DatabaseError

from tui_app.errors import DamagedLibrary, Denied, LibraryError, LoginRefused, XtreamTuiError
from tui_app.store.file_errors import means_damage

_LOGIN_STATUSES: Final = frozenset({401, 402, 403})


def ends_all(error: XtreamTuiError) -> bool:
    """Whether the panel no longer takes the login, or the file no rows. Other refusing statuses may be about this one
    list."""
    if isinstance(error, DamagedLibrary):
        return True
    if isinstance(error, Denied):
        return error.http_status in _LOGIN_STATUSES
    return isinstance(error, LoginRefused)


def as_reason(error: XtreamTuiError) -> str:
    """The error's sentence as a clause: "the server did not answer"."""
    text = error.message.rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def file_trouble(error: Exception) -> LibraryError:
    """What SQLite's words about the library file mean, and what to do."""
    while isinstance(error.__context__, DatabaseError | sqlite3.Error):
        error = error.__context__  # what came first; undoing the rest may fail for it
    said = str(error)
    if means_damage(error):
        return DamagedLibrary(f"The library file is damaged: {said}.", hint="Run: xtream-tui cache check")
    if "full" in said:
        return LibraryError("The disk is full, so the library could not be written.", hint="Free some space.")
    if "locked" in said:
        return LibraryError("Another program keeps the library file locked.", hint="Close it and sync again.")
    if "readonly" in said or "read-only" in said:
        return LibraryError("The library file can't be written.", hint="Check its permissions (xtream-tui where).")
    return LibraryError(
        f"The library file could not be written: {said}.", hint="Run xtream-tui cache check; clearing the cache helps."
    )
