from __future__ import annotations

import pytest

from tests.support.one_widget import OneWidget
from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of, text_of
from tui_app.widgets.filter_bar import Chip, FilterBar

CHIPS = (Chip("year", "year 1990–1999"), Chip("genre", "genre Drama"), Chip("sort", "by rating ↓", removable=False))


def removed(app: OneWidget[FilterBar]) -> list[str]:
    return [message.name for message in app.heard_of(FilterBar.Removed)]


async def test_the_bar_is_there_only_when_filters_are() -> None:
    app = OneWidget(FilterBar())
    async with app.run_test() as pilot:
        assert not app.widget.display
        app.widget.show(CHIPS)
        await pilot.pause()
        assert app.widget.display and "year 1990–1999" in text_of(app.widget)
        app.widget.show(())
        await pilot.pause()
        assert not app.widget.display


async def test_keys_choose_a_chip_and_take_it_off() -> None:
    app = OneWidget(FilterBar())
    async with app.run_test() as pilot:
        app.widget.show(CHIPS)
        await pilot.pause()
        app.widget.focus()
        await pilot.press("delete", "right", "enter", "right", "right", "backspace", "left", "backspace")
        await pilot.pause()
        assert removed(app) == ["year", "genre", "genre"]


async def test_a_click_takes_a_chip_off() -> None:
    app = OneWidget(FilterBar())
    async with app.run_test(size=(80, 4)) as pilot:
        app.widget.show(CHIPS)
        await pilot.pause()
        await pilot.click(FilterBar, offset=(text_of(app.widget).index("genre"), 0))
        await pilot.click(FilterBar, offset=(text_of(app.widget).index("rating"), 0))
        await pilot.click(FilterBar, offset=(79, 0))
        await pilot.pause()
        assert removed(app) == ["genre"]


@pytest.mark.parametrize("width", [1, 12, 80])
async def test_hostile_filters_stay_on_the_line_and_the_chosen_one_is_seen(width: int) -> None:
    app = OneWidget(FilterBar())
    async with app.run_test(size=(width, 3)) as pilot:
        app.widget.show([Chip(str(n), title) for n, title in enumerate(HOSTILE_TITLES)])
        await pilot.pause()
        app.widget.focus()
        for _ in HOSTILE_TITLES:
            assert_clean(lines_of(app.widget), width)
            app.widget.action_choose(1)
        app.widget.show([*CHIPS, Chip("last", "last one")])
        app.widget.action_choose(9)
        assert_clean(lines_of(app.widget), width)
        assert width < 12 or "last one" in text_of(app.widget)
