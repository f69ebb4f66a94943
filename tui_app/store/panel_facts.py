"""What the last login said of the account, kept for showing it offline. `Account` holds no secret."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any, Final

from tui_app.catalog import Account
from tui_app.store.database import LibraryDatabase
from tui_app.store.query_cache import read_meta, write_meta
from tui_app.store.stored_json import read_json


def save_account(database: LibraryDatabase, account: Account) -> None:
    with database.writing():
        write_meta(database, "account", json.dumps(asdict(account)))


def get_account(database: LibraryDatabase) -> Account | None:
    """None before the first login."""
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
    """None before one has played."""
    return read_meta(database, _NAME)


def remember_catchup_form(database: LibraryDatabase, form: str) -> None:
    with database.writing():
        write_meta(database, _NAME, form)
