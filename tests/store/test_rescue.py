"""Damaged user's files: whatever bits flip, the program opens, and the marks on readable pages are kept."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tui_app.catalog import Kind, Mark
from tui_app.errors import NewerLibrary
from tui_app.store.user.rescue import carved_marks
from tui_app.store.user.user_store import UserStore

MARKS = 700
SEEDS = 100


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with favourites, watched marks, hidden categories and searches."""
    path = tmp_path_factory.mktemp("sound") / "user.db"
    with UserStore(path) as user:
        with user._database.writing():
            for number in range(MARKS):
                kind = (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES)[number % 3]
                mark = Mark.FAVOURITE if number % 2 else Mark.WATCHED
                user.set_mark("home", kind, str(number * 7919), mark, f"Fantômas, part {number}")
            user.hide_categories("home", Kind.MOVIE, [(str(number), f"Category {number}") for number in range(100)])
            for number in range(20):
                user.add_recent_search("home", f"judex {number}")
        user._database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def damaged(content: bytes, seed: int) -> bytes:
    """Some bits flipped; every third time some sectors overwritten as well."""
    rng = random.Random(seed)
    changed = bytearray(content)
    for _ in range(rng.choice((1, 3, 10, 40, 120))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    for _ in range(rng.randint(1, 6) if seed % 3 == 0 else 0):
        start = rng.randrange(len(changed) // 512) * 512
        changed[start : start + 512] = bytes(512) if rng.random() < 0.5 else rng.randbytes(512)
    return bytes(changed)


def read_by_sqlite(path: Path) -> int:
    """How many marks SQLite itself reads of a file before it gives up; those whose bits are still of the right type."""
    found = set()
    with closing(sqlite3.connect(path)) as file, suppress(sqlite3.Error, UnicodeDecodeError):
        file.execute("PRAGMA writable_schema = on")
        file.text_factory = bytes
        # asked for each: `bytes` stands for texts and blobs
        types = ", ".join(f"typeof({column})" for column in ("profile", "kind", "id", "mark", "name", "at"))
        for row in file.execute(f"SELECT profile, kind, id, mark, {types} FROM mark"):
            if [*row[4:]] == [b"text"] * 5 + [b"integer"]:
                found.add(tuple(value.decode("utf-8", "replace") for value in row[:4]))
    return len(found)


def test_whatever_bits_flip_marks_are_kept_at_least_as_far_as_sqlite_reads_them(intact: bytes, tmp_path: Path) -> None:
    kept = expected = set_aside = refused = 0
    for seed in range(SEEDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "copy.db").write_bytes(damaged(intact, seed))
        (folder / "user.db").write_bytes(damaged(intact, seed))
        by_sqlite = read_by_sqlite(folder / "copy.db")
        try:
            with UserStore(folder / "user.db") as user:
                marks = int(user._database.value("SELECT count(*) FROM mark"))
                set_aside += user.set_aside is not None
                assert user._database.value("PRAGMA integrity_check") == "ok", seed
                user.toggle_mark("home", Kind.MOVIE, "1", Mark.FAVOURITE, "goes on")
        except NewerLibrary:  # the bits of the version: told from a newer program's file by nothing
            refused += 1
            continue
        assert marks >= by_sqlite, seed
        if set_aside:
            assert len([*folder.glob("user.db.damaged-*")]) <= 1
        kept += marks
        expected += MARKS + 100
    assert set_aside > SEEDS / 2
    assert refused <= 2
    assert kept > 0.9 * expected


def test_rows_beyond_a_broken_page_are_read_page_by_page(intact: bytes, tmp_path: Path) -> None:
    roots = [place for place in range(0, len(intact), 4096) if intact[place] == 0x02]
    assert roots  # interior pages of the tree of marks: without them SQL reads nothing
    content = bytearray(intact)
    for place in roots:
        content[place : place + 4096] = bytes(4096)
    path = tmp_path / "user.db"
    path.write_bytes(content)
    assert read_by_sqlite(path) < MARKS / 2
    with UserStore(path) as user:
        assert user.set_aside is not None
        found = sum(len(user.ids_with("home", kind, mark)) for kind in Kind for mark in Mark)
        assert found > 0.9 * MARKS
        assert len(user.hidden_categories("home", Kind.MOVIE)) > 50
        for item in user.marked("home", Kind.MOVIE, Mark.FAVOURITE):
            assert item.name == f"Fantômas, part {int(item.id) // 7919}"


def test_a_sound_file_is_carved_to_exactly_its_marks(intact: bytes) -> None:
    carved = {row[:4] for row in carved_marks(intact)}
    assert len(carved) == MARKS + 100


@pytest.mark.parametrize("content", [b"", b"\x0a" * 5_000, b"\x02\xff" * 9_000, bytes(100) + b"\x0a" * 20])
def test_what_is_no_file_at_all_carves_to_nothing(content: bytes) -> None:
    assert list(carved_marks(content)) == []


def test_a_row_that_changed_its_type_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "user.db"
    with UserStore(path) as user:
        for number in range(5):
            user.set_mark("home", Kind.MOVIE, str(number), Mark.FAVOURITE, "A")
        user._database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    # the record of the third mark: the serial type of its time becomes that of a text
    place = content.rindex(b"homemovie2favouriteA")
    header = bytearray(content)
    assert header[place - 1] in range(1, 7)
    header[place - 1] = 13 + 2 * 4
    path.write_bytes(header)
    with UserStore(path) as user:
        assert {"0", "1", "3", "4"} <= user.ids_with("home", Kind.MOVIE, Mark.FAVOURITE)
