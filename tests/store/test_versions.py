"""Versions of one title: what belongs together, which stands for the others in a list, when it is found anew."""

from __future__ import annotations

import time
from array import array
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.rows import load, movie
from tests.support.title_spellings import grouped, measure, spellings
from tui_app.catalog import Item, Kind, Query
from tui_app.store.connection import tracing
from tui_app.store.library_store import LibraryStore
from tui_app.store.lists.versions import first_versions, group_titles

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
    versions = {item.id: {other.item.id for other in store.versions.versions_of(Kind.MOVIE, item.id)}
                for item in store.page(Query(Kind.MOVIE)).items}  # fmt: skip
    general, metropolis = {"1", "2", "3"}, {"5", "x6"}
    assert versions == {
        **dict.fromkeys(general, general), **dict.fromkeys(metropolis, metropolis), "4": {"4"}, "7": {"7"}, "8": {"8"},
    }  # fmt: skip
    assert store.versions.versions_of(Kind.MOVIE, "nobody") == ()
    assert store.versions.versions_of(Kind.MOVIE, "99") == ()  # numbers have a key whether there is an item or not


def test_grouping_is_linear_in_the_versions_of_a_title() -> None:
    def cost(count: int) -> float:
        rows = [(7, 0, 0, None, key) for key in range(count)]
        begun = time.process_time()
        assert len(group_titles(rows)) == count
        return time.process_time() - begun

    cost(1_000)
    assert cost(40_000) < 2.0  # 20 s when each looked for the first one by itself


def test_an_id_of_a_whole_library_and_a_chain_of_ids_are_read_once(store: LibraryStore) -> None:
    names = [f"Film {number} von allen {number * 7}" for number in range(3_000)]
    same = [movie(str(number), name, "1", year=1990, tmdb=5) for number, name in enumerate(names, 1)]
    load(store, Kind.MOVIE, *same)
    statements: list[str] = []
    with tracing(statements.append), closing(LibraryStore.open(store.database.path, readonly=True)) as reader:
        assert [one.item.id for one in reader.versions.versions_of(Kind.MOVIE, "1")] == ["1"]
    assert 0 < len(statements) < 40


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


def _together(store: LibraryStore, *names: str, **fields: Any) -> list[set[int]]:
    """The groups of these movies, by place in the list; `fields` are lists of one value for each."""
    rows = [
        movie(place, name, year=None, **{field: values[place] for field, values in fields.items()})
        for place, name in enumerate(names)
    ]
    load(store, Kind.MOVIE, *rows)
    found = {frozenset(int(one.item.id) for one in store.versions.versions_of(Kind.MOVIE, row.id)) for row in rows}
    return sorted(map(set, found), key=min)


def test_spellings_of_panels_are_grouped_as_they_truly_are(tmp_path: Path) -> None:
    names = spellings(600, seed=11)
    found = measure(names, grouped(tmp_path / "library.db", names))
    assert found.precision >= 0.999, found.wrong
    assert found.recall >= 0.97, found.missed


def test_one_tmdb_id_joins_titles_of_two_languages_and_two_ids_are_two_titles(store: LibraryStore) -> None:
    names = ("Nosferatu (1922)", "Nosferatu - Eine Symphonie des Grauens (1922)", "EN - Nosferatu (1922)")
    assert _together(store, *names, tmdb=[653, 653, None]) == [{0, 1, 2}]
    assert _together(store, *names, tmdb=[653, 654, None]) == [{0, 2}, {1}]
    assert _together(store, names[0], names[2], "FR - Nosferatu (1922)", tmdb=[653, 654, None]) == [{0}, {1}, {2}]


def test_an_id_does_not_join_years_far_apart_nor_everything_a_panel_gives_one_number(store: LibraryStore) -> None:
    names = ("Dune (1984)", "Duna (1985)", "Dune (2021)", "Dune")
    assert _together(store, *names, tmdb=[7, 7, 7, 7]) == [{0, 1}, {2}, {3}]
    many = [f"Film number {'x' * place} (1990)" for place in range(60)]
    assert len(_together(store, *many, tmdb=[1] * 60)) == 60


def test_without_a_year_only_what_is_known_under_one_year_at_most_is_one(store: LibraryStore) -> None:
    assert _together(store, "EN - Judex", "|FR| Judex", "Judex (1916)") == [{0, 1}, {2}]
    assert _together(store, "EN - Judex", "|FR| Judex", "Judex (1916)", "Judex (1963)") == [{0}, {1}, {2}, {3}]


def test_another_film_or_the_show_of_another_country_is_no_version(store: LibraryStore) -> None:
    assert _together(store, "Saw", "Saw 3D") == [{0}, {1}]
    assert _together(store, "Love Island (2019) US", "Love Island (2019) (UK)", "Love Island 2019 AU") == [
        {0},
        {1},
        {2},
    ]
    assert _together(store, "Avatar (2009)", "Avatar (2009) 3D", "Avatar (2009) [3D] DE") == [{0, 1, 2}]


def test_what_the_list_says_of_versions(store: LibraryStore) -> None:
    names = (
        "EN - Judex (1916) [4K]",
        "Judex.1916.German.1080p.BluRay.x264",
        "|FR| Judex, le justicier (1916)",
        "Fantômas",
    )
    _together(store, *names, tmdb=[9, None, 9, None])
    found = store.versions.versions_of(Kind.MOVIE, "1", ("2",))
    assert [(one.item.id, one.item.language, one.item.quality, one.why, one.is_apart) for one in found] == [
        ("0", "en", "4k", "same TMDB id", False),
        ("2", "fr", None, "same TMDB id", True),
        ("1", None, "fhd", "same title and year", False),
    ]
    assert [one.why for one in store.versions.versions_of(Kind.MOVIE, "3")] == [""]


def test_what_the_user_split_off_is_a_row_of_its_own(store: LibraryStore) -> None:
    _fill(store)
    keys, counts = store.versions.firsts(Kind.MOVIE, store.ids(Query(Kind.MOVIE)), ("2",))
    items = store.items_by_keys(Kind.MOVIE, keys)
    assert [(item.id, counts.get(key, 1)) for key, item in zip(keys, items, strict=True)][:2] == [("1", 2), ("2", 1)]


def test_a_sync_that_changes_a_name_changes_what_it_is_grouped_by(store: LibraryStore) -> None:
    _fill(store)
    with store.transaction():
        store.apply(Kind.MOVIE, upserts=[(movie("8", "DE ★ The General (1926)", "1", year=1926), 0)])
    assert ("1", 4) in _rows(store, Query(Kind.MOVIE))


def test_a_title_is_found_in_another_library(store: LibraryStore) -> None:
    _fill(store)
    asked = Item(Kind.MOVIE, "77", "DE | NETFLIX | The General (1926) HEVC 10bit", year=1926)
    assert {one.item.id for one in store.versions.like(asked, None)} == {"1", "2", "3"}
    assert store.versions.like(replace(asked, year=1998), None) == ()


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
