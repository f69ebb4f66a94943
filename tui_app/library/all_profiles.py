"""Titles in several profiles: search their libraries at once, and find the versions of one title in all of them.

Search results are the same title only when their bare titles, kinds and years agree; nothing is merged on a guess. Each
library keeps to its own rows: the answers are joined, never the queries.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from tui_app.catalog import FullItem, Hit, Item, Kind, Mark, SearchAnswer, TitleVersion
from tui_app.errors import LibraryError
from tui_app.library.finding import Scope, find
from tui_app.library.similar import is_hidden
from tui_app.paths import Paths
from tui_app.store.items.episodes import episode_refs
from tui_app.store.user.user_store import UserStore
from tui_app.text import fold, title_core

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from pathlib import Path

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
    core = title_core(item.name, item.year)
    if item.kind is Kind.EPISODE:
        return item.kind, fold(item.series_name or ""), item.season, item.episode, core.title
    return item.kind, core.title, item.year or core.year


# ------------------------------------------------------------------------------------------------ versions of a title
def sources_of(paths: Paths, profiles: Sequence[str], kind: Kind, id: str) -> tuple[TitleVersion, ...]:
    """Return the versions of a title: those of its own profile, which is the first, with itself; then those of others.

    Of an episode, the same one of the versions of its series. What is in hidden categories only is left out of other
    profiles. Raises `NotFound`.
    """
    found: list[TitleVersion] = []
    with ExitStack() as stack:
        own = stack.enter_context(_opened(paths.library_db(profiles[0])))
        stores = {profiles[0]: own}
        for name in profiles[1:]:
            if (path := paths.library_db(name)).exists():
                try:
                    stores[name] = stack.enter_context(_opened(path))
                except LibraryError as error:  # of an account nobody asked for
                    log.warning("the library of “%s” is left out: %s", name, error)
        user = stack.enter_context(UserStore(paths.user_db))
        full = own.full_item(kind, id)
        episode, title = None, full
        if kind is Kind.EPISODE:
            episode, title = full.item, own.full_item(Kind.SERIES, full.item.series_id or "")
        for name, store in stores.items():
            versions = _in_profile(store, user, name, title, is_other=store is not own)
            found += versions if episode is None else _episodes(store, versions, episode)
    return tuple(found)


def _opened(path: Path) -> LibraryStore:
    from tui_app.store.library_store import LibraryStore  # noqa: PLC0415 - a command may not have loaded it

    return LibraryStore.open(path, readonly=True, create=False)


def source_words(version: TitleVersion, profile: str) -> str:
    """Return name, quality and, if it is another, account of a version in words."""
    more = [version.item.quality or "", version.profile if version.profile != profile else ""]
    return f"“{version.item.name}”{''.join(f', {one}' for one in more if one)}"


def _in_profile(
    store: LibraryStore, user: UserStore, profile: str, title: FullItem, *, is_other: bool
) -> list[TitleVersion]:
    item = title.item
    apart = user.ids_with(profile, item.kind, Mark.SPLIT)
    if not is_other:
        return [replace(one, profile=profile) for one in store.versions.versions_of(item.kind, item.id, apart)]
    versions = store.versions.like(item, title.value("tmdb"), apart)
    hidden = user.hidden_categories(profile, item.kind)
    categories = store.categories_of(item.kind, [one.item.id for one in versions])
    return [replace(one, profile=profile) for one in versions if not is_hidden(categories.get(one.item.id, ()), hidden)]


def _episodes(store: LibraryStore, versions: Iterable[TitleVersion], wanted: Item) -> Iterator[TitleVersion]:
    """Yield the stored episodes with the wanted number of these series."""
    for version in versions:
        for ref in episode_refs(store.database, version.item.id):
            if (ref.season, ref.episode) == (wanted.season, wanted.episode):
                yield replace(version, item=store.full_item(Kind.EPISODE, ref.id).item)


def next_source(
    sources: Sequence[TitleVersion], failed: tuple[str, str], tried: Collection[tuple[str, str]]
) -> TitleVersion | None:
    """Return what to play after a version (profile, id) that did not start; None when all were tried.

    Versions of its own account come first, among those the ones in its language.
    """
    if any(one.is_apart for one in sources if (one.profile, one.item.id) == failed):
        return None
    left = [one for one in sources if not one.is_apart and (one.profile, one.item.id) not in {*tried, failed}]
    language = next((one.item.language for one in sources if (one.profile, one.item.id) == failed), None)
    return min(left, key=lambda one: (one.profile != failed[0], one.item.language != language), default=None)
