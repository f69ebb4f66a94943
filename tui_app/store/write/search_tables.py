"""Keeps the two search tables of a kind exact: `<kind>_names` over folded names, `<kind>_texts` over cast, director,
genre and plot, with the name beside them, so that words of both can be asked for together.

Both are told what to forget with the very values they were given: FTS5 tables without content of their own can't look
them up. `<kind>_texts` is built apart from the names, and left alone until it has been.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.query_cache import raise_revision, read_meta, write_meta
from tui_app.store.schema import TABLES, TEXT_COLUMNS, quoted
from tui_app.text import fold

_COLUMNS: Final = quoted(TEXT_COLUMNS)

NameEntry = tuple[int, str, str]  # key, fold, alias
TextEntry = tuple[int, str, str, str, str, str]  # key, name (both forms), and the text columns, all folded


# ------------------------------------------------------------------------------------------------------ names
def clear_names(database: LibraryDatabase, kind: Kind) -> None:
    fts = TABLES[kind].names_fts
    database.run(f"INSERT INTO {fts}({fts}) VALUES ('delete-all')")


def fill_names(database: LibraryDatabase, kind: Kind) -> None:
    """Index all names of a kind whose search table is empty. In order of the key: else FTS5 flushes over and over."""
    table = TABLES[kind]
    database.run(
        f"INSERT INTO {table.names_fts}(rowid, fold, alias) "
        f"SELECT id, fold, alias FROM {table.table} NOT INDEXED WHERE flags & 1 = 0 ORDER BY id"
    )


def forget_names(database: LibraryDatabase, kind: Kind, entries: Iterable[NameEntry]) -> None:
    """Before the rows change."""
    fts = TABLES[kind].names_fts
    database.run_many(f"INSERT INTO {fts}({fts}, rowid, fold, alias) VALUES ('delete', ?, ?, ?)", sorted(entries))


def learn_names(database: LibraryDatabase, kind: Kind, entries: Iterable[NameEntry]) -> None:
    """After the rows changed."""
    fts = TABLES[kind].names_fts
    database.run_many(f"INSERT INTO {fts}(rowid, fold, alias) VALUES (?, ?, ?)", sorted(entries))


# ------------------------------------------------------------------------------------------------------ texts
def texts_ready(database: LibraryDatabase, kind: Kind) -> bool:
    """True when `<kind>_texts` is complete. False from a full load until `index_texts`."""
    return not TABLES[kind].has_texts or read_meta(database, f"texts:{kind.value}") == "ready"


def clear_texts(database: LibraryDatabase, kind: Kind) -> None:
    if not TABLES[kind].has_texts:
        return
    fts = TABLES[kind].texts_fts
    database.run(f"INSERT INTO {fts}({fts}) VALUES ('delete-all')")
    write_meta(database, f"texts:{kind.value}", "missing")


def index_texts(database: LibraryDatabase, kind: Kind) -> int:
    """Build `<kind>_texts` unless it is complete; how many items got in. One transaction."""
    if texts_ready(database, kind):
        return 0
    table = TABLES[kind]
    database.register_function(searchable, "searchable", 1, deterministic=True)
    texts = ", ".join(f'searchable(x."{column}")' for column in TEXT_COLUMNS)
    has_text = " OR ".join(f"x.\"{column}\" <> ''" for column in TEXT_COLUMNS)
    with database.writing():
        clear_texts(database, kind)
        count = database.run(
            f"INSERT INTO {table.texts_fts}(rowid, name, {_COLUMNS}) SELECT x.id, t.fold || ' ' || t.alias, {texts} "
            f"FROM {table.text_table} x CROSS JOIN {table.table} t ON t.id = x.id WHERE {has_text} ORDER BY x.id"
        ).rowcount
        write_meta(database, f"texts:{kind.value}", "ready")
        raise_revision(database)
    return count


def searchable(text: str | None) -> str:
    """What the search table is given of a text: the table splits plain ASCII into the very words that folding makes."""
    if not text:
        return ""
    return text if text.isascii() and "'" not in text and "`" not in text else fold(text)


def text_entry(row: Sequence[Any]) -> TextEntry | None:
    """What of (key, folded name, cast, director, genre, plot) goes into the search table; None without any text."""
    key, name, cast, director, genre, plot = row
    if not (cast or director or genre or plot):
        return None
    return (key, name, searchable(cast), searchable(director), searchable(genre), searchable(plot))


def forget_texts(database: LibraryDatabase, kind: Kind, entries: Iterable[TextEntry]) -> None:
    fts = TABLES[kind].texts_fts
    database.run_many(
        f"INSERT INTO {fts}({fts}, rowid, name, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)", sorted(entries)
    )


def learn_texts(database: LibraryDatabase, kind: Kind, entries: Iterable[TextEntry]) -> None:
    fts = TABLES[kind].texts_fts
    database.run_many(f"INSERT INTO {fts}(rowid, name, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", sorted(entries))
