"""`--url`, for all commands that take a provider's link: given once, and read from standard input for `-`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from tui_app.cli.errors import warn
from tui_app.cli.prompts import ask_hidden, can_ask
from tui_app.errors import UsageError
from tui_app.text import redactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_app.xtream.links import PanelLink

STDIN: Final = "-"
_MOST_BYTES: Final = 1 << 16
_SEEN_BY_OTHERS: Final = (
    "The link on the command line holds the password: other programs and the shell's history can see it there. "
    "`--url -` reads it from standard input instead."
)


def link_option(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `--url`; a second one is refused. Pass what it gives to `read_link`."""
    return click.option(
        "--url",
        required=required,
        multiple=True,
        metavar="LINK",
        callback=_only_one,
        help="Any link the provider sent, or host and port; - reads it from standard input.",
    )


def _only_one(ctx: click.Context, parameter: click.Parameter, links: tuple[str, ...]) -> str | None:
    if len(links) > 1:
        raise UsageError("--url is given more than once.", hint="Keep one of them.")
    return links[0] if links else None


def read_link(url: str, *, password_stdin: bool) -> PanelLink:
    """The link taken apart. Says so when it puts a password where others can see it."""
    from tui_app.xtream.links import parse_link

    if url != STDIN:
        link = parse_link(url)
        if link.password:
            redactor.learn(link.password)
            warn(_SEEN_BY_OTHERS)
        return link
    if password_stdin:
        raise UsageError(
            "--url - and --password-stdin both read standard input.",
            hint="Leave out --password-stdin where the link holds the password; else give the address with --url.",
        )
    link = parse_link(_link_from_stdin())
    redactor.learn(link.password)
    return link


def _link_from_stdin() -> str:
    if can_ask():
        return ask_hidden("Link (not shown)")
    text = sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError(
            "There is no link on standard input.", hint="Pipe it in: xtream-tui profile add NAME --url - < FILE"
        )
    return text
