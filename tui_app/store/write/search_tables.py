"""Update the search tables of a kind: `<kind>_names` and `<kind>_texts`.

`<kind>_names` indexes names in all their forms; `<kind>_texts` indexes cast, director, genre and plot together with the
name, so that words of both can be combined. Both are contentless FTS5 tables, so the exact old values must be passed to
remove an entry. `<kind>_texts` is built after the names, and not updated before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

from peewee import JOIN, fn

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase, fields_of, inserting
from tui_app.store.models import ITEM_MODELS, TEXT_MODELS
from tui_app.store.query_cache import raise_revision, read_meta, write_meta
from tui_app.store.schema import NAME_COLUMNS, TABLES, TEXT_COLUMNS, quoted
from tui_app.store.search_models import NAME_INDEXES, TEXT_INDEXES, removal_sql, search_command
from tui_app.text import fold

_NAMES: Final = quoted(NAME_COLUMNS)

NameEntry = tuple[int, str, str, str]  # key, then `NAME_COLUMNS`
TextEntry = tuple[int, str, str, str, str, str]  # key, name (all forms), text columns; all folded


# ------------------------------------------------------------------------------------------------------ names
def clear_names(database: LibraryDatabase, kind: Kind) -> None:
    database.run(*search_command(NAME_INDEXES[kind], "delete-all"))


def fill_names(database: LibraryDatabase, kind: Kind) -> None:
    """Index all names of a kind with an empty search table, in key order, as FTS5 would flush repeatedly otherwise."""
    table = TABLES[kind]
    # By hand: Peewee has no NOT INDEXED, and an index would give another order.
    database.run(
        f"INSERT INTO {table.names_fts}(rowid, {_NAMES}) "
        f"SELECT id, {_NAMES} FROM {table.table} NOT INDEXED WHERE flags & 1 = 0 ORDER BY id"
    )


def remove_names(database: LibraryDatabase, kind: Kind, entries: Iterable[NameEntry]) -> None:
    """Remove entries, before the rows change."""
    database.run_many(removal_sql(NAME_INDEXES[kind]), sorted(entries))


def add_names(database: LibraryDatabase, kind: Kind, entries: Iterable[NameEntry]) -> None:
    """Add entries, after the rows changed."""
    database.run_many(inserting(NAME_INDEXES[kind]), sorted(entries))


# ------------------------------------------------------------------------------------------------------ texts
def texts_ready(database: LibraryDatabase, kind: Kind) -> bool:
    """Whether `<kind>_texts` is complete. It is not between a full load and `index_texts`."""
    return not TABLES[kind].has_texts or read_meta(database, f"texts:{kind.value}") == "ready"


def clear_texts(database: LibraryDatabase, kind: Kind) -> None:
    if not TABLES[kind].has_texts:
        return
    database.run(*search_command(TEXT_INDEXES[kind], "delete-all"))
    write_meta(database, f"texts:{kind.value}", "missing")


def index_texts(database: LibraryDatabase, kind: Kind) -> int:
    """Build `<kind>_texts` unless complete; return the number of items indexed. One transaction."""
    if texts_ready(database, kind):
        return 0
    database.register_function(searchable, "searchable", 1, deterministic=True)
    text, item = TEXT_MODELS[kind], ITEM_MODELS[kind]
    texts = [getattr(text, column) for column in TEXT_COLUMNS]
    name = item.fold.concat(" ").concat(item.other).concat(" ").concat(item.spelled)
    # CROSS JOIN: the texts are read in order of their ids, and most items have none
    rows = (
        text.select(text.id, name, *map(fn.searchable, texts))
        .join(item, JOIN.CROSS)
        .where(item.id == text.id, reduce(or_, (column != "" for column in texts)))
        .order_by(text.id)
    )
    index = TEXT_INDEXES[kind]
    with database.writing():
        clear_texts(database, kind)
        count = database.run(index.insert_from(rows, fields_of(index))).rowcount
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
    database.run_many(removal_sql(TEXT_INDEXES[kind]), sorted(entries))


def add_texts(database: LibraryDatabase, kind: Kind, entries: Iterable[TextEntry]) -> None:
    database.run_many(inserting(TEXT_INDEXES[kind]), sorted(entries))
