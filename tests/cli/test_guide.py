"""The handbook on the command line: plain on a pipe, painted and paged on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.pty_run import run_on_terminal
from tui_app.handbook import TITLES, chapter


def test_without_a_name_it_lists_the_chapters(cli: Cli) -> None:
    text = cli("guide").out
    assert all(f"{name} " in text and title in text for name, title in TITLES.items())


@pytest.mark.parametrize("name", list(TITLES))
def test_on_a_pipe_a_chapter_is_its_text(cli: Cli, name: str) -> None:
    assert cli("guide", name.upper()).out == chapter(name).text.rstrip() + "\n"


def test_an_unknown_chapter_is_wrong_usage_that_names_those_there_are(cli: Cli) -> None:
    said = cli("guide", "cooking", expect=2).err
    assert "first-steps" in said
    assert len(said.splitlines()) == 1


def test_on_a_terminal_it_is_painted_and_given_to_the_pager(tmp_path: Path) -> None:
    pager = tmp_path / "less"  # of a pager by another name it is not known whether it shows colours
    pager.write_text('#!/bin/sh\necho "the pager has:"; cat\n')
    pager.chmod(0o755)
    line = CommandLine(tmp_path, extra_environment={"PAGER": str(pager), "TERM": "xterm-256color"})
    code, shown = run_on_terminal(line, "guide", "sync")
    assert code == 0
    assert "the pager has:" in shown
    assert "\x1b[1;4m" in shown  # headings stand out
    assert "```" not in shown
