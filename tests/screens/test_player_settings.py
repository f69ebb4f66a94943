"""The player is chosen in the settings; what can't be a command or an argument is refused where it is typed."""

from __future__ import annotations

from tests.screens.driving import USUAL, Driver, running
from tui_app.paths import Paths
from tui_app.settings import load_app_settings


async def to_field(driver: Driver, id_: str) -> None:
    await driver.go("settings")
    await driver.until(lambda: driver.app.focused is not None, "a field")
    driver.app.screen.set_focus(driver.app.screen.query_one(f"#{id_}"))


async def test_player_and_next_episode_are_saved_when_they_change(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await to_field(driver, "app-player")
        await driver.press("right", "right")
        await driver.until(lambda: load_app_settings(paths).player == "vlc", "the player")
        await to_field(driver, "app-autoplay_next")
        await driver.press("space")
        await driver.until(lambda: load_app_settings(paths).autoplay_next, "the next episode")


async def test_a_command_is_typed_and_one_that_can_not_be_is_refused_in_words(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await to_field(driver, "app-player_command")
        await driver.press("enter")
        await driver.until(lambda: driver.says("Enter saves"), "the dialog")
        await driver.type("mpv {file")
        await driver.press("right_curly_bracket", "enter")
        await driver.until(lambda: "must not hold {file}" in driver.problem(), "the problem")
        await driver.press(*["backspace"] * 6)
        await driver.type("--playlist=-")
        await driver.press("enter")
        await driver.until(lambda: load_app_settings(paths).player_command == "mpv --playlist=-", "the command")
        await driver.until(lambda: driver.says("mpv --playlist=- …"), "the field")


async def test_arguments_that_would_cut_the_line_to_the_player_are_refused(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await to_field(driver, "app-player_arguments")
        await driver.press("enter")
        await driver.until(lambda: driver.says("Enter saves"), "the dialog")
        await driver.type("--idle=no")
        await driver.press("enter")
        await driver.until(lambda: "speaks to the player" in driver.problem(), "the problem")
        await driver.press("escape")
        assert load_app_settings(paths).player_arguments == ""
