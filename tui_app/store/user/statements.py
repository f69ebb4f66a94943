"""Runs Peewee's statements many times: compiled once, executed for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tui_app.store.database import LibraryDatabase


def compiled(database: LibraryDatabase, query: Any) -> tuple[str, tuple[Any, ...]]:
    """The text of a query in SQLite's words, and its parameters in their order."""
    context: Any = database.get_sql_context()
    text, params = context.sql(query).query()
    return str(text), tuple(params)


def run_each(database: LibraryDatabase, query: Any, rows: Iterable[Sequence[Any]]) -> int:
    """Run a query for many rows, each given as its parameters in their order; how many rows it touched.

    The values in the query itself only stand for those parameters. Peewee alone would write one long statement for
    all rows, compiled anew for each number of them.
    """
    text, _ = compiled(database, query)
    return database.run_many(text, rows)


def insert_each(database: LibraryDatabase, model: Any, rows: Iterable[Sequence[Any]], **conflict: Any) -> int:
    """Insert rows of all columns in the model's order; `conflict` is that of Peewee's `on_conflict`."""
    insert = model.insert(dict.fromkeys(model._meta.sorted_fields))
    return run_each(database, insert.on_conflict(**conflict) if conflict else insert, rows)
