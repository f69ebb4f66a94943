"""Keys that arrive in one read go where they were meant to go: written to the app's terminal in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.drawn_app import KITTY_ESCAPE, DrawnApp
from tests.support.pty_app import BACKSPACE, DOWN, ENTER, LEFT, UP
from tui_app.paths import Paths

CTRL_R = b"\x12"
MOVIES = "1/150"


@pytest.fixture
def app(paths: Paths) -> Iterator[DrawnApp]:
    """The app on its list of movies, at the first row."""
    with DrawnApp.on(paths.config.parent) as app:
        app.sees("updated")
        app.settle()
        app.write(b"2")
        app.sees(MOVIES)
        app.settle()
        yield app


def field(shown: str, label: str) -> str:
    """What stands in the line under a label."""
    lines = shown.splitlines()
    return next(below for line, below in pairwise(lines) if label in line)


def test_letters_behind_the_key_of_a_dialog_are_typed_into_it(app: DrawnApp) -> None:
    app.write(b"Frocky")
    shown = app.sees("Title contains", "rocky")
    assert "rocky" in field(shown, "Title contains")
    app.settle()
    assert "syncing" not in app.shown and "Sync" not in app.shown.splitlines()[-2]


def test_a_filter_typed_and_applied_acts_on_the_rows_it_leaves(app: DrawnApp) -> None:
    app.write(b"Fnosferatu" + ENTER + b"o")
    app.sees("Nosferatu", "Max Schreck")


def test_user_name_and_password_go_to_their_own_fields(tmp_path: Path) -> None:
    with DrawnApp.on(tmp_path / "new") as app:
        app.sees("Welcome to xtream-tui")
        app.settle()
        app.write(b"ahttp://h.example:8080\tbob\thunter2\tmi" + BACKSPACE + b"y")
        shown = app.sees("my", "•" * 7)
        assert field(shown, "User name").strip(" │") == "bob"
        assert "hunter" not in shown


@pytest.mark.parametrize(
    ("burst", "found"),
    [
        (b"/nosferx" + BACKSPACE + b"atu", "nosferatu"),
        (b"/no\x1b[200~sfer\x1b[201~atu", "nosferatu"),
        (b"/osferatu" + LEFT * 8 + b"n", "nosferatu"),
    ],
)
def test_a_search_in_one_burst_keeps_its_order(app: DrawnApp, burst: bytes, found: str) -> None:
    app.write(burst)
    app.sees(f"/ {found}", "1 found")


def test_enter_behind_a_search_plays_what_was_searched_for(app: DrawnApp) -> None:
    app.write(b"/nosferatu" + ENTER)
    app.sees("Can't open a player here", "xtream-tui url movie 100002")


def test_down_behind_a_search_goes_to_its_results(app: DrawnApp) -> None:
    app.write(b"/the general" + DOWN + b"o")
    app.sees("The General", "Buster Keaton")


@pytest.mark.parametrize(
    ("burst", "counter"), [(b"132jjj", "4/150"), (b"32:100Gjj", "102/150"), (b"2" + DOWN * 7 + UP, "7/150")]
)
def test_digits_switch_screens_and_the_keys_behind_act_there(app: DrawnApp, burst: bytes, counter: str) -> None:
    app.write(burst)
    app.sees(counter)


def test_a_command_typed_behind_a_colon_is_run(app: DrawnApp) -> None:
    app.write(b":settings" + ENTER)
    app.sees("Synchronisation", "Automatic sync")


def test_a_key_behind_the_escape_of_a_dialog_is_the_lists_again(app: DrawnApp) -> None:
    app.write(b"F" + KITTY_ESCAPE + b"jj")
    shown = app.sees("3/150")
    assert "Title contains" not in shown


def test_arrows_and_enter_open_the_row_they_lead_to(app: DrawnApp) -> None:
    app.write(b"3jj")
    shown = app.sees("3/30")
    app.settle()
    name = re.search(r"│\s+([^│]+?)\s{2,}", shown.splitlines()[5])
    assert name, shown
    app.write(b"gg23" + UP + DOWN * 2 + ENTER)
    app.sees("Season 1")


def test_two_thousand_keys_in_one_write_all_count(app: DrawnApp) -> None:
    app.write((b"j" * 30 + b"k" * 20) * 10 + b"j" * 750 + b"k" * 750)  # to the last row, then beyond the first
    app.sees(f" {MOVIES}")
    app.write(b"j" * 5 + b"/" + b"ab" * 30 + BACKSPACE * 60 + b"metropolis")
    app.sees("/ metropolis")


CLICK = b"\x1b[<0;60;12M\x1b[<0;60;12m"  # on a row in the middle of the list


def row_of(shown: str) -> int:
    """The number of the row under the cursor."""
    found = re.search(r" (\d+)/150", shown)
    return int(found[1]) if found else 0


def test_a_click_amid_keys_acts_in_its_place(app: DrawnApp) -> None:
    app.write(CLICK)
    row = row_of(app.wait_until(lambda shown: row_of(shown) > 1, "the row clicked"))
    app.write(b"gjjj" + CLICK.replace(b";12", b";14") + b"jj")  # twice in one place would be a double click
    app.sees(f" {row + 4}/150")


def test_keys_pressed_while_the_app_starts_are_not_lost(paths: Paths) -> None:
    with DrawnApp.on(paths.config.parent) as app:
        app.write(b"2jj")
        app.sees("3/150")
