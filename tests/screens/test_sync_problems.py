"""What is said of syncs that did not go well, of several profiles at once, and of a connection that comes and goes."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.screens.conftest import add_profile
from tests.screens.driving import PROFILE, SMALL, USUAL, Driver, running
from tests.support.reports import report
from tui_app.demo import DemoPanel
from tui_app.events import SyncFinished
from tui_app.messages import ConnectionChanged, ProfileWanted, SyncEnded
from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.sync import run_sync


@pytest.fixture
def shrunken(empty_paths: Paths, panel: DemoPanel) -> Iterator[DemoPanel]:
    """The panel behind `empty_paths`, which by now lists 60 movies of 150."""
    panel.stop()
    with DemoPanel(seed=5, channels=60, movies=60, series=30, port=panel.port) as smaller:
        yield smaller


# ----------------------------------------------------------------------------------------------- pending removals
async def test_removals_that_a_cron_job_left_pending_can_be_decided_on_at_any_time(
    empty_paths: Paths, panel: DemoPanel, request: pytest.FixtureRequest
) -> None:
    await run_sync(empty_paths, PROFILE)
    request.getfixturevalue("shrunken")
    async with running(empty_paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        titles = driver.list
        await run_sync(empty_paths, PROFILE)  # another process, as far as the app can tell
        await driver.app.background.each_minute()
        await driver.until(lambda: "90 removals pending · D decides" in driver.bar, "the bar")
        await driver.go("settings")
        await driver.until(lambda: driver.says("partly, just now"), "the outcome")
        assert driver.app.screen.query_one("#decide").display and not driver.app.screen.query_one("#retry").display
    async with running(empty_paths, USUAL) as driver:  # and after a restart
        await driver.until(lambda: "90 removals pending" in driver.bar, "the bar")
        await driver.rows_shown()
        await driver.press("D")
        await driver.until(lambda: driver.says("90 fewer movies"), "the question")
        await driver.press("enter")  # Wait
        await driver.until(lambda: not driver.says("90 fewer movies"), "no question")
        assert "90 removals pending" in driver.bar
        await driver.press("2")
        await driver.rows_shown()
        titles = driver.list
        await driver.press("D")
        await driver.until(lambda: driver.says("90 fewer movies"), "the question")
        await driver.press("left", "enter")
        await driver.until(lambda: titles.total == 60, "the movies that are left")
        await driver.until(
            lambda: "removals pending" not in driver.bar and not driver.app.app_state.is_syncing, "all settled"
        )
        assert not driver.app.check_action("decide_removals", ())


async def test_what_failed_alone_can_be_retried_from_the_settings(paths: Paths) -> None:
    with closing(sqlite3.connect(paths.library_db(PROFILE))) as library, library:
        library.execute("UPDATE sync_state SET status = 'failed', reason = 'no answer' WHERE part = 'movies'")
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.go("settings")
        await driver.until(
            lambda: re.search(r"failed, (just now|\d+ min ago): no answer", driver.seen()), "the outcome"
        )
        await driver.until(lambda: driver.app.screen.query_one("#retry").display, "the button")
        driver.app.screen.query_one("#retry").focus()
        async with driver.a_sync():
            await driver.press("enter")
        await driver.until(lambda: not driver.app.screen.query_one("#retry").display, "nothing left")
        await driver.until(lambda: not driver.says("no answer"), "the outcome")


# ------------------------------------------------------------------------------------------ refused, offline
@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_a_refused_login_looks_different_from_a_dead_line(
    empty_paths: Paths, panel: DemoPanel, size: tuple[int, int]
) -> None:
    await run_sync(empty_paths, PROFILE)
    store = ProfileStore(empty_paths)
    store.update(store.get(PROFILE), "another password")
    async with running(empty_paths, size) as driver:
        await driver.rows_shown()
        async with driver.a_sync():
            await driver.press("r")
        await driver.until(lambda: "login refused — data from" in driver.bar, "the refusal")
        await driver.sees("login refused")
        assert "offline" not in driver.bar and "opens the profiles" in driver.bar
        store.update(store.get(PROFILE), panel.password)
        async with driver.a_sync():
            await driver.press("r")
        await driver.until(lambda: "synced" in driver.bar, "all well")


def aged(paths: Paths, days: int) -> None:
    """The library as if its last sync was that long ago."""
    old = int(time.time()) - days * 86_400
    with closing(sqlite3.connect(paths.library_db(PROFILE))) as library, library:
        library.execute("UPDATE sync_state SET at = ?, completed_at = ?", (old, old))
        library.execute("UPDATE sync_run SET started_at = ?, finished_at = ?", (old, old))


def found_unreachable(driver: Driver) -> None:
    """A sync of this app ended so just now."""
    error = report(error="unreachable")
    driver.app.app_state.record_end(SyncFinished(PROFILE, "failed", int(time.time()) + 1, report=error))


async def test_a_connection_that_is_back_offers_a_sync_where_none_starts_by_itself(paths: Paths) -> None:
    store = ProfileStore(paths)
    store.save_sync_settings(PROFILE, replace(store.get_sync_settings(PROFILE), automatic=False))
    aged(paths, days=3)
    async with running(paths, by_itself=True) as driver:
        await driver.rows_shown()
        found_unreachable(driver)
        driver.app.post_message(ConnectionChanged(PROFILE, online=False))
        await driver.until(lambda: "offline — data from" in driver.bar, "the banner")
        driver.app.post_message(ConnectionChanged(PROFILE, online=True))
        await driver.until(lambda: "may be outdated (3 days)" in driver.bar, "no banner")
        await driver.until(lambda: "press r to sync" in driver.toasts(), "the offer")


async def test_a_connection_that_is_back_ends_the_waiting_for_the_next_try(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        app_state = driver.app.app_state
        found_unreachable(driver)
        found_unreachable(driver)
        before = await app_state.candidate(driver.active.profile)
        driver.app.post_message(ConnectionChanged(PROFILE, online=True))
        await driver.until(lambda: app_state.sync_status(PROFILE).was_reached, "heard")
        after = await app_state.candidate(driver.active.profile)
        assert (before.history.trouble, before.history.failures) == ("unreachable", 2) and after.history.failures == 0
        assert not driver.toasts()  # fresh data: nothing to offer


# ----------------------------------------------------------------------------------------- several profiles
async def test_a_profile_switched_to_in_the_middle_of_a_sync_has_its_own_bar(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    add_profile(empty_paths, panel, "second")
    await run_sync(empty_paths, "second")
    async with running(empty_paths, polite=True) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("enter")
        await driver.until(lambda: driver.app.app_state.is_syncing, "the sync")
        driver.app.post_message(ProfileWanted("second"))
        await driver.until(lambda: "updated just now" in driver.bar, "the other one's bar")
        await driver.rows_shown()
        assert driver.app.app_state.runner.is_busy(PROFILE) and not driver.app.app_state.is_syncing
        driver.app.app_state.runner.cancel_content_sync(PROFILE)
        await driver.until(lambda: not driver.app.app_state.runner.is_busy(), "the end")
        await driver.pilot.pause(0.1)
        assert "updated just now" in driver.bar and "cancel" not in driver.bar


async def test_the_end_of_another_profile_s_sync_is_a_toast_with_its_name(empty_paths: Paths, panel: DemoPanel) -> None:
    add_profile(empty_paths, panel, "second")
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        await driver.rows_shown()
        await driver.app.syncs.sync_profile("second")
        await driver.until(lambda: "second The sync is finished." in driver.toasts(), "the toast")
        assert "updated" in driver.bar


async def test_every_empty_profile_is_offered_its_first_sync_and_never_holds_for_one(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    add_profile(empty_paths, panel, "second")
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says(f"The library of “{PROFILE}” is empty"), "the offer")
        await driver.press("left", "left", "enter")  # never
        await driver.until(lambda: driver.says("r starts the first sync"), "no offer")
        driver.app.post_message(ProfileWanted("second"))
        await driver.until(lambda: driver.says("The library of “second” is empty"), "the other one's offer")
        await driver.press("escape")
        driver.app.post_message(ProfileWanted(PROFILE))
        await driver.until(lambda: driver.app.app_state.is_active(PROFILE), "back")
        driver.app.post_message(ProfileWanted("second"))
        await driver.until(lambda: driver.says("second") and driver.says("r starts the first sync"), "asked once")
        await driver.pilot.pause(0.2)
        assert not driver.says("is empty. A") and not driver.says("Never ask")
    async with running(empty_paths) as driver:  # "second" is the current one by now
        await driver.until(lambda: driver.says("The library of “second” is empty"), "asked again")
        await driver.press("escape")
        driver.app.post_message(ProfileWanted(PROFILE))
        await driver.until(lambda: driver.app.app_state.is_active(PROFILE), "back")
        await driver.until(lambda: driver.says("r starts the first sync"), "no offer")
        await driver.pilot.pause(0.2)
        assert not driver.says("Never ask")


async def test_a_refused_login_ends_the_word_offline_for_who_refuses_can_be_reached(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        driver.app.post_message(ConnectionChanged(PROFILE, online=False))
        await driver.until(lambda: "offline — data from" in driver.bar, "the banner")
        refused = report(error="login_refused")
        ended = SyncFinished(PROFILE, "failed", int(time.time()), 4, "Refused.", "", refused)
        driver.app.post_message(SyncEnded(ended))
        await driver.until(lambda: "refused" in driver.bar and "offline" not in driver.bar, "the refusal")
        assert driver.active.offline_since is None and "r syncs" not in driver.toasts()
