"""Versions of one title: what belongs together, which stands for the others in a list, when it is found anew."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from tests.support.rows import load, movie
from tui_app.catalog import Kind, Query
from tui_app.store.library_store import LibraryStore
from tui_app.store.lists.versions import first_versions

TITLES = (
    ("1", "EN - The General (1926) [4K]", 1926),
    ("2", "|FR| The General - 1926", 1926),
    ("3", "The General", 1926),
    ("4", "The General", None),
    ("5", "Metropolis (1927)", 1927),
    ("x6", "[DE] Métropolis (1927) HD", 1927),
    ("7", "Metropolis (2001)", 2001),
    ("8", "Nosferatu", 1922),
)


def _fill(store: LibraryStore, titles: tuple[tuple[str, str, int | None], ...] = TITLES) -> None:
    load(store, Kind.MOVIE, *(movie(id, name, "1", year=year) for id, name, year in titles))


def _rows(store: LibraryStore, query: Query) -> list[tuple[str, int]]:
    keys, counts = store.versions.firsts(query.kind, store.ids(query))
    return [
        (item.id, counts.get(key, 1)) for key, item in zip(keys, store.items_by_keys(query.kind, keys), strict=True)
    ]


def test_languages_qualities_and_accents_make_versions_and_years_make_titles(store: LibraryStore) -> None:
    _fill(store)
    versions = {item.id: {other.id for other in store.versions.versions_of(Kind.MOVIE, item.id)}
                for item in store.page(Query(Kind.MOVIE)).items}  # fmt: skip
    general, metropolis = {"1", "2", "3"}, {"5", "x6"}
    assert versions == {
        **dict.fromkeys(general, general), **dict.fromkeys(metropolis, metropolis), "4": {"4"}, "7": {"7"}, "8": {"8"},
    }  # fmt: skip
    assert store.versions.versions_of(Kind.MOVIE, "nobody") == ()


def test_the_first_of_a_list_stands_for_the_others_of_that_list(store: LibraryStore) -> None:
    _fill(store)
    assert _rows(store, Query(Kind.MOVIE)) == [("1", 3), ("4", 1), ("5", 2), ("7", 1), ("8", 1)]
    backwards = _rows(store, Query(Kind.MOVIE, descending=True))
    assert backwards == [("8", 1), ("7", 1), ("x6", 2), ("4", 1), ("3", 3)]
    without = _rows(store, Query(Kind.MOVIE, excluded_ids=("1", "x6")))
    assert without == [("2", 2), ("4", 1), ("5", 1), ("7", 1), ("8", 1)]


def test_a_sync_that_changes_titles_changes_the_groups(store: LibraryStore) -> None:
    _fill(store)
    assert ("1", 3) in _rows(store, Query(Kind.MOVIE))
    _fill(store, (*TITLES[1:], ("9", "Nosferatu 4K", 1922)))
    assert _rows(store, Query(Kind.MOVIE)) == [("2", 2), ("4", 1), ("5", 2), ("7", 1), ("8", 2)]


def test_channels_have_no_versions(store: LibraryStore) -> None:
    assert store.versions.groups(Kind.CHANNEL) == {}
    assert store.versions.firsts(Kind.CHANNEL, array("q", [3, 1])) == (array("q", [3, 1]), {})


@given(st.lists(st.integers(0, 30), unique=True))
def test_each_title_of_a_list_has_one_row_and_every_row_is_counted(keys: list[int]) -> None:
    groups = {key: key // 3 * 3 for key in range(21)}
    kept, counts = first_versions(groups, keys)
    titles = [groups.get(key, key) for key in keys]
    assert list(kept) == [key for place, key in enumerate(keys) if titles.index(titles[place]) == place]
    assert sum(counts.get(key, 1) for key in kept) == len(keys)
