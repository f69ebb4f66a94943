"""The pictures of the README, taken of the program itself: `python -m tests.support.pictures`.

A demo library is synced over loopback, twice, so that there are changes to show; then the app is driven to each place,
and what it paints is written to `.readme/NAME.svg` by Textual's own export.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from tests.support.unpaced import unpaced
from tui_app.catalog import ItemRef, Kind, Mark, Query
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.screens.registry import key_of
from tui_app.settings import Profile, ProfileStore
from tui_app.sync import run_sync
from tui_app.tui.run import make_app

if TYPE_CHECKING:  # Textual reads the environment when it is imported, which is set below
    from textual.pilot import Pilot

    from tui_app.tui.app import TuiApp

FOLDER: Final = Path(__file__).parents[2] / ".readme"
SIZE: Final = (120, 34)
_PROFILE: Final = "demo"
Steps = Callable[["Pilot[None]"], Awaitable[None]]
#: As on a good terminal, whatever this one is.
_ENVIRONMENT: Final = {"TEXTUAL_COLOR_SYSTEM": "truecolor", "COLORTERM": "truecolor", "TERM": "xterm-256color"}


async def home(pilot: Pilot[None]) -> None:
    """Of a user who watches movies and has favourite channels."""
    app = cast("TuiApp", pilot.app)
    assert app.app_state.active is not None
    library = app.app_state.active.library
    rated = await library.list_items(Query(Kind.MOVIE, sort="rating", descending=True))
    for number, movie in enumerate(rated.items(0, 3) or (), 1):
        await library.watching.save_position(ItemRef(movie.kind, movie.id, movie.name), 1_500 * number, 6_000)
    channels = await library.list_items(Query(Kind.CHANNEL))
    named = [ItemRef(one.kind, one.id, one.name) for one in channels.items(0, 12) or () if not one.is_separator]
    await library.marks.put(named[:4], Mark.FAVOURITE, on=True)
    app.screens.record_change("marks")
    await settled(pilot, 6.0)  # the guide of the channels is asked for, one by one
    await pilot.press("home", "down", "down", "down")


async def movies(pilot: Pilot[None]) -> None:
    await pilot.press(key_of("movies"))
    await settled(pilot)
    await pilot.press(*["down"] * 3)


async def search(pilot: Pilot[None]) -> None:
    await pilot.press("slash", *"phantom", "space", *"opra")


async def changes(pilot: Pilot[None]) -> None:
    await pilot.press(key_of("changes"))


#: Picture → what leads to it.
PICTURES: Final[dict[str, Steps]] = {"home": home, "movies": movies, "search": search, "changes": changes}


async def settled(pilot: Pilot[None], seconds: float = 1.0) -> None:
    """Give questions to the library time to be answered and painted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await pilot.pause(0.05)


async def take(paths: Paths, name: str) -> None:
    """Drive a fresh app to a place and write its picture."""
    app = make_app(paths, profile=_PROFILE, by_itself=False)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await PICTURES[name](pilot)
        await settled(pilot)
        (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="xtream-tui"), encoding="utf-8")
    sys.stdout.write(f".readme/{name}.svg: written\n")


async def take_all(names: list[str]) -> None:
    os.environ |= _ENVIRONMENT
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY"):
        os.environ.pop(name, None)
    with unpaced(), tempfile.TemporaryDirectory() as folder, DemoPanel() as panel:
        paths = Paths.under(Path(folder)).ensure()
        ProfileStore(paths).add(Profile(_PROFILE, panel.url, panel.username, "file"), panel.password)
        await run_sync(paths, _PROFILE)
        panel.generation = 1
        await run_sync(paths, _PROFILE)
        for name in names or PICTURES:
            await take(paths, name)


if __name__ == "__main__":
    asyncio.run(take_all(sys.argv[1:]))
