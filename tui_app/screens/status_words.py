"""The status of player, account, syncs and library in words, why a list is empty, and the state of the status line."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from tui_app.catalog import LISTED_KINDS, CacheStats, Category, Continuing, ItemRef, Kind, PartState, Played, Programme
from tui_app.events import SyncProgress
from tui_app.playback import PlayState, PlayStatus
from tui_app.screens.list_state import ListState
from tui_app.screens.registry import SCREENS, key_of
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.services.sync_policy import Due, SyncStatus
from tui_app.settings import KnownAccount, Profile, SyncSettings
from tui_app.widgets.footer import Piece
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Emptiness
from tui_app.widgets.sync_bar import SyncBar
from tui_app.widgets.words import age_words, ago_words, bar_words, count_words, date_words, progress_words, size_words

_LONGEST_TITLE = 40  # characters, beside the state of the library
_BAR_CELLS: Final = 12


def title_words(ref: ItemRef, programme: Programme | None = None) -> str:
    """Return a full title: "Nosferatu", "The Show S01E02 Pilot", "News 24: Late Show"."""
    return ref.full_name if programme is None else f"{ref.name}: {programme.title}"


def how_far(what: Continuing | Played) -> str:
    """Return the progress in words."""
    if what.is_gone:
        return "gone"
    if isinstance(what, Continuing) and what.is_next:
        return "next episode" if what.ref.episode is None else f"next S{what.ref.season or 0:02}E{what.ref.episode:02}"
    if isinstance(what, Played) and what.is_done:
        return "watched"
    is_watched = isinstance(what, Played) and what.watched_at is not None
    return progress_words(what.position_s, what.duration_s) or ("watched" if is_watched else "")


def position_words(seconds: float) -> str:
    """Format a position: "4:07", "1:04:07"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def playing_pieces(status: PlayStatus | None, stop_key: str) -> tuple[Piece, ...]:
    """Return the pieces of the status line for what plays; none when nothing does."""
    if status is None:
        return ()
    title = playing_title(status)
    limit = _LONGEST_TITLE + 2
    at, length = (None, None) if status.what.is_live else (status.position_s, status.duration_s)
    return (
        Piece(title if len(title) <= limit else f"{title[:limit].rstrip()}{glyphs().ellipsis}", "accent"),
        Piece(_position(status), "muted", 1),
        Piece(bar_words(None if at is None or not length else at / length, _BAR_CELLS), "accent", 3),
        Piece("b controls" if status.control else "", "muted", 2),
        Piece(f"{stop_key} stops" if stop_key else "", "muted", 2),
    )


def playing_title(status: PlayStatus) -> str:
    """Return the title that plays, after a sign or word for whether it is paused."""
    return f"{'paused:' if status.state is PlayState.PAUSED else glyphs().closed} {status.what.title}"


def _position(status: PlayStatus) -> str:
    if status.state is PlayState.STARTING:
        return f"starting {status.player} {glyphs().ellipsis}"
    if status.position_s is None or status.what.is_live:
        return ""
    position = position_words(status.position_s)
    return f"{position} of {position_words(status.duration_s)}" if status.duration_s else position


#: An account that ends within this many days gets a warning on every screen.
ENDS_SOON_DAYS: Final = 7
_DAY_S: Final = 86_400
_STATUS_WORDS: Final[Mapping[str, str]] = {"never": "never synced", "completed": "complete", "partial": "partly"}


# ------------------------------------------------------------------------------------------------ the account
def account_status(account: KnownAccount, now: float) -> str:
    """Return the account's status, "expired" also when its end has passed since the last login."""
    return "expired" if account.has_lapsed(now) else account.status


def account_words(account: KnownAccount | None, now: float) -> str:
    """Describe the account at the last login: status, end, connections, and when that was."""
    if account is None:
        return "Not logged in yet: the next sync logs in."
    status = account_status(account, now)
    if account.expires is None:
        until = ", no end date"
    else:
        until = f" {'until' if account.expires > now else 'on'} {date_words(account.expires)}"
    streams = account.max_connections
    left = account_warning(account, now) if status == "active" else ""
    facts = (
        f"{status.capitalize()}{until if status in ('active', 'expired') else ''}",
        left,
        count_words(streams, "connection") if streams else "",
        account.timezone,
        f"checked {ago_words(now - account.checked_at)}",
    )
    return f" {glyphs().dot} ".join(filter(None, facts))


def account_warning(account: KnownAccount | None, now: float) -> str:
    """Return a warning for every screen: "expired", "ends in 3 days"; "" when all is well or unknown."""
    if account is None:
        return ""
    status = account_status(account, now)
    if status != "active":
        return status
    if account.expires is None or account.expires - now >= ENDS_SOON_DAYS * _DAY_S:
        return ""
    days = int((account.expires - now) // _DAY_S)
    return f"ends in {count_words(days, 'day')}" if days else "ends today"


# --------------------------------------------------------------------------------------------------- syncs
def due_words(answer: Due, now: float) -> str:
    """Return when the next automatic sync starts; "" when none does."""
    if answer.at is None:
        return "after the first sync" if answer.reason == "never synced" else ""
    if answer.now:
        return "due now"
    return f"{'next try' if answer.reason == 'retry' else 'next'} in {age_words(max(60, answer.at - now))}"


def run_words(stats: CacheStats, now: float, *, is_ours: bool) -> str:
    """Describe a last sync that failed as a whole, was cancelled, or runs in another process.

    `is_ours`: this app runs it and shows its progress.
    """
    if not stats.last_runs:
        return ""
    run = stats.last_runs[0]
    ago = ago_words(now - run.started_at)
    if run.status == "running":
        return "" if is_ours else f"Started {ago} by another process, or interrupted."
    if run.status not in ("failed", "cancelled"):
        return ""
    return f"{run.status.capitalize()}, {ago}{f': {run.reason}' if run.status == 'failed' and run.reason else '.'}"


def outcome_words(part: PartState, now: float) -> str:
    """Describe the last sync of a part: "partly, 2 h ago: the list was cut short"."""
    words = _STATUS_WORDS.get(part.status, part.status)
    if part.at:
        words += f", {ago_words(now - part.at)}"
    return f"{words}: {part.reason}" if part.reason else words


def sync_table(stats: CacheStats, kinds: Collection[Kind], now: float) -> Table:
    """Return the number of items and the last sync of each kind; `kinds` are those that are synced."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for kind in LISTED_KINDS:
        part = stats.last_sync.get(kind.plural, PartState(kind.plural, "never"))
        words = outcome_words(part, now) if kind in kinds else f"not synced; {outcome_words(part, now)}"
        table.add_row(Text(kind.plural.capitalize()), Text(f"{stats.counts.get(kind, 0):,}"), Text(words))
    categories = sum(stats.category_counts.values())
    part = stats.last_sync.get("categories", PartState("categories", "never"))
    table.add_row(Text("Categories"), Text(f"{categories:,}"), Text(outcome_words(part, now)))
    return table


def size_facts(stats: CacheStats, size_limit_mb: int) -> str:
    """Describe the size of the library, and whether it exceeds the limit."""
    is_large = stats.library_bytes > size_limit_mb * 10**6
    too_large = f", more than the limit of {size_limit_mb:,} MB" if is_large else ""
    episodes = stats.counts.get(Kind.EPISODE, 0)
    kept = f" {glyphs().dot} {count_words(episodes, 'episode')} from series you opened" if episodes else ""
    return f"{size_words(stats.library_bytes)} on disk{too_large}{kept}"


class SettingsFacts:
    """The fact lines of the Settings screen; `show_name` and `show` fill them."""

    def __init__(self) -> None:
        self.heading = Static("Synchronisation", classes="heading first", id="heading-sync", markup=False)
        self.run = Static("", id="run", markup=False)
        self.parts = Static("", id="facts")
        self.account = Static("", id="account", markup=False)
        self.disk = Static("", id="disk", markup=False)

    def show_name(self, profile: str) -> None:
        """Show the profile's name in the heading."""
        self.heading.update(f"Synchronisation of {profile}")

    def show(
        self, profile: Profile, stats: CacheStats | None, size_limit_mb: int, now: float, *, is_syncing: bool
    ) -> None:
        """Show the facts. `now`: epoch seconds. `is_syncing`: this app syncs the profile."""
        self.account.update(account_words(profile.account, now))
        run = run_words(stats, now, is_ours=is_syncing) if stats else ""
        self.run.update(run)
        self.run.display = bool(run)
        self.parts.update(sync_table(stats, profile.sync.kinds, now) if stats else "")
        self.disk.update(size_facts(stats, size_limit_mb) if stats else "")


#: How long the result of a sync is shown before the age of the data.
SUCCESS_SHOWN_S: Final = 30
FAILURE_SHOWN_S: Final = 30 * 60
_MANUAL_STALE_HOURS: Final = 24
#: The key that stops the player, or the sync when nothing plays.
STOP_KEY: Final = "x"
PROFILES_KEY: Final = next(screen.key for screen in SCREENS if screen.id == "profiles")


def show_sync(bar: SyncBar, app_state: AppState, active: ActiveProfile, warning: str) -> None:
    """Show what plays, and the state of the profile's library and sync. `warning`: about the account."""
    bar.playing = playing_pieces(app_state.playing.status, STOP_KEY)
    bar.cancel_key = "F8" if bar.playing else STOP_KEY
    sync_status = app_state.sync_status(active.name)
    bar.pending_removals = sum(active.pending_removals.values())
    bar.account = warning
    bar.trouble = active.library.unwritable
    if app_state.is_updating:
        bar.show_updating(app_state.backed_up)
    elif app_state.is_syncing:
        _show_running(bar, app_state.runner.get_sync_progress(active.name), sync_status)
    elif sync_status.is_refused and sync_status.finished is not None:
        data_at = active.stats.last_success if active.stats else None
        bar.show_refused(sync_status.finished.message, hint=f"{PROFILES_KEY} opens the profiles", data_at=data_at)
    elif sync_status.finished is not None and _is_recent(sync_status, active):
        bar.show_finished(sync_status.finished)
    else:
        _show_age(bar, active, app_state.waiting.get(active.name, ""))


def _show_running(bar: SyncBar, progress: SyncProgress | None, sync_status: SyncStatus) -> None:
    if sync_status.cancelling:
        bar.show_cancelling()
    elif progress is not None:
        bar.show_progress(progress)
    else:
        bar.show_starting()


def show_progress(bar: SyncBar, app_state: AppState, active: ActiveProfile, progress: SyncProgress) -> None:
    """Show the progress of the profile's sync, unless something more important is shown."""
    if not app_state.is_updating and not app_state.sync_status(active.name).cancelling:
        bar.show_progress(progress)


def _is_recent(sync_status: SyncStatus, active: ActiveProfile) -> bool:
    """Return True while the result of a sync is recent enough to show.

    An unreachable provider is shown as "offline" instead when there are data.
    """
    assert sync_status.finished is not None
    has_data = active.stats is not None and not active.stats.is_empty
    if has_data and (active.offline_since is not None or sync_status.is_overtaken):
        return False
    lasts = SUCCESS_SHOWN_S if sync_status.finished.status == "completed" else FAILURE_SHOWN_S
    return time.monotonic() - sync_status.finished_at < lasts


def _show_age(bar: SyncBar, active: ActiveProfile, waits: str) -> None:
    if active.stats is None:  # not read yet: better nothing than something wrong for a moment
        bar.set_pieces([])
        return
    updated_at, items = active.stats.last_success, sum(active.stats.counts.values())
    if active.offline_since is not None:
        bar.show_offline(data_at=updated_at)
    elif updated_at is None:
        bar.show_empty()
    elif time.time() - updated_at > stale_after_s(active.profile.sync):
        bar.show_stale(updated_at=updated_at, items=items, waits=waits)
    else:
        bar.show_idle(updated_at=updated_at, items=items, waits=waits)


def stale_after_s(settings: SyncSettings) -> int:
    """Return the age at which data may be outdated: twice the interval, a day without automatic syncs."""
    if not settings.automatic or settings.interval_hours is None:
        return _MANUAL_STALE_HOURS * 3600
    return 2 * settings.interval_hours * 3600


# -------------------------------------------------------------------------------------- without rows
_RUNNING: Final = "A sync is running"
_NOTHING_DOWNLOADED: Final = Emptiness("This library is empty", "Nothing downloaded yet.", "r starts the first sync")


def why_empty(kind: Kind, state: ListState, app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return the text to show in place of the rows."""
    if state.favourites and not state.without("favourites").chips:
        return Emptiness(
            f"No favourite {kind.plural} here",
            "Press f to add a title to the favourites.",
            "Press Del to clear filters",
        )
    if state.unwatched and not state.without("unwatched").chips:
        return Emptiness(f"All {kind.plural} here are watched", hint="Press Del to clear filters")
    if state.chips:
        words = ", ".join(words for _name, words in state.chips)
        return Emptiness(f"No {kind.plural} match these filters", words, "Press Del to clear filters, F to change them")
    counted = active.stats.counts.get(kind, 0) if active.stats else 0
    if counted and state.has_category:
        return Emptiness("This category is empty", hint="c chooses another")
    if counted:
        return Emptiness("All categories are hidden", hint="H shows hidden categories")
    return _never_in(kind, app_state, active)


def _never_in(kind: Kind, app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return why the library has nothing of the kind."""
    part = active.stats.last_sync.get(kind.plural) if active.stats else None
    if app_state.is_syncing or app_state.fills_empty:
        progress = app_state.runner.get_sync_progress(active.name)
        is_now = progress is not None and kind.plural in progress.part
        return Emptiness(
            f"Fetching the {kind.plural} …" if is_now else _RUNNING,
            f"The {kind.plural} appear here as soon as they are in.",
            "x cancels",
        )
    if part is not None and part.status in ("failed", "partial"):
        return Emptiness(f"The {kind.plural} could not be fetched", part.reason, "r tries again")
    if part is not None and part.status == "completed":
        return Emptiness(f"The provider lists no {kind.plural}", hint="r asks again")
    if kind not in active.profile.sync.kinds:
        return Emptiness(
            f"{kind.plural.capitalize()} are not synced",
            "They are excluded in the settings.",
            f"{key_of('settings')} opens the settings",
        )
    return _NOTHING_DOWNLOADED


def why_home_empty(app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return the text to show on Home without any part."""
    if app_state.is_syncing or app_state.fills_empty:
        return Emptiness(_RUNNING, "Home fills as soon as the first titles are in.", "x cancels")
    if active.stats is not None and not active.stats.is_empty:
        lists = f"{key_of('channels')}, {key_of('movies')} and {key_of('series')} show the lists, / searches"
        return Emptiness("Nothing to continue yet", "What you play and your favourites appear here.", lists)
    parts = active.stats.last_sync.values() if active.stats else ()
    failed = next((part for part in parts if part.status in ("failed", "partial")), None)
    if failed is not None:
        return Emptiness("The library could not be fetched", failed.reason, "r tries again")
    return _NOTHING_DOWNLOADED


def why_waiting(app_state: AppState) -> Emptiness:
    """Return the text to show while the first rows take long."""
    if app_state.is_updating:
        return Emptiness(
            "Updating the library file", "It was written by an earlier version; a backup is kept beside it."
        )
    return Emptiness("Reading the library …")


def hidden_words(chosen: Sequence[Category], *, hide: bool) -> str:
    """Return the notice about categories that are hidden now, or visible again."""
    words = f"“{chosen[0].name}” is" if len(chosen) == 1 else f"{len(chosen):,} categories are"
    return (
        f"{words} hidden. Press H to show hidden ones, z to undo."
        if hide
        else f"{words} visible again. Press z to undo."
    )
