"""`xtream-tui web`: the app in a browser, for this machine alone unless told otherwise."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from tui_app.cli.errors import lost_output_ignored, warn
from tui_app.cli.output import say
from tui_app.cli.params import profile_option
from tui_app.cli.session import Session
from tui_app.errors import UsageError, XtreamTuiError
from tui_app.self_exec import relaunch_argv
from tui_app.web import OriginCheck, is_available, serve


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

    The printed address lets one browser in; then the address for the next one is printed. Whoever opens one uses your
    account, and can start programs as you by naming them as the player: give it to nobody else. Only this machine can
    reach it, unless --host says otherwise. Needs one more package: pip install "xtream-tui[web]"

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
            f"Others can reach {host}: there is no login but the printed address, and whoever reads the network "
            "can start programs as you, too. Put a proxy with TLS in front of it (--public-url)."
        )
    chosen = ("--profile", session.profile().name) if session.wanted else ()

    base = public_url.rstrip("/") if public_url else f"http://[{host}]" if ":" in host else f"http://{host}"
    words = iter(("Open {} in a browser. Ctrl-C ends it.",))

    def tell(port: int, token: str) -> None:
        address = f"{base}{'' if public_url else f':{port}'}/?token={token}"
        with lost_output_ignored():
            say(next(words, "For another browser: {}").format(address))

    asyncio.run(serve((*relaunch_argv(), *chosen), doorkeeper, port, title="xtream-tui", on_token=tell))


def _doorkeeper(host: str, public_url: str | None) -> OriginCheck:
    if public_url is not None and not _is_public_url(public_url):
        raise UsageError("--public-url must be an address that begins with http:// or https://, without a query.")
    return OriginCheck(host, public_url)


def _is_public_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and bool(parts.netloc) and text.isprintable() and " " not in text
    return is_whole and not (parts.query or parts.fragment or "@" in parts.netloc)
