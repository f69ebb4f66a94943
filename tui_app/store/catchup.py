"""Which form of addresses for past programmes this panel takes, once one has played. Knows the forms as words only."""

from __future__ import annotations

from typing import Final

from tui_app.store.database import LibraryDatabase
from tui_app.store.revision import read_meta, write_meta

_NAME: Final = "catchup form"


def catchup_form(database: LibraryDatabase) -> str | None:
    """None before one has played."""
    return read_meta(database, _NAME)


def remember_catchup_form(database: LibraryDatabase, form: str) -> None:
    with database.writing():
        write_meta(database, _NAME, form)
