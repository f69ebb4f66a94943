"""The query language: any text is a filter, and a filter is a text that says the same."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_app.catalog import Kind
from tui_app.catalog.filter_text import completions, filter_text, saved_text
from tui_app.catalog.filters import KEYS, LONGEST_QUERY, MOST_PARTS, ItemFilter, parse_filter

PIECES = st.sampled_from(
    [*(f"{key.name}:" for key in KEYS), *(key.example for key in KEYS), '"', '""', "-", ">7", "1920..1929", " ", ":",
     "drama", "foo:bar", "..", "<", "is:watched", "é", "  ", "{", "-sort:name", "year:1915-29", "added:>1y", "kind:"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS)
@example('genre: "" -"a b" {x')
@example('cat:"a ""b"" c" kind:')
def test_any_text_is_a_filter_and_its_text_says_the_same(text: str) -> None:
    found = parse_filter(text).filter
    assert parse_filter(filter_text(found)) == (found, ())


@given(st.text(alphabet=st.characters(exclude_characters=':"<>.-'), max_size=40))
def test_a_text_without_keys_is_its_words(text: str) -> None:
    assert parse_filter(text) == (ItemFilter(" ".join(text.split())), ())


def test_every_example_of_a_key_is_understood() -> None:
    text = " ".join(key.example for key in KEYS)
    found, problems = parse_filter(text)
    assert problems == ()
    assert found == ItemFilter(
        kinds=(Kind.MOVIE,), genre="drama", year_from=1920, year_to=1929, min_rating=7.0, language="en", quality="4k",
        category_name="UK | SPORTS", added_days=7, cast="buster keaton", director="murnau", unwatched=True,
        sort="rating", descending=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year:1920..1929", ItemFilter(year_from=1920, year_to=1929)),
        ("year:1920-1929", ItemFilter(year_from=1920, year_to=1929)),
        ("year:1915-29", ItemFilter(year_from=1915, year_to=1929)),
        ("year:1929..1920", ItemFilter(year_from=1920, year_to=1929)),
        ("1920..1929", ItemFilter(year_from=1920, year_to=1929)),
        ("year:1920", ItemFilter(year_from=1920, year_to=1920)),
        ("year:1920..", ItemFilter(year_from=1920)),
        ("year:>=1920", ItemFilter(year_from=1920)),
        ("year:>1920", ItemFilter(year_from=1921)),
        ("year:<1950", ItemFilter(year_to=1949)),
        ("year:<=1950", ItemFilter(year_to=1950)),
        (">7", ItemFilter(min_rating=7.0)),
        (">=7.5", ItemFilter(min_rating=7.5)),
        ("rating:>=7,5", ItemFilter(min_rating=7.5)),
        ("rating:8", ItemFilter(min_rating=8.0)),
        ("added:<2w", ItemFilter(added_days=14)),
        ("added:30", ItemFilter(added_days=30)),
        ("added:>30d", ItemFilter(excluded=(ItemFilter(added_days=30),))),
        ("is:favourite is:catchup", ItemFilter(favourites=True, catchup=True)),
        ("-is:unwatched", ItemFilter(watched=True)),
        ("KIND:Movies", ItemFilter(kinds=(Kind.MOVIE,))),
        ("kind:movie kind:series", ItemFilter(kinds=(Kind.MOVIE, Kind.SERIES))),
        ("-kind:episode -kind:channel", ItemFilter(kinds=(Kind.MOVIE, Kind.SERIES))),
        ("genre:drama genre:crime", ItemFilter(genre="drama", also=(ItemFilter(genre="crime"),))),
        ("chaplin -kid -genre:drama", ItemFilter("chaplin", excluded=(ItemFilter("kid"), ItemFilter(genre="drama")))),
        ('-"the kid"', ItemFilter(excluded=(ItemFilter("the kid"),))),
        ("mission - impossible", ItemFilter("mission - impossible")),
        ("Mission: Impossible", ItemFilter("Mission: Impossible")),
        ("cat: people", ItemFilter("cat: people")),
        ('"kind:movie"', ItemFilter("kind:movie")),
        ("colour:red", ItemFilter("colour:red")),
        ("spider-man", ItemFilter("spider-man")),
        ("genre:", ItemFilter()),
        ("-sort:rating", ItemFilter(sort="rating")),
        ("is:grouped", ItemFilter(grouped=True)),
    ],
)
def test_forms_of_values(text: str, expected: ItemFilter) -> None:
    assert parse_filter(text) == (expected, ())


@pytest.mark.parametrize(
    "bad", ["kind:film-noir", "year:soon", "year:19", "rating:11", "rating:<5", "added:<9999y", "quality:best",
            "is:good", "sort:luck", 'genre:"!!"', "added:<12h"],
)  # fmt: skip
def test_a_bad_value_is_named_and_the_rest_counts(bad: str) -> None:
    found, problems = parse_filter(f"chaplin {bad} genre:comedy")
    assert found == ItemFilter("chaplin", genre="comedy")
    (said,) = problems
    key, value = bad.split(":")
    assert value.strip('"') in said and f"“{key}”" in said and "write" in said


@pytest.mark.parametrize(
    "begun", ["year:19", "year:>", "year:1920..192", "rating:>=", "added:<", "is:un", "kind:mov", "quality:4"]
)
def test_a_value_that_is_being_typed_is_no_problem_yet(begun: str) -> None:
    assert parse_filter(begun, is_being_typed=True).problems == ()
    assert len(parse_filter(begun).problems) == len(parse_filter(f"{begun} x", is_being_typed=True).problems) == 1


@pytest.mark.parametrize(
    "piece", ['"', "a:", "-", "x", " ", ">7 ", "kind:movie ", 'genre:"', "..", "year:1920..1929 -", "é:"]
)
def test_a_megabyte_is_read_in_bounded_time_and_kept_short(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    found, problems = parse_filter(text)
    assert len(filter_text(found)) <= 4 * LONGEST_QUERY
    assert len(found.also) + len(found.excluded) <= MOST_PARTS
    assert time.process_time() - started < 1
    assert any("characters are read" in said for said in problems)


# -------------------------------------------------------------------------------------------- saved filters
def test_filters_saved_by_earlier_versions_become_text() -> None:
    stored = (
        '{"category": "7", "category_name": "UK | Drama", "sort": "rating", "descending": true, "genre": "War", '
        '"year_from": 1920, "year_to": 1939, "min_rating": 6.5, "added_days": 7, "favourites": true, '
        '"unwatched": true, "text": "big parade", "grouped": true}'
    )
    text = saved_text(stored)
    assert text == (
        'big parade cat:"UK | Drama" genre:War year:1920..1939 rating:>=6.5 added:<7d is:favourite is:unwatched '
        "is:grouped sort:rating"
    )
    assert saved_text(text) == text
    assert saved_text('{"category": "7", "sort": "year"}') == "cat:7 -sort:year"
    assert saved_text('{"year_from": "x", "min_rating": true}') == ""


# ------------------------------------------------------------------------------------------------ completion
GENRES = ("Drama", "Dry humour", "Crime")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ge", "genre:"),
        ("chaplin ki", "chaplin kind:"),
        ("-is", "-is:"),
        ("kind:m", "kind:movie"),
        ("x genre:d", "x genre:Drama"),
        ("genre:dry", 'genre:"Dry humour"'),
        ('genre:"dr', 'genre:"Drama"'),
        ("genre:", "genre:Drama"),
        ("-genre:c", "-genre:Crime"),
        ("is:un", "is:unwatched"),
        ("g", None),
        ("chaplin", None),
        ("genre:x", None),
        ("genre:drama", None),
        ("ge ", None),
        ("", None),
    ],
)
def test_completion_of_the_last_part(text: str, first: str | None) -> None:
    assert next(completions(text, lambda key: GENRES if key == "genre" else ()), None) == first


def test_only_filters_that_need_the_library_narrow() -> None:
    assert not parse_filter("chaplin kind:movie sort:name").filter.narrows
    assert parse_filter("-drama").filter.narrows
    assert replace(ItemFilter(), excluded=(ItemFilter(favourites=True),)).depends_on_marks
