"""`xtream-tui cache`: clears or checks the local copy of a profile."""

from __future__ import annotations

import click

from tui_app.catalog import LISTED_KINDS
from tui_app.cli.library import library_stats, require_library
from tui_app.cli.options import json_option, profile_option, yes_option
from tui_app.cli.output import counted, print_json, say
from tui_app.cli.session import Session
from tui_app.cli.terminal import confirm


@click.group("cache", no_args_is_help=False)
@profile_option
def command() -> None:
    """Clear or check the local copy of a profile.

    Example: xtream-tui cache check
    """


@command.command("clear")
@yes_option
@json_option
@profile_option
@click.pass_obj
def clear(session: Session, yes: bool, as_json: bool) -> int:
    """Throw the local copy away; profiles, settings, favourites and other marks stay.

    Example: xtream-tui cache clear --yes
    """
    from tui_app.store.upkeep import clear_content_cache
    from tui_app.sync.lock import SyncLock

    profile = session.profile().name
    stats = library_stats(session.paths, profile)
    items = sum(stats.counts.get(kind, 0) for kind in LISTED_KINDS) if stats else 0
    if not confirm(f"Throw away the copy of {counted(items, 'item')} of “{profile}”?", yes=yes):
        say("Nothing was cleared.")
        return 1
    with SyncLock(session.paths.sync_lock(profile), profile):
        clear_content_cache(session.paths, profile)
    if as_json:
        print_json({"profile": profile, "cleared": True, "items": items})
    else:
        say(f"Cleared. Fetch the library again with: xtream-tui sync {profile}")
    return 0


@command.command("check")
@json_option
@profile_option
@click.pass_obj
def check(session: Session, as_json: bool) -> int:
    """Check the file and its search index; exit code 1 when something is wrong.

    Example: xtream-tui cache check
    """
    profile = session.profile().name
    with require_library(session.paths, profile, readonly=False) as store:
        lost = store.database.set_aside
        problems = [f"{lost.name} was damaged and set aside"] if lost else list(store.check().problems)
    if as_json:
        print_json({"profile": profile, "sound": not problems, "problems": problems})
    elif problems:
        for problem in problems:
            say(problem)
        say(f"The copy is damaged. Make a new one: xtream-tui cache clear, then xtream-tui sync {profile}")
    else:
        say(f"The copy of “{profile}” is sound.")
    return 1 if problems else 0
