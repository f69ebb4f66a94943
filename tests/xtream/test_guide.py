"""The short guide, base64 or plain: F.5 of `tests/protocol.md`, by number."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.panel_server import ScriptedPanel, answer, json_answer
from tui_app.catalog import Programme, has_catch_up
from tui_app.errors import Denied
from tui_app.xtream.client import PanelClient
from tui_app.xtream.epg.short_epg import programmes_from

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
def test_f72_latin_inside_base64_becomes_replacement_characters_and_padding_may_be_missing() -> None:
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
    assert guide([endless]) == guide([endless | {"stop_timestamp": START - 2 * 86_400}]) == ()


@pytest.mark.parametrize(
    "end",
    [
        {},
        {"end": ""},
        {"stop_timestamp": "None", "end": None},
        {"stop_timestamp": 0, "end": "0000-00-00 00:00:00"},
        {"stop_timestamp": START},
        {"stop_timestamp": START - 1800},
    ],
)
@pytest.mark.fcase(93)
def test_f93_without_a_usable_end_a_programme_lasts_until_the_next_start_or_six_hours(end: dict[str, Any]) -> None:
    open_, last = ({"title": "a b", "start_timestamp": START + at} for at in (0, 2400))
    moved = {key: value + 2400 if isinstance(value, int) and value else value for key, value in end.items()}
    found = guide([open_ | end, last | moved])
    assert [(one.start - START, one.stop - START) for one in found] == [(0, 2400), (2400, 2400 + 6 * 3600)]


TEXTS = {"start": "2023-11-14 22:13:20", "title": "a b"}


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ({"start_timestamp": START, "duration": 3600}, 60),
        (TEXTS | {"duration": "60"}, 60),
        (TEXTS | {"duration": 90}, 90),
        (TEXTS | {"duration": "1:30:00"}, 90),
        (TEXTS | {"duration": "0:45"}, 45),
        (TEXTS | {"duration": "90 min"}, 90),
        (TEXTS | {"length": "1h 30m"}, 90),
        (TEXTS | {"durationSecs": 300}, 5),
        (TEXTS | {"duration_minutes": "400"}, 400),
        (TEXTS | {"duration": 0, "end": "2023-11-14 22:43:20"}, 30),
        ({"startTimestamp": START, "stopTimestamp": START + 1800}, 30),
        ({"startTime": START * 1000, "endTime": (START + 1800) * 1000}, 30),
        ({"start_timestamp": START * 1_000_000, "stop_timestamp": (START + 1800) * 1_000_000}, 30),
        ({"start": "2023-11-14 10:13:20 PM", "end": "2023-11-14 10:43:20 pm"}, 30),
        ({"start": "2023-11-14 11:13:20 PM CET", "end": "Tue, 14 Nov 2023 22:43:20 GMT"}, 30),
        ({"start": "20231114221320", "stop": "20231114224320"}, 30),
        ({"start": 20231114221320, "stop": 20231114224320}, 30),
        ({"start": "20231114231320 +0100", "end": "20231115001320 CEST"}, 0),  # the end is the start: six hours
        ({"start": "20231114231320 +1", "end": "20231115004320 CEST"}, 30),
        ({"start": "2023-11-14T22:13:20Z", "end": "2023-11-14T23:43:20.000+01:00"}, 30),
        ({"start": "14-11-2023 22:13:20", "end": "14.11.2023 22:43:20"}, 30),
        ({"start_timestamp": START, "stop_timestamp": START + 30 * 3600}, 24 * 60),
        ({"start_timestamp": START, "stop_timestamp": START, "end": START + 1800}, 30),
    ],
)
@pytest.mark.fcase(93)
def test_f93_starts_and_ends_are_read_under_every_name_and_in_every_form(said: dict[str, Any], minutes: int) -> None:
    (one,) = guide([{"title": "a b"} | said])
    assert (one.start, one.stop - one.start) == (START, (minutes or 360) * 60)


def test_f93_compact_starts_without_a_zone_are_the_servers() -> None:
    (one,) = guide([{"title": "a b", "start": "20231114231320", "stop": 20231115001320}], "Europe/Berlin")
    assert (one.start, one.stop) == (START, START + 3600)


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([1917], ["1917"]),
        (["1917"], ["1917"]),
        (["0540", "2012"], ["0540", "2012"]),  # base64 of something, by chance
        (["Now%20show"], ["Now show"]),
        (["Now+show+%26+more"], ["Now show & more"]),
        (["TmV3cw%3D%3D"], ["News"]),
        (["100%", "50%25 off"], ["100%", "50%25 off"]),
        ([b64(b64("Now show"))], ["Now show"]),
        ([b64(b64("UFC")), b64(b64("Rugby"))], ["UFC", "Rugby"]),
        ([b64("Tom &amp; Jerry &#039;x&#039;")], ["Tom & Jerry 'x'"]),
        (["Newsroom"], ["Newsroom"]),
        ([None], ["No title"]),
    ],
)
@pytest.mark.fcase(93)
def test_f93_titles_are_numbers_escaped_or_encoded_twice(said: list[Any], wanted: list[str]) -> None:
    found = guide({"epg_listings": [listing("", n * 3600) | {"title": title} for n, title in enumerate(said)]})
    assert [one.title for one in found] == wanted


def test_f93_a_title_may_have_another_name() -> None:
    said = {"name": "Now show", "start_timestamp": START, "stop_timestamp": START + 60, "desc": "What it is"}
    assert guide([said]) == (Programme(START, START + 60, "Now show", "What it is"),)


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
        {"programs": [listing("a b")], "status": "ok"},
        {"programmes": {"1": listing("a b")}},
        {"data": {"epg_listings": [listing("a b")]}},
        {"start": 0, "title": "All", "limit": 4, "listings": [listing("a b")]},
        {"now": listing("a b"), "next": None},
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


VALUES: st.SearchStrategy[Any] = (
    st.none() | st.integers(-5, 2 * START) | st.text(max_size=12) | st.floats() | st.booleans()
    | st.integers(START, START + 90_000) | st.integers(START, START + 90_000).map(lambda at: str(1000 * at))
    | st.datetimes().map(lambda at: at.strftime("%Y%m%d%H%M%S")) | st.datetimes(timezones=st.timezones()).map(str)
    | st.sampled_from(["None", "90 min", "1:30:00", "PT1H", "60", "TmV3cw==", "Now%20show", "20260101120000 CEST"])
    | st.sampled_from([[], {}])
)  # fmt: skip
KEYS = (
    "title name description start end stop start_timestamp stop_timestamp startTimestamp endTime duration has_archive"
).split()
LISTINGS = st.dictionaries(st.sampled_from(KEYS), VALUES)
WRAPPED = st.recursive(
    LISTINGS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["epg_listings", "0", "programs"]), inner)
    ),
    max_leaves=8,
)


@given(WRAPPED)
def test_any_guide_gives_sound_programmes(said: Any) -> None:
    found = guide(said, "Asia/Kolkata")
    for one in found:
        assert 0 < one.stop - one.start <= 86_400
        assert one.title
    for one, after in pairwise(found):
        assert one.stop <= after.start


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_any_body_gives_programmes_or_none(body: bytes) -> None:
    assert all(one.stop > one.start for one in programmes_from(body))
