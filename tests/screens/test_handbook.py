"""The handbook in the app: opened by its key and from the help, read chapter by chapter, at any size."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock

from tests.screens.driving import SMALL, USUAL, WIDE, Driver, running
from tests.support.command_line import CommandLine
from tui_app.handbook import TITLES, chapter
from tui_app.paths import Paths
from tui_app.screens.handbook import HandbookScreen, find_lines


def source(driver: Driver) -> str:
    return next((text.source for text in driver.app.screen.query(Markdown)), "")


def shows(driver: Driver, name: str) -> bool:
    return source(driver) == chapter(name).text


def marked(driver: Driver) -> str:
    """The source of the paragraph that a search has found."""
    return "".join(block.source or "" for block in driver.app.screen.query(MarkdownBlock) if block.has_class("-found"))


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL])
async def test_it_opens_at_the_first_chapter_and_closes(paths: Paths, size: tuple[int, int]) -> None:
    async with running(paths, size=size) as driver:
        await driver.press("f2")
        await driver.until(
            lambda: driver.says("Try it without") or driver.says("copies your IPTV"), "the first chapter"
        )
        await driver.sees("First steps")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, HandbookScreen), "closed")


async def test_keys_and_the_list_turn_to_other_chapters(paths: Paths) -> None:
    names = list(TITLES)
    async with running(paths, size=WIDE) as driver:
        await driver.press("f2")
        await driver.until(lambda: source(driver) == chapter(names[0]).text, names[0])
        await driver.press("p", "n")
        await driver.until(lambda: source(driver) == chapter(names[1]).text, names[1])
        await driver.press("left", "end", "enter")
        await driver.until(lambda: source(driver) == chapter(names[-1]).text, names[-1])
        await driver.press("n")
        assert source(driver) == chapter(names[-1]).text


async def test_on_a_small_terminal_text_and_chapters_take_turns(paths: Paths) -> None:
    async with running(paths, size=SMALL) as driver:
        await driver.press("f2")
        await driver.until(lambda: driver.says("copies your IPTV"), "the text")
        await driver.press("left")
        await driver.until(lambda: driver.says("Keeping it fresh"), "the chapters")
        assert not driver.says("copies your IPTV")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.says("Lists"), "the second chapter")
        assert not driver.says("Keeping it fresh")


async def test_a_link_leads_to_its_chapter(paths: Paths) -> None:
    async with running(paths, size=WIDE) as driver:
        await driver.press("f2")
        await driver.until(lambda: source(driver), "a chapter")
        text = driver.app.screen.query_one(Markdown)
        text.post_message(Markdown.LinkClicked(text, "keys.md"))
        await driver.until(lambda: source(driver) == chapter("keys").text, "the chapter on keys")
        text.post_message(Markdown.LinkClicked(text, "https://tv.example.org/"))
        await driver.until(lambda: driver.says("tv.example.org"), "the address of a link that leads away")


@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_a_search_goes_through_the_lines_of_all_chapters(paths: Paths, size: tuple[int, int]) -> None:
    found = find_lines("cron")
    assert len({hit.chapter for hit in found}) > 1 and len(found) > 3
    async with running(paths, size=size) as driver:
        await driver.press("f2")
        await driver.until(lambda: source(driver) == chapter("first-steps").text, "the first chapter")
        await driver.press("slash")
        await driver.type("cron")
        await driver.until(lambda: source(driver) == chapter(found[0].chapter).text, "the chapter of the first hit")
        await driver.press("enter")
        for hit in (*found[1:], found[0]):
            await driver.press("n")
            await driver.until(partial(shows, driver, hit.chapter), hit.chapter)
            await driver.until(lambda: "cron" in marked(driver), "the paragraph that has the word")
            if size == USUAL:  # otherwise words are broken
                await driver.until(lambda: driver.says("cron"), "the hit in sight")
        await driver.press("N")
        await driver.until(lambda: source(driver) == chapter(found[-1].chapter).text, "the last hit, backwards")
        await driver.press("escape")
        await driver.until(lambda: not marked(driver), "the end of the search")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, HandbookScreen), "closed")


async def test_long_lines_of_code_are_wrapped(paths: Paths) -> None:
    async with running(paths, size=SMALL) as driver:
        driver.app.action_handbook("watching")
        await driver.until(lambda: source(driver) == chapter("watching").text, "the chapter")
        await driver.until(
            lambda: (
                {0 < label.size.width <= 36 for label in driver.app.screen.query("MarkdownFence > Label")} == {True}
            ),
            "code no wider than the page",
        )


async def test_the_help_leads_to_it(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("question_mark")
        await driver.until(lambda: driver.says("F2 handbook"), "the help")
        await driver.press("f2")
        await driver.until(lambda: isinstance(driver.app.screen, HandbookScreen), "the handbook")
        await driver.press("escape")
        await driver.until(lambda: not driver.says("Keyboard shortcuts"), "the help is gone as well")


def test_its_widgets_are_not_loaded_before_it_is_opened(tmp_path: Path) -> None:
    script = "import sys, tui_app.tui.app; print([name for name in sys.modules if name.startswith('markdown_it')])"
    environment = CommandLine(tmp_path).environment
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"
