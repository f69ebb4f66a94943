"""What the command line prints of values and of a running sync, and the words it understands."""

from __future__ import annotations

import click
import pytest

from tui_app.catalog import Kind
from tui_app.cli import output
from tui_app.cli.filters import rating_bound, year_range
from tui_app.cli.output import Column, print_table
from tui_app.cli.params import one_of, several
from tui_app.cli.sync_output import PlainLines, ProgressBar, describe_part, progress_line
from tui_app.events import PartFinished, SyncFinished, SyncProgress, SyncStarted
from tui_app.text import cell_width

CONTEXT = click.Context(click.Command("test"))
OPTION = click.Option(["--test"])


@pytest.mark.parametrize(
    ("text", "years"),
    [("1995", (1995, 1995)), ("1990-1999", (1990, 1999)), ("1990-", (1990, None)), ("-1999", (None, 1999)),
     (" 1990 – 1999 ", (1990, 1999)), ("1995-1995", (1995, 1995))],
)  # fmt: skip
def test_years_are_understood(text: str, years: tuple[int | None, int | None]) -> None:
    assert year_range(CONTEXT, OPTION, text) == years


@pytest.mark.parametrize("text", ["", "-", "95", "19951996", "1995 1996", "1999-1990", "1990--1999", "x", "1990-19999"])
def test_other_years_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        year_range(CONTEXT, OPTION, text)


@pytest.mark.parametrize(("text", "bound"), [("7", 7.0), ("7.5", 7.5), (" 7,5 ", 7.5), ("0", 0.0), ("10", 10.0)])
def test_ratings_are_understood(text: str, bound: float) -> None:
    assert rating_bound(CONTEXT, OPTION, text) == bound


@pytest.mark.parametrize("text", ["", "11", "10.1", "-1", "nan", "1e1", "x", "7.5.1"])
def test_other_ratings_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        rating_bound(CONTEXT, OPTION, text)


def test_kinds_are_understood_in_singular_and_plural() -> None:
    assert several(CONTEXT, OPTION, "series, Channels,movie") == (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)
    assert one_of((Kind.MOVIE,))(CONTEXT, OPTION, "Movies") is Kind.MOVIE
    with pytest.raises(click.BadParameter):
        one_of((Kind.MOVIE,))(CONTEXT, OPTION, "episode")


def test_columns_line_up_in_cells_and_empty_ones_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (Column("id", right=True), Column("name", flexible=True), Column("note"), Column("year"))
    print_table(columns, [("7", "東京物語", "", "1953"), ("1234", "A Trip to the Moon", "", "1902")])
    lines = capsys.readouterr().out.splitlines()
    assert "note" not in lines[0]
    assert {cell_width(line) for line in lines} == {cell_width(lines[2])}
    assert lines[1].startswith("   7  東京物語")


def test_no_control_character_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table((Column("name"),), [("\x1b[31mred\x07\r\n",)])
    assert all(char.isprintable() for line in capsys.readouterr().out.splitlines() for char in line)


def test_values_are_said_in_words() -> None:
    assert [output.length(s) for s in (None, 0, 20, 3000, 6420)] == ["", "", "1 min", "50 min", "1 h 47 min"]
    assert [output.size(n) for n in (812, 1_400_000, 2_500_000_000_000)] == ["812 B", "1.4 MB", "2500.0 GB"]
    assert (output.day(None), output.day(10**18)) == ("", "")
    assert output.counted(1, "category", "categories") == "1 category"
    assert output.counted(1204, "movie") == "1,204 movies"


def test_a_part_is_told_in_one_line() -> None:
    part = PartFinished("movies", "partial", 0, total=1200, added=3, changed=1, removed=2, held_back=50, reason="odd")
    assert describe_part(part) == "1,200 items, +3, 1 changed, -2, 50 held back, odd"
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


def test_a_narrow_terminal_leaves_the_name_most_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    columns = (Column("id"), Column("name", flexible=True), Column("genre", flexible=True), Column("added"))
    print_table(columns, [("123456", "n" * 120, "g" * 30, "2001-02-03")])
    row = capsys.readouterr().out.splitlines()[1]
    assert (row.count("n"), row.count("g"), cell_width(row)) == (24, 12, 60)
