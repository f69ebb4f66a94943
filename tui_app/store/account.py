"""What the last login said of the account, kept for showing it offline. `Account` holds no secret."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from tui_app.catalog import Account
from tui_app.store.database import LibraryDatabase
from tui_app.store.revision import read_meta, write_meta


def save_account(database: LibraryDatabase, account: Account) -> None:
    with database.writing():
        write_meta(database, "account", json.dumps(asdict(account)))


def get_account(database: LibraryDatabase) -> Account | None:
    """None before the first login."""
    text = read_meta(database, "account")
    if text is None:
        return None
    known = {field.name for field in fields(Account)}
    stored: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value  # JSON has no tuples
        for name, value in json.loads(text).items()
        if name in known
    }
    return Account(**stored)
