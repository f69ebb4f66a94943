"""After a sync that left something undone, the app offers to do only that."""

from __future__ import annotations

from pathlib import Path

from tests.screens.driving import PROFILE, Driver, help_words, running
from tests.support import fault_panel as faults
from tests.support.fault_panel import FaultPanel
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.sync import run_sync


def add_profile(paths: Paths, panel: FaultPanel) -> None:
    profile = Profile(PROFILE, panel.url, panel.demo.username, password_source="file")
    ProfileStore(paths.ensure()).add(profile, panel.demo.password)


def is_offered(driver: Driver) -> bool:
    return driver.says("Retry what failed")


async def test_what_failed_is_retried_by_a_key_and_the_offer_leaves(tmp_path: Path, panel: DemoPanel) -> None:
    paths = Paths.under(tmp_path / "faulty")
    with FaultPanel(panel) as faulty:
        add_profile(paths, faulty)
        faulty.faults["get_vod_streams"] = faults.status(403)
        assert (await run_sync(paths, PROFILE)).status == "partial"
        faulty.heal()
        async with running(paths) as driver:
            await driver.rows_shown()
            await driver.until(lambda: is_offered(driver), "the offer in the line of keys")
            await driver.press("question_mark")
            assert "T Repeat what the last sync did not complete" in help_words(driver)
            await driver.press("escape")
            async with driver.a_sync():
                await driver.press("T")
            assert [finished.status for finished in driver.record.ended] == ["completed"]
            assert driver.active.stats is not None
            assert driver.active.undone_parts == ()
            await driver.until(lambda: not is_offered(driver), "no offer any more")
        faulty.requests.pop("get_short_epg", None)  # asked of the channels in sight, where a machine is slow enough
        assert faulty.requests == {"login": 1, "get_vod_streams": 1, "get_series": 1}, "403 stopped all that came after"


async def test_nothing_is_offered_where_everything_is_done(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        assert not is_offered(driver)
        await driver.press("T")
        assert not driver.app.app_state.is_syncing
