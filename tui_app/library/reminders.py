"""`library.reminders`: programmes the user wants to be reminded of. Setting and clearing them can be undone."""

from __future__ import annotations

import time

from tui_app.catalog import ItemRef, Programme, Reminder
from tui_app.library.marks import LibraryUndo
from tui_app.library.threads import LibraryThreads
from tui_app.store.user.undo import Reach


class LibraryReminders:
    """The reminders of one profile. They follow ids that a panel changed."""

    def __init__(self, threads: LibraryThreads, undo: LibraryUndo) -> None:
        self._threads = threads
        self._undo = undo
        self._profile = threads.profile

    async def coming(self) -> tuple[Reminder, ...]:
        """Return the reminders of programmes that are not over, the soonest first."""
        now = int(time.time())
        return await self._threads.ask_marks(lambda user: user.reminders.coming(now, self._profile))

    async def coming_of_all(self) -> tuple[Reminder, ...]:
        """Return those of all profiles."""
        now = int(time.time())
        return await self._threads.ask_marks(lambda user: user.reminders.coming(now))

    async def toggle(self, channel: ItemRef, programme: Programme) -> bool:
        """Set the reminder of a programme, or clear it; True when it is set now. One undo step."""
        return await self._undo.do(
            lambda is_set: f"The reminder of “{programme.title}” is {'cleared again' if is_set else 'set again'}",
            Reach(reminders=True),
            lambda user: user.reminders.toggle(self._profile, channel, programme),
        )

    async def clear(self, reminder: Reminder) -> None:
        """Clear a reminder. One undo step."""
        await self._undo.do(
            lambda _: f"The reminder of “{reminder.title}” is set again",
            Reach(reminders=True),
            lambda user: user.reminders.clear(self._profile, reminder.channel.id, reminder.start),
        )

    async def set_told(self, reminder: Reminder) -> None:
        """Record that the notice of a reminder, of any profile, was given."""
        await self._threads.ask_user(lambda user: user.reminders.set_told(reminder))
