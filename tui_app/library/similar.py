"""Titles like another one, from the local copy alone: the same film series, people and genres.

Each shared fact adds to a title's score; versions of the title itself are left out. About 10 ms with 150,000 movies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tui_app.catalog import Category, FullItem, Item, Kind, Query
from tui_app.catalog.fields import names_in
from tui_app.store.fts_terms import term, words_of
from tui_app.store.schema import TABLES
from tui_app.store.search.statements import keys_matching
from tui_app.text import split_title, title_core

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore

#: What a shared fact is worth. A film series outweighs everything else, one genre hardly counts.
_SERIES, _DIRECTOR, _ACTOR, _GENRE, _NEAR, _A_WORD = 6.0, 3.0, 2.0, 1.0, 0.5, 0.1
_MOST_PEOPLE: Final = 6  # the first named matter
_MOST_GENRES: Final = 3
_MOST_OF_A_PERSON: Final = 200
_MOST_OF_A_GENRE: Final = 60
_MOST_OF_A_SERIES: Final = 30
_CANDIDATES: Final = 200  # titles that are read and compared
_NEAR_YEARS: Final = 5
#: Words at the end of a title that only number it: "Rocky II", "Dune: Part Two".
_NUMBERING: Final = frozenset("part chapter vol volume ii iii iv v vi vii viii ix x one two three four five".split())


def similar_titles(
    store: LibraryStore, kind: Kind, id: str, *, limit: int = 12, hidden: frozenset[str] = frozenset()
) -> tuple[Item, ...]:
    """Return movies like a movie, or series like a series, the most similar first; () for other kinds.

    Items whose categories are all in `hidden` (ids) are left out. Raises `NotFound`.
    """
    full = store.full_item(kind, id)
    if not TABLES[kind].has_texts:
        return ()
    scores: dict[int, float] = {}
    with store.snapshot():
        for worth, keys in _facts(store, full):
            for key in keys:
                scores[key] = scores.get(key, 0.0) + worth
        best = sorted(scores, key=lambda key: -scores[key])[:_CANDIDATES]
        items = [
            (scores[key] + _likeness(item, full.item), item)
            for key, item in zip(best, store.items_by_keys(kind, best), strict=True)
        ]
        categories = store.categories_of(kind, [item.id for _, item in items]) if hidden else {}
    items.sort(key=lambda scored: (-scored[0], -(scored[1].rating or 0.0)))
    shown = (item for _, item in items if not is_hidden(categories.get(item.id, ()), hidden))
    return tuple(_others(shown, full.item))[:limit]


def _facts(store: LibraryStore, full: FullItem) -> Iterator[tuple[float, Iterable[int]]]:
    """Yield what a shared fact is worth, and the keys of the titles that share it."""
    for worth, column, names in ((_DIRECTOR, "director", full.director), (_ACTOR, "cast", full.cast)):
        for name in filter(words_of, names_in(names)[:_MOST_PEOPLE]):
            words = f"{column} : ({' AND '.join(map(term, words_of(name)))})"
            yield worth, keys_matching(store.database, TABLES[full.item.kind].texts_fts, words, _MOST_OF_A_PERSON)
    words = " AND ".join(map(term, series_words(full.item.name)))
    yield _A_WORD, keys_matching(store.database, TABLES[full.item.kind].names_fts, words, _MOST_OF_A_SERIES)
    for genre in names_in(full.item.genre)[:_MOST_GENRES]:
        yield _GENRE, _of_genre(store, full.item, genre)


def _of_genre(store: LibraryStore, item: Item, genre: str) -> Iterable[int]:
    """Return the keys of the best rated titles of a genre from the years around."""
    year = item.year
    query = Query(
        kind=item.kind,
        genre=genre,
        year_from=year - _NEAR_YEARS if year else None,
        year_to=year + _NEAR_YEARS if year else None,
        sort="rating",
        descending=True,
    )
    return store.first_rows(query, _MOST_OF_A_GENRE)[1]


def series_words(name: str) -> list[str]:
    """Return the words that a film series shares: of "EN - Rocky II (1979)" ["rocky"]; [] if none is left."""
    words = words_of(split_title(name).title)
    while words and (words[-1].isdigit() or words[-1] in _NUMBERING):
        words.pop()
    return words


def _likeness(item: Item, to: Item) -> float:
    """Return what the names and years of two titles add."""
    is_near = item.year and to.year and abs(item.year - to.year) <= _NEAR_YEARS
    words = series_words(to.name)
    is_of_series = bool(words) and series_words(item.name)[: len(words)] == words
    return (_NEAR if is_near else 0.0) + (_SERIES if is_of_series else 0.0)


def is_hidden(categories: Sequence[Category], hidden: frozenset[str]) -> bool:
    """Whether all categories of an item are hidden."""
    return bool(categories) and all(category.id in hidden for category in categories)


def _others(items: Iterable[Item], than: Item) -> Iterator[Item]:
    """Yield the first version of each title, without those of the title itself."""
    seen = {_identity(than)}
    for item in items:
        identity = _identity(item)
        if identity not in seen:
            seen.add(identity)
            yield item


def _identity(item: Item) -> tuple[str, int | None]:
    core = title_core(item.name, item.year)
    return core.title, item.year or core.year
