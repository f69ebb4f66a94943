"""Every example in the documents and in `--help` works as it is written: run against the demo panel, or at least read.

In the documents a block marked `sh` is run, `sh parse` is only parsed by the command line (it opens the app, or
serves), and `sh host` is for the reader's own machine (package managers, systemd) and is not looked at here.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import click
import pytest

from tests.cli.conftest import add_profile
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.documents import ROOT, documents
from tui_app.cli.main import root_command
from tui_app.cli.reference import commands_of
from tui_app.demo import DemoPanel

_FENCE: Final = re.compile(r"^```sh( [a-z]+)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL: Final = re.compile(r"[|<>;&$`~]")  # a line with any of these needs a real shell
_OPENS_THE_APP: Final = ("demo", "web", "panel", "play", "record", "mcp")
#: Documents that begin with nothing: their examples add the first profile themselves.
_FROM_NOTHING: Final = ("README.md", "first-steps.md")
#: Folders that the examples write to and that are there on a machine somebody uses.
_FOLDERS: Final = (".zfunc", ".config/fish/completions", ".local/share/man/man1")
_ASKS: Final = ("xtream-tui profile remove", "xtream-tui restore", "xtream-tui cache clear")
#: What an example of `--help` takes for granted: the beginning of its line → what was run before.
_BEFORE: Final = {
    "xtream-tui restore": "xtream-tui backup ~/xtream-tui.backup",
    "xtream-tui mark watched series": "xtream-tui show series 77",
    "xtream-tui download series": "xtream-tui show series 77",
}
#: Programs that examples name beside ours; they answer as is needed, and nothing else.
_STAND_INS: Final = {
    "mpv": "exit 0",
    "pass": "[ $2 = iptv ] && echo p || echo a-long-passphrase",
    "less": "cat",
    "man": "cat",
}


class Example(NamedTuple):
    """One block of a document; `how` is "", "parse" or "host"."""

    document: Path
    how: str
    text: str


def blocks() -> Iterator[Example]:
    for document in documents():
        for how, text in _FENCE.findall(document.read_text()):
            yield Example(document, how.strip(), text)


@pytest.fixture(scope="module")
def example_panel() -> Iterator[DemoPanel]:
    """What the examples call panel.example:8080, user name u, password p."""
    with DemoPanel(channels=60, movies=240, series=100, username="u", password="p") as panel:
        yield panel


@pytest.fixture(scope="module")
def example_home(example_panel: DemoPanel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the profile `home`, synced. Copy it, never use it as it is."""
    cli = Cli(tmp_path_factory.mktemp("examples") / "home")
    add_profile(cli, example_panel)
    cli("sync")
    return cli.home


class Reader:
    """Somebody who does what a document says, line by line, in a home of their own."""

    def __init__(self, folder: Path, home: Path | None, panel: DemoPanel) -> None:
        self._folder = folder
        self._panel = panel
        if home is not None:
            subprocess.run(["cp", "-r", home, folder / "home"], check=True)
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True)
        self._cli = Cli(folder / "home")
        self._meanings = self._what_words_mean()
        self._bin = folder / "bin"
        self._bin.mkdir()
        self._path = f"{self._bin}:{os.environ['PATH']}"
        self._provide("xtream-tui", f'exec "{sys.executable}" -m tests.support.unpaced "$@"')
        for name, body in _STAND_INS.items():
            self._provide(name, body)

    def _what_words_mean(self) -> dict[str, str]:
        """Addresses, ids and names in the examples, and what this reader would put in their place."""
        address = self._panel.url.removeprefix("http://")
        meanings = {"new-panel\\.example:8080": address, "panel\\.example:8080": address}
        return meanings | _of_the_library(self._cli) if self._cli.home.exists() else meanings

    def _provide(self, name: str, body: str) -> None:
        program = self._bin / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def do(self, text: str) -> None:
        """Run a block. A simple line runs in this process, which is quicker; one that needs a shell gets one."""
        for word, meant in self._meanings.items():
            text = re.sub(rf"(?<![\w-]){word}(?!\w)", meant, text)
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if all(line.startswith("xtream-tui ") and not _SHELL.search(_unquoted(line)) for line in lines):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PATH", self._path)
                patch.chdir(self._folder)
                for line in lines:
                    self._cli(*shlex.split(line, comments=True)[1:])
        else:
            self._in_a_shell("\n".join(lines))

    def _in_a_shell(self, text: str) -> None:
        places = {"PATH": self._path, "HOME": str(self._folder)}
        environment = CommandLine(self._folder / "home", extra_environment=places).environment
        argv = ["bash", "-e", "-o", "pipefail", "-c", text]
        done = subprocess.run(argv, capture_output=True, text=True, env=environment, cwd=self._folder, check=False)
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


_KNOWN: Final[dict[str, str]] = {}


def _of_the_library(cli: Cli) -> dict[str, str]:
    """What the examples name of a library, in the one they are tried on; it is the same for all readers."""
    if not _KNOWN:
        movie, series = (cli.json("list", kind, "--limit", "1")["items"][0]["id"] for kind in ("movies", "series"))
        category = cli.json("list", "categories", "--kind", "channel")["items"][0]["name"]
        _KNOWN.update({"1204": movie, "77": series, "Sports": f'"{category}"'})
    return _KNOWN


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"$`]*"|\'[^\']*\'', "", line)


def parse(line: str) -> None:
    """Let the command line read a line without doing anything. Raises what click says of it."""
    words = shlex.split(line.partition(" | ")[0].partition(" > ")[0].partition(" >> ")[0], comments=True)
    assert words[0] == "xtream-tui", line
    ctx = root_command.make_context("xtream-tui", words[1:], resilient_parsing=False)
    while isinstance(ctx.command, click.Group) and (ctx.args or ctx._protected_args):
        name, command, rest = ctx.command.resolve_command(ctx, [*ctx._protected_args, *ctx.args])
        assert name is not None and command is not None
        ctx = command.make_context(name, rest, parent=ctx)


# ------------------------------------------------------------------------------------------------ the documents
@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_the_examples_of_a_document_work(
    document: Path, example_panel: DemoPanel, example_home: Path, tmp_path: Path
) -> None:
    reader = Reader(tmp_path, None if document.name in _FROM_NOTHING else example_home, example_panel)
    for example in blocks():
        if example.document == document and example.how == "":
            reader.do(example.text)


@pytest.mark.parametrize("example", [one for one in blocks() if one.how == "parse"], ids=lambda one: one.document.name)
def test_examples_that_open_the_app_are_understood(example: Example) -> None:
    for line in example.text.splitlines():
        if line.startswith("xtream-tui"):
            parse(line)


def test_examples_are_marked_in_a_way_we_know() -> None:
    assert {example.how for example in blocks()} <= {"", "parse", "host"}


# ------------------------------------------------------------------------------------------------------- --help
def help_examples() -> list[str]:
    return [line for command in commands_of(root_command) for line in command.examples]


def test_the_examples_of_help_work(example_panel: DemoPanel, example_home: Path, tmp_path: Path) -> None:
    """Each in a copy of its own: what one removes the next one needs."""
    failed = []
    for number, line in enumerate(help_examples()):
        if line.startswith(tuple(f"xtream-tui {command}" for command in _OPENS_THE_APP)):
            parse(line)
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        from_nothing = "profile add home" in line
        before = [text for beginning, text in _BEFORE.items() if line.startswith(beginning)]
        yes = " --yes" if line.startswith(_ASKS) and "--yes" not in line else ""  # there is nobody to say it
        try:
            Reader(folder, None if from_nothing else example_home, example_panel).do("\n".join((*before, line + yes)))
        except AssertionError as error:
            failed.append(str(error))
    assert not failed, "\n".join(failed)


def test_every_command_has_an_example() -> None:
    lacking = [command.name for command in commands_of(root_command) if not command.examples]
    assert lacking == [], "say one in the docstring: Example: xtream-tui ..."


def test_every_chapter_can_be_reached_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    chapters = [path.name for path in documents() if path.parent.name == "handbook"]
    assert [name for name in chapters if f"(tui_app/handbook/{name})" not in text] == []
