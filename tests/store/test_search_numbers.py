"""Numbers in a query: rare words decide, numbers rank; digits, Roman numerals and words are the same number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.rows import channel, load, movie, series
from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore

MOVIES = (
    *("Metropolis (1927)", "Nosferatu (1979)", "Nosferatu (1922)", "Nosferatu in Venice (1988)", "Rocky", "Rocky II"),
    *("Rocky III", "Rocky IV (1985)", "EN - Rocky Balboa (2006) [4K]", "Dune (2021)", "Dune: Part Two", "1917", "9"),
    *("1918 - The End", "Nine", "24", "24 Frames", "300", "300: Rise of an Empire", "2012", "2012: Doomsday", "Se7en"),
    *("Ocean's Eleven", "Ocean's 12", "Ocean's Thirteen", "Kill Bill: Vol. 1", "Kill Bill: Vol. 2", "Apollo 13"),
    *("Twelve Monkeys", "The Third Man", "Malcolm X", "One Hundred and One Dalmatians", "10,000 BC", "Open Season"),
    *("Open Water 2", "Blade Runner", "Blade Runner 2049", "The King and I", "Alien³", "Area 51", "Mission 2002"),
    *("Seven Samurai", "Twenty-One Grams", "V for Vendetta", "The Hundred-Foot Journey", "Number 23", "Thirteen Lives"),
)
#: Names with these numbers but none of the words.
CROWD = tuple(f"Film {number} of {year}" for number in range(1, 40) for year in range(1920, 1930))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryStore]:
    with LibraryStore.open(tmp_path_factory.mktemp("numbers") / "library-numbers.db") as store:
        load(store, Kind.MOVIE, *(movie(number, title) for number, title in enumerate((*MOVIES, *CROWD), 1)))
        load(store, Kind.SERIES, series(1, "24", year=2001), series(2, "Breaking Bad"), series(3, "Dark", year=2017))
        load(store, Kind.CHANNEL, channel(1, "UK: BBC Two HD"), channel(2, "Sky Sports 5"), channel(3, "BBC 1"))
        yield store


def found(store: LibraryStore, typed: str) -> list[str]:
    return [hit.item.name for hit in store.search(typed).hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        # the number is missing, or another one: the words decide
        *(("metropolis 2", "Metropolis (1927)"), ("metropolis 1928", "Metropolis (1927)"), ("apollo 12", "Apollo 13")),
        *(("2 metropolis", "Metropolis (1927)"), ("open season 2", "Open Season"), ("breaking bad 3", "Breaking Bad")),
        *(("nosferatu 1923", "Nosferatu (1922)"), ("nosferatu 1980", "Nosferatu (1979)")),
        *(("nosferatu 1989", "Nosferatu in Venice (1988)"), ("rocky 1986", "Rocky IV (1985)"), ("dark 2018", "Dark")),
        *(("blade runner 1982", "Blade Runner"), ("nosferatoo 1923", "Nosferatu (1922)")),
        ("metropolsi 2", "Metropolis (1927)"),
        # the same number, written otherwise
        *(("rocky 2", "Rocky II"), ("rocky ii", "Rocky II"), ("rocky two", "Rocky II"), ("rocky part 2", "Rocky II")),
        *(("rocky 4", "Rocky IV (1985)"), ("rocky iv", "Rocky IV (1985)"), ("ROCKY 3", "Rocky III")),
        *(("dune 2", "Dune: Part Two"), ("dune part ii", "Dune: Part Two"), ("dune part 2", "Dune: Part Two")),
        *(("dune 2nd part", "Dune: Part Two"), ("kill bill 2", "Kill Bill: Vol. 2"), ("apollo xiii", "Apollo 13")),
        *(
            ("kill bill volume ii", "Kill Bill: Vol. 2"),
            ("ocean's 11", "Ocean's Eleven"),
            ("oceans 11", "Ocean's Eleven"),
        ),
        *(("oceans eleven", "Ocean's Eleven"), ("ocean's twelve", "Ocean's 12"), ("oceans 13", "Ocean's Thirteen")),
        *(("12 monkeys", "Twelve Monkeys"), ("3rd man", "The Third Man"), ("bbc 2", "UK: BBC Two HD")),
        *(("bbc one", "BBC 1"), ("101 dalmatians", "One Hundred and One Dalmatians"), ("7 samurai", "Seven Samurai")),
        *(("10000 bc", "10,000 BC"), ("21 grams", "Twenty-One Grams"), ("alien 3", "Alien³"), ("area51", "Area 51")),
        *(("rocky2", "Rocky II"), ("number twenty three", "Number 23"), ("sky sports five", "Sky Sports 5")),
        *(("13 lives", "Thirteen Lives"), ("blade runner 2049", "Blade Runner 2049"), ("١٩١٧", "1917")),
        # letters that look like numerals
        *(("malcolm x", "Malcolm X"), ("the king and i", "The King and I"), ("v for vendetta", "V for Vendetta")),
        # a title that is a number; digits for letters
        *(("1917", "1917"), ("24", "24"), ("9", "9"), ("nine", "Nine"), ("300", "300"), ("2012", "2012")),
        *(("24 season 3", "24"), ("24 s03e02", "24"), ("breaking bad s02e03", "Breaking Bad"), ("se7en", "Se7en")),
        *(("s3ven samurai", "Seven Samurai"), ("seven", "Seven Samurai")),
    ],
)
def test_the_title_that_was_meant_comes_first(library: LibraryStore, typed: str, first: str) -> None:
    assert found(library, typed)[0] == first


def test_titles_without_the_number_come_only_if_none_has_it(library: LibraryStore) -> None:
    assert found(library, "rocky 2") == ["Rocky II", "EN - Rocky Balboa (2006) [4K]"]
    scores = {hit.item.name: hit.score for hit in library.search("rocky 7").hits}
    assert 70 > scores["Rocky"] > scores["Rocky III"] > 60


def test_years_rank_by_their_distance(library: LibraryStore) -> None:
    assert found(library, "nosferatu 1923")[:2] == ["Nosferatu (1922)", "Nosferatu (1979)"]
    assert found(library, "nosferatu 1978")[0] == "Nosferatu (1979)"


def test_a_year_that_is_not_in_the_name_is_as_good_as_one_that_is(store: LibraryStore) -> None:
    load(
        store, Kind.MOVIE, movie(1, "Faust", year=1926), movie(2, "Faust", year=1960, rating=9.0), movie(3, "Faust Now")
    )
    hits = store.search("faust 1926").hits
    assert [hit.item.id for hit in hits] == ["1", "2", "3"]
    assert hits[0].score > 98 and hits[1].score < 70


def test_a_number_never_outweighs_a_word(library: LibraryStore) -> None:
    for typed in ("metropolis 2", "metropolis 1925", "apollo 7", "film 99", "samurai 1922"):
        word = typed.split()[0]
        assert all(word in name.lower() for name in found(library, typed)), typed


def test_numbers_of_cast_and_year_rank_too(store: LibraryStore) -> None:
    keaton = {"cast": "Buster Keaton"}
    load(store, Kind.MOVIE, movie(1, "The General", year=1926, **keaton), movie(2, "Go West", year=1925, **keaton))
    assert found(store, "buster keaton 1925") == ["Go West", "The General"]
    assert found(store, "buster keaton 1927") == ["The General", "Go West"]


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("rocky 2", "Rocky II", ["Rocky", "II"]),
        ("dune 2", "Dune: Part Two", ["Dune", "Two"]),
        ("oceans 11", "Ocean's Eleven", ["Ocean's", "Eleven"]),
        ("nosferatu 1923", "Nosferatu (1922)", ["Nosferatu"]),
    ],
)
def test_the_number_is_marked_where_it_stands(library: LibraryStore, typed: str, name: str, marked: list[str]) -> None:
    (hit,) = [hit for hit in library.search(typed).hits if hit.item.name == name]
    assert [name[start:end] for start, end in hit.spans] == marked
