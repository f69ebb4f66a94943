"""A terminal that gets only the changed cells shows what one shows that gets everything."""

from __future__ import annotations

import re

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_app.terminal.diff_driver import FrameDiff

COLUMNS, LINES = 24, 5
STYLES = ("", "1", "38;2;10;20;30", "48;5;7;1", "7")
LETTERS = "ab  ─│█é日本語한ñ…· "
TEXTS = st.text(LETTERS, min_size=1, max_size=COLUMNS)


def paint(y: int, x: int, style: str, text: str) -> str:
    """A piece as Textual paints it: cut at the edge of the screen, no half letters."""
    kept, used = "", x
    for letter in text:
        width = 2 if letter in "日本語한" else 1
        if used + width <= COLUMNS:
            kept, used = kept + letter, used + width
    body = f"\x1b[{style}m{kept}\x1b[0m" if style else kept
    return f"\x1b[{y + 1};{x + 1}H{body}"


def line(text: str, *, style: str = "", y: int = 0) -> str:
    return paint(y, 0, style, text)


PIECES = st.builds(paint, st.integers(0, LINES - 1), st.integers(0, COLUMNS - 1), st.sampled_from(STYLES), TEXTS)
FRAMES = st.lists(st.lists(PIECES, min_size=1, max_size=6).map("".join), min_size=1, max_size=8)


class Pair:
    """One terminal that gets all and one that gets what is left."""

    def __init__(self) -> None:
        self.cells = FrameDiff()
        self.screens = [pyte.Screen(COLUMNS, LINES) for _ in range(2)]
        self.streams = [pyte.Stream(screen) for screen in self.screens]

    def write(self, data: str) -> int:
        """How many letters were left to be sent."""
        self.cells.resize(COLUMNS)
        left = self.cells.reduce(data)
        self.streams[0].feed(data)
        self.streams[1].feed(left)
        return len(left)

    def assert_same(self) -> None:
        whole, reduced = self.screens
        assert reduced.display == whole.display
        assert (reduced.cursor.y, reduced.cursor.x) == (whole.cursor.y, whole.cursor.x)
        for y in range(LINES):
            for x in range(COLUMNS):
                assert reduced.buffer[y][x] == whole.buffer[y][x], (y, x)


def _clean(frames: list[str]) -> list[str]:
    """Every frame ends as Textual's do: with the cursor put somewhere."""
    return [f"{frame}\x1b[1;1H" for frame in frames]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, LINES - 1), TEXTS, st.sampled_from(STYLES)), min_size=1, max_size=5),
                min_size=1, max_size=8))  # fmt: skip
def test_whole_rows_painted_again_and_again_look_the_same(frames: list[list[tuple[int, str, str]]]) -> None:
    pair = Pair()
    for frame in frames:
        rows = [paint(y, 0, style, text + " " * COLUMNS) for y, text, style in frame]
        pair.write("".join(rows) + "\x1b[1;1H")
        pair.assert_same()


@settings(max_examples=200, deadline=None)
@given(FRAMES)
def test_pieces_anywhere_look_the_same_as_long_as_no_wide_letter_is_halved(frames: list[str]) -> None:
    pair = Pair()
    for frame in _clean([frame.translate(str.maketrans("日本語한", "wxyz")) for frame in frames]):
        pair.write(frame)
        pair.assert_same()


def test_what_stands_there_already_is_not_sent_again() -> None:
    pair = Pair()
    first = pair.write(line("The Cabinet of Dr. Cal", style="1") + "\x1b[1;1H")
    again = pair.write(line("The Cabinet of Dr. Cal", style="1") + "\x1b[1;1H")
    one_letter = pair.write(line("The Cabinet of Mr. Cal", style="1") + "\x1b[1;1H")
    pair.assert_same()
    assert first > 30
    assert again == len("\x1b[1;1H")
    assert one_letter < 30


def test_a_wide_letter_is_sent_whole_when_its_place_changes() -> None:
    pair = Pair()
    pair.write(line("日本 film") + "\x1b[1;1H")
    pair.write(line("本日 film") + "\x1b[1;1H")
    pair.assert_same()


def test_rows_that_terminals_lay_out_differently_are_sent_to_their_end() -> None:
    cells = FrameDiff()
    cells.resize(COLUMNS)
    cells.reduce(line("نجوم the film 1999") + "\x1b[1;1H")
    left = cells.reduce(line("نجوم the film 1998") + "\x1b[1;1H")
    assert "نجوم the film 1998" in re.sub(r"\x1b\[[\d;]*H", "", left)


@pytest.mark.parametrize(
    "harmless",
    ["\x1b[?2026h", "\x1b[?25l", "\x07", "\x1b]52;c;YWJj\x07", "\x1b]0;title\x1b\\", "\x1b[?1000h\x1b[?1006h"],
)
def test_modes_titles_and_bells_pass_and_the_picture_stays(harmless: str) -> None:
    pair = Pair()
    pair.write(line("as it was") + "\x1b[1;1H")
    assert pair.cells.reduce(harmless) == harmless
    assert pair.write(line("as it was") + "\x1b[1;1H") == len("\x1b[1;1H")


@pytest.mark.parametrize(
    "strange", ["\x1b[2J", "\x1b[?1049h", "\x1b[?1049l", "\x1b[3;5r", "plain words", "\x1b[1;1Hx\x1b[K"]
)
def test_anything_else_passes_and_the_next_frame_is_sent_whole(strange: str) -> None:
    cells = FrameDiff()
    cells.resize(COLUMNS)
    frame = line("as it was") + "\x1b[1;1H"
    cells.reduce(frame)
    assert cells.reduce(strange) == strange
    assert "as it was" in cells.reduce(frame)


def test_a_terminal_of_another_width_gets_everything_anew() -> None:
    cells = FrameDiff()
    cells.resize(COLUMNS)
    frame = line("as it was") + "\x1b[1;1H"
    cells.reduce(frame)
    cells.resize(COLUMNS - 8)
    assert "as it was" in cells.reduce(frame)


def test_what_was_painted_for_a_wider_terminal_is_not_believed() -> None:
    cells = FrameDiff()
    cells.resize(10)
    cells.reduce(line("wider than ten cells") + "\x1b[1;1H")
    assert "wider" in cells.reduce(line("wider tha") + "\x1b[1;1H")


@pytest.mark.parametrize("name", ["हिन्दी फ़िल्में", "ภาพยนตร์ไทย", "தமிழ் படங்கள்", "বাংলা ছবি"])
def test_letters_of_uncertain_width_do_not_disturb_the_rest_of_their_row(name: str) -> None:
    """In a terminal that makes each letter and mark of such a script a cell of its own, the border stays in place."""
    cells = FrameDiff()
    cells.resize(COLUMNS)
    padded = name + " " * (COLUMNS - 4 - cell_len(name))
    written = "".join(cells.reduce(f"\x1b[1;1H{padded}{count}│x\x1b[1;1H") for count in (30, 31))
    row, x = [" "] * 200, 0
    for move, letter in re.findall(r"\x1b\[1;(\d+)H|([^\x1b])", written):
        if move:
            x = int(move) - 1
        else:
            row[x], x = letter, x + 1
    assert "".join(row[COLUMNS - 4 : COLUMNS]) == "31│x"
