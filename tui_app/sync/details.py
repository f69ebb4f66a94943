"""Fetch details of single items, and renew stored details at the end of a sync.

An empty answer never replaces stored details. `fetch_item_details` and `fetch_guide` run on the app's event loop, so
they access files and the keyring in threads. A renewal runs at background pace; details that can't be renewed keep
their stored values and stay due.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tui_app.catalog import Details, FullItem, Kind, Programme
from tui_app.errors import BadAnswer, NotFound, Overloaded, PanelError, UsageError
from tui_app.events import NewEpisode
from tui_app.paths import Paths
from tui_app.settings import Profile
from tui_app.store.library_store import LibraryStore
from tui_app.store.write.details import DetailsCount, WaitingDetails, record_failed_details
from tui_app.sync.panel import at_any_address, open_panel, read_profile
from tui_app.sync.progress import ProgressTracker
from tui_app.sync.report import DetailsOutcome, as_reason, ends_all
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import BACKGROUND_PAUSE_S

T = TypeVar("T")


async def fetch_item_details(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> FullItem:
    """Fetch a movie's or series' details, store them, and return the merged item.

    An empty answer is stored as empty, so that it is not requested again soon. Raises `NotFound` for an unknown
    item, `PanelError` when the panel can't be asked, `LibraryError`.
    """
    if kind not in (Kind.MOVIE, Kind.SERIES):
        raise UsageError(f"A {kind} has no details to fetch.")
    stored = await asyncio.to_thread(_stored_item, paths, profile_name, kind, item_id)
    details = await _at_panel(paths, profile_name, lambda client: _ask(client, stored))
    if _says_less(details, stored.details):
        return stored
    await asyncio.to_thread(_save, paths, profile_name, kind, item_id, details)
    return await asyncio.to_thread(_stored_item, paths, profile_name, kind, item_id)


async def renew_details(
    client: PanelClient, store: LibraryStore, kind: Kind, item_id: str, at: int
) -> tuple[NewEpisode, ...]:
    """Fetch details at background pace, and return the episodes that were not stored before.

    There are none when no details were stored. Raises `PanelError`, leaving the stored details unchanged.
    """
    stored = store.full_item(kind, item_id)
    details = await _ask(client, stored, background=True)
    if _says_less(details, stored.details):
        raise BadAnswer("The panel sent no details any more; the stored ones were kept.")
    _save_in(store, kind, item_id, details, at)
    return _new_episodes(stored, details)


def _new_episodes(stored: FullItem, fetched: Details) -> tuple[NewEpisode, ...]:
    if stored.details is None or not stored.details.seasons:
        return ()
    known = [episode for season in stored.details.seasons for episode in season.episodes]
    ids = {episode.id for episode in known}
    numbers = {(episode.season, episode.number) for episode in known}  # a panel may give every episode a new id
    return tuple(
        NewEpisode(
            series_id=stored.item.id,
            series=stored.item.name,
            id=episode.id,
            season=episode.season,
            episode=episode.number,
            title=episode.title,
        )
        for season in fetched.seasons
        for episode in season.episodes
        if episode.id not in ids and (episode.season, episode.number) not in numbers
    )


async def _ask(client: PanelClient, stored: FullItem, *, background: bool = False) -> Details:
    item = stored.item
    wire_id = stored.wire_id or item.id
    if item.kind is Kind.MOVIE:
        return await client.fetch_movie_details(wire_id, background=background)
    return await client.fetch_series_details(wire_id, list_row_name=item.name, background=background)


def _says_less(fetched: Details, stored: Details | None) -> bool:
    """Whether an empty answer, or one without episodes, would replace a fuller one."""
    if stored is None:
        return False
    return (fetched.is_empty and not stored.is_empty) or (bool(stored.seasons) and not fetched.seasons)


async def fetch_guide(paths: Paths, profile_name: str, channel_id: str, limit: int = 4) -> tuple[Programme, ...]:
    """Return a channel's next programmes, the current one first if the panel sends it; () without an EPG."""
    stored = await asyncio.to_thread(_stored_item, paths, profile_name, Kind.CHANNEL, channel_id)
    wire_id = stored.wire_id or channel_id
    return await _at_panel(paths, profile_name, lambda client: client.fetch_short_guide(wire_id, limit=limit))


async def _at_panel(paths: Paths, profile_name: str, ask: Callable[[PanelClient], Awaitable[T]]) -> T:
    """Ask the panel of a profile at any of its addresses."""
    profile, password = await asyncio.to_thread(read_profile, paths, profile_name)

    async def ask_at(profile: Profile) -> T:
        async with open_panel(paths, profile, password) as client:
            return await ask(client)

    return await at_any_address(paths, profile, ask_at)


def _stored_item(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> FullItem:
    with LibraryStore.open(paths.library_db(profile_name), readonly=True, create=False) as store:
        return store.full_item(kind, item_id)


def _save(paths: Paths, profile_name: str, kind: Kind, item_id: str, details: Details) -> None:
    with LibraryStore.open(paths.library_db(profile_name), create=False) as store:
        _save_in(store, kind, item_id, details, int(time.time()))


def _save_in(store: LibraryStore, kind: Kind, item_id: str, details: Details, at: int) -> None:
    save = store.save_movie_details if kind is Kind.MOVIE else store.save_series_details
    save(item_id, details, at)


#: Maximum renewals per incremental sync, about four minutes; the rest stays due.
MOST_AT_ONCE: Final = 200
_FAILURES_TO_STOP: Final = 5
#: Estimate of the time that lists take: a minimum in seconds, and rows per second.
_LEAST_S: Final = 3.0
_ROWS_PER_S: Final = 15_000
_LEAST_SHARE: Final = 0.02
_MOST_SHARE: Final = 0.95


@dataclass(slots=True)
class Renewal:
    """Renews the due details of some kinds; call `run` once.

    `outcome` is valid at any time, also after cancellation.
    """

    client: PanelClient
    store: LibraryStore
    progress: ProgressTracker
    now: Callable[[], int]
    favourites: frozenset[WaitingDetails] = frozenset()  # whose new episodes are reported
    outcome: DetailsOutcome = field(default_factory=DetailsOutcome)
    _failed: list[WaitingDetails] = field(default_factory=list)

    async def run(self, waiting: Sequence[WaitingDetails], *, most: int | None) -> None:
        """Renew the first `most` details (None: all).

        Raises database errors; errors of the panel are recorded in `outcome`.
        """
        self.outcome.left = len(waiting)
        batch = waiting[:most]
        try:
            if batch:
                self.client.gate.enter_background()
                await self._renew(batch)
        except Overloaded as error:  # the host gate opened its back-off after repeated failures
            self.outcome.reason = as_reason(error)
        finally:
            record_failed_details(self.store.database, self._failed)

    async def _renew(self, batch: Sequence[WaitingDetails]) -> None:
        begun, in_a_row = time.monotonic(), 0
        for number, waiting_item in enumerate(batch):
            self._report_progress(number, len(batch), time.monotonic() - begun)
            error = await self._renew_one(waiting_item)
            in_a_row = in_a_row + 1 if error else 0
            if error is not None:
                self.outcome.reason = f"{self.outcome.failed} of {number + 1} could not be renewed: {as_reason(error)}"
                if in_a_row == _FAILURES_TO_STOP or ends_all(error):
                    self.outcome.reason = f"renewing stopped after {in_a_row} failures in a row: {as_reason(error)}"
                    return

    async def _renew_one(self, waiting_item: WaitingDetails) -> PanelError | NotFound | None:
        """Renew one item's details and return the error, or None."""
        self.outcome.left -= 1
        try:
            new = await renew_details(self.client, self.store, waiting_item.kind, waiting_item.id, self.now())
        except (PanelError, NotFound) as error:
            self.outcome.failed += 1
            self._failed.append(waiting_item)
            return error
        except BaseException:  # cancelled during the request: the item stays due
            self.outcome.left += 1
            raise
        self.outcome.renewed += 1
        if waiting_item in self.favourites:
            self.outcome.new_episodes += new
        return None

    def _report_progress(self, done: int, count: int, seconds: float) -> None:
        each = max(BACKGROUND_PAUSE_S, seconds / done if done else 0.0)
        self.progress.advance("details", done / count, rows=done, seconds_left=each * (count - done))


def share_of_progress(details: DetailsCount, rows: int, *, is_full: bool) -> float:
    """Estimate the share of the progress bar, 0 to 0.95, that renewing takes in a sync of `rows` rows."""
    if not details.stored:
        return 0.0
    seconds = BACKGROUND_PAUSE_S * (details.stored if is_full else min(details.stale, MOST_AT_ONCE))
    of_lists = _LEAST_S + rows / _ROWS_PER_S
    return min(max(seconds / (seconds + of_lists), _LEAST_SHARE), _MOST_SHARE)
