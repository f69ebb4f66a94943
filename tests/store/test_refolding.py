"""A library whose names were folded in the old way: version 6 folds them again, with all that is kept folded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.old_files import unpack
from tests.support.rows import assert_sound
from tui_app.catalog import Kind, Query
from tui_app.store.library_store import LibraryStore

#: Names as version 5 kept them: (key, name, fold, alias).
NAMES = [
    (901, "مدرسة الحب", "مدرسة الحب", ""),
    (902, "AR - كافه ٢ [4K]", "ar كافه ٢ 4k", "كافه ٢"),
    (903, "ゴジラ 10", "コシラ 10", ""),
    (904, "ゴジラ 9", "コシラ 9", ""),
    (905, "ءسي سي", "ءسي سي", "سي سي"),
]
GENRES = [(1, "دراما", "دراما"), (2, "قصة", "قصة"), (3, "قصه", "قصه"), *((n, f"G{n}", f"g{n}") for n in range(4, 62))]
FURTHER_GENRES = [(62, "كوميديا فارسى", "كوميديا فارسى"), (63, "کوميديا فارسي", "کوميديا فارسي")]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A library of version 5 with such names among its movies."""
    path = unpack("library", 5, tmp_path / "library-x.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("DELETE FROM genre WHERE kind = 'movie' AND number > 0")
        file.executemany("INSERT INTO genre VALUES ('movie', ?, ?, ?)", [(n, f, name) for n, name, f in GENRES])
        file.executemany("INSERT INTO genre VALUES ('movie', ?, ?, ?)", [(n, f, name) for n, name, f in FURTHER_GENRES])
        for key, name, folded, alias in NAMES:
            file.execute(
                "INSERT INTO movie(id, name, fold, alias, added, flags, category, position, language, quality, year, "
                "rating, genres) VALUES (?, ?, ?, ?, 0, 0, 1, ?, '', '', 0, 0, ?)",
                (key, name, folded, alias, key * 1024, 0b100 if key == 901 else 0b1000),
            )
            file.execute("INSERT INTO movie_names(rowid, fold, alias) VALUES (?, ?, ?)", (key, folded, alias))
        file.executemany("INSERT INTO item_genre VALUES ('movie', ?, ?)", [(62, 903), (63, 904), (63, 905)])
        file.execute("INSERT INTO movie_text(id, \"cast\") VALUES (903, 'محمد المصرى')")
        file.execute("UPDATE meta SET value = 'ready' WHERE name = 'texts:movie'")
        rows = file.execute('SELECT id, "cast", genre, plot FROM movie_text').fetchall()
        for key, cast, genre, plot in rows:
            file.execute(
                "INSERT INTO movie_texts(rowid, name, cast, director, genre, plot) VALUES (?, '', ?, '', ?, ?)",
                (key, cast or "", genre or "", plot or ""),
            )
        file.execute("INSERT INTO programme_title VALUES (9, 'نشرة ٨', 'نشرة ٨')")
        file.execute("INSERT INTO programme_names(rowid, fold) VALUES (9, 'نشرة ٨')")
        file.execute("UPDATE former_episode SET fold = 'قصة ١', named = 'مدرسة' || char(10) || 'school'")
    return path


@pytest.fixture
def store(old: Path) -> Iterator[LibraryStore]:
    with LibraryStore.open(old) as opened:
        yield opened


def found(store: LibraryStore, text: str) -> list[str]:
    return [hit.item.id for hit in store.search(text, kinds=(Kind.MOVIE,)).hits if hit.score > 58]


def test_every_spelling_finds_the_names_of_an_old_library(store: LibraryStore) -> None:
    assert found(store, "مدرسه الحب") == ["901"]
    assert found(store, "کافە 2") == ["902"]
    assert found(store, "ごじら 10") == ["903"]
    assert found(store, "محمد المصري") == ["903"]
    assert_sound(store)


def test_what_else_is_kept_folded_is_folded_again(store: LibraryStore) -> None:
    database = store.database
    assert database.rows("SELECT fold, named FROM former_episode") == [("قصه 1", "مدرسه\nschool")]
    assert database.value("SELECT fold FROM programme_title WHERE id = 9") == "نشره 8"
    assert database.value("SELECT count(*) FROM programme_names WHERE programme_names MATCH '\"نشره\"'") == 1
    assert database.value("SELECT alias FROM movie WHERE id = 902") == "كافه 2"
    assert store.check().is_sound


def test_an_old_library_is_in_the_order_of_numbers(store: LibraryStore) -> None:
    names = [item.name for item in store.page(Query(Kind.MOVIE, sort="name"), limit=None).items]
    films = [name for name in names if name.startswith("Film ")]
    assert films == [f"Film {number}" for number in range(30)]
    assert names.index("ゴジラ 10") == names.index("ゴジラ 9") + 1


def test_genres_that_are_one_now_are_one_in_lists_and_filters(store: LibraryStore) -> None:
    assert sorted(item.id for item in store.page(Query(Kind.MOVIE, genre="قصه")).items) == [str(k) for k, *_ in NAMES]
    assert sorted(i.id for i in store.page(Query(Kind.MOVIE, genre="كوميديا فارسى")).items) == ["903", "904", "905"]
    assert dict(store.genres(Kind.MOVIE))["قصة"] == 5
    assert "قصه" not in dict(store.genres(Kind.MOVIE))
    store.apply(Kind.MOVIE, removed=[904, 905])
    assert dict(store.genres(Kind.MOVIE))["كوميديا فارسى"] == 1
    assert_sound(store)
