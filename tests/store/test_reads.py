"""Lists: every filter and sort against a plain reference, the indexes they walk, pages, letters, categories."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.present import present
from tests.support.rows import category, channel, connection_of, load, movie, series
from tui_app.catalog import SORT_KEYS, UNCATEGORISED, UNCATEGORISED_ID, Details, Episode, Kind, Query, Season
from tui_app.errors import NotFound
from tui_app.store.database import Statement, resolved
from tui_app.store.library_store import LibraryStore
from tui_app.store.lists.filtering import FEW
from tui_app.store.lists.query_plan import plan_query
from tui_app.store.query_cache import QueryCache
from tui_app.text import fold

Filled = tuple[LibraryStore, Kind, list[Any]]
LISTED = ("1", "2", "3")  # category "9" is named by items only


def _rows(kind: Kind, count: int, rng: random.Random) -> list[Any]:
    made = []
    for number in range(count):
        id = f"x{number}" if number % 11 == 0 else str(number * 3)
        name = rng.choice(["Alpha", "alpha", "Béta", "beta 2", "Beta 10", "The Gamma", "##### X #####", "10", "9"])
        ids = tuple(dict.fromkeys(rng.choices(("1", "2", "3", "9"), k=rng.choice((0, 1, 1, 1, 2)))))
        separator = name.startswith("#")
        if kind is Kind.CHANNEL:
            row: Any = channel(id, name, *ids, added=rng.choice((None, 5, 6)), archive_days=rng.choice((0, 2)))
            row = replace(row, number=rng.choice((None, 0, *range(30))))
        else:
            added: dict[str, Any] = {"added": rng.choice((None, 100, 200, 300))}
            row = (movie if kind is Kind.MOVIE else series)(
                *(id, name, *ids),
                year=rng.choice((None, 1990, 1991, 2005)),
                rating=rng.choice((None, 5.5, 7.0, 8.1)),
                genre=rng.choice((None, "Drama", "Crime, Drama", "Comedy / Crime")),
                **added,
            )
        made.append(replace(row, is_separator=separator))
    return made


def _key(id: str) -> int:
    return int(id) if id.isdigit() else -1 - int(id[1:]) // 11


def _reference(rows: list[Any], query: Query) -> list[str]:
    """What a query must answer, in plain Python."""
    kept = [row for row in enumerate(rows) if _matches(row[1], query)]

    def value(row: tuple[int, Any]) -> Any:
        number, item = row
        added = item.added
        values = {
            "name": _by_value(item.name),
            "number": item.number if query.kind is Kind.CHANNEL else number,
            "added": added,
        }
        return values.get(query.sort, getattr(item, query.sort, None))

    kept.sort(key=lambda row: (_by_value(row[1].name), _key(row[1].id)))
    known = [row for row in kept if value(row) is not None]
    known.sort(key=value, reverse=query.descending)
    return [row[1].id for row in [*known, *(row for row in kept if value(row) is None)]]


def _by_value(name: str) -> list[tuple[int, str]]:
    """Words of a name, numbers by their value and before words."""
    return [(int(word) + 1, "") if word.isdigit() else (1 << 40, word) for word in fold(name).split()]


def _matches(row: Any, query: Query) -> bool:
    listed = [id for id in row.category_ids if id in LISTED]
    added = row.added or 0
    year, rating = getattr(row, "year", None) or 0, getattr(row, "rating", None) or 0
    genres = [part.strip().lower() for part in (getattr(row, "genre", None) or "").replace("/", ",").split(",")]
    words = fold(row.name).split()
    checks: dict[str, Callable[[], bool]] = {
        "category": lambda: query.category in listed or (query.category == UNCATEGORISED_ID and not listed),
        "genre": lambda: present(query.genre).lower() in genres,
        "year_from": lambda: year >= present(query.year_from),
        "year_to": lambda: 0 < year <= present(query.year_to),
        "min_rating": lambda: rating >= present(query.min_rating),
        "added_since": lambda: added >= present(query.added_since),
        "catchup": lambda: getattr(row, "archive_days", 0) > 0,
        "text": lambda: (
            not fold(query.text)
            or (not row.is_separator and all(any(w.startswith(q) for w in words) for q in fold(query.text).split()))
        ),
        "only_ids": lambda: row.id in present(query.only_ids),
        "excluded_ids": lambda: row.id not in query.excluded_ids,
        "excluded_categories": lambda: _is_visible(row, listed, query.excluded_categories),
    }
    default = Query(query.kind)
    return all(check() for name, check in checks.items() if getattr(query, name) != getattr(default, name))


def _is_visible(row: Any, listed: list[str], hidden: tuple[str, ...]) -> bool:
    first = row.category_ids[0] if row.category_ids and row.category_ids[0] in LISTED else UNCATEGORISED_ID
    return first not in hidden or any(id not in hidden for id in listed if id != first)


def _random_query(kind: Kind, rows: list[Any], rng: random.Random) -> Query:
    choices: dict[str, list[Any]] = {
        "category": ["1", "2", UNCATEGORISED_ID, "9", "nope"],
        "genre": ["drama", "CRIME", "nope"],
        "year_from": [1991],
        "year_to": [1990, 2000],
        "min_rating": [5.5, 7],
        "added_since": [6, 200],
        "catchup": [True],
        "text": ["gam", "gamma the", "béta", "!!"],
        "only_ids": [(), tuple(row.id for row in rows[::2]), ("x0", "3", "nope", "3")],
        "excluded_ids": [tuple(row.id for row in rows[::3])],
        "excluded_categories": [("1",), ("1", "2"), (UNCATEGORISED_ID,), ("3", UNCATEGORISED_ID)],
    }
    fields = {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.18}
    return Query(kind, sort=rng.choice(SORT_KEYS), descending=rng.random() < 0.5, **fields)


@pytest.fixture(params=[Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def filled(request: pytest.FixtureRequest, store: LibraryStore) -> Filled:
    rows = _rows(request.param, 300, random.Random(3))
    store.save_categories(request.param, [category(id, f"Cat {id}", int(id)) for id in LISTED])
    load(store, request.param, *rows)
    return store, request.param, rows


@pytest.mark.parametrize("few", [0, FEW], ids=["along the sort", "along the filter"])
def test_every_filter_and_sort_answers_what_a_plain_reference_does(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    store, kind, rows = filled
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", few)
    rng = random.Random(11)
    for _ in range(250):
        query = _random_query(kind, rows, rng)
        expected = _reference(rows, query)
        page = store.page(query, limit=None)
        assert [item.id for item in page.items] == expected, query
        assert page.total == store.count(query) == len(store.ids(query)) == len(expected)


def test_pages_cut_a_view_without_gaps_even_across_unknown_values(filled: Filled) -> None:
    store, kind, rows = filled
    for sort in SORT_KEYS:
        for descending in (False, True):
            query = Query(kind, sort=sort, descending=descending, year_to=None)
            pages = [store.page(query, limit=37, offset=offset).items for offset in range(0, 333, 37)]
            assert [item.id for page in pages for item in page] == _reference(rows, query)
    assert store.page(Query(kind), limit=5, offset=9999).items == ()


@pytest.mark.parametrize("few", [-1, FEW], ids=["along the sort", "along the filter"])
def test_any_row_of_any_view_is_found_without_those_before(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    store, kind, rows = filled
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", few)
    rng = random.Random(23)
    for _ in range(250):
        query = _random_query(kind, rows, rng)
        expected = _reference(rows, query)
        for offset in {0, len(expected) // 2, max(0, len(expected) - 3), rng.randrange(len(expected) + 1)}:
            limit = rng.choice((1, 2, 7, 60))
            page = store.page(query, limit=limit, offset=offset)
            assert [item.id for item in page.items] == expected[offset : offset + limit], (query, offset, limit)
            assert page.total == len(expected)


def test_a_list_row_carries_what_the_list_said(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category("5", "Silent")])
    row = movie(
        *("1", "The General", "5"),
        year=1926,
        rating=8.1,
        genre="Comedy",
        added=9,
        container="MKV",
        is_adult=False,
        duration_s=4500,
    )
    load(store, Kind.MOVIE, row)
    (item,) = store.page(Query(Kind.MOVIE)).items
    assert (item.id, item.name, item.year, item.rating, item.genre) == ("1", "The General", 1926, 8.1, "Comedy")
    assert (item.added, item.container, item.is_adult, item.duration_s) == (9, "MKV", False, 4500)
    assert item.category == "Silent"


@pytest.mark.fcase(34)
def test_an_item_comes_home_when_its_category_appears(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A", "8"), movie(2, "B"))
    (bucket,) = store.get_categories(Kind.MOVIE)
    assert (bucket.id, bucket.name, bucket.count) == (UNCATEGORISED_ID, UNCATEGORISED, 2)
    assert {item.category for item in store.page(Query(Kind.MOVIE)).items} == {UNCATEGORISED}
    store.save_categories(Kind.MOVIE, [category("8", "Drama")])
    assert [(c.name, c.count) for c in store.get_categories(Kind.MOVIE)] == [("Drama", 1), (UNCATEGORISED, 1)]
    assert store.page(Query(Kind.MOVIE, category="8")).total == 1
    assert store.save_categories(Kind.MOVIE, []).removed == 1
    assert store.page(Query(Kind.MOVIE, category=UNCATEGORISED_ID)).total == 2


def test_an_item_counts_in_each_of_its_categories(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category("2", "Two", 1), category("1", "One", 0), category("3", "Empty", 2)])
    load(store, Kind.MOVIE, movie(1, "A", "1", "2"), movie(2, "B", "2"), movie(3, "C", "77", "1"))
    counts = [(c.name, c.count) for c in store.get_categories(Kind.MOVIE)]
    assert counts == [("One", 2), ("Two", 2), ("Empty", 0)]
    assert store.page(Query(Kind.MOVIE)).items[2].category == "One"
    assert [c.id for c in store.categories_of(Kind.MOVIE, ["1", "3"])["1"]] == ["1", "2"]


def test_saving_categories_again_writes_only_what_differs(store: LibraryStore) -> None:
    rows = [category("1", "One", 0), category("2", "Two", 1), category("3", "Three", 2)]
    assert store.save_categories(Kind.SERIES, rows).added == 3
    assert store.save_categories(Kind.SERIES, rows).rows_written == 0
    changes = store.save_categories(Kind.SERIES, [category("2", "Deux", 0), category("3", "Three", 1)])
    assert (changes.changed, changes.removed, changes.unchanged, changes.positions_written) == (1, 1, 1, 1)
    assert [c.name for c in store.get_categories(Kind.SERIES)] == ["Deux", "Three"]


def test_categories_are_found_by_id_then_by_name_in_any_case(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category("7", "Ciné"), category("8", "7"), category("9", "&&")])
    assert present(store.find_category(Kind.MOVIE, "7")).name == "Ciné"
    assert present(store.find_category(Kind.MOVIE, "CINE")).id == "7"
    assert present(store.find_category(Kind.MOVIE, "&&")).id == "9"
    assert store.find_category(Kind.MOVIE, "!!") is None


def test_hidden_categories_are_marked_or_left_out(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category("1", "One"), category("2", "Two")])
    hidden = frozenset({"1"})
    assert [c.hidden for c in store.get_categories(Kind.MOVIE, hidden=hidden)] == [True, False]
    assert [c.id for c in store.get_categories(Kind.MOVIE, hidden=hidden, include_hidden=False)] == ["2"]


def test_genres_are_listed_with_their_counts(store: LibraryStore) -> None:
    many = [movie(number, "M", genre=f"G{number}") for number in range(70)]
    load(store, Kind.MOVIE, movie(100, "A", genre="Action & Adventure, Drama"), movie(101, "B", genre="drama"), *many)
    genres = dict(store.genres(Kind.MOVIE))
    assert (genres["Action & Adventure"], genres["Drama"], genres["G69"]) == (1, 2, 1)
    assert store.page(Query(Kind.MOVIE, genre="g69")).total == 1
    assert store.genres(Kind.CHANNEL) == ()


def test_a_letter_leads_to_its_first_name(store: LibraryStore) -> None:
    names = ["10", "Alpha", "Élan", "Gamma", "gone", "Zed"]
    load(store, Kind.CHANNEL, *(channel(number, name) for number, name in enumerate(names)))
    query = Query(Kind.CHANNEL, sort="name")
    assert [store.index_of_letter(query, letter) for letter in "aegz"] == [1, 2, 3, 5]
    assert store.index_of_letter(Query(Kind.CHANNEL, sort="name", descending=True), "g") == 1
    assert store.index_of_letter(Query(Kind.CHANNEL), "g") is None
    assert store.index_of(query, "4") == 4
    assert store.index_of(query, "404") is None


def test_a_change_in_the_file_is_seen_by_the_next_page(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A"))
    with LibraryStore.open(store.database.path, readonly=True) as reader:
        assert reader.page(Query(Kind.MOVIE)).total == 1
        store.save_rows(Kind.MOVIE, [movie(2, "B")])
        assert [item.name for item in reader.page(Query(Kind.MOVIE)).items] == ["A", "B"]
        store.update_list_order(Kind.MOVIE, [(1, 10**9)])
        assert [item.name for item in reader.page(Query(Kind.MOVIE)).items] == ["B", "A"]


@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_a_category_in_the_providers_order_is_walked_along_its_index(store: LibraryStore, kind: Kind) -> None:
    store.save_categories(kind, [category("1", "One")])
    for descending in (False, True):
        query_plan = plan_query(
            store.database, Query(kind, category="1", descending=descending), QueryCache(store.database)
        )
        for sql in query_plan.scan_sql:
            plan = _plan(store, sql, query_plan.params)
            assert plan[0].startswith(f"SEARCH t USING COVERING INDEX {kind.value}_category"), plan
            assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_channels_are_ordered_by_their_number_not_by_their_place(store: LibraryStore) -> None:
    named = (("1", "Three", 3), ("2", "No number B", None), ("3", "Zero", 0), ("4", "One B", 1), ("5", "One A", 1))
    rows = [channel(id, name, "7", number=number) for id, name, number in (*named, ("6", "No number A", None))]
    load(store, Kind.CHANNEL, *rows)
    store.save_categories(Kind.CHANNEL, [category("7", "News")])
    for category_id in (None, "7"):
        up = store.page(Query(Kind.CHANNEL, category=category_id)).items
        assert [(item.id, item.number) for item in up] == [
            *(("3", 0), ("5", 1), ("4", 1), ("1", 3)),
            *(("6", None), ("2", None)),
        ]
        down = store.page(Query(Kind.CHANNEL, descending=True, category=category_id)).items
        assert [item.id for item in down] == ["1", "5", "4", "3", "6", "2"]
    store.update_numbers([(6, 2), (1, None)])
    assert [item.id for item in store.page(Query(Kind.CHANNEL)).items] == ["3", "5", "4", "6", "2", "1"]
    assert store.read_list_order(Kind.CHANNEL).keys.tolist() == [1, 2, 3, 4, 5, 6]


def _plan(store: LibraryStore, sql: str, params: Any) -> list[str]:
    rows = sqlite3.Connection.execute(connection_of(store), f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
    return [row[3] for row in rows]


def _hard_queries(kind: Kind) -> list[Query]:
    """Every sort both ways, alone and with filters that leave many."""
    fields: list[dict[str, Any]] = [{}, {"category": "1"}, {"category": "1", "added_since": 5}]
    if kind is Kind.CHANNEL:
        fields.append({"catchup": True})
    else:
        fields += [{"genre": "Drama"}, {"genre": "Drama", "min_rating": 5, "year_from": 1990}]
        fields += [{"excluded_categories": ("1",)}, {"year_to": 2000}]
    return [
        Query(kind, sort=sort, descending=down, **more)
        for more in fields
        for sort in SORT_KEYS
        for down in (False, True)
    ]


@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_no_page_scans_a_table_or_sorts_a_whole_view(
    store: LibraryStore, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked for a page at any depth runs along one covering index. Where the list runs against the index,
    the rows of single values are sorted by their ties at most: the right part of the order."""
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", -1)  # as in a library where every filter leaves many
    store.save_categories(kind, [category("1", "One")])
    make = {Kind.CHANNEL: channel, Kind.MOVIE: movie, Kind.SERIES: series}[kind]
    more: dict[str, Any] = {"added": 50}
    more |= {"archive_days": 3} if kind is Kind.CHANNEL else {"genre": "Drama", "rating": 7.0, "year": 1995}
    load(store, kind, *(make(number, f"Name {number}", "1", **more) for number in range(40)))
    asked = _asked(store, monkeypatch)
    for query in _hard_queries(kind):
        for offset in (0, 15, 33):
            store.page(query, limit=7, offset=offset)
    walked = [(sql, params) for sql, params in asked if f"FROM {kind.value} t INDEXED BY" in sql]
    assert len({sql for sql, _ in walked}) > 20
    for sql, params in walked:
        plan = _plan(store, sql, params)
        (scan,) = [step for step in plan if step.startswith(("SCAN t", "SEARCH t"))]
        assert "COVERING INDEX" in scan, (sql, plan)
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, (sql, plan)
    for query in _hard_queries(kind):
        query_plan = plan_query(store.database, query, QueryCache(store.database))
        for sql in (*query_plan.scan_sql, query_plan.count_sql):
            plan = _plan(store, sql, query_plan.params)
            assert all(
                "COVERING INDEX" in step for step in plan if " t" in step and step.startswith(("SCAN", "SEARCH"))
            )
            assert "USE TEMP B-TREE FOR ORDER BY" not in plan, (query, plan)


def _asked(store: LibraryStore, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What is asked for several rows from now on."""
    asked: list[tuple[str, Any]] = []
    listen = store.database.rows

    def rows(statement: Statement, params: Any = ()) -> Any:
        asked.append(resolved(statement, params))
        return listen(statement, params)

    monkeypatch.setattr(store.database, "rows", rows)
    return asked


@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_the_first_page_of_a_common_word_lists_no_other_matches(
    store: LibraryStore, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.store.lists.filtering.FEW", -1)
    make = {Kind.CHANNEL: channel, Kind.MOVIE: movie, Kind.SERIES: series}[kind]
    load(store, kind, *(make(number, f"EN - The Name {number} (1990)") for number in range(40)))
    asked = _asked(store, monkeypatch)
    for sort in SORT_KEYS:
        page = store.page(Query(kind, text="nam the", sort=sort), limit=7)
        assert (page.total, len(page.items)) == (40, 7)
    walked = [(sql, params) for sql, params in asked if f"FROM {kind.value} t INDEXED BY" in sql]
    assert walked
    for sql, params in walked:
        plan = _plan(store, sql, params)
        assert not any("SUBQUERY" in step or "TEMP B-TREE FOR ORDER BY" in step for step in plan), (sql, plan)


def test_what_is_left_out_is_no_condition_of_each_row(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    store, kind, _rows = filled
    first = store.page(Query(kind, sort="name"), limit=40).items
    asked = _asked(store, monkeypatch)
    excluded = tuple(item.id for item in first[::2])
    page = store.page(Query(kind, sort="name", excluded_ids=excluded), limit=20)
    assert page.items == first[1::2]
    walked = [sql for sql, _ in asked if f"FROM {kind.value} t INDEXED BY" in sql]
    assert 0 < len(walked) < 4
    assert all("LIMIT" in sql and "json_each" not in sql for sql in walked)


@pytest.mark.parametrize("descending", [False, True])
def test_a_letter_leads_to_its_first_name_in_a_list_with_some_left_out(filled: Filled, descending: bool) -> None:
    store, kind, rows = filled
    for only in (None, tuple(row.id for row in rows[::2])):
        excluded = (*(row.id for row in rows[::3]), "nobody")
        query = Query(kind, sort="name", descending=descending, excluded_ids=excluded, only_ids=only)
        wanted = set(_reference(rows, query))
        names = [fold(row.name) for row in rows if row.id in wanted]
        for letter in "abgz":
            before = [n for n in names if (n[:1] > letter if descending else n < letter)]
            assert store.index_of_letter(query, letter) == len(before)


COUNT = 4_000


@pytest.mark.parametrize("text", ["", "name", "nobody"])
def test_the_keys_of_a_list_are_those_of_its_rows_whatever_their_number(store: LibraryStore, text: str) -> None:
    """The keys come in one text, which is read in pieces of 16 kB: these are some more."""
    ids = (f"x{n}" if n % 7 == 0 else n + 10**11 * (n % 3) for n in range(1, COUNT + 1))
    load(store, Kind.MOVIE, *(movie(id, f"Name {n}") for n, id in enumerate(ids)))
    for descending in (False, True):
        query = Query(Kind.MOVIE, text=text, sort="added", descending=descending)
        found = store.items_by_keys(Kind.MOVIE, store.ids(query))
        assert [item.id for item in found] == [item.id for item in store.page(query, limit=None).items]
        assert len(found) == store.count(query) == (0 if text == "nobody" else COUNT)


# ------------------------------------------------------------------------------------------------------ details
DETAILS = Details(
    plot="Longer plot",
    cast="Buster Keaton",
    year=1927,
    duration_s=4700,
    seasons=(
        Season(0, "Specials", episodes=(Episode("90", 0, 1, "Extra"),)),
        Season(
            1, "Season 1", "About", "1926-01-01", (Episode("e2", 1, 2, "Two", rating=7.5), Episode("3", 1, 3, "Été"))
        ),
    ),
)


def test_series_details_come_back_as_they_were_saved(store: LibraryStore) -> None:
    load(store, Kind.SERIES, series("s1", "Judex"))
    assert store.get_details(Kind.SERIES, "s1") is None
    store.save_series_details("s1", DETAILS, 1000)
    assert store.get_details(Kind.SERIES, "s1") == (DETAILS, 1000)
    page = store.page(Query(Kind.EPISODE))
    assert [(item.id, item.season, item.episode, item.series_id) for item in page.items] == [
        *(("90", 0, 1, "s1"), ("e2", 1, 2, "s1"), ("3", 1, 3, "s1"))
    ]
    assert page.items[0].series_name == "Judex"


def test_saving_the_same_episodes_again_writes_no_episode(store: LibraryStore) -> None:
    load(store, Kind.SERIES, series(1, "Judex"))
    store.save_series_details("1", DETAILS, 1000)
    before = store.database.value("SELECT value FROM meta WHERE name = 'revision'")
    store.save_series_details("1", DETAILS, 2000)
    assert store.database.value("SELECT value FROM meta WHERE name = 'revision'") == before
    fewer = dataclasses.replace(DETAILS, seasons=DETAILS.seasons[:1])
    store.save_series_details("1", fewer, 3000)
    assert store.get_details(Kind.SERIES, "1") == (fewer, 3000)


def test_episodes_follow_the_categories_of_their_series(store: LibraryStore) -> None:
    store.save_categories(Kind.SERIES, [category("1", "One"), category("2", "Two")])
    load(store, Kind.SERIES, series(1, "A", "1"), series(2, "B", "2"))
    for number in (1, 2):
        seasons = (Season(1, "1", episodes=(Episode(f"{number}0", 1, 1, f"Pilot {number}"),)),)
        store.save_series_details(str(number), Details(seasons=seasons), 1)
    assert [e.id for e in store.page(Query(Kind.EPISODE, category="2")).items] == ["20"]
    assert [e.id for e in store.page(Query(Kind.EPISODE, excluded_categories=("2",))).items] == ["10"]
    for sort in SORT_KEYS:
        assert store.page(Query(Kind.EPISODE, sort=sort, descending=True)).total == 2


@pytest.mark.fcase(55)
def test_an_empty_answer_is_remembered_as_details(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1))
    store.save_movie_details("1", Details(), 50)
    assert store.get_details(Kind.MOVIE, "1") == (Details(), 50)
    assert present(store.full_item(Kind.MOVIE, "1", now=60).details).is_empty


@pytest.mark.fcase(56)
def test_details_win_where_they_speak_and_the_list_stays_where_they_are_silent(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A", plot="Short", director="Bruckman", year=1926, rating=8.0))
    store.save_movie_details("1", Details(plot="Longer", year=1927, country="US"), 100)
    full = store.full_item(Kind.MOVIE, "1", now=200)
    assert (full.plot, full.director, full.item.year, full.item.rating) == ("Longer", "Bruckman", 1927, 8.0)
    assert (present(full.details).country, full.details_at, full.details_stale) == ("US", 100, False)


def test_details_grow_stale_by_age_and_by_change(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A"))
    load(store, Kind.SERIES, series(1, "A", added=10))
    store.save_movie_details("1", Details(plot="x"), 100)
    store.save_series_details("1", Details(plot="x"), 100)
    assert not store.full_item(Kind.SERIES, "1", now=200).details_stale
    assert store.full_item(Kind.MOVIE, "1", now=100 + 90_000).details_stale
    store.save_rows(Kind.MOVIE, [movie(1, "A", rating=5.0)])
    store.save_rows(Kind.SERIES, [series(1, "A", added=150)])
    assert store.full_item(Kind.MOVIE, "1", now=200).details_stale
    assert store.full_item(Kind.SERIES, "1", now=200).details_stale
    store.save_movie_details("1", Details(plot="y"), 201)
    load(store, Kind.MOVIE, movie(1, "A"))
    assert store.full_item(Kind.MOVIE, "1", now=202).details_stale


def test_channels_and_episodes_have_a_full_item_too(store: LibraryStore) -> None:
    store.save_categories(Kind.CHANNEL, [category("1", "News")])
    load(store, Kind.CHANNEL, channel("5", "BBC", "1", wire_id="05"))
    full = store.full_item(Kind.CHANNEL, "5")
    assert (full.wire_id, full.categories[0].name, full.details) == ("05", "News", None)
    load(store, Kind.SERIES, series(1))
    store.save_series_details("1", Details(seasons=(Season(1, "1", episodes=(Episode("9", 1, 1, "P", plot="x"),)),)), 1)
    assert store.full_item(Kind.EPISODE, "9").plot == "x"


def test_an_unknown_item_is_not_found(store: LibraryStore) -> None:
    for id in ("1", "abc"):
        with pytest.raises(NotFound):
            store.full_item(Kind.MOVIE, id)
        with pytest.raises(NotFound):
            store.save_series_details(id, DETAILS, 1)


@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_a_prefix_of_several_categories_means_these_alone(store: LibraryStore, kind: Kind) -> None:
    make = {Kind.CHANNEL: channel, Kind.MOVIE: movie, Kind.SERIES: series}[kind]
    names = ("EN | Drama", "EN | Comedy", "English films", "DE | Drama", "Films EN")
    store.save_categories(kind, [category(str(number), name) for number, name in enumerate(names, 1)])
    load(store, kind, *(make(number, f"Name {number}", str(number)) for number in range(1, 6)))
    for sort in SORT_KEYS:
        found = store.page(Query(kind, category_words="en", sort=sort)).items
        assert {item.category for item in found} == {"EN | Drama", "EN | Comedy"}
    only_one = store.page(Query(kind, category_words="de")).items
    assert [item.category for item in only_one] == ["DE | Drama"]
    store.save_rows(kind, [dataclasses.replace(make(4, "Name 4", "4"), category_ids=("4", "2", "1"))])
    found = store.page(Query(kind, category_words="en")).items
    assert {item.name for item in found} == {"Name 1", "Name 2", "Name 4"}
