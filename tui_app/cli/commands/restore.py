"""`xtream-tui restore`: restore a backup, after showing what it will change."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_app.cli import documents
from tui_app.cli.errors import warn
from tui_app.cli.interactive import ask_passphrase, can_ask, confirm
from tui_app.cli.output import counted, echo, moment, print_json
from tui_app.cli.params import json_option, yes_option
from tui_app.cli.session import Session
from tui_app.errors import Busy, SecretError, UsageError
from tui_app.locks import is_held
from tui_app.settings.documents import quoted
from tui_app.text import visible

if TYPE_CHECKING:
    from tui_app.backup import Backup, Plan

#: The noun for a row of each table; other tables are not mentioned.
_WORDS = {"mark": "mark", "folder": "folder", "playing": "title in the history", "saved_filter": "saved filter"}
_PLURALS = {"playing": "titles in the history"}


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option("--replace", is_flag=True, help="Replace the current data with the backup, instead of adding to it.")
@click.option(
    "--with-commands", is_flag=True, help="Also restore settings that run programs, after showing them and asking."
)
@click.option("--without-secrets", is_flag=True, help="Do not restore the passwords of the backup.")
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from the first line of standard input.")
@yes_option
@json_option
@click.pass_obj
def command(  # noqa: PLR0913 - click passes one argument per option
    session: Session,
    file: Path,
    replace: bool,
    with_commands: bool,
    without_secrets: bool,
    passphrase_stdin: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Restore profiles, settings, marks, folders, history and saved filters from a backup.

    The backup is added to the current data; where both have history for a title, the newer one is used. With
    --replace, only the backup remains: profiles that are not in it are removed with their libraries. Shows what will
    change and asks first. The current data is kept as before-restore.zip in the data folder. Close the app first.

    A backup from someone else could run programs on your machine. Therefore password commands and players are left
    out unless --with-commands is given; then each is shown in full and confirmed, even with --yes.

    \b
    Examples:
      xtream-tui restore ~/xtream-tui.backup
      xtream-tui restore ~/xtream-tui.backup --replace --yes
    """
    from tui_app.backup import make_plan, opened_backup, restore

    with opened_backup(file) as backup:
        plan = make_plan(session.paths, backup, replace=replace, with_commands=with_commands)
        for name in plan.removed:
            if is_held(session.paths.sync_lock(name)):
                raise Busy(f"“{name}” would be removed, but is being synced.")
        if not as_json:
            for line in _changes(backup, plan, with_commands=with_commands):
                echo(line)
        are_wanted = not (with_commands and plan.commands) or _commands_are_wanted(plan)
        if not are_wanted or not confirm("Continue?", yes=yes):
            echo("Nothing was changed.")
            return 1
        passwords = {}
        encrypted = None if without_secrets else backup.secrets
        if encrypted is not None:
            passwords = encrypted.decrypt(ask_passphrase(from_stdin=passphrase_stdin, twice=False))
        kept = restore(session.paths, backup, plan, passwords)
    _remove(session, plan)
    missing = _missing_passwords(session, plan)
    excluded = [] if with_commands else [command.key for command in plan.commands]
    if as_json:
        print_json(_document(file, plan, kept, missing, excluded))
    else:
        echo(f"Restored. The previous data is kept as {kept}.")
        for name in missing:
            warn(_password_hint(name, had_command=f"profiles.{quoted(name)}.password_command" in excluded))
    return 0


def _commands_are_wanted(plan: Plan) -> bool:
    """Show the commands that would run, and ask. Raises `UsageError` without a terminal."""
    if not can_ask():
        raise UsageError(
            "This backup contains commands, and there is no terminal to show them and ask.",
            hint="--yes does not confirm them: restore at a terminal, or omit --with-commands.",
        )
    click.echo("These commands of the backup would run on this machine, as you:", err=True)
    for command in plan.commands:
        click.echo(f"  {visible(command.key)} = {visible(command.text)}", err=True)
    return confirm("Restore all of them?", yes=False)


def _password_hint(name: str, *, had_command: bool) -> str:
    how = f"xtream-tui profile set {shlex.quote(name)} --password-stdin"
    if had_command:
        return f"“{name}” used a password command, which was not restored. Set one, or: {how}"
    return f"“{name}” has no stored password. Set it with: {how}"


def _remove(session: Session, plan: Plan) -> None:
    from tui_app.maintenance.profiles import remove_profile

    for name in plan.removed:
        remove_profile(session.paths, name)


def _changes(backup: Backup, plan: Plan, *, with_commands: bool) -> Iterator[str]:
    made = f" of {moment(backup.made_at)}" if 0 < backup.made_at <= time.time() else ""
    yield f"Backup{made}{f' by xtream-tui {backup.program}' if backup.program else ''}:"
    for words, names in (
        ("added", plan.added),
        ("changed to the backup's settings", plan.replaced),
        ("already present, unchanged", plan.kept),
        ("REMOVED with library, marks and password", plan.removed),
    ):
        if names:
            yield f"  {counted(len(names), 'profile')} {words}: {', '.join(names)}"
    rows = [
        counted(count, _WORDS[table], _PLURALS.get(table))
        for table, count in plan.rows.items()
        if table in _WORDS and count
    ]
    yield f"  {', '.join(rows) or 'no marks'} {'replacing current ones' if plan.replace else 'added to current ones'}"
    if plan.settings:
        yield f"  settings changed: {', '.join(plan.settings)}"
    for name, (old, new) in plan.moved.items():
        yield f"  the password of “{name}” will be sent to {new}, no longer to {old}"
    if plan.commands and not with_commands:
        keys = ", ".join(command.key for command in plan.commands)
        yield f"  left out because they may run programs (include with --with-commands): {keys}"


def _missing_passwords(session: Session, plan: Plan) -> list[str]:
    profiles = session.profiles()
    missing = []
    for name in (*plan.added, *plan.replaced):
        profile = profiles.get(name)
        if profile.password_source == "command":
            continue
        try:
            profiles.passwords.read(profile)
        except SecretError:
            missing.append(name)
    return missing


def _document(file: Path, plan: Plan, kept: Path, missing: list[str], excluded: list[str]) -> documents.files.Restore:
    return documents.files.Restore(
        file=str(file),
        mode="replace" if plan.replace else "merge",
        profiles=documents.files.RestoredProfiles(
            added=tuple(plan.added), replaced=tuple(plan.replaced), kept=tuple(plan.kept), removed=tuple(plan.removed)
        ),
        rows=dict(plan.rows),
        settings=tuple(plan.settings),
        before=str(kept),
        missing_passwords=tuple(missing),
        commands_left_out=tuple(excluded),
    )
