"""Runs the real program as people and cron jobs do: a fresh process, a home of its own, text in and text out.

It knows the contract's exit codes only as numbers; every run asserts the one it was told to expect, that nothing
printed a traceback, and that no secret it was told of came out where secrets have no business.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Ran:
    """How one run ended."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error."""
        return json.loads(self.out)


@dataclass
class CommandLine:
    """The command line with its home; `secrets` must never be printed except by `url`."""

    home: Path
    secrets: tuple[str, ...] = ()
    extra_environment: dict[str, str] = field(default_factory=dict)
    module: str = "tui_app"  # a test may stand its own in front of it

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("XTREAM_TUI")}
        own = {"XTREAM_TUI_HOME": str(self.home), "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}
        return inherited | own | self.extra_environment

    def run(self, *arguments: str, stdin: str = "", expect: int = 0, timeout: float = 60) -> Ran:
        """Run to the end; asserts the exit code."""
        done = subprocess.run(
            [sys.executable, "-m", self.module, *arguments],
            input=stdin, capture_output=True, encoding="utf-8", env=self.environment, timeout=timeout, check=False,
        )  # fmt: skip
        ran = Ran(arguments, done.returncode, done.stdout, done.stderr)
        assert ran.code == expect, f"{arguments}: exit code {ran.code}, not {expect}\n{ran.out}\n{ran.err}"
        assert "Traceback" not in ran.err, ran.err
        shown = ran.err if arguments[0] == "url" else ran.out + ran.err
        assert not [secret for secret in self.secrets if secret in shown], f"{arguments} printed a secret"
        return ran

    def json(self, *arguments: str, stdin: str = "", expect: int = 0, timeout: float = 60) -> Any:
        """Run with `--json` and give the document."""
        return self.run(*arguments, "--json", stdin=stdin, expect=expect, timeout=timeout).document

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start and leave running, with pipes to all three streams; in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", self.module, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            encoding="utf-8", env=self.environment, start_new_session=True,
        )  # fmt: skip

    def add_profile(self, name: str, url: str, username: str, password: str) -> Any:
        """Add a profile the way a script does; its password becomes one of the secrets."""
        self.secrets = (*self.secrets, password)
        return self.json(
            "profile", "add", name, "--url", url, "--username", username, "--password-stdin", stdin=password + "\n"
        )
