"""Syncing from the app: a real engine process on a real panel, seen on the screen."""

from __future__ import annotations

import time

from tests.screens.driving import PROFILE, running
from tests.support.reports import report, with_new_episodes
from tests.support.table_damage import spoil_table
from tui_app.catalog import Kind
from tui_app.demo import DemoPanel
from tui_app.events import SyncFinished
from tui_app.messages import ConnectionChanged, SyncEnded
from tui_app.paths import Paths
from tui_app.sync import run_sync
from tui_app.tui import sync_actions


async def test_an_empty_library_offers_its_first_sync_and_fills_while_it_runs(empty_paths: Paths) -> None:
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        async with driver.a_sync():
            await driver.press("enter")
        await driver.rows_shown()
        assert driver.list.total == 60
        await driver.until(lambda: "synced" in driver.bar and "+60 channels" in driver.bar, "what came of it")


async def test_later_leaves_a_sentence_with_the_key_and_never_is_remembered(empty_paths: Paths) -> None:
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("escape")
        await driver.until(lambda: driver.says("r starts the first sync"), "the sentence")
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("Never ask"), "the offer again")
        await driver.press("left", "left", "enter")
        await driver.until(lambda: driver.says("r starts the first sync"), "the sentence")
        library = driver.active.library
        while await library.remembered.screen_state(sync_actions._STATE_KEY) != sync_actions._NEVER:
            await driver.pilot.pause(0.01)
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("r starts the first sync"), "the sentence")
        await driver.pilot.pause(0.3)
        assert not driver.says("Never ask")


async def test_a_demo_fills_its_empty_library_by_itself(empty_paths: Paths) -> None:
    async with running(empty_paths, sync_empty=True) as driver:
        await driver.until(lambda: driver.list.total == 60, "the channels")
        assert not driver.says("Never ask")
        await driver.until(lambda: not driver.app.app_state.is_syncing, "the end")


async def test_changes_of_the_panel_show_after_a_sync_and_the_cursor_stays_on_its_title(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("end")
        before = driver.list.row
        assert before is not None
        panel.generation = 3
        expected = panel.expected_changes(Kind.MOVIE, 0, 3)
        async with driver.a_sync():
            await driver.press("r")
        await driver.until(lambda: driver.list.total == 150 + expected.added - expected.removed, "the new number")
        assert driver.list.row is not None and driver.list.row.key == before.key


async def test_a_sync_is_cancelled_at_once_while_the_server_is_silent(empty_paths: Paths, panel: DemoPanel) -> None:
    async with running(empty_paths, polite=True) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("escape", "r")
        await driver.until(lambda: driver.app.app_state.is_syncing, "the sync")
        await driver.press("x")
        await driver.until(lambda: driver.record.cancelling == [PROFILE], "the acknowledgement")
        await driver.until(lambda: driver.record.ended, "the end")
        assert [finished.status for finished in driver.record.ended] == ["cancelled"]
        await driver.until(lambda: "cancelled" in driver.bar, "the last word")


async def test_a_dead_panel_says_offline_and_the_banner_leaves_when_it_answers(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    await run_sync(empty_paths, PROFILE)
    port = panel.port
    panel.stop()
    async with running(empty_paths) as driver:
        await driver.rows_shown()
        async with driver.a_sync():
            await driver.press("r")
        await driver.until(lambda: "offline — data from" in driver.bar, "the banner")
        assert driver.list.total == 60
        with DemoPanel(seed=5, channels=60, movies=150, series=30, port=port):
            async with driver.a_sync():
                await driver.press("r")
            await driver.until(lambda: "offline" not in driver.bar, "no banner")


async def test_news_of_another_profile_does_not_touch_the_screen(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.until(lambda: "updated" in driver.bar, "the age of the data")
        bar = driver.bar
        driver.app.post_message(ConnectionChanged("other", online=False))
        driver.app.post_message(SyncEnded(SyncFinished("other", "failed", 0, 6, "No answer.")))
        await driver.pilot.pause(0.1)
        assert driver.bar == bar


async def test_new_episodes_of_favourite_series_are_announced(paths: Paths) -> None:
    finished = SyncFinished(
        PROFILE, "completed", int(time.time()), report=with_new_episodes(report(), "The Fair", "[b]The Escape")
    )
    async with running(paths) as driver:
        driver.app.post_message(SyncEnded(finished))
        await driver.until(lambda: "Fantômas S01E02 [b]The Escape" in driver.toasts(), "the new episodes")


async def test_titles_that_vanish_in_masses_stay_until_the_user_accepts_it(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    await run_sync(empty_paths, PROFILE)
    panel.stop()
    with DemoPanel(seed=5, channels=60, movies=60, series=30, port=panel.port):
        async with running(empty_paths) as driver:
            await driver.press("2")
            await driver.rows_shown()
            titles = driver.list
            await driver.press("r")
            await driver.until(lambda: driver.says("90 fewer movies"), "the question")
            assert titles.total == 150 and not driver.toasts()
            assert driver.focused_words() == "Wait"
            await driver.press("left", "enter")
            await driver.until(lambda: titles.total == 60, "the movies that are left")


async def test_pending_removals_are_asked_about_once(paths: Paths) -> None:
    finished = SyncFinished(PROFILE, "completed", int(time.time()), report=report(movies={"pending_removals": 140}))
    async with running(paths) as driver:
        await driver.rows_shown()
        driver.app.post_message(SyncEnded(finished))
        await driver.until(lambda: driver.says("140 fewer movies"), "the question")
        await driver.press("escape")
        driver.app.post_message(SyncEnded(finished))
        await driver.pilot.pause(0.1)
        assert not driver.says("140 fewer movies")


async def test_what_another_process_synced_is_shown_within_the_minute(empty_paths: Paths, panel: DemoPanel) -> None:
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        panel.generation = 3
        expected = panel.expected_changes(Kind.MOVIE, 0, 3)
        await run_sync(empty_paths, PROFILE)
        await driver.app.background.each_minute()
        await driver.until(lambda: driver.list.total == 150 + expected.added - expected.removed, "the new number")


async def test_one_clock_shows_what_another_process_synced_and_looks_what_is_due(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths, by_itself=True, minute_s=0.2) as driver:
        await driver.press("2")
        await driver.rows_shown()
        panel.generation = 3
        expected = panel.expected_changes(Kind.MOVIE, 0, 3)
        await run_sync(empty_paths, PROFILE)
        await driver.until(lambda: driver.list.total == 150 + expected.added - expected.removed, "the new number")
        text = empty_paths.profiles_file.read_text()
        empty_paths.profiles_file.write_text(text.replace("interval_hours = 12", "interval_hours = 2"))
        await driver.until(lambda: "interval_hours must be at least 6" in driver.toasts(), "a look at what is due")


async def test_a_damaged_library_is_named_and_filled_again(paths: Paths) -> None:
    paths.library_db(PROFILE).write_bytes(b"not a database at all" * 1_000)
    async with running(paths) as driver:
        await driver.until(lambda: driver.says("was damaged; it is kept as"), "what happened")
        async with driver.a_sync():
            await driver.press("enter")
        await driver.until(lambda: driver.list.total == 60, "the channels")


async def test_a_library_that_a_sync_found_damaged_gives_way_to_the_new_one(paths: Paths, panel: DemoPanel) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        spoil_table(paths.library_db(PROFILE), "category")
        panel.generation = 3
        expected = panel.expected_changes(Kind.MOVIE, 0, 3)
        async with driver.a_sync():
            await driver.press("r")
        await driver.until(lambda: driver.list.total == 150 + expected.added - expected.removed, "the new number")


async def test_a_damaged_library_is_named_also_where_it_is_filled_without_a_question(paths: Paths) -> None:
    paths.library_db(PROFILE).write_bytes(b"not a database at all" * 1_000)
    async with running(paths, sync_empty=True) as driver:
        await driver.until(lambda: "was damaged; it is kept as" in driver.toasts(), "what happened")
        await driver.until(lambda: driver.list.total == 60, "the channels")


async def test_a_due_sync_starts_by_itself(empty_paths: Paths) -> None:
    from dataclasses import replace

    from tui_app.settings import ProfileStore

    await run_sync(empty_paths, PROFILE)
    store = ProfileStore(empty_paths)
    store.save_sync_settings(PROFILE, replace(store.get_sync_settings(PROFILE), at_start=True))
    later = time.time() + 3600
    async with running(empty_paths, by_itself=True) as driver:
        await driver.until(lambda: driver.app.background.scheduler is not None, "the scheduler")
        scheduler = driver.app.background.scheduler
        assert scheduler is not None
        await driver.until(lambda: scheduler._starting == set(), "its first look")
        assert not driver.app.app_state.is_syncing  # synced a moment ago
        scheduler._starting, scheduler._clock = None, lambda: later
        async with driver.a_sync():
            await scheduler.look()


async def test_leaving_in_the_middle_of_a_sync_ends_the_engine(empty_paths: Paths) -> None:
    async with running(empty_paths, polite=True) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("enter")
        await driver.until(lambda: driver.app.app_state.is_syncing, "the sync")
        runner = driver.app.app_state.runner
    assert not runner.is_busy()


async def test_what_is_looked_at_each_minute_survives_the_app_s_end(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        app = driver.app
    assert not app.screen_stack
    await app.background.each_minute()  # it was under way, or its first look after the start, when the user left
