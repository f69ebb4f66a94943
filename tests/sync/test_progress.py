"""What a running sync reports: progress that never goes back, cancellation, events as lines of JSON."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reports import report
from tui_app.errors import Cancelled
from tui_app.events import SyncFinished, SyncProgress, from_line, to_line
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.progress import ProgressTracker


@given(st.lists(st.tuples(st.sampled_from(["downloading", "comparing", "writing"]), st.floats(0, 1)), max_size=50))
def test_progress_never_goes_back(steps: list[tuple[str, float]]) -> None:
    said: list[SyncProgress] = []
    tracker = ProgressTracker(said.append, ["categories", "channels", "movies"], {"channels": 10, "movies": 90})  # type: ignore[arg-type]
    for part in ("categories", "channels", "movies"):
        tracker.start_part(part)
        for phase, share in steps:
            tracker.advance(phase, share)
    tracker.finish()
    fractions = [event.fraction for event in said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(0 <= fraction <= 1 for fraction in fractions)


def test_cancelling_calls_back_and_stays_cancelled() -> None:
    called: list[int] = []
    cancellation = Cancellation()
    with cancellation.calling(lambda: called.append(1)):
        cancellation.cancel()
    assert called == [1]
    with pytest.raises(Cancelled):
        cancellation.raise_if_cancelled()
    with pytest.raises(Cancelled), cancellation.calling(lambda: None):
        pass


def test_events_survive_the_trip_as_lines() -> None:
    event = SyncProgress(part="movies", phase="writing", fraction=0.5, rows=random.Random(1).randint(1, 9))
    assert from_line(to_line(event)) == event
    finished = SyncFinished("home", "failed", 1, 6, "No answer from \udcff.", report=report(error="unreachable"))
    assert from_line(to_line(finished)) == finished
    assert to_line(finished).isascii()
    newer = to_line(finished).replace('"report":{', '"report":{"of_a_newer_engine":[1],', 1)
    assert from_line(newer) == finished
    assert from_line("not json") is None
    assert from_line("[" * 100_000) is None
    assert from_line('{"event":"from the future"}') is None
