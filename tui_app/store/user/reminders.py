"""`ReminderStore`: programmes the user wants to be reminded of, in the user's file, keyed by channel and start."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from peewee import Expression

from tui_app.catalog import ItemRef, Kind, Programme
from tui_app.catalog import Reminder as FoundReminder
from tui_app.store.database import LibraryDatabase, deleting, inserting
from tui_app.store.user.mark_cache import MarkCache
from tui_app.store.user_models import Reminder

_COLUMNS: Final = (
    *(Reminder.profile, Reminder.id, Reminder.name),
    *(Reminder.start, Reminder.stop, Reminder.title, Reminder.told),
)


def _of(profile: str, kind: str) -> Expression:
    return (Reminder.profile == profile) & (Reminder.kind == kind)


class ReminderStore:
    """The reminders in the user's file; part of `UserStore`."""

    def __init__(self, database: LibraryDatabase, cache: MarkCache) -> None:
        self._database = database
        self._cache = cache

    def toggle(self, profile: str, channel: ItemRef, programme: Programme) -> bool:
        """Set the reminder of a programme, or clear it; return True when it is set now."""
        with self._database.writing():
            if self.clear(profile, channel.id, programme.start):
                return False
            now = int(time.time())
            Reminder.delete().where(Reminder.profile == profile, Reminder.stop <= now).execute(self._database)
            values = (profile, Kind.CHANNEL.value, channel.id, programme.start, programme.stop)
            self._database.run_many(inserting(Reminder), [(*values, programme.title, channel.name, 0, now)])
            return True

    def clear(self, profile: str, channel_id: str, start: int) -> bool:
        """Delete a reminder; return False when there was none."""
        with self._database.writing():
            one = _of(profile, Kind.CHANNEL.value) & (Reminder.id == channel_id) & (Reminder.start == start)
            return bool(Reminder.delete().where(one).execute(self._database))

    def set_told(self, reminder: FoundReminder) -> None:
        """Record that the notice was given."""
        with self._cache.aside():
            one = _of(reminder.profile, Kind.CHANNEL.value) & (Reminder.id == reminder.channel.id)
            told = Reminder.update(told=1).where(one, Reminder.start == reminder.start)
            told.execute(self._database)

    def coming(self, now: int, profile: str | None = None) -> tuple[FoundReminder, ...]:
        """Return the reminders of programmes that are not over, the soonest first, of one profile or of all."""
        wanted: list[Any] = [Reminder.stop > now, *([Reminder.profile == profile] if profile is not None else [])]
        query = Reminder.select(*_COLUMNS).where(*wanted).order_by(Reminder.start, Reminder.name)
        rows = query.tuples().execute(self._database)
        return tuple(
            FoundReminder(profile, ItemRef(Kind.CHANNEL, id, name), start, stop, title, bool(told))
            for profile, id, name, start, stop, title, told in rows
        )

    # ---------------------------------------------------------------------------------------- ids that moved
    def ids(self, profile: str, kind: str) -> tuple[str, ...]:
        """Return the ids of a kind that have reminders."""
        query = Reminder.select(Reminder.id).where(_of(profile, kind)).distinct()
        return tuple(row[0] for row in query.tuples().execute(self._database))

    def move(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        """Move reminders from old to new ids. An existing one of a new id stays as it is."""
        rows = list(Reminder.select().where(_of(profile, kind)).tuples().execute(self._database))
        leave = deleting(Reminder, Reminder.profile, Reminder.kind, Reminder.id)
        self._database.run_many(leave, [(profile, kind, old) for old in mapping])  # all leave before any arrives
        moved = [(profile, kind, mapping[old], *rest) for _, _, old, *rest in rows if old in mapping]
        self._database.run_many(inserting(Reminder, on_conflict="ignore"), moved)
