"""`xtream-tui profile add`: parse a provider's link, test the login, and store the profile if it works."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import replace

import click

from tui_app.catalog import Account
from tui_app.cli.interactive import ask_hidden, can_ask
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
from tui_app.cli.output import echo
from tui_app.cli.params import json_option
from tui_app.cli.session import Session
from tui_app.errors import PanelError, UsageError
from tui_app.settings import PasswordStore, Profile
from tui_app.settings.schema import DEFAULT_USER_AGENT
from tui_app.settings.validation import same_name, validate_new_profile
from tui_app.text import redactor


@click.command("add")
@click.argument("name")
@link_option(required=True)
@also_url_option()
@click.option("--username", metavar="USER", help="User name, if the link does not contain it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option(
    "--password-command",
    metavar="CMD",
    help="Command that prints the password, e.g. 'pass show iptv'; run for each login.",
)
@click.option("--no-test", is_flag=True, help="Do not test the login.")
@click.option("--sync", "sync_now", is_flag=True, help="Sync afterwards.")
@click.option("--user-agent", metavar="TEXT", help="HTTP User-Agent header for this provider.")
@click.option("--insecure", is_flag=True, help="Accept invalid TLS certificates of this server.")
@json_option
@click.pass_obj
def add_profile(  # noqa: PLR0913 - click passes one argument per option
    session: Session,
    name: str,
    url: str,
    also_urls: tuple[str, ...],
    username: str | None,
    password_stdin: bool,
    password_command: str | None,
    no_test: bool,
    sync_now: bool,
    user_agent: str | None,
    insecure: bool,
    as_json: bool,
) -> int:
    """Add a profile. The login is tested first; a refused one is not stored.

    Paste the link after `--url -` (and press Enter), or pipe it in: other programs can see a password on the command
    line. If the link contains no password, it is read from standard input or a command, or asked for.

    \b
    Examples:
      echo "http://panel.example:8080/get.php?username=u&password=p" | xtream-tui profile add home --url -
      pass show iptv | xtream-tui profile add home --url panel.example:8080 --username u --password-stdin
    """
    profiles = session.profiles()
    if any(same_name(name, profile.name) for profile in profiles.list()):
        raise UsageError(
            f"There is already a profile named “{name}”.", hint="Choose another name, or remove that profile first."
        )
    link = read_link(url, password_stdin=password_stdin)
    profile = Profile(
        name=name,
        url=link.base_url,
        username=username or link.username or _ask_username(),
        password_source="command" if password_command else PasswordStore(session.paths).best_source(),
        password_command=password_command,
        user_agent=user_agent or DEFAULT_USER_AGENT,
        verify_tls=not insecure,
    )
    if problems := validate_new_profile(profile):
        raise UsageError(f"This profile can't be stored: {problems[0]}.")
    password = _password(session, profile, link.password, from_stdin=password_stdin)
    also = read_also_urls(also_urls, profile, password)
    profile = replace(profile, url=link.completed(profile.username, password).base_url, also_urls=also)
    if problems := validate_new_profile(profile):
        raise UsageError(f"This profile can't be stored: {problems[0]}.")
    account: Account | None = None
    if not no_test:
        try:
            account = ask_panel(session.paths, profile, password, silent=as_json)
        except PanelError as error:
            return print_refusal(name, error, as_json=as_json, note="The profile was not added.")
    profiles.add(profile, None if password_command else password)
    if account:
        profiles.save_account(name, account, int(time.time()))
    _report(name, account, as_json=as_json, names_sync=not sync_now)
    return _sync_now(session, name, as_json=as_json) if sync_now else 0


def _ask_username() -> str:
    if not can_ask():
        raise UsageError("The link contains no user name.", hint="Add --username USER.")
    return str(click.prompt("User name", err=True))


def _password(session: Session, profile: Profile, from_link: str | None, *, from_stdin: bool) -> str:
    """Return the password from its source and register it with the redactor."""
    if profile.password_source == "command":
        if from_stdin:
            raise UsageError("Give --password-stdin or --password-command, not both.")
        password = PasswordStore(session.paths).read(profile)
    elif from_stdin:
        password = sys.stdin.readline().strip()
    elif from_link:
        password = from_link
    elif can_ask():
        password = ask_hidden(f"Password of {profile.username}")
    else:
        raise UsageError(
            "No password was given, and there is no terminal to ask for one.",
            hint="Paste the whole link, or use --password-stdin or --password-command.",
        )
    if not password:
        raise UsageError("The password is empty.")
    redactor.learn(password)
    return password


def _report(name: str, account: Account | None, *, as_json: bool, names_sync: bool) -> None:
    if account:
        print_account(name, account, as_json=as_json)
    elif as_json:
        print_untested(name)
    else:
        echo(f"{name}: added without testing the login.")
    if names_sync and not as_json:
        echo(f"Fetch its library with: xtream-tui sync {shlex.quote(name)}")


def _sync_now(session: Session, name: str, *, as_json: bool) -> int:
    from tui_app.cli.commands.sync import sync_one

    return sync_one(session, name, silent=as_json)
