"""The policy with plain times: intervals, failures, clocks that jump, summer time; and what holds for any of them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_app.services.sync_policy import (
    CLOCK_TOLERANCE_S,
    HOUR_S,
    LARGEST_JITTER_S,
    Due,
    History,
    Trouble,
    due,
    jitter_for,
    retry_after_s,
)
from tui_app.settings.schema import SyncSettings

HOUR = HOUR_S
NOW = 1_800_000_000
TWELVE = SyncSettings(interval_hours=12)


def synced(hours_ago: float, failures: int = 0, tried_hours_ago: float | None = None, trouble: Trouble = "") -> History:
    success = NOW - int(hours_ago * HOUR)
    attempt = success if tried_hours_ago is None else NOW - int(tried_hours_ago * HOUR)
    return History(success, attempt, failures, trouble)


# ------------------------------------------------------------------------------------------------- intervals
@pytest.mark.parametrize("hours", [6, 7, 12, 24, 48, 100])
def test_due_when_the_interval_has_passed_since_the_last_success(hours: int) -> None:
    setting = SyncSettings(interval_hours=hours)
    assert not due(NOW, synced(hours - 0.01), setting).now
    assert due(NOW, synced(hours), setting) == Due(True, NOW, "interval")
    assert due(NOW, synced(3), setting).at == NOW + (hours - 3) * HOUR


def test_a_profile_never_tried_is_left_to_the_user() -> None:
    assert due(NOW, History(), SyncSettings(at_start=True), starting=True) == Due(False, None, "never synced")


@pytest.mark.parametrize("manual", [SyncSettings(automatic=False), SyncSettings(interval_hours=None)])
def test_manual_is_never_due_by_itself(manual: SyncSettings) -> None:
    for history in (synced(1000), synced(1000, failures=3), synced(-48)):
        assert due(NOW, history, manual) == Due(False, None, "manual")


def test_at_start_syncs_once_even_when_manual_and_not_twice_for_two_quick_starts() -> None:
    setting = SyncSettings(automatic=False, at_start=True)
    assert due(NOW, synced(1), setting, starting=True).now
    assert not due(NOW, synced(1), setting).now
    assert not due(NOW, synced(0.1), setting, starting=True).now
    assert not due(NOW, synced(30, failures=1, tried_hours_ago=0.1), setting, starting=True).now


def test_after_a_night_s_sleep_one_sync_is_due_and_then_none_for_a_whole_interval() -> None:
    wake = NOW + 10 * HOUR
    assert due(wake, synced(8), TWELVE).now
    assert due(wake + 60, History(wake + 30, wake), TWELVE).at == wake + 30 + 12 * HOUR


# --------------------------------------------------------------------------------------------------- failures
def test_failures_back_off_up_to_a_cap_and_never_beyond_the_interval() -> None:
    waits = [retry_after_s(failures, 48 * HOUR) // 60 for failures in (1, 2, 3, 4, 5, 6, 1000)]
    assert waits == [15, 30, 60, 120, 240, 360, 360]
    assert retry_after_s(1000, 2 * HOUR) == 2 * HOUR


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        ("partial", [0.25, 0.5, 24]),  # a part the provider does not offer is asked for as rarely as the rest
        ("unreachable", [0.25, 0.5, 1]),  # the line may be back any moment
        ("refused", [24, 24, 24]),  # who knocks with a wrong key is banned
        ("cancelled", [1, 1, 1]),  # the user did not want it now
    ],
)
def test_how_long_a_retry_waits_depends_on_the_trouble(trouble: Trouble, waits: list[float]) -> None:
    assert [retry_after_s(failures, 24 * HOUR, trouble) / HOUR for failures in (1, 2, 50)] == waits


def test_after_a_failure_the_next_try_waits_its_time() -> None:
    assert not due(NOW, synced(13, failures=2, tried_hours_ago=0.4), TWELVE).now
    assert due(NOW, synced(13, failures=2, tried_hours_ago=0.5), TWELVE).now
    assert due(NOW, History(None, NOW - HOUR, 1), TWELVE).now  # the first sync failed: tried again


def test_a_success_ends_the_backing_off() -> None:
    assert due(NOW, synced(13, failures=9, tried_hours_ago=1), TWELVE).reason == "retry"
    assert due(NOW, synced(0), TWELVE) == Due(False, NOW + 12 * HOUR, "interval")


def test_a_failure_by_hand_does_not_bring_the_next_sync_forward() -> None:
    assert due(NOW, synced(1, failures=1, tried_hours_ago=0.9), TWELVE).at == NOW + 11 * HOUR


# ----------------------------------------------------------------------------------------------------- clocks
def test_a_clock_that_was_set_back_does_not_stop_syncing() -> None:
    assert due(NOW, synced(-48), TWELVE).now
    assert not due(NOW, synced(-0.01), TWELVE).now  # clocks differ by seconds all the time
    assert due(NOW, synced(20, failures=3, tried_hours_ago=-30), TWELVE).now


def test_a_clock_that_was_set_forward_makes_one_sync_due_and_setting_it_right_one_more() -> None:
    wrong = NOW + 1000 * HOUR
    assert due(wrong, synced(1), TWELVE).now
    after = History(wrong, wrong)
    assert due(NOW, after, TWELVE).now
    assert not due(NOW + 60, History(NOW, NOW), TWELVE).now


@pytest.mark.parametrize(
    ("success", "expected"),
    [
        ("2026-03-28T20:00+01:00", "2026-03-29T09:00+02:00"),  # the clock goes forward at 2: the day has 23 hours
        ("2026-10-24T20:00+02:00", "2026-10-25T07:00+01:00"),  # and back at 3: 25 hours
    ],
)
def test_summer_time_shifts_nothing(success: str, expected: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = int(datetime.fromisoformat(success).timestamp())
    answer = due(at + 60, History(at, at), TWELVE)
    assert answer.at == at + 12 * HOUR
    assert datetime.fromtimestamp(answer.at, berlin) == datetime.fromisoformat(expected)


# ----------------------------------------------------------------------------------------------------- jitter
def test_jitter_is_small_and_stays_the_same() -> None:
    delays = {jitter_for(f"profile {n}", TWELVE) for n in range(50)}
    assert len(delays) > 20 and max(delays) <= LARGEST_JITTER_S
    assert jitter_for("home", TWELVE) == jitter_for("home", TWELVE)
    assert max(jitter_for(f"profile {n}", SyncSettings(interval_hours=6)) for n in range(500)) <= 6 * HOUR // 20
    assert jitter_for("home", SyncSettings(interval_hours=None)) == 0
    assert not due(NOW, synced(12), TWELVE, jitter_s=60).now
    assert due(NOW + 60, synced(12), TWELVE, jitter_s=60).now


# -------------------------------------------------------------------------------------------------- always
times = st.none() | st.integers(NOW - 5000 * HOUR, NOW + 100 * HOUR)
troubles = st.sampled_from(["", "partial", "unreachable", "refused", "cancelled"])
histories = st.builds(History, times, times, st.integers(0, 2000), troubles)
settings_of_any_kind = st.builds(
    SyncSettings,
    automatic=st.booleans(),
    interval_hours=st.none() | st.integers(6, 10_000),
    at_start=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(histories, settings_of_any_kind, st.booleans(), st.integers(0, LARGEST_JITTER_S))
@example(History(NOW + CLOCK_TOLERANCE_S, NOW, 1), TWELVE, False, LARGEST_JITTER_S)
def test_the_answer_is_never_beyond_its_bounds(
    history: History, setting: SyncSettings, starting: bool, jitter_s: int
) -> None:
    answer = due(NOW, history, setting, starting=starting, jitter_s=jitter_s)
    assert answer.now == (answer.at is not None and answer.at <= NOW)
    if answer.at is not None and not answer.now:
        assert setting.automatic and setting.interval_hours is not None
        assert answer.at <= NOW + CLOCK_TOLERANCE_S + setting.interval_hours * HOUR + jitter_s
    if not setting.automatic or setting.interval_hours is None:
        assert answer.at is None or answer.reason == "at start"


@settings(max_examples=300, deadline=None)
@given(histories, settings_of_any_kind, st.integers(0, 10_000 * HOUR))
def test_what_is_due_stays_due_until_it_is_tried(history: History, setting: SyncSettings, later: int) -> None:
    past = History(
        min(history.last_success, NOW) if history.last_success is not None else None,
        min(history.last_attempt, NOW) if history.last_attempt is not None else None,
        history.failures,
        history.trouble,
    )
    answer = due(NOW, past, setting)
    if answer.at is not None:
        assert due(max(NOW, answer.at) + later, past, setting).now
    else:
        assert not due(NOW + later, past, setting).now


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(6, 10_000), troubles)
def test_another_failure_never_makes_the_wait_shorter(failures: int, hours: int, trouble: Trouble) -> None:
    one, more = (retry_after_s(count, hours * HOUR, trouble) for count in (failures, failures + 1))
    assert 15 * 60 <= one <= more <= hours * HOUR
