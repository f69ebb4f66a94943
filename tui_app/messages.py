"""Messages that more than one room needs: what a sync or a player says, what changed, what a screen asks of the app.

What a sync says carries its profile, because several may sync at once and only one is on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from tui_app.catalog import ItemRef, Programme
from tui_app.events import PartFinished, SyncFinished, SyncProgress, SyncStarted
from tui_app.playback import PlayNews


@dataclass
class SyncStartedMessage(Message):
    """An engine holds the profile's lock and logs in."""

    started: SyncStarted


@dataclass
class SyncProgressed(Message):
    """Where a sync is. Only the newest one of a profile counts: older ones still in the queue are dropped."""

    profile: str
    progress: SyncProgress

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncProgressed) and message.profile == self.profile


@dataclass
class SyncPartFinished(Message):
    """One part is committed, or failed and left as it was."""

    profile: str
    part: PartFinished


@dataclass
class SyncCancelling(Message):
    """The user cancelled and the engine was told; it has not ended yet."""

    profile: str


@dataclass
class SyncEnded(Message):
    """The last word of a sync, whatever came of it."""

    finished: SyncFinished


@dataclass
class LibraryChanged(Message):
    """A part of a profile's library ("channels", "movies", "series", "categories") reads differently now."""

    profile: str
    part: str


@dataclass
class ChangesSeen(Message):
    """The user has seen what the syncs of a profile changed: nothing of it is new any more."""

    profile: str


@dataclass
class MarksChanged(Message):
    """The user marked or unmarked titles of a profile; every screen shows it."""

    profile: str


@dataclass
class ConnectionChanged(Message):
    """The provider of a profile was reached, or could not be."""

    profile: str
    online: bool


# ------------------------------------------------------------------------ what a screen asks of the app
@dataclass
class ProfileWanted(Message):
    """Show this profile's library (None: none is left), and sync it at once when `then_sync`."""

    name: str | None
    then_sync: bool = False


@dataclass
class DemoWanted(Message):
    """Leave this installation alone and open the app on the demo panel."""


@dataclass
class TitleWanted(Message):
    """Open this title's own page."""

    ref: ItemRef


@dataclass
class SyncWanted(Message):
    """Sync the profile on the screen."""

    full: bool = False
    accept_shrink: bool = False


@dataclass
class SettingsChanged(Message):
    """Settings of the profile on the screen, or of the app, were written."""


@dataclass
class CacheCleared(Message):
    """The library file of this profile is to be removed, and a new one begun."""

    profile: str


@dataclass
class PlayWanted(Message):
    """Play this; of a series, the episode that comes next. `programme`: that of a channel's past."""

    ref: ItemRef
    programme: Programme | None = None


# ------------------------------------------------------------------------------------ what a player says
@dataclass
class PlayChanged(Message):
    """How playing stands. Only the newest place of one state counts."""

    news: PlayNews

    def can_replace(self, message: Message) -> bool:
        return (
            isinstance(message, PlayChanged)
            and (message.news.what, message.news.state) == (self.news.what, self.news.state)
            and message.news.began == self.news.began
        )
