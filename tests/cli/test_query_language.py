"""The query language on the command line: `search`, `list --filter`, `list --saved` and `export`."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.invoke import Cli
from tests.support.list_panel import ListPanel, category, channel, movie, series
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.store.user.user_store import UserStore
from tui_app.text import split_title

DAY = 86_400
MOVIES: list[dict[str, Any]] = [
    {"name": "EN - The General (1926) [4K]", "genre": "Comedy, Action", "rating": "8.1", "category_id": "1", "age": 2,
     "cast": "Buster Keaton, Marion Mack", "director": "Clyde Bruckman"},
    {"name": "Sherlock Jr. (1924)", "genre": "Comedy", "rating": "8.2", "category_id": "1", "age": 40,
     "cast": "Buster Keaton", "director": "Buster Keaton"},
    {"name": "Nosferatu (1922)", "genre": "Drama, Horror", "rating": "7.9", "category_id": "2", "age": 40,
     "cast": "Max Schreck", "director": "F. W. Murnau"},
    {"name": "EN - Sunrise (1927)", "genre": "Drama", "rating": "8.0", "category_id": "3", "age": 3,
     "cast": "Janet Gaynor", "director": "F. W. Murnau"},
    {"name": "FR - Napoleon (1927) HD", "genre": "Drama, War", "rating": "6.5", "category_id": "1", "age": 3,
     "cast": "Albert Dieudonné", "director": "Abel Gance"},
]  # fmt: skip
CATEGORIES = {1: "EN | COMEDY", 2: "DE | KINO", 3: "DRAMA 4K", 4: "DE | LEER"}


CHANNELS = [("UK: News One HD", 1, 3), ("UK: News Two", 1, 0), ("DE: Sport", 2, 0)]


@pytest.fixture(scope="module")
def library_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a library in which each filter has few titles, known by name."""
    prepared, now = Cli(tmp_path_factory.mktemp("library") / "home"), int(time.time())
    with ListPanel() as panel:
        panel.movie_categories = [category(number, name) for number, name in CATEGORIES.items()]
        panel.movies = [
            movie(number) | {**one, "added": str(now - one["age"] * DAY), "year": ""}
            for number, one in enumerate(MOVIES, 1)
        ]
        panel.channels = [
            channel(number) | {"name": name, "category_id": str(group), "tv_archive": int(days > 0),
                               "tv_archive_duration": days}
            for number, (name, group, days) in enumerate(CHANNELS, 1)
        ]  # fmt: skip
        panel.series = [series(1) | {"name": "EN - Flash (1936)", "genre": "Drama", "cast": "Buster Crabbe"}]
        prepared("profile", "add", "home", "--url", panel.url, "--username", "u", "--password-stdin", stdin="p\n")
        prepared("sync")
    return prepared.home


@pytest.fixture
def library(library_home: Path, tmp_path: Path) -> Cli:
    shutil.copytree(library_home, tmp_path / "home")
    return Cli(tmp_path / "home")


def names(document: dict[str, Any]) -> list[str]:
    """The names of a document, without their tags and years."""
    found = document.get("items", document.get("results"))
    assert found is not None
    return [split_title(one["name"]).title for one in found]


def listed(cli: Cli, query: str, what: str = "movies") -> list[str]:
    return sorted(names(cli.json("list", what, "--filter", query)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("genre:drama", "Napoleon Nosferatu Sunrise"),
        ("genre:dra -genre:war", "Nosferatu Sunrise"),
        ("-genre:drama", "General Sherlock"),
        ("genre:comedy genre:action", "General"),
        ("year:1920..1924", "Nosferatu Sherlock"),
        ("year:>=1927 year:<1950", "Napoleon Sunrise"),
        ("-year:1927", "General Nosferatu Sherlock"),
        ("rating:>=8", "General Sherlock Sunrise"),
        (">8 1920..1925", "Sherlock"),
        ("-rating:>=7", "Napoleon"),
        ("lang:en", "General Sherlock Sunrise"),
        ("lang:english", "General Sherlock Sunrise"),
        ("lang:fr", "Napoleon"),
        ("lang:de", "Nosferatu"),
        ("-lang:en", "Napoleon Nosferatu"),
        ("quality:4k", "General Sunrise"),
        ("quality:hd", "Napoleon"),
        ('cat:"EN | COMEDY"', "General Napoleon Sherlock"),
        ("cat:2", "Nosferatu"),
        ("cat:en", "General Napoleon Sherlock"),
        ("-cat:en", "Nosferatu Sunrise"),
        ("added:<7d", "General Napoleon Sunrise"),
        ("added:>30d", "Nosferatu Sherlock"),
        ("cast:keaton", "General Sherlock"),
        ('cast:"buster kea" -director:keaton', "General"),
        ("director:murnau", "Nosferatu Sunrise"),
        ("-director:murnau -cast:keaton", "Napoleon"),
        ("sun", "Sunrise"),
        ("-sun -nos -nap", "General Sherlock"),
        ("genre:drama rating:>=7 year:1920..1929 added:<7d", "Sunrise"),
        ("kind:movie genre:war", "Napoleon"),
        ("sunrise -kind:series", "Sunrise"),
    ],
)
def test_each_key_filters_a_list_and_a_search_without_words(library: Cli, query: str, expected: str) -> None:
    first_words = [name.removeprefix("The ").split()[0] for name in listed(library, query)]
    assert sorted(first_words) == expected.split()
    found = names(library.json("search", f"kind:movie {query}"))
    if all(part.startswith("-") or ":" in part or part[0] in ">1" for part in query.split()):
        assert sorted(found) == listed(library, query)


def test_the_query_of_the_product_description(library: Cli) -> None:
    general, sherlock = (
        one["id"] for one in library.json("list", "movies", "--filter", "cast:keaton sort:year")["items"]
    )
    library("mark", "favourite", "movie", general, sherlock)
    library("mark", "watched", "movie", general)
    query = (
        'kind:movie genre:comedy year:1920..1929 rating:>=7 lang:en cat:"EN | COMEDY" is:favourite is:unwatched '
        "cast:keaton director:keaton"
    )
    assert listed(library, query) == names(library.json("search", query)) == ["Sherlock Jr."]
    assert listed(library, "is:favourite is:watched") == listed(library, "-is:unwatched") == ["The General"]
    assert "Sherlock Jr." not in listed(library, "-is:favourite")
    assert listed(library, "is:catchup", "channels") == ["News One"]
    assert len(listed(library, "-is:catchup", "channels")) == 2


def test_a_query_that_begins_with_a_minus_comes_after_two(library: Cli) -> None:
    assert names(json.loads(library("search", "--json", "--", "-genre:drama year:1924").out)) == ["Sherlock Jr."]


def test_words_are_ranked_within_the_filters_and_forgive_errors(library: Cli) -> None:
    assert names(library.json("search", "nosferatoo kind:movie director:murnau")) == ["Nosferatu"]
    assert names(library.json("search", "murnau year:1927")) == ["Sunrise"]
    assert names(library.json("search", "buster kind:series")) == ["Flash"]
    assert names(library.json("search", "sunrise genre:war")) == []
    assert {one["kind"] for one in library.json("search", "buster")["results"]} == {"movie", "series"}


def test_without_words_all_matches_are_listed_the_best_first(library: Cli) -> None:
    document = library.json("search", "genre:drama kind:movie", "--limit", "2")
    assert (document["total"], names(document)) == (3, ["Sunrise", "Nosferatu"])
    assert names(library.json("search", "genre:drama sort:year -kind:series")) == ["Sunrise", "Napoleon", "Nosferatu"]


def test_a_bad_value_is_said_on_stderr_and_the_rest_counts(library: Cli) -> None:
    for command in (("list", "movies", "--filter"), ("search",)):
        said = library(*command, "genre:comedy year:soon rating:>=8.2 kind:movie", "--json")
        assert names(json.loads(said.out)) == ["Sherlock Jr."]
        assert said.err.count("\n") == 1
        assert "“soon” is not a value of “year”" in said.err
    said = library("list", "movies", "--filter", "genre:polka rating:>=8.2", "--json")
    assert names(json.loads(said.out)) == ["Sherlock Jr."]
    assert "There is no genre “polka”." in said.err
    assert "There is no category “No Such”." in library("search", 'cat:"No Such" general').err


def test_options_and_a_filter_restrict_together(library: Cli) -> None:
    command = ("list", "movies", "--genre", "Drama", "--filter", "genre:horror sort:name")
    assert names(library.json(*command)) == ["Nosferatu"]
    assert names(library.json("list", "movies", "--filter", "genre:drama sort:rating", "--desc")) == [
        "Napoleon", "Nosferatu", "Sunrise",
    ]  # fmt: skip


def test_a_saved_filter_is_used_by_name_also_one_of_an_earlier_version(library: Cli) -> None:
    with UserStore(Paths.under(library.home).user_db) as user:
        user.save_filter("home", Kind.MOVIE, "Weimar", "director:murnau sort:rating")
        user.save_filter("home", Kind.MOVIE, "Old", '{"genre": "War", "year_from": 1920}')
    assert names(library.json("list", "movies", "--saved", "weimar")) == ["Sunrise", "Nosferatu"]
    assert names(library.json("list", "movies", "--saved", "Weimar", "--filter", "year:1922")) == ["Nosferatu"]
    assert names(library.json("list", "movies", "--saved", "Old")) == ["Napoleon"]
    refused = library("list", "movies", "--saved", "Nothing", expect=2).err
    assert "no saved filter “Nothing”" in refused and "Old, Weimar" in refused


def test_exports_take_the_same_filters(library: Cli) -> None:
    exported = library("export", "--format", "csv", "--filter", "director:murnau kind:movie").out
    assert exported.count("\n") == 3 and "Sunrise" in exported and "Nosferatu" in exported


def test_a_megabyte_of_query_is_answered(library: Cli) -> None:
    lines = "genre:drama " * 80_000 + "\n" + '"' * 1_000_000 + "\nsunrise kind:movie\n"
    answers = [json.loads(line) for line in library("search", "-", "--json", stdin=lines).out.splitlines()]
    assert [len(answer["results"]) for answer in answers] == [4, 0, 1]


def test_language_and_quality_are_keys_of_items_and_results(library: Cli) -> None:
    for document in (library.json("list", "movies")["items"], library.json("search", "kind:movie")["results"]):
        said = {split_title(one["name"]).title: (one["language"], one["quality"]) for one in document}
        assert said == {
            "The General": ("en", "4k"), "Sherlock Jr.": ("en", None), "Nosferatu": ("de", None),
            "Sunrise": ("en", "4k"), "Napoleon": ("fr", "hd"),
        }  # fmt: skip
