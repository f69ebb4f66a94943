"""Hidden categories are out of search and counts; counts of categories are what choosing them shows."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.support.rows import category, channel, load, movie, series
from tui_app.catalog import UNCATEGORISED_ID, Details, Episode, Kind, Query, Season
from tui_app.store.database import Statement
from tui_app.store.library_store import LibraryStore
from tui_app.store.lists.lists import count_categories

CATEGORIES = ("1", "2", "3", "4")
MAKE: dict[Kind, Any] = {Kind.CHANNEL: channel, Kind.MOVIE: movie, Kind.SERIES: series}
HIDDEN = [(), ("1",), ("2", "3"), (UNCATEGORISED_ID,), ("1", UNCATEGORISED_ID), CATEGORIES]


def filled(store: LibraryStore, kind: Kind, count: int = 300) -> LibraryStore:
    rng = random.Random(5)
    store.save_categories(kind, [category(id, f"Category {id}", int(id)) for id in CATEGORIES])
    rows = []
    for number in range(count):
        ids = tuple(dict.fromkeys(rng.choices((*CATEGORIES, "unlisted"), k=rng.choice((0, 1, 1, 2, 3)))))
        more: dict[str, Any] = {"archive_days": rng.choice((0, 3))}
        if kind is not Kind.CHANNEL:
            more = {"year": rng.choice((None, 1990, 1995)), "rating": rng.choice((None, 5.0, 8.0))}
            more["genre"] = rng.choice((None, "Drama", "Comedy, Drama"))
        rows.append(MAKE[kind](number, f"{rng.choice(('Night', 'Day'))} of {number}", *ids, **more))
    load(store, kind, *rows)
    return store


def filters(kind: Kind) -> list[dict[str, Any]]:
    some: list[dict[str, Any]] = [{}, {"text": "night"}, {"text": "night of 1"}, {"only_ids": ("1", "2", "3", "250")}]
    some += [{"excluded_ids": tuple(map(str, range(90)))}, {"excluded_ids": ("1", "2"), "only_ids": ("2", "3", "999")}]
    if kind is Kind.CHANNEL:
        return [*some, {"catchup": True}, {"catchup": True, "text": "day"}]
    return [*some, {"year_from": 1990}, {"min_rating": 7}, {"genre": "Comedy", "year_to": 1992, "min_rating": 4}]


@pytest.mark.parametrize("few", [20_000, -1], ids=["gathered", "along the index"])
@pytest.mark.parametrize("kind", list(MAKE))
@pytest.mark.fcase(102)
def test_f102_each_count_is_what_the_list_of_that_category_shows(
    store: LibraryStore, kind: Kind, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", few)
    filled(store, kind)
    for hidden in HIDDEN:
        for more in filters(kind):
            query = Query(kind, excluded_categories=hidden, **more)
            found, total = store.counted_categories(query, frozenset(hidden))
            assert total == store.page(query).total
            shown = {c.id: c.count for c in found if not c.hidden}
            assert shown == {
                id: store.page(Query(kind, category=id, excluded_categories=hidden, **more)).total for id in shown
            }
            for one in (c for c in found if c.hidden):  # named, it is asked for
                assert one.count == store.page(Query(kind, category=one.id, **more)).total


@pytest.mark.parametrize("kind", list(MAKE))
def test_f102_search_finds_what_is_in_a_visible_category_and_nothing_else(store: LibraryStore, kind: Kind) -> None:
    filled(store, kind)
    for hidden in HIDDEN:
        shown = {item.id for item in store.page(Query(kind, excluded_categories=hidden), limit=None).items}
        for text in ("night", "n", "nihgt", "day of", "of 12"):
            everything = {hit.item.id for hit in store.search(text, kinds=(kind,), limit=1_000).hits}
            answer = store.search(text, kinds=(kind,), limit=1_000, hidden={kind: frozenset(hidden)})
            assert {hit.item.id for hit in answer.hits} == everything & shown
            assert answer.total == len(answer.hits)


def test_f102_a_visible_match_is_found_among_thousands_of_hidden_ones(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category("1", "One"), category("2", "Two")])
    films = [movie(number, f"Night {number:05d}", "1") for number in range(5_000)]
    load(store, Kind.MOVIE, *films, movie(9_000, "Nights of the Tower", "2"), movie(9_001, "Zero Night", "1", "2"))
    answer = store.search("night", hidden={Kind.MOVIE: frozenset({"1"})})
    assert [hit.item.id for hit in answer.hits] == ["9000", "9001"]
    assert (answer.total, answer.capped) == (2, False)


def test_f102_keys_far_apart_and_mapped_ones_are_hidden_too(store: LibraryStore) -> None:
    store.save_categories(Kind.CHANNEL, [category("1", "One"), category("2", "Two")])
    hidden = [channel(id, f"News {id}", "1") for id in ("a", "7", str(2**50), "b9")]
    load(store, Kind.CHANNEL, *hidden, channel("c", "News c", "2"), channel(8, "News 8", "2"))
    answer = store.search("news", hidden={Kind.CHANNEL: frozenset({"1"})})
    assert {hit.item.id for hit in answer.hits} == {"c", "8"}


def test_f102_episodes_are_hidden_with_their_series(store: LibraryStore) -> None:
    store.save_categories(Kind.SERIES, [category("1", "One"), category("2", "Two")])
    load(store, Kind.SERIES, series(1, "Judex", "1"), series(2, "Fantomas", "2"), series(3, "Both", "1", "2"))
    for id in ("1", "2", "3"):
        season = Season(1, "One", episodes=(Episode(f"4{id}", 1, 1, "The Shadow"),))
        store.save_series_details(id, Details(seasons=(season,)), 50)
    hidden = {Kind.SERIES: frozenset({"1"})}
    assert {hit.item.id for hit in store.search("shadow", hidden=hidden).hits} == {"42", "43"}
    assert {hit.item.id for hit in store.search("shadow").hits} == {"41", "42", "43"}


@pytest.mark.parametrize("kind", list(MAKE))
def test_counts_are_asked_of_covering_indexes(store: LibraryStore, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", -1)
    filled(store, kind)
    plans: list[str] = []
    ask = store.database.rows

    def heard(sql: Statement, params: Any = ()) -> Any:
        if isinstance(sql, str) and "GROUP BY" in sql:
            plans.extend(row[3] for row in ask(f"EXPLAIN QUERY PLAN {sql}", params))
        return ask(sql, params)

    monkeypatch.setattr(store.database, "rows", heard)
    for more in filters(kind):
        if "text" not in more:
            store.counted_categories(Query(kind, **more))
    steps = [step for step in plans if step.startswith(("SCAN t", "SEARCH t"))]
    assert steps
    assert [step for step in steps if "COVERING INDEX" not in step and "PRIMARY KEY" not in step] == []


def test_counts_are_remembered_until_the_library_changes(store: LibraryStore) -> None:
    filled(store, Kind.MOVIE)
    reads = store._reads
    query = Query(Kind.MOVIE, min_rating=7)
    first = count_categories(store.database, reads.cache, reads.lists, query)
    assert count_categories(store.database, reads.cache, reads.lists, query) is first
    store.apply(Kind.MOVIE, upserts=[(movie(9_999, "New", "1", rating=9.0), 0)])
    assert count_categories(store.database, reads.cache, reads.lists, query).total == first.total + 1
