"""Columns and values as the command line prints them."""

from __future__ import annotations

import pytest

from tui_app.cli import output
from tui_app.cli.output import Column, print_table
from tui_app.text import cell_width


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


def test_a_narrow_terminal_leaves_the_name_most_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    columns = (Column("id"), Column("name", flexible=True), Column("genre", flexible=True), Column("added"))
    print_table(columns, [("123456", "n" * 120, "g" * 30, "2001-02-03")])
    row = capsys.readouterr().out.splitlines()[1]
    assert (row.count("n"), row.count("g"), cell_width(row)) == (24, 12, 60)
