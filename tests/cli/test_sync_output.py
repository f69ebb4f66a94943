"""The progress of a sync on the command line: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import pytest

from tests.support.reports import report, with_new_episodes
from tui_app.cli.sync_output import PlainLines, ProgressBar, describe_part, progress_line
from tui_app.events import PartFinished, SyncFinished, SyncProgress, SyncStarted
from tui_app.text import cell_width


def test_a_part_is_told_in_one_line() -> None:
    part = PartFinished(
        "movies", "partial", 0, total=1200, added=3, changed=1, removed=2, pending_removals=50, reason="odd"
    )
    assert describe_part(part) == "1,200 items, +3, 1 changed, -2, 50 removals pending, odd"
    assert describe_part(PartFinished("movies", "failed", 0, reason="no answer")) == "failed, no answer"
    assert describe_part(PartFinished("movies", "skipped", 0)) == "skipped"


def test_the_bar_fits_any_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = SyncProgress("movies", "writing", 0.42, rows=51_200, rows_per_s=38_000.4, seconds_left=4.2)
    monkeypatch.setenv("COLUMNS", "120")
    assert progress_line(progress).endswith(" 42%  movies, writing · 51,200 rows · 38,000/s · 4 s left")
    monkeypatch.setenv("COLUMNS", "30")
    assert cell_width(progress_line(progress)) < 30


def test_a_log_gets_plain_lines_and_a_terminal_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    events = (
        SyncStarted("home", "incremental", 0),
        SyncProgress("movies", "writing", 0.5),
        PartFinished("movies", "completed", 0, total=2),
        SyncFinished("home", "partial", 0, 3, "Series failed.", "Try again."),
    )
    with PlainLines() as view:
        for event in events:
            view.show(event)
    plain = capsys.readouterr()
    assert plain.out.splitlines() == ["home: incremental sync", "  movies: 2 items", "home: partial"]
    assert plain.err == "home: Series failed. Try again.\n"
    with ProgressBar() as bar:
        for event in events:
            bar.show(event)
    drawn = capsys.readouterr()
    assert drawn.out == plain.out
    assert "50%" in drawn.err


def test_new_episodes_are_named_and_many_counted(capsys: pytest.CaptureFixture[str]) -> None:
    titles = [f"Part {number}" for number in range(1, 13)]
    with PlainLines() as view:
        view.show(SyncFinished("home", "completed", 0, report=with_new_episodes(report(), *titles)))
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith("  new episodes: Fantômas S01E01 Part 1; Fantômas S01E02 Part 2;")
    assert line.endswith("S01E10 Part 10; and 2 more")
