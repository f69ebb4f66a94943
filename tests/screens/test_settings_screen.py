"""Settings: saved the moment they change, visibly; the cache's figures and what can be done to it; themes."""

from __future__ import annotations

import time
import tomllib
from dataclasses import replace
from functools import partial

import pytest
from textual.widgets import Input, Static

from tests.screens.driving import PROFILE, SMALL, USUAL, Driver, running
from tui_app.catalog import Account, Kind, PartState
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.screens.status_words import account_warning, account_words, due_words, outcome_words
from tui_app.services.network import Connection, Seen
from tui_app.services.sync_policy import Due
from tui_app.settings import KnownAccount, ProfileStore, SyncSettings, load_app_settings
from tui_app.sync import run_sync
from tui_app.widgets.glyphs import glyphs


def saved(driver: Driver) -> str:
    """What the settings say of the last change; "" under a dialog."""
    lines = driver.app.screen.query("#saved").results(Static)
    return "".join(str(line.content) for line in lines)


async def at_settings(driver: Driver) -> None:
    await driver.rows_shown()
    await driver.go("settings")
    await driver.until(lambda: driver.says(f"Synchronisation of {PROFILE}"), "the settings")
    await driver.until(lambda: driver.says("complete, "), "the figures")


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


async def test_resetting_the_sync_settings_asks_keeps_the_categories_and_can_be_undone(paths: Paths) -> None:
    excluded = {Kind.MOVIE: ("3", "4")}
    mine = SyncSettings(automatic=False, interval_hours=48, notify=False, excluded_categories=excluded)
    store = ProfileStore(paths)
    store.save_sync_settings(PROFILE, mine)
    async with running(paths) as driver:
        await at_settings(driver)
        await driver.press("f9", "enter")  # the harmless answer has the focus
        assert store.get_sync_settings(PROFILE) == mine
        await driver.press("f9")
        await driver.sees(f"Reset sync settings of “{PROFILE}”?", "Excluded categories stay")
        await driver.press("left", "enter")
        await driver.until(
            lambda: store.get_sync_settings(PROFILE) == SyncSettings(excluded_categories=excluded), "the reset"
        )
        await driver.sees("12 h", "Press z to undo")
        await driver.press("z")
        await driver.until(lambda: store.get_sync_settings(PROFILE) == mine, "the settings of before")
        await driver.press("z")
        await driver.sees("There is nothing to undo")


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
        assert driver.active.stats is not None and not driver.active.stats.is_empty
        driver.app.screen.query_one("#clear").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.says("Remove the copy"), "the question")
        await driver.press("left", "enter")
        await driver.until(
            lambda: (active := driver.app.app_state.active) and active.stats and active.stats.is_empty, "it is empty"
        )
        await driver.until(lambda: "Press r to fetch everything again" in driver.toasts(), "the next step")
        await driver.press("2")
        await driver.until(lambda: driver.says("r starts the first sync"), "the sentence")
        await driver.press("r")
        await driver.until(lambda: driver.list.total == 150, "everything again")
        assert driver.list.row is not None and driver.list.row.marks == "★"
        await driver.until(lambda: not driver.app.app_state.is_syncing, "the end")


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
    paths.settings_file.write_text('[keys]\n"library.sort" = "Q"\n"no.such" = "p"\n')
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("Q")
        await driver.until(lambda: driver.says("Sort by"), "the menu of orders")
        assert "no.such" in driver.toasts()


async def test_arrows_lead_through_all_fields_also_where_they_do_not_fit(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        await driver.go("settings")
        await driver.until(lambda: driver.app.focused is not None, "a field")
        seen = set()
        for _ in range(30):  # more than there are fields
            field = driver.app.focused
            assert field is not None
            await driver.until(partial(getattr, field, "is_on_screen"), "in sight")
            seen.add(field.id)
            await driver.press("down")
        assert {"automatic", "interval_hours", "kind-movie", "categories", "sync", "clear", "theme", "app-bell"} <= seen


async def test_the_account_says_until_when_and_how_many_connections(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("settings")
        await driver.until(lambda: driver.says("Active until 20") and driver.says("1 connection"), "the account")


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (None, "Not logged in yet"),
        (KnownAccount("active", None, None, "", 940), "Active, no end date · checked 1 min ago"),
        (KnownAccount("active", 86_400 * 365, 2, "UTC", 1_000), "Active until 1971-01-01 · 2 connections · UTC"),
        (KnownAccount("active", 90, 1, "UTC", 80), "Expired on 1970-01-01 · 1 connection"),
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


# ------------------------------------------------------------------------------------------ every setting
async def test_an_interval_typed_into_the_file_is_shown_and_stays_until_another_is_chosen(paths: Paths) -> None:
    store = ProfileStore(paths)
    store.save_sync_settings(PROFILE, replace(store.get_sync_settings(PROFILE), interval_hours=7))
    async with running(paths) as driver:
        await at_settings(driver)
        await driver.until(lambda: driver.says("‹ 7 h ›"), "7 hours")
        driver.app.screen.query_one("#notify").focus()
        await driver.press("space")
        await driver.until(lambda: not store.get_sync_settings(PROFILE).notify, "saved")
        assert store.get_sync_settings(PROFILE).interval_hours == 7
        await driver.press("up", "up", "up", "right")
        await driver.until(lambda: store.get_sync_settings(PROFILE).interval_hours == 6, "6 hours")


async def test_settings_of_the_app_are_saved_at_once_too(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_settings(driver)
        for field in ("app-bell", "app-desktop_notifications", "app-scroll_by_jumps", "app-size_limit_mb"):
            driver.app.screen.query_one(f"#{field}").focus()
            await driver.press("space")
            await driver.until(lambda: "Saved at" in saved(driver), "the word")
        await driver.until(lambda: load_app_settings(paths).size_limit_mb == 4096, "the limit")
        stored = load_app_settings(paths)
        assert stored.bell and stored.desktop_notifications and stored.scroll_by_jumps
        await driver.until(lambda: driver.app.app_state.settings == stored, "known to the app")


async def test_quick_changes_are_saved_in_their_order(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_settings(driver)
        driver.app.screen.query_one("#interval_hours").focus()
        await driver.press("right", "right", "right", "right", "right", "right", "up", "space", "space", "space")
        wanted = replace(SyncSettings(), interval_hours=24, automatic=False)
        await driver.until(lambda: ProfileStore(paths).get_sync_settings(PROFILE) == wanted, "the last of them")
        await driver.pilot.pause(0.2)
        assert ProfileStore(paths).get_sync_settings(PROFILE) == wanted


async def test_a_click_changes_a_setting_and_the_help_says_what_it_is_for(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_settings(driver)
        await driver.pilot.click("#at_start")
        await driver.until(lambda: ProfileStore(paths).get_sync_settings(PROFILE).at_start, "saved")
        await driver.until(lambda: driver.says("Sync each time the app starts"), "the help")


async def test_what_the_settings_come_to_is_said_beside_them(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.screens.settings.screen.inspect_connection", lambda: Seen(Connection.UNKNOWN, "tun0"))
    async with running(paths, by_itself=True) as driver:
        await at_settings(driver)
        await driver.until(lambda: driver.says("next in 1"), "when the next sync is due")
        await driver.until(lambda: driver.says("now: unknown (tun0)"), "the connection")
        driver.app.screen.query_one("#unmetered_only").focus()
        await driver.press("space")
        await driver.until(lambda: driver.says("waits: unknown (tun0)"), "what follows")


async def test_settings_change_while_a_sync_runs(empty_paths: Paths) -> None:
    async with running(empty_paths, polite=True) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("enter")
        await driver.until(lambda: driver.app.app_state.is_syncing, "the sync")
        await driver.go("settings")
        driver.app.screen.query_one("#at_start").focus()
        await driver.press("space")
        await driver.until(lambda: ProfileStore(empty_paths).get_sync_settings(PROFILE).at_start, "saved")
        assert driver.app.app_state.is_syncing and driver.app.screen.query_one("#clear").disabled
        await driver.until(lambda: "categories" not in driver.bar and "%" in driver.bar, "lists on their way")
        await driver.press("x")
        await driver.until(lambda: not driver.app.app_state.is_syncing, "the end")
        await driver.until(lambda: driver.says("Cancelled, just now."), "the outcome")


# ----------------------------------------------------------------------------------------- files of people
async def test_a_broken_settings_file_is_named_and_left_alone_and_the_app_runs_on_defaults(paths: Paths) -> None:
    broken = 'theme = "nord"\nbell = maybe\n'
    paths.settings_file.write_text(broken)
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.until(lambda: "settings.toml" in driver.toasts() and "line 2" in driver.toasts(), "the place")
        await at_settings(driver)
        await driver.until(lambda: driver.says("line 2"), "said here too")
        driver.app.screen.query_one("#app-bell").focus()
        await driver.press("space")
        await driver.until(lambda: "Not saved" in saved(driver), "the refusal")
        assert paths.settings_file.read_text() == broken
        paths.settings_file.write_text("bell = true\n")
        await driver.app.background.each_minute()
        await driver.until(lambda: driver.app.app_state.settings.bell and not driver.app.app_state.troubles, "repaired")


async def test_a_bad_value_in_the_profiles_is_named_with_its_key_and_nothing_syncs_by_itself(paths: Paths) -> None:
    text = paths.profiles_file.read_text()
    async with running(paths, by_itself=True) as driver:
        await at_settings(driver)
        scheduler = driver.app.background.scheduler
        assert scheduler is not None
        paths.profiles_file.write_text(text.replace("interval_hours = 12", "interval_hours = 2"))
        await scheduler.look()
        await driver.app.background.each_minute()
        await driver.until(lambda: "interval_hours must be at least 6" in driver.toasts(), "the key")
        trouble = driver.app.screen.query_one("#trouble", Static)
        assert "interval_hours must be at least 6" in str(trouble.content) and trouble.display
        assert not driver.app.app_state.is_syncing
        paths.profiles_file.write_text(text)
        await scheduler.look()
        assert not driver.app.app_state.troubles


# ---------------------------------------------------------------------------------------------- connecting
async def at_connection(driver: Driver) -> None:
    await at_settings(driver)
    driver.app.screen.query_one("#connection").focus()
    await driver.press("enter")
    await driver.until(lambda: driver.app.screen.query("#user_agent"), "the dialog")


def field(driver: Driver, name: str) -> Input:
    return driver.app.screen.query_one(f"#{name}", Input)


async def test_user_agent_and_time_outs_are_changed_without_a_login(empty_paths: Paths, panel: DemoPanel) -> None:
    await run_sync(empty_paths, PROFILE)
    panel.stop()
    async with running(empty_paths) as driver:
        await at_connection(driver)
        field(driver, "user_agent").value = "Player/2.0"
        field(driver, "read_timeout_s").value = "soon"
        field(driver, "user_agent").focus()
        await driver.press("enter")
        await driver.until(lambda: "must be a number of seconds" in driver.problem(), "the reason")
        field(driver, "read_timeout_s").value = "0"
        await driver.press("enter")
        await driver.until(lambda: "must be more than 0" in driver.problem(), "the reason")
        field(driver, "read_timeout_s").value = "7,5"
        await driver.press("enter")
        await driver.until(lambda: "Saved at" in saved(driver), "the word")
    stored = ProfileStore(empty_paths).get(PROFILE)
    assert (stored.user_agent, stored.read_timeout_s, stored.connect_timeout_s) == ("Player/2.0", 7.5, 10)
    assert ProfileStore(empty_paths).passwords.read(stored) == panel.password


async def test_a_changed_login_is_tested_and_kept_only_when_it_works_or_on_demand(
    empty_paths: Paths, panel: DemoPanel
) -> None:
    store = ProfileStore(empty_paths)
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        await at_connection(driver)
        field(driver, "password").value = "wrong-password"
        field(driver, "password").focus()
        await driver.press("enter")
        await driver.until(lambda: "Nothing was changed" in driver.problem(), "the refusal")
        assert store.passwords.read(store.get(PROFILE)) == panel.password
        assert "wrong-password" not in driver.seen()
        driver.app.screen.query_one("#anyway").focus()
        await driver.press("enter")
        await driver.until(lambda: "Saved at" in saved(driver), "the word")
        assert store.passwords.read(store.get(PROFILE)) == "wrong-password"
        driver.app.screen.query_one("#connection").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen.query("#user_agent"), "the dialog")
        field(driver, "password").value = panel.password
        field(driver, "password").focus()
        await driver.press("enter")
        await driver.until(lambda: not driver.app.screen.query("#user_agent"), "tested and saved")
    assert store.passwords.read(store.get(PROFILE)) == panel.password


# ------------------------------------------------------------------------------------------------- outcomes
@pytest.mark.parametrize(
    ("account", "words"),
    [
        (None, ""),
        (KnownAccount("active", None, 1, "UTC", 0), ""),
        (KnownAccount("active", 8 * 86_400, 1, "UTC", 0), ""),
        (KnownAccount("active", 3 * 86_400, 1, "UTC", 0), "ends in 2 days"),
        (KnownAccount("active", 90_000, 1, "UTC", 0), "ends in 1 day"),
        (KnownAccount("active", 5_000, 1, "UTC", 0), "ends today"),
        (KnownAccount("active", 500, 1, "UTC", 0), "expired"),
        (KnownAccount("banned", None, 1, "UTC", 0), "banned"),
    ],
)
def test_what_every_screen_says_of_an_account(account: KnownAccount | None, words: str) -> None:
    assert account_warning(account, 1_000) == words


async def test_an_account_that_ends_soon_is_said_on_every_screen(paths: Paths) -> None:
    end = int(time.time()) + 3 * 86_400 + 60
    ProfileStore(paths).save_account(PROFILE, Account(expires=end), int(time.time()))
    async with running(paths) as driver:
        await driver.rows_shown()
        await driver.until(lambda: "account ends in 3 days" in driver.bar, "the bar")
        assert driver.seen().splitlines()[0].endswith(f"{glyphs().warning} home")
        await driver.go("profiles")
        await driver.until(lambda: driver.seen().count("ends in 3 days") >= 2, "the row too")
    async with running(paths, SMALL) as driver:
        await driver.rows_shown()
        assert driver.seen().splitlines()[0].endswith(f"{glyphs().warning} home")
        await driver.until(lambda: "account ends in 3 days" in driver.bar, "the bar")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (PartState("movies", "never"), "never synced"),
        (PartState("movies", "completed", 400, 400), "complete, 10 min ago"),
        (
            PartState("movies", "partial", 400, 100, "the list was cut short"),
            "partly, 10 min ago: the list was cut short",
        ),
        (PartState("movies", "cancelled", 990), "cancelled, just now"),
    ],
)
def test_outcomes_in_words(part: PartState, words: str) -> None:
    assert outcome_words(part, 1_000) == words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Due(False, None, "manual"), ""),
        (Due(False, None, "never synced"), "after the first sync"),
        (Due(True, 990, "interval"), "due now"),
        (Due(False, 1_000 + 7_200, "interval"), "next in 2 h"),
        (Due(False, 1_000 + 20, "retry"), "next try in 1 min"),
    ],
)
def test_when_the_next_sync_is_due_in_words(answer: Due, words: str) -> None:
    assert due_words(answer, 1_000) == words
