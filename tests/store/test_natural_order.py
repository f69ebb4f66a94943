"""Lists by name in the order of their numbers: at any depth, backwards, by letter, and as other ways of sorting do."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.support.rows import assert_sound, category, channel, load, movie
from tui_app.catalog import ItemRef, Kind, Mark, Query, SortKey
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore

IN_ORDER = [
    *("9", "10", "DAZN 9", "DAZN 11", "PPV 1", "PPV 01", "PPV 002", "RTSH 1", "RTSH 3", "RTSH 24"),
    *("TV CHANNEL 1", "TV CHANNEL 2", "TV CHANNEL 10", "TV CHANNEL1 FHD", f"Zone {10**40}", f"Zone {10**41}"),
]


def shuffled() -> list[str]:
    names = list(IN_ORDER)
    random.Random(4).shuffle(names)
    return names


@pytest.mark.fcase(96)
def test_f96_pages_of_any_depth_are_in_the_order_of_numbers(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, *(channel(id, name) for id, name in enumerate(shuffled(), 1)))
    for backwards in (False, True):
        wanted = IN_ORDER[::-1] if backwards else IN_ORDER
        query = Query(Kind.CHANNEL, sort="name", descending=backwards)
        for offset in range(len(wanted)):
            found = [item.name for item in store.page(query, limit=3, offset=offset).items]
            assert found == wanted[offset : offset + 3]
    assert_sound(store)


@pytest.mark.parametrize("more", [{}, {"category": "1"}, {"descending": True}, {"category": "1", "descending": True}])
@pytest.mark.parametrize("sort", ["year", "rating", "added"])
def test_f96_ties_of_other_sorts_are_in_the_order_of_numbers(
    store: LibraryStore, sort: SortKey, more: dict[str, Any]
) -> None:
    store.save_categories(Kind.MOVIE, [category("1", "One")])
    films = [movie(id, name, "1", year=1950, rating=7, added=50) for id, name in enumerate(shuffled(), 1)]
    load(store, Kind.MOVIE, *films)
    assert [item.name for item in store.page(Query(Kind.MOVIE, sort=sort, **more)).items] == IN_ORDER


def test_f96_a_name_that_changes_moves_to_its_place(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(id, name) for id, name in enumerate(IN_ORDER, 1)))
    store.apply(Kind.MOVIE, upserts=[(movie(1, "TV CHANNEL 9"), 0)])
    names = [item.name for item in store.page(Query(Kind.MOVIE, sort="name"), limit=None).items]
    assert names[names.index("TV CHANNEL 2") :][:3] == ["TV CHANNEL 2", "TV CHANNEL 9", "TV CHANNEL 10"]
    assert_sound(store)


def test_f96_a_letter_and_a_number_lead_to_the_first_name_with_them(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, *(channel(id, name) for id, name in enumerate(shuffled(), 1)))
    query = Query(Kind.CHANNEL, sort="name")
    firsts = {"9": "9", "10": "10", "d": "DAZN 9", "p": "PPV 1", "r": "RTSH 1", "t": "TV CHANNEL 1"}
    for letter, name in firsts.items():
        assert store.index_of_letter(query, letter) == IN_ORDER.index(name)


def test_names_that_start_with_a_number_typed_are_found_among_thousands(store: LibraryStore) -> None:
    """The search table's own choice of so many matches is arbitrary: the best ones come from the index of names."""
    names = [f"Rocky {n}" for n in range(1_000, 4_000)]
    load(store, Kind.MOVIE, *(movie(id, name) for id, name in enumerate([*names, "Rocky 3", "Rocky 03"], 1)))
    assert store.search("rocky 3").hits[0].item.name == "Rocky 3"
    assert {hit.item.name for hit in store.search("rocky 3", limit=10).hits} >= {"Rocky 3"}
    assert store.search("rocky 03").hits[0].item.name == "Rocky 03"
    assert all(hit.item.name.startswith("Rocky 39") for hit in store.search("rocky 39", limit=50).hits)


async def test_f96_favourites_by_name_have_the_same_order(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    with LibraryStore.open(paths.library_db("home")) as store:
        load(store, Kind.CHANNEL, *(channel(id, name) for id, name in enumerate(shuffled(), 1)))
    library = Library(paths, "home")
    try:
        refs = [ItemRef(Kind.CHANNEL, str(id), name) for id, name in enumerate(shuffled(), 1)]
        await library.marks.put(refs, Mark.FAVOURITE, on=True)
        assert await library.favourites.sort_by_name()
        view = await library.favourites.list_entries()
        assert [found.item.name for found in view.items(0, 50) if found.item] == IN_ORDER
    finally:
        await library.close()
