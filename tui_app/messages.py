"""Messages shared by several packages: sync and player events, changed data, and requests to the app.

Sync messages carry their profile, because several profiles may sync at once while only one is on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from tui_app.catalog import ItemRef, Programme
from tui_app.events import SyncFinished, SyncProgress, SyncStarted
from tui_app.playback import PlayStatus


@dataclass
class SyncStartedMessage(Message):
    """A sync process holds the profile's lock and logs in."""

    started: SyncStarted


@dataclass
class SyncProgressed(Message):
    """A sync made progress. Replaces an older, unhandled message of the same profile."""

    profile: str
    progress: SyncProgress

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncProgressed) and message.profile == self.profile


@dataclass
class SyncCancelling(Message):
    """The user cancelled the sync and the sync process was told, but it has not ended yet."""

    profile: str


@dataclass
class SyncEnded(Message):
    """A sync ended. It is the last message of a sync, whatever the result."""

    finished: SyncFinished


@dataclass
class LibraryChanged(Message):
    """Rows of a part of the library changed: "channels", "movies", "series" or "categories"."""

    profile: str
    part: str


@dataclass
class ScreenWanted(Message):
    """The user wants another screen; of the favourites, one folder."""

    screen_id: str
    folder: str | None = None


@dataclass
class ChangesSeen(Message):
    """The user has seen the changes of past syncs, so no item counts as new any more."""

    profile: str


@dataclass
class MarksChanged(Message):
    """The user marked or unmarked titles of a profile."""

    profile: str


@dataclass
class ConnectionChanged(Message):
    """The provider of a profile became reachable or unreachable."""

    profile: str
    online: bool


# ---------------------------------------------------------------------------------- requests of screens
@dataclass
class ProfileWanted(Message):
    """Request to show this profile's library (None: there is none), and to sync it when `then_sync` is set.

    `stays`: on the current screen.
    """

    name: str | None
    then_sync: bool = False
    stays: bool = False


@dataclass
class DemoWanted(Message):
    """Request to leave this installation and open the app on the demo panel."""


@dataclass
class TitleWanted(Message):
    """Request to open the page of a title."""

    ref: ItemRef


@dataclass
class SearchWanted(Message):
    """Request to search for a query."""

    query: str


@dataclass
class SettingsChanged(Message):
    """Settings of the current profile or of the app were saved."""


@dataclass
class CacheCleared(Message):
    """Request to delete the library file of this profile and to start an empty one."""

    profile: str


@dataclass
class PlayWanted(Message):
    """Request to play a title; of a series, its next episode. `programme` is a past programme of a channel.

    `here`: in this terminal. `profile`: whose title it is; "" for that on the screen.
    """

    ref: ItemRef
    programme: Programme | None = None
    here: bool = False
    profile: str = ""


# -------------------------------------------------------------------------------- messages of the player
@dataclass
class PlayChanged(Message):
    """The player's state or position changed. Replaces an older, unhandled message with the same state."""

    status: PlayStatus

    def can_replace(self, message: Message) -> bool:
        return (
            isinstance(message, PlayChanged)
            and (message.status.what, message.status.state) == (self.status.what, self.status.state)
            and message.status.began == self.status.began
        )
