"""`xtream-tui profile`: list, use, test and remove profiles; `add`, `rename` and `set` are in files of their own."""

from __future__ import annotations

import time

import click

from tui_app.catalog import LISTED_KINDS, Kind, Mark, has_lapsed
from tui_app.cli import documents
from tui_app.cli.commands.profile.add import add_profile
from tui_app.cli.commands.profile.change import change_profile, rename_profile
from tui_app.cli.completers import profile_names
from tui_app.cli.interactive import confirm
from tui_app.cli.login import test_and_remember
from tui_app.cli.output import Column, counted, day, echo, is_plain, moment, plain_option, print_json, print_table
from tui_app.cli.params import json_option, profile_option, yes_option
from tui_app.cli.session import Session, last_success, library_stats, marked
from tui_app.errors import LibraryError
from tui_app.settings import Profile
from tui_app.text import redact


@click.group("profile", no_args_is_help=False)
@profile_option
def command() -> None:
    """Add, change, select, test and remove profiles.

    \b
    Example:
      xtream-tui profile add home --url "http://panel.example:8080/get.php?username=u&password=p"
    """


command.add_command(add_profile)
command.add_command(rename_profile)
command.add_command(change_profile)


@command.command("list")
@plain_option
@json_option
@click.pass_obj
def list_profiles(session: Session, as_json: bool) -> None:
    """List the profiles and the state of their accounts.

    Example: xtream-tui profile list
    """
    profiles = session.profiles()
    current = profiles.current()
    current_name = current.name if current else None
    rows = [_row(session, profile) for profile in profiles.list()]
    if as_json:
        print_json(documents.profiles.ProfileList(current=current_name, profiles=tuple(rows)))
    elif rows:
        titles = ("server", "user", "status", "expires", "synced")
        columns = (Column(""), Column("name", flexible=True), *(Column(title) for title in titles))
        print_table(columns, [_cells(row, is_current=row.name == current_name) for row in rows])
    else:
        echo("No profile yet. Add one: xtream-tui profile add home --url LINK, or try the demo: xtream-tui demo")


def _row(session: Session, profile: Profile) -> documents.profiles.ListedProfile:
    try:
        last_sync = last_success(session.paths, profile.name)
    except LibraryError:  # one unusable library must not hide the other profiles; commands that use it say why
        last_sync = None
    return documents.profiles.ListedProfile(
        name=profile.name,
        url=redact(profile.url),
        username=profile.username,
        status=profile.account.status if profile.account else None,
        expires=profile.account.expires if profile.account else None,
        last_sync=last_sync,
    )


def _cells(row: documents.profiles.ListedProfile, *, is_current: bool) -> tuple[str, ...]:
    expires = day(row.expires) or ("never" if row.status else "")
    status = row.status or "not tested"
    if has_lapsed(status, row.expires, time.time()):
        status, expires = "expired", f"expired on {expires}"
    mark = "current" if is_plain() else "*"
    return (mark if is_current else " ", row.name, row.url, row.username, status, expires,
            moment(row.last_sync) or "never")  # fmt: skip


@command.command("use")
@click.argument("name", shell_complete=profile_names)
@json_option
@click.pass_obj
def use_profile(session: Session, name: str, as_json: bool) -> None:
    """Make a profile the current one.

    Example: xtream-tui profile use home
    """
    profile = session.profile(name)
    session.profiles().use(profile.name)
    if as_json:
        print_json(documents.profiles.CurrentProfile(current=profile.name))
    else:
        echo(f"Current profile: {profile.name}")


@command.command("test")
@click.argument("name", required=False, shell_complete=profile_names)
@json_option
@profile_option
@click.pass_obj
def test_profile(session: Session, name: str | None, as_json: bool) -> int:
    """Log in and show the state of the account.

    Example: xtream-tui profile test home
    """
    return test_and_remember(session, session.profile(name), as_json=as_json)


@command.command("remove")
@click.argument("name", shell_complete=profile_names)
@yes_option
@json_option
@click.pass_obj
def remove_profile(session: Session, name: str, yes: bool, as_json: bool) -> int:
    """Remove a profile with its library, marks and password.

    Example: xtream-tui profile remove home
    """
    from tui_app.maintenance.profiles import remove_profile as remove

    profile = session.profile(name)
    if not confirm(f"Remove “{profile.name}”: {_contents(session, profile.name)}?", yes=yes):
        echo("Nothing was removed.")
        return 1
    remove(session.paths, profile.name)
    if as_json:
        print_json(documents.profiles.RemovedProfile(removed=profile.name))
    else:
        echo(f"Removed “{profile.name}”.")
    return 0


def _contents(session: Session, name: str) -> str:
    stats = library_stats(session.paths, name)
    items = sum(stats.counts.get(kind, 0) for kind in LISTED_KINDS) if stats else 0
    favourites = sum(len(marked(session.paths, name, kind, Mark.FAVOURITE)) for kind in Kind)
    return f"the library of {counted(items, 'item')}, {counted(favourites, 'favourite')}, other marks and the password"
