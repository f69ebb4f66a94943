"""A channel's day: what is shown of it, and where its keys lead."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.one_widget import OneWidget
from tui_app.catalog import Programme
from tui_app.widgets.day_list import DayList
from tui_app.widgets.glyphs import glyphs

HOUR = 3_600
NOON = int(time.mktime((2026, 11, 22, 12, 0, 0, 0, 0, -1)))


def programme(hours: float, title: str, length: float = 1, **more: Any) -> Programme:
    start = NOON + int(hours * HOUR)
    return Programme(start, start + int(length * HOUR), title, **more)


WEEK = [programme(hours, f"Show {hours}") for hours in range(-60, 61) if not 13 <= hours <= 36]


@pytest.fixture
def day() -> DayList:
    return DayList()


def rows(day: DayList) -> list[tuple[str, str]]:
    """(mark, title) of all rows."""
    source = day._pages.source
    return [(row.marks, row.cells[1]) for row in source.rows(0, source.total) or ()]


async def test_it_opens_on_today_at_what_runs(day: DayList) -> None:
    app = OneWidget(day)
    async with app.run_test(size=(60, 20)) as pilot:
        day.show_programmes(WEEK, NOON + 60, archive_days=1)
        await pilot.pause()
        assert day.programme == programme(0, "Show 0")
        assert [title for _, title in rows(day)] == [f"Show {hours}" for hours in range(-12, 13)]
        marks = {title: mark for mark, title in rows(day)}
        assert (marks["Show 0"], marks["Show 1"]) == (glyphs().closed, "")
        assert marks["Show -1"] == glyphs().catchup
        assert "Today, Sun 22 Nov" in day.render_line(0).text


async def test_what_midnight_cuts_is_on_both_days_and_runs_after_it(day: DayList) -> None:
    app = OneWidget(day)
    midnight = NOON + 12 * 3_600
    late = Programme(midnight - 600, midnight + 1_800, "Late", "")
    async with app.run_test(size=(60, 20)) as pilot:
        day.show_programmes(
            [*(one for one in WEEK if one.start < NOON), late, programme(14, "Small hours")], midnight + 60
        )
        await pilot.pause()
        assert day.programme == late and rows(day)[:2] == [(glyphs().closed, "Late"), ("", "Small hours")]
        await pilot.press("left")
        assert "Late" in [title for _, title in rows(day)]


async def test_keys_lead_to_other_days_and_back_to_now(day: DayList) -> None:
    app = OneWidget(day)
    async with app.run_test(size=(60, 20)) as pilot:
        day.show_programmes(WEEK, NOON, archive_days=1)
        day.focus()
        await pilot.press("left")
        assert "Sat 21 Nov" in day.render_line(0).text
        assert "Today" not in day.render_line(0).text
        await pilot.press("right", "right")  # nothing is known from one in the night to noon of the day after next
        assert day.programme == programme(12, "Show 12")
        await pilot.press("right", "right", "right", "right")
        assert "Wed 25 Nov" in day.render_line(0).text
        await pilot.press("n")
        assert day.programme == programme(0, "Show 0")


async def test_only_what_runs_or_is_kept_can_be_watched(day: DayList) -> None:
    app = OneWidget(day)
    async with app.run_test(size=(60, 20)) as pilot:
        day.show_programmes(WEEK, NOON, archive_days=1)
        day.focus()
        assert day.can_be_watched(programme(0, "Show 0"))
        assert day.can_be_watched(programme(-2, "x"))
        assert day.can_be_watched(programme(-40, "x", has_archive=True))
        assert not day.can_be_watched(programme(-40, "x"))
        assert not day.can_be_watched(programme(1, "x"))
        await pilot.press("down", "enter", "up", "enter")
        await pilot.pause()
        assert [said.programme for said in app.heard_of(DayList.ProgrammeActivated)] == [programme(0, "Show 0")]


async def test_the_same_day_read_anew_keeps_the_cursor(day: DayList) -> None:
    app = OneWidget(day)
    async with app.run_test(size=(60, 20)) as pilot:
        day.show_programmes(WEEK, NOON, at=NOON + 5 * HOUR)
        assert day.programme == programme(5, "Show 5")
        day.show_programmes([*WEEK[30:]], NOON + 600)
        await pilot.pause()
        assert day.programme == programme(5, "Show 5")


async def test_without_programmes_it_says_why(day: DayList) -> None:
    app = OneWidget(day)
    async with app.run_test(size=(60, 20)) as pilot:
        day.show_none("The provider has no guide for this channel.", "u asks the provider")
        await pilot.pause()
        shown = "\n".join(day.render_line(y).text for y in range(20))
        assert "No TV guide" in shown and "u asks the provider" in shown
        day.show_programmes([programme(-30, "Old")], NOON)
        await pilot.pause()
        assert "No programmes on this day" in "\n".join(day.render_line(y).text for y in range(20))
        day.focus()
        await pilot.press("left", "enter")
        assert day.programme == programme(-30, "Old")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12), (20, 5)])
@pytest.mark.parametrize(
    "title", ["News [/b] [red]", "名探偵コナン" * 9, "برنامج الأخبار " * 5, "A" * 300, "a\u0301e\u0301"]
)
async def test_any_title_stays_in_its_column(day: DayList, size: tuple[int, int], title: str) -> None:
    app = OneWidget(day)
    async with app.run_test(size=size) as pilot:
        day.show_programmes([programme(0, title), programme(1, "After")], NOON)
        await pilot.pause()
        assert {day.render_line(y).cell_length for y in range(size[1])} == {day.size.width}
