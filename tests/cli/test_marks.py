"""`xtream-tui marks`: whatever the order of merges, all machines have the newest state of each mark."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.examples import examples
from tui_app.catalog import ItemRef, Kind, Mark
from tui_app.catalog.shared_marks import ProfileMarks, SharedFolder, SharedMark, SharedPlace, SharedPlayed
from tui_app.locks import held
from tui_app.store.user.sharing import MOST_EDITS
from tui_app.store.user.user_store import UserStore

SECRET = "secret-9-pw"
_IDS = st.sampled_from("12")
_TIMES = st.integers(5, 8)  # few, so that many are equal
_FLAGS = st.booleans()
_MARKS = st.builds(
    SharedMark, kind=st.just("movie"), id=_IDS, mark=st.just("favourite"), at=_TIMES, name=_IDS, removed=_FLAGS
)
_PLACES = st.builds(SharedPlace, kind=st.just("movie"), id=_IDS, at=_TIMES, folder=_IDS, position=st.integers(0, 1))
_FOLDERS = st.builds(SharedFolder, name=_IDS, at=_TIMES, position=st.integers(0, 1), removed=_FLAGS)
_PLAYED = st.builds(SharedPlayed, kind=st.just("movie"), id=_IDS, at=_TIMES, position_s=st.integers(0, 2))
_PROFILES = st.builds(
    ProfileMarks,
    **{
        name: st.lists(entries, max_size=3).map(tuple)
        for name, entries in {"marks": _MARKS, "places": _PLACES, "folders": _FOLDERS, "history": _PLAYED}.items()
    },
)


@examples(200)
@given(_PROFILES, _PROFILES, _PROFILES, st.sampled_from([1, 50_000]))
def test_merging_is_commutative_associative_and_idempotent(
    a: ProfileMarks, b: ProfileMarks, c: ProfileMarks, most: int
) -> None:
    with (
        patch("tui_app.catalog.shared_marks.MOST_MARKS", most),
        patch("tui_app.catalog.shared_marks.MOST_PLAYED", most),
    ):
        both = a.merged(b)
        assert both == b.merged(a) == both.merged(both) == both.merged(a)
        assert both.merged(c) == a.merged(b.merged(c))
        assert len(both.marks) <= most


_STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # the machine
        st.sampled_from(["mark", "clear", "undo", "file", "unfile", "play", "forget", "merge"]),
        _IDS,
        st.integers(0, 1),  # seconds that pass before
    ),
    max_size=25,
)


@contextmanager
def _machines() -> Iterator[list[UserStore]]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        yield [stack.enter_context(UserStore(Path(folder) / f"{name}.db")) for name in "abc"]


def _do(user: UserStore, what: str, id: str) -> None:
    match what:
        case "mark":
            user.set_mark("p", Kind.MOVIE, id, Mark.FAVOURITE, f"Film {id}")
        case "clear":
            user.clear_mark("p", Kind.MOVIE, id, Mark.FAVOURITE)
        case "file":
            user.favourites.put("p", [("movie", id)], f"Folder {id}")
        case "unfile":
            user.favourites.remove_folder("p", f"Folder {id}")
        case "play":
            user.watching.note_position("p", ItemRef(Kind.MOVIE, id, f"Film {id}"), 60, 100)
        case "forget":
            user.watching.forget("p", Kind.MOVIE, id)


def _seen(user: UserStore) -> Any:
    played = [(one.ref, one.position_s, one.at) for one in user.watching.history("p", limit=9)]
    return user.favourites.folders("p"), {(one.ref, one.folder) for one in user.favourites.entries("p")}, played


@examples(30)
@example([(2, "mark", "1", 0), (2, "mark", "1", 0), (2, "file", "2", 0)])
@given(_STEPS)
def test_three_machines_agree_after_any_edits_and_merges(steps: list[tuple[int, str, str, int]]) -> None:
    now = 1_000_000
    favourite: dict[str, bool] = {}
    with _machines() as machines, patch("time.time", lambda: now):
        for machine, what, id, passing in steps:
            now += passing
            user = machines[machine]
            if what == "merge":
                other = machines[(machine + 1) % 3]
                user.merge_shared("p", other.shared_marks("p"))
                other.merge_shared("p", user.shared_marks("p"))
                continue
            if what in ("mark", "clear"):
                now += 10  # the one newer than all that came before
                favourite[id] = what == "mark"
            _do(user, what, id)
        for giver, taker in ((0, 1), (1, 2), (2, 0), (0, 1)):
            machines[taker].merge_shared("p", machines[giver].shared_marks("p"))
        a, b, c = machines
        assert a.shared_marks("p") == b.shared_marks("p") == c.shared_marks("p")
        assert _seen(a) == _seen(b) == _seen(c)
        assert a.ids_with("p", Kind.MOVIE, Mark.FAVOURITE) == {id for id, is_on in favourite.items() if is_on}
        assert a.merge_shared("p", b.shared_marks("p")) == 0


def test_a_mark_that_was_cleared_and_set_in_one_second_is_set_elsewhere(tmp_path: Path) -> None:
    with UserStore(tmp_path / "a.db") as a, UserStore(tmp_path / "b.db") as b, patch("time.time", lambda: 1_000):
        _do(a, "mark", "1")
        b.merge_shared("p", a.shared_marks("p"))
        _do(a, "clear", "1")
        b.merge_shared("p", a.shared_marks("p"))
        assert not b.has_marks("p")
        _do(a, "mark", "1")
        assert b.merge_shared("p", a.shared_marks("p")) == 1 and b.has_marks("p")


def test_what_is_undone_here_is_undone_elsewhere(tmp_path: Path) -> None:
    from tui_app.store.user.undo import Reach

    with UserStore(tmp_path / "a.db") as a, UserStore(tmp_path / "b.db") as b:
        reach = Reach(mark=Mark.FAVOURITE, ids={"movie": ["1"]})
        _, act = a.record("p", reach, lambda: _do(a, "mark", "1"))
        b.merge_shared("p", a.shared_marks("p"))
        a.take_back(act)
        a.merge_shared("p", b.shared_marks("p"))
        assert not a.has_marks("p")
        b.merge_shared("p", a.shared_marks("p"))
        assert not b.has_marks("p")


def test_what_was_removed_is_remembered_within_limits(tmp_path: Path) -> None:
    with UserStore(tmp_path / "a.db") as user:
        many = [(str(n), "") for n in range(MOST_EDITS + 10)]
        user.set_marks("p", Kind.MOVIE, many, Mark.WATCHED, on=False)
        assert len(user.shared_marks("p").marks) == MOST_EDITS


# ------------------------------------------------------------------------------------------------ the command line
def machine(folder: Path, *profiles: str) -> Cli:
    cli = Cli(folder)
    for name in profiles:
        link = ("--url", "http://panel.test", "--username", "user-7", "--password-stdin", "--no-test")
        cli("profile", "add", name, *link, stdin=SECRET)
    return cli


def mark(cli: Cli, id: str, profile: str = "home", *, at: int = 1_000) -> None:
    with patch("time.time", lambda: at), UserStore(cli.paths.user_db) as user:
        user.set_mark(profile, Kind.MOVIE, id, Mark.FAVOURITE, f"Film {id}")
        user.favourites.put(profile, [("movie", id)], "For Sundays")
        user.watching.note_position(profile, ItemRef(Kind.MOVIE, id, f"Film {id}"), 60, 6000)


def test_two_machines_share_a_file(tmp_path: Path) -> None:
    desk, couch = machine(tmp_path / "desk", "home"), machine(tmp_path / "couch", "home", "other")
    file = str(tmp_path / "marks.json")
    mark(desk, "1")
    mark(couch, "2", at=2_000)
    mark(couch, "9", "other")
    desk("marks", "merge", file)
    first = fits("marks-report", couch.json("marks", "merge", file))
    assert first["profiles"] == [
        {"profile": "home", "received": 3, "newer_here": 4},  # the folder of both is newer here
        {"profile": "other", "received": 0, "newer_here": 4},
    ]
    answer = desk("marks", "merge", file)
    assert "1 profile of the file not here" in answer.out
    with UserStore(desk.paths.user_db) as user:
        entries = user.favourites.entries("home", folder="For Sundays")
        assert {one.id for one in entries} == {"1", "2"} and user.watching.count("home") == 2
        user.clear_mark("home", Kind.MOVIE, "1", Mark.FAVOURITE)
    desk("marks", "merge", file)
    couch("marks", "merge", file)
    with UserStore(couch.paths.user_db) as user:
        assert user.ids_with("home", Kind.MOVIE, Mark.FAVOURITE) == {"2"}
    before = Path(file).read_bytes()
    assert couch.json("marks", "merge", file)["profiles"][0] == {"profile": "home", "received": 0, "newer_here": 0}
    assert Path(file).read_bytes() == before
    fits("marks", json.loads(before))
    assert not any(word in before.decode() for word in (SECRET, "user-7", "panel.test"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".marks.json.lock", "couch", "desk", "marks.json"]


def test_marks_go_through_a_pipe(tmp_path: Path) -> None:
    desk, couch = machine(tmp_path / "desk", "home", "other"), machine(tmp_path / "couch", "home")
    mark(desk, "1")
    sent = desk("marks", "export", "-", "--profile", "home").out
    assert list(fits("marks", json.loads(sent))["profiles"]) == ["home"]
    answer = couch.json("marks", "import", "-", stdin=sent)
    assert answer["profiles"] == [{"profile": "home", "received": 4, "newer_here": 0}]
    desk("marks", "export", str(tmp_path / "m.json"))
    assert couch.json("marks", "import", str(tmp_path / "m.json"))["profiles"][0]["received"] == 0


def _document(**of_home: Any) -> str:
    return json.dumps({"format": "xtream-tui marks", "version": 1, "profiles": {"home": of_home}})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not JSON",
        "[" * 100_000,
        '{"format": "xtream-tui marks", "version": 1, "profiles": {"home": {"x": ' + "[" * 100_000,
        '{"format": "xtream-tui marks", "version": 2, "profiles": {}}',
        '{"format": "other", "version": 1, "profiles": {}}',
        _document(marks=[{"kind": "movie", "id": "1", "mark": "favourite", "at": 10**18}]),
        _document(marks=[{"kind": "movie", "id": "1", "mark": "favourite", "at": True}]),
        _document(marks=[{"kind": "movie", "id": "1" * 201, "mark": "favourite", "at": 1}]),
        _document(history=[{"kind": "../x", "id": "1", "at": 1}]),
        json.dumps({"format": "xtream-tui marks", "version": 1, "profiles": {str(n): {} for n in range(201)}}),
    ],
)
def test_a_bad_file_changes_nothing(tmp_path: Path, content: str) -> None:
    cli, file = machine(tmp_path / "desk", "home"), tmp_path / "marks.json"
    file.write_text(content)
    for what in ("import", "merge"):
        error = fits("error", cli.json("marks", what, str(file), expect=2))["error"]
        assert "is not a file of marks" in error["message"] and error["hint"] == "Nothing was changed."
        assert "\n" not in error["message"] and len(error["message"]) < 400
    assert file.read_text() == content


def test_texts_of_a_file_are_cleaned(tmp_path: Path) -> None:
    cli, file = machine(tmp_path / "desk", "home"), tmp_path / "marks.json"
    evil = {"kind": "movie", "id": "1", "mark": "favourite", "at": 5, "name": "\x1b]0;x\x07Film\n1"}
    file.write_text(_document(marks=[evil, evil | {"id": "\x07"}], folders=[{"name": "\x1b[31mA", "at": 1}]))
    cli("marks", "merge", str(file))
    with UserStore(cli.paths.user_db) as user:
        assert [one.name for one in user.marked("home", Kind.MOVIE, Mark.FAVOURITE)] == ["Film 1"]
        assert user.favourites.folders("home") == ("A",)
    assert "\\u001b" not in file.read_text()


def test_mistakes_are_explained(tmp_path: Path) -> None:
    cli = machine(tmp_path / "desk", "home")
    assert "no file" in cli("marks", "import", str(tmp_path / "none.json"), expect=1).err
    assert "no folder" in cli("marks", "merge", str(tmp_path / "none" / "m.json"), expect=1).err
    assert "no folder" in cli("marks", "export", str(tmp_path / "none" / "m.json"), expect=1).err
    assert "needs a file" in cli("marks", "merge", "-", expect=2).err
    with held(tmp_path / "m.json"), patch("tui_app.cli.commands.marks.PATIENCE_S", 0.0):
        assert "Another process merges" in cli("marks", "merge", str(tmp_path / "m.json"), expect=5).err


def test_a_backup_brings_back_what_was_removed_since(tmp_path: Path) -> None:
    cli = machine(tmp_path / "desk", "home")
    mark(cli, "1")
    cli("backup", str(tmp_path / "b"))
    with UserStore(cli.paths.user_db) as user:
        user.clear_mark("home", Kind.MOVIE, "1", Mark.FAVOURITE)
    cli("restore", str(tmp_path / "b"), "--yes")
    with UserStore(cli.paths.user_db) as user:
        assert user.has_marks("home") and not user.shared_marks("home").marks[0].removed
