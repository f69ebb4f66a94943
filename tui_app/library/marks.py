"""`library.marks`: what the user marked, and the categories the user hid. Every change can be undone."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from tui_app.catalog import LISTED_KINDS, Category, ItemRef, Kind, Mark
from tui_app.library.threads import LibraryThreads
from tui_app.store.id_remap.record import moves_between
from tui_app.store.items.categories import category_kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.undo import Reach, UserAct
from tui_app.store.user.user_store import UserStore

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


#: (mark, whether it was put on) → what was done, around the name of the title or their number.
_WORDS: Final = {
    (Mark.FAVOURITE, True): ("added ", " to the favourites"),
    (Mark.FAVOURITE, False): ("took ", " out of the favourites"),
    (Mark.WATCHED, True): ("marked ", " as watched"),
    (Mark.WATCHED, False): ("marked ", " as not watched"),
    (Mark.HIDDEN, True): ("hid ", ""),
    (Mark.HIDDEN, False): ("showed ", ""),
}


class LibraryMarks:
    """Marks of one profile. They follow ids that a panel changed."""

    def __init__(self, threads: LibraryThreads, undo: LibraryUndo) -> None:
        self._threads = threads
        self._undo = undo
        self._profile = threads.profile

    async def ids(self, kind: Kind, mark: Mark) -> frozenset[str]:
        """The ids the user put a mark on."""
        return await self._threads.ask_marks(lambda user: user.ids_with(self._profile, kind, mark))

    async def toggle(self, refs: Sequence[ItemRef], mark: Mark) -> bool:
        """Put a mark on all titles, or take it off when all have it; True when they have it now. One step of undo."""
        return await self._mark(refs, mark, None)

    async def put(self, refs: Sequence[ItemRef], mark: Mark, *, on: bool) -> None:
        """Put a mark on titles of any kinds, or take it off. One step of undo."""
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
        return await self._undo.do(lambda on: _act_words(mark, names, "title", on=on), reach, change)

    def _lacks(self, user: UserStore, by_kind: dict[Kind, list[tuple[str, str]]], mark: Mark) -> bool:
        """Whether any of these titles has not got the mark."""
        return any(
            not user.ids_with(self._profile, kind, mark).issuperset(id for id, _name in items)
            for kind, items in by_kind.items()
        )

    # ------------------------------------------------------------------------------------ hidden categories
    async def hidden_categories(self, kind: Kind) -> frozenset[str]:
        """The ids of the categories the user hid."""
        return await self._threads.ask_marks(lambda user: user.hidden_categories(self._profile, kind))

    async def all_hidden_categories(self) -> dict[Kind, frozenset[str]]:
        """The same of each kind that has categories."""
        return {kind: await self.hidden_categories(kind) for kind in LISTED_KINDS}

    async def hide_categories(self, kind: Kind, categories: Sequence[Category], *, hide: bool) -> None:
        """Hide categories of a kind, or show them again. One step of undo."""
        ids = [category.id for category in categories]

        def change(user: UserStore) -> None:
            if hide:
                user.hide_categories(self._profile, kind, [(category.id, category.name) for category in categories])
            else:
                user.show_categories(self._profile, kind, ids)

        words = _act_words(Mark.HIDDEN, [category.name for category in categories], "category", on=hide)
        await self._undo.do(lambda _: words, Reach(Mark.HIDDEN, {category_kind(kind): ids}), change)


def _act_words(mark: Mark, names: Sequence[str], noun: str, *, on: bool) -> str:
    """What was done: "added “Heat” to the favourites", "hid 3 categories"."""
    before, behind = _WORDS[mark, on]
    return f"{before}{names_words(names, noun)}{behind}"


def names_words(names: Sequence[str], noun: str) -> str:
    """One name in quotes, several as their number."""
    if len(names) == 1:
        return f"“{names[0]}”"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{len(names):,} {plural}"
