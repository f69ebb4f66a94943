"""Keys that arrive together come out in their order: written to a real terminal in one go, behind a stall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pty_app import BACKSPACE, CTRL_U, DOWN, ESCAPE, F2, PtyApp


@pytest.fixture(scope="module")
def terminal() -> Iterator[PtyApp]:
    with PtyApp.python(Path(__file__).parent / "burst_app.py") as app:
        app.wait_for("AT[0]")
        app.settle()
        yield app


@pytest.fixture
def app(terminal: PtyApp) -> PtyApp:
    """The list has the focus, the cursor is on the first row, the box is empty."""
    terminal.write(b"/")
    terminal.settle(0.06)
    terminal.write(CTRL_U)
    terminal.settle(0.06)
    terminal.write(b"\t")
    terminal.settle(0.06)
    terminal.write(b"g")
    terminal.settle(0.06)
    terminal.forget()
    return terminal


@pytest.mark.parametrize(
    ("burst", "text"),
    [
        (b"/ab" + BACKSPACE + b"c", "ac"),
        (b"/abc" + CTRL_U + b"h", "h"),
        (b"/dark", "dark"),
        (b"/x\x1b[Hy", "yx"),
    ],
)
def test_a_burst_into_the_search_box_keeps_its_order(app: PtyApp, burst: bytes, text: str) -> None:
    app.write(F2 + burst)
    app.wait_for(f"TEXT[{text}] AT[0]")


def test_a_burst_of_list_keys_and_screen_keys_acts_on_the_rows_meant(app: PtyApp) -> None:
    app.write(F2 + b"jj" + b"f" + DOWN + b"f")
    app.wait_for("AT[3] MARKED[2,3]")


def test_a_row_number_and_what_follows_arrive_in_one_burst(app: PtyApp) -> None:
    app.write(F2 + b":500Gj:7" + BACKSPACE + b"12Gk")
    app.wait_for("AT[10]")


def test_a_letter_after_the_quote_is_no_command(app: PtyApp) -> None:
    app.write(F2 + b"'fj'" + ESCAPE)
    app.wait_for("LETTERS[f]")
    assert "AT[1]" in app.text
