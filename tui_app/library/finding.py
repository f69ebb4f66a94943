"""Answer a query in the query language: a ranked search for its words within its filters, or a list without words.

Call it in a thread. The app, `search`, and the search of all profiles share it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tui_app.catalog import Hit, Item, Kind, Query, SearchAnswer, category_names
from tui_app.catalog.filters import ItemFilter, ParsedFilter, parse_filter
from tui_app.store.library_store import LibraryStore

_CAP: Final = 1_000


@dataclass(frozen=True, slots=True)
class KindMarks:
    """The marked ids of one kind. A series is watched when every stored episode is."""

    favourites: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()


MarksOf = Callable[[Kind], KindMarks]
Hidden = Mapping[Kind, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: these kinds (all if None), without the items of hidden categories. Marks are read if asked."""

    kinds: Sequence[Kind] | None = None
    hidden: Hidden = field(default_factory=dict)
    marks_of: MarksOf = lambda kind: KindMarks()
    is_being_typed: bool = False


def find(store: LibraryStore, text: str, scope: Scope, limit: int) -> SearchAnswer:
    """Return the best hits of a query, or the first items that its filters match when it has no words."""
    started = time.perf_counter()
    parsed = parse_filter(text, is_being_typed=scope.is_being_typed)
    found, problems = known_filter(store, parsed, scope.kinds or tuple(Kind))
    kinds = tuple(kind for kind in scope.kinds or Kind if not found.kinds or kind in found.kinds)
    if not found.narrows and (found.text or not found.kinds):
        wanted = kinds if found.kinds or scope.kinds else None
        answer = store.search(found.text, kinds=wanted, limit=limit, hidden=scope.hidden)
    else:
        queries = [_query(found, kind, scope) for kind in kinds]
        if found.text:
            within = [replace(query, text="") for query in queries]
            answer = store.search(found.text, kinds=kinds, limit=limit, within=within, hidden=scope.hidden)
        else:
            answer = _listed(store, queries, limit, scope.hidden)
    elapsed = (time.perf_counter() - started) * 1000
    return replace(answer, query=text, elapsed_ms=elapsed, problems=problems)


def known_filter(store: LibraryStore, parsed: ParsedFilter, kinds: Sequence[Kind]) -> ParsedFilter:
    """Return the filter without the categories and genres that the library does not have, which are problems too."""
    found, problems = parsed
    problems += store.unknown_values(found, kinds)

    def is_known(one: ItemFilter) -> bool:
        return not store.unknown_values(one, kinds)

    if len(problems) > len(parsed.problems):
        if not is_known(replace(found, also=(), excluded=(), genre=None)):
            found = replace(found, category_name="")
        if not is_known(replace(found, also=(), excluded=())):
            found = replace(found, genre=None)
        found = replace(
            found, also=tuple(filter(is_known, found.also)), excluded=tuple(filter(is_known, found.excluded))
        )
    return ParsedFilter(found, problems)


def _query(found: ItemFilter, kind: Kind, scope: Scope) -> Query:
    marks = scope.marks_of(kind) if found.depends_on_marks else KindMarks()
    hidden = scope.hidden.get(Kind.SERIES if kind is Kind.EPISODE else kind, frozenset())
    query = found.query(kind, favourites=marks.favourites, watched=marks.watched, hidden_categories=hidden)
    if found.sort != "number" or found.descending or found.text or kind is Kind.CHANNEL:
        return query
    return replace(query, sort="rating", descending=True)  # the best first, as in a search


def _listed(store: LibraryStore, queries: Sequence[Query], limit: int, hidden: Hidden) -> SearchAnswer:
    """Return the first items of lists, one after the other."""
    total, hits = 0, list[Hit]()
    for query in queries:
        page = store.page(query, limit=min(limit, _CAP) - len(hits))
        total += page.total
        hits += [Hit(item, 0.0) for item in _with_visible_categories(store, page.items, hidden)]
    return SearchAnswer("", min(total, _CAP), tuple(hits), 0.0, capped=total > _CAP)


def _with_visible_categories(store: LibraryStore, items: Sequence[Item], hidden: Hidden) -> Sequence[Item]:
    """Return the items, each with the first of its categories that is not hidden."""
    categories = hidden.get(items[0].kind) if items else None
    if not categories:
        return items
    names = store.categories_of(items[0].kind, [item.id for item in items])
    return [
        replace(item, category=next(iter(category_names(names.get(item.id, ()), categories)), item.category))
        for item in items
    ]
