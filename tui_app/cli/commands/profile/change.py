"""`xtream-tui profile rename` and `profile set`: change a profile; store a changed login only if it works."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from tui_app.cli import documents
from tui_app.cli.completers import profile_names
from tui_app.cli.login import (
    also_url_option,
    ask_panel,
    link_option,
    print_account,
    print_refusal,
    print_untested,
    read_also_urls,
    read_link,
)
from tui_app.cli.output import echo, print_json
from tui_app.cli.params import json_option
from tui_app.cli.session import Session
from tui_app.errors import PanelError, UsageError
from tui_app.settings import PasswordStore, Profile
from tui_app.settings.validation import validate_profile
from tui_app.text import redactor

if TYPE_CHECKING:
    from tui_app.catalog import Account

_NONE: Final = "none"
_NOTHING: Final = "Nothing was changed."


@click.command("rename")
@click.argument("name", shell_complete=profile_names)
@click.argument("new_name", metavar="NEW")
@json_option
@click.pass_obj
def rename_profile(session: Session, name: str, new_name: str, as_json: bool) -> None:
    """Rename a profile, with its library, marks, history and password.

    Close the app first. If the machine stops half-way, repeat the same command.

    Example: xtream-tui profile rename home parents
    """
    from tui_app.maintenance.profiles import rename_profile as rename

    known = [profile.name for profile in session.profiles().list()]
    old_name = name if name in known or new_name in known else session.profile(name).name
    rename(session.paths, old_name, new_name)
    if as_json:
        print_json(documents.profiles.RenamedProfile(renamed=old_name, name=new_name))
    else:
        echo(f"“{old_name}” is now “{new_name}”.")


@click.command("set")
@click.argument("name", shell_complete=profile_names)
@link_option(required=False)
@also_url_option()
@click.option("--username", metavar="USER", help="User name, if the link does not contain it.")
@click.option("--password-stdin", is_flag=True, help="Read the new password from the first line of standard input.")
@click.option(
    "--password-command",
    metavar="CMD",
    help="Command that prints the password, e.g. 'pass show iptv'; run for each login.",
)
@click.option("--user-agent", metavar="TEXT", help="HTTP User-Agent header for this provider.")
@click.option(
    "--insecure/--secure", default=None, help="Accept invalid TLS certificates of this server, or only valid ones."
)
@click.option("--no-test", is_flag=True, help="Do not test the login.")
@json_option
@click.pass_obj
def change_profile(  # noqa: PLR0913 - click passes one argument per option
    session: Session,
    name: str,
    url: str | None,
    also_urls: tuple[str, ...],
    username: str | None,
    password_stdin: bool,
    password_command: str | None,
    user_agent: str | None,
    insecure: bool | None,
    no_test: bool,
    as_json: bool,
) -> int:
    """Change the connection settings of a profile. A changed login is tested first; a refused one is not stored.

    Options that are not given stay unchanged, and so do library, marks and history: sync afterwards. `--url -` reads
    the link from standard input, which keeps its password off the command line. `--also-url` replaces the further
    addresses; `--also-url none` removes them.

    \b
    Examples:
      xtream-tui profile set home --url http://new-panel.example:8080
      pass show iptv | xtream-tui profile set home --password-stdin
    """
    if not (url or also_urls or username or password_stdin or password_command or user_agent or insecure is not None):
        raise UsageError("There is nothing to change.", hint="See the options: xtream-tui profile set --help")
    if password_stdin and password_command:
        raise UsageError("Give --password-stdin or --password-command, not both.")
    before = session.profile(name)
    link = read_link(url, password_stdin=password_stdin) if url else None
    password = sys.stdin.readline().strip() if password_stdin else link.password if link else None
    if password_stdin and not password:
        raise UsageError("The password is empty.")
    redactor.learn(password)
    wanted = replace(
        before,
        url=link.base_url if link else before.url,
        username=username or (link.username if link else None) or before.username,
        user_agent=user_agent or before.user_agent,
        verify_tls=before.verify_tls if insecure is None else not insecure,
    )
    wanted, password = _with_source(session, wanted, password, password_command)
    if link and link.has_path:
        known = password or PasswordStore(session.paths).read(wanted)
        wanted = replace(wanted, url=link.completed(wanted.username, known).base_url)
    if also_urls:
        known = password or PasswordStore(session.paths).read(wanted)
        also = () if also_urls == (_NONE,) else read_also_urls(also_urls, wanted, known)
        wanted = replace(wanted, also_urls=also)
    if problems := validate_profile(wanted):
        raise UsageError(f"This profile can't be stored: {problems[0]}.")
    account: Account | None = None
    if not no_test and _changes_login(before, wanted, password):
        try:
            secret = password or PasswordStore(session.paths).read(wanted)
            account = ask_panel(session.paths, wanted, secret, silent=as_json)
        except PanelError as error:
            return print_refusal(before.name, error, as_json=as_json, note=_NOTHING)
    session.profiles().update(wanted, password)
    _report(session, wanted.name, account, as_json=as_json)
    return 0


def _with_source(
    session: Session, wanted: Profile, password: str | None, command: str | None
) -> tuple[Profile, str | None]:
    """Return the profile with its new password source, and the password to store; none for a command."""
    if command:
        return replace(wanted, password_source="command", password_command=command), None
    if password and wanted.password_source == "command":
        source = PasswordStore(session.paths).best_source()
        return replace(wanted, password_source=source, password_command=None), password
    return wanted, password


def _changes_login(before: Profile, wanted: Profile, password: str | None) -> bool:
    return password is not None or replace(before, user_agent="x") != replace(wanted, user_agent="x")


def _report(session: Session, name: str, account: Account | None, *, as_json: bool) -> None:
    if account is not None:
        session.profiles().save_account(name, account, int(time.time()))
        print_account(name, account, as_json=as_json)
    elif as_json:
        print_untested(name)
    else:
        echo(f"{name}: changed, without testing the login.")
