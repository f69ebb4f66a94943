"""What can be selected in a list, how, and what becomes of the selection."""

from __future__ import annotations

from tests.support.one_widget import OneWidget
from tests.widgets.hostile import text_of
from tests.widgets.samples import COLUMNS, Numbers
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import ListRow, RowsSource
from tui_app.widgets.selectable_list import MOST_SELECTED, SelectableList


def _keys(app: OneWidget[SelectableList]) -> list[str]:
    return [row.key for row in app.widget.selected]


async def test_space_selects_row_by_row_and_again_takes_them_out() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(Numbers(100))
        await pilot.press("space", "space", "down", "space")
        assert _keys(app) == ["0", "1", "3"]
        assert "3 selected  5/100" in text_of(app.widget)
        assert text_of(app.widget).count(glyphs().selected) == 3
        await pilot.press("home", "space")
        assert _keys(app) == ["1", "3"]


async def test_a_range_goes_from_here_to_there_in_either_direction() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(Numbers(1_000), index=20)
        await pilot.press("v", "up", "up", "up")
        assert _keys(app) == ["17", "18", "19", "20"]
        await pilot.press("v", "end")
        assert _keys(app) == ["17", "18", "19", "20"], "a closed range stays as it is"
        await pilot.press("v", "up", "v")
        assert _keys(app) == ["17", "18", "19", "20", "998", "999"]


async def test_a_range_over_a_million_rows_stops_at_the_most_that_can_be_selected() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(Numbers(1_000_000))
        await pilot.press("v", "end", "v")
        assert len(app.widget.selected) == MOST_SELECTED
        await pilot.press("home", "end", "space")
        assert len(app.widget.selected) == MOST_SELECTED


async def test_headings_are_left_out() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    rows = [ListRow("a", ("A", "", "")), ListRow("h", ("Heading", "", ""), separator=True), ListRow("b", ("B", "", ""))]
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(RowsSource(rows))
        await pilot.press("v", "end", "v")
        assert _keys(app) == ["a", "b"]
        await pilot.press("home", "down", "space")
        assert _keys(app) == ["a", "b"]


async def test_escape_ends_the_selection_first_and_is_free_for_others_then() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(Numbers(100))
        await pilot.press("space", "escape")
        assert _keys(app) == []
        assert app.widget.check_action("select_none", ()) is False


async def test_a_refresh_keeps_the_selected_items_wherever_they_are_now_and_another_view_does_not() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(Numbers(100))
        await pilot.press("space", "space")
        app.widget.reload(Numbers(105, shift=5))
        await pilot.pause()
        assert _keys(app) == ["0", "1"]
        app.widget.show(Numbers(100))
        assert _keys(app) == []


async def test_control_and_shift_clicks_select() -> None:
    app = OneWidget(SelectableList(columns=COLUMNS))
    async with app.run_test(size=(60, 12)) as pilot:
        app.widget.show(Numbers(100))
        await pilot.click(app.widget, offset=(5, 3), control=True)
        assert _keys(app) == ["2"]
        await pilot.click(app.widget, offset=(5, 6), shift=True)
        assert _keys(app) == ["2", "3", "4", "5"]
