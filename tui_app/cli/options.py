"""Options that several commands share, spelled once."""

from __future__ import annotations

from typing import Final

import click

from tui_app.cli.completing import profile_names
from tui_app.cli.session import Session

#: In the environment while a shell waits at a Tab key; holds "<shell>_complete".
COMPLETION_VARIABLE: Final = "_XTREAM_TUI_COMPLETE"


def _remember_profile(ctx: click.Context, parameter: click.Parameter, name: str | None) -> None:
    if name is not None:
        ctx.ensure_object(Session).wanted = name
    else:
        ctx.ensure_object(Session)


#: Accepted before and after the command; the later one wins. Lands in `Session.wanted`.
profile_option = click.option(
    "--profile",
    metavar="NAME",
    shell_complete=profile_names,
    expose_value=False,
    callback=_remember_profile,
    help="The profile to use, instead of the current one.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")

yes_option = click.option("--yes", "-y", "yes", is_flag=True, help="Do not ask.")
