from __future__ import annotations

from dataclasses import fields

import pytest
from rich.segment import Segment
from rich.style import Style
from textual._border import BORDER_CHARS
from textual.color import Color

from tests.widgets.hostile import HOSTILE_TITLES
from tui_app.text import cell_width, strip_controls
from tui_app.widgets.ascii_filter import AsciiFilter
from tui_app.widgets.glyphs import PLAIN, PRETTY

BLACK = Color(0, 0, 0)


def drawn(text: str, *, letters_too: bool = False) -> str:
    segments = AsciiFilter(letters_too=letters_too).apply([Segment(text, Style(bold=True))], BLACK)
    assert [segment.style for segment in segments] == [Style(bold=True)]
    return segments[0].text


def test_every_mark_of_ours_is_drawn_as_its_plain_twin() -> None:
    for field in fields(PRETTY):
        assert drawn(getattr(PRETTY, field.name)) == getattr(PLAIN, field.name)


@pytest.mark.parametrize("name", sorted(BORDER_CHARS))
def test_every_frame_is_drawn_with_ascii(name: str) -> None:
    frame = "".join("".join(line) for line in BORDER_CHARS[name])  # type: ignore[index]
    assert drawn(frame).isascii() and len(drawn(frame)) == len(frame)


def test_what_is_written_stays_readable() -> None:
    assert drawn("“Café” — 1990–1999 · rating ≥ 7 … ‹ on ›") == '"Café" - 1990-1999 - rating > 7 ~ < on >'


def test_letters_stay_where_the_terminal_has_them_and_lose_their_accents_where_not() -> None:
    assert drawn("Éclair 七人") == "Éclair 七人"
    assert drawn("Éclair 七人", letters_too=True) == "Eclair ????"


@pytest.mark.parametrize("name", HOSTILE_TITLES, ids=lambda name: ascii(name[:12]))
def test_no_cell_is_won_or_lost(name: str) -> None:
    shown = strip_controls(name)
    for letters_too in (False, True):
        assert cell_width(drawn(shown, letters_too=letters_too)) == cell_width(shown)
    assert drawn(shown, letters_too=True).isascii()
