"""What people type and what they mean, on a small library: a table of queries and the items that must answer first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rows import channel, load, movie, series
from tui_app.catalog import Kind, SearchAnswer
from tui_app.store.library_store import LibraryStore
from tui_app.store.search.ranking import PEOPLE_SCORE

MOVIES = (
    movie(1, "DE - Nosferatu - 1922", rating=8.9, cast="Max Schreck, Greta Schröder", director="F. W. Murnau"),
    movie(2, "Nosferatu", rating=7.0),
    movie(
        3, "The General (1926)", cast="Buster Keaton, Marion Mack", plot="A train is stolen; its driver runs after it."
    ),
    movie(4, "Sherlock Jr.", cast="Buster Keaton, Kathryn McGuire", director="Buster Keaton"),
    movie(5, "Keaton's Cops", rating=5.0),
    movie(6, "The Surgeon General", cast="Ada Lovel"),
    movie(7, "24"),
    movie(8, "1917"),
    movie(9, "1918 - The End", plot="How 1917 came to an end, told by a general."),
    movie(10, "EN - The Girl Next Door [4K]", genre="Comedy"),
    movie(11, "FR - Le Voyage dans la Lune (1902)", director="Georges Méliès"),
    movie(12, "Fast and Loose"),
    movie(13, "Faust (1926)", director="F. W. Murnau"),
    movie(14, "War of the Worlds"),
    movie(15, "His Girl Friday"),
    movie(16, "Sunrise: A Song of Two Humans", plot="A sailor named Musidor leaves the lighthouse."),
    movie(17, "Metropolis", rating=8.3),
    movie(18, "|IT| Metropolis", rating=9.1),
    movie(19, "Metropolis", rating=6.0),
)
SERIES = (series(1, "Judex", cast="René Cresté, Musidora"), series(2, "Les Vampires", cast="Musidora"))
CHANNELS = (channel(1, "US: A&E HD"), channel(2, "AE Sports"), channel(3, "UK: Film 24"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryStore]:
    path: Path = tmp_path_factory.mktemp("table") / "library-table.db"
    with LibraryStore.open(path) as store:
        load(store, Kind.MOVIE, *MOVIES)
        load(store, Kind.SERIES, *SERIES)
        load(store, Kind.CHANNEL, *CHANNELS)
        yield store


def _found(answer: SearchAnswer) -> list[str]:
    return [hit.item.name for hit in answer.hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        # the displayed name itself before another form of it, then the rating
        ("nosferatu", ["Nosferatu", "DE - Nosferatu - 1922"]),
        ("nosferatoo", ["Nosferatu", "DE - Nosferatu - 1922"]),
        ("metropolis", ["Metropolis", "Metropolis", "|IT| Metropolis"]),
        # language prefixes, in the name or typed
        ("the girl next door", ["EN - The Girl Next Door [4K]"]),
        ("DE - Metropolis", ["Metropolis", "Metropolis", "|IT| Metropolis"]),
        ("IT - metropolis", ["|IT| Metropolis", "Metropolis"]),
        ("voyage lune", ["FR - Le Voyage dans la Lune (1902)"]),
        # punctuation and numbers
        ("A&E", ["US: A&E HD"]),
        ("a & e", ["US: A&E HD"]),
        ("sherlock jr", ["Sherlock Jr."]),
        ("24", ["24", "UK: Film 24"]),
        ("1917", ["1917"]),
        # words of cast, director and plot, also beside words of the name
        ("keaton", ["Keaton's Cops"]),
        ("buster keaton", ["Sherlock Jr.", "The General (1926)"]),
        ("buster keaton general", ["The General (1926)"]),
        ("general keaton", ["The General (1926)"]),
        ("murnau faust", ["Faust (1926)"]),
        ("melies", ["FR - Le Voyage dans la Lune (1902)"]),
        ("stolen train", ["The General (1926)"]),
        ("musidora", ["Judex", "Les Vampires"]),
        ("comedy girl", ["EN - The Girl Next Door [4K]"]),
        # typing errors in cast and director
        ("bustre keaton", ["Sherlock Jr.", "The General (1926)"]),
        ("buster keatn", ["Sherlock Jr.", "The General (1926)"]),
        ("musidroa", ["Judex", "Les Vampires"]),
        ("bustr keaton general", ["The General (1926)"]),
        ("shroder", ["DE - Nosferatu - 1922"]),
    ],
)
def test_what_was_meant_comes_first(library: LibraryStore, typed: str, first: list[str]) -> None:
    assert _found(library.search(typed))[: len(first)] == first


@pytest.mark.parametrize(("title", "word"), [(3, "general"), (14, "worlds"), (14, "war"), (15, "girl"), (15, "friday")])
@pytest.mark.parametrize("error", ["missing", "doubled", "changed", "swapped"])
def test_one_error_anywhere_in_any_word_is_forgiven(library: LibraryStore, title: int, word: str, error: str) -> None:
    name = next(row.name for row in MOVIES if row.id == str(title))
    words = name.partition(" (")[0].lower()
    for index in range(len(word)):
        spoiled = _spoil(word, index, error)
        if spoiled is not None:
            typed = words.replace(word, spoiled)
            assert _found(library.search(typed))[0] == name, typed


def _spoil(word: str, index: int, error: str) -> str | None:
    before, letter, behind = word[:index], word[index], word[index + 1 :]
    if error == "swapped":
        return before + behind[0] + letter + behind[1:] if behind and behind[0] != letter else None
    return before + {"missing": "", "doubled": letter * 2, "changed": "z"}[error] + behind


@pytest.mark.parametrize(
    "typed", ["mosferato", "nosfreato", "metrpols", "mettropoliis", "netropoliz", "genrl", "mtropols", "metropolsi"]
)
def test_two_errors_in_a_long_word_are_forgiven_wherever_they_are(library: LibraryStore, typed: str) -> None:
    meant = {"n": "Nosferatu", "g": "The General (1926)", "m": "Metropolis"}
    expected = "Nosferatu" if typed == "mosferato" else "Metropolis" if "ropol" in typed else meant[typed[0]]
    assert expected in _found(library.search(typed))[:3]


@pytest.mark.parametrize(("typed", "meant"), [("fast", "Faust (1926)"), ("faust", "Faust (1926)")])
def test_a_word_that_names_have_may_still_be_a_slip(library: LibraryStore, typed: str, meant: str) -> None:
    assert meant in _found(library.search(typed))
    assert _found(library.search("fast"))[0] == "Fast and Loose"


@pytest.mark.parametrize("typed", ["25", "1927", "1971", "19177", "gxrlx fxidxy", "mtrpls"])
def test_numbers_are_never_corrected_and_too_many_errors_find_nothing(library: LibraryStore, typed: str) -> None:
    assert _found(library.search(typed)) == []


def test_names_rank_above_people_above_plots_and_all_above_misspelt_people(library: LibraryStore) -> None:
    general = {hit.item.name: hit.score for hit in library.search("general").hits}
    assert general["The General (1926)"] > general["The Surgeon General"] > general["1918 - The End"]
    keaton = {hit.item.name: hit.score for hit in library.search("keaton").hits}
    assert keaton["Keaton's Cops"] > keaton["Sherlock Jr."] == keaton["The General (1926)"]
    exact, misspelt = library.search("buster keaton"), library.search("buster keatno")
    assert min(hit.score for hit in exact.hits) > max(hit.score for hit in misspelt.hits)


def test_a_new_name_is_found_beside_the_cast_and_the_old_one_is_not(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "The General", cast="Buster Keaton"))
    store.save_rows(Kind.MOVIE, [movie(1, "The Navigator", cast="Buster Keaton")])
    assert _found(store.search("keaton navigator")) == ["The Navigator"]
    assert store.search("keaton navigator").hits[0].score == PEOPLE_SCORE
    assert all(hit.score < PEOPLE_SCORE for hit in store.search("keaton general").hits)
