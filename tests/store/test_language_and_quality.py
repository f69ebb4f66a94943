"""Language and quality of an item, as its row says them and as lists are filtered by them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from tests.support.rows import category, channel, load, movie, series
from tui_app.catalog import Kind, Query
from tui_app.store.database import resolved
from tui_app.store.library_store import LibraryStore
from tui_app.store.lists.filtering import FEW
from tui_app.store.lists.query_plan import plan_query
from tui_app.store.query_cache import QueryCache

KINDS = pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
MAKE = {Kind.CHANNEL: channel, Kind.MOVIE: movie, Kind.SERIES: series}
NAMES = (
    "EN - The General [4K]", "Nosferatu", "|FR| Napoleon HD", "4K-DE - Sunrise", "DE/EN - Judex 1080p HDR",
    "NF - Fantomas", "Les Vampires VOSTFR", "Metropolis MULTI", "TR: Bir Film UHD",
)  # fmt: skip
CATEGORIES = ("EN | DRAMA", "EN | KINO 4K", "DE - KINO", "DE - FILME", "FRENCH FILMS", "DRAMA HD")
IN_ONE = 1


@pytest.fixture
def tagged(store: LibraryStore, kind: Kind) -> LibraryStore:
    """Every name in every category."""
    store.save_categories(kind, [category(str(number), name) for number, name in enumerate(CATEGORIES)])
    pairs = [(name, str(place)) for name in NAMES for place in range(len(CATEGORIES))]
    load(store, kind, *(MAKE[kind](number, name, place) for number, (name, place) in enumerate(pairs, 1)))
    return store


@KINDS
def test_a_row_says_the_tags_of_the_title_otherwise_of_its_category(tagged: LibraryStore, kind: Kind) -> None:
    said = {(one.name, one.category): (one.language, one.quality) for one in tagged.page(Query(kind)).items}
    assert said["EN - The General [4K]", "DE - KINO"] == ("en", "4k")
    assert said["Nosferatu", "EN | KINO 4K"] == ("en", "4k")
    assert said["DE/EN - Judex 1080p HDR", "FRENCH FILMS"] == ("de, en", "fhd, hdr")
    assert said["NF - Fantomas", "DE - KINO"] == ("de", None)  # a service is no language
    assert said["4K-DE - Sunrise", "DRAMA HD"] == ("de", "4k")
    assert said["Metropolis MULTI", "DRAMA HD"] == (None, "hd")


@KINDS
@pytest.mark.parametrize("few", [FEW, -1])
@pytest.mark.parametrize("value", ["en", "de", "fr", "tr", "it", "4k", "hd", "fhd", "hdr", "sd"])
def test_a_filter_finds_what_rows_say(
    tagged: LibraryStore, monkeypatch: pytest.MonkeyPatch, kind: Kind, few: int, value: str
) -> None:
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", few)
    asked = Query(kind, quality=value) if value in ("4k", "hd", "fhd", "hdr", "sd") else Query(kind, language=value)
    every = tagged.page(Query(kind)).items
    wanted = [one for one in every if value in f"{one.language}, {one.quality}".split(", ")]
    for query in (asked, replace(asked, sort="added", descending=True), replace(asked, sort="name")):
        found = tagged.page(query)
        assert ({one.id for one in found.items}, found.total) == ({one.id for one in wanted}, len(wanted))
    in_one = tagged.page(replace(asked, category=str(IN_ONE)))
    assert {one.id for one in in_one.items} == {one.id for one in wanted if one.category == CATEGORIES[IN_ONE]}
    outside = tagged.page(Query(kind, excluded=(asked,)))
    assert {one.id for one in outside.items} == {one.id for one in every} - {one.id for one in wanted}
    counted, total = tagged.counted_categories(asked, frozenset())
    assert (sum(one.count for one in counted), total) == (len(wanted), len(wanted))


@KINDS
@pytest.mark.parametrize("tags", [{"language": "en"}, {"quality": "4k"}, {"language": "de", "quality": "hd"}])
@pytest.mark.parametrize(
    "other",
    [
        {"year_from": 1900}, {"min_rating": 1.0}, {"catchup": True}, {"genre": "unknown"}, {"category": "unknown"},
        {"category_words": "unknown"}, {"cast": "nobody"}, {"added_since": 1}, {"only_ids": frozenset({"0"})},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_tags_go_with_every_other_filter(
    tagged: LibraryStore, kind: Kind, tags: dict[str, Any], other: dict[str, Any]
) -> None:
    known = {field.name for field in fields(Query)}
    for sort in ("name", "added", "number"):
        query = Query(kind, sort=sort, **tags, **{name: value for name, value in other.items() if name in known})
        ids = tagged.ids(query)
        assert tagged.count(query) == len(ids)
        _, beside = tagged.counted_categories(query, frozenset())  # whatever the category
        assert beside == tagged.count(replace(query, category=None))


@KINDS
def test_a_renamed_category_changes_what_its_untagged_titles_say(tagged: LibraryStore, kind: Kind) -> None:
    assert tagged.count(Query(kind, language="it")) == 0
    tagged.save_categories(kind, [category(str(number), f"IT | {number}") for number, _name in enumerate(CATEGORIES)])
    found = tagged.page(Query(kind, language="it")).items
    assert {one.name for one in found} == {"Nosferatu", "NF - Fantomas", "Metropolis MULTI"}
    assert {one.language for one in found} == {"it"}


@KINDS
def test_the_filter_reads_indexes_alone(tagged: LibraryStore, kind: Kind) -> None:
    query = Query(kind, language="en", quality="4k", sort="name")
    plan = plan_query(tagged.database, query, QueryCache(tagged.database))
    for sql in (*plan.scan_sql, plan.count_sql):
        statement, params = resolved(f"EXPLAIN QUERY PLAN {sql}", plan.params)
        steps = [str(row[-1]) for row in tagged.database.rows(statement, params)]
        read = [step for step in steps if step.startswith(("SCAN t ", "SEARCH t "))]
        assert read
        assert all("COVERING INDEX" in step for step in read), read
