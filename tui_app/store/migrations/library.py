"""The library database beside its tables, and the steps from version 3 to 5."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from tui_app.catalog import Kind
from tui_app.store.epg_models import Guide, GuideProgramme, ProgrammeTitle
from tui_app.store.migrations.runner import add_missing, create_missing, names_in
from tui_app.store.models import FormerEpisode, SeriesDetails
from tui_app.store.search_models import NAME_INDEXES, TEXT_INDEXES, ProgrammeNames, search_command

#: FTS5 hash size in bytes: four times the default builds a table a third faster.
_GATHERED: Final = 4 * 1024 * 1024


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
    # By hand, like all statements of steps: it must not follow the models.
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
