"""`epg`: what is on, a channel's day, and programmes by their words; over the demo panel's guide."""

from __future__ import annotations

import time
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.cli.test_show_command import leave_panel

SHOWN = "1003"  # has a guide
SILENT = "1005"  # has none


def test_a_day_is_fetched_stored_and_shown_again_offline(synced: Cli) -> None:
    day = fits("epg-show", synced.json("epg", "show", SHOWN))
    assert day["channel_id"] == SHOWN and day["timezone"]
    programmes = day["programmes"]
    assert programmes and [one["start"] for one in programmes] == sorted(one["start"] for one in programmes)
    assert all(first["end"] <= second["start"] for first, second in pairwise(programmes))
    leave_panel(synced)
    assert fits("epg-show", synced.json("epg", "show", SHOWN, "--offline")) == day
    text = synced("epg", "show", day["channel"], "--offline").out
    assert text.startswith(day["channel"]) and all(one["title"] in text for one in programmes)


def test_a_day_is_one_of_the_calendar(synced: Cli) -> None:
    tomorrow = date.today() + timedelta(days=1)
    begins = time.mktime(tomorrow.timetuple())
    found = fits("epg-show", synced.json("epg", "show", SHOWN, "--day", tomorrow.isoformat()))["programmes"]
    assert all(one["end"] > begins and one["start"] < begins + 25 * 3600 for one in found)
    assert fits("epg-show", synced.json("epg", "show", SHOWN, "--day", "1999-12-31"))["programmes"] == []


def test_a_channel_without_a_guide_and_one_that_is_not_there(synced: Cli) -> None:
    assert "no guide" in synced("epg", "show", SILENT).out
    said = synced("epg", "show", "No such channel", expect=1).err
    assert "search" in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "", "9" * 5000])
def test_what_is_no_day_is_refused(synced: Cli, day: str) -> None:
    said = synced("epg", "show", SHOWN, "--day", day, expect=2).err
    assert "2026-11-29" in said


def test_now_lists_channels_and_fetches_a_few(synced: Cli) -> None:
    everything = fits("epg-now", synced.json("epg", "now"))["channels"]
    assert len(everything) > 20 and not any(one["now"] for one in everything)
    synced("mark", "favourite", "channel", SHOWN, SILENT)
    assert not any(one["now"] for one in synced.json("epg", "now", "--favourites", "--offline")["channels"])
    found = {one["id"]: one for one in fits("epg-now", synced.json("epg", "now", "--favourites"))["channels"]}
    assert set(found) == {SHOWN, SILENT} and found[SILENT]["now"] is None
    on = found[SHOWN]["now"]
    assert on["start"] <= time.time() < on["end"] <= found[SHOWN]["next"]["start"]
    assert on["title"] in synced("epg", "now", "--offline").out


def test_now_of_a_category_and_none_of_hidden_ones(synced: Cli) -> None:
    channel = synced.json("list", "channels", "--limit", "1")["items"][0]
    name = channel["categories"][0]
    inside = {one["id"] for one in synced.json("epg", "now", "--category", name, "--offline")["channels"]}
    assert 0 < len(inside) < 60
    hidden = next(one for one in synced.json("list", "categories", "--kind", "channel")["items"] if one["name"] == name)
    synced("mark", "hidden", "channel", hidden["id"])
    listed = {one["id"] for one in synced.json("list", "channels", "--limit", "99")["items"] if not one["separator"]}
    assert {one["id"] for one in synced.json("epg", "now", "--offline")["channels"]} == listed < inside | listed
    assert "no channel category" in synced("epg", "now", "--category", "No such", expect=2).err


def test_search_says_how_many_channels_it_covers(synced: Cli) -> None:
    assert fits("epg-search", synced.json("epg", "search", "anything")) == {
        "total": 0, "channels_covered": 0, "programmes": [],
    }  # fmt: skip
    day = synced.json("epg", "show", SHOWN)
    later = next(one for one in day["programmes"] if one["end"] > time.time())
    found = fits("epg-search", synced.json("epg", "search", *later["title"].split()))
    assert found["channels_covered"] == 1
    assert (found["programmes"][0]["channel_id"], found["programmes"][0]["title"]) == (SHOWN, later["title"])
    assert "in the guides of 1 of 60 channels" in synced("epg", "search", later["title"]).out


def test_an_unreachable_panel_leaves_what_is_stored(synced: Cli) -> None:
    leave_panel(synced)
    answer = synced("epg", "show", SHOWN)
    assert "Showing stored data" in answer.err and "No programmes are stored" in answer.out
