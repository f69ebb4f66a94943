"""A backup of somebody else's brings no commands unasked; whatever it holds costs a sentence and little memory."""

from __future__ import annotations

import re
import sqlite3
import struct
import tempfile
import tracemalloc
import warnings
import zipfile
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.backup.homes import brought_back, home, state
from tests.support.examples import examples
from tests.support.hostile_backup import PROFILE, hostile_backup, user_file
from tui_app.backup import make_plan, opened_backup, restore
from tui_app.errors import LibraryError, XtreamTuiError
from tui_app.paths import Paths
from tui_app.settings import AppSettings, Profile, ProfileStore, change_app_settings, load_app_settings
from tui_app.settings.schema import PROFILE_COMMANDS, SETTINGS_COMMANDS
from tui_app.store.user.user_store import UserStore

COMMAND = "touch made; echo secret-pass"
PLAYER = "sh -c 'touch made' {url}"


def with_command(text: str) -> bytes:
    return PROFILE.replace(b'password_source = "file"', text.encode())


PLAIN = f'password_source = "command"\npassword_command = "{COMMAND}"'


# ---------------------------------------------------------------------------------------------------- commands
@pytest.mark.parametrize("replace", [False, True], ids=["merge", "replace"])
@pytest.mark.parametrize(
    "profiles",
    [
        with_command(PLAIN),
        with_command(f'"password_source" = "command"\n"password\\u005fcommand" = "{COMMAND}"'),
        with_command(f'password_source = "file"\npassword_command = "{COMMAND}"'),  # waits for a change of the source
        b'profiles.nice = {url = "http://x.example", username = "u", password_source = "command", '
        b"password_command = '''%s'''}" % COMMAND.encode(),
        b'profiles.nice.url = "http://x.example"\nprofiles.nice.username = "u"\n'
        b"profiles.nice.password_source = 'command'\nprofiles.nice.password_command = '%s'" % COMMAND.encode(),
        with_command(f'password_source = "file"\n[profiles.nice.sync]\nhooks = ["{COMMAND}"]\nafter = "{COMMAND}"'),
        with_command(f'password_source = "file"\n[profiles.nice.hooks]\nafter_sync = "{COMMAND}"'),
        with_command(f'password_source = "file"\nof_a_later_version = "{COMMAND}"'),
    ],
    ids=["plain", "quoted keys", "of another source", "inline table", "dotted keys", "in sync", "hooks", "unknown key"],
)
def test_no_command_of_a_profile_comes_unasked(tmp_path: Path, profiles: bytes, replace: bool) -> None:
    target = home(tmp_path / "target", "friends")
    brought_back(target, hostile_backup(tmp_path / "b", profiles=profiles), replace=replace)
    assert "touch" not in target.profiles_file.read_text()
    profile = ProfileStore(target).get("nice")
    assert (profile.password_source, profile.password_command) == ("file", None)
    with opened_backup(tmp_path / "b") as backup:
        asked = restore_all(target, backup)
    assert COMMAND in "".join(command.text for command in asked.commands)
    assert "touch" in target.profiles_file.read_text()


def restore_all(paths: Paths, backup: Any) -> Any:
    plan = make_plan(paths, backup, replace=True, with_commands=True)
    restore(paths, backup, plan, {})
    return plan


@pytest.mark.parametrize("replace", [False, True], ids=["merge", "replace"])
@pytest.mark.parametrize(
    "settings",
    [
        f'player = "command"\nplayer_command = "{PLAYER}"',
        'player_arguments = "--script=/tmp/touch.lua"',
        "hooks.after_sync = 'touch made'",
        "[hooks]\nnew_episode = 'touch made'",
        "of_a_later_version = 'touch made'",
    ],
)
def test_no_command_of_the_settings_comes_unasked(tmp_path: Path, settings: str, replace: bool) -> None:
    target = home(tmp_path / "target", "friends")
    file = hostile_backup(tmp_path / "b", settings=f"bell = true\nsize_limit_mb = 77\n{settings}".encode())
    brought_back(target, file, replace=replace)
    assert "touch" not in target.settings_file.read_text()
    loaded = load_app_settings(target)
    assert (loaded.player, loaded.player_command, loaded.size_limit_mb) == ("auto", "", 77)


def test_commands_of_ones_own_stay_and_are_no_news(tmp_path: Path) -> None:
    target = home(tmp_path / "target", "friends")
    ProfileStore(target).add(Profile("nice", "http://x.example", "u", "command", COMMAND))
    change_app_settings(target, player="command", player_command="vlc {url}")
    profiles = with_command(PLAIN)
    with opened_backup(hostile_backup(tmp_path / "b", profiles=profiles, settings=b'player = "mpv"')) as backup:
        plan = make_plan(target, backup, replace=True)
        assert [command.key for command in plan.commands] == ["player"]
        restore(target, backup, plan, {})
    assert ProfileStore(target).get("nice").password_command == COMMAND
    assert load_app_settings(target).player_command == "vlc {url}"


def test_settings_that_sound_like_commands_are_known_as_such() -> None:
    """Whoever adds a setting that runs something is reminded of the list."""
    sounds = re.compile("command|player|hook|argument|program|script|shell|exec")
    for kind, known in ((AppSettings, SETTINGS_COMMANDS), (Profile, PROFILE_COMMANDS)):
        assert {name for name in kind.__dataclass_fields__ if sounds.search(name)} <= known


def test_a_profile_that_moves_is_named_with_both_addresses(tmp_path: Path) -> None:
    """Its password stays here, and would go to the address in the backup."""
    target = home(tmp_path / "target", "nice")
    with opened_backup(hostile_backup(tmp_path / "b")) as backup:
        assert make_plan(target, backup, replace=True).moved == {"nice": ("http://nice.example", "http://127.0.0.1:9/")}
        assert make_plan(target, backup, replace=False).moved == {}


# -------------------------------------------------------------------------------------------- what is refused whole
def _schema(*statements: str) -> Callable[[Path, Path], object]:
    return lambda file, folder: hostile_backup(file, user=user_file(folder, *statements))


def _profiles(text: str) -> Callable[[Path, Path], object]:
    return lambda file, folder: hostile_backup(file, profiles=text.encode())


def _manifest(**changes: Any) -> Callable[[Path, Path], object]:
    return lambda file, folder: hostile_backup(file, manifest=changes)


def _doubled(file: Path, folder: Path) -> None:
    with warnings.catch_warnings(action="ignore"):
        hostile_backup(file, more=(("profiles.toml", PROFILE),))


def _packed_otherwise(file: Path, folder: Path) -> None:
    hostile_backup(file)
    with zipfile.ZipFile(file) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in parts:
            archive.writestr(name, content)


def _many_parts(file: Path, folder: Path) -> None:
    hostile_backup(file, more=tuple((f"part{number}", b"") for number in range(3000)))


def _understated(file: Path, folder: Path) -> None:
    """The list of parts says that a text of 30 MB has 100 bytes."""
    hostile_backup(file, settings=b"#" + b" " * 30_000_000)
    content = bytearray(file.read_bytes())
    at = content.index(b"settings.toml", content.index(b"PK\x01\x02")) - 46
    struct.pack_into("<L", content, at + 24, 100)
    file.write_bytes(content)


ONE = '[profiles."{}"]\nurl = "http://x.example"\nusername = "u"\n'
REFUSED: dict[str, Callable[[Path, Path], object]] = {
    "deep profiles": _profiles("x = " + "[" * 200_000 + "]" * 200_000),
    "fairly deep profiles": _profiles("x = " + "[" * 90 + "]" * 90),
    "long key": _profiles("a." * 400_000 + "a = 1"),
    "long number": lambda file, folder: hostile_backup(file, settings=b"size_limit_mb = " + b"9" * 5000),
    "number beyond TOML": lambda file, folder: hostile_backup(file, settings=b"size_limit_mb = " + b"9" * 50),
    "large text": lambda file, folder: hostile_backup(file, profiles=b"#" + b" " * 30_000_000),
    "understated text": _understated,
    "large manifest": lambda file, folder: hostile_backup(file, manifest=b"[" + b" " * 30_000_000 + b"]"),
    "deep manifest": lambda file, folder: hostile_backup(file, manifest=b"[" * 500_000),
    "no UTF-8": lambda file, folder: hostile_backup(file, profiles=b"\xff\xfe[\x00"),
    "same names": _profiles(ONE.format("A") + ONE.format("a")),
    "escapes in a name": _profiles(ONE.format("x\\u001b]0;pwn\\u0007")),
    "profiles are a number": _profiles("profiles = 5"),
    "a profile is a list": _profiles("profiles.nice = [1]"),
    "an address is a number": _profiles("[profiles.nice]\nurl = 5"),
    "current is a list": _profiles("current = [1]"),
    "version in words": _manifest(version="1e9"),
    "version is a list": _manifest(version=[1]),
    "version is infinite": _manifest(version=float("inf")),
    "newer version": _manifest(version=10**30),
    "digests are a list": _manifest(sha256=[]),
    "doubled part": _doubled,
    "packed otherwise": _packed_otherwise,
    "many parts": _many_parts,
    "trigger": _schema("CREATE TRIGGER t AFTER INSERT ON mark BEGIN DELETE FROM playing; END"),
    "view": _schema("CREATE VIEW v AS SELECT 1"),
    "view as a table": _schema("DROP TABLE mark", "CREATE VIEW mark AS SELECT 'a' AS profile"),
    "another table": _schema("CREATE TABLE other(a)"),
    "another column": _schema("ALTER TABLE mark ADD COLUMN later TEXT"),
    "computed column": _schema("ALTER TABLE mark ADD COLUMN later TEXT AS (hex(name))"),
    "index on an expression": _schema("CREATE INDEX i ON mark(abs(at))"),
    "virtual table": _schema("CREATE VIRTUAL TABLE v USING fts5(a)"),
    "version of the file 0": _schema("PRAGMA user_version = 0"),
    "version of the file below": _schema("PRAGMA user_version = -5"),
    "version of the file above": _schema("PRAGMA user_version = 99999"),
    "no database": lambda file, folder: hostile_backup(file, user=b"no database" * 9000),
}  # fmt: skip


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_a_backup_that_is_none_of_ours_changes_nothing(tmp_path: Path, make: Callable[[Path, Path], object]) -> None:
    file = tmp_path / "b"
    make(file, tmp_path)
    target = home(tmp_path / "target", "friends")
    before = state(target)
    tracemalloc.start()
    try:
        with pytest.raises(LibraryError) as caught, opened_backup(file):
            pass
        assert tracemalloc.get_traced_memory()[1] < 25_000_000
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value) and "Nothing was changed" in caught.value.hint
    assert state(target) == before


def test_a_version_older_than_the_tables_of_the_marks_is_taken(tmp_path: Path) -> None:
    """Nothing in such a file is not ours, and its marks are what the user wants back."""
    file = tmp_path / "b"
    _schema("PRAGMA user_version = 1")(file, tmp_path)
    paths = Paths.under(tmp_path / "h")
    with opened_backup(file) as backup:
        restore(paths, backup, make_plan(paths, backup, replace=False), {})
    assert ProfileStore(paths).names() == ("nice",)


@pytest.mark.parametrize(
    "secrets",
    [
        [1], "x", 5, {}, {"work": 2**20, "salt": "AAAA", "nonce": "AAAA", "data": "AAAA"},
        {"work": 2**18, "salt": b64encode(b"s" * 16).decode(), "nonce": b64encode(b"n" * 12).decode(), "data": ""},
        {"work": 2**15, "salt": b64encode(b"s" * 15).decode(), "nonce": b64encode(b"n" * 12).decode(), "data": ""},
        {"work": 2**15, "salt": b64encode(b"s" * 16).decode(), "nonce": b64encode(b"n" * 13).decode(), "data": ""},
        {"work": 1e999, "salt": b64encode(b"s" * 16).decode(), "nonce": b64encode(b"n" * 12).decode(), "data": ""},
    ],
)  # fmt: skip
def test_damaged_passwords_are_refused_and_the_rest_can_be_had(tmp_path: Path, secrets: object) -> None:
    with opened_backup(hostile_backup(tmp_path / "b", manifest={"secrets": secrets})) as backup:
        with pytest.raises(LibraryError, match="passwords"):
            _ = backup.secrets
        restore(Paths.under(tmp_path / "h"), backup, make_plan(Paths.under(tmp_path / "h"), backup, replace=False), {})


# ------------------------------------------------------------------------------------------- what is taken as it is
@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "..\\x", "con", "nul\x00x", "x" * 60_000])
def test_parts_of_other_names_are_never_written(tmp_path: Path, name: str) -> None:
    file = hostile_backup(tmp_path / "b", more=((name, b"x"),))
    target = Paths.under(tmp_path / "deep" / "er" / "target")
    brought_back(target, file)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left <= {"b", "profiles.toml", "settings.toml", "user.db", "before-restore.zip", ".profiles.toml.lock"}


def test_what_a_backup_says_of_itself_is_checked(tmp_path: Path) -> None:
    for said in ({"made_at": 10**30, "program": ["x"]}, {"made_at": "x", "program": "1\x1b]0;p\x07"}, {"made_at": -1}):
        with opened_backup(hostile_backup(tmp_path / "b", manifest=said)) as backup:
            assert backup.made_at == 0
            assert backup.program in ("", "1")


def test_a_current_profile_that_is_not_there_is_forgotten(tmp_path: Path) -> None:
    target = Paths.under(tmp_path / "target")
    brought_back(target, hostile_backup(tmp_path / "b", profiles=PROFILE.replace(b'"nice"', b'"gone"', 1)))
    current = ProfileStore(target).current()
    assert current is not None and current.name == "nice"


def test_rows_that_can_not_be_read_are_made_readable_or_dropped(tmp_path: Path) -> None:
    user = user_file(
        tmp_path,
        "INSERT INTO mark VALUES ('nice', 'movie', '1', 'favourite', 'Sound', 5)",
        "INSERT INTO mark VALUES ('nice', 'movie', '2', 'favourite', CAST(x'4dff6f76' AS TEXT), 5)",
        "INSERT INTO mark VALUES ('nice', 'movie', '3', 'favourite', 'x' || char(27) || ']0;pwn', 5)",
        "INSERT INTO mark VALUES ('nice', 'movie', '4', 'favourite', 'beyond', 9223372036854775807)",
        "INSERT INTO playing(profile, kind, id, name, position_s, at) VALUES ('nice', 'later', '3', '', 1, 2)",
    )
    target = Paths.under(tmp_path / "target")
    brought_back(target, hostile_backup(tmp_path / "b", user=user))
    with closing(sqlite3.connect(target.user_db)) as file:
        names = dict(file.execute("SELECT id, name FROM mark").fetchall())
    assert names == {"1": "Sound", "2": "M\ufffdov", "3": "x\ufffd]0;pwn"}
    with UserStore(target.user_db) as store:
        assert store.watching.history("nice", limit=10) == ()


@given(st.data())
@examples(60)
def test_whatever_a_backup_holds_no_foreign_error_leaves(data: st.DataObject) -> None:
    """Texts, manifests and broken bytes: either it opens and can be planned, or one of our errors says why not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        json_values = st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
            max_leaves=6,
        )
        fields = st.sampled_from(("version", "program", "made_at", "sha256", "secrets", "format", "more"))
        texts = st.sampled_from((PROFILE, b"", with_command(PLAIN))) | st.binary(max_size=60) | _toml_pieces()
        file = hostile_backup(
            folder / "b",
            profiles=data.draw(texts),
            settings=data.draw(texts),
            user=data.draw(st.sampled_from((b"", b"SQLite format 3\x00" + b"\x00" * 500)) | st.binary(max_size=200)),
            manifest=data.draw(st.dictionaries(fields, json_values, max_size=2) | st.binary(max_size=30)),
        )
        content = bytearray(file.read_bytes())
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=2)):
            content[place] ^= data.draw(st.integers(0, 255))
        file.write_bytes(content)
        try:
            with opened_backup(file) as backup:
                paths = Paths.under(folder / "home")
                plan = make_plan(paths, backup, replace=True)
                restore(paths, backup, plan, {})
                assert (backup.secrets, b"touch" in paths.profiles_file.read_bytes()) == (None, False)
        except XtreamTuiError as error:
            assert str(error)
        except FileNotFoundError:  # it had no profile
            assert not paths.profiles_file.exists()


def _toml_pieces() -> st.SearchStrategy[bytes]:
    pieces = st.sampled_from(
        (*(b"profiles", b"nice", b"current", b"[", b"]", b"{", b"}", b"=", b".", b'"', b"'", b"\n", b"#", b"1", b"-"),
         *(b"password_command", b"player", b"keys", b"sync", b"true", b"1e400", b"9" * 30, b"2020-01-01", b"\\u0000"))
    )  # fmt: skip
    return st.lists(pieces, max_size=12).map(b"".join)
