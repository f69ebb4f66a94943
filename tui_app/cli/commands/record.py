"""`xtream-tui record`: record a channel for a time."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tui_app.catalog import Item, Kind
from tui_app.cli import documents
from tui_app.cli.commands.download import media_client, one_stream
from tui_app.cli.filters import find_channel
from tui_app.cli.output import counted, echo, length, print_json, size
from tui_app.cli.params import duration_option, json_option, profile_option
from tui_app.cli.session import Session, require_library
from tui_app.errors import NotFound, UsageError
from tui_app.text.clean import file_name

if TYPE_CHECKING:
    from tui_app.downloads import Recording
    from tui_app.settings import Profile

_ERASE_LINE: Final = "\r\x1b[2K"


@click.command("record")
@click.argument("channel")
@click.option(
    "--for", "seconds", callback=duration_option, required=True, metavar="TIME", help="How long: 90m, 1h30m, 45s."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file (default: the channel's name and the time, in the current folder).",
)
@json_option
@profile_option
@click.pass_obj
def command(session: Session, channel: str, seconds: int, output: Path | None, as_json: bool) -> None:
    """Record a channel into a file; Ctrl-C ends it early and keeps what was recorded.

    CHANNEL is its id, or its whole name. A stream that breaks is opened again.

    Example: xtream-tui record 1003 --for 90m --output news.ts
    """
    profile = session.profile()
    with require_library(session.paths, profile.name) as store:
        item = find_channel(store, channel)
    target = output or Path(f"{file_name(item.name, item.id)} {time.strftime('%Y-%m-%d %H.%M')}.ts")
    if not target.parent.is_dir():
        raise NotFound(f"There is no folder {target.parent}.", hint="Create it first, or choose another folder.")
    if target.exists():
        raise UsageError(f"{target} exists already.", hint="Choose another name with --output.")
    with one_stream(session.paths, profile.name):
        done = asyncio.run(_record(session, profile, item, target, seconds))
    if as_json:
        print_json(
            documents.viewing.RecordedChannel(
                channel=item.name,
                channel_id=item.id,
                path=str(done.path),
                bytes=done.size,
                seconds=round(done.seconds, 1),
                interruptions=done.interruptions,
            )
        )
        return
    broken = f", opened again {counted(done.interruptions, 'time')}" if done.interruptions else ""
    lasted = length(int(done.seconds)) if done.seconds >= 60 else f"{done.seconds:.0f} s"
    echo(f"Recorded {lasted} of {item.name} ({size(done.size)}{broken}) to {done.path}.")


async def _record(session: Session, profile: Profile, channel: Item, target: Path, seconds: int) -> Recording:
    from tui_app.downloads import record
    from tui_app.sync import item_url

    address = item_url(session.paths, profile.name, Kind.CHANNEL, channel.id)
    async with media_client(session, profile) as client:
        try:
            return await record(client, address, target, seconds, on_progress=_progress(seconds))
        finally:
            if sys.stderr.isatty():
                sys.stderr.write(_ERASE_LINE)
                sys.stderr.flush()


def _progress(seconds: int) -> Callable[[int, float], None]:
    """Return what shows the time and size on stderr each second, if it is a terminal."""
    shown = -1

    def draw(n_bytes: int, passed: float) -> None:
        nonlocal shown
        if int(passed) != shown:
            shown = int(passed)
            sys.stderr.write(f"{_ERASE_LINE}{shown} of {seconds} s  {size(n_bytes)}")
            sys.stderr.flush()

    return draw if sys.stderr.isatty() else lambda n_bytes, passed: None
