"""A library file whose pages went bad: the sync sets it aside, says so, and fetches everything anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.table_damage import spoil_table
from tests.sync.category_panel import LISTS, CategoryPanel, status
from tests.sync.conftest import SyncHome
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.store.maintenance.integrity import examine_library


def aside(home: SyncHome) -> list[Path]:
    """What was set aside, without the side files that came along."""
    return [
        file for file in home.paths.data.glob("library-home.db.damaged-*") if not file.name.endswith(("-wal", "-shm"))
    ]


@pytest.mark.parametrize("table", ["category", "sync_state", "sync_run", "meta"])
def test_a_damaged_file_is_set_aside_and_everything_fetched(home: SyncHome, table: str) -> None:
    home.sync()
    held = {kind: home.ids(kind) for kind in LISTED_KINDS}
    library = home.paths.library_db("home")
    spoil_table(library, table)

    finished = home.finish(only=LISTED_KINDS[:2])  # what was lost is fetched, though it was not asked for

    assert (finished.status, finished.exit_code, finished.report.errors) == ("completed", 0, ())
    assert {kind: home.ids(kind) for kind in LISTED_KINDS} == held
    assert examine_library(library).is_sound
    (kept,) = aside(home)
    assert kept.name in finished.message
    assert home.sync()["rows_written"] == 0
    assert len(aside(home)) == 1


def test_rows_that_an_unchanged_list_never_reads_are_met_by_a_full_sync(home: SyncHome) -> None:
    home.sync()
    movies = home.ids(Kind.MOVIE)
    spoil_table(home.paths.library_db("home"), "movie")
    assert home.sync(mode="full")["status"] == "completed"
    assert home.ids(Kind.MOVIE) == movies
    assert len(aside(home)) == 1


def test_damage_ends_the_first_try_at_once(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    spoil_table(home.paths.library_db("home"), "category")
    category_panel.asked.clear()
    home.sync()
    assert sorted(asked.action for asked in category_panel.asked) == sorted(LISTS.values())


def test_a_sound_file_stays_whatever_the_panel_answers(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    category_panel.whole = dict.fromkeys(("movies", "categories"), status(500))
    assert home.sync()["status"] == "partial"
    assert aside(home) == []
