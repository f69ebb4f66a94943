from __future__ import annotations

from textual.widgets import Input

from tests.support.one_widget import OneWidget
from tests.widgets.hostile import HOSTILE_TITLES
from tui_app.widgets.command_entry import PlainInput
from tui_app.widgets.search_box import SearchBox


async def test_typing_is_said_and_the_newest_text_wins() -> None:
    app = OneWidget(SearchBox())
    async with app.run_test() as pilot:
        app.widget.take_focus()
        await pilot.press("a", "b", "backspace", "c")
        await pilot.pause()
        assert app.widget.text == "ac"
        assert app.heard_of(SearchBox.Changed)[-1].text == "ac"


async def test_enter_down_and_escape_are_said() -> None:
    app = OneWidget(SearchBox())
    async with app.run_test() as pilot:
        app.widget.take_focus()
        await pilot.press("a", "enter", "down", "escape")
        await pilot.pause()
        assert [message.text for message in app.heard_of(SearchBox.Submitted)] == ["a"]
        assert [message.by for message in app.heard_of(SearchBox.Left)] == ["down", "escape"]
        assert app.widget.text == "a"


async def test_up_brings_back_earlier_searches_and_down_what_was_typed() -> None:
    app = OneWidget(SearchBox())
    async with app.run_test() as pilot:
        app.widget.set_recent(["newest", "older"])
        app.widget.take_focus()
        await pilot.press("x")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await pilot.press(key)
            seen.append(app.widget.text)
        assert seen == ["newest", "older", "older", "newest", "x"]
        await pilot.press("down")
        await pilot.pause()
        assert [message.by for message in app.heard_of(SearchBox.Left)] == ["down"]


async def test_without_earlier_searches_up_changes_nothing() -> None:
    app = OneWidget(SearchBox())
    async with app.run_test() as pilot:
        app.widget.take_focus()
        await pilot.press("x", "up", "y")
        assert app.widget.text == "xy"


async def test_what_is_pasted_or_set_holds_no_control_characters() -> None:
    app = OneWidget(PlainInput())
    async with app.run_test() as pilot:
        for title in HOSTILE_TITLES:
            app.widget.value = title
            await pilot.pause()
            assert app.widget.value.isprintable()
        app.widget.value = "a\tb\u00a0c\x1bd"
        assert app.widget.value == "a b cd"


async def test_the_cursor_does_not_blink_unless_asked_to() -> None:
    app = OneWidget(PlainInput(), PlainInput(blink=True))
    async with app.run_test():
        assert [widget.cursor_blink for widget in app.query(Input)] == [False, True]
