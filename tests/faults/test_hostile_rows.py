"""Rows of F.2 and F.3 on their whole way: over the wire, through the sync, into the library and out of it again."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from tests.faults.conftest import PROFILE, Home
from tests.faults.wire_faults import WIRE
from tests.support import fault_panel as faults
from tests.support.fault_panel import FaultPanel
from tests.support.reports import as_document
from tui_app.catalog import UNCATEGORISED, UNCATEGORISED_ID, Item, Kind, Query
from tui_app.store.library_store import LibraryStore
from tui_app.sync import fetch_item_details, item_url

Row = dict[str, Any]
LISTS = {Kind.CHANNEL: "get_live_streams", Kind.MOVIE: "get_vod_streams", Kind.SERIES: "get_series"}
CATEGORIES = {
    Kind.CHANNEL: "get_live_categories",
    Kind.MOVIE: "get_vod_categories",
    Kind.SERIES: "get_series_categories",
}


def send(panel: FaultPanel, kind: Kind, rows: Sequence[Any] | bytes, categories: Sequence[Any] = ()) -> None:
    """From now on the panel lists these."""
    body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    panel.faults[LISTS[kind]] = faults.instead(body)
    if categories:
        panel.faults[CATEGORIES[kind]] = faults.instead(json.dumps(categories).encode())


def open_library(home: Home) -> LibraryStore:
    return LibraryStore.open(home.library, readonly=True, create=False)


def items(home: Home, kind: Kind, query: Query | None = None) -> tuple[Item, ...]:
    """In the provider's order."""
    with open_library(home) as store:
        return store.page(query or Query(kind), limit=None).items


async def synced(home: Home, kind: Kind) -> dict[str, Any]:
    """Sync this kind alone; what the report says of it."""
    finished = await home.sync(only=(kind,))
    counts: dict[str, Any] = as_document(finished.report)[kind.plural]
    return counts


@pytest.mark.fcase(20, 21, 24, 25)
async def test_f20_to_f25_categories(home: Home, panel: FaultPanel) -> None:
    wild = [
        {"category_id": 7, "category_name": None},
        {"category_id": "7", "category_name": "Kids", "parent_id": "0"},
        {"category_name": "x"},
        {"category_id": "a", "category_name": "A", "parent_id": "b"},
        {"category_id": "b", "category_name": "\x1b]0;pwned\x07[red]VIP[/red]\u202eTV", "parent_id": "a"},
    ]
    panel.faults[CATEGORIES[Kind.MOVIE]] = faults.instead(json.dumps(dict(enumerate(wild))).encode())

    await synced(home, Kind.MOVIE)

    with open_library(home) as store:
        listed = {category.id: category.name for category in store.get_categories(Kind.MOVIE)}
    listed.pop(UNCATEGORISED_ID, None)
    assert listed == {"7": "Kids", "a": "A", "b": "[red]VIP[/red]TV"}


@pytest.mark.fcase(22)
@pytest.mark.parametrize("actions", [["get_series_categories"], ["get_series_categories", "get_series"]])
async def test_f22_the_account_in_place_of_the_series_keeps_them(
    actions: list[str], home: Home, panel: FaultPanel
) -> None:
    await home.sync()
    before = home.content()
    for action in actions:
        panel.faults[action] = faults.account_object

    finished = await home.sync()

    assert finished.status == "partial"
    assert "series" in finished.message
    assert home.content() == before


@pytest.mark.fcase(23)
async def test_f23_a_category_zero_is_data_and_never_a_question(home: Home, panel: FaultPanel) -> None:
    rows = [{"stream_id": 1, "name": "A", "category_id": "0"}, {"stream_id": 2, "name": "B", "category_id": "1"}]
    categories = [{"category_id": "0", "category_name": "All"}, {"category_id": "1", "category_name": "One"}]
    send(panel, Kind.MOVIE, rows, categories)

    await synced(home, Kind.MOVIE)

    assert [item.name for item in items(home, Kind.MOVIE, Query(Kind.MOVIE, category="0"))] == ["A"]


@pytest.mark.fcase(26)
async def test_f26_an_empty_list_is_named_and_deletes_nothing(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    send(panel, Kind.MOVIE, [])

    finished = await home.sync()

    assert "the provider returned an empty list of movies" in finished.message.lower()
    assert home.content() == before


@pytest.mark.fcase(27, 31, 54)
async def test_f27_f31_f54_rows_cost_themselves_and_order_is_that_of_the_array(home: Home, panel: FaultPanel) -> None:
    body = (
        b'[{"stream_id":"10","name":"A","num":"x"},null,"x",{"name":"no id"},{"stream_id":11,"name":"","num":1.0},'
        b'{"stream_id":1,"stream_id":9,"name":"last wins","num":null}]'
    )
    send(panel, Kind.CHANNEL, body)

    report = await synced(home, Kind.CHANNEL)

    found = {item.id: (item.name, item.number) for item in items(home, Kind.CHANNEL)}
    assert found == {"10": ("A", None), "11": ("Channel 11", 1), "9": ("last wins", None)}
    assert report["total"] == 3
    send(panel, Kind.MOVIE, [{"stream_id": n, "name": f"N{n}", "num": num} for n, num in ((5, 9), (3, "x"), (4, None))])
    await synced(home, Kind.MOVIE)
    assert [item.id for item in items(home, Kind.MOVIE)] == ["5", "3", "4"]


@pytest.mark.fcase(28, 33, 34)
async def test_f28_f33_f34_categories_of_an_item(home: Home, panel: FaultPanel) -> None:
    rows = [
        {"stream_id": 1, "name": "twice", "category_id": "1"},
        {"stream_id": 1, "name": "twice", "category_id": "2"},
        {"stream_id": 2, "name": "nowhere", "category_id": None, "category_ids": [None]},
        {"stream_id": 3, "name": "three", "category_id": "5", "category_ids": "6, 7"},
        {"stream_id": 4, "name": "stray", "category_id": "999"},
    ]
    named = [{"category_id": str(n), "category_name": f"C{n}"} for n in (1, 2, 5, 6, 7)]
    send(panel, Kind.CHANNEL, rows, named)

    await synced(home, Kind.CHANNEL)

    with open_library(home) as store:
        homes = store.categories_of(Kind.CHANNEL, ["1", "2", "3", "4"])
    assert [category.id for category in homes["1"]] == ["1", "2"]
    assert {category.id for category in homes["3"]} == {"5", "6", "7"}
    bucket = items(home, Kind.CHANNEL, Query(Kind.CHANNEL, category=UNCATEGORISED_ID))
    assert {item.name for item in bucket} == {"nowhere", "stray"}
    primary = {item.id: item.category for item in items(home, Kind.CHANNEL)}
    assert primary == {"1": "C1", "2": UNCATEGORISED, "3": "C5", "4": UNCATEGORISED}

    send(panel, Kind.CHANNEL, rows, [*named, {"category_id": "999", "category_name": "Found"}])
    await synced(home, Kind.CHANNEL)
    assert [item.name for item in items(home, Kind.CHANNEL, Query(Kind.CHANNEL, category="999"))] == ["stray"]


@pytest.mark.fcase(29, 30, 35, 40)
async def test_f29_f30_f35_f40_addresses_of_odd_items(home: Home, panel: FaultPanel) -> None:
    send(
        panel,
        Kind.CHANNEL,
        [
            {"stream_id": "abc-9f", "name": "text"},
            {"stream_id": 12345678901234567890, "name": "huge"},
            {"stream_id": 5, "name": "radio", "stream_type": "radio_streams"},
        ],
    )
    extensions = {1: "MKV", 2: "mp4?x=/../", 3: None}
    send(panel, Kind.MOVIE, [{"stream_id": n, "name": "x", "container_extension": e} for n, e in extensions.items()])
    panel.faults["get_vod_info"] = faults.instead(b'{"info":{},"movie_data":{"container_extension":"avi"}}')

    assert (await home.sync()).status == "completed"

    def end(kind: Kind, item_id: str) -> str:
        return item_url(home.paths, PROFILE, kind, item_id).removeprefix(panel.url).replace(home.password, "P")

    assert end(Kind.CHANNEL, "abc-9f") == "/live/demo/P/abc-9f.ts"
    assert end(Kind.CHANNEL, "12345678901234567890") == "/live/demo/P/12345678901234567890.ts"
    assert end(Kind.CHANNEL, "5") == "/live/demo/P/5.ts"
    assert [end(Kind.MOVIE, str(n)) for n in (1, 2, 3)] == [f"/movie/demo/P/{e}" for e in ("1.MKV", "2.mp4", "3.mp4")]
    await fetch_item_details(home.paths, PROFILE, Kind.MOVIE, "3")
    assert end(Kind.MOVIE, "3") == "/movie/demo/P/3.avi"


@pytest.mark.fcase(32, 36, 37, 42)
async def test_f32_f36_f37_f42_channels(home: Home, panel: FaultPanel) -> None:
    secret = "http://x.example/live/other/pw9-secret/55"
    rows = [
        {"stream_id": 1, "name": "no days", "tv_archive": "1", "tv_archive_duration": None},
        {"stream_id": 2, "name": "three days", "tv_archive": 1, "tv_archive_duration": "3"},
        {"stream_id": 3, "name": "##### SPORTS #####"},
        {"stream_id": 4, "name": "picture", "stream_icon": "data:image/png;base64," + "A" * 300_000},
        {"stream_id": 5, "name": "short", "stream_icon": "//cdn.example/x y.png"},
        {"stream_id": 6, "name": "direct", "direct_source": secret},
    ]
    send(panel, Kind.CHANNEL, rows)

    await synced(home, Kind.CHANNEL)

    found = {item.id: item for item in items(home, Kind.CHANNEL)}
    assert [found[n].archive_days for n in "12"] == [0, 3]
    assert found["3"].is_separator
    with open_library(home) as store:
        assert store.search("sports", kinds=(Kind.CHANNEL,)).total == 0
        assert store.search("three days", kinds=(Kind.CHANNEL,)).hits[0].item.id == "2"
    with closing(sqlite3.connect(home.library)) as library:
        icons = dict(library.execute("SELECT id, icon FROM channel").fetchall())
    assert (icons[4], icons[5]) == (None, "http://cdn.example/x%20y.png")
    assert not [file for file in home.folder.rglob("*") if file.is_file() and b"pw9-secret" in file.read_bytes()]


@pytest.mark.fcase(38, 39)
async def test_f38_f39_ratings_and_times(home: Home, panel: FaultPanel) -> None:
    ratings = {"1": '"7,5"', "2": '"n/A"', "3": '"78"', "4": "NaN", "5": '"1e999"', "6": "true"}
    times = {"1": '""', "2": '"0"', "3": '"22/05/2024 10:00:00"', "4": "1716372000000", "5": '"4102444800"', "6": "1"}
    rows = [f'{{"stream_id":{n},"name":"m{n}","rating":{ratings[n]},"added":{times[n]}}}' for n in ratings]
    send(panel, Kind.MOVIE, f"[{','.join(rows)}]".encode())

    await synced(home, Kind.MOVIE)

    found = {item.id: (item.rating, item.added) for item in items(home, Kind.MOVIE)}
    assert [found[n][0] for n in ratings] == [7.5, None, 7.8, None, None, None]
    assert [found[n][1] for n in times] == [None, None, found["3"][1], 1716372000, 4102444800, 1]
    assert found["3"][1] is not None
    last_week = Query(Kind.MOVIE, added_since=int(time.time()) - 7 * 86_400)
    assert items(home, Kind.MOVIE, last_week) == (), "what is to be added in 2100 is not new"


@pytest.mark.fcase(41)
async def test_f41_adult_by_mark_by_category_or_unknown(home: Home, panel: FaultPanel) -> None:
    rows = [
        {"stream_id": 1, "name": "a", "is_adult": "None", "category_id": "18"},
        {"stream_id": 2, "name": "b", "category_id": "1"},
        {"stream_id": 3, "name": "c", "is_adult": "1", "category_id": "1"},
    ]
    named = [{"category_id": "18", "category_name": "XXX 18+"}, {"category_id": "1", "category_name": "News"}]
    send(panel, Kind.CHANNEL, rows, named)

    await synced(home, Kind.CHANNEL)

    assert {item.id: item.is_adult for item in items(home, Kind.CHANNEL)} == {"1": True, "2": None, "3": True}


@pytest.mark.fcase(46, 47, 48, 53)
async def test_f46_f47_f48_f53_texts(home: Home, panel: FaultPanel) -> None:
    unknown = ",".join(f'"k{n}":{n}' for n in range(5000))
    body = (
        b'[{"stream_id":1,"name":"caf\xe9"},{"stream_id":2,"name":"Movie \\ud83d"},'
        b'{"stream_id":3,"name":"a\\u0000b\\nc"},'
        b'{"stream_id":4,"name":"long","plot":"' + b"p" * (1 << 20) + b'",' + unknown.encode() + b"}]"
    )
    send(panel, Kind.MOVIE, body)

    report = await synced(home, Kind.MOVIE)

    assert (report["status"], report["total"]) == ("completed", 4)
    assert [item.name for item in items(home, Kind.MOVIE)] == ["caf\ufffd", "Movie \ufffd", "a b c", "long"]
    with open_library(home) as store:
        plot = store.full_item(Kind.MOVIE, "4").plot
    assert plot is not None
    assert len(plot) == 8000
    listed = home.command_line.run("list", "movies", "--limit", "10")
    assert "Movie \ufffd" in listed.out
    home.assert_sound()


@pytest.mark.fcase(46)
async def test_f46_a_byte_that_is_no_letter_today_is_no_change(home: Home, panel: FaultPanel) -> None:
    rows = ["caf\u00e9", "b", "c", "d", "e"]
    body = json.dumps([{"stream_id": n, "name": name} for n, name in enumerate(rows)], ensure_ascii=False)
    send(panel, Kind.MOVIE, body.encode())
    await synced(home, Kind.MOVIE)
    send(panel, Kind.MOVIE, body.encode("latin-1"))

    report = await synced(home, Kind.MOVIE)

    assert (report["changed"], report["removed"]) == (0, 0)
    assert items(home, Kind.MOVIE)[0].name == "caf\u00e9"


@pytest.mark.fcase(51)
async def test_f51_words_in_place_of_a_list_keep_the_rows_and_are_not_asked_for_again(
    home: Home, panel: FaultPanel
) -> None:
    await home.sync()
    before = home.content()
    panel.requests.clear()
    panel.faults["get_vod_streams"] = faults.instead(b'{"message":"too many requests"}')

    finished = await home.sync()

    assert "too many requests" in finished.message
    assert home.content() == before
    assert panel.requests["get_vod_streams"] == 1


@pytest.mark.fcase(52)
async def test_f52_lists_in_a_list_are_one_list(home: Home, panel: FaultPanel) -> None:
    rows = [[{"stream_id": n, "name": f"m{n}"} for n in (1, 2)], [{"stream_id": 3, "name": "m3"}, [{"stream_id": 4}]]]
    send(panel, Kind.MOVIE, rows)

    assert (await synced(home, Kind.MOVIE))["total"] == 3

    assert [item.id for item in items(home, Kind.MOVIE)] == ["1", "2", "3"]


@pytest.mark.fcase(44, 45)
@pytest.mark.parametrize("name", ["a length too large", "gzip, unnamed", "gzip twice", "a bomb"])
async def test_f44_f45_bodies(name: str, home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    fewer = faults.rows(lambda rows: rows[:-10])
    panel.faults["get_vod_streams"] = lambda body: WIRE[name].spoil(fewer(body).body)

    finished = await home.sync()

    removed = finished.report.movies.removed
    assert (removed > 0) == name.startswith("gzip"), "only a whole list takes anything away"
    assert {row[0] for row in home.content()["movie"]} <= {row[0] for row in before["movie"]}
    home.assert_sound()
