"""`library.watching`: playback history, resume positions, and the next episode to play.

It plays nothing: the player reports positions and ends, and asks where to start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from tui_app.catalog import Continuing, ItemRef, Kind, Mark, Played
from tui_app.library.finding import KindMarks
from tui_app.library.marks import LibraryUndo, names_words
from tui_app.library.threads import LibraryThreads
from tui_app.playback.playable import resume_point
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.episodes import episode_after, episode_before, episode_refs, gone_ids
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.undo import Reach
from tui_app.store.user.user_store import UserStore
from tui_app.store.user.watching import MOST_PLAYED, can_end

#: The most recently played titles considered for "Continue watching".
_MOST_CANDIDATES: Final = 100


class LibraryWatching:
    """Positions, history and next episodes of one profile, in seconds. They follow ids that a panel changed.

    It implements `playback.PositionSink`.
    """

    def __init__(self, threads: LibraryThreads, undo: LibraryUndo) -> None:
        self._threads = threads
        self._undo = undo
        self._profile = threads.profile

    # -------------------------------------------------------------------------------------- reports of players
    async def save_position(self, ref: ItemRef, position_s: float | None, duration_s: float | None) -> None:
        """Save how far a title was played. Without a position (a channel) save only that it was played."""
        position = None if position_s is None else int(position_s)
        duration = None if duration_s is None else int(duration_s)

        def note(library: LibraryStore, user: UserStore) -> None:
            user.watching.note_position(self._profile, _as_stored(library.database, ref), position, duration)

        await self._threads.ask_both(note)

    async def save_finished(self, ref: ItemRef) -> None:
        """Save that a title was played to its end: it gets the watched mark and no resume position."""

        def finish(library: LibraryStore, user: UserStore) -> None:
            now = _as_stored(library.database, ref)
            user.watching.finish(self._profile, now)
            if can_end(now.kind):
                user.set_mark(self._profile, now.kind, now.id, Mark.WATCHED, now.name)

        await self._threads.ask_both(finish)

    # ---------------------------------------------------------------------------------------- where to start
    async def position_of(self, kind: Kind, item_id: str) -> int | None:
        """Return the resume position of a movie or an episode; None near its beginning or end."""
        played = await self.played(kind, item_id)
        return None if played is None else resumable(played)

    async def played(self, kind: Kind, item_id: str) -> Played | None:
        """Return the history entry of a title; None when it was never played."""
        return await self._threads.ask_marks(lambda user: user.watching.get_if_played(self._profile, kind, item_id))

    async def next_episode(self, series_id: str, season: int, episode: int) -> ItemRef | None:
        """Return the stored episode after this one, specials last; None after the last one."""
        return await self._threads.ask(
            lambda library: episode_after(episode_refs(library.database, series_id), season, episode)
        )

    async def previous_episode(self, series_id: str, season: int, episode: int) -> ItemRef | None:
        """Return the stored episode before this one; None before the first one."""
        return await self._threads.ask(
            lambda library: episode_before(episode_refs(library.database, series_id), season, episode)
        )

    async def episode_now(self, ref: ItemRef) -> ItemRef | None:
        """Return an episode with its current id; None when the stored series lacks it.

        An episode without a series is returned unchanged.
        """
        return await self._threads.ask(lambda library: _episode_now(library.database, ref))

    async def next_unwatched(self, series_id: str) -> ItemRef | None:
        """Return the episode to play next: the one being watched, else the next unwatched one.

        The search starts after the last played episode, then at the beginning, specials last. None when all are
        watched or none is stored.
        """
        return await self._threads.ask_both(
            lambda library, user: _next_unwatched(
                library.database,
                series_id,
                user.watching.last_of_series(self._profile, series_id),
                user.ids_with(self._profile, Kind.EPISODE, Mark.WATCHED),
            )
        )

    # -------------------------------------------------------------------------------------------- watched titles
    async def watched(self, kind: Kind) -> frozenset[str]:
        """Return the watched ids of a kind; a series is watched when every stored episode is."""
        return await self._threads.ask_both(lambda library, user: self._watched(library, user, kind))

    async def marks(self, kinds: Iterable[Kind]) -> dict[Kind, KindMarks]:
        """Return the marks of several kinds, read at once."""
        return await self._threads.ask_both(
            lambda library, user: {kind: self.marks_of(library, user, kind) for kind in kinds}
        )

    def marks_of(self, library: LibraryStore, user: UserStore, kind: Kind) -> KindMarks:
        """Return the marks of one kind, in a worker thread."""
        favourites = user.ids_with(self._profile, kind, Mark.FAVOURITE)
        return KindMarks(favourites, self._watched(library, user, kind))

    def _watched(self, library: LibraryStore, user: UserStore, kind: Kind) -> frozenset[str]:
        if kind is not Kind.SERIES:
            return user.ids_with(self._profile, kind, Mark.WATCHED)
        return library.watched_series(user.ids_with(self._profile, Kind.EPISODE, Mark.WATCHED))

    async def to_mark(self, refs: Sequence[ItemRef]) -> tuple[ItemRef, ...]:
        """Return the titles that get the watched mark: of a series its stored episodes."""

        def answer(library: LibraryStore) -> tuple[ItemRef, ...]:
            found: list[ItemRef] = []
            for ref in refs:
                if ref.kind is Kind.SERIES:
                    found += episode_refs(library.database, ref.id)
                elif can_end(ref.kind):
                    found.append(ref)
            return tuple(found)

        return await self._threads.ask(answer)

    # ----------------------------------------------------------------------------------------------- lists
    async def continue_watching(self, limit: int = 20) -> tuple[Continuing, ...]:
        """Return movies with a resume position and the next episode of each series, last played first."""

        return await self._threads.ask_both(lambda library, user: self.continuing(library, user, limit))

    def continuing(self, library: LibraryStore, user: UserStore, limit: int) -> tuple[Continuing, ...]:
        """Return the same, in a worker thread."""
        watched = user.ids_with(self._profile, Kind.EPISODE, Mark.WATCHED)
        candidates = user.watching.last_of_each(self._profile)[:_MOST_CANDIDATES]
        found = list(islice(filter(None, (_continuing(library.database, one, watched) for one in candidates)), limit))
        gone = _gone(library.database, [one.ref for one in found])
        return tuple(replace(one, is_gone=_listed(one.ref) in gone) for one in found)

    async def history(self, limit: int = MOST_PLAYED, offset: int = 0) -> tuple[Played, ...]:
        """Return what was played, newest first, including titles the library no longer has."""

        def answer(library: LibraryStore, user: UserStore) -> tuple[Played, ...]:
            found = user.watching.history(self._profile, limit=limit, offset=offset)
            gone = _gone(library.database, [one.ref for one in found])
            return tuple(replace(one, is_gone=_listed(one.ref) in gone) for one in found)

        return await self._threads.ask_both(answer)

    async def forget(self, refs: Sequence[ItemRef]) -> int:
        """Remove titles from the history, of a series all episodes; return the number of rows. Marks stay.

        One undo step.
        """

        def change(user: UserStore) -> int:
            return sum(user.watching.forget(self._profile, ref.kind, ref.id) for ref in refs)

        names = [ref.name for ref in refs]
        words = f"{names_words(names, 'title')} back in the history"
        return await self._undo.do(lambda _: words, Reach(played=True), change)

    async def forget_all(self) -> int:
        """Clear the history; return the number of rows. Marks stay. One undo step."""
        return await self._undo.do(
            lambda count: f"The history with {count:,} titles is restored",
            Reach(played=True),
            lambda user: user.watching.forget_all(self._profile),
        )


def resumable(played: Played) -> int | None:
    """Return the resume position; None when it is too near to the beginning or the end."""
    if not can_end(played.ref.kind):
        return None
    point = resume_point(played.position_s, played.duration_s)
    return None if point is None else int(point)


def _episode_now(library: LibraryDatabase, ref: ItemRef) -> ItemRef | None:
    if ref.series_id is None:
        return ref
    episodes = episode_refs(library, ref.series_id)
    same_id = (one for one in episodes if one.id == ref.id)
    same_place = (one for one in episodes if (one.season, one.episode) == (ref.season, ref.episode))
    return next(same_id, None) or next(same_place, None)


def _as_stored(library: LibraryDatabase, ref: ItemRef) -> ItemRef:
    """Return the title with its current id: fresh details may have arrived while it played."""
    if ref.kind is not Kind.EPISODE:
        return ref
    now = _episode_now(library, ref)
    return ref if now is None or now.id == ref.id else replace(ref, id=now.id)


def _next_unwatched(
    library: LibraryDatabase, series_id: str, last: Played | None, watched: Collection[str]
) -> ItemRef | None:
    episodes = episode_refs(library, series_id)
    seen = {(ref.season, ref.episode) for ref in episodes if ref.id in watched}  # in any version
    unwatched = [ref for ref in episodes if (ref.season, ref.episode) not in seen]
    if last is not None and last.ref.season is not None and last.ref.episode is not None:
        at_hand = next((ref for ref in unwatched if ref.id == last.ref.id), None)
        following = at_hand or episode_after(unwatched, last.ref.season, last.ref.episode)
        if following is not None:
            return following
    return unwatched[0] if unwatched else None


def _continuing(library: LibraryDatabase, played: Played, watched: Collection[str]) -> Continuing | None:
    """Return how to continue after what was played last; None when there is nothing to continue."""
    ref, position = played.ref, resumable(played)
    if position is not None and not played.is_done:
        return Continuing(ref, position, played.duration_s, played.at)
    if ref.series_id is None:
        return None
    following = _next_unwatched(library, ref.series_id, played, watched)
    return None if following is None else Continuing(following, 0, None, played.at, is_next=True)


def _listed(ref: ItemRef) -> tuple[Kind, str]:
    """Return the list item that decides whether a title is gone: of an episode its series.

    The details of a series may have been dropped to free space.
    """
    return (Kind.SERIES, ref.series_id) if ref.series_id is not None else (ref.kind, ref.id)


def _gone(library: LibraryDatabase, refs: Iterable[ItemRef]) -> set[tuple[Kind, str]]:
    by_kind: dict[Kind, list[str]] = {}
    for kind, id in map(_listed, refs):
        by_kind.setdefault(kind, []).append(id)
    return {(kind, id) for kind, ids in by_kind.items() for id in gone_ids(library, kind, ids)}
