"""Later generations: what the lists really differ in is what `expected_changes` says."""

from __future__ import annotations

import pytest

from tests.demo.reading import body, difference, items, rows
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoLibrary

STEPS = [(0, 0), (0, 1), (1, 2), (0, 3), (3, 1), (0, 40), (0, 150)]


@pytest.mark.parametrize("kind", LISTED_KINDS)
@pytest.mark.parametrize("size", [0, 1, 9, 10, 47, 230])
@pytest.mark.parametrize(("start", "end"), STEPS)
def test_lists_differ_exactly_as_expected(kind: Kind, size: int, start: int, end: int) -> None:
    library = DemoLibrary(11, size, size, size)
    found = difference(items(library, kind, start), items(library, kind, end))
    assert found == tuple(library.expected_changes(kind, start, end))


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_the_usual_sizes_change_by_one_percent(kind: Kind) -> None:
    library = DemoLibrary()
    added, changed, removed = library.expected_changes(kind, 0, 1)
    size = library.count(kind)
    assert (added, changed, removed) == (size // 100, size // 100, size // 200)
    assert difference(items(library, kind, 0), items(library, kind, 1)) == (added, changed, removed)
    assert library.count(kind, 1) == size + added - removed == len(items(library, kind, 1))


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_most_rows_look_different_without_having_changed(kind: Kind) -> None:
    library = DemoLibrary(5, 200, 200, 200)
    old, new = (dict(_by_place(library, kind, generation)) for generation in (0, 1))
    same = [place for place in old.keys() & new.keys() if old[place] == new[place]]
    assert len(same) < 0.2 * len(old)
    assert body(library, kind, 0) != body(library, kind, 1)


@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES])
def test_names_ratings_and_plots_change(kind: Kind) -> None:
    library = DemoLibrary(5, 0, 600, 600)
    old, new = items(library, kind, 0), items(library, kind, 5)
    fields = {
        field
        for item_id in old.keys() & new.keys()
        for field in ("name", "rating", "plot")
        if old[item_id][field] != new[item_id][field]
    }
    assert fields == {"name", "rating", "plot"}


def test_a_removed_item_has_no_details_and_no_stream() -> None:
    library = DemoLibrary(5, 50, 50, 50)
    gone = items(library, Kind.MOVIE, 0).keys() - items(library, Kind.MOVIE, 1).keys()
    assert gone
    for item_id in gone:
        assert library.movies.index_of(int(item_id), 0) is not None
        assert library.movies.index_of(int(item_id), 1) is None


def _by_place(library: DemoLibrary, kind: Kind, generation: int) -> list[tuple[tuple[str, str], dict[str, object]]]:
    field = library.generator(kind).id_field
    return [((str(row[field]), str(row["category_id"])), row) for row in rows(library, kind, generation)]
