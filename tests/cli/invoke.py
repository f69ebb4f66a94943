"""Runs the command line inside the test's process, with a home in the test's folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tui_app.cli import root_command
from tui_app.paths import HOME_VARIABLE, Paths


@dataclass(frozen=True)
class Answer:
    """What one command left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error."""
        return json.loads(self.out)


class Cli:
    """`cli("list", "movies")` is `xtream-tui list movies`; a surprise inside is raised, not hidden."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.paths = Paths.under(home)

    def __call__(self, *arguments: str, stdin: str = "", expect: int = 0) -> Answer:
        result = CliRunner(env={HOME_VARIABLE: str(self.home)}).invoke(root_command, list(arguments), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == expect, f"{arguments}: {result.exit_code}\n{result.stdout}\n{result.stderr}"
        return Answer(result.exit_code, result.stdout, result.stderr)

    def json(self, *arguments: str, stdin: str = "", expect: int = 0) -> Any:
        """The document a command prints with `--json`."""
        return self(*arguments, "--json", stdin=stdin, expect=expect).document
