"""Whatever the environment, the streams and the arguments hold: an answer or one sentence, never a surprise."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine

COMMANDS = (("where",), ("list", "movies", "--json"), ("doctor",))


def ended(
    home: Path,
    *arguments: str,
    prepare: Callable[[], object] | None = None,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Run in a process of its own; asserts that it was no surprise to the program. Gives (exit code, out, err)."""
    line = CommandLine(home, extra_environment=dict(environment or {}))
    done = subprocess.run(
        [sys.executable, "-m", "tui_app", *arguments], env=line.environment, cwd=cwd, preexec_fn=prepare,
        capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False,
    )  # fmt: skip
    out, err = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    for sign in ("stopped unexpectedly", "Traceback", "Exception ignored"):
        assert sign not in out + err, (arguments, out, err)
    assert done.returncode in (0, 1, 2, 4, 6), (arguments, out, err)
    return done.returncode, out, err


@pytest.fixture(scope="module")
def somewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


# ------------------------------------------------------------------------------------------------------- environment
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "home",
    ["/etc/passwd", "/etc/passwd/x", "relative", "two\nlines", "~nobody-of-this-name/x", "/dev/null", "/proc/self/x",
     "n" * 300, "/" + "a/" * 3000, "\udcff", " "],
)  # fmt: skip
def test_a_home_that_can_not_be_is_a_sentence(command: tuple[str, ...], home: str, tmp_path: Path) -> None:
    ended(tmp_path, *command, environment={"XTREAM_TUI_HOME": home}, cwd=tmp_path)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "xx_YY.ZZZ"}, {"PYTHONIOENCODING": "ascii"}, {"TERM": ""},
        {"TERM": "\x1b[0m"}, {"COLUMNS": "0"}, {"COLUMNS": "-1"}, {"COLUMNS": "9999999", "LINES": "x"}, {"HOME": ""},
        {"HOME": "/etc/passwd"}, {"HOME": "\udcff"}, {"TZ": "../../etc/passwd"}, {"TZ": "No/Where"},
        {"TMPDIR": "/nonexistent"}, {"XTREAM_TUI_LOG_LEVEL": "loud"},
    ],
    ids=str,
)  # fmt: skip
def test_an_odd_environment_changes_nothing(somewhere: Path, environment: dict[str, str]) -> None:
    assert ended(somewhere, "where", environment=environment)[0] == 0
    assert ended(somewhere, "list", "movies", "--json", environment=environment)[0] == 2  # there is no profile yet


def test_without_a_home_of_ours_and_with_a_useless_one_it_is_a_sentence(tmp_path: Path) -> None:
    for home in ("", "/etc/passwd", "/nonexistent"):
        ended(tmp_path, "profile", "list", environment={"XTREAM_TUI_HOME": "", "HOME": home})


def _delete_the_folder() -> None:
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    Path(folder).rmdir()


@pytest.mark.parametrize(
    "command",
    [
        ("where",),
        ("list", "movies"),
        ("doctor",),
        ("backup", "b"),
        ("restore", "b"),
        ("export", "--format", "csv", "-o", "x"),
    ],
    ids=" ".join,
)
def test_a_deleted_folder_is_a_sentence(somewhere: Path, command: tuple[str, ...]) -> None:
    code, _, err = ended(somewhere, *command, prepare=_delete_the_folder)
    if command[0] == "backup":
        assert (code, "current folder no longer exists" in err) == (1, True)


# ----------------------------------------------------------------------------------------------------------- streams
def _close(numbers: tuple[int, ...]) -> None:
    for number in numbers:
        os.close(number)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (1, 2), (0, 1, 2)], ids=str)
def test_closed_streams_are_no_surprise(somewhere: Path, closed: tuple[int, ...]) -> None:
    for command in COMMANDS:
        ended(somewhere, *command, prepare=partial(_close, closed))


@pytest.mark.parametrize("command", [("where",), ("doctor",), ("--help",)], ids=" ".join)
def test_a_full_disk_behind_the_output_is_one_line_and_1(somewhere: Path, command: tuple[str, ...]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    code, _, err = ended(somewhere, *command, prepare=lambda: os.dup2(full, 1))
    os.close(full)
    assert (code, err.count("\n"), "No space left" in err) == (1, 1, True)


# --------------------------------------------------------------------------------------------------------- arguments
BIG, LONG = str(10**30), "9" * 5000
ODD: dict[str, list[tuple[str, ...]]] = {
    "numbers": [
        (*command, option, value)
        for command in (("list", "movies"), ("search", "a"))
        for option in ("--limit", "--offset")
        for value in (BIG, f"-{BIG}", LONG, "nan", "٣", "1e9", "")
        if (command[0], option) != ("search", "--offset")
    ],
    "years": [
        ("list", "movies", f"--year={value}")
        for value in ("٢٠٢٠-9999999", LONG, "-", "--", "1990-1980", f"{BIG}-{BIG}", "²", "\udcff", "1990-\x00"[:5])
    ],
    "ratings": [("list", "movies", "--min-rating", value) for value in ("inf", "nan", "1e400", "٣", LONG, "-0")],
    "ports": [
        (command, "--port", value) for command in ("web", "panel") for value in ("99999999", "-1", BIG, "x", "1.5")
    ],
    "seeds and sizes": [
        ("panel", "--until-eof", option, value)
        for option in ("--seed", "--channels", "--movies", "--series")
        for value in ("text", "1.5", LONG)
    ],
    "hosts": [
        ("web", "--port", "0", "--host", value)
        for value in ("[", "::::", "not a host", " ", "xn--\udcff", "a" * 70, "a." * 300, "256.1.1.1", "")
    ],
    "public addresses": [
        ("web", "--port", "0", "--public-url", value)
        for value in ("[", "http://[", "http://a b", "ftp://x", "http://x?y", "")
    ],
    "times": [
        ("changes", "--since", value)
        for value in ("99999999999d", "2020-13-45", "0000-00-00", LONG, "10000-01-01", "1e400h", f"{BIG}h", "٣d")
    ],
    "ids": [
        (*command, value)
        for command in (("show", "movie"), ("show", "series"), ("url", "channel"), ("guide",))
        for value in ("", BIG, "x" * 50_000, "\udcff", "../..", "٣")
    ],
    "words": [
        (*command, value)
        for command in (("search",), ("list", "movies", "--category"), ("sync",), ("profile", "use"), ("cache",))
        for value in ("\udcff", '"', "(", "NEAR(", "*", "a" * 20_000, "\x1b[0m")
    ],
    "addresses": [
        ("profile", "set", "home", "--no-test", "--url", value)
        for value in ("http://[", "http://h:99999999", "\udcff", f"http://{'a' * 70}.x", "x" * 50_000, "//")
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", list(ODD))
def test_odd_arguments_are_an_answer_or_a_sentence(synced: Cli, kind: str) -> None:
    """In this process: a foreign exception would be raised here. Codes: done, failed, usage."""
    from click.testing import CliRunner

    from tui_app.cli import root_command

    for arguments in ODD[kind]:
        done = CliRunner(env={"XTREAM_TUI_HOME": str(synced.home)}).invoke(root_command, list(arguments))
        assert done.exception is None or isinstance(done.exception, SystemExit), (arguments, repr(done.exception)[:300])
        assert done.exit_code in (0, 1, 2), (arguments, done.exit_code)
        assert "Traceback" not in done.stderr
