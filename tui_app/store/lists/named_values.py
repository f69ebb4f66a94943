"""Resolve the categories, genres, languages and qualities that filters name, and list those that a library has.

No items are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from tui_app.catalog import UNCATEGORISED, UNCATEGORISED_ID, Category, Kind, Query, find_category
from tui_app.catalog.category_groups import language_tags_in, split_prefix
from tui_app.catalog.filters import ItemFilter
from tui_app.store.database import Compiled, LibraryDatabase, compiled, parameter
from tui_app.store.items.categories import listed_categories
from tui_app.store.models import Genre
from tui_app.store.schema import TABLES
from tui_app.text import fold
from tui_app.text.title import TAGS, language_code, qualities_of_category, tags_of


def _has_words(name: str, words: Sequence[str]) -> bool:
    """Whether every word starts a word of a folded name."""
    return all(f" {word}" in f" {name}" for word in words)


# -------------------------------------------------------------------------------------------------- categories
def _listed(database: LibraryDatabase, kind: Kind) -> list[tuple[int, str, str]]:
    return [(key, id, name) for key, id, name, _ in database.rows(listed_categories(), {"kind": kind.value})]


def find_category_id(database: LibraryDatabase, query: Query) -> str | None:
    """Return the id of the category of a query, also when `category_words` are its id or whole name."""
    if query.category is not None or not query.category_words or query.kind is Kind.EPISODE:
        return query.category
    listed = [Category(query.kind, id, name) for _, id, name in _listed(database, query.kind)]
    found = find_category(listed, query.category_words)
    if found is None and fold(query.category_words) == fold(UNCATEGORISED):
        return UNCATEGORISED_ID
    return None if found is None else found.id


def categories_with_words(database: LibraryDatabase, query: Query) -> list[int]:
    """Return the keys of the categories whose prefix the `category_words` are, or whose names have them."""
    folded = fold(query.category_words)
    found = [(key, name) for key, _, name in _listed(database, query.kind) if _has_words(fold(name), folded.split())]
    in_group = [key for key, name in found if fold(split_prefix(name)[0]) == folded]
    return in_group if len(in_group) > 1 else [key for key, _ in found]


def categories_tagged(
    database: LibraryDatabase, kind: Kind, *, languages: Iterable[str] = (), quality: str = ""
) -> list[int]:
    """Return the keys of the categories whose names carry one of the language tags, or the quality."""
    wanted = frozenset(languages)
    return [
        key
        for key, _, name in _listed(database, kind)
        if (quality in qualities_of_category(name) if quality else wanted & language_tags_in(name))
    ]


# ------------------------------------------------------------------------------------------------------ genres
def genres_with_words(database: LibraryDatabase, kind: Kind, wanted: str) -> list[int]:
    """Return the number of the genre of this name, otherwise of all whose names have the words."""
    folded = fold(wanted)
    genres: dict[str, int] = dict(database.rows(_genres(), {"kind": kind.value}))
    if folded in genres:
        return [genres[folded]]
    return [number for name, number in genres.items() if folded and _has_words(name, folded.split())]


@cache
def _genres() -> Compiled:
    return compiled(Genre.select(Genre.fold, Genre.number).where(Genre.kind == parameter("kind")))


# ----------------------------------------------------------------------------------------------------- languages
def known_languages(database: LibraryDatabase, kind: Kind) -> frozenset[str]:
    """Return the codes of the languages that titles or categories of a kind are tagged with."""
    if not TABLES[kind].has_column("language"):
        return frozenset()
    tags = {tag for _, _, name in _listed(database, kind) for tag in language_tags_in(name)}
    tags.update(*map(tags_of, tag_texts(database, kind, "language")))
    return frozenset(language_code(tag) for tag in tags - TAGS if tag.isalpha())


def tag_texts(database: LibraryDatabase, kind: Kind, column: str) -> list[str]:
    """Return the different texts in the column `language` or `quality`: one seek in its index for each."""
    # by hand, like all statements of lists
    source = f"{kind} INDEXED BY {TABLES[kind].index_name(column)} WHERE {column} <> ''"
    further = f"SELECT min({column}) FROM {source} AND {column} > text"
    sql = (
        f"WITH RECURSIVE found(text) AS (SELECT min({column}) FROM {source} "
        f"UNION ALL SELECT ({further}) FROM found WHERE text IS NOT NULL) SELECT text FROM found WHERE text IS NOT NULL"
    )
    return [str(text) for (text,) in database.rows(sql)]


def unknown_values(database: LibraryDatabase, found: ItemFilter, kinds: Iterable[Kind]) -> tuple[str, ...]:
    """Return a sentence for each category and genre that a filter names and no kind has."""
    owners = {Kind.SERIES if kind is Kind.EPISODE else kind for kind in kinds}
    parts = (found, *found.also, *found.excluded)
    queries = [[Query(kind, category_words=one.category_name, genre=one.genre) for kind in owners] for one in parts]
    sentences = []
    for asked in queries:
        words, genre = asked[0].category_words, asked[0].genre
        if words and not any(_names_category(database, one) for one in asked):
            sentences.append(f"There is no category “{words}”.")
        if genre and not any(genres_with_words(database, one.kind, genre) for one in asked):
            sentences.append(f"There is no genre “{genre}”.")
    return tuple(sentences)


def _names_category(database: LibraryDatabase, query: Query) -> bool:
    return find_category_id(database, query) is not None or bool(categories_with_words(database, query))
