"""The doctor says what is well, what is not and what to do, and leaves everything as it was."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PASSWORD
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.old_files import old_library
from tests.support.pty_run import run_on_terminal
from tui_app.cli.commands.doctor import environment
from tui_app.settings import change_app_settings
from tui_app.store.slow_queries import SlowQuery, append_slow_query, read_slow_queries


def found(cli: Cli, *arguments: str, expect: int = 0) -> dict[str, list[dict[str, str]]]:
    """Check → what was said of it."""
    checks: dict[str, list[dict[str, str]]] = {}
    for check in cli.json("doctor", *arguments, expect=expect)["checks"]:
        checks.setdefault(check["check"], []).append(check)
    return checks


def verdicts(checks: dict[str, list[dict[str, str]]], name: str) -> list[str]:
    return [check["verdict"] for check in checks[name]]


def contents(folder: Path) -> dict[str, Any]:
    """What stands in every file that matters; side files of SQLite come and go."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".log"))
    }


def test_a_healthy_home_has_no_problem_and_stays_as_it_is(synced: Cli) -> None:
    before = contents(synced.home)
    checks = found(synced)
    assert not [check for all_ in checks.values() for check in all_ if check["verdict"] == "problem"]
    for name in ("settings", "profiles", "secrets", "password", "disk", "library", "indexes", "search", "size"):
        assert verdicts(checks, name) == ["ok"], name
    assert {"your marks", "schedule", "account", "slow queries", "terminal", "keyring", "player", "connection"} <= set(
        checks
    )
    assert contents(synced.home) == before
    text = synced("doctor").out
    assert "PROBLEM" not in text and PASSWORD not in text


def test_an_empty_home_is_no_illness(cli: Cli) -> None:
    checks = found(cli)
    assert "profile add" in checks["profile"][0]["advice"]
    assert "library" not in checks
    assert not cli.home.exists() or not list(cli.home.rglob("*.db"))


def test_a_damaged_library_is_named_and_left_alone(synced: Cli) -> None:
    file = synced.paths.library_db("home")
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(200_000))
    before = contents(synced.home)
    [seen] = found(synced, expect=1)["library"]
    assert seen["verdict"] == "problem" and "damaged" in seen["message"] and "cache clear" in seen["advice"]
    file.write_bytes(b"not a database, all of it" * 1000)
    assert verdicts(found(synced, expect=1), "library") == ["problem"]
    assert [path.name for path in synced.paths.data.glob("*damaged*")] == []
    assert set(contents(synced.home)) == set(before)


def test_damaged_marks_are_named_and_left_alone(synced: Cli) -> None:
    synced.paths.user_db.write_bytes(b"x" * 9000)
    assert verdicts(found(synced, expect=1), "your marks") == ["problem"]
    assert synced.paths.user_db.read_bytes() == b"x" * 9000


def test_older_and_newer_files_are_told_apart_and_not_migrated(synced: Cli) -> None:
    file = synced.paths.library_db("home")
    file.unlink()
    old_library(file)
    [seen] = found(synced)["library"]
    assert (seen["verdict"], "older format" in seen["message"]) == ("note", True)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        connection.execute("PRAGMA user_version = 999")
    [seen] = found(synced, expect=1)["library"]
    assert "newer" in seen["message"]


def test_missing_indexes_and_search_tables_are_named(synced: Cli) -> None:
    with closing(sqlite3.connect(synced.paths.library_db("home"))) as connection:
        connection.execute("DROP INDEX movie_rating")
        connection.execute("DROP TABLE series_names")
        connection.execute("UPDATE meta SET value = 'no' WHERE name = 'texts:movie'")
        connection.commit()
    checks = found(synced, expect=1)
    assert "movie_rating, series_names" in checks["indexes"][0]["message"]
    assert "--full" in checks["indexes"][0]["advice"]
    assert verdicts(checks, "search") == ["note"]


def test_secrets_that_others_can_read_and_that_are_not_there(synced: Cli) -> None:
    synced.paths.secrets_file.chmod(0o644)
    checks = found(synced, expect=1)
    assert "chmod 600" in checks["secrets"][0]["advice"]
    synced.paths.secrets_file.unlink()
    [seen] = found(synced, expect=1)["password"]
    assert "profile set home --password-stdin" in seen["advice"]


@pytest.mark.parametrize(("file", "check"), [("settings_file", "settings"), ("profiles_file", "profiles")])
def test_a_file_with_a_mistake_is_named_with_its_line(synced: Cli, file: str, check: str) -> None:
    broken: Path = getattr(synced.paths, file)
    broken.write_text("theme = \n")
    [seen] = found(synced, expect=1)[check]
    assert "line 1" in seen["message"] and broken.name in seen["message"]


def test_keys_that_mean_nothing_are_named(synced: Cli) -> None:
    synced.paths.settings_file.write_text('thme = "nord"\nbell = true\n\n[look]\nascii = true\n')
    valid, unknown = found(synced)["settings"]
    assert valid["verdict"] == "ok"
    assert unknown["verdict"] == "note" and unknown["message"].endswith(": thme, look.")


def test_a_current_profile_that_is_not_there_is_a_problem(synced: Cli) -> None:
    text = synced.paths.profiles_file.read_text()
    synced.paths.profiles_file.write_text(text.replace('current = "home"', 'current = "hom"'))
    [seen] = found(synced, expect=1)["profiles"]
    assert "current names a profile that is not in the file" in seen["message"]


def test_an_account_that_ended_and_one_that_soon_will(synced: Cli) -> None:
    text = synced.paths.accounts_file.read_text()
    kept = [line for line in text.splitlines() if not line.startswith("expires")]
    for ends_in, verdict, expect in ((-5, "problem", 1), (86_400, "note", 0)):
        synced.paths.accounts_file.write_text("\n".join([*kept, f"expires = {int(time.time()) + ends_in}"]))
        assert verdicts(found(synced, expect=expect), "account") == [verdict]


def test_the_network_is_asked_only_on_request(synced: Cli) -> None:
    synced("profile", "set", "home", "--url", "http://127.0.0.1:9", "--no-test")
    assert "provider" not in found(synced)
    [seen] = found(synced, "--network", expect=1)["provider"]
    assert seen["verdict"] == "problem"


def test_slow_questions_of_this_week_are_counted(synced: Cli) -> None:
    for age_s, ms in ((0, 250.0), (100, 1400.0), (9 * 86_400, 9000.0)):
        append_slow_query(synced.paths.slow_queries_file, SlowQuery(int(time.time()) - age_s, ms, "x.db", "SELECT"))
    [seen] = found(synced)["slow queries"]
    counted = int(re.match(r"(\d+) in the last week, the slowest took 1,400 ms", seen["message"])[1])  # type: ignore[index]
    # a busy machine adds those of this command
    assert 2 <= counted < len(read_slow_queries(synced.paths.slow_queries_file))


def test_a_size_over_the_limit_and_leftovers_are_noted(synced: Cli) -> None:
    change_app_settings(synced.paths, size_limit_mb=1)
    shutil.copy(synced.paths.library_db("home"), f"{synced.paths.library_db('home')}.backup-v2")
    synced.paths.library_db("home").with_name(f"{synced.paths.library_db('home').name}.damaged-1").write_bytes(
        b"x" * 2_000_000
    )
    checks = found(synced)
    assert (verdicts(checks, "size"), verdicts(checks, "leftovers")) == (["note"], ["note"])


def test_a_wrong_profile_name_is_wrong_usage(synced: Cli) -> None:
    assert "no profile named" in synced("doctor", "--profile", "nobody", expect=2).err


@pytest.mark.parametrize(
    ("variables", "check", "words"),
    [
        ({"TERM": "xterm-256color", "LANG": "C.UTF-8", "TMUX": "x"}, "terminal", "in tmux"),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "SSH_TTY": "/dev/x"}, "terminal", "over SSH"),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, "letters", "not UTF-8"),
        ({"TERM": "dumb"}, "terminal", "TERM is dumb"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "terminal", "NO_COLOR"),
    ],
)
def test_the_terminal_is_known_by_its_environment(variables: dict[str, str], check: str, words: str) -> None:
    seen = {finding.check: finding for finding in environment.terminal_of(variables, is_there=True)}
    assert words in seen[check].message


def test_a_player_of_ones_own_that_is_not_there_is_a_problem(synced: Cli) -> None:
    change_app_settings(synced.paths, player="command", player_command="no-such-player {url}")
    assert "no-such-player" in found(synced, expect=1)["player"][0]["message"]


def test_on_a_terminal_it_wraps_and_ends_with_a_sum(synced: Cli) -> None:
    line = CommandLine(synced.home, extra_environment={"TERM": "xterm-256color", "COLUMNS": "60"})
    code, shown = run_on_terminal(line, "doctor")
    assert code == 0 and "xterm-256color" in shown
    assert max(len(text) for text in shown.splitlines()) <= 60
    assert "note" in shown.splitlines()[-1] or "No problems found" in shown.splitlines()[-1]
