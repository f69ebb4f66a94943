"""Group categories by the prefix that their names share: `EN | ACTION`, `|FR| FILMS`, `DE - KINO`.

Panels have no tree of categories; their names spell one. A prefix is a language, a country or a service. It counts only
when at least two categories of a kind have it: a single one may be a title, as in "Mission: Impossible".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tui_app.catalog.lists import Category
from tui_app.text import fold
from tui_app.text.title import (
    QUALITIES,
    languages_of,
    languages_of_category,
    qualities_of,
    qualities_of_category,
    tags_of,
)

_LONGEST_PREFIX: Final = 24
_MOST_WORDS: Final = 3
_BARS: Final = "|┃│▎▏❘｜¦"
_MARKS: Final = "★☆✦✪●•◉►▶»➤→"
#: A prefix in brackets or bars, `|FR| FILMS`, with whatever divides it from the rest.
_BOXED: Final = re.compile(
    rf"[\s{_BARS}\[({{]*[{_BARS}\[({{]\s*(?P<prefix>[^{_BARS}\[\](){{}}]{{1,{_LONGEST_PREFIX}}}?)\s*[{_BARS}\])}}]"
    rf"[\s{_BARS}{_MARKS}:–—-]*(?P<rest>.*)"
)
#: A prefix before a divider: `EN | ACTION`, `UK: SPORTS`, `DE - KINO`, `FR ★ FILMS`.
_DIVIDED: Final = re.compile(
    rf"(?P<prefix>[^{_BARS}{_MARKS}:]{{1,{_LONGEST_PREFIX}}}?)"
    rf"(?:\s*[{_BARS}{_MARKS}]|\s*:(?=\s)|\s+[–—-](?=\s))[\s{_BARS}{_MARKS}:–—-]*(?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class CategoryGroup:
    """Categories of one kind with the same prefix, in the provider's order.

    `prefix` is "" for those without one. `names` are the categories' names without it.
    """

    prefix: str
    categories: tuple[Category, ...]
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of items shown; one that is in two categories counts twice."""
        return sum(category.count for category in self.categories if not category.hidden)

    @property
    def is_hidden(self) -> bool:
        """Whether all categories are hidden."""
        return all(category.hidden for category in self.categories)


def group_categories(categories: Sequence[Category]) -> tuple[CategoryGroup, ...]:
    """Group the categories of one kind, groups in the order of their first categories.

    A prefix that all of them share divides nothing: what follows it is looked at instead.
    """
    split = [split_prefix(category.name) for category in categories]
    while len(split) > 1 and split[0][0] and len({fold(prefix) for prefix, _ in split}) == 1:
        split = [split_prefix(rest) for _, rest in split]
    spelt: dict[str, Counter[str]] = {}
    for prefix, _ in split:
        spelt.setdefault(fold(prefix), Counter())[prefix] += 1
    shared = {key: found.most_common(1)[0][0] for key, found in spelt.items() if key and found.total() > 1}
    groups: dict[str, list[tuple[Category, str]]] = {}
    for category, (prefix, rest) in zip(categories, split, strict=True):
        key = fold(prefix)
        if key in shared:
            groups.setdefault(key, []).append((category, rest))
        else:
            groups.setdefault("", []).append((category, category.name))
    return tuple(_group(shared.get(key, ""), members) for key, members in groups.items())


@lru_cache(maxsize=4_096)
def language_and_quality(language: str, quality: str, category: str) -> tuple[str | None, str | None]:
    """Return what the tags of a title say, otherwise those of its category; several are parted by ", "."""
    tags = tags_of(language)
    codes = languages_of(tags) or languages_of(language_tags_in(category))
    sorts = qualities_of(tags_of(quality) | tags) or [
        one for one in QUALITIES if one in qualities_of_category(category)
    ]
    return ", ".join(codes) or None, ", ".join(sorts) or None


def language_tags_in(category: str) -> frozenset[str]:
    """Return the tags of the languages in a category's name."""
    return languages_of_category(category, split_prefix(category)[0])


def _group(prefix: str, members: Iterable[tuple[Category, str]]) -> CategoryGroup:
    categories, names = zip(*members, strict=True)
    return CategoryGroup(prefix, categories, names)


def shared_prefix(categories: Iterable[Category], text: str) -> str:
    """Return the prefix that is this text, in any case, if at least two categories have it; otherwise ""."""
    wanted = fold(text)
    found = [split_prefix(one.name)[0] for one in categories if wanted and wanted in fold(one.name)]
    same = [prefix for prefix in found if fold(prefix) == wanted]
    return Counter(same).most_common(1)[0][0] if len(same) > 1 else ""


def split_prefix(name: str) -> tuple[str, str]:
    """Return (prefix, rest) as the name is written; ("", name) when it has no prefix."""
    name = name.strip()
    match = _BOXED.fullmatch(name) or _DIVIDED.fullmatch(name)
    if match is None:
        return "", name
    prefix, rest = match["prefix"].strip(), match["rest"].strip()
    is_plausible = any(map(str.isalnum, prefix)) and len(prefix.split()) <= _MOST_WORDS
    return (prefix, rest) if is_plausible and any(map(str.isalnum, rest)) else ("", name)
