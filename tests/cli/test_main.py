"""The command line itself: help, versions, wrong usage, start-up cost, crashes, closed pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.invoke import Cli
from tests.faults.machine import unwritable
from tests.support.command_line import REPOSITORY, CommandLine
from tui_app import __version__
from tui_app.cli.errors import EXIT_CODES

HEAVY = ("textual", "httpx", "peewee", "rapidfuzz", "keyring", "apscheduler", "msgspec", "platformdirs")
COMMANDS = ("demo", "profile", "sync", "list", "search", "show", "url", "changes", "export", "stats", "cache", "doctor",
            "backup", "restore", "where", "schema", "panel", "completion", "man")  # fmt: skip
NESTED = (("profile", "add"), ("profile", "list"), ("profile", "remove"), ("cache", "clear"), ("cache", "check"))


def test_help_names_every_command(cli: Cli) -> None:
    text = cli("--help").out
    assert [name for name in COMMANDS if f"  {name} " not in text] == []


def test_help_names_every_exit_code(cli: Cli) -> None:
    text = cli("--help").out
    assert [
        f"{code:<4} {meaning}" for code, meaning in EXIT_CODES.items() if f"  {code:<4} {meaning}" not in text
    ] == []


@pytest.mark.parametrize("command", [*((name,) for name in COMMANDS), *NESTED], ids=" ".join)
def test_every_command_explains_itself_with_an_example(cli: Cli, command: tuple[str, ...]) -> None:
    text = cli(*command, "--help").out
    assert "Usage: xtream-tui" in text
    assert "Example" in text


def test_version_is_said_in_any_place(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    assert line.run("--version").out == f"xtream-tui {__version__}\n"
    assert line.run("sync", "--version").out == f"xtream-tui {__version__}\n"


def test_version_is_answered_before_click_is_imported(tmp_path: Path) -> None:
    assert imported_by("--version", "click", "tui_app.cli", "tui_app.text") == []


@pytest.mark.parametrize("arguments", ["--help", "where", "profile list"])
def test_the_command_line_is_light(arguments: str) -> None:
    assert imported_by(arguments, *HEAVY) == []


def test_a_json_document_loads_what_describes_it_and_nothing_else_of_weight() -> None:
    assert imported_by("where --json", *HEAVY) == ["msgspec"]


def test_a_list_as_json_loads_nothing_that_exports_or_reads_answers(synced: Cli) -> None:
    modules = ("tui_app.export", "tui_app.xtream", "http.client", "zoneinfo", *HEAVY)
    assert imported_by("list movies --json --limit 3", *modules, home=synced.home) == ["peewee", "msgspec"]


def imported_by(arguments: str, *modules: str, home: Path = Path("/nonexistent-home")) -> list[str]:
    """Which of these modules a run imports."""
    script = (
        f"import sys; sys.argv = ['xtream-tui', *{arguments.split()!r}]\n"
        "from tui_app.__main__ import main\n"
        "main()\n"
        f"print([name for name in {modules!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "XTREAM_TUI_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    return list(json.loads(done.stderr.replace("'", '"')))


@pytest.mark.parametrize(
    "arguments",
    ["changes", "list", "list nothing", "list movies --year abc", "list movies --year 1999-1990", "profile", "cache",
     "list movies --limit -1", "list movies --min-rating 11", "list movies --sort size", "show episode 1",
     "url series 1", "sync --only songs", "sync --only ,", "search", "list movies --nonsense", "panel --port 70000"],
)  # fmt: skip
def test_wrong_usage_is_code_2_and_one_line(cli: Cli, arguments: str) -> None:
    answer = cli(*arguments.split(), expect=2)
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1


def test_wrong_usage_with_json_is_one_document(cli: Cli) -> None:
    document = cli.json("list", "movies", "--yeer", "1999", expect=2)
    assert document["error"]["code"] == "usage"
    assert "--yeer" in document["error"]["message"]
    assert "--help" in document["error"]["hint"]


@pytest.mark.parametrize("arguments", ["list movies", "sync", "search x", "show movie 1", "url movie 1", "stats"])
def test_without_a_profile_each_command_says_how_to_add_one(cli: Cli, arguments: str) -> None:
    assert "profile add" in cli(*arguments.split(), expect=2).err


def test_the_app_needs_a_terminal(cli: Cli) -> None:
    assert "terminal" in cli(expect=2).err
    assert "terminal" in cli("demo", expect=2).err


def test_where_names_the_folders_of_this_home(cli: Cli) -> None:
    places = cli.json("where")
    assert places["config"] == str(cli.home / "config")
    assert places["libraries"] == []
    assert str(cli.home / "data" / "user.db") in cli("where").out
    assert not cli.home.exists()


def test_a_crash_is_one_line_and_its_story_in_the_log_holds_no_secret(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from tui_app.text import redactor\n"
        "from tui_app.cli import root_command as cli, run\n"
        "redactor.learn('hunter2-hunter2')\n"
        "def broken(session): raise RuntimeError('http://host/live/me/hunter2-hunter2/1.ts broke')\n"
        "import tui_app.cli.commands.where as where\n"
        "where.command.callback = lambda **_: broken(None)\n"
        "run(['where', '--json'])\n"
    )
    line = CommandLine(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=line.environment, check=False
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "internal"
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("xtream-tui stopped unexpectedly: RuntimeError")
    log = (tmp_path / "home" / "logs" / "xtream-tui.log").read_text()
    assert "Traceback" in log
    assert "hunter2" not in log + done.stdout + done.stderr


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    running = CommandLine(tmp_path).start("where")
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    assert running.wait(20) == 0
    assert running.stderr.read() == ""


def test_a_full_disk_under_stdout_and_a_closed_stdout_are_no_crash(tmp_path: Path) -> None:
    line, command = CommandLine(tmp_path), [sys.executable, "-m", "tui_app", "where"]
    for more in ((), ("--json",)):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*command, *more], stdout=full, stderr=subprocess.PIPE, text=True, env=line.environment
            )
        assert done.returncode == 1
        assert done.stderr.startswith("No space left on device.")
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, env=line.environment)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_a_home_that_can_not_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = CommandLine(tmp_path / "file" / "home")
    for command in (("list", "movies"), ("sync",), ("profile", "add", "x", "--url", "http://127.0.0.1:9", "--no-test")):
        error = line.run(*command, expect=1).err
        assert len(error.splitlines()) == 1 and "Not a directory" in error, command


def test_a_home_we_may_not_write_is_one_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    login = ("--url", "http://127.0.0.1:9", "--username", "u", "--password-stdin", "--no-test")
    with unwritable(home):
        error = CommandLine(home).run("profile", "add", "home", *login, stdin="p4ssw0rd\n", expect=1).err
    assert len(error.splitlines()) == 1 and "Can't write" in error
