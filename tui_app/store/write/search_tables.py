"""Update the search tables of a kind: `<kind>_names` and `<kind>_texts`.

`<kind>_names` indexes folded names; `<kind>_texts` indexes cast, director, genre and plot together with the name, so
that words of both can be combined. Both are contentless FTS5 tables, so the exact old values must be passed to remove
an entry. `<kind>_texts` is built after the names, and not updated before that.
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
TextEntry = tuple[int, str, str, str, str, str]  # key, name (both forms), text columns; all folded


# ------------------------------------------------------------------------------------------------------ names
def clear_names(database: LibraryDatabase, kind: Kind) -> None:
    fts = TABLES[kind].names_fts
    database.run(f"INSERT INTO {fts}({fts}) VALUES ('delete-all')")


def fill_names(database: LibraryDatabase, kind: Kind) -> None:
    """Index all names of a kind with an empty search table, in key order, as FTS5 would flush repeatedly otherwise."""
    table = TABLES[kind]
    database.run(
        f"INSERT INTO {table.names_fts}(rowid, fold, alias) "
        f"SELECT id, fold, alias FROM {table.table} NOT INDEXED WHERE flags & 1 = 0 ORDER BY id"
    )


def remove_names(database: LibraryDatabase, kind: Kind, entries: Iterable[NameEntry]) -> None:
    """Remove entries, before the rows change."""
    fts = TABLES[kind].names_fts
    database.run_many(f"INSERT INTO {fts}({fts}, rowid, fold, alias) VALUES ('delete', ?, ?, ?)", sorted(entries))


def add_names(database: LibraryDatabase, kind: Kind, entries: Iterable[NameEntry]) -> None:
    """Add entries, after the rows changed."""
    fts = TABLES[kind].names_fts
    database.run_many(f"INSERT INTO {fts}(rowid, fold, alias) VALUES (?, ?, ?)", sorted(entries))


# ------------------------------------------------------------------------------------------------------ texts
def texts_ready(database: LibraryDatabase, kind: Kind) -> bool:
    """Whether `<kind>_texts` is complete. It is not between a full load and `index_texts`."""
    return not TABLES[kind].has_texts or read_meta(database, f"texts:{kind.value}") == "ready"


def clear_texts(database: LibraryDatabase, kind: Kind) -> None:
    if not TABLES[kind].has_texts:
        return
    fts = TABLES[kind].texts_fts
    database.run(f"INSERT INTO {fts}({fts}) VALUES ('delete-all')")
    write_meta(database, f"texts:{kind.value}", "missing")


def index_texts(database: LibraryDatabase, kind: Kind) -> int:
    """Build `<kind>_texts` unless complete; return the number of items indexed. One transaction."""
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
    """Return the text to index. Plain ASCII is passed unfolded, as the tokenizer yields the same words."""
    if not text:
        return ""
    return text if text.isascii() and "'" not in text and "`" not in text else fold(text)


def text_entry(row: Sequence[Any]) -> TextEntry | None:
    """Return the entry for (key, folded name, cast, director, genre, plot), None without any text."""
    key, name, cast, director, genre, plot = row
    if not (cast or director or genre or plot):
        return None
    return (key, name, searchable(cast), searchable(director), searchable(genre), searchable(plot))


def remove_texts(database: LibraryDatabase, kind: Kind, entries: Iterable[TextEntry]) -> None:
    fts = TABLES[kind].texts_fts
    database.run_many(
        f"INSERT INTO {fts}({fts}, rowid, name, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)", sorted(entries)
    )


def add_texts(database: LibraryDatabase, kind: Kind, entries: Iterable[TextEntry]) -> None:
    fts = TABLES[kind].texts_fts
    database.run_many(f"INSERT INTO {fts}(rowid, name, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", sorted(entries))
