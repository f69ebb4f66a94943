"""One search over all accounts: a title once, with its sources; what is hidden or of another account stays so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import add_profile
from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tui_app.demo import DemoPanel


@pytest.fixture(scope="module")
def second_panel() -> Iterator[DemoPanel]:
    """Another provider: it shares the well-known films, with fewer titles beside them."""
    with DemoPanel(channels=20, movies=120, series=10, username="second", password="pw-2", seed=7) as running:
        yield running


@pytest.fixture
def two(synced: Cli, second_panel: DemoPanel) -> Cli:
    add_profile(synced, second_panel, "cabin")
    synced("sync", "cabin")
    return synced


def test_a_title_of_two_accounts_is_one_result_with_its_sources(two: Cli) -> None:
    found = fits("search-all", two.json("search", "nosferatu", "--all-profiles"))
    first = found["results"][0]
    assert (first["name"], first["profile"]) == ("Nosferatu", "home")
    assert [source["profile"] for source in first["sources"]] == ["home", "cabin"]
    for source in first["sources"]:
        shown = two.json("show", "movie", source["id"], "--profile", source["profile"], "--offline")
        assert (shown["name"], shown["year"]) == ("Nosferatu", 1922)
    assert "home, cabin" in two("search", "nosferatu", "--all-profiles").out
    mine = fits("search-all", two.json("search", "nosferatu", "--all-profiles", "--profile", "cabin"))["results"][0]
    assert (mine["profile"], mine["id"]) == ("cabin", mine["sources"][0]["id"])


def test_every_result_is_one_of_the_accounts_that_it_names_and_none_is_missing(two: Cli) -> None:
    for query in ("the", "general", "1927", "sherlock", "drama"):
        joint = two.json("search", query, "--all-profiles", "--limit", "1000")
        alone = {name: two.json("search", query, "--profile", name, "--limit", "1000") for name in ("home", "cabin")}
        expected = {(name, hit["kind"], hit["id"]) for name, found in alone.items() for hit in found["results"]}
        sources = [(s["profile"], hit["kind"], s["id"]) for hit in joint["results"] for s in hit["sources"]]
        assert set(sources) == expected and len(sources) == len(expected)
        assert joint["total"] == len(joint["results"])
        scores = [hit["score"] for hit in joint["results"]]
        assert scores == sorted(scores, reverse=True)


def test_without_the_flag_an_account_is_by_itself(two: Cli) -> None:
    result = fits("search", two.json("search", "nosferatu"))["results"][0]
    assert "sources" not in result and "profile" not in result


def test_what_is_hidden_in_one_account_is_not_found_there(two: Cli) -> None:
    ids = [category["id"] for category in two.json("list", "categories", "--kind", "movie")["items"]]
    two("mark", "hidden", "movie", *ids)
    first = two.json("search", "nosferatu", "--all-profiles", "--kind", "movie")["results"][0]
    assert [source["profile"] for source in first["sources"]] == ["cabin"]
    first = two.json("search", "nosferatu", "--all-profiles", "--include-hidden")["results"][0]
    assert len(first["sources"]) == 2


def test_queries_come_from_standard_input_too_and_an_unsynced_account_does_not_matter(
    two: Cli, second_panel: DemoPanel
) -> None:
    add_profile(two, second_panel, "never-synced")
    lines = two("search", "-", "--all-profiles", "--json", stdin="nosferatu\n\nmetropolis\n").out.splitlines()
    assert len(lines) == 3 and all('"sources"' in line for line in (lines[0], lines[2]))


def test_before_any_sync_it_says_what_to_do(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    answer = cli("search", "x", "--all-profiles")
    assert "xtream-tui sync" in answer.err and "Nothing found." in answer.out
