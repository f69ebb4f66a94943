"""What commands say of an account: limits that are none, ends that have passed; details a panel does not have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.invoke import Cli
from tests.support.list_panel import ListPanel

LONG_AGO = 1_577_836_800  # 2020-01-01


class DetailsPanel(ListPanel):
    """Also answers for details, with what `details` says."""

    def __init__(self) -> None:
        super().__init__()
        self.details: Any = {"info": []}
        self.asked = 0

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str | None], bytes]:
        if asked.get("action") in ("get_vod_info", "get_series_info"):
            self.asked += 1
            self.login, login = self.details, self.login
            try:
                return super().answer(asked, headers)
            finally:
                self.login = login
        return super().answer(asked, headers)

    def says(self, **user: Any) -> None:
        self.login = {"user_info": {"auth": 1, "status": "Active", **user}, "server_info": {"timezone": "UTC"}}


@pytest.fixture
def lists() -> Iterator[DetailsPanel]:
    with DetailsPanel() as running:
        yield running


@pytest.fixture
def added(cli: Cli, lists: DetailsPanel) -> Cli:
    cli("profile", "add", "home", "--url", lists.url, "--username", "me", "--password-stdin", stdin="secret-word\n")
    return cli


def first_id(cli: Cli, kind: str) -> str:
    return str(cli.json("list", "series" if kind == "series" else f"{kind}s", "--limit", "1")["items"][0]["id"])


@pytest.mark.parametrize(
    ("sent", "limit"), [("999999", None), (0, None), ("0", None), (1000, None), (999, 999), ("2", 2), (-1, None)]
)
@pytest.mark.fcase(101)
def test_f101_a_limit_of_a_thousand_streams_or_none_is_no_limit(
    added: Cli, lists: DetailsPanel, sent: Any, limit: int | None
) -> None:
    lists.says(max_connections=sent)
    assert added.json("profile", "test", "home")["max_connections"] == limit
    assert ("streams at the same time" in added("profile", "test", "home").out) == (limit is not None)


@pytest.mark.fcase(101)
def test_f101_an_active_account_whose_end_has_passed_is_said_to_have_expired_everywhere(
    added: Cli, lists: DetailsPanel
) -> None:
    lists.says(exp_date=str(LONG_AGO))
    for command in (("profile", "test", "home"), ("profile", "list"), ("sync",), ("stats",)):
        said = added(*command)
        assert "expired on 2020-01-01" in said.out + said.err
    assert "expired on 2020-01-01" in added("doctor", expect=1).out
    assert added.json("profile", "test", "home")["expires"] == LONG_AGO


@pytest.mark.fcase(101)
def test_f101_an_account_that_goes_on_is_not(added: Cli, lists: DetailsPanel) -> None:
    lists.says(exp_date=int(time.time()) + 40 * 86_400)
    for command in (("profile", "test", "home"), ("profile", "list"), ("sync",), ("stats",)):
        said = added(*command)
        assert "expired" not in said.out + said.err


@pytest.mark.parametrize("body", [{"info": []}, {}, [], None, {"info": {}, "movie_data": []}, {"info": None}])
@pytest.mark.parametrize("kind", ["movie", "series"])
@pytest.mark.fcase(99)
def test_f99_details_that_say_nothing_are_missing_and_not_asked_for_again(
    added: Cli, lists: DetailsPanel, kind: str, body: Any
) -> None:
    added("sync")
    lists.details, one = body, first_id(added, kind)
    assert added.json("show", kind, one)["details"] == "missing"
    assert lists.asked == 1
    assert added.json("show", kind, one)["details"] == "missing"
    assert lists.asked == 1
    assert "missing: the provider has no details" in added("show", kind, one, "--offline").out


@pytest.mark.fcase(99)
def test_f99_offline_details_are_stored_or_missing(added: Cli, lists: DetailsPanel) -> None:
    added("sync")
    one = first_id(added, "movie")
    lists.details = {"info": {"plot": "A plot."}}
    assert added.json("show", "movie", one, "--offline")["details"] == "missing"
    assert added.json("show", "movie", one)["details"] == "fresh"
    assert added.json("show", "movie", one, "--offline")["details"] == "stored"


def test_there_is_nothing_to_check_before_the_first_sync(added: Cli) -> None:
    assert "nothing to check" in added("cache", "check").out
    assert added.json("cache", "check") == {"profile": "home", "sound": True, "problems": []}


def test_an_export_into_a_folder_that_is_not_there_fails(added: Cli) -> None:
    added("sync")
    target = added.home / "nowhere" / "list.m3u"
    assert "There is no folder" in added("export", "--format", "m3u", "-o", str(target), expect=1).err


@pytest.mark.parametrize("name", ["a/b", "$(id)", "x" * 65, 'q"q'])
def test_names_that_shells_would_read_are_refused(cli: Cli, lists: DetailsPanel, name: str) -> None:
    arguments = ("profile", "add", name, "--url", lists.url, "--username", "me", "--password-stdin")
    assert "name must" in cli(*arguments, stdin="secret-word\n", expect=2).err
    assert cli.json("profile", "list")["profiles"] == []


def test_the_handbook_is_read_by_its_name_and_by_the_former_one(cli: Cli) -> None:
    assert cli("handbook", "scripting").out == cli("guide", "scripting").out
    assert "xtream-tui handbook CHAPTER" in cli("handbook").out
    listed = [line.split()[0] for line in cli("--help").out.splitlines() if line.startswith("  ") and line.split()]
    assert "handbook" in listed
    assert "guide" not in listed
