"""The command itself: which checks there are, in which order, and how they are told."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from tui_app.cli import documents
from tui_app.cli.commands.doctor.finding import worst
from tui_app.cli.output import counted, print_json, say
from tui_app.cli.params import json_option, profile_option
from tui_app.cli.session import Session
from tui_app.errors import SettingsError, UsageError
from tui_app.settings import Profile

if TYPE_CHECKING:
    from tui_app.cli.documents.files import Finding

_SIGNS = {"ok": "ok      ", "note": "note    ", "problem": "PROBLEM "}
_NAME_CELLS = 16
_WIDEST = 110


@click.command("doctor")
@click.option("--network", is_flag=True, help="Log in to the provider too; without it nothing is asked of anybody.")
@json_option
@profile_option
@click.pass_obj
def command(session: Session, network: bool, as_json: bool) -> int:
    """Look at all that the program depends on, and say what to do.

    That is the settings, the password, the copy and your marks, the disk, the schedule, the terminal, the keyring,
    the player and the connection. Nothing is changed or repaired. The exit code is 1 when there is a problem.

    \b
    Examples:
      xtream-tui doctor
      xtream-tui doctor --network
      xtream-tui doctor --json | jq '.checks[] | select(.verdict != "ok")'
    """
    profile = _profile(session)
    findings: list[Finding] = []
    for finding in _examination(session, profile, network=network):
        findings.append(finding)
        if not as_json:
            _print(finding)
    verdict = worst(findings)
    if as_json:
        name = profile.name if profile else None
        print_json(documents.files.Examination(status=verdict, profile=name, checks=tuple(findings)))
    else:
        _print_sum(findings)
    return 1 if verdict == "problem" else 0


def _profile(session: Session) -> Profile | None:
    """The profile to look at. None without one, or when its file is the trouble: a check says so."""
    try:
        return session.profile()
    except SettingsError:
        return None
    except UsageError:
        if session.wanted:  # a name that is none is a mistake of typing, not an illness
            raise
        return None


def _examination(session: Session, profile: Profile | None, *, network: bool) -> Iterator[Finding]:
    from tui_app.cli.commands.doctor import accounts, environment, files

    general: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: accounts.settings_files(session.paths),
        lambda: accounts.secrets(session.paths),
        lambda: files.folders(session.paths),
        lambda: files.users_file(session.paths),
    )
    for look in general:
        yield from look()
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
        say(line)
    if finding.advice:
        for line in textwrap.wrap(
            finding.advice, max(width, 40), initial_indent=f"{indent}→ ", subsequent_indent=f"{indent}  "
        ):
            say(line)
    sys.stdout.flush()


def _print_sum(findings: list[Finding]) -> None:
    problems = sum(finding.verdict == "problem" for finding in findings)
    notes = sum(finding.verdict == "note" for finding in findings)
    say()
    say(f"{counted(problems, 'problem')}, {counted(notes, 'note')}." if problems or notes else "All is well.")
