"""Characters for terminals that show few."""

from __future__ import annotations

import pytest

from tui_app.widgets.glyphs import PLAIN, PRETTY, choose_glyphs


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}, False),
        ({"TERM": "linux", "LANG": "de_DE.UTF-8"}, True),
        ({"TERM": "vt100"}, True),
        ({"TERM": "xterm", "LC_ALL": "C"}, True),
        ({}, False),
    ],
)
def test_old_terminals_get_plain_characters(environ: dict[str, str], plain: bool) -> None:
    assert choose_glyphs(environ) is (PLAIN if plain else PRETTY)


def test_every_plain_character_is_one_of_ascii() -> None:
    plain = [getattr(PLAIN, name) for name in PLAIN.__slots__]
    assert all(len(glyph) == 1 and glyph.isascii() for glyph in plain)
