"""`xtream-tui backup`: write everything that can't be downloaded again into one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_app.cli import documents
from tui_app.cli.interactive import ask_passphrase
from tui_app.cli.output import counted, echo, print_json, size
from tui_app.cli.params import json_option
from tui_app.cli.session import Session
from tui_app.errors import SecretError, UsageError

if TYPE_CHECKING:
    from tui_app.backup import EncryptedSecrets


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--with-secrets", is_flag=True, help="Include the passwords, encrypted with a passphrase.")
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from the first line of standard input.")
@json_option
@click.pass_obj
def command(session: Session, file: Path, with_secrets: bool, passphrase_stdin: bool, as_json: bool) -> None:
    """Write profiles, settings, marks, folders, history and saved filters into one file.

    The libraries are not included: a sync downloads them again. Passwords are included, encrypted, with
    --with-secrets only. An earlier backup of the same name is replaced in one step.

    \b
    Examples:
      xtream-tui backup ~/xtream-tui.backup
      pass show backup | xtream-tui backup all.backup --with-secrets --passphrase-stdin
    """
    from tui_app.backup import is_backup, write_backup
    from tui_app.export.target import whole_file

    if file.exists() and file.stat().st_size and not is_backup(file):
        raise UsageError(f"{file} exists and is not a backup.", hint="Choose another file, or move this one away.")
    profiles = session.profiles().list()
    if passphrase_stdin and not with_secrets:
        raise UsageError("--passphrase-stdin needs --with-secrets.")
    encrypted, count = _encrypted_passwords(session, from_stdin=passphrase_stdin) if with_secrets else (None, 0)
    with whole_file(file, private=True) as stream:
        write_backup(session.paths, stream, encrypted)
    if as_json:
        names = tuple(profile.name for profile in profiles)
        n_bytes = file.stat().st_size
        print_json(documents.files.Backup(file=str(file), bytes=n_bytes, profiles=names, passwords=count))
        return
    secrets = f", {counted(count, 'password')} (encrypted)" if with_secrets else ", no passwords"
    echo(
        f"Saved {counted(len(profiles), 'profile')}, settings and marks{secrets}: {file}, {size(file.stat().st_size)}."
    )


def _encrypted_passwords(session: Session, *, from_stdin: bool) -> tuple[EncryptedSecrets, int]:
    """Return the stored passwords, encrypted, and their number. Profiles without one are skipped."""
    from tui_app.backup import EncryptedSecrets
    from tui_app.backup.encryption import require_encryption

    require_encryption()
    profiles = session.profiles()
    passwords = {}
    for profile in profiles.list():
        if profile.password_source == "command":
            continue
        try:
            passwords[profile.name] = profiles.passwords.read(profile)
        except SecretError as error:
            raise SecretError(error.message, hint=f"{error.hint} Or back up without --with-secrets.".strip()) from error
    return EncryptedSecrets.encrypt(passwords, ask_passphrase(from_stdin=from_stdin, twice=True)), len(passwords)
