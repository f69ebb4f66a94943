"""Profiles: the first one, another one, switching, refusals in plain words, removing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from tests.screens.conftest import add_profile
from tests.screens.driving import PROFILE, SMALL, USUAL, Driver, running
from tests.support.fault_panel import FaultPanel, status
from tui_app.catalog import LISTED_KINDS, Kind, Mark
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.sync.lock import SyncLock
from tui_app.sync.panel import building_clients
from tui_app.widgets.paged_list import PagedList
from tui_app.xtream.client import PanelClient


def field(driver: Driver, name: str) -> Input:
    return driver.app.screen.query_one(f"#{name}", Input)


def link(panel: DemoPanel, password: str | None = None) -> str:
    return f"{panel.url}/get.php?username={panel.username}&password={password or panel.password}&type=m3u_plus"


@pytest.mark.parametrize("size", [USUAL, SMALL], ids=str)
async def test_a_new_installation_leads_from_a_pasted_link_to_a_filled_list(
    tmp_path_factory: pytest.TempPathFactory, panel: DemoPanel, size: tuple[int, int]
) -> None:
    paths = Paths.under(tmp_path_factory.mktemp("new"))
    async with running(paths, size) as driver:
        await driver.until(lambda: driver.says("Welcome to xtream-tui"), "the welcome")
        if size == USUAL:
            await driver.press("enter")
            await driver.until(lambda: driver.app.screen.query("#link"), "the dialog")
        driver.app.post_message(events.Paste(f"Hello,\nyour list: {link(panel)}\nEnjoy"))
        await driver.until(lambda: driver.app.screen.query("#link"), "the dialog, which a paste opens too")
        await driver.until(lambda: field(driver, "password").value == panel.password, "the fields filled")
        assert field(driver, "link").value == panel.url  # the secret left the visible field
        assert panel.password not in driver.seen()
        field(driver, "name").value = "mine"
        field(driver, "name").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.app.app_state.active is not None, "the profile")
        await driver.sees("Which of these do you want?")
        assert driver.active.stats is not None and driver.active.stats.is_empty  # nothing but the categories
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen.query(PagedList), "a list")
        await driver.until(lambda: driver.list.total == 60, "the channels, synced by themselves")
        await driver.until(lambda: not driver.app.app_state.is_syncing, "the end of the sync")
    stored = ProfileStore(paths).get("mine")
    assert stored.account is not None and stored.account.status == "active"


async def test_only_the_chosen_languages_of_a_new_account_are_fetched(tmp_path: Path, panel: DemoPanel) -> None:
    async with running(Paths.under(tmp_path), first_screen="home") as driver:
        await driver.until(lambda: driver.says("Welcome to xtream-tui"), "the welcome")
        driver.app.post_message(events.Paste(link(panel)))
        await driver.until(lambda: driver.app.screen.query("#link"), "the dialog")
        await driver.until(lambda: field(driver, "password").value == panel.password, "the fields filled")
        await driver.press("enter")
        await driver.sees("Which of these do you want?", "[X] EN", "[X] Everything else")
        await driver.press("minus", "enter")
        await driver.sees("Tick at least one")
        while driver.list.row is None or driver.list.row.key != "group en":
            await driver.press("down")
        await driver.press("space")
        async with driver.a_sync():
            await driver.press("enter")
        found = {kind: await driver.active.library.categories(kind) for kind in LISTED_KINDS}
        filled = {one.name.partition(" ")[0] for of_kind in found.values() for one in of_kind if one.count}
        assert "EN" in filled and not filled & {"CLASSICS", "UK", "FR"}


async def test_a_refused_login_says_why_and_keeps_nothing(paths: Paths, shared_panel: DemoPanel) -> None:
    secrets = paths.secrets_file.read_bytes()
    async with running(paths) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("a")
        await driver.until(lambda: driver.app.screen.query("#link"), "the dialog")
        field(driver, "link").value = link(shared_panel, "wrong-password")
        field(driver, "name").value = "other"
        field(driver, "name").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.problem() and "Testing" not in driver.problem(), "the reason")
        assert "wrong-password" not in driver.seen()
        assert driver.app.focused is field(driver, "password")
        await driver.type("right")
        assert field(driver, "password").value == "right"
    assert [profile.name for profile in ProfileStore(paths).list()] == [PROFILE]
    assert paths.secrets_file.read_bytes() == secrets


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Paste the link"),
        ({"link": "panel.example"}, "User name and password"),
        ({"link": "http://x.example/list.m3u"}, "This is a playlist, not a panel login"),
        ({"link": "http://127.0.0.1:9", "username": "u", "password": "p", "name": PROFILE}, "already"),
        ({"link": "http://127.0.0.1:9", "username": "u", "password": "p", "name": "x"}, "127.0.0.1"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_in_the_dialog(paths: Paths, fields: dict[str, str], words: str) -> None:
    async with running(paths) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("a")
        await driver.until(lambda: driver.app.screen.query("#link"), "the dialog")
        for name, value in fields.items():
            field(driver, name).value = value
        field(driver, "link").focus()
        await driver.press("enter")
        await driver.until(lambda: words in driver.problem(), words, 20)


async def test_a_link_typed_letter_by_letter_is_read_when_the_field_is_left(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_adding(driver)
        for char in "http://h.example:8080/get.php?username=bob&password=hunter2":
            driver.app.post_message(events.Key("x", char))
        await driver.until(lambda: field(driver, "link").value.endswith("hunter2"), "all of the link")
        assert (field(driver, "username").value, field(driver, "password").value) == ("", "")
        await driver.press("tab")
        await driver.until(lambda: field(driver, "password").value == "hunter2", "the fields filled")
        assert (field(driver, "link").value, field(driver, "username").value) == ("http://h.example:8080", "bob")
        assert field(driver, "name").value == "h"


async def test_another_link_replaces_what_the_first_one_filled_in(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_adding(driver)
        driver.app.post_message(events.Paste("http://one.example/live/bob/hunter2/1.ts"))
        await driver.until(lambda: field(driver, "username").value == "bob", "the first")
        driver.app.post_message(events.Paste("http://two.example/playlist/eve/secret/m3u_plus"))
        await driver.until(lambda: field(driver, "username").value == "eve", "the second")
        values = [field(driver, name).value for name in ("link", "password", "name")]
        assert values == ["http://two.example", "secret", "two"]
        for char in "http://three.example/u/p/7.ts":  # typed behind it
            driver.app.post_message(events.Key("x", char))
        await driver.press("tab")
        await driver.until(lambda: field(driver, "link").value == "http://three.example", "the third")
        assert field(driver, "password").value == "p"


async def test_a_link_pasted_into_a_known_profile_fills_its_fields(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("e")
        await driver.until(lambda: driver.app.screen.query("#url"), "the dialog")
        field(driver, "url").focus()
        await driver.pilot.pause()
        driver.app.post_message(events.Paste("http://two.example/eve/secret/7.ts"))
        await driver.until(lambda: field(driver, "password").value == "secret", "the fields filled")
        assert (field(driver, "url").value, field(driver, "username").value) == ("http://two.example", "eve")


async def test_other_addresses_of_an_account_are_tested_and_stored(paths: Paths) -> None:
    url = ProfileStore(paths).get(PROFILE).url
    async with running(paths) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("e")
        await driver.until(lambda: driver.app.screen.query("#also_urls"), "the dialog")
        field(driver, "also_urls").value = f"{url}, two.example:8080/get.php?username=eve&password=hunter2"
        field(driver, "also_urls").focus()
        await driver.press("enter")
        await driver.until(lambda: "must not repeat an address" in driver.problem(), "the problem")
        field(
            driver, "also_urls"
        ).value = "two.example:8080/get.php?username=eve&password=hunter2 https://three.example"
        await driver.press("enter")
        await driver.until(lambda: not driver.app.screen.query("#also_urls"), "the end of the dialog")
    assert ProfileStore(paths).get(PROFILE).addresses == (url, "http://two.example:8080", "https://three.example")


async def at_adding(driver: Driver) -> None:
    await driver.go("profiles")
    await driver.until(lambda: driver.list.total == 1, "the profile")
    await driver.press("a")
    await driver.until(lambda: driver.app.screen.query("#link"), "the dialog")
    await driver.until(lambda: driver.app.focused is field(driver, "link"), "the focus")


async def test_switching_is_instant_and_shows_only_the_other_library(paths: Paths, panel: DemoPanel) -> None:
    add_profile(paths, panel, "second")
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 2, "two profiles")
        await driver.press("end", "enter")
        await driver.until(lambda: driver.says("The library of “second” is empty"), "the other profile's offer")
        await driver.press("escape", "2")
        await driver.until(
            lambda: driver.says("r starts the first sync") and driver.list.total == 0, "nothing of the first"
        )
        await driver.go("profiles")
        await driver.press("home", "enter")
        await driver.until(lambda: driver.app.app_state.is_active(PROFILE), "back")
        await driver.press("2")
        await driver.until(lambda: driver.list.total == 150, "the first one's movies")
    current = ProfileStore(paths).current()
    assert current is not None and current.name == PROFILE


async def test_removing_says_what_goes_and_the_last_one_leads_to_the_welcome(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("delete")
        await driver.until(lambda: driver.says("the copy of 240 items"), "what goes")
        await driver.press("enter")  # the harmless answer has the focus
        await driver.pilot.pause(0.1)
        assert ProfileStore(paths).list()
        await driver.press("delete")
        await driver.until(lambda: driver.says("the copy of 240 items"), "what goes")
        await driver.press("left", "enter")
        await driver.until(lambda: driver.says("Welcome to xtream-tui"), "the welcome")
    assert not ProfileStore(paths).list()
    assert not paths.library_db(PROFILE).exists()


async def test_a_login_is_tested_from_the_list(paths: Paths) -> None:
    async with running(paths) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("t")
        await driver.until(lambda: "The login works" in driver.toasts(), "the answer")


async def test_favourites_of_one_profile_are_not_the_others(paths: Paths, panel: DemoPanel) -> None:
    add_profile(paths, panel, "second")
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press("f")
        await driver.until(lambda: driver.list.row is not None and driver.list.row.marks, "the star")
        library = driver.active.library
        await driver.app.app_state.open_profile("second")
        other = driver.active.library
        assert other is not library
        from tui_app.catalog import Mark

        assert not await other.marks.ids(Kind.MOVIE, Mark.FAVOURITE)


@pytest.mark.parametrize(("key", "address"), [("a", "link"), ("e", "url")], ids=["add", "edit"])
async def test_a_wait_that_the_server_asks_for_is_said_and_escape_stops_it(
    paths: Paths, shared_panel: DemoPanel, key: str, address: str
) -> None:
    with FaultPanel(shared_panel) as busy, building_clients(PanelClient):
        busy.faults["login"] = status(429, retry_after="40")
        login = f"/get.php?username={busy.demo.username}&password={busy.demo.password}"
        async with running(paths) as driver:
            await driver.go("profiles")
            await driver.until(lambda: driver.list.total == 1, "the profile")
            await driver.press(key)
            await driver.until(lambda: driver.app.screen.query(f"#{address}"), "the dialog")
            field(driver, address).value = busy.url + (login if address == "link" else "")
            field(driver, address).focus()
            await driver.press("enter")
            await driver.until(lambda: driver.says("The server asks to wait 40 seconds"), "the wait")
            began = time.monotonic()
            await driver.press("escape")
            await driver.until(lambda: not driver.app.screen.query(f"#{address}"), "the end of the dialog")
            assert time.monotonic() - began < 10
    assert ProfileStore(paths).names() == (PROFILE,)


async def test_a_profile_is_renamed_in_the_app_and_everything_follows(paths: Paths) -> None:
    async with running(paths, USUAL) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        await driver.press("f")
        await driver.until(lambda: "★" in driver.seen(), "the mark")
        before = await driver.active.library.marks.ids(Kind.MOVIE, Mark.FAVOURITE)
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("e")
        await driver.until(lambda: driver.app.screen.query("#url"), "the dialog")
        assert driver.app.focused is field(driver, "name")
        field(driver, "name").value = "x/y"
        await driver.press("enter")
        await driver.until(lambda: driver.problem(), "a name no profile can have")
        field(driver, "name").value = "parents"
        await driver.press("enter")
        await driver.until(lambda: driver.app.app_state.is_active("parents"), "the new name")
        await driver.until(lambda: driver.list.row is not None and driver.list.row.key == "parents", "the list")
        await driver.go("movies")
        await driver.until(lambda: "★" in driver.seen() and "parents" in driver.seen(), "the mark under the new name")
        assert before == await driver.active.library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) != set()
    assert [profile.name for profile in ProfileStore(paths).list()] == ["parents"]
    assert paths.library_db("parents").exists() and not paths.library_db(PROFILE).exists()
    assert ProfileStore(paths).passwords.read(ProfileStore(paths).get("parents"))


async def test_a_profile_in_use_keeps_its_name_and_stays_on_the_screen(paths: Paths) -> None:
    with SyncLock(paths.sync_lock(PROFILE), PROFILE):
        async with running(paths, USUAL) as driver:
            await driver.go("settings")
            await driver.until(lambda: driver.app.screen.query("#connection"), "the button")
            await driver.app.run_action("screen.connection")
            await driver.until(lambda: driver.app.screen.query("#name"), "the dialog")
            field(driver, "name").value = "parents"
            field(driver, "name").focus()
            await driver.press("enter")
            await driver.until(lambda: PROFILE in driver.toasts(), "why not")
            await driver.go("movies")
            await driver.rows_shown()
            assert driver.app.app_state.is_active(PROFILE)
