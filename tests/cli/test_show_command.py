"""One item in full, with and without the panel, and its stream address."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.cli.conftest import PASSWORD, USERNAME, add_profile
from tests.cli.invoke import Cli
from tui_app.catalog import Details, FullItem, Item, Kind, Programme
from tui_app.cli.item_view import print_title
from tui_app.demo import DemoPanel
from tui_app.store.library_store import LibraryStore

TITLE_KEYS = {
    "id", "name", "plot", "cast", "director", "genre", "year", "rating", "duration_s", "released", "trailer",
    "categories", "details",
}  # fmt: skip


def leave_panel(cli: Cli) -> None:
    """Point the profile at an address where nobody answers."""
    file = cli.paths.profiles_file
    url = cli.json("profile", "list")["profiles"][0]["url"]
    file.write_text(file.read_text().replace(url, "http://127.0.0.1:9"))


@pytest.fixture
def own_panel() -> Iterator[DemoPanel]:
    """A panel this test may count requests of."""
    with DemoPanel(channels=5, movies=8, series=2, username=USERNAME, password=PASSWORD) as running:
        yield running


def find(cli: Cli, name: str, kind: str) -> str:
    """The id of the best result for a name."""
    return str(cli.json("search", name, "--kind", kind)["results"][0]["id"])


def test_a_movie_is_shown_with_fetched_details(synced: Cli) -> None:
    document = synced.json("show", "movie", find(synced, "nosferatu", "movie"))
    assert set(document) >= TITLE_KEYS | {"container"}
    assert (document["name"], document["year"], document["director"]) == ("Nosferatu", 1922, "F. W. Murnau")
    assert (document["duration_s"], document["container"], document["details"]) == (5640, "mp4", "fresh")
    text = synced("show", "movie", document["id"]).out
    assert "1 h 34 min" in text
    assert document["country"] == "Germany" and re.search(r"^country +Germany$", text, re.MULTILINE)
    assert "Count Orlok" in text


def test_a_series_is_shown_with_seasons_and_episodes(synced: Cli) -> None:
    document = synced.json("show", "series", find(synced, "flash gordon", "series"))
    assert set(document) >= TITLE_KEYS | {"seasons"}
    (season,) = document["seasons"]
    assert season["season"] == 1
    assert [episode["episode"] for episode in season["episodes"]] == list(range(1, 14))
    assert set(season["episodes"][0]) >= {"id", "episode", "title", "duration_s", "released", "plot"}
    assert "The Planet of Peril" in season["episodes"][0]["title"]
    assert "The Planet of Peril" in synced("show", "series", document["id"]).out


def test_the_backdrop_is_shown_where_the_panel_has_one(synced: Cli) -> None:
    ids = [item["id"] for item in synced.json("list", "series", "--limit", "3")["items"]]
    addresses = [synced.json("show", "series", id)["backdrop"] for id in ids]
    id, address = next((id, address) for id, address in zip(ids, addresses, strict=True) if address)
    assert address.endswith(".jpg")
    assert f"backdrop    {address}" in synced("show", "series", id).out


def test_a_series_without_episodes_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    never_asked = FullItem(Item(Kind.SERIES, "7", "The Hazards of Helen"))
    print_title(never_asked, "missing")
    assert "episodes" not in capsys.readouterr().out
    for freshness in ("missing", "fresh"):  # the provider has no details, or no episodes in them
        print_title(replace(never_asked, details=Details()), freshness)
        assert "no episodes" in capsys.readouterr().out


def test_details_are_asked_once_a_day(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    cli("sync")
    movie = cli.json("list", "movies", "--limit", "1")["items"][0]["id"]
    assert own_panel.requests["get_vod_info"] == 0
    assert cli.json("show", "movie", movie, "--offline")["details"] == "missing"
    assert own_panel.requests["get_vod_info"] == 0
    for _ in range(2):
        assert cli.json("show", "movie", movie)["details"] == "fresh"
    assert own_panel.requests["get_vod_info"] == 1


def test_what_was_fetched_stays_when_the_panel_is_gone(synced: Cli) -> None:
    movie, other = (item["id"] for item in synced.json("list", "movies", "--limit", "2")["items"])
    fetched = synced.json("show", "movie", movie)
    leave_panel(synced)
    again = synced("show", "movie", movie, "--json")
    assert (again.document, again.err) == (fetched, "")
    missing = synced("show", "movie", other, "--json")
    assert missing.document["details"] == "missing"
    assert missing.document["name"]
    assert missing.err.startswith("Showing stored data: ")
    assert len(missing.err.splitlines()) == 1
    assert synced("show", "movie", other, "--offline").err == ""


def test_a_channel_is_shown_with_what_is_on(synced: Cli) -> None:
    channels: list[dict[str, Any]] = synced.json("list", "channels")["items"]
    wanted = next(item for item in channels if not item["separator"] and item["number"] == 4)
    document = synced.json("show", "channel", wanted["id"])
    assert (document["name"], document["number"]) == (wanted["name"], 4)
    assert document["now"]["title"]
    assert document["now"]["start"] < document["now"]["stop"] <= document["next"]["start"]
    assert document["now"]["title"] in synced("show", "channel", wanted["id"]).out
    assert synced.json("show", "channel", wanted["id"], "--offline")["now"] is None


def store_guide(cli: Cli, channel_id: str, *programmes: Programme) -> None:
    """What an earlier question, or a guide file, left in the copy."""
    with LibraryStore.open(cli.paths.library_db("home")) as store:
        store.guide.save_programmes(channel_id, programmes, int(time.time()), fresh_until=0)


def hourly() -> tuple[Programme, Programme]:
    now = int(time.time())
    return Programme(now - 1800, now + 1800, "Stored now", "What it is"), Programme(now + 1800, now + 5400, "Then")


def guideless(cli: Cli) -> str:
    """A channel of which the demo's panel has no guide."""
    items = cli.json("list", "channels")["items"]
    return next(
        str(item["id"])
        for item in items
        if not item["separator"] and cli.json("show", "channel", item["id"])["guide"] == "none"
    )


@pytest.mark.fcase(93)
def test_the_stored_guide_says_what_is_on_where_the_panel_does_not(synced: Cli) -> None:
    channel = guideless(synced)
    assert "the provider has no guide" in synced("show", "channel", channel).out
    store_guide(synced, channel, *hourly())
    for offline in ((), ("--offline",)):
        document = synced.json("show", "channel", channel, *offline)
        assert (document["now"]["title"], document["next"]["title"]) == ("Stored now", "Then")
        assert document["guide"] == "stored"
        assert "Stored now" in synced("show", "channel", channel, *offline).out


@pytest.mark.fcase(93)
def test_what_is_not_known_of_a_guide_is_told_apart(synced: Cli) -> None:
    channels = [item for item in synced.json("list", "channels")["items"] if not item["separator"]]
    fetched = next(item["id"] for item in channels if item["number"] == 4)
    other = next(item["id"] for item in channels if item["id"] != fetched)
    assert synced.json("show", "channel", fetched)["guide"] == "fresh"
    assert synced.json("show", "channel", other, "--offline")["guide"] == "missing"
    assert "not fetched yet" in synced("show", "channel", other, "--offline").out
    store_guide(synced, other)  # it was asked, and knew nothing
    assert synced.json("show", "channel", other, "--offline")["guide"] == "none"
    leave_panel(synced)
    failed = synced("show", "channel", fetched, "--json")
    assert (failed.document["guide"], failed.document["now"]) == ("missing", None)
    assert failed.err.startswith("Showing stored data: ")
    store_guide(synced, fetched, *hourly())
    assert synced.json("show", "channel", fetched)["now"]["title"] == "Stored now"


@pytest.mark.parametrize("kind", ["channel", "movie", "series"])
def test_an_unknown_id_is_not_found(synced: Cli, kind: str) -> None:
    for item_id in ("999999999", "no-such", ""):
        error = synced.json("show", kind, item_id, "--offline", expect=1)["error"]
        assert (error["code"], error["message"][-1]) == ("not_found", ".")
        assert "search" in error["hint"]


def test_stream_addresses_play_and_go_to_stdout_alone(synced: Cli) -> None:
    movie = find(synced, "nosferatu", "movie")
    channel = next(item for item in synced.json("list", "channels")["items"] if not item["separator"])["id"]
    series = synced.json("show", "series", find(synced, "flash gordon", "series"))
    episode = series["seasons"][0]["episodes"][0]["id"]
    for kind, item_id in (("movie", movie), ("channel", channel), ("episode", episode)):
        answer = synced("url", kind, item_id)
        assert answer.err == ""
        assert item_id in answer.out
        with urllib.request.urlopen(answer.out.strip(), timeout=60) as response:
            assert response.status == 200


def test_stream_addresses_need_no_panel(synced: Cli) -> None:
    leave_panel(synced)
    address = synced("url", "movie", find(synced, "nosferatu", "movie")).out
    assert address.startswith("http://127.0.0.1:9/movie/")


def test_an_unknown_stream_is_not_found(synced: Cli) -> None:
    answer = synced("url", "movie", "999999999", expect=1)
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1


def test_similar_titles_are_shown_on_request(synced: Cli) -> None:
    id = find(synced, "nosferatu", "movie")
    assert "similar" not in synced.json("show", "movie", id)
    similar = synced.json("show", "movie", id, "--similar", "--offline")["similar"]
    assert similar and all(set(one) == {"id", "name", "year", "rating"} for one in similar)
    assert "Nosferatu" not in {one["name"] for one in similar}
    text = synced("show", "movie", id, "--similar").out
    assert "Similar titles" in text and similar[0]["name"] in text
    assert synced.json("show", "series", find(synced, "flash gordon", "series"), "--similar")["similar"]
    assert "--similar" in synced("show", "channel", "1003", "--similar", expect=2).err
