from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of
from tui_app.widgets.footer import KeyFooter, KeyWord, fitting
from tui_app.widgets.paged_list import PagedList


class Keys(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "press('d')", "Details", id="d"),
        Binding("c", "press('c')", "Categories", id="c"),
        Binding("s", "press('s')", "Sort", id="s"),
        Binding("z", "press('z')", "Secret", show=False, id="z"),
        Binding("question_mark", "press('?')", "Help", id="help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []
        self.line = KeyFooter(("help",))

    def compose(self) -> ComposeResult:
        yield PagedList()
        yield self.line

    def action_press(self, key: str) -> None:
        self.pressed.append(key)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, "⏎ Open d Details c Categories s Sort ? Help"),
        (43, "⏎ Open d Details c Categories s Sort ? Help"),
        (40, "⏎ Open d Details c Categories ? Help"),
        (24, "⏎ Open d Details ? Help"),
        (10, "? Help"),
        (3, ""),
    ],
)
async def test_whole_words_give_way_from_the_right_and_the_help_last(width: int, shown: str) -> None:
    app = Keys()
    async with app.run_test(size=(width, 6)) as pilot:
        await pilot.pause()
        assert app.line.shown.replace("enter", "⏎") == shown
        assert " ".join("".join(strip.text for strip in lines_of(app.line)).split()) == shown


async def test_a_click_on_a_word_presses_its_key() -> None:
    app = Keys()
    async with app.run_test(size=(43, 6)) as pilot:
        await pilot.pause()
        await pilot.click(KeyFooter, offset=(app.line.shown.index("Categories"), 0))
        await pilot.pause()
        assert app.pressed == ["c"]


async def test_the_line_follows_the_focus() -> None:
    app = Keys()
    async with app.run_test(size=(80, 6)) as pilot:
        await pilot.pause()
        assert "Open" in app.line.shown
        app.set_focus(None)
        await pilot.pause()
        assert "Open" not in app.line.shown and "Help" in app.line.shown


def test_low_ranks_have_their_room_first_and_all_keep_their_order() -> None:
    keys = [
        KeyWord("q", "q", "Quit", 1),
        KeyWord("a", "a", "words"),
        KeyWord("b", "b", "b"),
        KeyWord("h", "h", "h", -1),
    ]
    assert "".join(key.key for key in fitting(keys, 3)) == "h"
    assert "".join(key.key for key in fitting(keys, 7)) == "bh"
    assert "".join(key.key for key in fitting(keys, 15)) == "abh"
    assert "".join(key.key for key in fitting(keys, 22)) == "qabh"


async def test_no_word_reaches_the_terminal_raw() -> None:
    class Hostile(Keys):
        BINDINGS: ClassVar[list[BindingType]] = [
            Binding(key, "press", title, id=key) for key, title in zip("abcdefgh", HOSTILE_TITLES, strict=False)
        ]

    app = Hostile()
    async with app.run_test(size=(200, 6)) as pilot:
        await pilot.pause()
        assert_clean(lines_of(app.line), 200)
