"""ETag and Last-Modified: sent back only to a panel that sent some, and only when what they stand for is all stored."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.list_panel import movie
from tests.sync.category_panel import CategoryPanel, instead
from tests.sync.conftest import SyncHome
from tui_app.catalog import Kind
from tui_app.settings import ProfileStore

CONDITIONS = {"if-none-match", "if-modified-since"}


def conditions(panel: CategoryPanel) -> list[set[str]]:
    """The conditions sent with each question for the whole list of movies."""
    return [CONDITIONS & asked.headers.keys() for asked in panel.asked if asked.action == "get_vod_streams"]


def test_a_panel_without_validators_is_never_asked_conditionally(home: SyncHome, category_panel: CategoryPanel) -> None:
    for _ in range(3):
        home.sync()
    assert conditions(category_panel) == [set(), set(), set()]


def test_a_list_that_did_not_change_is_not_sent_and_is_complete(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.validators = {"ETag": '"v1"', "Last-Modified": "Tue, 02 Jan 2024 03:04:05 GMT"}
    first = home.sync()
    before = home.tables()
    for _ in range(2):  # what was not sent is known as well the second time
        report = home.sync()
        assert (report["status"], report["rows_written"], report["movies"]["unchanged"]) == ("completed", 0, 50)
        assert report["bytes_downloaded"] == 0 < first["bytes_downloaded"]
    assert conditions(category_panel) == [set(), CONDITIONS, CONDITIONS]
    assert home.tables() == before

    category_panel.validators = {"ETag": '"v2"'}
    category_panel.movies.append(movie(90))
    assert home.sync()["movies"]["added"] == 1
    home.sync()
    assert conditions(category_panel)[-1] == {"if-none-match"}


def test_conditions_are_not_sent_when_something_is_missing_or_read_otherwise(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.validators = {"ETag": '"v1"'}
    home.sync()
    home.sync(mode="full")
    assert conditions(category_panel)[-1] == set(), "a full sync wants everything"

    category_panel.whole["movies"] = instead(json.dumps({"message": "no such thing"}).encode())
    home.sync()
    category_panel.whole.clear()
    home.sync()
    assert conditions(category_panel)[-1] == set(), "the last one failed"

    profiles = ProfileStore(home.paths)
    settings = replace(profiles.get_sync_settings("home"), excluded_categories={Kind.MOVIE: ("2",)})
    profiles.save_sync_settings("home", settings)
    assert home.sync()["movies"]["removed"] == 25
    assert conditions(category_panel)[-1] == set(), "other rows are wanted now"


def test_a_304_nobody_asked_for_fails_the_part_alone(home: SyncHome, category_panel: CategoryPanel) -> None:
    home.sync()
    before = home.content()
    category_panel.whole["movies"] = lambda _body: (304, {}, b"")
    report = home.sync()
    assert (report["status"], report["movies"]["status"], report["series"]["status"]) == (
        "partial",
        "failed",
        "completed",
    )
    assert home.content() == before
    assert category_panel.wholes_asked() == 3, "once more past caches, and not by category"
    assert category_panel.categories_asked() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"<br /><b>Warning</b>: Undefined index: x in /www/a.php<br />\n", b""), (b"", b"\n<!-- 0.02 s -->")],
)
def test_a_panel_that_wraps_its_lists_in_junk_is_complete_as_long_as_nothing_is_missing(
    before: bytes, after: bytes, home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.whole["movies"] = category_panel.whole["categories"] = lambda body: (200, {}, before + body + after)
    first = home.finish()
    assert (first.status, first.report.movies.total) == ("completed", 50)
    category_panel.movies[0]["name"] = "Renamed"
    assert home.sync()["movies"]["changed"] == 1
    assert home.sync()["rows_written"] == 0

    del category_panel.movies[-1]
    for _ in range(2):  # however often it is repeated: such a list is never believed about what is missing
        held = home.sync()
        assert (held["movies"]["status"], held["movies"]["removed"], held["movies"]["total"]) == ("partial", 0, 50)
        assert "other text around it" in held["errors"][0]["reason"]

    category_panel.whole.clear()
    assert home.sync()["movies"]["removed"] == 1
