"""`library.home`: what the Home screen shows, read at once from the local copy."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from tui_app.catalog import Continuing, Item, Kind, NowNext, Query
from tui_app.library.favourites import FolderCount, found_favourites
from tui_app.library.finding import KindMarks
from tui_app.library.threads import LibraryThreads
from tui_app.library.ui_state import LibraryChanges
from tui_app.library.watching import LibraryWatching
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

_MOST_TO_CONTINUE: Final = 8
_MOST_CHANNELS: Final = 8
_MOST_NEW: Final = 3  # titles shown of each kind
_MOST_RECENT: Final = {Kind.MOVIE: 6, Kind.SERIES: 4}
#: The last played titles tell which categories are watched.
_LAST_PLAYED: Final = 50
_WATCHED_CATEGORIES: Final = 3
#: Up to so many new titles the hidden ones among them are left out of the count.
_COUNTED_EXACTLY: Final = 500


@dataclass(frozen=True, slots=True)
class NewItems:
    """The items of one kind added since the user last looked: how many, and the newest of them."""

    kind: Kind
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class HomeLists:
    """The parts of Home; empty ones are not shown. `channels` are favourites with their programmes."""

    continuing: tuple[Continuing, ...] = ()
    new: tuple[NewItems, ...] = ()
    channels: tuple[tuple[Item, NowNext], ...] = ()
    recent: tuple[Item, ...] = ()
    is_recent_watched: bool = False  # `recent` is of the categories the user watches, else of all
    folders: tuple[FolderCount, ...] = ()
    has_played: bool = False
    has_favourites: bool = False
    marks: Mapping[Kind, KindMarks] = field(default_factory=dict)


class LibraryHome:
    """Reads Home for one profile."""

    def __init__(self, threads: LibraryThreads, watching: LibraryWatching, changes: LibraryChanges) -> None:
        self._threads = threads
        self._watching = watching
        self._changes = changes
        self._profile = threads.profile

    async def read(self) -> HomeLists:
        """Read everything in one thread; without the user's file only what was added recently."""
        return await self._threads.ask_beside_user(self._read)

    def _read(self, store: LibraryStore, user: UserStore | None) -> HomeLists:
        if user is None:
            return HomeLists(recent=tuple(_newest(store, {}, {})))
        hidden = {kind: user.hidden_categories(self._profile, kind) for kind in (*_MOST_RECENT, Kind.CHANNEL)}
        watched = self._watched_categories(store, user, hidden)
        recent = tuple(_newest(store, watched, hidden))
        marks = {kind: self._watching.marks_of(store, user, kind) for kind in Kind}
        return HomeLists(
            continuing=self._watching.continuing(store, user, _MOST_TO_CONTINUE),
            new=tuple(self._new(store, user, hidden)),
            channels=self._channels(store, user),
            recent=recent or tuple(_newest(store, {}, hidden)),
            is_recent_watched=bool(recent and watched),
            folders=self._folders(user),
            has_played=user.watching.count(self._profile) > 0,
            has_favourites=any(one.favourites for one in marks.values()),
            marks=marks,
        )

    def _new(self, store: LibraryStore, user: UserStore, hidden: Mapping[Kind, frozenset[str]]) -> Iterator[NewItems]:
        """Yield the kinds with unseen additions, without what is in hidden categories only."""
        first_run = self._changes.new_from(store, user)
        for kind, ids in store.added_since(first_run).items() if first_run is not None else ():
            query = Query(kind, only_ids=tuple(ids[:_COUNTED_EXACTLY]), excluded_categories=tuple(sorted(hidden[kind])))
            page = store.page(query, limit=_MOST_NEW)
            if page.total:
                yield NewItems(kind, len(ids) if len(ids) > _COUNTED_EXACTLY else page.total, page.items)

    def _channels(self, store: LibraryStore, user: UserStore) -> tuple[tuple[Item, NowNext], ...]:
        entries = user.favourites.entries(self._profile, kind=Kind.CHANNEL)[:_MOST_CHANNELS]
        items = [found.item for found in found_favourites(store, entries) if found.item is not None]
        guide = store.guide.get_now_next([item.id for item in items], int(time.time()))
        return tuple((item, guide.get(item.id, NowNext())) for item in items)

    def _folders(self, user: UserStore) -> tuple[FolderCount, ...]:
        counts = user.favourites.counts(self._profile)
        names = user.favourites.folders(self._profile)
        return tuple(FolderCount(name, counts[name]) for name in names if counts.get(name))

    def _watched_categories(
        self, store: LibraryStore, user: UserStore, hidden: Mapping[Kind, frozenset[str]]
    ) -> dict[Kind, tuple[str, ...]]:
        """Return the categories of the last played titles by kind, the most frequent first."""
        played = user.watching.history(self._profile, limit=_LAST_PLAYED)
        ids = {
            Kind.MOVIE: [one.ref.id for one in played if one.ref.kind is Kind.MOVIE],
            Kind.SERIES: [one.ref.series_id for one in played if one.ref.series_id is not None],
        }
        found: dict[Kind, tuple[str, ...]] = {}
        for kind, of_kind in ids.items():
            categories = chain.from_iterable(store.categories_of(kind, of_kind).values())
            count = Counter(one.id for one in categories if one.id not in hidden[kind])
            found[kind] = tuple(id for id, _ in count.most_common(_WATCHED_CATEGORIES))
        return {kind: categories for kind, categories in found.items() if categories}


def _newest(
    store: LibraryStore, categories: Mapping[Kind, tuple[str, ...]], hidden: Mapping[Kind, frozenset[str]]
) -> list[Item]:
    """Return the items added last, newest first: of these categories, or of all when there are none."""
    found: dict[tuple[Kind, str], Item] = {}
    for kind, most in _MOST_RECENT.items():
        if categories and kind not in categories:
            continue
        excluded = tuple(sorted(hidden.get(kind, ())))
        of_kind: dict[str, Item] = {}
        for category in categories.get(kind, (None,)):
            query = Query(kind, category=category, excluded_categories=excluded, sort="added", descending=True)
            of_kind |= {item.id: item for item in store.page(query, limit=most).items if item.added}
        newest = sorted(of_kind.values(), key=lambda item: item.added or 0, reverse=True)[:most]
        found |= {(kind, item.id): item for item in newest}
    return sorted(found.values(), key=lambda item: item.added or 0, reverse=True)
