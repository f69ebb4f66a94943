"""`library.marks`, `.reminders` and `.undo`: marks, hidden categories and reminders. Every change can be undone."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from tui_app.catalog import LISTED_KINDS, Category, ItemRef, Kind, Mark, Programme, Reminder
from tui_app.library.threads import LibraryThreads
from tui_app.store.id_remap.moved_ids import moves_between
from tui_app.store.items.categories import category_kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.undo import Reach, UserAct
from tui_app.store.user.user_store import UserStore

MOST_STEPS: Final = 50
Answer = TypeVar("Answer")


class _Step(NamedTuple):
    """One action and the words for undoing it. What it changed outside the user's file is taken back by a call."""

    words: str
    act: UserAct | Callable[[], object]


class Undone(NamedTuple):
    """What was undone, in words, and whether it concerned categories, or the settings."""

    words: str
    is_of_categories: bool
    is_of_settings: bool = False


@dataclass
class UndoHistory:
    """The last actions of one profile's user in this run; kept when the profile is switched."""

    steps: deque[_Step] = field(default_factory=lambda: deque(maxlen=MOST_STEPS))
    lock: threading.Lock = field(default_factory=threading.Lock)


class LibraryUndo:
    """Runs actions of one profile's user, remembers the last 50, and undoes them in reverse order."""

    def __init__(self, threads: LibraryThreads, history: UndoHistory) -> None:
        self._threads = threads
        self._profile = threads.profile
        self._history = history

    async def do(self, words: Callable[[Answer], str], reach: Reach, change: Callable[[UserStore], Answer]) -> Answer:
        """Run an action that changes nothing outside `reach`; one without effect is not recorded.

        `words` describes the state after undoing it, from the result of the action. The recording happens in the thread
        that runs the action, because the caller may be gone before the answer arrives.
        """

        def act(user: UserStore) -> Answer:
            with self._history.lock:
                answer, done = user.record(self._profile, reach, lambda: change(user))
                if not done.is_nothing:
                    self._history.steps.append(_Step(words(answer), done))
                return answer

        return await self._threads.ask_marks(act)

    def add(self, words: str, take_back: Callable[[], object]) -> None:
        """Remember an action that changed settings; `take_back` is called in a thread."""
        with self._history.lock:
            self._history.steps.append(_Step(words, take_back))

    async def undo(self) -> Undone | None:
        """Undo the last action; None when there is none."""

        def take_back(library: LibraryStore, user: UserStore) -> Undone | None:
            with self._history.lock:
                if not self._history.steps:
                    return None
                words, act = self._history.steps[-1]
                if not isinstance(act, UserAct):
                    act()
                    self._history.steps.pop()
                    return Undone(words, is_of_categories=False, is_of_settings=True)
                user.take_back(_with_ids_of_now(library, user, act))
                self._history.steps.pop()
            return Undone(words, any(":" in kind for kind in act.kinds))

        return await self._threads.ask_both(take_back)


def _with_ids_of_now(library: LibraryStore, user: UserStore, act: UserAct) -> UserAct:
    """Return the action with the current ids, where a sync found that the panel changed them."""
    for kind in act.kinds:
        followed = user.followed(act.profile, kind)
        moved = moves_between(library.database, kind, act.followed.get(kind, 0), followed, act.ids(kind))
        act = act.moved(kind, moved, followed)
    return act


#: (mark, whether it was set) → what is true again after undoing it.
_UNDONE: Final = {
    (Mark.FAVOURITE, True): "no longer in the favourites",
    (Mark.FAVOURITE, False): "in the favourites again",
    (Mark.WATCHED, True): "no longer marked as watched",
    (Mark.WATCHED, False): "marked as watched again",
    (Mark.HIDDEN, True): "visible again",
    (Mark.HIDDEN, False): "hidden again",
    (Mark.SPLIT, True): "grouped with its versions again",
    (Mark.SPLIT, False): "split from its versions again",
}


class LibraryMarks:
    """The marks of one profile. They follow ids that a panel changed."""

    def __init__(self, threads: LibraryThreads, undo: LibraryUndo) -> None:
        self._threads = threads
        self._undo = undo
        self._profile = threads.profile

    async def ids(self, kind: Kind, mark: Mark) -> frozenset[str]:
        """Return the ids of a kind that have a mark."""
        return await self._threads.ask_marks(lambda user: user.ids_with(self._profile, kind, mark))

    async def toggle(self, refs: Sequence[ItemRef], mark: Mark) -> bool:
        """Set a mark on all titles, or clear it when all have it; True when set. One undo step."""
        return await self._mark(refs, mark, None)

    async def put(self, refs: Sequence[ItemRef], mark: Mark, *, on: bool) -> None:
        """Set or clear a mark on titles of any kind. One undo step."""
        await self._mark(refs, mark, on)

    async def _mark(self, refs: Sequence[ItemRef], mark: Mark, wanted: bool | None) -> bool:
        by_kind: dict[Kind, list[tuple[str, str]]] = {}
        for ref in refs:
            by_kind.setdefault(ref.kind, []).append((ref.id, ref.name))

        def change(user: UserStore) -> bool:
            on = self._lacks(user, by_kind, mark) if wanted is None else wanted
            for kind, items in by_kind.items():
                user.set_marks(self._profile, kind, items, mark, on=on)
            return on

        names = [ref.name for ref in refs]
        reach = Reach(mark, {kind.value: [id for id, _name in items] for kind, items in by_kind.items()})
        return await self._undo.do(lambda on: _undone_words(mark, names, "title", on=on), reach, change)

    def _lacks(self, user: UserStore, by_kind: dict[Kind, list[tuple[str, str]]], mark: Mark) -> bool:
        """Return True when at least one of these titles lacks the mark."""
        return any(
            not user.ids_with(self._profile, kind, mark).issuperset(id for id, _name in items)
            for kind, items in by_kind.items()
        )

    # ------------------------------------------------------------------------------------ hidden categories
    async def hidden_categories(self, kind: Kind) -> frozenset[str]:
        """Return the ids of the hidden categories of a kind."""
        return await self._threads.ask_marks(lambda user: user.hidden_categories(self._profile, kind))

    async def all_hidden_categories(self) -> dict[Kind, frozenset[str]]:
        """Return the ids of the hidden categories, by kind."""
        return await self._threads.ask_marks(
            lambda user: {kind: user.hidden_categories(self._profile, kind) for kind in LISTED_KINDS}
        )

    async def hide_categories(self, kind: Kind, categories: Sequence[Category], *, hide: bool) -> None:
        """Hide categories of a kind, or show them again. One undo step."""
        ids = [category.id for category in categories]

        def change(user: UserStore) -> None:
            if hide:
                user.hide_categories(self._profile, kind, [(category.id, category.name) for category in categories])
            else:
                user.show_categories(self._profile, kind, ids)

        words = _undone_words(Mark.HIDDEN, [category.name for category in categories], "category", on=hide)
        await self._undo.do(lambda _: words, Reach(Mark.HIDDEN, {category_kind(kind): ids}), change)


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


def _undone_words(mark: Mark, names: Sequence[str], noun: str, *, on: bool) -> str:
    """Describe the state after undoing a mark: "“Heat” is visible again", "3 titles are in the favourites again"."""
    return f"{names_words(names, noun)} {_UNDONE[mark, on]}"


def names_words(names: Sequence[str], noun: str) -> str:
    """Return one name in quotes, or the number of several, with the verb: "“Heat” is", "3 titles are"."""
    if len(names) == 1:
        return f"“{names[0]}” is"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{len(names):,} {plural} are"
