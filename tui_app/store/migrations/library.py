"""The library database beside its tables, and the steps from version 3 on.

All statements of steps are by hand, as they must mean the same for ever, whatever the models say one day.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.items.codec import title_values
from tui_app.store.migrations.runner import add_missing, create_missing, names_in
from tui_app.store.models import (
    Channel,
    Episode,
    FormerEpisode,
    Guide,
    GuideProgramme,
    Movie,
    ProgrammeTitle,
    Series,
    SeriesDetails,
)
from tui_app.store.search_models import NAME_INDEXES, TEXT_INDEXES, ProgrammeNames, search_command
from tui_app.text import fold, other_spellings, sort_key, split_title

#: FTS5 hash size in bytes: four times the default builds a table a third faster.
_GATHERED: Final = 4 * 1024 * 1024
_TITLES: Final = ("movie", "series")
_NAMED: Final = ("channel", *_TITLES, "episode")
#: (table, column) of names with a folded column beside them, except items.
_FOLDED: Final = (("category", "name"), ("programme_title", "title"))
#: Indexes of lists: they got `sort_key` in place of `fold`, later the tags of the title.
_INDEXES: Final = (
    *("channel_name", "channel_number", "channel_category", "channel_added", "episode_name", "episode_added"),
    *(f"{t}_{name}" for t in _TITLES for name in ("name", "position", "category", "added", "rating", "year")),
)
#: Number of genres of a kind that are bits of the mask.
_BITS: Final = 62
_TEXT_COLUMNS: Final = ("cast", "director", "genre", "plot")
_COLUMNS: Final = "fold, alias, spelled"


def finish(connection: Connection) -> None:
    """Create the content views of search tables and the first revision; configure the search tables."""
    names = names_in(connection)
    for table in Kind:
        if (view := f"{table}_searchable") not in names:
            # By hand: Peewee has no views. Separators (flag 1) are excluded from search.
            connection.execute(
                f"CREATE VIEW {view} AS SELECT id, fold, alias, spelled FROM {table} NOT INDEXED WHERE flags & 1 = 0"
            )
    for index in (*NAME_INDEXES.values(), *TEXT_INDEXES.values()):
        connection.execute(*search_command(index, "hashsize", _GATHERED))
    connection.execute("INSERT OR IGNORE INTO meta(name, value) VALUES ('revision', '0')")


def replace_guide(connection: Connection) -> None:
    """Version 4: the programme guide. The table of version 1 was never filled and has another shape."""
    connection.execute("DROP TABLE programme")
    create_missing(connection, (Guide, ProgrammeTitle, GuideProgramme, ProgrammeNames))


def add_former_episodes(connection: Connection) -> None:
    """Version 5: identities of removed episodes, so that marks follow when their ids change."""
    create_missing(connection, (FormerEpisode,))
    add_missing(connection, (SeriesDetails.named,))
    # the folded names of a series when its details were fetched: an id may be reused for another series
    connection.execute(
        "UPDATE series_details SET named = coalesce("
        "(SELECT s.fold || char(10) || s.alias FROM series s WHERE s.id = series_details.id), '')"
    )


# ------------------------------------------------------------------------------------------ versions 6 and 7: names
def add_sort_keys(connection: Connection) -> None:
    """Version 6: add the sort keys and fold all names again."""
    _drop_indexes(connection)
    add_missing(connection, (Channel.sort_key, Movie.sort_key, Series.sort_key, Episode.sort_key))
    _fold_again(connection)
    for table in _NAMED:
        _refill(connection, f"{table}_names", "fold, alias", f"{table}_searchable")
    for table in _TITLES:
        _refill_texts(connection, table, "t.fold || ' ' || t.alias")


def _drop_indexes(connection: Connection) -> None:
    """Drop the indexes of lists, to be created behind the last step."""
    for index in _INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {index}")


def index_tags(connection: Connection) -> None:
    """Version 10: language and quality of the title in the indexes of lists."""
    _drop_indexes(connection)


def _fold_again(connection: Connection) -> None:
    """Fold all that is stored folded, except the search tables of items."""
    for name, function in (("folded", fold), ("key_of", sort_key), ("searchable", _searchable), ("lines", _lines)):
        connection.create_function(name, 1, function, deterministic=True)
    for table in _NAMED:  # the other name is stored only in folded form
        connection.execute(
            f"UPDATE {table} SET fold = folded(name), alias = folded(alias), sort_key = key_of(folded(name)) "
            "WHERE sort_key = '' OR fold <> folded(name) OR alias <> folded(alias)"
        )
        connection.execute(f"UPDATE {table} SET alias = '' WHERE alias <> '' AND alias = fold")
    for table, column in _FOLDED:
        connection.execute(f"UPDATE {table} SET fold = folded({column}) WHERE fold <> folded({column})")
    connection.execute("UPDATE former_episode SET fold = folded(fold), named = lines(named)")
    connection.execute("UPDATE series_details SET named = lines(named)")
    for kind in _TITLES:
        _fold_genres(connection, kind)
    _refill(connection, "programme_names", "fold", "programme_title")


def _refill(connection: Connection, search_table: str, columns: str, content: str) -> None:
    connection.execute(f"INSERT INTO {search_table}({search_table}) VALUES ('delete-all')")
    connection.execute(f"INSERT INTO {search_table}(rowid, {columns}) SELECT id, {columns} FROM {content} ORDER BY id")


def _refill_texts(connection: Connection, table: str, name: str) -> None:
    """Index cast, director, genre and plot again, unless a full load left that to be done anyway."""
    ready = connection.execute("SELECT value FROM meta WHERE name = ?", (f"texts:{table}",)).fetchone()
    if ready != ("ready",):
        return
    search_table = f"{table}_texts"
    texts = ", ".join(f'searchable(x."{column}")' for column in _TEXT_COLUMNS)
    has_text = " OR ".join(f"x.\"{column}\" <> ''" for column in _TEXT_COLUMNS)
    connection.execute(f"INSERT INTO {search_table}({search_table}) VALUES ('delete-all')")
    connection.execute(
        f"INSERT INTO {search_table}(rowid, name, {', '.join(_TEXT_COLUMNS)}) "
        f"SELECT x.id, {name}, {texts} "
        f"FROM {table}_text x CROSS JOIN {table} t ON t.id = x.id WHERE {has_text} ORDER BY x.id"
    )


def _fold_genres(connection: Connection, kind: str) -> None:
    """Merge genres that fold alike now: items of the later one get the number of the first.

    The row of the later one stays under a name that nothing folds to, as the numbers of a kind must have no gaps.
    """
    known: dict[str, int] = {}
    rows = connection.execute("SELECT number, name FROM genre WHERE kind = ? ORDER BY number", (kind,)).fetchall()
    connection.execute("UPDATE genre SET fold = '~' || number WHERE kind = ?", (kind,))
    for number, name in rows:
        folded = fold(name)
        if known.setdefault(folded, number) != number:
            _merge_genres(connection, kind, number, known[folded])
        else:
            connection.execute("UPDATE genre SET fold = ? WHERE kind = ? AND number = ?", (folded, kind, number))


def _merge_genres(connection: Connection, kind: str, number: int, first: int) -> None:
    if number < _BITS:
        connection.execute(
            f"UPDATE {kind} SET genres = (genres & ~{1 << number}) | {1 << first} WHERE genres & {1 << number}"
        )
        return
    members = "FROM item_genre WHERE kind = ? AND genre = ?"
    if first < _BITS:
        connection.execute(
            f"UPDATE {kind} SET genres = genres | {1 << first} WHERE id IN (SELECT item {members})", (kind, number)
        )
    else:
        connection.execute(
            f"INSERT OR IGNORE INTO item_genre(kind, genre, item) SELECT kind, {first}, item {members}", (kind, number)
        )
    connection.execute(f"DELETE {members}", (kind, number))


def _searchable(text: str | None) -> str:
    if not text:
        return ""
    return text if text.isascii() and "'" not in text and "`" not in text else fold(text)


def _lines(text: str) -> str:
    """Fold names, one per line."""
    return "\n".join(map(fold, text.split("\n")))


def add_spellings(connection: Connection) -> None:
    """Version 7: add the spellings and fold all names again."""
    add_missing(connection, (Channel.spelled, Movie.spelled, Series.spelled, Episode.spelled))
    _fold_again(connection)
    connection.create_function("spellings", 2, _spellings, deterministic=True)
    for table in _NAMED:
        connection.execute(f"UPDATE {table} SET spelled = spellings(name, alias) WHERE spellings(name, alias) <> ''")
        _replace_search_table(connection, table)
    for table in _TITLES:
        _refill_texts(connection, table, "t.fold || ' ' || t.alias || ' ' || t.spelled")


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


# ------------------------------------------------------------------------------------------ version 11: titles
def add_title_keys(connection: Connection) -> None:
    """Version 11: add what groups the versions of a title."""
    add_missing(connection, (Movie.title_key, Movie.title_year, Series.title_key, Series.title_year))
    for table in _TITLES:
        rows = connection.execute(f"SELECT id, name, year FROM {table} WHERE flags & 1 = 0").fetchall()
        values = [(*title_values(name, year or None), id) for id, name, year in rows]
        connection.executemany(f"UPDATE {table} SET title_key = ?, title_year = ? WHERE id = ?", values)
