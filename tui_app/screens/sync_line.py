"""Which of its states the sync bar shows: the running sync first, then bad news, then the age of the data."""

from __future__ import annotations

import time
from typing import Final

from tui_app.house import House
from tui_app.places import PLACES
from tui_app.screens.facts import account_warning
from tui_app.screens.play_words import playing_pieces
from tui_app.settings import Profile, SyncSettings
from tui_app.sync_news import SyncNews
from tui_app.widgets.line import Piece
from tui_app.widgets.sync_bar import SyncBar

#: How long a finished sync stays on the bar before the age of the data takes its place.
GOOD_NEWS_S: Final = 30
BAD_NEWS_S: Final = 30 * 60
_MANUAL_STALE_HOURS: Final = 24
#: What ends the player, on every screen; with no player, the sync.
STOP_KEY: Final = "x"
PROFILES_KEY: Final = next(place.key for place in PLACES if place.id == "profiles")


def show_sync(bar: SyncBar, house: House) -> None:
    """Show what plays, and how the present profile's library and sync stand."""
    bar.playing = playing_pieces(house.playing.news, STOP_KEY)
    bar.cancel_key = "F8" if bar.playing else STOP_KEY
    if house.profile is None:
        bar.set_pieces([Piece("no profile yet", "muted")])
        return
    news = house.news(house.profile.name)
    bar.held_back = sum(house.held_back.values())
    bar.account = account_warning(house.profile.account, time.time())
    bar.trouble = house.library.unwritable if house.library else ""
    if house.is_updating:
        bar.show_updating(house.backed_up)
    elif house.is_syncing:
        _show_running(bar, house, house.profile.name, news)
    elif news.is_refused and news.finished is not None:
        data_at = house.stats.last_success if house.stats else None
        bar.show_refused(news.finished.message, hint=f"{PROFILES_KEY} opens the profiles", data_at=data_at)
    elif news.finished is not None and _is_news(news, house):
        bar.show_finished(news.finished)
    else:
        _show_age(bar, house, house.profile)


def _show_running(bar: SyncBar, house: House, profile: str, news: SyncNews) -> None:
    progress = house.runner.get_sync_progress(profile)
    if news.cancelling:
        bar.show_cancelling()
    elif progress is not None:
        bar.show_progress(progress)
    else:
        bar.show_starting()


def _is_news(news: SyncNews, house: House) -> bool:
    """An outcome is news for a while; that the provider can't be reached is said as "offline" when there are data."""
    assert news.finished is not None
    has_data = house.stats is not None and not house.stats.is_empty
    if has_data and (house.offline_since is not None or news.is_overtaken):
        return False
    lasts = GOOD_NEWS_S if news.finished.status == "completed" else BAD_NEWS_S
    return time.monotonic() - news.finished_at < lasts


def _show_age(bar: SyncBar, house: House, profile: Profile) -> None:
    if house.stats is None:  # not read yet: better nothing than something wrong for a moment
        bar.set_pieces([])
        return
    waits = house.waiting.get(profile.name, "")
    updated_at, items = house.stats.last_success, sum(house.stats.counts.values())
    if house.offline_since is not None:
        bar.show_offline(data_at=updated_at)
    elif updated_at is None:
        bar.show_empty()
    elif time.time() - updated_at > stale_after_s(profile.sync):
        bar.show_stale(updated_at=updated_at, items=items, waits=waits)
    else:
        bar.show_idle(updated_at=updated_at, items=items, waits=waits)


def stale_after_s(settings: SyncSettings) -> int:
    """Seconds after which data may be outdated: twice the interval, a day when nothing syncs by itself."""
    if not settings.automatic or settings.interval_hours is None:
        return _MANUAL_STALE_HOURS * 3600
    return 2 * settings.interval_hours * 3600
