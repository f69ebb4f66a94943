"""The short guide, base64 or plain: F.5 of the protocol notes, by number."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.panel_server import ScriptedPanel, answer, json_answer
from tui_app.catalog import Programme, has_catch_up
from tui_app.errors import Denied
from tui_app.xtream.client import PanelClient
from tui_app.xtream.guide import programmes_from

START = 1_700_000_000


def guide(said: Any, zone: str = "UTC") -> tuple[Programme, ...]:
    return programmes_from(json.dumps(said).encode(), ZoneInfo(zone))


def listing(title: str, at: int = 0, **more: Any) -> dict[str, Any]:
    return {"title": title, "start_timestamp": START + at, "stop_timestamp": START + at + 3600} | more


def titles(*said: str) -> list[str]:
    return [one.title for one in guide({"epg_listings": [listing(title, n * 3600) for n, title in enumerate(said)]})]


@pytest.mark.fcase(70)
def test_f70_a_listing_under_an_index_with_mixed_times() -> None:
    raw = {"title": "TmV3cw==", "start_timestamp": "1700000000", "stop_timestamp": 1700003600}
    assert guide({"epg_listings": {"0": raw}}) == (Programme(START, START + 3600, "News"),)


@pytest.mark.fcase(71)
def test_f71_one_plain_title_makes_the_response_plain() -> None:
    assert titles("News") == ["News"]
    assert titles("News", "Late Show", "TmV3cw==") == ["News", "Late Show", "TmV3cw=="]


@pytest.mark.fcase(72)
def test_f72_latin_inside_base64_shows_its_scars_and_padding_may_lack() -> None:
    assert titles("Q2Fm6Q==", "TmV3cw==", "U3BvcnQ=") == ["Caf\ufffd", "News", "Sport"]
    assert titles("TmV3cw") == ["News"]


def test_text_is_cleaned_after_decoding() -> None:
    assert titles(b64encode(b"Tom &amp; Jerry").decode()) == ["Tom & Jerry"]


@pytest.mark.parametrize(
    ("start", "wanted"), [("2024-03-31 02:30:00", 1711848600), ("2024-10-27 02:30:00", 1729989000)]
)
@pytest.mark.fcase(73)
def test_f73_hours_that_do_not_exist_or_exist_twice(start: str, wanted: int) -> None:
    (one,) = guide([{"title": "x y", "start": start, "end": str(wanted + 3600)}], "Europe/Berlin")
    assert one.start == wanted
    assert one.start_text == start


@pytest.mark.fcase(74)
def test_f74_catch_up_by_the_days_of_the_channel_or_the_word_of_the_listing() -> None:
    now = START + 50 * 3600.0
    assert has_catch_up(Programme(START + 24 * 3600, START + 25 * 3600, "x"), 2, now)
    assert not has_catch_up(Programme(START, START + 3600, "x"), 2, now)
    assert has_catch_up(Programme(START, START + 3600, "x", has_archive=True), 2, now)
    assert not has_catch_up(Programme(START, START + 3600, "x", has_archive=True), 0, now)
    assert not has_catch_up(Programme(int(now), int(now) + 3600, "x"), 2, now)


@pytest.mark.fcase(77)
def test_f77_impossible_lengths_are_dropped() -> None:
    backwards = {"title": "x y", "start_timestamp": START, "stop_timestamp": START - 60}
    endless = {"title": "x y", "start_timestamp": START, "stop_timestamp": START + 40 * 86_400}
    assert guide([backwards, endless, listing("a b")]) == (Programme(START, START + 3600, "a b"),)


def test_one_row_may_mix_texts_and_numbers() -> None:
    mixed = {"title": "x y", "start": "2023-11-14 22:13:20", "end": 1700003600, "stop": "2023-11-14 23:13:20"}
    (one,) = guide([mixed])
    assert (one.start, one.stop, one.start_text) == (START, START + 3600, "2023-11-14 22:13:20")


def test_repeats_are_dropped_order_is_by_start_and_overlaps_end_where_the_next_begins() -> None:
    said = [listing("b b", 1800), listing("a a"), listing("a a"), listing("c c", 9000, has_archive="1")]
    assert [(one.title, one.start - START, one.stop - START) for one in guide(said)] == [
        ("a a", 0, 1800),
        ("b b", 1800, 5400),
        ("c c", 9000, 12600),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"epg_listings": [listing("a b")]},
        {"epg_listings": {"0": listing("a b")}},
        {"epg_listings": {"55": [listing("a b")]}},
        {"epg_listings": listing("a b")},
        {"listings": [listing("a b")]},
        [listing("a b")],
    ],
)
def test_every_wrapping_is_undone(said: Any) -> None:
    assert [one.title for one in guide(said)] == ["a b"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b'{"epg_listings":null}', b'{"user_info":{"auth":1}}', b"<html>", b"no guide"]
)
def test_no_guide_is_no_error(body: bytes) -> None:
    assert programmes_from(body) == ()


async def test_the_guide_of_a_channel_and_of_one_without(client_for: Callable[..., PanelClient]) -> None:
    said = [json_answer({"epg_listings": [listing("a b")]}), answer(b"", 404), answer(b"", 500), answer(b"", 403)]
    async with ScriptedPanel(lambda _request: said.pop(0)) as panel, client_for(panel.url) as client:
        assert len(await client.fetch_short_guide("5", limit=2)) == 1
        assert await client.fetch_short_guide("6") == ()
        assert await client.fetch_short_guide("7") == ()
        with pytest.raises(Denied):
            await client.fetch_short_guide("8")
    assert panel.requests[0].params["stream_id"] == "5"
    assert panel.requests[0].params["limit"] == "2"


values = st.none() | st.integers(-5, 2 * START) | st.text(max_size=12) | st.floats() | st.booleans()
listings = st.dictionaries(
    st.sampled_from("title description start end stop start_timestamp stop_timestamp has_archive".split()), values
)


@given(st.lists(listings, max_size=4) | st.dictionaries(st.text(max_size=2), listings), st.booleans())
def test_any_guide_gives_sound_programmes(said: Any, is_wrapped: bool) -> None:
    for one in guide({"epg_listings": said} if is_wrapped else said, "Asia/Kolkata"):
        assert 0 < one.stop - one.start <= 86_400
        assert one.title
