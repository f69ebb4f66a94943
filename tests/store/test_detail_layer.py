"""Fetched details say in lists and search what the provider's list leaves open; a sync compares with the list alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.rows import assert_sound, dump, load, movie, series
from tui_app.catalog import Details, Kind, Query
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.space import drop
from tui_app.store.write.differences import ItemChange

FACTS = Details(
    plot="A butler vanishes.", cast="Asta Nielsen", director="Urban Gad", genre="Drama, Rare", year=1913, rating=7.4,
    released="1913-03-01", duration_s=3_600, country="Germany",
    backdrop="http://i.example/b.jpg",
)  # fmt: skip
MAKE: dict[Kind, Any] = {Kind.MOVIE: movie, Kind.SERIES: series}
BOTH = pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES])


def save(store: LibraryStore, kind: Kind, details: Details, id: str = "1", at: int = 50) -> None:
    (store.save_movie_details if kind is Kind.MOVIE else store.save_series_details)(id, details, at)


def filled(store: LibraryStore, kind: Kind, **list_row: Any) -> Any:
    """A sparse item with details beside others; its row in the list."""
    row = MAKE[kind](1, "Engelein", "1", **list_row)
    genres = [MAKE[kind](10 + n, f"Other {n}", genre=f"G{n}") for n in range(70)]
    load(store, kind, row, *genres)
    save(store, kind, FACTS)
    return row


def ids(store: LibraryStore, kind: Kind, **query: Any) -> list[str]:
    return [item.id for item in store.page(Query(kind, **query)).items]


def found(store: LibraryStore, kind: Kind, text: str) -> list[str]:
    return [hit.item.id for hit in store.search(text, kinds=(kind,)).hits]


def synced(store: LibraryStore, kind: Kind, *rows: Any) -> list[ItemChange]:
    changes: list[ItemChange] = []
    store.apply(kind, upserts=[(row, 0) for row in rows], on_changes=changes.extend)
    return changes


def assert_says_all(store: LibraryStore, kind: Kind) -> None:
    (item,) = (item for item in store.page(Query(kind), limit=None).items if item.id == "1")
    assert (item.year, item.rating, item.genre, item.duration_s) == (1913, 7.4, "Drama, Rare", 3_600)
    assert item.country == "Germany"
    assert store.full_item(kind, "1").backdrop == "http://i.example/b.jpg"
    assert ids(store, kind, year_from=1913, year_to=1913) == ["1"]
    assert ids(store, kind, min_rating=7) == ["1"]
    assert ids(store, kind, genre="drama") == ids(store, kind, genre="rare") == ["1"]
    assert ids(store, kind, sort="year", descending=True)[0] == "1"
    assert found(store, kind, "asta nielsen") == found(store, kind, "butler") == ["1"]
    assert_sound(store)


@BOTH
@pytest.mark.fcase(94)
def test_f94_what_the_list_leaves_open_is_said_by_details(store: LibraryStore, kind: Kind) -> None:
    filled(store, kind)
    assert_says_all(store, kind)


@BOTH
def test_f94_a_sync_of_the_sparse_list_takes_nothing_away_and_tells_of_no_change(
    store: LibraryStore, kind: Kind
) -> None:
    row = filled(store, kind)
    before = dump(store, kind.value), dump(store, f"{kind.value}_text")
    assert synced(store, kind, row) == []
    assert (dump(store, kind.value), dump(store, f"{kind.value}_text")) == before
    (change,) = synced(store, kind, replace(row, icon="http://x.test/new.png"))
    assert set(change.fields) == {"icon"}
    assert_says_all(store, kind)


@BOTH
def test_f94_a_full_sync_keeps_it_too(store: LibraryStore, kind: Kind) -> None:
    row = filled(store, kind)
    load(store, kind, row, MAKE[kind](2, "Another"))
    assert_says_all(store, kind)


@BOTH
def test_f94_what_the_list_says_wins_and_is_what_changes(store: LibraryStore, kind: Kind) -> None:
    row = filled(store, kind, year=1914, rating=3.0, genre="Comedy", cast="Paul Meffert")
    (item,) = store.page(Query(kind, year_from=1914)).items
    assert (item.year, item.rating, item.genre) == (1914, 3.0, "Comedy")
    assert found(store, kind, "asta nielsen") == []
    (change,) = synced(store, kind, replace(row, year=None, genre=None, cast=None))
    assert change.fields["year"] == (1914, None)
    (item,) = store.page(Query(kind, year_from=1913, year_to=1913)).items
    assert (item.genre, item.rating) == ("Drama, Rare", 3.0)
    (change,) = synced(store, kind, replace(row, cast=None, plot="A plot of the list."))
    assert change.fields["year"] == (None, 1914)
    assert change.fields["plot"] == (None, "A plot of the list.")
    assert synced(store, kind, replace(row, cast=None, plot="A plot of the list.")) == []
    assert found(store, kind, "butler") == []
    assert_sound(store)


@BOTH
def test_f94_a_list_that_says_the_same_later_is_remembered_as_the_list(store: LibraryStore, kind: Kind) -> None:
    row = filled(store, kind)
    (change,) = synced(store, kind, replace(row, year=1913))
    assert change.fields == {"year": (None, 1913)}
    save(store, kind, Details(year=1920))
    assert ids(store, kind, year_from=1913, year_to=1913) == ["1"]


@BOTH
def test_f94_newer_details_take_the_place_of_older_ones(store: LibraryStore, kind: Kind) -> None:
    row = filled(store, kind)
    save(store, kind, Details(year=1920, genre="Farce", cast="Ossi Oswalda"))
    (item,) = store.page(Query(kind, genre="Farce")).items
    assert (item.year, item.rating) == (1920, None)
    assert ids(store, kind, genre="Rare") == []
    assert (found(store, kind, "asta nielsen"), found(store, kind, "ossi oswalda")) == ([], ["1"])
    assert synced(store, kind, row) == []
    assert_sound(store)


@BOTH
def test_f94_details_that_are_dropped_leave_what_the_list_said(store: LibraryStore, kind: Kind) -> None:
    row = filled(store, kind)
    before = dump(store, "item_genre")
    drop(store.database, "details", {})
    assert ids(store, kind, year_from=1913, year_to=1913) == ids(store, kind, genre="Rare") == []
    assert len(dump(store, "item_genre")) < len(before)
    assert found(store, kind, "asta nielsen") == []
    assert synced(store, kind, row) == []
    assert_sound(store)


@BOTH
def test_f94_an_item_that_leaves_takes_all_of_it_along(store: LibraryStore, kind: Kind) -> None:
    filled(store, kind)
    store.apply(kind, removed=[1])
    assert dump(store, f"{kind.value}_details") == []
    assert store.database.value("SELECT count(*) FROM item_genre WHERE item = 1") == 0
    assert_sound(store)


@BOTH
def test_f94_details_of_an_earlier_version_are_taken_in_once(store: LibraryStore, kind: Kind) -> None:
    load(store, kind, MAKE[kind](1, "Engelein", "1"))
    store.database.run(
        f'INSERT INTO {kind}_details(id, at, stale, facts) VALUES (1, 5, 0, \'{{"year": 1913, "genre": "Drama"}}\')'
    )
    store.fill_from_details(kind)
    assert ids(store, kind, year_from=1913) == ids(store, kind, genre="drama") == ["1"]
    store.database.run(f"DELETE FROM {kind}_details")
    store.fill_from_details(kind)
    assert ids(store, kind, year_from=1913) == ["1"]
