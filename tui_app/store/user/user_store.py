"""`UserStore`: the user's marks, hidden categories, searches, seen changes and screen states.

Keyed by (profile, kind, provider id), apart from any library: marks survive renames, disappearance, return, and a
cleared cache. No sync touches this file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

from peewee import fn

from tui_app.catalog import LISTED_KINDS, Kind, Mark
from tui_app.store.database import Compiled, compiled, deleting, insert_query, inserting, key_fields_of
from tui_app.store.items.categories import category_kind
from tui_app.store.opening import open_user_file
from tui_app.store.user.favourites import FavouriteStore
from tui_app.store.user.mark_cache import MarkCache, UserRevision
from tui_app.store.user.profile_rows import forget_profile
from tui_app.store.user.reminders import ReminderStore
from tui_app.store.user.rescue import rescue
from tui_app.store.user.sharing import note_edits, read_shared, write_shared
from tui_app.store.user.undo import Reach, UserAct, record, take_back
from tui_app.store.user.watching import WatchingStore
from tui_app.store.user_models import MarkRow, RecentSearch, SavedFilter, SeenChanges, ViewState

if TYPE_CHECKING:  # msgspec costs a start 12 ms
    from tui_app.catalog.shared_marks import ProfileMarks

RECENT_SEARCHES: Final = 50
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class MarkedItem:
    """A marked item with its name at the time of marking, `at` (epoch seconds)."""

    id: str
    name: str
    at: int


class UserStore:
    """The user's file, one for all profiles. Each thread must `connect()` once."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. What can be read of a damaged one is recovered into a new one."""
        self._database = open_user_file(path)
        self.rescued = ""  # how many marks of a damaged file were taken over, as a sentence
        if self._database.set_aside is not None:
            self.rescued = rescue(self._database, self._database.set_aside).in_words
        self._cache = MarkCache(self._database)
        self.watching = WatchingStore(self._database, self._cache)
        self.favourites = FavouriteStore(self._database)
        self.reminders = ReminderStore(self._database, self._cache)

    @property
    def set_aside(self) -> Path | None:
        """The path of a damaged file that was moved aside while opening, else None."""
        return self._database.set_aside

    @property
    def unwritable(self) -> str:
        """Why nothing can be stored now, as the end of a sentence; "" when it can."""
        return self._database.unwritable

    def connect(self) -> None:
        """Open this thread's connection unless it is open."""
        self._database.ensure_connected()

    def close(self) -> None:
        self._database.close_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def one_look(self) -> AbstractContextManager[None]:
        """Check for changes by other processes only once, for all queries of this thread in the block."""
        return self._cache.one_look()

    def revision(self) -> UserRevision:
        """Return the revision; it differs when marks, positions or seen changes may have changed."""
        return self._cache.revision()

    # --------------------------------------------------------------------------------------------------- marks
    def set_mark(self, profile: str, kind: Kind, id: str, mark: Mark, name: str) -> None:
        """Mark an item. Marking it again only updates the name."""
        self._set(profile, kind.value, [(id, name)], mark)

    def clear_mark(self, profile: str, kind: Kind, id: str, mark: Mark) -> None:
        self._clear(profile, kind.value, [id], mark)

    def toggle_mark(self, profile: str, kind: Kind, id: str, mark: Mark, name: str) -> bool:
        """Mark an item, or clear its mark; return True when it is marked now."""
        with self._database.writing():
            if id in self.ids_with(profile, kind, mark):
                self._clear(profile, kind.value, [id], mark)
                return False
            self._set(profile, kind.value, [(id, name)], mark)
            return True

    def set_marks(self, profile: str, kind: Kind, items: Iterable[tuple[str, str]], mark: Mark, *, on: bool) -> None:
        """Mark items, given as (id, name), or clear their marks: all of them, or none on failure."""
        with self._database.writing():
            if on:
                self._set(profile, kind.value, items, mark)
            else:
                self._clear(profile, kind.value, [id for id, _name in items], mark)

    def ids_with(self, profile: str, kind: Kind, mark: Mark) -> frozenset[str]:
        return self._ids(profile, kind.value, mark)

    def marked(self, profile: str, kind: Kind, mark: Mark) -> tuple[MarkedItem, ...]:
        """Return the marked items, newest first, including those no longer in the library."""
        query = (
            MarkRow.select(MarkRow.id, MarkRow.name, MarkRow.at)
            .where(MarkRow.profile == profile, MarkRow.kind == kind.value, MarkRow.mark == mark.value)
            .order_by(MarkRow.at.desc(), MarkRow.name, MarkRow.id)
        )
        return tuple(MarkedItem(*row) for row in query.tuples().execute(self._database))

    def has_marks(self, profile: str) -> bool:
        """Return whether a profile has any marks."""
        return bool(MarkRow.select().where(MarkRow.profile == profile).exists(self._database))

    # --------------------------------------------------------------------------------------- acts taken back
    def record(self, profile: str, reach: Reach, change: Callable[[], Answer]) -> tuple[Answer, UserAct]:
        """Run a change that stays within reach, and return its answer and what it changed."""
        followed = {kind: self.followed(profile, kind) for kind in FOLLOWED_KINDS}
        return record(self._database, profile, reach, followed, change)

    def take_back(self, act: UserAct) -> None:
        """Undo an action, which must be the last one that is not undone."""
        take_back(self._database, act)

    # ------------------------------------------------------------------------------------------- ids that moved
    def ids_marked(self, profile: str, kind: str) -> tuple[str, ...]:
        """Return the ids with marks, positions or reminders; `kind` is of items or categories (`category_kind`)."""
        query = MarkRow.select(MarkRow.id).where(MarkRow.profile == profile, MarkRow.kind == kind)
        marked = (row[0] for row in query.tuples().execute(self._database))
        return tuple({*marked, *self.watching.ids(profile, kind), *self.reminders.ids(profile, kind)})

    def followed(self, profile: str, kind: str) -> int:
        """Return up to when (epoch seconds) the marks followed moved ids; 0 for never."""
        return int(self.get_view_state(profile, _followed(kind)) or 0)

    def move_marks(self, profile: str, kind: str, mapping: Mapping[str, str], at: int) -> int:
        """Move marks and positions from old to new ids, as found `at` (epoch seconds); return how many marks moved.

        Each `at` counts once. An existing mark of the new id stays as it is.
        """
        with self._database.writing():
            if at <= self.followed(profile, kind):
                return 0
            query = MarkRow.select().where(MarkRow.profile == profile, MarkRow.kind == kind)
            marks = [row for row in query.tuples().execute(self._database) if row[2] in mapping]
            # all leave before any arrives: a new id may be another one's old id
            leave = deleting(MarkRow, MarkRow.profile, MarkRow.kind, MarkRow.id)
            self._database.run_many(leave, [(profile, kind, old) for old in mapping])
            moved = [(owner, of, mapping[old], *rest) for owner, of, old, *rest in marks]
            self._database.run_many(inserting(MarkRow, on_conflict="ignore"), moved)
            note_edits(self._database, profile, MarkRow, [tuple(row[1:4]) for row in (*marks, *moved)])
            self.watching.move(profile, kind, mapping)
            self.favourites.move(profile, kind, mapping)
            self.reminders.move(profile, kind, mapping)
            self.save_view_state(profile, _followed(kind), str(at))
        return len(marks)

    # -------------------------------------------------------------------------------------- hidden categories
    def hide_categories(self, profile: str, kind: Kind, categories: Iterable[tuple[str, str]]) -> None:
        """Hide categories, given as (id, name)."""
        with self._database.writing():
            self._set(profile, category_kind(kind), categories, Mark.HIDDEN)

    def show_categories(self, profile: str, kind: Kind, ids: Iterable[str]) -> None:
        with self._database.writing():
            self._clear(profile, category_kind(kind), ids, Mark.HIDDEN)

    def hidden_categories(self, profile: str, kind: Kind) -> frozenset[str]:
        return self._ids(profile, category_kind(kind), Mark.HIDDEN)

    # --------------------------------------------------------------------------------------- recent searches
    def add_recent_search(self, profile: str, text: str) -> None:
        """Put a search first; the oldest beyond 50 are deleted."""
        text = text.strip()
        if not text:
            return
        with self._cache.aside():
            # a counter, not a clock: two searches of one second keep their order
            newest = RecentSearch.select(fn.MAX(RecentSearch.at)).where(RecentSearch.profile == profile)
            last = newest.scalar(self._database) or 0
            RecentSearch.insert(profile=profile, text=text, at=last + 1).on_conflict_replace().execute(self._database)
            kept = RecentSearch.select(RecentSearch.text).where(RecentSearch.profile == profile)
            kept = kept.order_by(RecentSearch.at.desc()).limit(RECENT_SEARCHES)
            forgotten = RecentSearch.delete().where(RecentSearch.profile == profile, RecentSearch.text.not_in(kept))
            forgotten.execute(self._database)

    def recent_searches(self, profile: str) -> tuple[str, ...]:
        """Return the last searches, newest first."""
        query = RecentSearch.select(RecentSearch.text).where(RecentSearch.profile == profile)
        rows = query.order_by(RecentSearch.at.desc()).tuples().execute(self._database)
        return tuple(row[0] for row in rows)

    # -------------------------------------------------------------------------------------------- view states
    def save_view_state(self, profile: str, name: str, value: str) -> None:
        """Store the state of a screen, as JSON text."""
        with self._cache.aside():
            ViewState.insert(profile=profile, name=name, value=value).on_conflict_replace().execute(self._database)

    def get_view_state(self, profile: str, name: str) -> str | None:
        query = ViewState.select(ViewState.value).where(ViewState.profile == profile, ViewState.name == name)
        value = query.scalar(self._database)
        return None if value is None else str(value)

    # ------------------------------------------------------------------------------------------- saved filters
    def save_filter(self, profile: str, kind: Kind, name: str, value: str) -> None:
        """Store filters of a kind's list, as JSON text, under a name, replacing those of the same name."""
        insert = SavedFilter.insert(profile=profile, kind=kind.value, name=name, value=value).on_conflict_replace()
        with self._cache.aside():
            insert.execute(self._database)

    def saved_filters(self, profile: str, kind: Kind) -> tuple[tuple[str, str], ...]:
        """Return (name, value) of each, by name."""
        query = (
            SavedFilter.select(SavedFilter.name, SavedFilter.value)
            .where(SavedFilter.profile == profile, SavedFilter.kind == kind.value)
            .order_by(SavedFilter.name.collate("NOCASE"), SavedFilter.name)
        )
        return tuple((str(name), str(value)) for name, value in query.tuples().execute(self._database))

    def forget_filter(self, profile: str, kind: Kind, name: str) -> None:
        with self._cache.aside():
            SavedFilter.delete().where(
                SavedFilter.profile == profile, SavedFilter.kind == kind.value, SavedFilter.name == name
            ).execute(self._database)

    # ------------------------------------------------------------------------------------------ other machines
    def shared_marks(self, profile: str) -> ProfileMarks:
        """Return marks, folders and history with the times at which they were set or removed."""
        return read_shared(self._database, profile)

    def merge_shared(self, profile: str, theirs: ProfileMarks) -> int:
        """Take over what is newer on another machine; return how many entries that were."""
        with self._database.writing():
            changed = write_shared(self._database, profile, theirs)
            self.watching.forget_oldest(profile)
            return changed

    # -------------------------------------------------------------------------------------------- seen changes
    def save_seen_changes(self, profile: str, at: int) -> None:
        """Store up to when (epoch seconds) the user has seen the changes of a profile."""
        with self._database.writing():
            SeenChanges.insert(profile=profile, at=at).on_conflict_replace().execute(self._database)

    def get_seen_changes(self, profile: str) -> int | None:
        """Return up to when the user has seen the changes; None for never."""

        def read() -> int | None:
            value = SeenChanges.select(SeenChanges.at).where(SeenChanges.profile == profile).scalar(self._database)
            return None if value is None else int(value)

        return self._cache.remember(("seen changes", profile), read)

    # ----------------------------------------------------------------------------------------------- profiles
    def remove_profile(self, profile: str) -> None:
        """Delete everything of a profile."""
        forget_profile(self._database, profile)

    # ------------------------------------------------------------------------------------------------- pieces
    def _set(self, profile: str, kind: str, items: Iterable[tuple[str, str]], mark: Mark) -> None:
        now = int(time.time())
        with self._database.writing():
            rows = [(profile, kind, id, mark.value, name, now) for id, name in items]
            self._database.run_many(_marking(), rows)
            note_edits(self._database, profile, MarkRow, [row[1:4] for row in rows])

    def _clear(self, profile: str, kind: str, ids: Iterable[str], mark: Mark) -> None:
        keys = [(kind, id) for id in ids]
        with self._database.writing():
            self._database.run_many(deleting(MarkRow), [(profile, *key, mark.value) for key in keys])
            note_edits(self._database, profile, MarkRow, [(*key, mark.value) for key in keys])
            if mark is Mark.FAVOURITE:
                self.favourites.forget_places(profile, keys)

    def _ids(self, profile: str, kind: str, mark: Mark) -> frozenset[str]:
        def read() -> frozenset[str]:
            wanted = (MarkRow.profile == profile, MarkRow.kind == kind, MarkRow.mark == mark.value)
            query = MarkRow.select(MarkRow.id).where(*wanted)
            return frozenset(row[0] for row in query.tuples().execute(self._database))

        return self._cache.remember(("ids", profile, kind, mark), read)


#: What ids are known to move of: items, and the categories of those that are listed.
FOLLOWED_KINDS: Final[tuple[str, ...]] = (*Kind, *map(category_kind, LISTED_KINDS))


def _followed(kind: str) -> str:
    return f"moved_ids:{kind}"


@cache
def _marking() -> Compiled:
    """Return the statement that marks an item; marking it again only updates the name."""
    return compiled(insert_query(MarkRow).on_conflict(conflict_target=key_fields_of(MarkRow), preserve=(MarkRow.name,)))
