"""Columns hold still: names have the room they need, nothing spills, a year is not shown twice."""

from __future__ import annotations

from tests.support.one_widget import OneWidget
from tests.widgets.hostile import text_of
from tui_app.widgets.paged_list import Column, ListRow, PagedList, RowsSource

CHANNELS = (Column("Channel", 10, main=True), Column("On now", 14, most=60), Column("Until", 5, "right"))
FILMS = (Column("Title", 10, main=True, names=True), Column("Year", 4, "right", 50), Column("Rating", 6, "right"))


def channels(on_now: str) -> RowsSource:
    names = ("Meridian General 3 Plus", "Arts", "Harbour News")
    return RowsSource([ListRow(name, (name, on_now if name == "Arts" else "", "")) for name in names])


def line_of(app: OneWidget[PagedList], words: str) -> str:
    return next(line for line in text_of(app.widget).splitlines() if words in line)


async def test_late_programmes_move_no_column_and_cut_no_name() -> None:
    app = OneWidget(PagedList(columns=CHANNELS))
    async with app.run_test(size=(80, 10)) as pilot:
        app.widget.show(channels(""))
        await pilot.pause()
        before = text_of(app.widget).splitlines()[0].index("On now")
        app.widget.reload(channels("A very long programme about everything there is in this world"))
        await pilot.pause()
        header = text_of(app.widget).splitlines()[0]
        assert header.index("On now") == before == line_of(app, "Arts").index("A very long")
        assert "Meridian General 3 Plus" in text_of(app.widget)
        assert before == 3 + len("Meridian General 3 Plus") + 2  # the rest belongs to the programme


async def test_a_title_ends_at_its_column_beside_an_empty_year() -> None:
    app = OneWidget(PagedList(columns=FILMS))
    async with app.run_test(size=(54, 10)) as pilot:
        name = "A title that is much longer than the column it stands in"
        app.widget.show(RowsSource([ListRow("1", (name, "", "9.1"))]))
        await pilot.pause()
        year = text_of(app.widget).splitlines()[0].index("Year")
        assert line_of(app, "A title")[year - 2 : year + 4].strip() == ""


async def test_a_year_stands_in_its_column_or_in_the_title() -> None:
    app = OneWidget(PagedList(columns=FILMS))
    row = ListRow("1", ("The General (1926)", "1926", "8.1"))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(RowsSource([row, ListRow("2", ("Blade Runner (2049)", "2017", "8.0"))]))
        await pilot.pause()
        assert line_of(app, "The General").count("1926") == 1
        assert "(2049)" in line_of(app, "Blade")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert "The General (1926)" in text_of(app.widget)


async def test_prefixes_are_dimmed_and_tags_are_badges_that_outlast_a_cut_name() -> None:
    app = OneWidget(PagedList(columns=FILMS))
    async with app.run_test(size=(40, 10)) as pilot:
        rows = [ListRow("0", ("Cursor", "", "")), ListRow("1", ("UK | News [HD]", "", ""))]
        app.widget.show(RowsSource([*rows, ListRow("2", ("EN - The Long Voyage of the Ship (1926) 4K", "", "7.0"))]))
        await pilot.pause()
        styles = {segment.text.strip(): segment.style for segment in app.widget.render_line(2) if segment.style}
        badge, row = styles["HD"], styles["News"]
        assert badge.bgcolor != row.bgcolor and styles["UK |"].color != row.color
        assert "  4K  " in line_of(app, "EN - The") and "…" in line_of(app, "EN - The")


async def test_a_prefix_that_the_whole_list_has_is_left_out() -> None:
    columns = (Column("Channel", 10, main=True, names=True, omits="UK"),)
    app = OneWidget(PagedList(columns=columns))
    async with app.run_test(size=(40, 10)) as pilot:
        names = ("FR | Infos", "UK | News 1", "|UK| News 2")
        app.widget.show(RowsSource([ListRow(name, (name,), spans=((5, 9),)) for name in names]))
        await pilot.pause()
        assert [line.strip() for line in text_of(app.widget).splitlines()[1:4]] == ["FR | Infos", "News 1", "News 2"]
        assert next(part.text for part in app.widget.render_line(2) if part.style and part.style.bold) == "News"


async def test_marks_stand_beside_the_name() -> None:
    columns = (Column("No.", 5, "right"), Column("Channel", 10, main=True, names=True))
    app = OneWidget(PagedList(columns=columns))
    async with app.run_test(size=(40, 10)) as pilot:
        app.widget.show(RowsSource([ListRow("1", ("7", "Arts"), "★")]))
        await pilot.pause()
        header, row = text_of(app.widget).splitlines()[:2]
        assert "★ Arts" in row and header.index("Channel") == row.index("Arts")


async def test_a_click_on_a_title_names_its_column() -> None:
    app = OneWidget(PagedList(columns=FILMS))
    async with app.run_test(size=(60, 10)) as pilot:
        app.widget.show(RowsSource([ListRow("1", ("The General", "1926", "8.1"))]))
        await pilot.pause()
        x = text_of(app.widget).splitlines()[0].index("Rating")
        await pilot.click(app.widget, offset=(x + 2, 0))
        await pilot.pause()
        assert [message.column for message in app.heard_of(PagedList.HeaderClicked)] == [2]


async def test_the_sorted_column_stays_where_others_leave() -> None:
    columns = (FILMS[0], FILMS[1], Column("Added ↓", 10, "right", 90, sorted=True))
    app = OneWidget(PagedList(columns=columns))
    async with app.run_test(size=(40, 10)) as pilot:
        app.widget.show(RowsSource([ListRow("1", ("The General", "1926", "2020-01-01"))]))
        await pilot.pause()
        assert "Added ↓" in text_of(app.widget) and "2020-01-01" in text_of(app.widget)
