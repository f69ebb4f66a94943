"""Messages that more than one room needs: what a sync says, and that the library or the connection changed.

Each carries the profile it speaks of, because several may sync at once and only one is on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from tui_app.events import PartFinished, SyncFinished, SyncProgress, SyncStarted


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
    """A part of a profile's library ("channels", "movies", "series", "categories") may read differently now."""

    profile: str
    part: str


@dataclass
class ConnectionChanged(Message):
    """The provider was reached, or could not be."""

    online: bool
