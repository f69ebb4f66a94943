"""The manual page: complete, made of what the commands say, and in order for the programs that read such pages."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.cli.invoke import Cli
from tests.support.command_line import REPOSITORY
from tui_app import __version__
from tui_app.cli.commands.man import man_page
from tui_app.cli.errors import EXIT_CODES
from tui_app.cli.main import root_command
from tui_app.cli.reference import CommandWords, commands_of
from tui_app.errors import XtreamTuiError


@pytest.fixture
def page(cli: Cli) -> str:
    return cli("man").out


def plain(roff: str) -> str:
    """The page's text as it is read, every run of blanks one blank."""
    text = re.sub(r"^\.[A-Z]+ ?", "", roff, flags=re.MULTILINE)
    for escape, char in {
        "-": "-",
        "(aq": "'",
        "(ga": "`",
        "(dq": '"',
        "(ti": "~",
        "(en": "–",
        "(ha": "^",
        "&": "",
        "(rs": "\\",
    }.items():
        text = text.replace(f"\\{escape}", char)
    return " ".join(text.split())


def test_every_command_option_and_example_is_in_it(page: str) -> None:
    text = plain(page)
    for command in commands_of(root_command):
        assert command.command_line in text
        assert all(option.spelt in text and option.words in text for option in command.options)
        assert all(paragraph in text for paragraph in command.paragraphs)
        assert all(" ".join(example.split()) in text for example in command.examples)


def test_it_has_the_sections_of_a_manual_page(page: str) -> None:
    sections = re.findall(r"^\.SH (.*)$", page, re.MULTILINE)
    assert sections[:4] == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"]
    assert {"COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES"} <= set(sections)


def test_text_that_roff_would_take_for_a_command_is_printed_as_it_stands() -> None:
    program = CommandWords("", (), (), (".hidden 'quoted' \\n back-slash",), ('say "it\'s"',), False)
    lines = man_page((program,), "1.0").splitlines()
    assert "\\&.hidden \\(aqquoted\\(aq \\(rsn back\\-slash" in lines
    assert not [line for line in lines if line.startswith("'")]


@pytest.mark.parametrize(
    "reader",
    [("groff", "-man", "-ww", "-Tutf8", "-z"), ("mandoc", "-T", "lint", "-W", "warning")],
    ids=["groff", "mandoc"],
)
def test_readers_of_manual_pages_find_no_fault(page: str, reader: tuple[str, ...]) -> None:
    if shutil.which(reader[0]) is None:
        pytest.skip(f"{reader[0]} is not installed")
    said = subprocess.run(reader, input=page, capture_output=True, text=True, check=False)
    complaints = [line for line in (said.stdout + said.stderr).splitlines() if "missing date" not in line]
    assert complaints == []


def test_man_shows_it(page: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    read = subprocess.run(["groff", "-man", "-Tascii", "-P-c"], input=page, capture_output=True, text=True, check=True)
    shown = re.sub(r".\x08", "", read.stdout)
    assert "--accept-shrink" in shown  # a hyphen that can be copied
    assert "xtream-tui cache clear --yes" in shown


def test_the_exit_codes_are_those_of_the_errors() -> None:
    kinds = [XtreamTuiError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    assert {kind.exit_code for kind in kinds} <= set(EXIT_CODES)


def test_it_is_dated_as_the_changelog_dates_the_version(page: str) -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    dated = dict(re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE))
    assert page.splitlines()[0] == f'.TH XTREAM-TUI 1 "{dated[__version__]}" "xtream-tui {__version__}" "User Commands"'
