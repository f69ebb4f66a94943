"""One source for `--help`, man page, README, handbook and completion: the click commands. Each shows all of it."""

from __future__ import annotations

import pytest

from tests.cli.invoke import Cli
from tests.support.documents import ROOT
from tui_app.cli.main import root_command
from tui_app.cli.reference import CommandWords, commands_of
from tui_app.handbook import chapter

COMMANDS = tuple(commands_of(root_command))
EVERY_COMMAND_HAS = ("--json", "--profile", "--version")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name or "xtream-tui")
def test_help_says_what_the_reference_says(cli: Cli, command: CommandWords) -> None:
    text = _packed(cli(*command.name.split(), "--help").out)
    assert all(_packed(paragraph) in text for paragraph in command.paragraphs)
    assert all(name in text for option in command.options for name in option.names)
    assert all(_packed(option.words) in text for option in command.options)


def _packed(text: str) -> str:
    """Without blanks: lines are broken where they are full, also behind hyphens."""
    return "".join(text.split())


@pytest.mark.parametrize("document", ["README.md", "commands"])
def test_the_documents_name_every_option(document: str) -> None:
    text = (ROOT / document).read_text() if document == "README.md" else chapter(document).text
    lines = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `xtream-tui")}
    for command in COMMANDS:
        if command.is_group and command.name:
            continue
        (line,) = [line for spelt, line in lines.items() if spelt == command.synopsis(without=EVERY_COMMAND_HAS)
                   .replace("|", "\\|")]  # fmt: skip
        assert command.summary in line
    assert all(name in text for name in EVERY_COMMAND_HAS[:2])


def test_every_option_is_explained() -> None:
    silent = [f"{command.command_line} {option.spelt}" for command in COMMANDS for option in command.options
              if not option.words]  # fmt: skip
    assert silent == [], "add help="


def test_hidden_options_are_in_no_document() -> None:
    hidden = {"--background", "--until-eof"}
    assert not hidden & {name for command in COMMANDS for option in command.options for name in option.names}
