"""The last phase of a sync: stored details that the lists outdated are fetched anew, slowly, one after the other.

Only what was fetched before is renewed. What can't be renewed now keeps what is stored and stays waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui_app.catalog import Kind
from tui_app.errors import NotFound, Overloaded, PanelError
from tui_app.store.library_store import LibraryStore
from tui_app.store.write.renewal import DetailsCount, WaitingDetails, note_failed_details, waiting_details
from tui_app.sync.details import renew_details
from tui_app.sync.progress import ProgressTracker
from tui_app.sync.report import DetailsOutcome, as_reason, ends_all
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.host_gate import BACKGROUND_PAUSE_S

#: An incremental sync renews this many at most, about four minutes' worth; the rest has its turn next time.
MOST_AT_ONCE: Final = 200
_FAILURES_TO_STOP: Final = 5
#: What lists take, for a guess: so many seconds at least, so many rows a second.
_LEAST_S: Final = 3.0
_ROWS_PER_S: Final = 15_000
_LEAST_SHARE: Final = 0.02
_MOST_SHARE: Final = 0.95


@dataclass(slots=True)
class Renewal:
    """Renews what waits of some kinds; `run` is called once. `outcome` is true at any moment, also after cancelling."""

    client: PanelClient
    store: LibraryStore
    progress: ProgressTracker
    now: Callable[[], int]
    outcome: DetailsOutcome = field(default_factory=DetailsOutcome)
    _failed: list[WaitingDetails] = field(default_factory=list)

    async def run(self, kinds: Sequence[Kind], favourites: Iterable[WaitingDetails], *, most: int | None) -> None:
        """At most `most` (None: all). Raises what the library file raises; the panel's trouble is in the outcome."""
        waiting = waiting_details(self.store.database, kinds, favourites)
        self.outcome.left = len(waiting)
        turn = waiting[:most]
        try:
            if turn:
                self.client.gate.enter_background()
                await self._renew(turn)
        except Overloaded as error:  # it failed so often that nobody asks it for a while
            self.outcome.reason = as_reason(error)
        finally:
            note_failed_details(self.store.database, self._failed)

    async def _renew(self, turn: Sequence[WaitingDetails]) -> None:
        begun, in_a_row = time.monotonic(), 0
        for number, one in enumerate(turn):
            self._say(number, len(turn), time.monotonic() - begun)
            error = await self._renew_one(one)
            in_a_row = in_a_row + 1 if error else 0
            if error is not None:
                self.outcome.reason = f"{self.outcome.failed} of {number + 1} could not be renewed: {as_reason(error)}"
                if in_a_row == _FAILURES_TO_STOP or ends_all(error):
                    self.outcome.reason = f"renewing stopped after {in_a_row} failures in a row: {as_reason(error)}"
                    return

    async def _renew_one(self, one: WaitingDetails) -> PanelError | NotFound | None:
        """Why it failed; None when it did not."""
        self.outcome.left -= 1
        try:
            await renew_details(self.client, self.store, one.kind, one.id, self.now())
        except (PanelError, NotFound) as error:
            self.outcome.failed += 1
            self._failed.append(one)
            return error
        except BaseException:  # cancelled in the middle of it: it waits as before
            self.outcome.left += 1
            raise
        self.outcome.renewed += 1
        return None

    def _say(self, done: int, count: int, seconds: float) -> None:
        each = max(BACKGROUND_PAUSE_S, seconds / done if done else 0.0)
        self.progress.advance("details", done / count, rows=done, seconds_left=each * (count - done))


def share_of_progress(details: DetailsCount, rows: int, *, is_full: bool) -> float:
    """The share of a sync of so many rows that renewing will take, guessed before the lists are known; 0 to 0.95."""
    if not details.stored:
        return 0.0
    seconds = BACKGROUND_PAUSE_S * (details.stored if is_full else min(details.stale, MOST_AT_ONCE))
    of_lists = _LEAST_S + rows / _ROWS_PER_S
    return min(max(seconds / (seconds + of_lists), _LEAST_SHARE), _MOST_SHARE)
