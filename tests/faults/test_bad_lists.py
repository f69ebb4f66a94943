"""A list that is not what it should be: nothing stored is lost, the other parts are done, the outcome says why."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import Fault, FaultPanel
from tui_app.catalog import Kind
from tui_app.demo import DemoPanel

BAD_LISTS: dict[str, Fault] = {
    "cut, with a length": faults.cut(0.6, declares_length=True),
    "cut, without a length": faults.cut(0.6, declares_length=False),
    "cut before its first row": faults.cut(0.0, declares_length=True),
    "connection reset inside": faults.reset_after(0.5),
    "silence from the start": faults.silent(),
    "silence inside": faults.silent(0.5),
    "an empty list": faults.instead(b"[]"),
    "an empty body": faults.instead(b""),
    "null": faults.instead(b"null"),
    "a web page": faults.html(),
    "an error object": faults.instead(b'{"message":"too many requests"}'),
    "the account object": faults.account_object,
    "500": faults.status(500),
    "503": faults.status(503, retry_after="0"),
    "429": faults.status(429, retry_after="0"),
    "two thirds of the rows": faults.shrunk(0.66),
}


@pytest.mark.parametrize("name", BAD_LISTS)
async def test_a_bad_list_leaves_stored_items_as_they_are_and_the_outcome_partial(
    name: str, home: Home, panel: FaultPanel
) -> None:
    assert (await home.sync()).status == "completed"
    before = home.content()
    panel.faults["get_vod_streams"] = BAD_LISTS[name]

    finished = await home.sync()

    assert home.content() == before
    assert (finished.status, finished.exit_code) == ("partial", 3)
    report = finished.report
    assert report.channels.status == report.series.status == "completed"
    assert report.movies.status in ("failed", "partial")
    assert report.movies.removed == 0
    assert [error.part for error in report.errors] == ["movies"]
    assert report.errors[0].reason
    assert finished.message and "\n" not in finished.message
    assert home.password not in repr(finished)
    home.assert_sound()


@pytest.mark.parametrize(
    "name", ["cut, without a length", "silence inside", "an empty list", "a web page", "500", "two thirds of the rows"]
)
async def test_a_bad_list_does_not_stop_the_other_parts_of_a_first_sync(
    name: str, home: Home, panel: FaultPanel, demo: DemoPanel
) -> None:
    panel.faults["get_live_streams"] = BAD_LISTS[name]

    finished = await home.sync()

    believable = name == "two thirds of the rows"  # nobody knows yet that there are more
    empty = name == "an empty list"
    assert finished.report.movies.total == len(home.names(Kind.MOVIE)) == demo.library.count(Kind.MOVIE)
    assert finished.report.series.total == demo.library.count(Kind.SERIES)
    if believable or empty:
        assert finished.status == "completed", finished.report
    else:
        assert (finished.status, finished.exit_code) == ("partial", 3), finished.report


@pytest.mark.parametrize("name", ["cut, with a length", "a web page", "503", "silence from the start"])
async def test_the_sync_after_a_bad_list_is_complete_again(name: str, home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    panel.faults["get_vod_streams"] = BAD_LISTS[name]
    await home.sync()
    panel.heal()

    finished = await home.sync()

    assert (finished.status, finished.exit_code, finished.message) == ("completed", 0, "")
    assert finished.report.rows_written == 0
    assert home.content() == before


@pytest.mark.parametrize(("share", "declares_length"), [(0.3, True), (0.6, False), (0.9, True), (0.95, False)])
@pytest.mark.fcase(43)
async def test_rows_before_a_cut_are_taken_in_and_nothing_leaves(
    share: float, declares_length: bool, home: Home, panel: FaultPanel, demo: DemoPanel
) -> None:
    await home.sync()
    before = home.names(Kind.MOVIE)
    demo.generation = 1
    panel.faults["get_vod_streams"] = faults.cut(share, declares_length=declares_length)

    finished = await home.sync()

    after = home.names(Kind.MOVIE)
    assert finished.report.movies.status in ("partial", "failed")
    assert finished.report.movies.removed == 0
    assert before.keys() <= after.keys()
    home.assert_sound()


async def test_one_refused_answer_is_asked_again(home: Home, panel: FaultPanel) -> None:
    panel.first_faults["get_vod_streams"] = [faults.status(503, retry_after="0"), faults.status(429, retry_after="0")]

    finished = await home.sync()

    assert finished.status == "completed"
    assert panel.requests["get_vod_streams"] == 3


@pytest.mark.fcase(22)
async def test_a_part_the_panel_does_not_offer_is_named(home: Home, panel: FaultPanel) -> None:
    panel.faults["get_series"] = panel.faults["get_series_categories"] = faults.account_object

    finished = await home.sync()

    assert (finished.status, finished.exit_code) == ("partial", 3)
    assert "series" in finished.message.lower()
    assert finished.report.channels.status == finished.report.movies.status == "completed"


@pytest.mark.parametrize("code", [401, 402, 403])
async def test_a_refused_account_in_place_of_a_list_ends_the_sync_and_costs_nothing(
    code: int, home: Home, panel: FaultPanel
) -> None:
    await home.sync()
    before = home.content()
    panel.requests.clear()
    panel.faults["get_vod_streams"] = faults.status(code, body=faults.HTML)

    finished = await home.sync()

    assert home.content() == before
    assert (finished.status, finished.exit_code) == ("partial", 3)
    assert finished.report.channels.status == "completed"
    assert finished.report.movies.status == "failed"
    assert panel.requests["get_vod_streams"] == 1, "a refusal is not asked again"
    assert panel.requests["get_series"] == 0, "nor is anything else asked then"


@pytest.mark.parametrize("code", [404, 458, 884])
async def test_a_list_that_is_denied_without_a_word_on_the_account_costs_only_its_part(
    code: int, home: Home, panel: FaultPanel
) -> None:
    await home.sync()
    before = home.content()
    panel.requests.clear()
    panel.faults["get_vod_streams"] = faults.status(code, body=faults.HTML)

    finished = await home.sync()

    assert home.content() == before
    assert (finished.status, finished.exit_code) == ("partial", 3)
    assert finished.report.movies.status == "failed"
    assert finished.report.series.status == "completed"
    assert panel.requests["get_vod_streams"] == 1


async def test_all_lists_failing_is_a_failed_sync(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    for action in faults.LISTS.values():
        panel.faults[action] = faults.status(503, retry_after="0")

    finished = await home.sync()

    assert (finished.status, finished.exit_code) == ("failed", 6)
    assert finished.error_code == "overloaded"
    assert home.content() == before


async def test_failing_categories_cost_no_category_and_no_item(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    for action in ("get_live_categories", "get_vod_categories", "get_series_categories"):
        panel.faults[action] = faults.html()

    finished = await home.sync()

    assert home.content() == before
    assert finished.exit_code == 3
    assert finished.report.categories.removed == 0


async def test_empty_categories_cost_no_category(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    panel.faults["get_vod_categories"] = faults.instead(b"[]")

    finished = await home.sync()

    assert home.content() == before
    assert finished.report.categories.removed == 0


async def test_a_full_sync_over_a_bad_list_keeps_the_stored_items(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    panel.faults["get_vod_streams"] = faults.cut(0.5, declares_length=True)

    finished = await home.sync(mode="full")

    assert finished.status == "partial"
    assert {row[0] for row in before["movie"]} == {row[0] for row in home.content()["movie"]}
    home.assert_sound()
