"""`backup` and `restore` as they are typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import PASSWORD
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.hostile_backup import PROFILE, hostile_backup
from tests.support.pty_run import run_on_terminal
from tui_app.catalog import Kind, Mark
from tui_app.settings import Profile, ProfileStore
from tui_app.store.user.user_store import UserStore

PASSPHRASE = "correct horse battery"


@pytest.fixture
def marked(synced: Cli) -> Cli:
    with UserStore(synced.paths.user_db) as user:
        user.set_mark("home", Kind.MOVIE, "100002", Mark.FAVOURITE, "Nosferatu")
    return synced


def test_a_new_machine_gets_everything_but_the_password(marked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    done = marked.json("backup", str(file))
    assert (done["profiles"], done["passwords"]) == (["home"], 0)
    assert file.stat().st_mode & 0o777 == 0o600 and PASSWORD.encode() not in file.read_bytes()
    new = Cli(tmp_path / "new")
    answer = new("restore", str(file), "--yes")
    assert "1 mark added" in answer.out and "xtream-tui profile set home --password-stdin" in answer.err
    new("profile", "set", "home", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert new.json("sync")["status"] == "completed"
    assert [item["id"] for item in new.json("list", "movies", "--favourites")["items"]] == ["100002"]


def test_passwords_come_along_encrypted(marked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    options = ("--with-secrets", "--passphrase-stdin")
    assert marked.json("backup", str(file), *options, stdin=f"{PASSPHRASE}\n")["passwords"] == 1
    new = Cli(tmp_path / "new")
    wrong = new.json("restore", str(file), "--yes", "--passphrase-stdin", stdin="wrong one\n", expect=1)
    assert wrong["error"]["code"] == "secret"
    assert new.json("profile", "list")["profiles"] == []
    done = new.json("restore", str(file), "--yes", "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    assert done["missing_passwords"] == []
    assert new.json("profile", "test", "home")["status"] == "active"


def test_without_the_library_for_it_passwords_are_refused_clearly(
    marked: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.backup.encryption.find_spec", lambda name: None)
    file = tmp_path / "all.backup"
    answer = marked("backup", str(file), "--with-secrets", "--passphrase-stdin", stdin=f"{PASSPHRASE}\n", expect=2)
    assert "pip install" in answer.err and not file.exists()


def test_a_file_that_is_no_backup_is_not_written_over(marked: Cli, tmp_path: Path) -> None:
    marked("backup", str(marked.paths.user_db), expect=2)
    file = tmp_path / "again.backup"
    marked("backup", str(file))
    first = file.read_bytes()
    marked("backup", str(file))
    assert file.read_bytes()[:2] == first[:2] == b"PK"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_replacing_asks_with_what_goes_and_can_be_declined(marked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    marked("backup", str(file))
    ProfileStore(marked.paths).add(Profile("friends", "http://f.example", "u", password_source="file"), "other-pass")
    line = CommandLine(marked.home)
    code, shown = run_on_terminal(line, "restore", str(file), "--replace", typed={"Continue?": "n\n"})
    assert (code, "REMOVED with library, marks and password: friends" in shown) == (1, True)
    assert len(ProfileStore(marked.paths).list()) == 2
    assert "no terminal to ask" in marked("restore", str(file), "--replace", expect=2).err
    done = marked.json("restore", str(file), "--replace", "--yes")
    assert done["profiles"] == {"added": [], "replaced": ["home"], "kept": [], "removed": ["friends"]}
    assert [profile.name for profile in ProfileStore(marked.paths).list()] == ["home"]
    assert marked.json("list", "movies")["total"] == 240


def test_a_damaged_backup_says_so(marked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    file.write_bytes(b"PK\x03\x04 not really")
    answer = marked("restore", str(file), "--yes", expect=1)
    assert "damaged" in answer.err and "Nothing was changed" in answer.err
    assert "does not exist" in marked("restore", str(tmp_path / "none"), expect=2).err


# ------------------------------------------------------------------------------------------------ commands in backups
RUNS = b'player = "command"\nplayer_command = "sh -c \'touch made\' {url}"\n'
ASKS = PROFILE.replace(b'"file"', b'"command"\npassword_command = "echo \\u001b[8m\\u202e; touch made"')


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    return hostile_backup(tmp_path / "theirs.backup", profiles=ASKS, settings=RUNS)


def test_commands_are_left_out_and_it_says_which(cli: Cli, commands: Path) -> None:
    said = cli("restore", str(commands), "--yes")
    assert "left out because they may run programs" in said.out
    assert "profiles.nice.password_command, player, player_command" in said.out
    assert "“nice” used a password command" in said.err and "profile set nice --password-stdin" in said.err
    done = cli.json("restore", str(commands), "--yes", "--replace")
    assert done["commands_left_out"] == ["profiles.nice.password_command", "player", "player_command"]
    cli("profile", "test", "nice", expect=1)  # says that there is no password, and runs nothing


def test_commands_are_never_brought_without_a_terminal(cli: Cli, commands: Path) -> None:
    said = cli("restore", str(commands), "--with-commands", "--yes", stdin="y\ny\n", expect=2)
    assert "no terminal" in said.err and "--yes does not confirm" in said.err
    assert not cli.paths.profiles_file.exists()


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_commands_are_shown_in_full_before_they_are_brought(cli: Cli, commands: Path, answer: str, code: int) -> None:
    line = CommandLine(cli.home)
    typed = {"all of them?": f"{answer}\n"}
    got, shown = run_on_terminal(line, "restore", str(commands), "--with-commands", "--yes", typed=typed)
    assert "profiles.nice.password_command = echo <U+001B>[8m<U+202E>; touch made" in shown
    assert "player_command = sh -c 'touch made' {url}" in shown
    assert "\x1b[8m" not in shown and "\u202e" not in shown
    assert (got, cli.paths.settings_file.exists()) == (code, code == 0)
    if code == 0:
        assert "touch made" in cli.paths.settings_file.read_text()
        assert ProfileStore(cli.paths).get("nice").password_source == "command"


def test_damaged_passwords_are_one_line_and_can_be_left_out(cli: Cli, tmp_path: Path) -> None:
    secrets = {"work": 2**20, "salt": "AAAA", "nonce": "AAAA", "data": "AAAA"}
    file = str(hostile_backup(tmp_path / "b", manifest={"secrets": secrets}))
    assert "--without-secrets" in cli("restore", file, "--yes", expect=1).err
    assert cli.json("profile", "list")["profiles"] == []
    cli("restore", file, "--yes", "--without-secrets")


def test_what_is_no_file_is_not_waited_for(cli: Cli, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in cli("restore", str(tmp_path / "pipe"), "--yes", expect=1).err
