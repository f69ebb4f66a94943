"""Search the libraries of several profiles at once: one result per title, with the accounts that have it.

Items are the same title only when their bare titles, kinds and years agree; nothing is merged on a guess. Each library
keeps to its own rows: the answers are joined, never the queries.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui_app.catalog import Hit, Item, Kind, SearchAnswer
from tui_app.library.finding import Scope, find
from tui_app.text import fold, split_title

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore


class SearchedLibrary(NamedTuple):
    """The library of one profile, and where to search in it."""

    profile: str
    store: LibraryStore
    scope: Scope


class Source(NamedTuple):
    """An account that has a title, and the title's id there."""

    profile: str
    id: str


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """One title. `hit` is the best one, of `sources[0]`; the other sources are in the order of the profiles."""

    hit: Hit
    sources: tuple[Source, ...]

    @property
    def profile(self) -> str:
        return self.sources[0].profile


@dataclass(frozen=True, slots=True)
class JointAnswer:
    """Titles of several accounts, best first; `total` counts a title of several accounts once if it is among them."""

    query: str
    total: int
    titles: tuple[FoundTitle, ...]
    elapsed_ms: float
    capped: bool = False
    problems: tuple[str, ...] = ()  # what no profile understood of the query, as sentences


@dataclass(slots=True)
class _Joined:
    best: Hit
    owner: str
    sources: list[Source] = field(default_factory=list)

    def found(self) -> FoundTitle:
        first = Source(self.owner, self.best.item.id)
        return FoundTitle(self.best, (first, *(source for source in self.sources if source != first)))


def search_all(libraries: Sequence[SearchedLibrary], text: str, *, limit: int = 100) -> JointAnswer:
    """Search libraries side by side, each in a thread of its own, and join their answers."""
    started = time.perf_counter()

    def ask(library: SearchedLibrary) -> SearchAnswer:
        library.store.connect()
        return find(library.store, text, library.scope, limit)

    with ThreadPoolExecutor(max_workers=max(len(libraries), 1)) as pool:
        answers = list(pool.map(ask, libraries))
    joined = _join(zip((library.profile for library in libraries), answers, strict=True))
    merged = sum(len(answer.hits) for answer in answers) - len(joined)
    ranked = sorted(joined, key=lambda one: -one.best.score)[:limit]
    return JointAnswer(
        text,
        sum(answer.total for answer in answers) - merged,
        tuple(one.found() for one in ranked),
        (time.perf_counter() - started) * 1000,
        any(answer.capped for answer in answers),
        _common_problems(answers),
    )


def _common_problems(answers: Sequence[SearchAnswer]) -> tuple[str, ...]:
    """Return the problems that all answers have: a genre unknown in one profile may be known in another."""
    first = answers[0].problems if answers else ()
    return tuple(problem for problem in first if all(problem in answer.problems for answer in answers))


def _join(answers: Iterable[tuple[str, SearchAnswer]]) -> list[_Joined]:
    """Join the hits that are one title; several versions in one account stay several results of it."""
    titles: dict[tuple[object, ...], list[_Joined]] = {}
    for profile, answer in answers:
        for hit in answer.hits:
            same = titles.setdefault(_identity(hit.item), [])
            # the first version of an account joins the first of another, the second the second
            known = next((one for one in same if profile not in {source.profile for source in one.sources}), None)
            if known is None:
                same.append(known := _Joined(hit, profile))
            elif hit.score > known.best.score:
                known.best, known.owner = hit, profile
            known.sources.append(Source(profile, hit.item.id))
    return [one for same in titles.values() for one in same]


def _identity(item: Item) -> tuple[object, ...]:
    """Return what items of one title have in common."""
    parts = split_title(item.name)
    bare = fold(parts.title)
    if item.kind is Kind.EPISODE:
        return item.kind, fold(item.series_name or ""), item.season, item.episode, bare
    return item.kind, bare, item.year or parts.year
