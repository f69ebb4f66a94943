"""Names from panels in real shells: what a Tab inserts is read back as the name, and nothing in it is run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import click
import pytest

from tests.cli.invoke import Cli
from tests.support.command_line import REPOSITORY
from tests.support.pty_app import CTRL_U, PtyApp
from tui_app.cli.commands.completion import CommandLine, quoted
from tui_app.cli.completers import categories
from tui_app.cli.main import root_command
from tui_app.cli.params import COMPLETION_VARIABLE
from tui_app.cli.session import Session

SHELLS = {
    "bash": (
        "bash --norc --noprofile -i",
        'bind "set bell-style none"; eval "$(xtream-tui completion bash)"; PS1="rea""dy> "',
    ),
    "zsh": ("zsh -f -i", 'autoload -Uz compinit; compinit -u -D; eval "$(xtream-tui completion zsh)"; PS1="rea""dy> "'),
    "fish": (
        "fish --no-config --interactive",
        'xtream-tui completion fish | source; function fish_prompt; echo -n "rea""dy> "; end',
    ),
}  # fmt: skip
#: Each holds many of the characters that mean something to a shell; the slow run tries them one by one.
NAMES = (
    "Newest $(touch made/1)",
    "its'$(touch made/2)' `touch made/3`",
    'say "$(touch made/4)"; touch made/5 & x | y > made/6',
    "a\\'b\\\"c\\",
    "wow!!\"!x!'",
    '-rf ~ * ?[b]{c,d} #1 %s ends "',
    "~root: a=b@c, Films & <x> ^a^b!",
    "Ünïcode ☃  한국 $'x' (y)",
)
EACH = (
    "Zed `touch made/3`", "a;touch made/5", "a&touch made/6", "a|touch made/7", "a>made/8", "a\\", "it's", 'ends "',
    "ends '", "ends !", "!touch", "--json", "~", "*", "#1 hits", "100%", "Kids: Fun", "a:b=c@d", "=cmd", "$HOME",
    "${HOME}", "(x)", "^a^b", "a  b", " lead", "trail ", "'", '"', "!", "$", "`",
)  # fmt: skip


class Shell:
    """A real shell with completion, on a terminal of its own, in a folder where `made/` shows what was run."""

    def __init__(self, name: str, home: Path, folder: Path) -> None:
        self._folder = folder
        (folder / "made").mkdir()
        start, self._prepare = SHELLS[name]
        stub = folder / "bin" / "xtream-tui"
        stub.parent.mkdir()
        stub.write_text(f"""#!/bin/sh
if [ -n "${COMPLETION_VARIABLE}" ] || [ "$1" = completion ]; then exec "{sys.executable}" -m tui_app "$@"; fi
printf '%s\\n' "$@" > "{folder}/given.part"; mv "{folder}/given.part" "{folder}/given"
""")
        stub.chmod(0o755)
        environment = {
            "XTREAM_TUI_HOME": str(home), "PATH": f"{stub.parent}:{os.environ['PATH']}", "HOME": str(folder),
            "TERM": "xterm", "PYTHONPATH": str(REPOSITORY), "TOP": str(folder),
        }  # fmt: skip
        own_terminal = (
            "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.chdir(os.environ['TOP']);"
            "os.execvp(sys.argv[1], sys.argv[1:])"
        )
        self.terminal = PtyApp([sys.executable, "-c", own_terminal, *start.split()], columns=200, env=environment)

    def prepare(self) -> None:
        self.terminal.settle(0.5)
        self.terminal.write(self._prepare.encode() + b"\r")
        self.terminal.wait_for("ready> ")

    def given(self, typed: str) -> list[str]:
        """The arguments that the program gets for what is typed, a Tab and Enter."""
        given = self._folder / "given"
        given.unlink(missing_ok=True)
        self.terminal.settle(0.05)
        self.terminal.forget()
        self.terminal.write(b"xtream-tui " + typed.encode())
        self.terminal.wait_for("--category")
        self.terminal.forget()
        self.terminal.write(b"\t")
        self._wait_for_the_answer()
        self.terminal.write(b"\r")
        deadline = time.monotonic() + 8
        while not given.exists():
            if time.monotonic() > deadline:
                self.terminal.write(b"\x03" + CTRL_U)
                return [f"nothing was run; shown was: {self.terminal.text[-500:]!r}"]
            self.terminal.settle(0.05)
        return given.read_text().split("\n")[:-1]

    def _wait_for_the_answer(self) -> None:
        deadline = time.monotonic() + 8
        while not self.terminal.text.strip():
            assert time.monotonic() < deadline, "nothing was completed"
            self.terminal.settle(0.05)
        self.terminal.settle(0.1)

    def wrong(self, synced: Cli, quote: str, names: Sequence[str]) -> dict[str, list[str]]:
        """The names that did not arrive as they are, and what the program was given instead."""
        copied = Cli(self._folder / "home")
        shutil.rmtree(copied.home, ignore_errors=True)
        shutil.copytree(synced.home, copied.home)
        wrong = {}
        for name in names:
            call(copied, name)
            given = self.given(f"list movies --category {quote}")
            if given != ["list", "movies", "--category", name]:
                wrong[name] = given
        return wrong

    @property
    def made(self) -> list[str]:
        return sorted(path.name for path in (self._folder / "made").iterdir())


@pytest.fixture(scope="module", params=list(SHELLS))
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp("shell")
    shell = Shell(request.param, folder / "home", folder)
    with shell.terminal:
        shell.prepare()
        yield shell


def call(cli: Cli, name: str) -> None:
    """Make this the name of the only category of movies."""
    with closing(sqlite3.connect(cli.paths.library_db("home"))) as library, library:
        library.execute("DELETE FROM category WHERE kind = 'movie' AND key > "
                        "(SELECT min(key) FROM category WHERE kind = 'movie')")  # fmt: skip
        library.execute("UPDATE category SET name = ? WHERE kind = 'movie'", (name,))


QUOTES = pytest.mark.parametrize("quote", ["", '"', "'"], ids=["no quote", "double quote", "single quote"])


@pytest.mark.fcase(90)
@QUOTES
def test_a_name_is_inserted_for_the_quote_in_use(shell: Shell, synced: Cli, quote: str) -> None:
    assert (shell.wrong(synced, quote, NAMES), shell.made) == ({}, [])


@pytest.mark.slow
@QUOTES
def test_every_character_is_inserted_for_the_quote_in_use(shell: Shell, synced: Cli, quote: str) -> None:
    assert (shell.wrong(synced, quote, EACH), shell.made) == ({}, [])


@pytest.mark.parametrize("quote", ["", '"', "'", "$'"])
@pytest.mark.parametrize("name", [*NAMES, *EACH])
def test_bash_reads_a_quoted_name_as_the_name(name: str, quote: str, tmp_path: Path) -> None:
    spelt, closing = quoted(name, quote), quote[-1:]
    is_closed = bool(closing) and quote != "$'" and spelt.endswith(closing)  # the line editor looks at this, too
    words = f"printf %s {quote}{spelt}{'' if is_closed else closing}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (done.stdout, list(tmp_path.iterdir())) == (name, [])


@pytest.mark.parametrize(
    ("line", "words", "current", "inserted"),
    [
        ("x list --category ", ["x", "list", "--category"], "", "Kids\\:\\ Fun"),
        ('x list --category "Ki', ["x", "list", "--category"], "Ki", "Kids: Fun"),
        ("x list --category=ki", ["x", "list"], "--category=ki", "Kids\\:\\ Fun"),
        ('x list --category="ki', ["x", "list"], "--category=ki", "Kids: Fun"),
        ("x list kids:", ["x", "list"], "kids:", "\\ Fun"),
        ("x 'a b' c\\ d kids\\:", ["x", "a b", "c d"], "kids:", "Kids\\:\\ Fun"),
        ("x a; x b | x c k", ["x", "c"], "k", "Kids\\:\\ Fun"),
        ("x 'K'i", ["x"], "Ki", "ids\\:\\ Fun"),
        ('x a "" ', ["x", "a", ""], "", "Kids\\:\\ Fun"),
    ],
)
def test_a_line_is_read_as_bash_reads_it(line: str, words: list[str], current: str, inserted: str) -> None:
    read = CommandLine.parse(line)
    assert (read.words, read.current, read.inserted("Kids: Fun")) == (words, current, inserted)


@pytest.mark.parametrize("name", ["two\nlines", "a\x1b]0;x\x07", "a\rb"])
def test_a_name_that_stands_on_no_line_is_not_offered(synced: Cli, name: str) -> None:
    call(synced, name)
    ctx = click.Context(root_command, obj=Session(synced.paths))
    offered = categories(ctx, click.Option(["--category"]), "")
    assert offered and name not in offered
