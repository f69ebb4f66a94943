"""Lists, categories, searches and stats out of a synced copy: for scripts as documents, for people as columns."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PASSWORD, add_profile
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.list_panel import ListPanel
from tui_app.demo import DemoPanel

ITEM_KEYS = {"kind", "id", "name", "categories", "year", "rating", "genre", "country", "added"}


def items(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    return list(cli.json("list", *arguments)["items"])


@pytest.mark.parametrize(("what", "total"), [("channels", 60), ("movies", 240), ("series", 30)])
def test_lists_hold_each_item_once(synced: Cli, what: str, total: int) -> None:
    document = synced.json("list", what, "--limit", "1000")
    ids = [item["id"] for item in document["items"]]
    assert (document["total"], len(ids), len(set(ids))) == (total, total, total)
    assert all(set(item) >= ITEM_KEYS and isinstance(item["id"], str) for item in document["items"])


def test_the_default_limit_is_100_and_pages_join(synced: Cli) -> None:
    everything = items(synced, "movies", "--limit", "1000")
    assert items(synced, "movies") == everything[:100]
    assert items(synced, "movies", "--offset", "90", "--limit", "20") == everything[90:110]
    assert items(synced, "movies", "--limit", "0") == []
    assert items(synced, "movies", "--offset", "5000") == []


def test_an_item_in_two_categories_names_both_and_is_found_in_both(synced: Cli) -> None:
    both = [item for item in items(synced, "movies", "--limit", "1000") if len(item["categories"]) > 1]
    assert both
    for category in both[0]["categories"]:
        found = items(synced, "movies", "--category", category.lower(), "--limit", "1000")
        assert both[0]["id"] in [item["id"] for item in found]
        assert all(category in item["categories"] for item in found)


def test_episodes_are_found_by_the_category_of_their_series(synced: Cli) -> None:
    series = items(synced, "series")[0]
    synced("show", "series", series["id"])
    fetched = items(synced, "episodes", "--limit", "1000")
    assert items(synced, "episodes", "--category", series["categories"][0], "--limit", "1000") == fetched != []
    assert "list categories --kind series" in synced("list", "episodes", "--category", "No such", expect=2).err


def test_a_category_the_panel_calls_uncategorised_goes_before_ours(cli: Cli) -> None:
    with ListPanel() as panel:
        panel.movie_categories.append({"category_id": "9", "category_name": "Uncategorised"})
        panel.movies[0]["category_id"], panel.movies[1]["category_id"] = "9", None
        link = f"{panel.url}/get.php?username=viewer&password={PASSWORD}"
        cli("profile", "add", "home", "--url", link, "--sync")
    assert [item["name"] for item in items(cli, "movies", "--category", "uncategorised")] == ["Film 1"]
    assert [item["name"] for item in items(cli, "movies", "--category", "(none)")] == ["Film 2"]


def test_a_category_is_found_by_its_id_too(synced: Cli) -> None:
    assert items(synced, "movies", "--category", "9") == items(
        synced, "movies", "--category", "classics | world cinema"
    )


def test_filters_join_and_unknown_values_never_match(synced: Cli) -> None:
    found = items(synced, "movies", "--year", "1910-1929", "--min-rating", "7", "--genre", "comedy", "--limit", "1000")
    everything = items(synced, "movies", "--limit", "1000")
    expected = [
        item["id"]
        for item in everything
        if 1910 <= (item["year"] or 0) <= 1929 and (item["rating"] or 0) >= 7 and "Comedy" in (item["genre"] or "")
    ]
    assert [item["id"] for item in found] == expected
    assert expected


def test_sorting_puts_unknown_values_last_in_both_directions(synced: Cli) -> None:
    for more in ((), ("--desc",)):
        years = [item["year"] for item in items(synced, "movies", "--sort", "year", *more, "--limit", "1000")]
        known = [year for year in years if year is not None]
        assert known == sorted(known, reverse=bool(more))
        assert years == known + [None] * (len(years) - len(known))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [(("movies", "--category", "No such"), "list categories --kind movie"), (("movies", "--genre", "Zzz"), "Comedy"),
     (("channels", "--year", "1990"), "--category"), (("categories", "--year", "1990"), "--kind"),
     (("movies", "--kind", "movie"), "categories")],
)  # fmt: skip
def test_a_filter_that_fits_nothing_is_usage(synced: Cli, arguments: tuple[str, ...], hint: str) -> None:
    assert hint in synced("list", *arguments, expect=2).err


def test_categories_come_in_the_panels_order_with_counts(synced: Cli) -> None:
    document = synced.json("list", "categories", "--kind", "movie")
    assert [category["name"] for category in document["items"][:2]] == [
        "CLASSICS | SILENT ERA",
        "CLASSICS | HORROR & SCI-FI",
    ]
    assert all(set(category) == {"kind", "id", "name", "count", "hidden"} for category in document["items"])
    assert {category["kind"] for category in synced.json("list", "categories")["items"]} == {
        "channel",
        "movie",
        "series",
    }
    last = document["items"][-1]
    assert last["name"] == "Uncategorised"
    assert document["total"] == len(document["items"]) - 1  # only the panel's own are counted
    uncategorised = items(synced, "movies", "--category", "uncategorised", "--limit", "1000")
    assert (len(uncategorised), uncategorised[0]["categories"]) == (last["count"], ["Uncategorised"])


def test_separators_are_marked_and_never_found(synced: Cli) -> None:
    separators = [item for item in items(synced, "channels") if item["separator"]]
    assert separators
    found = synced.json("search", separators[0]["name"], "--kind", "channel")
    assert not {item["id"] for item in separators} & {result["id"] for result in found["results"]}


def test_people_get_columns_and_a_total(synced: Cli) -> None:
    lines = synced("list", "channels", "--limit", "5").out.splitlines()
    assert lines[0].split()[:3] == ["id", "number", "name"]
    assert "separator" in lines[1]
    assert lines[-1].startswith("5 of 60 channels shown")


def test_no_escape_of_a_title_reaches_the_terminal(synced: Cli) -> None:
    text = synced("list", "series").out + synced("list", "movies", "--limit", "1000").out
    assert "Red Alert" in text
    assert not {"\x1b", "\u202e", "\r", "\x07"} & set(text)
    assert not [char for line in text.split("\n") for char in line if unicodedata.category(char) == "Cc"]


def test_before_the_first_sync_lists_are_empty_and_say_why(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    for arguments in (("list", "movies"), ("list", "categories"), ("search", "x")):
        answer = cli(*arguments, "--json")
        assert answer.document["total"] == 0
        assert "xtream-tui sync" in answer.err
    assert cli.json("stats")["movies"] == 0
    assert "xtream-tui sync" in cli("show", "movie", "1", expect=1).err


# ---------------------------------------------------------------------------------------------- search
def test_search_forgives_typing_errors(synced: Cli) -> None:
    document = synced.json("search", "nosferatoo")
    assert set(document) >= {"query", "elapsed_ms", "total", "results"}
    best = document["results"][0]
    assert (best["kind"], best["name"]) == ("movie", "Nosferatu")
    assert set(best) >= {"kind", "id", "name", "category", "year", "rating", "score"}
    assert "Nosferatu" in synced("search", "nosferatu").out


def test_search_answers_each_line_of_stdin_at_once(synced_home: Path) -> None:
    running = CommandLine(synced_home).start("search", "-", "--json", "--limit", "3")
    assert running.stdin is not None and running.stdout is not None
    for query in ("nosferatu", "", '"*(', "flash gordon"):
        running.stdin.write(query + "\n")
        running.stdin.flush()
        answer = json.loads(running.stdout.readline())
        assert answer["query"] == query
        assert len(answer["results"]) <= 3
    running.stdin.close()
    assert running.wait(10) == 0


ODD_QUERIES = ("", "   ", '"', "a AND", "x" * 5000, "NEAR(", "🎄", "%", "--x")


@pytest.mark.parametrize("query", ODD_QUERIES, ids=range(len(ODD_QUERIES)))
def test_any_text_is_a_query(synced: Cli, query: str) -> None:
    document = synced("search", "--json", "--", query).document
    assert document["query"] == query
    assert document["total"] >= len(document["results"])


def test_search_keeps_to_a_kind(synced: Cli) -> None:
    results = synced.json("search", "the", "--kind", "series")["results"]
    assert {result["kind"] for result in results} == {"series"}


# ----------------------------------------------------------------------------------------------- stats
def test_stats_count_what_was_synced(synced: Cli) -> None:
    document = synced.json("stats")
    assert (document["profile"], document["channels"], document["movies"], document["series"]) == ("home", 60, 240, 30)
    assert document["categories"] == {"channels": 5, "movies": 24, "series": 13}
    assert document["library_bytes"] > 10_000
    for part in ("channels", "movies", "series"):
        assert document["last_sync"][part]["status"] == "completed"
        assert isinstance(document["last_sync"][part]["at"], int)
    assert "240" in synced("stats").out


def test_profiles_know_their_last_sync(synced: Cli) -> None:
    (profile,) = synced.json("profile", "list")["profiles"]
    assert profile["last_sync"] == max(state["at"] for state in synced.json("stats")["last_sync"].values())


# ----------------------------------------------------------------------------------------------- cache
def test_clearing_keeps_the_profile_and_names_the_sync(synced: Cli) -> None:
    assert "--yes" in synced("cache", "clear", expect=2).err
    assert "xtream-tui sync" in synced("cache", "clear", "--yes").out
    assert synced.json("stats")["channels"] == 0
    assert synced.json("profile", "list")["current"] == "home"
    assert synced.json("sync")["movies"]["added"] == 240


def test_a_sound_copy_is_called_sound(synced: Cli) -> None:
    assert synced.json("cache", "check") == {"profile": "home", "sound": True, "problems": []}


def test_a_damaged_search_index_is_found(synced: Cli) -> None:
    with closing(sqlite3.connect(synced.paths.library_db("home"))) as database:
        database.execute("INSERT INTO movie_names(movie_names) VALUES('delete-all')")
        database.commit()
    document = synced.json("cache", "check", expect=1)
    assert document["problems"]


def test_no_reading_command_prints_the_password(synced: Cli) -> None:
    for arguments in (("list", "channels"), ("search", "general"), ("stats",), ("profile", "list"), ("where",)):
        for more in ((), ("--json",)):
            answer = synced(*arguments, *more)
            assert PASSWORD not in answer.out + answer.err
