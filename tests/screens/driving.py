"""How screen tests drive the app: start it, wait for what they expect, read what is seen."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from textual.message import Message
from textual.notifications import Notification, Notify
from textual.pilot import Pilot
from textual.widgets import Button, Static

from tui_app.catalog import ItemRef, Kind
from tui_app.events import SyncFinished
from tui_app.messages import PlayChanged, SyncCancelling, SyncEnded
from tui_app.paths import Paths
from tui_app.playback import PlayStatus
from tui_app.screens.browse.screen import BrowseScreen
from tui_app.screens.dialogs.choosers import HelpDialog
from tui_app.screens.registry import KEYED
from tui_app.services.app_state import ActiveProfile
from tui_app.services.sync_process import SyncRunner
from tui_app.tui.app import TuiApp
from tui_app.tui.run import make_app
from tui_app.widgets.category_tree import CategoryList
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.sync_bar import SyncBar

PROFILE: Final = "home"
WIDE: Final = (120, 40)
USUAL: Final = (80, 24)
SMALL: Final = (40, 12)


#: How long something may take on a machine that does much else. A test that passes never waits so long.
PATIENCE_S: Final = 60.0


class Record:
    """What passes too quickly to be waited for: kept from the moment the app is told until it is left."""

    def __init__(self) -> None:
        self.notices: list[Notification] = []
        self.ended: list[SyncFinished] = []
        self.cancelling: list[str] = []  # profiles
        self.plays: list[PlayStatus] = []

    def hear(self, message: Message) -> None:
        """Each message that arrives anywhere in the app."""
        if isinstance(message, Notify):
            self.notices.append(message.notification)
        elif isinstance(message, SyncEnded):
            self.ended.append(message.finished)
        elif isinstance(message, SyncCancelling):
            self.cancelling.append(message.profile)
        elif isinstance(message, PlayChanged):
            self.plays.append(message.status)


class Driver:
    """One running app and the keyboard in front of it."""

    def __init__(self, app: TuiApp, pilot: Pilot[Any], record: Record | None = None) -> None:
        self.app = app
        self.pilot = pilot
        self.record = record or Record()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until they have taken effect.

        The pilot takes a process that rests for a few milliseconds as one that is done; on a busy machine it rests
        because others run. So the app is asked: a callback comes after the keys, and it knows when they are through.
        """
        await self.pilot.press(*keys)
        told = asyncio.Event()
        if self.app.is_running and self.app.call_later(told.set):
            await told.wait()
            await self.until(lambda: self.app.is_input_settled or not self.app.is_running, f"the end of {keys}")

    async def go(self, place: str) -> None:
        """Press the key of a place."""
        await self.press(next(known.key for known in KEYED if known.id == place))

    async def type(self, text: str) -> None:
        names = {" ": "space", "/": "slash", ".": "full_stop", ":": "colon", "?": "question_mark", "=": "equals_sign"}
        await self.press(*(names.get(char, char) for char in text))

    async def until(self, condition: Callable[[], object], what: str = "", deadline_s: float = PATIENCE_S) -> None:
        """Wait until something is so and stays so; fail with the screen's words when it never is.

        What leaves by itself may be over before it is looked at: ask `record`, `toasts` and `a_sync` for that.
        """
        limit = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < limit, f"never: {what or condition}\n{self.seen()}"
            await self.pilot.pause(0.01)

    @asynccontextmanager
    async def a_sync(self) -> AsyncIterator[None]:
        """What is done inside starts a sync; afterwards it has ended, however quickly, and the screens know."""
        before = len(self.record.ended)
        yield
        await self.until(lambda: len(self.record.ended) > before, "the end of a sync")
        told = asyncio.Event()
        self.app.call_later(told.set)  # the app takes its messages in their order: the end is dealt with by then
        await told.wait()

    async def rows_shown(self) -> None:
        """Wait until the list on the screen has rows."""
        await self.until(lambda: self.list.total > 0 and self.list.row is not None, "rows")

    @property
    def active(self) -> ActiveProfile:
        """The profile on the screen with its library."""
        active = self.app.app_state.active
        assert active is not None
        return active

    @property
    def screen(self) -> BrowseScreen:
        return cast(BrowseScreen, self.app.screen)

    @property
    def list(self) -> PagedList:
        """The main list of the screen."""
        lists = [found for found in self.app.screen.query(PagedList) if not isinstance(found, CategoryList)]
        return lists[0]

    @property
    def bar(self) -> str:
        return self.app.screen.query_one(SyncBar).text

    def seen(self) -> str:
        """The screen as text."""
        width, height = self.app.size
        lines = [strip.text for strip in self.app.screen._compositor.render_strips()]
        return "\n".join(line[:width].rstrip() for line in lines[:height])

    def says(self, words: str) -> bool:
        """Whether these words stand on the screen."""
        return words in self.seen()

    async def sees(self, *words: str) -> None:
        """Wait until all of these stand on the screen: what is known by now is painted a moment later."""
        await self.until(lambda: all(self.says(each) for each in words), f"{words} on the screen")

    def toasts(self) -> str:
        """All notices since the start, those that have left by now too."""
        return "\n".join(f"{notice.title} {notice.message}" for notice in self.record.notices)

    def focused_words(self) -> str:
        """The label of the button that Enter would press."""
        button = self.app.focused
        return str(button.label) if isinstance(button, Button) else ""

    def problem(self) -> str:
        """The problem line of a dialog."""
        return str(self.app.screen.query_one(".problem", Static).content)

    def cells(self, column: int = 0, count: int = 20) -> Sequence[str]:
        """The cells of one column of the first rows."""
        source = self.list._pages.source
        return [row.cells[column] for row in source.rows(0, min(count, source.total)) or ()]


def help_words(driver: Driver) -> str:
    """All words of the help, also those that are scrolled out of sight."""
    dialog = driver.app.screen
    assert isinstance(dialog, HelpDialog)
    return "\n".join(f"{keys} {words}" for _title, rows in dialog.sections for keys, words in rows)


@asynccontextmanager
async def running(
    paths: Paths,
    size: tuple[int, int] = WIDE,
    *,
    by_itself: bool = False,
    sync_empty: bool = False,
    polite: bool = False,
    minute_s: float = 60,
    first_screen: str = "channels",
    pictures: bool = False,
) -> AsyncIterator[Driver]:
    """The app on these folders, started. Its syncs pause between requests only when `polite`.

    `pictures`: the terminal can show them.
    """
    app = make_app(paths, by_itself=by_itself, sync_empty=sync_empty, minute_s=minute_s, first_screen=first_screen)
    app.app_state.can_show_pictures = pictures
    if not polite:
        app.app_state.runner = SyncRunner(
            paths, app.post_message, command=(sys.executable, "-m", "tests.support.unpaced")
        )
    record = Record()
    async with app.run_test(size=size, notifications=True, message_hook=record.hear) as pilot:
        yield Driver(app, pilot, record)


async def to_movies(driver: Driver) -> ItemRef:
    await driver.go("movies")
    await driver.rows_shown()
    row = driver.list.row
    assert row is not None
    return ItemRef(Kind.MOVIE, row.key, next(cell for cell in row.cells if cell))
