"""`xtream-tui doctor`: run the checks and print their findings, each with its verdict and what to do."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import click

from tui_app.cli import documents
from tui_app.cli.output import counted, echo, print_json
from tui_app.cli.params import json_option, profile_option
from tui_app.cli.session import Session
from tui_app.errors import SettingsError, UsageError
from tui_app.settings import Profile
from tui_app.text import redact

if TYPE_CHECKING:
    from tui_app.cli.documents.files import Finding, Verdict

#: From best to worst.
VERDICTS: Final[tuple[Verdict, ...]] = ("ok", "note", "problem")
_SIGNS = {"ok": "ok      ", "note": "note    ", "problem": "PROBLEM "}
_NAME_CELLS = 16
_WIDEST = 110


@click.command("doctor")
@click.option("--network", is_flag=True, help="Also log in to the provider; without it, no server is contacted.")
@json_option
@profile_option
@click.pass_obj
def command(session: Session, network: bool, as_json: bool) -> int:
    """Check everything the program depends on, and say what to do.

    Checks settings, password, library, marks, disk, schedule, terminal, keyring, player and network connection.
    Nothing is changed or repaired. The exit code is 1 if there is a problem.

    \b
    Examples:
      xtream-tui doctor
      xtream-tui doctor --network
      xtream-tui doctor --json | jq '.checks[] | select(.verdict != "ok")'
    """
    profile = _profile(session)
    findings: list[Finding] = []
    for finding in _findings(session, profile, network=network):
        findings.append(finding)
        if not as_json:
            _print(finding)
    verdicts: list[Verdict] = [finding.verdict for finding in findings]
    verdict: Verdict = max(verdicts, key=VERDICTS.index, default="ok")
    if as_json:
        name = profile.name if profile else None
        print_json(documents.files.Examination(status=verdict, profile=name, checks=tuple(findings)))
    else:
        _print_summary(findings)
    return 1 if verdict == "problem" else 0


def ok(check: str, message: str) -> Finding:
    return _finding(check, "ok", message)


def note(check: str, message: str, advice: str = "") -> Finding:
    return _finding(check, "note", message, advice)


def problem(check: str, message: str, advice: str) -> Finding:
    return _finding(check, "problem", message, advice)


def _finding(check: str, verdict: Verdict, message: str, advice: str = "") -> Finding:
    return documents.files.Finding(check, verdict, redact(message), redact(advice))


def _profile(session: Session) -> Profile | None:
    """Return the profile to check; None without one, or when its file is invalid, which a check reports."""
    try:
        return session.profile()
    except SettingsError:
        return None
    except UsageError:
        if session.wanted:  # a mistyped name is a usage error, not a finding
            raise
        return None


def _findings(session: Session, profile: Profile | None, *, network: bool) -> Iterator[Finding]:
    from tui_app.cli.commands.doctor import accounts, environment, files

    general: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: accounts.settings_files(session.paths),
        lambda: accounts.secrets(session.paths),
        lambda: files.folders(session.paths),
        lambda: files.users_file(session.paths),
    )
    for check in general:
        yield from check()
    if profile is not None:
        yield from files.library(session.paths, profile.name)
        yield from files.sizes(session.paths, profile.name)
        yield from accounts.schedule(session.paths, profile)
        yield from accounts.account(session.paths, profile, ask=network)
    yield from files.slow_queries(session.paths)
    yield from environment.terminal()
    yield from environment.keyring()
    yield from environment.player(session.paths)
    yield from environment.connection()
    yield from environment.proxies(profile)


def _print(finding: Finding) -> None:
    width = min(_WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else _WIDEST
    indent = " " * (len(_SIGNS["ok"]) + _NAME_CELLS)
    head = f"{_SIGNS[finding.verdict]}{finding.check:{_NAME_CELLS}}"
    for line in textwrap.wrap(head + finding.message, max(width, 40), subsequent_indent=indent):
        echo(line)
    if finding.advice:
        for line in textwrap.wrap(
            finding.advice, max(width, 40), initial_indent=f"{indent}→ ", subsequent_indent=f"{indent}  "
        ):
            echo(line)
    sys.stdout.flush()


def _print_summary(findings: list[Finding]) -> None:
    problems = sum(finding.verdict == "problem" for finding in findings)
    notes = sum(finding.verdict == "note" for finding in findings)
    echo()
    echo(f"{counted(problems, 'problem')}, {counted(notes, 'note')}." if problems or notes else "No problems found.")
