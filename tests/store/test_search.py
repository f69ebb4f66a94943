"""Search: what is found, in which order, with which letters marked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.rows import category, channel, load, movie, series
from tui_app.catalog import Details, Episode, Kind, Query, Season
from tui_app.store.library_store import LibraryStore

TITLES = (
    *("The General (1926)", "EN - Metropolis (1927) [4K]", "FR - Metropolis (1927)", "Le Voyage dans la Lune"),
    *("Amélie Poulain", "Don't Look Now", "A&E Stories", "Nosferatu: Eine Symphonie des Grauens", "Generals of War"),
    *("Major General", "Night of the Living Dead", "Day Night", "1917", "Улыбка", "七人の侍", "Łódź Nights"),
    *("Big Buck Bunny", "Straße ohne Ende", "24", "His Girl Friday"),
)


@pytest.fixture
def filled(store: LibraryStore) -> LibraryStore:
    load(store, Kind.MOVIE, *(movie(number, title) for number, title in enumerate(TITLES, 1)))
    load(store, Kind.CHANNEL, channel(1, "UK: BBC One HD"), channel(2, "##### GENERAL #####", is_separator=True))
    load(store, Kind.SERIES, series(1, "Judex", cast="René Cresté, Musidora", plot="A banker and a metropolis."))
    seasons = (Season(1, "1", episodes=(Episode("77", 1, 1, "The Mysterious Shadow"),)),)
    store.save_series_details("1", Details(seasons=seasons), 1)
    return store


def names(store: LibraryStore, text: str, **options: Any) -> list[str]:
    return [hit.item.name for hit in store.search(text, **options).hits]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("amelie", "Amélie Poulain"),
        ("AMÉLIE poulain", "Amélie Poulain"),
        ("dont look", "Don't Look Now"),
        ("a&e", "A&E Stories"),
        ("lune voyage", "Le Voyage dans la Lune"),
        ("dead night living", "Night of the Living Dead"),
        ("strasse", "Straße ohne Ende"),
        ("lodz", "Łódź Nights"),
        ("улыб", "Улыбка"),
        ("の侍", "七人の侍"),
        ("bbc one", "UK: BBC One HD"),
        ("1917", "1917"),
        ("DE - The General", "The General (1926)"),
        ("symph grau", "Nosferatu: Eine Symphonie des Grauens"),
        ("mysterious sha", "The Mysterious Shadow"),
    ],
)
def test_words_are_found_whatever_their_accents_case_order_and_prefix(
    filled: LibraryStore, typed: str, expected: str
) -> None:
    assert names(filled, typed)[0] == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("generl", "The General (1926)"),  # missing
        ("genneral", "The General (1926)"),  # doubled
        ("genaral", "The General (1926)"),  # changed
        ("egneral", "The General (1926)"),  # swapped
        ("bunyn", "Big Buck Bunny"),
        ("metroploys", "EN - Metropolis (1927) [4K]"),  # two in a long word
        ("nosferatoo", "Nosferatu: Eine Symphonie des Grauens"),
        ("big bukc bunny", "Big Buck Bunny"),
        ("his gril friday", "His Girl Friday"),
        ("osferat", "Nosferatu: Eine Symphonie des Grauens"),  # inside a word
    ],
)
def test_typing_errors_and_insides_of_words_are_forgiven(filled: LibraryStore, typed: str, expected: str) -> None:
    assert expected in names(filled, typed)[:3]


@pytest.mark.parametrize("typed", ["25", "1918", "dy", "xqzw", "gxnxrxl"])
def test_numbers_short_words_and_nonsense_are_not_corrected(filled: LibraryStore, typed: str) -> None:
    assert names(filled, typed) == []


def test_exact_beats_prefix_beats_words_beats_inside_beats_typing_errors(store: LibraryStore) -> None:
    titles = ["Degenerals", "Generals", "Old General", "The Generals", "General", "General Store", "Genaral"]
    load(store, Kind.MOVIE, *(movie(number, title) for number, title in enumerate(titles)))
    best_first = ["General", "General Store", "Generals", "Old General", "The Generals", "Degenerals", "Genaral"]
    assert names(store, "general") == best_first
    load(store, Kind.MOVIE, movie(1, "Degenerals"), movie(2, "Genral"))
    assert names(store, "general") == ["Degenerals", "Genral"]


def test_versions_of_a_title_match_it_exactly_and_the_typed_language_leads(filled: LibraryStore) -> None:
    answer = filled.search("metropolis")
    assert [hit.score for hit in answer.hits[:2]] == [100, 100]
    assert names(filled, "FR - Metropolis")[0] == "FR - Metropolis (1927)"
    assert names(filled, "EN - Metropolis")[0] == "EN - Metropolis (1927) [4K]"


def test_ties_are_broken_by_rating(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Faust", rating=5.0), movie(2, "Faust", rating=8.0), movie(3, "Faust"))
    assert [hit.item.id for hit in store.search("faust").hits] == ["2", "1", "3"]


@pytest.mark.fcase(36)
def test_separators_are_never_found(filled: LibraryStore) -> None:
    assert "##### GENERAL #####" not in names(filled, "general")
    assert "##### GENERAL #####" not in names(filled, "genral")


def test_cast_and_plot_are_found_below_names(filled: LibraryStore) -> None:
    assert names(filled, "musidora") == ["Judex"]
    assert names(filled, "creste rene") == ["Judex"]
    hits = filled.search("metropolis").hits
    assert hits[-1].item.name == "Judex"
    assert hits[-1].score < 60 < hits[0].score


def test_texts_are_found_only_once_they_are_indexed(store: LibraryStore) -> None:
    with store.rewriting(Kind.SERIES) as loading:
        loading.add([series(1, "Judex", cast="Musidora")], [0])
    assert names(store, "musidora") == []
    assert store.index_texts(Kind.SERIES) == 1
    assert names(store, "musidora") == ["Judex"]


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("gen", "The General (1926)", ["Gen"]),
        ("amelie", "Amélie Poulain", ["Amélie"]),
        ("dont", "Don't Look Now", ["Don't"]),
        ("strasse", "Straße ohne Ende", ["Straße"]),
        ("genaral", "The General (1926)", ["General"]),
        ("living night", "Night of the Living Dead", ["Night", "Living"]),
        ("feratu", "Nosferatu: Eine Symphonie des Grauens", ["feratu"]),
    ],
)
def test_the_letters_that_matched_are_marked(filled: LibraryStore, typed: str, name: str, marked: list[str]) -> None:
    (hit,) = [hit for hit in filled.search(typed).hits if hit.item.name == name]
    assert [name[start:end] for start, end in hit.spans] == marked


def test_kinds_and_limits_are_kept(filled: LibraryStore) -> None:
    assert {hit.item.kind for hit in filled.search("general", kinds=(Kind.MOVIE,)).hits} == {Kind.MOVIE}
    assert filled.search("bbc", kinds=(Kind.CHANNEL,)).hits[0].item.kind is Kind.CHANNEL
    assert filled.search("judex", kinds=(Kind.SERIES,)).total == 1
    assert len(filled.search("e", limit=2).hits) == 2
    assert filled.search("general", limit=0).hits == ()


def test_the_total_counts_what_was_found_and_says_when_there_is_more(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"Faust {number}") for number in range(1200)))
    answer = store.search("faust", limit=5)
    assert (len(answer.hits), answer.total, answer.capped) == (5, 1000, True)
    answer = store.search("faust 11", limit=1000)
    assert answer.total == len(answer.hits) == 111
    assert not answer.capped
    assert len(store.search("faust", limit=5000).hits) == 1000


def test_a_total_that_was_not_counted_to_its_end_says_so(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"Film {number} Sun Set") for number in range(900)))
    answer = store.search("sunset", limit=5)  # parted otherwise: not all such names are read
    assert len(answer.hits) == 5 and answer.total <= 900
    assert answer.capped == (answer.total < 900)


def test_a_search_within_a_list_finds_only_its_items(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category("1", "One"), category("2", "Two")])
    many = [movie(number, f"Faust {number}", "1") for number in range(500)]
    load(store, Kind.MOVIE, *many, movie(1000, "Old Faust", "2"))
    load(store, Kind.SERIES, series(1, "Faust"))
    assert names(store, "faust", within=Query(Kind.MOVIE, category="2")) == ["Old Faust"]
    without = [Query(Kind.MOVIE, excluded_categories=("1",))]
    assert names(store, "faust", within=without) == ["Faust", "Old Faust"]


def test_words_of_items_that_came_later_are_corrected_too(filled: LibraryStore) -> None:
    assert names(filled, "zyzzyvx") == []
    filled.save_rows(Kind.MOVIE, [movie(99, "Zyzzyva")])
    assert names(filled, "zyzzyvx") == ["Zyzzyva"]
    filled.delete_rows(Kind.MOVIE, ["99"])
    assert names(filled, "zyzzyvx") == []


def test_nothing_typed_finds_nothing(filled: LibraryStore) -> None:
    for text in ("", "   ", "!!!", "\0"):
        answer = filled.search(text)
        assert (answer.hits, answer.total) == ((), 0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40) | st.text(alphabet="\"'*()^:{}ANDORNEAR -+é日", max_size=12))
def test_any_text_is_a_valid_question(filled: LibraryStore, text: str) -> None:
    answer = filled.search(text)
    assert answer.total >= len(answer.hits)
    for hit in answer.hits:
        assert 0 <= hit.score <= 100
        ends = [0, *(index for span in hit.spans for index in span), len(hit.item.name)]
        assert ends == sorted(ends)
    assert filled.page(Query(Kind.MOVIE, text=text)).total <= len(TITLES)


def test_of_more_matches_than_are_shown_the_best_ones_are_kept(store: LibraryStore) -> None:
    """Names that have the word in their midst come in the order of their ids: the best one may be the last."""
    films = [movie(number, f"A Long Story of One Night in the Year {number}") for number in range(3_000)]
    load(store, Kind.MOVIE, *films, movie(8_000, "One Night"), movie(8_001, "Night"), movie(8_002, "Night Zoo"))
    answer = store.search("night", limit=1_000)
    assert [hit.item.id for hit in answer.hits[:3]] == ["8001", "8002", "8000"]
    assert (len(answer.hits), answer.total, answer.capped) == (1_000, 1_000, True)


def test_as_many_hits_come_as_are_asked_for_and_counted(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"The Night of {number}", cast="Asta Nielsen") for number in range(700)))
    for text in ("night", "nihgt", "asta nielsen", "asta neilsen"):
        answer = store.search(text, limit=1_000)
        assert (len(answer.hits), answer.total) == (700, 700), text
