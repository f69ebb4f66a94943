"""The account of the last login and the panel's catch-up format, stored for offline use. Contains no secrets."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any, Final

from tui_app.catalog import Account
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.codec import read_json
from tui_app.store.query_cache import read_meta, write_meta


def save_account(database: LibraryDatabase, account: Account) -> None:
    with database.writing():
        write_meta(database, "account", json.dumps(asdict(account)))


def get_account(database: LibraryDatabase) -> Account | None:
    """Return the account, None before the first login."""
    text = read_meta(database, "account")
    if text is None:
        return None
    return read_json(text, _account, "what the last login said")


def _account(stored: dict[str, Any]) -> Account:
    known = {field.name for field in fields(Account)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value  # JSON has no tuples
        for name, value in stored.items()
        if name in known
    }
    return Account(**values)


_NAME: Final = "catchup form"


def catchup_form(database: LibraryDatabase) -> str | None:
    """Return the key of the catch-up format that plays, None before one was found."""
    return read_meta(database, _NAME)


def remember_catchup_form(database: LibraryDatabase, form: str) -> None:
    with database.writing():
        write_meta(database, _NAME, form)
