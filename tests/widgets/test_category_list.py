from __future__ import annotations

from tests.support.one_widget import OneWidget
from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of, text_of
from tests.widgets.samples import CATEGORIES
from tui_app.catalog import Category, Kind
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.paged_list import PagedList


async def test_all_stands_first_and_hidden_ones_are_absent() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)):
        app.widget.show_categories(CATEGORIES, all_count=1_230)
        lines = text_of(app.widget).splitlines()
        assert lines[1].split() == ["All", "1,230"]
        assert app.widget.total == 4
        assert "Hidden one" not in text_of(app.widget)


async def test_hidden_ones_are_marked_when_revealed() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)):
        app.widget.show_categories(CATEGORIES, all_count=1, reveal_hidden=True)
        assert any("Hidden one" in line and line.lstrip()[0] in "◌-" for line in text_of(app.widget).splitlines())


async def test_moving_and_choosing_are_said_with_none_for_all() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)) as pilot:
        app.widget.show_categories(CATEGORIES, all_count=1, chosen="2")
        assert app.widget.category_id == "2"
        await pilot.press("enter", "home", "enter")
        await pilot.pause()
        assert [message.category_id for message in app.heard_of(CategoryList.Chosen)] == ["2", None]
        assert app.heard_of(CategoryList.Highlighted)[-1].category_id is None
        assert app.heard_of(PagedList.Activated) == app.heard_of(PagedList.Highlighted) == []


async def test_a_letter_goes_to_the_first_category_of_that_letter_whatever_its_accent() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)) as pilot:
        app.widget.show_categories(CATEGORIES, all_count=1)
        await pilot.press("'", "e")
        assert app.widget.category_id == "2"
        await pilot.press("'", "#")
        assert app.widget.category_id == "4"
        await pilot.press("'", "z", "escape")
        assert app.widget.category_id == "4"


async def test_tens_of_thousands_of_hostile_categories() -> None:
    app = OneWidget(CategoryList())
    many = [Category(Kind.MOVIE, str(n), HOSTILE_TITLES[n % len(HOSTILE_TITLES)], n) for n in range(42_000)]
    async with app.run_test(size=(28, 20)) as pilot:
        app.widget.show_categories(many, all_count=9)
        await pilot.press("end", "right", "end")
        assert app.widget.row is not None
        assert_clean(lines_of(app.widget), 28)


async def test_a_long_name_takes_the_blanks_before_its_short_count() -> None:
    app = OneWidget(CategoryList())
    long = [Category(Kind.MOVIE, "1", "CLASSICS | SILENT ERA", 172), Category(Kind.MOVIE, "2", "CLASSICS | SHORTS", 9)]
    async with app.run_test(size=(28, 6)):
        app.widget.show_categories(long, all_count=3_000)
        lines = text_of(app.widget).splitlines()
        assert [line.strip() for line in lines[1:4]] == [
            "All                  3,000",
            "CLASSICS | SILENT ERA  172",
            "CLASSICS | SHORTS        9",
        ]
        assert {len(line.rstrip()) for line in lines[1:4]} == {27}
    async with (app := OneWidget(CategoryList())).run_test(size=(26, 6)):
        app.widget.show_categories(long, all_count=3_000)
        assert text_of(app.widget).splitlines()[2].strip() == "CLASSICS | SILENT …  172"


async def test_selected_categories_have_a_sign_and_all_of_them_can_not_be_selected() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 8)) as pilot:
        app.widget.show_categories(
            [Category(Kind.MOVIE, str(n), f"Category {n}", n) for n in range(1, 6)], all_count=15
        )
        await pilot.press("space", "space", "space")
        assert [row.key for row in app.widget.selected] == ["1", "2"]
        assert text_of(app.widget).count(glyphs().selected) == 2


def in_languages(count: int, each: int) -> list[Category]:
    """Categories as panels have them: `AA | Action`, `AA | Drama`, ..., the last two without a prefix."""
    codes = [f"{first}{second}" for first in "ABCDEFGH" for second in "ABCDEFGH"][:count]
    names = [f"{code} | {genre}" for code in codes for genre in [f"Genre {n}" for n in range(each)]]
    return [Category(Kind.MOVIE, str(n), name, n) for n, name in enumerate([*names, "COMING SOON", "Uncategorised"])]


async def test_many_categories_are_folded_under_their_prefixes_with_counts() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)) as pilot:
        app.widget.show_categories(in_languages(40, 10), all_count=80_000)
        assert app.widget.total == 1 + 40 + 2
        lines = [line.split() for line in text_of(app.widget).splitlines()]
        assert lines[2] == [glyphs().closed, "AA", "45"]
        assert lines[3] == [glyphs().closed, "AB", "145"]
        await pilot.press("down", "right", "down")
        assert app.widget.category_id == "0" and app.widget.total == 1 + 40 + 2 + 10
        lines = [line.split() for line in text_of(app.widget).splitlines()]
        assert lines[2:4] == [[glyphs().open, "AA", "45"], ["Genre", "0", "0"]]
        await pilot.press("left")
        assert app.widget.total == 1 + 40 + 2 and app.widget.category_id is None
        await pilot.press("enter")
        await pilot.pause()
        assert [(one.category_id, one.group) for one in app.heard_of(CategoryList.Chosen)] == [(None, "AA")]


async def test_a_selected_group_stands_for_all_its_categories_folded_or_not() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)) as pilot:
        app.widget.show_categories(in_languages(40, 10), all_count=80_000)
        await pilot.press("down", "space", "right", "down", "down", "space")
        assert app.widget.ids_to_act_on == {str(number) for number in range(10)} | {"11"}
        await pilot.press("up", "left")
        assert app.widget.ids_to_act_on == {str(number) for number in range(10)} | {"11"}


async def test_the_group_of_the_chosen_category_is_unfolded_and_a_letter_finds_a_group() -> None:
    app = OneWidget(CategoryList())
    async with app.run_test(size=(30, 12)) as pilot:
        app.widget.show_categories(in_languages(40, 10), all_count=80_000, chosen="13")
        assert app.widget.category_id == "13"
        await pilot.press("'", "c")
        assert app.widget.row is not None and app.widget.row.cells[0].endswith("CA")
        app.widget.show_categories(in_languages(40, 10), all_count=80_000, group="AC")
        assert app.widget.row is not None and app.widget.row.cells[0].endswith("AC")
