"""The same list in other clothes: quotes, key order, counters, hosts, wrappers. Nothing changed, nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.conftest import Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import Fault, FaultPanel
from tui_app.catalog import Kind

Row = dict[str, Any]


def each(change: Callable[[Row], Row]) -> Fault:
    return faults.rows(lambda rows: [change(row) for row in rows])


def requoted(row: Row) -> Row:
    """Numbers as text and text as numbers, ids included."""

    def turned(key: str, value: Any) -> Any:
        if key in ("name", "title", "rating") or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return str(value)
        is_number = isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value
        return int(value) if is_number else value

    return {key: turned(key, value) for key, value in row.items()}


def other_hosts(body: bytes) -> faults.Reply:
    return faults.honest(body.replace(b"\\/\\/cdn1.", b"\\/\\/img-4.eu."))


def raw_utf8(body: bytes) -> faults.Reply:
    return faults.honest(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "surrogatepass"))


DISGUISES: dict[str, Fault] = {
    "quoted otherwise": each(requoted),
    "keys in another order": each(lambda row: dict(reversed(row.items()))),
    "unknown keys": each(lambda row: row | {"server_load": 0.7, "token": {"a": [1, 2]}}),
    "other icon hosts": other_hosts,
    "counters moved": each(lambda row: row | {"num": int(row["num"] or 0) + 7}),
    "pretty printed": lambda body: faults.honest(json.dumps(json.loads(body), indent=2).encode()),
    "letters as they are": raw_utf8,
    "a byte order mark": lambda body: faults.honest(b"\xef\xbb\xbf" + body),
    "an object of rows": lambda body: faults.honest(json.dumps(dict(enumerate(json.loads(body)))).encode()),
    "no length, closed": lambda body: faults.Reply(body),
    "a list in a list": lambda body: faults.honest(b"[" + body + b"]"),
}


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.fcase(79)
async def test_f79_a_disguised_list_is_the_same_list(name: str, home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    panel.faults["get_vod_streams"] = panel.faults["get_series"] = DISGUISES[name]

    finished = await home.sync()

    assert finished.status == "completed", finished.report.errors
    assert (finished.report.rows_written, finished.report.positions_written) == (0, 0)
    for part in ("movies", "series"):
        assert finished.report.lists[part].unchanged == finished.report.lists[part].total
    assert home.content() == before


@pytest.mark.fcase(79)
async def test_channel_numbers_that_moved_are_followed_and_are_no_changes(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    panel.faults["get_live_streams"] = DISGUISES["counters moved"]

    finished = await home.sync()

    channels = finished.report.channels
    assert (channels.added, channels.changed, channels.removed) == (0, 0, 0)
    assert finished.report.rows_written == 0
    assert finished.report.positions_written > 0
    assert (await home.sync()).report.positions_written == 0


@pytest.mark.parametrize("part", ["channels", "movies", "series"])
async def test_a_reordered_list_costs_positions_only_and_is_followed(part: str, home: Home, panel: FaultPanel) -> None:
    await home.sync()
    panel.faults[faults.LISTS[part]] = faults.rows(lambda rows: [*rows[5:], *rows[:5]])

    finished = await home.sync()

    assert finished.report.rows_written == 0
    assert 0 < finished.report.positions_written < finished.report.lists[part].total
    listed = home.command_line.json("list", part, "--sort", "number", "--limit", "1000")["items"]
    if part == "channels":  # they have numbers of their own, which stayed
        numbers = [item["number"] for item in listed if item["number"] is not None]
        assert numbers == sorted(numbers)
        assert {item["id"] for item in listed} == set(_ids_in_wire_order(panel, part))
    else:
        assert [item["id"] for item in listed] == _ids_in_wire_order(panel, part)


def _ids_in_wire_order(panel: FaultPanel, part: str) -> list[str]:
    login = f"username={panel.demo.username}&password={panel.demo.password}"
    body = panel.answer(f"/player_api.php?{login}&action={faults.LISTS[part]}").body
    key = "series_id" if part == "series" else "stream_id"
    return list(dict.fromkeys(str(row[key]) for row in json.loads(body) if row.get(key) is not None))


SALVAGED: dict[str, Fault] = {
    "words of PHP before": lambda body: faults.honest(b"<br /><b>Warning</b>: Undefined index<br />\n" + body),
    "a comment behind": lambda body: faults.honest(body + b"\n<!-- 0.4 s -->"),
    "a broken row": lambda body: faults.honest(body.replace(b'"name":', b'"name":oops,', 1)),
}


@pytest.mark.parametrize("name", SALVAGED)
async def test_a_list_that_had_to_be_salvaged_deletes_nothing(name: str, home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.names(Kind.MOVIE)

    def fewer_and_dirty(body: bytes) -> faults.Reply:
        return SALVAGED[name](json.dumps(json.loads(body)[:-10], separators=(",", ":")).encode())

    panel.faults["get_vod_streams"] = fewer_and_dirty

    finished = await home.sync()

    assert finished.report.movies.removed == 0
    assert home.names(Kind.MOVIE) == before
    home.assert_sound()


async def test_a_first_list_that_was_cut_is_completed_by_the_next_sync(home: Home, panel: FaultPanel) -> None:
    panel.faults["get_vod_streams"] = faults.cut(0.5, declares_length=True)
    first = await home.sync()
    half = len(home.names(Kind.MOVIE))
    panel.heal()

    second = await home.sync()

    whole = panel.demo.library.count(Kind.MOVIE)
    assert first.exit_code == 3
    assert 0 < half < whole
    assert (second.status, second.report.movies.total) == ("completed", whole)
    assert second.report.movies.added == whole - half
    home.assert_sound()
