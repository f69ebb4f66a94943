"""Which episode of a fresh list is which one of an older list of the same series, when their ids differ.

By title and number together, by a title that only one has, else by season and number. Knows no tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, NamedTuple


class KnownEpisode(NamedTuple):
    """An episode as far as it can be told by. `title` is folded; `inferred`: the panel sent no number."""

    id: str
    season: int
    number: int
    title: str
    inferred: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.season, self.number

    @property
    def telling_title(self) -> str:
        """The title unless it is made of the number: "Episode 3" says nothing that the number does not."""
        return "" if any(map(str.isdigit, self.title)) else self.title


class Matches(NamedTuple):
    """`successors`: old id → new id where the two differ. Of the rest, `taken` are old ids that another episode bears
    now, `lost` those that none bears."""

    successors: dict[str, str]
    taken: frozenset[str]
    lost: frozenset[str]


def match_episodes(old: Sequence[KnownEpisode], new: Sequence[KnownEpisode]) -> Matches:
    """Find each old episode among the new ones. What stays ambiguous stays where it is.

    Several versions of one episode may become one: a mark on either was on that episode.
    """
    found = _Pairs(old, new)
    found.keep_ids()
    for step in _STEPS:
        found.pair(step)
    found.pair_versions()
    return found.matches()


def _place_and_title(episode: KnownEpisode) -> Hashable:
    return None if episode.inferred and not episode.telling_title else (episode.place, episode.title)


def _title_in_season(episode: KnownEpisode) -> Hashable:
    return (episode.season, episode.title) if episode.title else None


#: What two lists are compared by, in this order; a value counts where one episode of each list has it.
_STEPS: Final[tuple[Callable[[KnownEpisode], Hashable], ...]] = (_place_and_title, _title_in_season)


class _Pairs:
    """Old id → new episode, as it grows."""

    def __init__(self, old: Sequence[KnownEpisode], new: Sequence[KnownEpisode]) -> None:
        self._old, self._new = old, new
        self._of: dict[str, KnownEpisode] = {}
        self._claimed: dict[str, tuple[int, int]] = {}  # new id → the place the old one had

    def keep_ids(self) -> None:
        """An id goes on as it is, unless number and title both say that another episode has it now."""
        by_id = {episode.id: episode for episode in self._new}
        for episode in self._old:
            same = by_id.get(episode.id)
            if same is not None and not _is_another(episode, same):
                self._take(episode, same)

    def pair(self, key: Callable[[KnownEpisode], Hashable]) -> None:
        before, now = _only_ones(self._old, key), _only_ones(self._new, key)
        for value, episode in before.items():
            if value in now and episode.id not in self._of and now[value].id not in self._claimed:
                self._take(episode, now[value])

    def pair_versions(self) -> None:
        """By season and number. A number that the panel did not send is a place in a list of that length only."""
        places: defaultdict[tuple[int, int], list[KnownEpisode]] = defaultdict(list)
        for episode in self._new:
            places[episode.place].append(episode)
        lengths_agree = _season_lengths(self._old) == _season_lengths(self._new)
        for episode in self._old:
            if episode.id in self._of:
                continue
            candidates = places.get(episode.place, [])
            free = [one for one in candidates if self._claimed.get(one.id, episode.place) == episode.place]
            if episode.inferred or any(one.inferred for one in free):
                free = free if lengths_agree else []
            if free:
                self._take(episode, next((one for one in free if one.id not in self._claimed), free[0]))

    def matches(self) -> Matches:
        successors = {old: new.id for old, new in self._of.items() if old != new.id}
        unmatched = [one.id for one in self._old if one.id not in self._of]
        borne = {episode.id for episode in self._new}
        return Matches(
            successors,
            taken=frozenset(id_ for id_ in unmatched if id_ in self._claimed),
            lost=frozenset(id_ for id_ in unmatched if id_ not in borne),
        )

    def _take(self, old: KnownEpisode, new: KnownEpisode) -> None:
        self._of[old.id] = new
        self._claimed.setdefault(new.id, old.place)


def _is_another(one: KnownEpisode, other: KnownEpisode) -> bool:
    titles = one.telling_title, other.telling_title
    return one.place != other.place and all(titles) and titles[0] != titles[1] and not (one.inferred or other.inferred)


def _only_ones(
    episodes: Iterable[KnownEpisode], key: Callable[[KnownEpisode], Hashable]
) -> dict[Hashable, KnownEpisode]:
    """By a key, the episodes that share it with no other; without those that have none."""
    found: defaultdict[Hashable, list[KnownEpisode]] = defaultdict(list)
    for episode in episodes:
        if (value := key(episode)) is not None:
            found[value].append(episode)
    return {value: alike[0] for value, alike in found.items() if len(alike) == 1}


def _season_lengths(episodes: Iterable[KnownEpisode]) -> dict[int, int]:
    places = {episode.place for episode in episodes}
    lengths: defaultdict[int, int] = defaultdict(int)
    for season, _number in places:
        lengths[season] += 1
    return dict(lengths)
