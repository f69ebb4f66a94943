"""Options that several commands share, spelled once."""

from __future__ import annotations

import os
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


def _remember_log_level(ctx: click.Context, parameter: click.Parameter, level: str | None) -> None:
    if level is not None:
        os.environ[LOG_LEVEL_VARIABLE] = level  # so that the engines the app starts hear it too


#: What is written to the log file, from the fewest records to the most.
LOG_LEVELS: Final = ("error", "warning", "info", "debug")
LOG_LEVEL_VARIABLE: Final = "XTREAM_TUI_LOG_LEVEL"

log_level_option = click.option(
    "--log-level",
    type=click.Choice(LOG_LEVELS, case_sensitive=False),
    expose_value=False,
    callback=_remember_log_level,
    help=f"What goes into the log file (info); {LOG_LEVEL_VARIABLE} in the environment says the same.",
)
