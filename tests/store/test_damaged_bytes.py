"""Whatever bytes of a file change: every question is answered or refused with an error of ours, and nothing waits."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.irregular import IRREGULAR
from tests.support.rows import channel, load, movie, series
from tui_app.catalog import CategoryRow, Kind, Mark, Query
from tui_app.errors import LibraryError, XtreamTuiError
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore
from tui_app.store.maintenance.integrity import check_user_file
from tui_app.store.migrations import USER, latest
from tui_app.store.migrations.runner import version_of
from tui_app.store.user.user_store import UserStore

PROFILE = "home"
PAGE = 4096


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a small library and marks, everything in the files themselves."""
    paths = Paths.under(tmp_path_factory.mktemp("sound")).ensure()
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        run = store.start_run("full", 1)
        store.save_categories(Kind.MOVIE, [CategoryRow("1", "Drama", None, 0), CategoryRow("2", "Comedy", None, 1)])
        load(
            store, Kind.MOVIE, *(movie(number, f"Nosferatu, part {number}", year=1900 + number) for number in range(40))
        )
        load(store, Kind.CHANNEL, *(channel(number, f"Channel {number}") for number in range(20)))
        load(store, Kind.SERIES, *(series(number, f"Judex {number}") for number in range(20)))
        store.index_texts(Kind.MOVIE)
        store.index_texts(Kind.SERIES)
        store.record_first_load(run, Kind.MOVIE)
        store.finish_run(run, "completed", 2)
    with UserStore(paths.user_db) as user:
        for number in range(30):
            user.set_mark(PROFILE, Kind.MOVIE, str(number), Mark.FAVOURITE, f"Nosferatu, part {number}")
        user.hide_categories(PROFILE, Kind.MOVIE, [("2", "Comedy")])
        user.add_recent_search(PROFILE, "judex")
        user.save_filter(PROFILE, Kind.MOVIE, "old", "{}")
    return paths.config.parent


changes = st.tuples(
    st.sampled_from(("library", "user")),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=12),
    st.one_of(st.none(), st.floats(0, 1)),
    st.lists(st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)), max_size=2),
)


def spoil(
    content: bytes, flips: list[tuple[float, int]], cut: float | None, swapped: list[tuple[float, float]]
) -> bytes:
    """Bytes changed at shares of the length, pages put in each other's place, and the end cut off at a share."""
    changed = bytearray(content)
    for at, mask in flips:
        changed[int(at * len(changed))] ^= mask
    pages = len(changed) // PAGE - 1
    for one, other in swapped:
        first, second = (slice(start, start + PAGE) for start in (PAGE * (1 + int(at * pages)) for at in (one, other)))
        changed[first], changed[second] = changed[second], changed[first]
    return bytes(changed if cut is None else changed[: int(cut * len(changed))])


async def ask_everything(paths: Paths) -> tuple[int, int]:
    """Put every question that the app asks; (answers, refusals)."""
    library = Library(paths, PROFILE)
    questions: list[Callable[[], object]] = [library.stats, library.changes.runs, library.changes.seen_at]
    for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE):
        questions += [partial(library.list_items, Query(kind)), partial(library.categories, kind)]
        questions += [partial(library.genres, kind), partial(library.open_item, kind, "3")]
        questions += [partial(library.list_items, Query(kind, sort="rating"))]
        questions += [partial(library.marks.ids, kind, Mark.FAVOURITE)]
    questions += [
        lambda: library.search("nosferatu"),
        lambda: library.search("jduex"),
        lambda: library.search("part 7"),
    ]
    questions += [library.remembered.searches, lambda: library.remembered.saved_filters(Kind.MOVIE)]
    answered = refused = 0
    for question in questions:
        try:
            await question()  # type: ignore[misc]
            answered += 1
        except XtreamTuiError as error:
            assert str(error), error
            refused += 1
    await library.close()
    return answered, refused


@examples(40)
@given(changes)
def test_every_question_is_answered_or_refused_with_our_error(
    intact: Path, change: tuple[str, list[tuple[float, int]], float | None, list[tuple[float, float]]]
) -> None:
    which, flips, cut, swapped = change
    with TemporaryDirectory() as name:
        home = Path(name) / "home"
        shutil.copytree(intact, home)
        paths = Paths.under(home)
        file = paths.user_db if which == "user" else paths.library_db(PROFILE)
        file.write_bytes(spoil(file.read_bytes(), flips, cut, swapped))
        answered, refused = asyncio.run(ask_everything(paths))
    assert answered + refused == 32


# ------------------------------------------------------------------------------------------ single damages, by name
def change_file(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


def copied(intact: Path, folder: Path) -> Paths:
    shutil.copytree(intact, folder / "home")
    return Paths.under(folder / "home")


def test_a_damaged_letter_hides_no_favourite_and_the_check_names_it(intact: Path, tmp_path: Path) -> None:
    paths = copied(intact, tmp_path)
    change_file(paths.user_db, "UPDATE mark SET name = CAST(x'4dff6f76' AS TEXT)")
    with UserStore(paths.user_db) as user:
        assert len(user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE)) == 30
        assert {item.name for item in user.marked(PROFILE, Kind.MOVIE, Mark.FAVOURITE)} == {"M\ufffdov"}
    assert check_user_file(paths.user_db).problems == ("31 texts of mark hold letters that are damaged",)


def test_a_damaged_letter_in_a_library_is_read_and_named(intact: Path, tmp_path: Path) -> None:
    paths = copied(intact, tmp_path)
    change_file(paths.library_db(PROFILE), "UPDATE movie SET icon = CAST(x'ff' AS TEXT) WHERE rowid = 1")
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        assert len(store.page(Query(Kind.MOVIE), limit=None).items) == 40
        assert store.check().problems == ("1 texts of movie hold letters that are damaged",)


@pytest.mark.parametrize(
    "statements",
    [
        ("PRAGMA user_version = 0",),
        ("DROP TABLE playing",),
        ("ALTER TABLE saved_filter DROP COLUMN value",),
    ],
)
def test_a_wrong_version_or_a_missing_part_loses_no_mark(
    statements: tuple[str, ...], intact: Path, tmp_path: Path
) -> None:
    paths = copied(intact, tmp_path)
    change_file(paths.user_db, *statements)
    with UserStore(paths.user_db) as user:
        assert user.set_aside is not None
        assert user.rescued == "31 of 31 marks were taken over."
        assert len(user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE)) == 30


def test_a_version_older_than_the_tables_is_corrected(intact: Path, tmp_path: Path) -> None:
    paths = copied(intact, tmp_path)
    change_file(paths.user_db, "PRAGMA user_version = 1")
    with UserStore(paths.user_db) as user:
        assert user.set_aside is None
        assert len(user.ids_with(PROFILE, Kind.MOVIE, Mark.FAVOURITE)) == 30
    with closing(sqlite3.connect(paths.user_db)) as file:
        assert version_of(file) == latest(USER)


def test_a_file_of_another_program_is_set_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    change_file(path, "CREATE TABLE bookmarks(url TEXT)", "INSERT INTO bookmarks VALUES ('x')")
    before = path.read_bytes()
    with UserStore(path) as user:
        assert user.set_aside is not None
        assert user.set_aside.read_bytes() == before


@pytest.mark.parametrize("what", IRREGULAR)
def test_what_is_no_file_is_named_and_not_waited_for(what: str, tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    IRREGULAR[what](path)
    openers: tuple[Callable[[], object], ...] = (
        lambda: UserStore(path),
        lambda: LibraryStore.open(path, readonly=True),
        lambda: LibraryStore.open(path),
        lambda: check_user_file(path),
    )
    for opener in openers:
        with pytest.raises(LibraryError, match=what):
            opener()
