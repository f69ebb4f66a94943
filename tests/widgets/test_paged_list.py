from __future__ import annotations

import time
import tracemalloc

import pytest
from textual.events import MouseScrollDown

from tests.support.one_widget import OneWidget
from tests.support.present import present
from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of, text_of
from tests.widgets.samples import COLUMNS, Numbers
from tui_app.widgets.paged_list import AwaitedSource, ListRow, PagedList, RowsSource


def titles(*names: str) -> RowsSource:
    return RowsSource([ListRow(str(number), (name, "1926", "8.1")) for number, name in enumerate(names)])


async def test_a_million_rows_cost_no_more_than_a_page() -> None:
    app = OneWidget(PagedList(columns=COLUMNS))
    async with app.run_test(size=(120, 40)) as pilot:
        source = Numbers(1_000_000)
        tracemalloc.start()
        started = time.process_time()
        app.widget.show(source)
        await pilot.press("end")
        assert app.widget.cursor == 999_999
        assert "Row 999999" in text_of(app.widget)
        await pilot.press("home")
        took, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert app.widget.cursor == 0
    assert took < 3
    assert peak < 8_000_000
    assert sum(stop - start for start, stop in source.asked) <= 5 * 64


async def test_only_pages_that_are_seen_are_read_and_each_once() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 6)) as pilot:
        source = Numbers(10_000)
        app.widget.show(source)
        await pilot.press(*["down"] * 6, *["up"] * 6)
    assert source.asked == [(0, 64)]


async def test_keys_move_the_cursor() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000))
        for keys, cursor in (
            ("down j j up k", 1),
            ("end", 999),
            ("G g", 0),
            ("pagedown pagedown pageup", 18),
            (": 5 0 0 G", 499),
            (": 5 7 backspace enter", 4),
            (": 9 9 9 9 9 G", 999),
            (": 5 escape down", 1),
            ("up", 0),
        ):
            app.widget.move_to(0)
            await pilot.press(*keys.split())
            await pilot.pause()
            assert app.widget.cursor == cursor, keys
            assert app.heard_of(PagedList.Highlighted)[-1].index == cursor
            assert f"Row {cursor}" in text_of(app.widget)


async def test_a_letter_where_a_number_may_be_begins_a_command_and_ends_the_entry() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000))
        await pilot.press(":", "G", ":", "o", ":", "2", "4", "h", ":", "space", ":", "é")
        await pilot.pause()
        assert [message.text for message in app.heard_of(PagedList.CommandTyped)] == ["g", "o", "24h", " ", "é"]
        assert app.widget.cursor == 0
        await pilot.press("j", "4", "2", "G")  # digits alone are the screen's
        assert app.widget.cursor == 999 and len(app.heard_of(PagedList.CommandTyped)) == 5


async def test_what_is_typed_stands_where_the_counter_was() -> None:
    app = OneWidget(PagedList(columns=COLUMNS))
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000))
        assert "1/1,000" in text_of(app.widget)
        await pilot.press(":", "4", "2")
        assert ":42_" in text_of(app.widget)
        await pilot.press("G")
        assert "42/1,000" in text_of(app.widget)


async def test_the_quote_is_no_key_where_letters_lead_nowhere() -> None:
    app = OneWidget(PagedList())
    async with app.run_test() as pilot:
        app.widget.show(Numbers(1000))
        await pilot.press("'", "j", "j")
        assert app.widget.cursor == 2
        assert "list.letter" not in {active.binding.id for active in app.screen.active_bindings.values()}


async def test_a_letter_after_the_quote_is_said_not_done() -> None:
    app = OneWidget(PagedList(by_letter=True))
    async with app.run_test() as pilot:
        app.widget.show(Numbers(1000))
        await pilot.press("'", "G", "'", "ж", "'", "7", "'", "escape", "j")
        await pilot.pause()
        assert [message.letter for message in app.heard_of(PagedList.LetterJumpRequested)] == ["g", "ж", "#"]
        assert app.widget.cursor == 1


async def test_the_cursor_stays_on_its_item_and_line_over_a_reload() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000))
        await pilot.press(":", "5", "0", "0", "G", "up", "up")
        before = text_of(app.widget).splitlines()
        app.heard.clear()
        app.widget.reload(Numbers(1005, shift=5))
        await pilot.pause()
        assert app.widget.cursor == 502
        assert present(app.widget.row).key == "497"
        assert text_of(app.widget).splitlines()[1:] == before[1:]
        assert app.heard_of(PagedList.Highlighted) == []


async def test_the_cursor_stays_near_when_its_item_vanished() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000))
        await pilot.press("end")
        app.widget.reload(Numbers(10))
        await pilot.pause()
        assert app.widget.cursor == 9
        assert app.heard_of(PagedList.Highlighted)[-1].key == "9"
        assert "Row 0" in text_of(app.widget)


async def test_another_view_opens_at_the_wanted_key() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000), keep_key="700")
        await pilot.pause()
        assert app.widget.cursor == 700
        assert "Row 700" in text_of(app.widget)
        app.widget.show(Numbers(1000), keep_key="5000", index=3)
        assert app.widget.cursor == 3


async def test_a_place_taken_before_the_first_layout_is_seen_after_it() -> None:
    widget = PagedList()
    widget.show(Numbers(1000), keep_key="700")
    async with OneWidget(widget).run_test(size=(80, 20)):
        assert "Row 700" in text_of(widget)


async def test_pages_that_come_late_are_placeholders_first() -> None:
    app = OneWidget(PagedList(header=False))
    async with app.run_test(size=(80, 10)) as pilot:
        app.widget.show(AwaitedSource(100))
        await pilot.pause()
        needed = app.heard_of(PagedList.PageNeeded)
        assert [(page.start, page.end) for page in needed] == [(0, 64)]
        assert "…" in text_of(app.widget)
        assert app.heard_of(PagedList.Highlighted) == []
        app.widget.put(0, Numbers(100).rows(0, 64), needed[0].generation)
        await pilot.pause()
        assert "Row 9" in text_of(app.widget)
        assert app.heard_of(PagedList.Highlighted)[-1].key == "0"


async def test_an_answer_to_an_older_view_is_dropped() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 10)) as pilot:
        app.widget.show(AwaitedSource(100))
        stale = app.widget.generation
        app.widget.show(AwaitedSource(100))
        app.widget.put(0, Numbers(100).rows(0, 64), stale)
        await pilot.pause()
        assert "Row 1" not in text_of(app.widget)


async def test_enter_opens_a_row_but_not_a_heading() -> None:
    app = OneWidget(PagedList())
    async with app.run_test() as pilot:
        app.widget.show(RowsSource([ListRow("a", ("A",)), ListRow("b", ("#### B ####",), separator=True)]))
        await pilot.press("enter", "down", "enter")
        await pilot.pause()
        assert [message.key for message in app.heard_of(PagedList.Activated)] == ["a"]


async def test_a_click_moves_and_a_double_click_opens() -> None:
    app = OneWidget(PagedList())
    async with app.run_test() as pilot:
        app.widget.show(Numbers(100))
        await pilot.click(PagedList, offset=(5, 4))
        assert app.widget.cursor == 3
        await pilot.click(PagedList, offset=(5, 7), times=2)
        await pilot.pause()
        assert [message.index for message in app.heard_of(PagedList.Activated)] == [6]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(80, 10)) as pilot:
        app.widget.show(Numbers(100))
        await pilot.pause()
        app.widget.post_message(MouseScrollDown(app.widget, 1, 1, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert app.widget.scroll_offset.y == 3
        assert app.widget.cursor == 0


@pytest.mark.parametrize(("jump", "top"), [(False, 1), (True, 5)])
async def test_the_edge_scrolls_by_a_row_or_by_half_a_page(jump: bool, top: int) -> None:
    app = OneWidget(PagedList(jump_scroll=jump, header=False))
    async with app.run_test(size=(80, 9)) as pilot:
        app.widget.show(Numbers(100))
        await pilot.press(*["down"] * 9)
        assert app.widget.scroll_offset.y == top


async def test_matches_are_marked_and_other_rows_are_one_segment() -> None:
    app = OneWidget(PagedList(columns=COLUMNS, header=False))
    async with app.run_test(size=(80, 9)):
        rows = [ListRow(str(n), ("Metropolis", "1927", "8.3"), spans=((0, 5),) if n == 1 else ()) for n in range(3)]
        app.widget.show(RowsSource(rows))
        plain, marked = app.widget.render_line(2), app.widget.render_line(1)
        assert len(list(plain)) == 1
        assert "Metro" in [segment.text for segment in marked]


async def test_columns_give_way_and_the_title_stays() -> None:
    app = OneWidget(PagedList(columns=COLUMNS))
    async with app.run_test(size=(60, 6)) as pilot:
        app.widget.show(titles("The General"))
        shown = {}
        for width in (60, 36, 24, 12):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            shown[width] = text_of(app.widget)
        assert "1926" in shown[60] and "8.1" in shown[60]
        assert "1926" in shown[36] and "8.1" not in shown[36]
        assert "1926" not in shown[24] and "The General" in shown[24]
        assert "The G" in shown[12]


async def test_any_size_is_survived() -> None:
    app = OneWidget(PagedList(columns=COLUMNS))
    async with app.run_test(size=(80, 20)) as pilot:
        app.widget.show(Numbers(1000))
        for size in ((1, 1), (2, 2), (3, 1), (20, 6), (200, 3)):
            await pilot.resize_terminal(*size)
            await pilot.press("down", "end", "g", ":", "5", "G")
            assert app.widget.cursor == 4
            assert_clean(lines_of(app.widget), size[0])


async def test_hostile_rows_stay_in_their_lines() -> None:
    app = OneWidget(PagedList(columns=COLUMNS))
    async with app.run_test(size=(80, 30)) as pilot:
        rows = [ListRow(str(n), (t, t, t), marks=t[:3], spans=((0, 3), (2, 9))) for n, t in enumerate(HOSTILE_TITLES)]
        rows += [ListRow(f"s{n}", (t,), separator=True) for n, t in enumerate(HOSTILE_TITLES)]
        app.widget.show(RowsSource(rows))
        for width in (1, 7, 40, 119):
            await pilot.resize_terminal(width, 30)
            await pilot.press("down", "end")
            assert_clean(lines_of(app.widget), width)
            await pilot.press("home")
            assert_clean(lines_of(app.widget), width)


async def test_an_empty_list_says_why() -> None:
    app = OneWidget(PagedList())
    async with app.run_test(size=(60, 12)) as pilot:
        app.widget.show_empty("No movies", "Nothing matches these filters.", "backspace takes one off")
        await pilot.press("down", "enter", "end", "pageup")
        shown = text_of(app.widget)
        assert all(words in shown for words in ("No movies", "Nothing matches", "backspace takes"))
        assert app.widget.cursor is None and app.widget.row is None
        assert app.focused is app.widget
        app.widget.show(titles("A"))
        assert "No movies" not in text_of(app.widget)


async def test_a_theme_change_repaints_the_rows() -> None:
    app = OneWidget(PagedList(header=False))
    async with app.run_test() as pilot:
        app.widget.show(titles("A", "B"))
        before = [segment.style for segment in app.widget.render_line(1)]
        app.theme = "textual-light"
        await pilot.pause()
        assert [segment.style for segment in app.widget.render_line(1)] != before


async def test_new_rows_in_a_list_of_fixed_size_need_no_layout() -> None:
    app = OneWidget(PagedList())
    async with app.run_test() as pilot:
        app.widget.show(Numbers(10))
        await pilot.pause()
        app.widget.show(Numbers(500))
        assert not app.screen._layout_required
