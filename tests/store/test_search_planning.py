"""What search tables are asked by how often words occur: the same is found, whatever is known of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.present import present
from tests.support.rows import channel, load, movie, series
from tui_app.catalog import Kind, Query, SearchAnswer
from tui_app.store.library_store import LibraryStore
from tui_app.store.search.statements import Plan, plan
from tui_app.store.search.vocabulary import WordCounts
from tui_app.store.search.word_lists import WordList

COUNTS = WordCounts({"the": 200_000, "of": 90_000, "crimson": 40, "voyage": 3_000, "voyager": 900, "sea": 2_500})


# ------------------------------------------------------------------------------------------------------- plans
def test_nothing_is_asked_for_words_that_do_not_occur() -> None:
    assert plan([["the"], ["citins"]], COUNTS) is None
    assert plan([["the"], ["voyagers*"]], COUNTS) is None
    assert plan([["the"], []], COUNTS) is None
    assert plan([], None) is None


def test_without_counts_all_is_asked_as_it_is() -> None:
    assert plan([["the"], ["sea", "see"], ["voya*"]], None) == Plan('"the" AND ("sea" OR "see") AND "voya"*')


def test_a_long_beginning_is_asked_for_as_its_words_and_a_short_one_as_it_is() -> None:
    assert present(plan([["voya*"]], COUNTS)).expression == '("voyage" OR "voyager")'
    assert present(plan([["voy*"]], COUNTS)).expression == '"voy"*'


def test_frequent_words_beside_a_rare_one_are_read_in_the_names() -> None:
    planned = present(plan([["the"], ["crimson"], ["of"], ["sea", "seas"]], COUNTS))
    assert planned.expression == '"the" AND "crimson" AND "of" AND "sea"'
    assert planned.rare.startswith('"crimson"') and '"the"' not in planned.rare and planned.worth_reading > 0
    assert planned.holds("the crimson of sea")
    assert not planned.holds("theatre crimson of sea")


def test_names_are_many_only_where_a_single_word_is_in_so_many() -> None:
    assert present(plan([["sea"]], COUNTS)).surely == present(plan([["s*"]], COUNTS)).surely == 2_000
    spread = WordCounts({f"sea{number}": 100 for number in range(100)})
    assert present(plan([["sea*"]], spread)).surely == 0  # one name may have all hundred


# ----------------------------------------------------------------------------------------------------- answers
WORDS = "the of sea crimson voyage voyager night midnight glass lantern harbour isle islet iron".split()
LARGE = 2_400


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryStore]:
    rng = random.Random(5)
    weights = [300 / (index + 1) ** 2 for index in range(len(WORDS))]

    def title() -> str:
        return " ".join(rng.choices(WORDS, weights, k=rng.randint(2, 5))).title()

    path: Path = tmp_path_factory.mktemp("planning") / "library-planning.db"
    with LibraryStore.open(path) as store:
        load(store, Kind.MOVIE, *(movie(number, title(), plot=title()) for number in range(LARGE)))
        load(store, Kind.SERIES, *(series(number, title(), cast=title(), plot=title()) for number in range(300)))
        load(store, Kind.CHANNEL, *(channel(number, f"UK: {title()} HD") for number in range(300)))
        yield store


TYPED = (
    *(
        "the",
        "th",
        "of the",
        "the of isle",
        "the crimson of isl",
        "isle",
        "isl",
        "sea of the iron",
        "voyag",
        "irn of the",
    ),
    *(
        "the midnigt of sea",
        "nowhere",
        "the nowhere",
        "gla the",
        "harbour of the islet",
        "mid night",
        "midn of the sea",
    ),
    *("citins", "lantern lantern", "crimson", "the the the", "sea iro", "i", "voyagre of the"),
)


def _facts(answer: SearchAnswer) -> tuple[object, ...]:
    hits = {(hit.item.kind, hit.item.id): (hit.score, hit.spans) for hit in answer.hits}
    return answer.total, answer.capped, None if answer.capped else hits


@pytest.mark.parametrize(
    "within", [None, Query(Kind.MOVIE, sort="name"), (Query(Kind.SERIES),)], ids=["all", "one", "more"]
)
def test_counts_of_words_change_no_answer(
    large: LibraryStore, monkeypatch: pytest.MonkeyPatch, within: Query | tuple[Query, ...] | None
) -> None:
    planned = {typed: _facts(large.search(typed, limit=1_000, within=within)) for typed in TYPED}
    monkeypatch.setattr(WordList, "exact", lambda self, revision: None)
    plain = {typed: _facts(large.search(typed, limit=1_000, within=within)) for typed in TYPED}
    assert planned == plain


def test_the_frequent_are_really_left_out_and_still_looked_for(large: LibraryStore) -> None:
    answer = large.search("the of isl", limit=1_000)
    named = [hit for hit in answer.hits if hit.score >= 70]
    assert named and all({"the", "of"} <= set(hit.item.name.lower().split()) for hit in named)


def test_what_the_last_search_read_is_forgotten_when_the_file_changes(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Old Name"), movie(2, "Name"))
    assert [hit.item.name for hit in store.search("name").hits] == ["Name", "Old Name"]
    store.save_rows(Kind.MOVIE, [movie(1, "Name Anew"), movie(2, "Name")])
    assert [hit.item.name for hit in store.search("name").hits] == ["Name", "Name Anew"]
