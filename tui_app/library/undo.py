"""`library.undo`: what the user did with marks, favourites and hidden categories, and the way back, step by step.

The one place where acts are remembered. Screens don't know what an act was made of.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from tui_app.library.threads import LibraryThreads
from tui_app.store.library_store import LibraryStore
from tui_app.store.marks import UserStore
from tui_app.store.move_record import moves_between
from tui_app.store.undoing import Reach, UserAct

MOST_STEPS: Final = 50
Answer = TypeVar("Answer")


class _Step(NamedTuple):
    """One act, and what it was in words: "hid 3 categories"."""

    words: str
    act: UserAct


class Undone(NamedTuple):
    """What was taken back, in words; whether categories were among it."""

    words: str
    is_of_categories: bool


@dataclass
class UndoHistory:
    """The last acts of one profile's user in this run of the app. It outlives the library: profiles are switched."""

    steps: deque[_Step] = field(default_factory=lambda: deque(maxlen=MOST_STEPS))
    lock: threading.Lock = field(default_factory=threading.Lock)


class LibraryUndo:
    """Does acts of one profile's user, remembers the last 50, and takes them back, the last one first."""

    def __init__(self, threads: LibraryThreads, history: UndoHistory) -> None:
        self._threads = threads
        self._profile = threads.profile
        self._history = history

    async def do(self, words: Callable[[Answer], str], reach: Reach, change: Callable[[UserStore], Answer]) -> Answer:
        """Do something that changes no more than what is in reach. What changed nothing is no step.

        `words` say what was done, from the answer of the change.
        It is remembered by the thread that does it: whoever asked may be gone before the answer comes.
        """

        def act(user: UserStore) -> Answer:
            with self._history.lock:
                answer, done = user.record(self._profile, reach, lambda: change(user))
                if not done.is_nothing:
                    self._history.steps.append(_Step(words(answer), done))
                return answer

        return await self._threads.ask_marks(act)

    async def undo(self) -> Undone | None:
        """Take the last act back; None when there is none."""

        def take_back(library: LibraryStore, user: UserStore) -> Undone | None:
            with self._history.lock:
                if not self._history.steps:
                    return None
                words, act = self._history.steps[-1]
                user.take_back(_with_ids_of_now(library, user, act))
                self._history.steps.pop()
            return Undone(words, any(":" in kind for kind in act.kinds))

        return await self._threads.ask_both(take_back)


def _with_ids_of_now(library: LibraryStore, user: UserStore, act: UserAct) -> UserAct:
    """The act as it would be today: marks have followed ids that a sync since found moved."""
    for kind in act.kinds:
        followed = user.followed(act.profile, kind)
        moved = moves_between(library.database, kind, act.followed.get(kind, 0), followed, act.ids(kind))
        act = act.moved(kind, moved, followed)
    return act
