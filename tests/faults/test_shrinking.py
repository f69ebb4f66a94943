"""Lists that became implausibly short: removals pend until a second equal answer confirms them or the user accepts."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import FaultPanel
from tui_app.catalog import Kind
from tui_app.demo import DemoPanel

ACTION = faults.LISTS["movies"]


async def shrink(home: Home, panel: FaultPanel, share: float = 0.6) -> tuple[int, int]:
    """Sync once, then make the panel send fewer movies; (movies stored, movies that the panel leaves out)."""
    await home.sync()
    stored = len(home.names(Kind.MOVIE))
    panel.faults[ACTION] = faults.shrunk(share)
    left = len(faults.item_ids(panel.answer(f"/player_api.php?{_query(panel, ACTION)}").body, "stream_id"))
    return stored, stored - left


def _query(panel: FaultPanel, action: str) -> str:
    return f"username={panel.demo.username}&password={panel.demo.password}&action={action}"


@pytest.mark.fcase(78)
async def test_f78_a_shrink_stays_pending_until_confirmed_by_the_next_equal_answer(
    home: Home, panel: FaultPanel
) -> None:
    stored, missing = await shrink(home, panel)
    before = home.content()

    held = await home.sync()
    assert (held.status, held.exit_code) == ("partial", 3)
    assert (held.report.movies.pending_removals, held.report.movies.removed) == (missing, 0)
    assert held.report.movies.status == "partial"
    assert f"{missing}" in held.message
    assert home.content() == before

    confirmed = await home.sync()
    assert (confirmed.status, confirmed.exit_code) == ("completed", 0)
    assert (confirmed.report.movies.pending_removals, confirmed.report.movies.removed) == (0, missing)
    assert len(home.names(Kind.MOVIE)) == stored - missing
    home.assert_sound()


async def test_a_shrink_is_accepted_at_once_when_the_user_says_so(home: Home, panel: FaultPanel) -> None:
    stored, missing = await shrink(home, panel)

    accepted = await home.sync(accept_shrink=True)

    assert accepted.status == "completed"
    assert accepted.report.movies.removed == missing
    assert len(home.names(Kind.MOVIE)) == stored - missing


async def test_a_different_shrink_confirms_nothing(home: Home, panel: FaultPanel) -> None:
    stored, _ = await shrink(home, panel)
    await home.sync()
    panel.faults[ACTION] = faults.rows(lambda rows: rows[len(rows) // 2 :])

    other = await home.sync()

    assert other.report.movies.removed == 0
    assert other.report.movies.pending_removals > 0
    assert len(home.names(Kind.MOVIE)) == stored


async def test_a_shrink_that_was_healed_in_between_must_be_confirmed_anew(home: Home, panel: FaultPanel) -> None:
    stored, missing = await shrink(home, panel)
    shrunk = panel.faults[ACTION]
    await home.sync()
    panel.heal()
    assert (await home.sync()).report.movies.pending_removals == 0
    panel.faults[ACTION] = shrunk

    again = await home.sync()

    assert (again.report.movies.removed, again.report.movies.pending_removals) == (0, missing)
    assert len(home.names(Kind.MOVIE)) == stored


async def test_a_failure_in_between_does_not_confirm_a_shrink(home: Home, panel: FaultPanel) -> None:
    stored, missing = await shrink(home, panel)
    await home.sync()
    panel.faults[ACTION] = faults.cut(0.3, declares_length=True)

    cut = await home.sync()

    assert cut.report.movies.removed == 0
    assert len(home.names(Kind.MOVIE)) == stored
    assert missing


async def test_a_loss_of_a_tenth_is_plausible(home: Home, panel: FaultPanel) -> None:
    stored, missing = await shrink(home, panel, 0.9)

    finished = await home.sync()

    assert finished.status == "completed"
    assert finished.report.movies.removed == missing > 0
    assert len(home.names(Kind.MOVIE)) == stored - missing


@pytest.mark.fcase(26)
async def test_an_empty_list_is_never_confirmed_by_repetition(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    panel.faults[ACTION] = faults.instead(b"[]")

    for _ in range(3):
        finished = await home.sync()
        assert (finished.status, finished.exit_code) == ("partial", 3)
        assert finished.report.movies.removed == 0
        assert home.content() == before

    accepted = await home.sync(accept_shrink=True)
    assert accepted.report.movies.removed == len(before["movie"])
    assert home.names(Kind.MOVIE) == {}


async def test_new_movies_in_a_shrunken_list_are_taken_in(home: Home, panel: FaultPanel, demo: DemoPanel) -> None:
    stored, _ = await shrink(home, panel)
    new = {"num": 1, "name": "The Lost Reel", "stream_id": 987654, "container_extension": "mp4", "category_id": "1"}
    panel.faults[ACTION] = faults.rows(lambda rows: [*rows[: len(rows) // 2], new])

    finished = await home.sync()

    assert (finished.report.movies.added, finished.report.movies.removed) == (1, 0)
    assert home.names(Kind.MOVIE)[987654] == "The Lost Reel"
    assert len(home.names(Kind.MOVIE)) == stored + 1


async def test_a_full_sync_does_not_bypass_the_guard(home: Home, panel: FaultPanel) -> None:
    _, missing = await shrink(home, panel)
    before = set(home.names(Kind.MOVIE))

    held = await home.sync(mode="full")

    assert held.report.movies.pending_removals == missing
    assert set(home.names(Kind.MOVIE)) == before
