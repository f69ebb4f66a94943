"""Short ways to make rows, and what a healthy library file must satisfy."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from tui_app.catalog import CategoryRow, Details, Episode, ItemRow, Kind, Season
from tui_app.store.library_store import LibraryStore
from tui_app.store.schema import ALL_NAMES_SQL, TABLES
from tui_app.store.write.search_tables import text_entry
from tui_app.text import fold


def channel(id: object, name: str = "News", *categories: str, **fields: Any) -> ItemRow:
    return ItemRow(id=str(id), name=name, category_ids=categories, **fields)


def movie(id: object, name: str = "The General", *categories: str, **fields: Any) -> ItemRow:
    return ItemRow(id=str(id), name=name, category_ids=categories, **fields)


def series(id: object, name: str = "Judex", *categories: str, **fields: Any) -> ItemRow:
    return ItemRow(id=str(id), name=name, category_ids=categories, **fields)


def category(id: object, name: str, position: int = 0) -> CategoryRow:
    return CategoryRow(str(id), name, None, position)


def details_with_episodes(series: int, first: int, seasons: int, episodes: int, title: str = "Part") -> Details:
    """Details of a series of so many seasons with so many episodes each, whose ids start at `first`."""
    made = [
        Season(
            number,
            f"Season {number}",
            episodes=tuple(
                Episode(f"{first + (series * seasons + number) * episodes + at}", number, at, f"{title} {number} {at}")
                for at in range(1, episodes + 1)
            ),
        )
        for number in range(1, seasons + 1)
    ]
    return Details(plot=f"Told of {series}.", cast=f"Star {series}", seasons=tuple(made))


def load(store: LibraryStore, kind: Kind, *rows: Any) -> None:
    """A full load of a few rows."""
    with store.rewriting(kind) as loading:
        loading.add(rows, [index * 1024 for index in range(len(rows))])
    store.index_texts(kind)


def connection_of(store: LibraryStore) -> sqlite3.Connection:
    """The SQLite connection of this thread."""
    connection: sqlite3.Connection = store.database.connection()  # type: ignore[no-untyped-call]  # of Peewee
    return connection


def assert_sound(store: LibraryStore) -> None:
    """The file is whole, and each search table holds exactly what its items say."""
    database = store.database
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    for kind, table in TABLES.items():
        # rank 1: also compared with the items, not only with itself
        database.run(f"INSERT INTO {table.names_fts}({table.names_fts}, rank) VALUES ('integrity-check', 1)")
        if table.has_texts and store.texts_ready(kind):
            assert _indexed_texts(store, kind) == _expected_texts(store, kind)


def _indexed_texts(store: LibraryStore, kind: Kind) -> dict[tuple[str, str], int]:
    name = TABLES[kind].texts_fts
    store.database.run(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name}_terms USING fts5vocab(main, {name}, col)")
    return {(row[0], row[1]): row[2] for row in store.database.rows(f"SELECT term, col, doc FROM temp.{name}_terms")}


def _expected_texts(store: LibraryStore, kind: Kind) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    sql = (
        f'SELECT x.id, {ALL_NAMES_SQL}, x."cast", x.director, x.genre, x.plot '
        f"FROM {TABLES[kind].text_table} x JOIN {kind.value} t ON t.id = x.id"
    )
    for row in store.database.rows(sql):
        entry = text_entry(row)
        for column, text in zip(("name", "cast", "director", "genre", "plot"), (entry or ())[1:], strict=False):
            for word in set(fold(text).split()):
                found[word, column] = found.get((word, column), 0) + 1
    return found


def dump(store: LibraryStore, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return store.database.rows(f"SELECT {columns} FROM {table} ORDER BY 1")


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))
