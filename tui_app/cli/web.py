"""`xtream-tui web`: the app in a browser, for this machine alone unless told otherwise."""

from __future__ import annotations

import click

from tui_app.browser import Doorkeeper, is_available, serve
from tui_app.cli.failures import warn
from tui_app.cli.options import profile_option
from tui_app.cli.output import say
from tui_app.cli.session import Session
from tui_app.errors import UsageError, XtreamTuiError
from tui_app.own_command import own_command


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="P", help="0 takes a free one."
)
@click.option("--public-url", metavar="URL", help="Where people reach it, when a proxy stands in front of it.")
@profile_option
@click.pass_obj
def command(session: Session, host: str, port: int, public_url: str | None) -> None:
    """Serve the app as a web page until Ctrl-C; every page is an app of its own.

    There is no login: whoever reaches the port uses your account, and can start programs as you by naming them as the
    player. So only this machine can reach it, unless --host says otherwise. Needs one more package: pip install
    "xtream-tui[web]"

    Example: xtream-tui web --port 8080
    """
    import asyncio

    if not is_available():
        raise XtreamTuiError(
            "The app in a browser needs one more package.", hint='Install it: pip install "xtream-tui[web]"'
        )
    doorkeeper = _doorkeeper(host, public_url)
    if doorkeeper.is_open:
        warn(
            f"Anyone who can reach {host} uses your account and can start programs as you: there is no login. "
            "Put a proxy with a password in front of it."
        )
    chosen = ("--profile", session.profile().name) if session.wanted else ()

    def tell(port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        say(f"Open {public_url or f'http://{shown}:{port}/'} in a browser. Ctrl-C ends it.")

    asyncio.run(serve((*own_command(), *chosen), doorkeeper, port, title="xtream-tui", on_ready=tell))


def _doorkeeper(host: str, public_url: str | None) -> Doorkeeper:
    if public_url is not None and not public_url.startswith(("http://", "https://")):
        raise UsageError("--public-url must begin with http:// or https://.")
    return Doorkeeper(host, public_url)
