"""Migration of the library database to version 7: Latin letters and digits for all names, Han variants.

The search tables of names get the new column; those of texts contain names and are filled again. All
statements are by hand, like those of version 6.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.migrations.library_0006_natural_order import NAMED, TITLES, fold_again, refill_texts
from tui_app.store.migrations.runner import add_missing, create_missing
from tui_app.store.models import Channel, Episode, Movie, Series
from tui_app.store.search_models import NAME_INDEXES
from tui_app.text import fold, other_spellings, split_title

_COLUMNS: Final = "fold, alias, spelled"


def apply(connection: Connection) -> None:
    """Add the spellings and fold all names again."""
    add_missing(connection, (Channel.spelled, Movie.spelled, Series.spelled, Episode.spelled))
    fold_again(connection)
    connection.create_function("spellings", 2, _spellings, deterministic=True)
    for table in NAMED:
        connection.execute(f"UPDATE {table} SET spelled = spellings(name, alias) WHERE spellings(name, alias) <> ''")
        _replace_search_table(connection, table)
    for table in TITLES:
        refill_texts(connection, table, "t.fold || ' ' || t.alias || ' ' || t.spelled")


def _spellings(name: str, alias: str) -> str:
    title = split_title(name).title
    return other_spellings(title, fold(title), alias)


def _replace_search_table(connection: Connection, table: str) -> None:
    """Make the search table of names anew: FTS5 can't add a column. Word list and view follow behind the last step."""
    for dropped in (f"TABLE {table}_words", f"TABLE {table}_names", f"VIEW {table}_searchable"):
        connection.execute(f"DROP {dropped}")
    create_missing(connection, (NAME_INDEXES[Kind(table)],))
    rows = f"SELECT id, {_COLUMNS} FROM {table} WHERE flags & 1 = 0 ORDER BY id"
    connection.execute(f"INSERT INTO {table}_names(rowid, {_COLUMNS}) {rows}")
