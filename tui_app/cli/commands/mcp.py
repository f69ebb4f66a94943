"""`xtream-tui mcp`: let an assistant read the library, through the Model Context Protocol."""

from __future__ import annotations

import click

from tui_app.cli.params import profile_option
from tui_app.cli.session import Session
from tui_app.errors import UsageError


@click.command("mcp")
@profile_option
@click.pass_context
def command(ctx: click.Context) -> None:
    """Serve the library to an assistant (Model Context Protocol) on standard input and output.

    Read-only, from the local copy alone: search, lists, details, changes, guide and history,
    and the chapters of the handbook. Never a password or a stream address. Needs the extra:
    pip install "xtream-tui[mcp]"

    Example: xtream-tui mcp --profile home
    """
    profile = ctx.ensure_object(Session).profile().name
    try:
        from tui_app.cli.mcp_server import make_server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise UsageError(
            "The extra for assistants is not installed.", hint='Install it: pip install "xtream-tui[mcp]"'
        ) from None
    make_server(ctx.find_root().command, profile).run("stdio")
