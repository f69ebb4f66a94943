"""`xtream-tui web`: serve the app in a browser, by default to this machine only."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from tui_app.cli.errors import lost_output_ignored, warn
from tui_app.cli.output import echo
from tui_app.cli.params import profile_option
from tui_app.cli.session import Session
from tui_app.errors import UsageError, XtreamTuiError
from tui_app.self_exec import relaunch_argv
from tui_app.web import OriginCheck, is_available, serve


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    metavar="P",
    help="Port; 0 chooses a free one.",
)
@click.option("--public-url", metavar="URL", help="Public address, if behind a reverse proxy.")
@profile_option
@click.pass_obj
def command(session: Session, host: str, port: int, public_url: str | None) -> None:
    """Serve the app as a web page until Ctrl-C; every page runs its own app.

    Each printed address admits one browser; then the address for the next one is printed. Anyone who opens it uses
    your account and can run programs as you by setting them as the player: do not share it. Only this machine can
    connect unless --host is given. Requires an extra package: pip install "xtream-tui[web]"

    Example: xtream-tui web --port 8080
    """
    import asyncio

    if not is_available():
        raise XtreamTuiError("The web app requires an extra package.", hint='Install it: pip install "xtream-tui[web]"')
    origin_check = _origin_check(host, public_url)
    if origin_check.is_open:
        warn(
            f"Others can reach {host}: the printed address is the only login, and anyone who reads the network traffic "
            "can run programs as you. Put a proxy with TLS in front of it (--public-url)."
        )
    chosen = ("--profile", session.profile().name) if session.wanted else ()

    base = public_url.rstrip("/") if public_url else f"http://[{host}]" if ":" in host else f"http://{host}"
    sentences = iter(("Open {} in a browser. Press Ctrl-C to stop.",))

    def print_address(port: int, token: str) -> None:
        address = f"{base}{'' if public_url else f':{port}'}/?token={token}"
        with lost_output_ignored():
            echo(next(sentences, "For another browser: {}").format(address))

    asyncio.run(serve((*relaunch_argv(), *chosen), origin_check, port, title="xtream-tui", on_token=print_address))


def _origin_check(host: str, public_url: str | None) -> OriginCheck:
    if not host.strip():  # an empty address would be that of every network
        raise UsageError("--host is empty.", hint="Omit --host, or give an IP address.")
    if public_url is not None and not _is_public_url(public_url):
        raise UsageError("--public-url must start with http:// or https:// and have no query.")
    return OriginCheck(host, public_url)


def _is_public_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and bool(parts.netloc) and text.isprintable() and " " not in text
    return is_whole and not (parts.query or parts.fragment or "@" in parts.netloc)
