"""Search by words that are parted in another way, by digits, in scripts without blanks; and by anything at all."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.rows import channel, load, movie, series
from tui_app.catalog import Kind, SearchAnswer
from tui_app.store.library_store import LibraryStore
from tui_app.store.lists.reads import Reads
from tui_app.store.search.engine import Search
from tui_app.store.search.spelling import Spelling, errors_between, variants
from tui_app.store.search.vocabulary import Vocabulary
from tui_app.store.search.word_lists import NAMES, Pace, WordList, spelling_of

TITLES = (
    *("Spider-Man: Homecoming", "Spiderman Unmasked", "R.E.M. Live", "US: A&E HD", "M*A*S*H", "Mash Potatoes", "Se7en"),
    *("WALL·E", "EN - X-Men [4K]", "Lighthouse", "Seven Chances", "24", "24 Frames", "1917", "Ocean's 11"),
    *("七人の侍", "天空の城ラピュタ", "البحر الأحمر", "Man of Spider", "The Girl Next Door", "Remington"),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryStore]:
    with LibraryStore.open(tmp_path_factory.mktemp("spelling") / "library-spelling.db") as store:
        load(store, Kind.MOVIE, *(movie(number, title) for number, title in enumerate(TITLES, 1)))
        load(store, Kind.CHANNEL, channel(1, "AE Sports"), channel(2, "##### SPIDERMAN #####", is_separator=True))
        load(store, Kind.SERIES, series(1, "Judex", cast="Musidora", plot="An ocean of spiders, and a man."))
        yield store


def found(answer: SearchAnswer) -> list[str]:
    return [hit.item.name for hit in answer.hits]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("spiderman", ["Spiderman Unmasked", "Spider-Man: Homecoming"]),
        ("spiderm", ["Spiderman Unmasked", "Spider-Man: Homecoming"]),  # while it is typed
        ("spiderman homecoming", ["Spider-Man: Homecoming"]),
        ("spider man", ["Spider-Man: Homecoming", "Spiderman Unmasked"]),
        ("rem", ["Remington", "R.E.M. Live"]),
        ("r.e.m.", ["R.E.M. Live"]),
        ("ae", ["AE Sports", "US: A&E HD"]),
        ("mash", ["Mash Potatoes", "M*A*S*H"]),
        ("xmen", ["EN - X-Men [4K]"]),
        ("walle", ["WALL·E"]),
        ("light house", ["Lighthouse"]),
        ("seven", ["Seven Chances", "Se7en"]),
        ("se7n", ["Se7en"]),
        ("の侍", ["七人の侍"]),
        ("侍", ["七人の侍"]),
        ("ラピュタ", ["天空の城ラピュタ"]),
        ("بحر", ["البحر الأحمر"]),
        ("ocean's 11", ["Ocean's 11"]),
    ],
)
def test_words_are_found_however_they_are_parted(library: LibraryStore, typed: str, meant: list[str]) -> None:
    names = found(library.search(typed))
    assert [name for name in names if name in meant][: len(meant)] == sorted(meant, key=names.index)
    assert set(meant) <= set(names)


def test_a_word_as_it_was_typed_comes_before_one_parted_otherwise(library: LibraryStore) -> None:
    assert found(library.search("spiderman"))[:2] == ["Spiderman Unmasked", "Spider-Man: Homecoming"]
    assert found(library.search("spider man"))[0] == "Spider-Man: Homecoming"
    assert found(library.search("mash"))[0] in ("M*A*S*H", "Mash Potatoes")
    # both words, but not in a row
    assert "Man of Spider" not in found(library.search("spiderman"))


@pytest.mark.parametrize("typed", ["se8en", "25", "1971", "252 4"])
def test_digits_are_never_corrected(library: LibraryStore, typed: str) -> None:
    assert found(library.search(typed)) == []


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("spiderman", "Spider-Man: Homecoming", ["Spider", "Man"]),
        ("spiderm", "Spider-Man: Homecoming", ["Spider", "M"]),
        ("rem", "R.E.M. Live", ["R", "E", "M"]),
        ("light house", "Lighthouse", ["Lighthouse"]),
        ("grl next", "The Girl Next Door", ["Girl", "Next"]),
        ("seven", "Se7en", ["Se7en"]),
        ("の侍", "七人の侍", ["の侍"]),
        ("oceans", "Ocean's 11", ["Ocean's"]),
        ("musidora", "Judex", []),
    ],
)
def test_the_letters_of_misspelt_and_parted_words_are_marked(
    library: LibraryStore, typed: str, name: str, marked: list[str]
) -> None:
    (hit,) = [hit for hit in library.search(typed).hits if hit.item.name == name]
    assert [name[start:end] for start, end in hit.spans] == marked


def test_parted_words_do_not_find_separators(library: LibraryStore) -> None:
    assert "##### SPIDERMAN #####" not in found(library.search("spider man"))


# ---------------------------------------------------------------------------------------------- words in memory
WORDS = {"spider": 3, "man": 9, "spiderman": 2, "lighthouse": 1, "sea": 4, "se7en": 1, "日本語": 1, "x": 1, "men": 2}


def test_a_vocabulary_answers_like_a_plain_list() -> None:
    words = Vocabulary(WORDS)
    assert len(words) == len(WORDS)
    assert {word: words.count(word) for word in WORDS} == WORDS
    assert words.count("spid") == 0 and not words.knows("spid") and words.knows("spid", unfinished=True)
    for letters in ("s", "se", "m", "日", "zz", "", "\U0010ffff"):
        beginning = sorted(word for word in WORDS if word.startswith(letters))
        assert words.beginning_with(letters) == beginning, letters
        assert words.count_beginning(letters) == (len(beginning), sum(WORDS[word] for word in beginning)), letters
        for length in range(12):
            as_long = {word for word in WORDS if len(word) == length}
            assert words.as_long_beginning_with(letters, length) == [word for word in beginning if word in as_long]
            backwards = {word[::-1] for word in words.as_long_ending_with(letters, length)}
            assert backwards == {word for word in as_long if word.endswith(letters)}, letters
    assert words.occurrences == sum(WORDS.values())
    assert words.some_word_occurs("s", 4) and not words.some_word_occurs("s", 5)
    assert words.containing("pider", 10) == ["spider", "spiderman"]
    assert words.containing("e", 2) == ["lighthouse", "men"]
    assert words.as_long_containing("e", 3, 10) == ["men", "sea"] and words.as_long_containing("e", 99, 10) == []
    spelling = Spelling(words)
    for letters in ("s", "sp", "spid", "pider", "e", "en", "en", "zz", "zza", "e", "man", ""):  # typed on, and anew
        assert spelling.containing(letters, 3) == words.containing(letters, 3), letters
    nothing = Vocabulary({})
    assert len(nothing) == 0 and not nothing.knows("a", unfinished=True) and nothing.count_beginning("a") == (0, 0)


def test_other_partings_are_only_of_words_that_names_have() -> None:
    words = Vocabulary(WORDS)
    assert variants(["spiderman"], words) == [["spider", "man"]]
    assert variants(["spider", "man"], words) == [["spiderman"]]
    assert variants(["xmen"], words) == [["x", "men"]]
    assert variants(["xme"], words) == []  # of a word that may go on, three letters say too little
    assert variants(["light", "house"], words) == [["lighthouse"]]
    assert variants(["12"], words) == variants(["house"], words) == []


@pytest.mark.parametrize(
    ("typed", "word", "errors"),
    [
        *(("generl", "general", 1), ("egneral", "general", 1), ("genral", "genera", None), ("seven", "se7en", 1)),
        *(("se8en", "se7en", None), ("2024", "2025", None), ("dy", "day", 1), ("metroploys", "metropolis", 2)),
    ],
)
def test_errors_between_words(typed: str, word: str, errors: int | None) -> None:
    assert errors_between(typed, word) == errors


def test_two_errors_in_a_long_word_are_corrected_wherever_they_are() -> None:
    meant = "metropolitan"
    spelling = Spelling(Vocabulary({meant: 1, "metro": 5, "politics": 2, "neapolitan": 1}))
    for first in range(len(meant)):
        for second in range(first + 2, len(meant)):
            typed = "".join("z" if index in (first, second) else letter for index, letter in enumerate(meant))
            assert meant in spelling.corrections(typed, unfinished=False), typed


# ------------------------------------------------------------------------------------------ while a sync writes
def test_new_words_are_read_in_the_background_and_nobody_waits(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Metropolis"))
    words = WordList(store.database.path, NAMES, spelling_of, Pace(quick_s=0, rest=0))  # as if the list were long
    old = words.needed(1)
    assert not words.is_old(1) and words.is_old(99_999)
    store.save_rows(Kind.MOVIE, [movie(2, "Zyzzyva")])
    assert words.available(99_999) is old  # what there is, at once
    limit = time.monotonic() + 5
    while words.available(2) is old:
        assert time.monotonic() < limit
        time.sleep(0.005)
    assert words.needed(2).vocabulary.knows("zyzzyva")
    words.stop()


def test_a_search_that_finds_nothing_with_old_words_waits_for_the_new(store: LibraryStore) -> None:
    search = Search(store.database, Reads(store.database), Pace(quick_s=0))
    load(store, Kind.MOVIE, movie(1, "Metropolis"))
    assert found(search.search("metropolsi")) == ["Metropolis"]
    store.save_rows(Kind.MOVIE, [movie(2, "Zyzzyva")])
    assert found(search.search("zyzzyvx")) == ["Zyzzyva"]
    search.close()


def test_searches_go_on_while_another_process_writes(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, *(movie(number, f"Metropolis {number}") for number in range(50)))
    with closing(sqlite3.connect(store.database.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM movie")
        answer = store.search("metropolsi")
        assert answer.total == 50 and len(answer.hits) == 50
        writer.execute("ROLLBACK")


def test_closing_ends_a_reading_in_the_background(tmp_path: Path) -> None:
    with LibraryStore.open(tmp_path / "library-x.db") as store:
        load(store, Kind.MOVIE, *(movie(number, f"Word{number} metropolis") for number in range(3_000)))
        store.prepare_search()
    assert not [thread for thread in threading.enumerate() if thread.name == "words"]


# --------------------------------------------------------------------------------------------------- any text
@pytest.mark.parametrize(
    "text",
    [
        *(
            "a" * 10_000,
            "spider " * 1_500,
            "the of and " * 900,
            "١٢٣ " * 2_000,
            "…—“”‘’«»" * 50,
            "*" * 5_000,
            '"' * 999,
        ),
        *("\u202eegnahc\u202c", "\u2067البحر\u2069 sea", "a\u0301" * 300, "🕷️👨" * 40, "NEAR(a b, 2)", "fold:x AND *"),
        *("ﷺ", "\ufeff", "\0spider\0", "spider\nman", "ß" * 500, "七" * 3_000, "-- ; DROP TABLE movie", "%_[^]"),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_strange_texts_are_answered_in_no_time(library: LibraryStore, text: str) -> None:
    started = time.thread_time()
    answer = library.search(text)
    assert time.thread_time() - started < 1.0
    assert_valid(answer)


def assert_valid(answer: SearchAnswer) -> None:
    assert 0 <= answer.total <= 1_000
    assert len(answer.hits) <= answer.total
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len({(hit.item.kind, hit.item.id) for hit in answer.hits}) == len(answer.hits)
    for hit in answer.hits:
        assert 0 <= hit.score <= 100
        ends = [0, *(index for span in hit.spans for index in span), len(hit.item.name)]
        assert ends == sorted(ends)
        assert all(start < end for start, end in hit.spans)


NEARLY = st.sampled_from([*TITLES, "Musidora", "AE Sports"]).flatmap(
    lambda title: st.lists(st.sampled_from([*title, " ", "-", "x"]), max_size=len(title)).map("".join)
)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60) | NEARLY | st.text(alphabet="spidermanx .-&*'7日侍بحر\u202e\u0301", max_size=30))
def test_any_text_has_a_valid_answer(library: LibraryStore, text: str) -> None:
    assert_valid(library.search(text))


def test_new_words_are_not_read_for_each_part_of_a_sync_but_for_who_needs_them(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Metropolis"))
    words = WordList(store.database.path, NAMES, spelling_of, Pace(quick_s=0, rest=1e9))
    old = words.needed(1)
    store.save_rows(Kind.MOVIE, [movie(2, "Zyzzyva")])
    for revision in (99_999, 100_000):
        assert words.available(revision) is words.needed(revision) is old
    assert words._thread is None
    assert words.fresh(99_999).vocabulary.knows("zyzzyva")


@given(st.sets(st.text("ab\u00e9\u65e5\U0001f600z", max_size=4)))
def test_words_stand_in_the_order_of_their_letters(words: set[str]) -> None:
    vocabulary = Vocabulary(dict.fromkeys(words - {""}, 1))
    assert vocabulary.beginning_with("") == sorted(words - {""})
    for length in range(1, 5):
        backwards = sorted(word[::-1] for word in words if len(word) == length)
        assert vocabulary.as_long_ending_with("", length) == backwards
