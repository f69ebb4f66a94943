"""Help and palette are read from what works at the moment; the place of a list survives any file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual.command import CommandInput
from textual.events import Key
from textual.widgets import Input

from tests.screens.driving import USUAL, Driver, help_words, running
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.screens.dialogs.choosers import help_sections
from tui_app.screens.item.title_page import TitlePage
from tui_app.screens.list_state import ListState
from tui_app.screens.registry import KEYED
from tui_app.settings import load_app_settings
from tui_app.tui.palette import Commands, Palette, TitleCommands
from tui_app.widgets.details import Details


async def test_help_lists_the_keys_that_work_here_and_only_those(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("question_mark")
        await driver.until(lambda: driver.says("Keyboard shortcuts"), "the help")
        words = help_words(driver)
        assert "Add to or remove from favourites" in words and "Go to the first row" in words
        assert "Stop the running sync" not in words  # none runs
        await driver.press("escape")
        await driver.until(lambda: not driver.says("Keyboard shortcuts"), "closed")


async def test_typing_filters_the_help(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("question_mark")
        await driver.sees("Keyboard shortcuts", "Here")
        await driver.type("categ hide")
        await driver.sees("Hide or show the category")
        assert not driver.says("Go to the first row") and not driver.says("Here")
        await driver.type("q")  # a letter here
        await driver.sees("No shortcut has these words.")
        await driver.press("ctrl+u", "question_mark")
        await driver.until(lambda: not driver.says("Keyboard shortcuts"), "closed by the key that opened it")


async def test_the_palette_offers_actions_places_and_profiles(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        screen = driver.app.screen
        offered = [command.words for command in Commands(screen).commands()]
        assert offered[:3] == ["Play", "Filter", "Sort"]
        assert {"Favourite", "Full sync", "Theme", "Help", "Quit"} <= set(offered)
        assert {"Setting: Automatic sync", "Sort: Name, A–Z"} <= set(offered)
        assert {"Handbook: Watching", *(f"Go to {place.words}" for place in KEYED)} <= set(offered)
        assert not {"Up", "Down", "Page up", "First", "Open", "Letter"} & set(offered)  # nobody looks for these
        assert not [words for words in offered if words.startswith("Profile: ")]  # there is no other one
        await driver.press("ctrl+p")
        await driver.type("go to set")
        await driver.pilot.pause(0.3)
        await driver.press("enter")
        await driver.until(lambda: driver.says("Synchronisation of home"), "the settings")


async def test_words_of_a_name_filter_the_list(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("F")
        await driver.until(lambda: driver.app.screen.query("#text"), "the dialog")
        driver.app.screen.query_one("#text", Input).value = "nosfer"
        driver.app.screen.query_one("#text").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.says("“nosfer”") and 0 < driver.list.total < 10, "the chip and few titles")
        assert all("nosfer" in title.casefold() for title in driver.cells())


@pytest.mark.parametrize(
    "text", [None, "", "null", "[]", "{", '{"sort": "colour"}', '{"year_from": "1990", "favourites": 3}', '{"x": 1}']
)
def test_a_kept_place_that_makes_no_sense_is_the_beginning(text: str | None) -> None:
    assert ListState.from_json(text) == ListState()


def test_a_place_is_kept_and_read_back() -> None:
    state = ListState(
        category="7",
        category_name="Drama",
        sort="rating",
        descending=True,
        genre="War",
        year_from=1920,
        year_to=1939,
        min_rating=6.5,
        favourites=True,
        catchup=True,
        text="x",
        row_key="12",
    )
    assert ListState.from_json(state.to_json()) == state
    assert [name for name, _words in state.chips] == ["favourites", "catchup", "genre", "year", "min_rating", "text"]


def test_chips_are_taken_off_one_by_one() -> None:
    state = ListState(genre="War", year_from=1920, year_to=1939, favourites=True)
    for name, _words in state.chips:
        state = state.without(name)
    assert state == ListState()


def test_a_column_sorts_the_best_first_and_then_the_other_way_round() -> None:
    by_year = ListState().sorted_by("year")
    assert (by_year.sort, by_year.descending) == ("year", True)
    assert by_year.sorted_by("year").descending is False
    assert ListState(sort="year").sorted_by("name") == ListState(sort="name")


def test_a_chosen_category_is_shown_even_when_it_is_hidden() -> None:
    state = replace(ListState(), category="5")
    assert state.query(Kind.MOVIE, hidden_categories=["5", "6"]).excluded_categories == ("6",)


async def test_the_palette_finds_titles_too_also_misspelt_ones(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        name = driver.cells()[3]
        await driver.press("ctrl+p")
        misspelt = name[:3] + name[4:] if len(name) > 6 else name
        await driver.type(misspelt.lower())
        await driver.until(lambda: driver.says(name), "the title")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, TitlePage), "its page")
        await driver.until(lambda: (ref := driver.app.screen.query_one(Details).ref) and ref.name == name, "the title")


async def test_the_palette_leads_to_a_category_from_any_screen(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        chosen = max(await driver.active.library.categories(Kind.MOVIE), key=lambda category: category.count)
        await driver.go("settings")
        await driver.press("ctrl+p")
        await driver.type(chosen.name.lower()[:18])
        await driver.sees(f"Category: {chosen.name}")
        await driver.press("enter")
        await driver.until(
            lambda: driver.app.current_mode == "movies" and driver.list.total == chosen.count, "its list"
        )


async def test_the_palette_changes_the_theme_and_keeps_it(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("ctrl+p")
        await driver.type("theme: paper")
        await driver.sees("Theme: Paper")
        await driver.press("enter")
        await driver.until(lambda: driver.app.theme == "paper", "the theme")
        await driver.until(lambda: load_app_settings(paths).theme == "paper", "the setting")


async def test_a_palette_without_a_library_offers_no_titles(tmp_path: Path) -> None:
    async with running(Paths.under(tmp_path)) as driver:
        hits = [hit async for hit in TitleCommands(driver.app.screen).search("metropolis")]
        assert hits == []


def _is_at(driver: Driver, screen_id: str) -> bool:
    return driver.app.current_mode == screen_id


async def test_what_a_key_does_somewhere_stands_in_the_help_there(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        for place in KEYED:
            await driver.app.action_go(place.id)  # in the search box figures are letters
            await driver.until(partial(_is_at, driver, place.id), place.words)
            await driver.pilot.pause()
            live = [active for active in driver.app.screen.active_bindings.values() if active.binding.id]
            works = {active.binding.description for active in live if active.enabled and active.binding.tooltip}
            sections = help_sections(driver.app, driver.app.screen.active_bindings)
            tooltips = {active.tooltip for active in live if active.enabled and active.binding.tooltip}
            helped = {words for _title, rows in sections for _keys, words in rows}
            assert len(works) > 8 and tooltips <= helped, place


async def test_the_palette_says_that_it_finds_titles_too_and_opens_once(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.press("ctrl+p")
        await driver.sees("a title …")
        await driver.press("ctrl+p", "escape")
        await driver.until(lambda: not driver.says("a title …"), "the palette closed")


async def test_letters_after_a_colon_are_a_command_and_figures_a_row(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("colon", "5", "enter")
        await driver.until(lambda: driver.list.cursor == 4, "the fifth row")
        await driver.press("colon", "g", "o")
        await driver.sees("Go to Channels")
        assert driver.app.screen.query_one(CommandInput).value == "go"
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, Palette), "the palette closed")
        await driver.press("colon", "G", "o")  # without a number a capital G is a letter
        await driver.sees("Go to Channels")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, Palette), "the palette closed")
        await driver.press("j")
        await driver.until(lambda: driver.list.cursor == 5, "the keys are the list's again")


@pytest.mark.parametrize("first", ["ctrl+p", "colon"])
async def test_keys_of_one_burst_land_in_the_palette(paths: Paths, first: str) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        for key, character in ((first, None), ("g", "g"), ("o", "o"), ("space", " "), ("t", "t"), ("o", "o")):
            driver.app.post_message(Key(key, character))
        await driver.until(lambda: driver.app.screen.query(CommandInput), "the palette")
        box = driver.app.screen.query_one(CommandInput)
        await driver.until(lambda: box.value == "go to", "every letter, in order")


@pytest.mark.parametrize(
    ("place", "leads"), [("movies", True), ("favourites", True), ("history", False), ("search", False)]
)
async def test_a_letter_is_a_key_only_where_it_leads_somewhere(paths: Paths, place: str, leads: bool) -> None:
    async with running(paths) as driver:
        await driver.app.action_go(place)
        await driver.until(lambda: driver.app.current_mode == place, place)
        if place == "search":
            await driver.type("kid")
            await driver.sees("The Kid  ")
            await driver.press("down")
        driver.app.screen.set_focus(driver.list)
        await driver.pilot.pause()
        live = {active.binding.id for active in driver.app.screen.active_bindings.values() if active.enabled}
        assert "list.top" in live and ("list.letter" in live) == leads


async def test_a_colon_elsewhere_opens_the_palette(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.app.action_go("settings")
        await driver.sees("Synchronisation of home")
        await driver.press("colon")
        await driver.sees("a title …")
