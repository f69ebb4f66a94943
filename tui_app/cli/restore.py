"""`xtream-tui restore`: brings a backup back, after saying what that will change."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_app.cli.failures import warn
from tui_app.cli.options import json_option, yes_option
from tui_app.cli.output import counted, moment, print_json, say
from tui_app.cli.passphrase import ask_passphrase
from tui_app.cli.session import Session
from tui_app.cli.terminal import confirm
from tui_app.errors import Busy, SecretError
from tui_app.locks import is_held

if TYPE_CHECKING:
    from tui_app.backup import Backup, Plan

#: What the rows of a table are for people; of the other tables nobody needs to read.
_WORDS = {"mark": "mark", "folder": "folder", "playing": "title in the history", "saved_filter": "saved filter"}
_PLURALS = {"playing": "titles in the history"}


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option("--replace", is_flag=True, help="Put the backup in the place of what is here, instead of adding to it.")
@click.option("--without-secrets", is_flag=True, help="Leave the passwords of the backup where they are.")
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from the first line of standard input.")
@yes_option
@json_option
@click.pass_obj
def command(
    session: Session,
    file: Path,
    replace: bool,
    without_secrets: bool,
    passphrase_stdin: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Bring profiles, settings, marks, folders, history and saved filters back from a backup.

    What is here stays and the backup is added to it; of a title in both the newer history counts. With --replace only
    what is in the backup is left: profiles that are not in it go, with their copies. What will change is said and asked
    first; what was here is kept as before-restore.zip in the data folder. Close the app before.

    \b
    Examples:
      xtream-tui restore ~/xtream-tui.backup
      xtream-tui restore ~/xtream-tui.backup --replace --yes
    """
    from tui_app.backup import make_plan, opened_backup, restore

    with opened_backup(file) as backup:
        plan = make_plan(session.paths, backup, replace=replace)
        for name in plan.removed:
            if is_held(session.paths.sync_lock(name)):
                raise Busy(f"“{name}” would be removed, and is being synced.")
        if not as_json:
            for line in _what_will_change(backup, plan):
                say(line)
        if not confirm("Go ahead?", yes=yes):
            say("Nothing was changed.")
            return 1
        passwords = {}
        if backup.secrets is not None and not without_secrets:
            passwords = backup.secrets.open(ask_passphrase(from_stdin=passphrase_stdin, twice=False))
        kept = restore(session.paths, backup, plan, passwords)
    _remove(session, plan)
    missing = _without_password(session, plan)
    if as_json:
        print_json(_document(file, plan, kept, missing))
    else:
        say(f"Restored. What was here before is kept as {kept}.")
        for name in missing:
            how = f"xtream-tui profile set {shlex.quote(name)} --password-stdin"
            warn(f"“{name}” has no password here. Give it with: {how}")
    return 0


def _remove(session: Session, plan: Plan) -> None:
    from tui_app.sync.removal import remove_profile

    for name in plan.removed:
        remove_profile(session.paths, name)


def _what_will_change(backup: Backup, plan: Plan) -> Iterator[str]:
    made = f"of {moment(backup.made_at)}" if backup.made_at <= time.time() else ""
    yield f"Backup {made} by xtream-tui {backup.program}:"
    for words, names in (
        ("added", plan.added),
        ("set as in the backup", plan.replaced),
        ("here already, left as set", plan.kept),
        ("REMOVED with copy, marks and password", plan.removed),
    ):
        if names:
            yield f"  {counted(len(names), 'profile')} {words}: {', '.join(names)}"
    rows = [
        counted(count, _WORDS[table], _PLURALS.get(table))
        for table, count in plan.rows.items()
        if table in _WORDS and count
    ]
    yield f"  {', '.join(rows) or 'no marks'} {'in the place of those here' if plan.replace else 'added to those here'}"
    if plan.settings:
        yield f"  settings changed: {', '.join(plan.settings)}"


def _without_password(session: Session, plan: Plan) -> list[str]:
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


def _document(file: Path, plan: Plan, kept: Path, missing: list[str]) -> dict[str, Any]:
    return {
        "file": str(file),
        "mode": "replace" if plan.replace else "merge",
        "profiles": {
            "added": list(plan.added),
            "replaced": list(plan.replaced),
            "kept": list(plan.kept),
            "removed": list(plan.removed),
        },
        "rows": dict(plan.rows),
        "settings": list(plan.settings),
        "before": str(kept),
        "missing_passwords": missing,
    }
