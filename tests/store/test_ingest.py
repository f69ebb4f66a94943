"""Full loads and incremental writes: what is written, what is not, and what stays exact."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.support.rows import assert_sound, channel, connection_of, dump, load, movie, series
from tui_app.catalog import Details, Episode, Kind, Season
from tui_app.store.library_store import LibraryStore
from tui_app.store.write.differences import ItemChange
from tui_app.xtream.rows import RowContext, decode_row


def test_a_full_load_replaces_all_rows(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A"), movie(2, "B"))
    load(store, Kind.MOVIE, movie(2, "B"), movie(3, "C"))
    assert dump(store, "movie", "id, name") == [(2, "B"), (3, "C")]
    assert_sound(store)


def test_a_failed_full_load_leaves_the_old_rows(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A", plot="kept"))
    with pytest.raises(RuntimeError), store.rewriting(Kind.MOVIE) as loading:
        loading.add([movie(2, "B")], [0])
        raise RuntimeError
    assert dump(store, "movie", "id, name") == [(1, "A")]
    assert store.texts_ready(Kind.MOVIE)
    assert_sound(store)


def test_a_row_that_repeats_an_id_adds_its_category_to_the_item(store: LibraryStore) -> None:
    with store.rewriting(Kind.CHANNEL) as loading:
        keys = loading.add([channel(7, "A", "1"), channel(7, "A", "2"), channel(8, "B", "1")], [0, 1, 2])
        loading.add([channel(7, "A", "1", "3")], [3])
        assert loading.count == 2
    assert keys == [7, 7, 8]
    assert len(dump(store, "item_category")) == 2
    assert_sound(store)


def test_ids_that_are_no_plain_numbers_keep_their_keys(store: LibraryStore) -> None:
    ids = ["12", "007", "a1", str(2**53), "-4", ""]
    keys = store.keys_for(Kind.MOVIE, ids)
    assert keys[0] == 12
    assert len(set(keys)) == 6
    assert all(key < 0 for key in keys[1:])
    assert store.keys_for(Kind.MOVIE, ids[::-1]) == keys[::-1]


def test_an_unchanged_list_writes_nothing(store: LibraryStore) -> None:
    rows = [movie(1, "A", "5", rating=7.0, plot="x", genre="Drama"), movie("x", "B", "5", "6")]
    load(store, Kind.MOVIE, *rows)
    before = store.database.value("PRAGMA data_version"), connection_of(store).total_changes
    changes = store.apply(Kind.MOVIE, upserts=[(row, 9999) for row in rows])
    assert (changes.unchanged, changes.rows_written, changes.total) == (2, 0, 2)
    assert (store.database.value("PRAGMA data_version"), connection_of(store).total_changes) == before


@pytest.mark.parametrize(
    "same",
    [
        {"icon": "https://cdn2.example/p/a.png?sig=2"},
        {"rating": 7.04},
    ],
)
def test_icon_hosts_and_tiny_rating_moves_are_no_change(store: LibraryStore, same: dict[str, object]) -> None:
    load(store, Kind.MOVIE, movie(1, "A", icon="http://cdn1.example/p/a.png?sig=1", rating=7.0))
    fields = {"icon": "http://cdn1.example/p/a.png?sig=1", "rating": 7.0} | same
    assert store.apply(Kind.MOVIE, upserts=[(movie(1, "A", **fields), 0)]).unchanged == 1


def test_numbers_and_positions_are_written_apart(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel(1, "A", number=1), channel(2, "B", number=2))
    changes = store.apply(Kind.CHANNEL, upserts=[(channel(1, "A", number=5), 777)])
    assert changes.unchanged == 1
    assert store.update_numbers([(1, 5), (2, 2)]) == 1
    assert store.update_list_order(Kind.CHANNEL, [(1, 4096), (2, 1024)]) == 1
    assert store.read_list_order(Kind.CHANNEL).keys.tolist() == [2, 1]
    assert store.read_numbers() == {1: 5, 2: 2}


def test_changes_are_told_with_old_and_new_values(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "A", "5", rating=7.0), movie(2, "B", "5"), movie(3, "C", "5"))
    told: list[ItemChange] = []
    changes = store.apply(
        Kind.MOVIE,
        upserts=[(movie(1, "A!", "5", rating=8.0, plot="new"), 0), (movie(2, "B", "6"), 0), (movie(4, "D"), 9)],
        removed=[3, 99],
        on_changes=told.extend,
    )
    assert (changes.added, changes.changed, changes.removed, changes.total) == (1, 2, 1, 3)
    assert changes.rows_written == 4
    assert {(change.change, change.id): dict(change.fields) for change in told} == {
        ("removed", "3"): {},
        ("added", "4"): {},
        ("changed", "1"): {"name": ("A", "A!"), "rating": (7.0, 8.0), "plot": (None, "new")},
        ("changed", "2"): {"category": ("5", "6")},
    }
    assert_sound(store)


def test_a_changed_adult_mark_and_separator_are_told_in_words(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel(1, "A"))
    told: list[ItemChange] = []
    store.apply(Kind.CHANNEL, upserts=[(channel(1, "A", is_adult=True, is_separator=True), 0)], on_changes=told.extend)
    assert dict(told[0].fields) == {"is_adult": (None, True), "is_separator": (False, True)}
    assert_sound(store)


@pytest.mark.fcase(42)
def test_a_channels_direct_source_is_never_stored(store: LibraryStore) -> None:
    raw = b'{"stream_id": 1, "name": "A", "direct_source": "http://host/live/bob/hunter2/1.ts"}'
    load(store, Kind.CHANNEL, decode_row(Kind.CHANNEL, raw, RowContext("http://host")))
    store.close()
    content = b"".join(file.read_bytes() for file in store.database.path.parent.iterdir())
    assert b"hunter2" not in content


def test_saving_a_few_rows_adds_them_at_the_end_and_removes_nothing(store: LibraryStore) -> None:
    load(store, Kind.SERIES, series(1, "A"))
    assert store.save_rows(Kind.SERIES, [series(2, "B"), series(3, "C")]).added == 2
    assert store.read_list_order(Kind.SERIES).keys.tolist() == [1, 2, 3]
    assert store.delete_rows(Kind.SERIES, ["2", "404"]).removed == 1
    assert store.save_rows(Kind.CHANNEL, [channel(1)]).added == store.save_rows(Kind.MOVIE, [movie(1)]).added == 1
    assert store.delete_rows(Kind.CHANNEL, ["1"]).removed == store.delete_rows(Kind.MOVIE, ["1"]).removed == 1
    assert_sound(store)


def test_more_than_62_genres_are_all_kept(store: LibraryStore) -> None:
    rows = [movie(number, f"M{number}", genre=f"Genre {number}, Drama") for number in range(70)]
    load(store, Kind.MOVIE, *rows)
    assert len(dump(store, "genre")) == 71
    assert len(dump(store, "item_genre")) == 9
    assert store.apply(Kind.MOVIE, upserts=[(row, 0) for row in rows]).unchanged == 70


def test_a_removed_series_takes_its_episodes_along(store: LibraryStore) -> None:
    load(store, Kind.SERIES, series(1, "A"), series(2, "B"))
    seasons = (Season(1, "Season 1", episodes=(Episode("10", 1, 1, "Pilot"),)),)
    store.save_series_details("1", Details(seasons=seasons), 100)
    store.apply(Kind.SERIES, removed=[1])
    assert dump(store, "episode") == dump(store, "season") == dump(store, "series_details") == []
    assert_sound(store)


def _random_row(kind: Kind, id: int, rng: random.Random) -> Any:
    names = "The General|EN - Été (1926) [4K]|##### SPORT #####|Don't Look|||Łódź 007|日本|A&E".split("|")
    categories = [str(rng.randrange(4)) for _ in range(rng.randrange(3))]
    name = rng.choice(names)
    common = {"is_separator": name.startswith("##"), "is_adult": rng.choice([None, True, False])}
    row_id = rng.choice([id, f"x{id}"])
    if kind is Kind.CHANNEL:
        return channel(row_id, name, *categories, archive_days=rng.randrange(2), **common)
    texts = {field: rng.choice([None, "Été un deux", "a b c"]) for field in ("plot", "cast", "director", "genre")}
    fields = common | texts | {"rating": rng.choice([None, 5.0]), "year": rng.choice([None, 1990])}
    return (movie if kind is Kind.MOVIE else series)(row_id, name, *categories, **fields)


@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_search_tables_stay_exact_through_random_churn(store: LibraryStore, kind: Kind) -> None:
    rng = random.Random(7)
    load(store, kind, *(_random_row(kind, id, rng) for id in range(60)))
    for round in range(12):
        rows = {row.id: row for row in (_random_row(kind, rng.randrange(80), rng) for _ in range(30))}
        gone = rng.sample(store.read_list_order(kind).keys.tolist(), 5)
        gone = [key for key in gone if key not in store.keys_for(kind, list(rows))]
        store.apply(kind, upserts=[(row, round) for row in rows.values()], removed=gone)
        again = store.apply(kind, upserts=[(row, round) for row in rows.values()])
        assert again.unchanged == len(rows)
        assert_sound(store)


def test_texts_are_indexed_by_the_words_that_folding_makes(store: LibraryStore) -> None:
    plots = [
        "Don't_STOP: O`Neil, 100%",
        "It’s L'été à Nîmes",
        'tab\tquote"slash/back\\x',
        "(a)[b]{c}<d>",
        "H2O-x2",
        "İX ½",
    ]
    load(store, Kind.MOVIE, *(movie(n, f"Film {n}", plot=plot, cast=plot.upper()) for n, plot in enumerate(plots)))
    assert_sound(store)
    store.save_rows(Kind.MOVIE, [movie(n, f"Film {n}", plot=plot[::-1]) for n, plot in enumerate(plots)])
    assert_sound(store)
    store.delete_rows(Kind.MOVIE, [str(n) for n in range(len(plots))])
    assert_sound(store)


def test_fields_that_an_earlier_program_did_not_read_fill_in_silence(store: LibraryStore) -> None:
    """After an upgrade the first sync brings a thousand countries: none of these titles changed."""
    load(store, Kind.MOVIE, movie(1, "A", plot="x"), movie(2, "B", plot="y"))
    told: list[ItemChange] = []
    rows = [movie(1, "A", plot="x", country="France", backdrop="http://i.example/b.jpg"),
            movie(2, "B", plot="new", country="Italy")]  # fmt: skip
    changes = store.apply(Kind.MOVIE, upserts=[(row, place) for place, row in enumerate(rows)], on_changes=told.extend)
    assert (changes.changed, changes.unchanged) == (1, 1)
    assert [(change.id, dict(change.fields)) for change in told] == [("2", {"plot": ("y", "new")})]
    assert store.full_item(Kind.MOVIE, "1").item.country == "France"
    told.clear()
    store.apply(Kind.MOVIE, upserts=[(movie(1, "A", plot="x", country="Spain"), 0)], on_changes=told.extend)
    assert [set(change.fields) for change in told] == [{"country", "backdrop"}]
