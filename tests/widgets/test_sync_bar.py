from __future__ import annotations

import pytest

from tests.support.one_widget import OneWidget
from tests.support.reports import report
from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of, text_of
from tests.widgets.samples import PROGRESS
from tui_app.events import SyncFinished, SyncProgress
from tui_app.widgets.sync_bar import SyncBar

NOW = 1_700_000_000


def said(show: str, *arguments: object, **named: object) -> str:
    bar = SyncBar()
    getattr(bar, show)(*arguments, **named)
    return bar.text


def test_idle_says_how_old_the_data_are() -> None:
    assert said("show_idle", updated_at=NOW - 7_300, items=150_123, now=NOW) == "updated 2 h ago  150,123 items"


def test_stale_says_how_old_and_which_key_helps() -> None:
    words = said("show_stale", updated_at=NOW - 3 * 86_400, items=5, now=NOW)
    assert "may be outdated (3 days)" in words
    assert "r syncs" in words


def test_offline_says_from_when_the_data_are() -> None:
    assert "offline — data from" in said("show_offline", data_at=NOW - 60, now=NOW)
    assert "no data yet" in said("show_offline", data_at=None)


def test_running_says_part_share_speed_and_time_left() -> None:
    words = said("show_progress", PROGRESS)
    assert all(piece in words for piece in ("movies", "42 %", "21,346/s", "18 s left", "x cancels"))


def test_the_percentage_never_claims_more_than_is_done() -> None:
    assert " 99 %" in said("show_progress", SyncProgress("movies", "indexing", 0.9999))
    assert "100 %" in said("show_progress", SyncProgress("movies", "indexing", 1.7))


def test_a_finished_sync_names_its_changes() -> None:
    found = report(movies={"added": 124, "changed": 3, "removed": 41, "pending_removals": 7}, series={"added": 1})
    words = said("show_finished", SyncFinished("home", "completed", NOW, report=found))
    assert "synced  +124 movies, +1 series, 3 changed, −41" in words
    assert "pending" not in words
    bar = SyncBar()
    bar.pending_removals = 7
    bar.show_finished(SyncFinished("home", "completed", NOW, report=found))
    assert "7 removals pending · D decides" in bar.text


def test_a_sync_without_changes_says_so() -> None:
    assert "nothing new" in said("show_finished", SyncFinished("home", "completed", NOW, report=report()))


def test_a_partial_sync_names_what_failed_and_why() -> None:
    found = report(movies={"added": 1}, errors=[("series", "the server broke off")])
    words = said("show_finished", SyncFinished("home", "partial", NOW, exit_code=3, report=found))
    assert "partly synced: series: the server broke off" in words
    assert "+1 movie" in words


def test_a_failed_sync_gives_reason_and_help() -> None:
    words = said("show_finished", SyncFinished("home", "failed", NOW, message="No answer.", hint="Try again later."))
    assert "sync failed: No answer." in words
    assert "Try again later." in words


def test_a_cancelled_sync_is_no_failure() -> None:
    assert "sync cancelled" in said("show_finished", SyncFinished("home", "cancelled", NOW, message="Cancelled."))
    assert "cancelling" in said("show_cancelling")


async def test_narrow_terminals_keep_what_matters_most() -> None:
    app = OneWidget(SyncBar())
    async with app.run_test(size=(100, 3)) as pilot:
        app.widget.show_progress(PROGRESS)
        assert "63,123 rows" in text_of(app.widget)
        for width in (60, 40, 24):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            assert "movies" in text_of(app.widget) and "42 %" in text_of(app.widget)
        assert "rows" not in text_of(app.widget)


async def test_a_new_state_needs_no_layout_and_the_same_one_no_repaint() -> None:
    app = OneWidget(SyncBar())
    async with app.run_test() as pilot:
        await pilot.pause()
        app.widget.show_progress(PROGRESS)
        assert not app.screen._layout_required
        await pilot.pause()
        repaints = app.widget._repaint_required
        app.widget.show_progress(PROGRESS)
        assert not repaints and not app.widget._repaint_required


@pytest.mark.parametrize("width", [1, 2, 30, 100])
async def test_hostile_reasons_stay_on_the_line(width: int) -> None:
    app = OneWidget(SyncBar())
    async with app.run_test(size=(width, 2)):
        for title in HOSTILE_TITLES:
            app.widget.show_finished(SyncFinished(title, "failed", NOW, message=title, hint=title))
            assert_clean(lines_of(app.widget), width)
