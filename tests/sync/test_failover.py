"""Several addresses of one account: the next is tried when one can't be reached, and no other is ever asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.refusing_panel import RefusingPanel
from tests.support.servers import dead_address, silent_server, web_page
from tui_app.catalog import Kind
from tui_app.errors import SettingsError
from tui_app.events import SyncFinished
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.sync import ask_account, fetch_item_details, item_url, run_sync
from tui_app.sync.channel_epg import ChannelGuides

pytestmark = pytest.mark.usefixtures("no_pauses")
PASSWORD = "s3cret-W0rd-9"


class Mirror(RefusingPanel):
    """A panel that knows HTTP validators, as mirrors of one panel may do."""

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str | None], bytes]:
        status, more, body = super().answer(asked, headers)
        if asked.get("action") == "get_vod_streams":
            self.was_conditional = "if-none-match" in headers
            if self.was_conditional:
                return 304, {"ETag": '"1"'}, b""
            more = {**more, "ETag": '"1"'}
        return status, more, body


@pytest.fixture
def panel() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.under(tmp_path).ensure()


def add(paths: Paths, *addresses: str) -> None:
    profile = Profile("home", addresses[0], "me", "file", also_urls=addresses[1:])
    profile = replace(profile, connect_timeout_s=1, first_byte_timeout_s=1, read_timeout_s=1)
    ProfileStore(paths).add(profile, PASSWORD)


def sync(paths: Paths) -> SyncFinished:
    return asyncio.run(run_sync(paths, "home"))


def used(paths: Paths) -> str:
    return ProfileStore(paths).get("home").address


@pytest.mark.parametrize("fault", ["dead", "silent", "a web page", "503", "half of one"])
def test_a_sync_goes_on_at_the_next_address(paths: Paths, panel: Mirror, fault: str) -> None:
    with ExitStack() as servers:
        unreachable: dict[str, Callable[[], str]] = {
            "dead": dead_address,
            "silent": lambda: servers.enter_context(silent_server()),
            "a web page": lambda: servers.enter_context(web_page()),
            "503": lambda: servers.enter_context(web_page(b"busy", status=503)),
            "half of one": lambda: servers.enter_context(web_page(b'{"user_info": {"auth": 1')),
        }
        add(paths, unreachable[fault](), panel.url)
        finished = sync(paths)
    assert (finished.status, finished.report.movies.total) == ("completed", 50), finished.message
    assert used(paths) == panel.url
    assert item_url(paths, "home", Kind.MOVIE, "1001").startswith(panel.url)


def test_the_first_address_is_used_again_when_it_answers(paths: Paths, panel: Mirror) -> None:
    with Mirror() as first:
        add(paths, first.url, panel.url)
        first.refused[""] = 503
        assert sync(paths).status == "completed"
        assert (used(paths), first.requests.count("get_vod_streams")) == (panel.url, 0)
        del first.refused[""]
        assert sync(paths).status == "completed"
        assert (used(paths), panel.requests.count("get_vod_streams")) == (first.url, 1)


def test_a_list_of_another_address_is_never_taken_for_the_stored_one(paths: Paths, panel: Mirror) -> None:
    """Two mirrors may send one ETag for two lists."""
    with Mirror() as first:
        add(paths, first.url, panel.url)
        sync(paths)
        sync(paths)
        assert first.was_conditional
        panel.movies[0]["name"] = "Another Film"
        first.refused[""] = 503
        finished = sync(paths)
    assert not panel.was_conditional
    assert finished.report.movies.changed == 1


def test_a_refused_login_is_an_answer(paths: Paths, panel: Mirror) -> None:
    with Mirror() as first:
        first.login = {"user_info": {"auth": 0}}
        add(paths, first.url, panel.url)
        finished = sync(paths)
    assert finished.exit_code == 4
    assert panel.requests == []


def test_what_nobody_answers_is_told_of_the_first(paths: Paths) -> None:
    with web_page() as lying:
        add(paths, dead_address(), lying)
        finished = sync(paths)
    assert (finished.status, finished.exit_code) == ("failed", 6)


def test_details_accounts_and_guides_go_on_as_well(paths: Paths, panel: Mirror) -> None:
    panel.answers["get_vod_info"] = lambda query: {"info": {"plot": "Found here."}}
    panel.answers["get_short_epg"] = lambda query: {"epg_listings": []}
    with Mirror() as first:
        add(paths, first.url, panel.url)
        sync(paths)
        assert used(paths) == first.url
    # the first one is gone
    assert asyncio.run(fetch_item_details(paths, "home", Kind.MOVIE, "1001")).details.plot == "Found here."  # type: ignore[union-attr]
    assert used(paths) == panel.url

    asyncio.run(fetch_guide_of(paths, str(panel.channels[0]["stream_id"])))
    assert "get_short_epg" in panel.requests
    assert asyncio.run(ask_account(paths, "home")).status.casefold() == "active"


async def fetch_guide_of(paths: Paths, channel: str) -> None:
    guides = ChannelGuides(paths, "home")
    try:
        await guides.fetch_now(channel)
    finally:
        await guides.close()


def test_an_address_that_is_no_longer_listed_is_not_used(paths: Paths, panel: Mirror) -> None:
    first = dead_address()
    add(paths, first, panel.url)
    sync(paths)
    profiles = ProfileStore(paths)
    profiles.update(replace(profiles.get("home"), also_urls=()))
    panel.requests.clear()
    assert (used(paths), item_url(paths, "home", Kind.MOVIE, "1001").startswith(first)) == (first, True)
    assert sync(paths).exit_code == 6
    assert panel.requests == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('also_urls = "http://x.example"', "also_urls must be a list"),
        ('also_urls = ["ftp://x.example"]', "url must be the address of a server"),
        ('also_urls = ["http://u:p@x.example"]', "must not hold a user name"),
        ('also_urls = ["http://a.example"]', "also_urls must not repeat an address"),
    ],
)
def test_bad_addresses_are_refused(paths: Paths, line: str, words: str) -> None:
    paths.profiles_file.write_text(f'[profiles.home]\nurl = "http://a.example"\nusername = "u"\n{line}\n')
    with pytest.raises(SettingsError) as found:
        ProfileStore(paths).get("home")
    assert words in str(found.value)


def test_addresses_are_kept_in_the_file_and_hold_no_secret(paths: Paths, panel: Mirror) -> None:
    add(paths, dead_address(), panel.url)
    sync(paths)
    assert ProfileStore(paths).get("home").also_urls == (panel.url,)
    files = [path for path in paths.config.parent.rglob("*.toml") if path != paths.secrets_file]
    written = "".join(path.read_text() for path in files)
    assert panel.url in written and PASSWORD not in written
