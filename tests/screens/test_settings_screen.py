"""Settings: saved the moment they change, visibly; the cache's figures and what can be done to it; themes."""

from __future__ import annotations

import tomllib

import pytest
from textual.widgets import Static

from tests.screens.driving import PROFILE, SMALL, USUAL, Driver, running
from tui_app.paths import Paths
from tui_app.screens.facts import account_words
from tui_app.settings import KnownAccount, ProfileStore, SyncSettings, load_app_settings


def saved(driver: Driver) -> str:
    return str(driver.app.screen.query_one("#saved", Static).content)


async def at_settings(driver: Driver) -> None:
    await driver.rows_shown()
    await driver.press("5")
    await driver.until(lambda: driver.says(f"Synchronisation of {PROFILE}"), "the settings")
    await driver.until(lambda: driver.says("complete, just now"), "the figures")


async def test_a_change_is_saved_at_once_and_visibly(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await at_settings(driver)
        driver.app.screen.query_one("#automatic").focus()
        await driver.press("space")
        await driver.until(lambda: driver.says("Saved at"), "the word")
        assert not ProfileStore(paths).get_sync_settings(PROFILE).automatic
        await driver.press("down", "right")
        await driver.until(lambda: ProfileStore(paths).get_sync_settings(PROFILE).interval_hours == 24, "24 hours")


async def test_the_last_kind_can_not_be_taken_away_and_the_reason_is_said(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_settings(driver)
        for kind in ("channel", "movie", "series"):
            driver.app.screen.query_one(f"#kind-{kind}").focus()
            await driver.press("space")
            await driver.pilot.pause(0.1)
        await driver.until(lambda: "at least one" in saved(driver), "the reason")
        assert len(ProfileStore(paths).get_sync_settings(PROFILE).kinds) == 1


async def test_one_key_restores_the_defaults(paths: Paths) -> None:
    ProfileStore(paths).save_sync_settings(PROFILE, SyncSettings(automatic=False, interval_hours=48, notify=False))
    async with running(paths) as driver:
        await at_settings(driver)
        await driver.press("f9")
        await driver.until(lambda: ProfileStore(paths).get_sync_settings(PROFILE) == SyncSettings(), "the defaults")
        await driver.until(lambda: driver.says("every 12 h"), "shown too")


async def test_a_file_broken_by_hand_is_reported_and_left_alone(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_settings(driver)
        paths.profiles_file.write_text("this is = = not TOML")
        driver.app.screen.query_one("#automatic").focus()
        await driver.press("space")
        await driver.until(lambda: "Not saved" in saved(driver), "the report")
        assert paths.profiles_file.read_text() == "this is = = not TOML"


async def test_clearing_the_cache_asks_keeps_favourites_and_names_the_next_step(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("f")
        await driver.until(lambda: driver.list.row is not None and driver.list.row.marks, "a favourite")
        await at_settings(driver)
        driver.app.screen.query_one("#clear").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.says("Remove the copy of 240 items?"), "the question")
        await driver.press("enter")  # the harmless answer has the focus
        await driver.until(lambda: not driver.says("Remove the copy"), "the settings again")
        await driver.until(lambda: not driver.app.screen.query(".-active"), "the button at rest")
        assert driver.app.house.stats is not None and not driver.app.house.stats.is_empty
        driver.app.screen.query_one("#clear").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.says("Remove the copy"), "the question")
        await driver.press("left", "enter")
        await driver.until(
            lambda: driver.app.house.stats is not None and driver.app.house.stats.is_empty, "it is empty"
        )
        await driver.until(lambda: "r fetches everything again" in driver.toasts(), "the next step")
        await driver.press("2")
        await driver.until(lambda: driver.says("r starts the first sync"), "the sentence")
        await driver.press("r")
        await driver.until(lambda: driver.list.total == 150, "everything again", 30)
        assert driver.list.row is not None and driver.list.row.marks == "★"
        await driver.until(lambda: not driver.app.house.is_syncing, "the end", 30)


async def test_themes_show_while_choosing_and_are_kept_on_enter_only(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.rows_shown()
        before = driver.app.theme
        await driver.press("ctrl+t", "down")
        await driver.until(lambda: driver.app.theme != before, "the preview")
        await driver.press("escape")
        await driver.until(lambda: driver.app.theme == before, "the theme before")
        await driver.press("ctrl+t", "end", "enter")
        await driver.until(lambda: paths.settings_file.exists(), "the setting")
        await driver.until(lambda: load_app_settings(paths).theme == driver.app.theme, "the kept theme")
        assert tomllib.loads(paths.settings_file.read_text())["theme"] == driver.app.theme
        kept = driver.app.theme
    async with running(paths) as driver:
        assert driver.app.theme == kept


async def test_a_bad_theme_of_the_user_is_named_and_kills_nothing(paths: Paths) -> None:
    paths.themes_folder.mkdir(parents=True)
    (paths.themes_folder / "mine.toml").write_text('name = "mine"\nprimary = "no colour; }"\n')
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.until(lambda: "mine.toml" in driver.toasts(), "the report")


async def test_keys_of_the_user_replace_the_defaults(paths: Paths) -> None:
    paths.settings_file.write_text('[keys]\n"library.sort" = "o"\n"no.such" = "p"\n')
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("o")
        await driver.until(lambda: driver.says("by name"), "the order")
        assert "no.such" in driver.toasts()


async def test_arrows_lead_through_all_fields_also_where_they_do_not_fit(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        await driver.press("5")
        await driver.until(lambda: driver.app.focused is not None, "a field")
        seen = set()
        for _ in range(22):
            field = driver.app.focused
            assert field is not None
            await driver.until(lambda field=field: field.is_on_screen, "in sight")
            seen.add(field.id)
            await driver.press("down")
        assert {"automatic", "interval_hours", "kind-movie", "categories", "sync", "clear", "theme", "app-bell"} <= seen


async def test_the_account_says_until_when_and_how_many_connections(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.press("5")
        await driver.until(lambda: driver.says("Active until 20") and driver.says("1 connection"), "the account")


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (None, "Not logged in yet"),
        (KnownAccount("active", None, None, "", 940), "Active, no end date · checked 1 min ago"),
        (KnownAccount("active", 86_400 * 365, 2, "UTC", 1_000), "Active until 1971-01-01 · 2 connections · UTC"),
        (KnownAccount("active", 90, 1, "UTC", 80), "Expired since 1970-01-01 · 1 connection"),
        (KnownAccount("banned", 90, 1, "UTC", 80), "Banned · 1 connection"),
    ],
)
def test_accounts_in_words(account: KnownAccount | None, words: str) -> None:
    assert account_words(account, 1_000).startswith(words)


async def test_an_unknown_theme_is_named_and_another_one_shown(paths: Paths) -> None:
    paths.settings_file.write_text('theme = "nope"')
    async with running(paths) as driver:
        await driver.until(lambda: "There is no theme “nope”" in driver.toasts(), "the report")
        await driver.rows_shown()
