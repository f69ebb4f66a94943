"""The states a person may find the app in, each reached as the app reaches it, for pictures of it.

A clock that begins at the same moment, a demo of one seed and a panel whose address is never asked make them the same
in every run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from textual.pilot import Pilot

from tests.screens.driving import PATIENCE_S, PROFILE, Driver
from tests.support.reports import report
from tui_app.catalog import LISTED_KINDS, Account, CacheStats, ItemRef, Kind, Mark, Programme, Query, RunState
from tui_app.events import SyncFinished, SyncProgress, SyncStatus
from tui_app.messages import PlayChanged, SyncEnded
from tui_app.paths import Paths
from tui_app.playback import Playable, PlayState, PlayStatus
from tui_app.screens.dialogs.categories import CategoryChoice, CategoryChoiceDialog
from tui_app.screens.dialogs.questions import in_use_dialog
from tui_app.settings import ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.tui.app import TuiApp
from tui_app.widgets.glyphs import glyphs

NOW: Final = 1_772_701_920  # 2026-03-05 09:12 UTC
SYNCED_BEFORE_S: Final = 3 * 3600 + 300  # "3 h ago", however long the sync and the test take
_DAY: Final = 86_400

Arrive = Callable[[Driver], Awaitable[None]]


@dataclass(frozen=True)
class State:
    """`prepare` changes the folders before the app starts, `arrive` does what the user does."""

    arrive: Arrive
    prepare: Callable[[Paths], None] = lambda paths: None
    synced: bool = True  # whether the library is there
    later_s: float = 0  # how much later than `NOW` it is
    sync_empty: bool = False


def run_before(state: State) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """For `snap_compare`: the app is brought into its state and comes to rest."""

    async def arrive(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, TuiApp)
        driver = Driver(pilot.app, pilot)
        await driver.until(
            lambda: (active := driver.app.app_state.active) is None or active.stats is not None, "a start"
        )
        await state.arrive(driver)
        await at_rest(driver)

    return arrive


async def at_rest(driver: Driver) -> None:
    """Until no question is under way and nothing is painted anew."""
    limit = time.monotonic() + PATIENCE_S
    while any(not worker.is_finished for worker in driver.app.workers if worker.group != "place"):
        if isinstance(driver.app.screen.id, str) or time.monotonic() > limit:
            break
        if all(worker.group in ("default", "theme", "filter", "dialog", "play") for worker in _busy(driver)):
            break  # a dialog is open: whoever asks waits for its answer
        await asyncio.sleep(0.02)
    before = ""
    while before != (before := driver.seen()) and time.monotonic() < limit:
        await driver.pilot.pause(0.2)


def _busy(driver: Driver) -> list[Any]:
    return [worker for worker in driver.app.workers if not worker.is_finished and worker.group != "place"]


# ---------------------------------------------------------------------------------------------------- places
def go(place: str, *keys: str) -> Arrive:
    """To a place, then these keys."""

    async def arrive(driver: Driver) -> None:
        await driver.go(place)
        await at_rest(driver)
        for key in keys:
            await driver.press(key)
            await driver.pilot.pause(0.05)

    return arrive


def with_history(paths: Paths) -> None:
    """Two movies and a series are half watched, three channels are favourites, and a programme of one is known."""
    with_guide(paths)
    with LibraryStore.open(paths.library_db(PROFILE)) as store, UserStore(paths.user_db) as user:
        movies, series = (store.page(Query(kind, sort="name"), limit=8).items for kind in (Kind.MOVIE, Kind.SERIES))
        for number, movie in enumerate(movies[2:4]):
            ref = ItemRef(Kind.MOVIE, movie.id, movie.name)
            user.watching.note_position(PROFILE, ref, 1_900 + 1_800 * number, 6_000)
        episode = ItemRef(Kind.EPISODE, "77", "The Letter", series[0].id, series[0].name, 1, 2)
        user.watching.note_position(PROFILE, episode, 840, 1_500)
        channels = [one for one in store.page(Query(Kind.CHANNEL)).items if not one.is_separator]
        user.set_marks(PROFILE, Kind.CHANNEL, [(one.id, one.name) for one in channels[:3]], Mark.FAVOURITE, on=True)
        user.set_marks(PROFILE, Kind.MOVIE, [(one.id, one.name) for one in movies[4:7]], Mark.FAVOURITE, on=True)
        user.favourites.add_folder(PROFILE, "Silent classics")
        user.favourites.put(PROFILE, [(Kind.MOVIE.value, one.id) for one in movies[4:7]], "Silent classics")


def light_with_history(paths: Paths) -> None:
    paths.settings_file.write_text('theme = "paper"\n')
    with_history(paths)


async def home_with_all_parts(driver: Driver) -> None:
    await driver.sees("Continue watching")
    await at_rest(driver)


async def some_favourites(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    await driver.press("down", "space", "space", "space", "f")
    await driver.until(lambda: driver.says(f"{glyphs().favourite}  A Trip"), "the marks")
    await driver.go("favourites")
    await driver.until(lambda: driver.says("1/3"), "all of them")


async def palette(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    await driver.press("colon", *"sett")
    await driver.until(lambda: driver.says("Go to Settings"), "the command")


async def nothing_found(driver: Driver) -> None:
    await driver.press("slash")
    await driver.type("qqwxyzzk")
    await driver.until(lambda: driver.says("Nothing found"), "the answer")


async def no_title_matches(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    await driver.press("F")
    await driver.until(lambda: driver.says("Title contains"), "the dialog")
    await driver.type("qqwxyzzk")
    await driver.press("enter")
    await driver.until(lambda: driver.says("match these filters"), "the answer")


# ----------------------------------------------------------------------------------------------------- syncs
def syncing(progress: SyncProgress | None, *, cancelling: bool = False) -> Arrive:
    """A sync is at work, as far as it says."""

    async def arrive(driver: Driver) -> None:
        await driver.go("movies")
        app_state = driver.app.app_state
        app_state.runner.is_busy = lambda profile=None: True  # type: ignore[method-assign]
        app_state.runner.get_sync_progress = lambda profile: progress  # type: ignore[method-assign]
        app_state.sync_status(PROFILE).cancelling = cancelling
        driver.app.screens.refresh_status()
        driver.app.refresh_bindings()

    return arrive


def ended(status: SyncStatus, message: str = "", hint: str = "", code: str = "", **parts: Any) -> Arrive:
    """A sync has ended like this."""

    async def arrive(driver: Driver) -> None:
        await driver.go("movies")
        await driver.rows_shown()
        found = report(error=code, **parts)
        driver.app.post_message(SyncEnded(SyncFinished(PROFILE, status, NOW, 1, message, hint, found)))
        await driver.until(lambda: driver.app.app_state.sync_status(PROFILE).finished is not None, "the news")

    return arrive


def with_stats(change: Callable[[CacheStats], CacheStats], then: Arrive) -> Arrive:
    """The library says something else of itself."""

    async def arrive(driver: Driver) -> None:
        library = driver.active.library
        ask = library.stats

        async def stats() -> CacheStats:
            return change(await ask())

        library.stats = stats  # type: ignore[method-assign]
        await driver.app.app_state.refresh_stats()
        await then(driver)

    return arrive


def failed_before_anything_came(stats: CacheStats) -> CacheStats:
    reason = "The provider did not answer within 120 seconds."
    parts = {name: replace(part, status="failed", reason=reason) for name, part in stats.last_sync.items()}
    return replace(stats, last_sync=parts, last_runs=(RunState(NOW, "failed", reason),))


def removals_wait(stats: CacheStats) -> CacheStats:
    parts = {**stats.last_sync, "movies": replace(stats.last_sync["movies"], status="partial", pending_removals=97)}
    return replace(stats, last_sync=parts)


async def offline(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    driver.app.syncs.record_connection(PROFILE, online=False)


# ---------------------------------------------------------------------------------------------- the account
def account(status: str, expires_in_days: float) -> Callable[[Paths], None]:
    def prepare(paths: Paths) -> None:
        expires = int(NOW + expires_in_days * _DAY)
        known = Account(status=status, expires=expires, max_connections=1, timezone="Europe/Berlin")
        ProfileStore(paths).save_account(PROFILE, known, NOW - 60)

    return prepare


def damaged(paths: Paths) -> None:
    library = paths.library_db(PROFILE)
    for beside in library.parent.glob(f"{library.name}-*"):
        beside.unlink()
    library.write_bytes(b"SQLite format 3\x00" + b"\xff" * 60_000)


async def not_now(driver: Driver) -> None:
    await driver.until(lambda: driver.says("First sync"), "the question")
    await driver.press("escape")
    await driver.until(lambda: not driver.says("First sync"), "an answer")
    await driver.go("movies")
    await driver.until(lambda: driver.says("This library is empty"), "the words")


async def only_look(driver: Driver) -> None:
    await driver.until(lambda: driver.says("First sync"), "the question")


def nobody(paths: Paths) -> None:
    """A new installation."""
    paths.profiles_file.unlink()


async def add_a_profile(driver: Driver) -> None:
    await driver.until(lambda: driver.says("Welcome to xtream-tui"), "the screen below")
    await at_rest(driver)
    await driver.press("a")
    await driver.until(lambda: driver.says("Link from your provider"), "the dialog")
    # Whether Textual has drawn the welcome screen below by now is a matter of time: the picture is of the dialog alone.
    driver.app.screen.styles.background = "black"


def with_guide(paths: Paths) -> None:
    """One channel's day is known, and need not be asked for."""
    hours = [(NOW - 7_200 + 3_600 * number, f"Programme {number}") for number in range(12)]
    programmes = [Programme(start, start + 3_600, title, f"What {title} is about.") for start, title in hours]
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        channel = next(item for item in store.page(Query(Kind.CHANNEL)).items if not item.is_separator)
        later = NOW + 30 * _DAY
        store.guide.save_programmes(channel.id, programmes, NOW, fresh_until=later, day_until=later)


def with_grid(paths: Paths) -> None:
    """Every channel's guide is known, of some that there is none."""
    later = NOW + 30 * _DAY
    titles = (
        "News",
        "The Long Way Home",
        "漢字の番組",
        "हिन्दी समाचार",
        "Weather",
        "Quiz Night with Far Too Long a Title",
    )
    with LibraryStore.open(paths.library_db(PROFILE)) as store:
        for number, channel in enumerate(store.page(Query(Kind.CHANNEL), limit=60).items):
            lengths = (1_800, 3_600, 5_400, 2_700)
            start = NOW // 1_800 * 1_800 - 4 * 3_600 - 900 * (number % 3)
            programmes: list[Programme] = []
            while start < NOW + 8 * 3_600 and number % 5 != 4:
                at = len(programmes) + number
                stop = start + lengths[at % len(lengths)]
                programmes.append(Programme(start, stop, titles[at % len(titles)], "What it is about."))
                start = stop
            store.guide.save_programmes(channel.id, programmes, NOW, fresh_until=later, day_until=later)


async def guide_with_reminder(driver: Driver) -> None:
    await driver.go("guide")
    await driver.rows_shown()
    await driver.sees("min left")
    await driver.press("down", "right", "right", "enter")
    await driver.sees("reminder set")
    driver.app.clear_notifications()
    await driver.press("left")
    await driver.until(lambda: not driver.says("reminder set"), "another programme")


async def a_days_programmes(driver: Driver) -> None:
    await driver.go("channels")
    await driver.rows_shown()
    while driver.list.row is None or driver.list.row.separator:
        await driver.press("down")
    await driver.press("o")
    await driver.until(lambda: driver.says("Programme 3"), "the day")


async def choose_categories(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    known = {kind: await driver.active.library.categories(kind) for kind in LISTED_KINDS}
    driver.app.push_screen(CategoryChoiceDialog(CategoryChoice(known)))
    await driver.until(lambda: driver.says("Which of these do you want?"), "the dialog")
    await driver.press("down", "space")


async def play_elsewhere(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    await driver.until(lambda: driver.says("The General"), "the list on the screen, which stays behind the dialog")
    await driver.press("enter")
    await driver.until(lambda: driver.says("Can't open a player here"), "the offer")


async def updating(driver: Driver) -> None:
    await at_rest(driver)
    driver.app.app_state.is_updating, driver.app.app_state.backed_up = True, 0.42
    driver.app.screens.refresh_status()


def playing(state: PlayState, message: str = "", hint: str = "") -> Arrive:
    """A player is at work, or has failed."""

    async def arrive(driver: Driver) -> None:
        await driver.go("movies")
        await driver.rows_shown()
        what = Playable(ItemRef(Kind.MOVIE, "1", "Nosferatu"), "http://panel.example/x", "Nosferatu", PROFILE)
        news = PlayStatus(
            what, state, "mpv", 1_872.0, 5_640.0, began=state is PlayState.PLAYING, message=message, hint=hint
        )
        if not news.is_over:
            driver.app.app_state.playing.status = news
        driver.app.post_message(PlayChanged(news))
        await driver.pilot.pause(0.1)

    return arrive


async def account_in_use(driver: Driver) -> None:
    await driver.go("movies")
    await driver.rows_shown()
    driver.app.push_screen(in_use_dialog("Nosferatu"))
    await driver.until(lambda: driver.focused_words() == "Not now", "the question")


PROGRESS: Final = SyncProgress("movies", "writing", 0.42, rows=63_123, rows_per_s=21_346, seconds_left=18)
STATES: Final[Mapping[str, State]] = {
    "home": State(home_with_all_parts, with_history),
    "home-light": State(home_with_all_parts, light_with_history),
    "home-new": State(at_rest),
    "channels": State(go("channels", "down", "down")),
    "movies": State(go("movies", "down", "down")),
    "series": State(go("series", "down")),
    "favourites": State(some_favourites),
    "no-favourites": State(go("favourites")),
    "guide": State(guide_with_reminder, with_grid),
    "no-guide": State(go("guide", "down")),
    "history": State(go("history")),
    "changes": State(go("changes")),
    "settings": State(with_stats(lambda stats: replace(stats, library_bytes=5_400_000), go("settings"))),
    "statistics": State(go("settings", "f7")),
    "profiles": State(go("profiles")),
    "search": State(go("search", "t", "h", "e", "space", "g", "e", "n")),
    "help": State(go("movies", "question_mark")),
    "palette": State(palette),
    "themes": State(go("movies", "ctrl+t")),
    "filters": State(go("movies", "F")),
    "first-sync": State(only_look, synced=False),
    "empty-library": State(not_now, synced=False),
    "nothing-found": State(nothing_found),
    "no-match": State(no_title_matches),
    "updating": State(updating),
    "starting": State(syncing(None)),
    "syncing": State(syncing(PROGRESS)),
    "cancelling": State(syncing(PROGRESS, cancelling=True)),
    "cancelled": State(ended("cancelled")),
    "failed": State(
        ended("failed", "The provider answers with an error (HTTP 500).", "T tries again.", movies={"status": "failed"})
    ),
    "refused": State(ended("failed", "The panel refused the login.", "Check user name and password.", "login_refused")),
    "partial": State(
        ended(
            "partial",
            "series: the list broke off after 12,034 rows",
            "T retries what failed.",
            channels={"status": "completed", "added": 3, "changed": 1, "removed": 0},
            movies={"status": "completed", "added": 124, "changed": 2, "removed": 9},
            series={"status": "failed"},
        )
    ),
    "offline": State(offline),
    "outdated": State(go("movies"), later_s=3 * _DAY),
    "held-back": State(with_stats(removals_wait, go("movies", "D"))),
    "account-ends-soon": State(go("channels"), account("active", 3.4)),
    "account-ended": State(go("channels"), account("expired", -1.5)),
    "damaged": State(only_look, damaged),
    "welcome": State(at_rest, nobody, synced=False),
    "add-profile": State(add_a_profile, nobody, synced=False),
    "channel-day": State(a_days_programmes, with_guide),
    "choose-categories": State(choose_categories),
    "play-elsewhere": State(play_elsewhere),
    "playing": State(playing(PlayState.PLAYING)),
    "account-in-use": State(account_in_use),
    "connection-limit": State(
        playing(
            PlayState.FAILED,
            "The provider refused the stream (HTTP 403).",
            "Your account allows one stream at a time: stop the one elsewhere.",
        )
    ),
}
