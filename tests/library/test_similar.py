"""Similar titles: the film series first, then people, then genres; never versions of the title, never hidden ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rows import channel, movie
from tui_app.catalog import CategoryRow, Kind
from tui_app.errors import NotFound
from tui_app.library.similar import series_words, similar_titles
from tui_app.store.library_store import LibraryStore

LANG = {"director": "Fritz Lang", "genre": "Drama, Science Fiction"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LibraryStore]:
    with LibraryStore.open(tmp_path / "library.db") as store:
        store.save_categories(Kind.MOVIE, [CategoryRow("1", "Films", None, 1), CategoryRow("2", "Hidden", None, 2)])
        store.save_rows(Kind.MOVIE, [
            movie(1, "EN - Metropolis (1927) [4K]", "1", year=1927, cast="Brigitte Helm, Alfred Abel", **LANG),
            movie(2, "|FR| Metropolis - 1927", "1", year=1927, cast="Brigitte Helm, Alfred Abel", **LANG),
            movie(3, "Spies", "1", year=1928, director="Fritz Lang", genre="Thriller"),
            movie(4, "Money", "1", year=1928, director="Marcel L'Herbier", cast="Brigitte Helm, Alfred Abel"),
            movie(5, "Metropolis II", "1", year=1999, director="Somebody Else"),
            movie(6, "Greed", "1", year=1924, genre="Drama", rating=9.0),
            movie(7, "The Kid", "1", year=1921, genre="Comedy"),
            movie(8, "Destiny", "2", year=1921, director="Fritz Lang"),
            movie(9, "Langlois, a Life", "1", year=1970, director="Roberto Fritz"),
        ])  # fmt: skip
        store.save_rows(Kind.CHANNEL, [channel(1, "Metropolis TV")])
        store.index_texts(Kind.MOVIE)
        yield store


def names(store: LibraryStore, id: str = "1", hidden: frozenset[str] = frozenset()) -> list[str]:
    return [item.name for item in similar_titles(store, Kind.MOVIE, id, hidden=hidden)]


def test_the_film_series_comes_first_then_people_then_genres(store: LibraryStore) -> None:
    found = names(store)
    assert found[0] == "Metropolis II"
    assert found[1:5] == ["Money", "Spies", "Destiny", "Greed"]
    assert "The Kid" not in found and "Langlois, a Life" not in found


def test_versions_of_the_title_are_left_out(store: LibraryStore) -> None:
    assert not any("1927" in name for name in names(store))
    assert names(store, "2") == names(store, "1")


def test_hidden_categories_stay_hidden(store: LibraryStore) -> None:
    assert "Destiny" in names(store)
    assert "Destiny" not in names(store, hidden=frozenset({"2"}))


def test_other_kinds_have_none_and_an_unknown_id_is_not_found(store: LibraryStore) -> None:
    assert similar_titles(store, Kind.CHANNEL, "1") == ()
    with pytest.raises(NotFound):
        similar_titles(store, Kind.MOVIE, "no-such")


@pytest.mark.parametrize(
    ("name", "words"),
    [("EN - Rocky II (1979) [4K]", ["rocky"]), ("Rocky", ["rocky"]), ("Dune: Part Two", ["dune"]), ("1917", []),
     ("Se7en", ["se7en"]), ("II", [])],
)  # fmt: skip
def test_a_number_at_the_end_is_no_part_of_a_series_name(name: str, words: list[str]) -> None:
    assert series_words(name) == words


def test_names_with_any_characters_are_safe(store: LibraryStore) -> None:
    odd = "a\" OR b, NEAR(c), -d, *, (, O'Neil : e^f"
    store.save_rows(Kind.MOVIE, [movie(20, '"Odd" AND (title', "1", director=odd, cast=odd, genre='Dr"ama')])
    assert isinstance(names(store, "20"), list)
