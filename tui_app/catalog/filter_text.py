"""Write a filter as text, read the filters of earlier versions, and complete a text while it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from tui_app.catalog.filters import BEST_FIRST, KEYS, LONGEST_QUERY, MOST_DAYS, ItemFilter, Part, parse_filter, parts_of
from tui_app.catalog.lists import SORT_KEYS
from tui_app.text import fold

_FLAGS: Final = ("favourites", "unwatched", "watched", "catchup", "grouped")
_FLAG_WORDS: Final = {"favourites": "favourite"}


def filter_text(found: ItemFilter) -> str:
    """Return a text that `parse_filter` reads as this filter; "" for everything in the provider's order."""
    parts = [_word(word) for word in found.text.split()]
    parts += _parts(replace(found, text=""))
    parts += [part for one in found.also for part in _parts(one)]
    parts += [f"-{part}" for one in found.excluded for part in _parts(one)]
    if found.sort != "number" or found.descending:
        is_usual = found.descending is (found.sort in BEST_FIRST)
        parts.append(f"{'' if is_usual else '-'}sort:{found.sort}")
    return " ".join(parts)


def _parts(one: ItemFilter) -> Iterator[str]:
    """Yield the parts of the fields that are set. Words stay together: excluded ones belong together."""
    if one.text:
        yield _quoted(one.text) if " " in one.text else _word(one.text)
    yield from (f"kind:{kind}" for kind in one.kinds)
    for key, value in (("cat", one.category_name), ("genre", one.genre), ("lang", one.language),
                       ("quality", one.quality), ("cast", one.cast), ("director", one.director)):  # fmt: skip
        if value:
            yield f"{key}:{_value(value)}"
    if (years := _years(one.year_from, one.year_to)) is not None:
        yield f"year:{years}"
    if one.min_rating is not None:
        yield f"rating:>={one.min_rating:g}"
    if one.added_days is not None:
        yield f"added:<{one.added_days}d"
    yield from (f"is:{_FLAG_WORDS.get(flag, flag)}" for flag in _FLAGS if getattr(one, flag))


def _years(first: int | None, last: int | None) -> str | None:
    if first is not None and last is not None:
        return f"{first:04}" if first == last else f"{first:04}..{last:04}"
    if first is not None:
        return f">={first:04}"
    return None if last is None else f"<={last:04}"


def _word(word: str) -> str:
    """Return a word as it is typed: in quotes where it would be read as something else."""
    return word if parse_filter(word).filter == ItemFilter(word) and word[0] != "{" else _quoted(word)


def _value(text: str) -> str:
    return _quoted(text) if not text or " " in text or text[0] == '"' else text


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


# ------------------------------------------------------------------------------------------ earlier versions
def _is(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types) and (bool in types or not isinstance(value, bool))


#: What the JSON of earlier versions may hold.
_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "category_name": _is(str),
    "sort": lambda value: value in SORT_KEYS,
    "genre": _is(str),
    "year_from": lambda value: _is(int)(value) and 0 <= value <= 9999,
    "year_to": lambda value: _is(int)(value) and 0 <= value <= 9999,
    "min_rating": lambda value: _is(int, float)(value) and 0 <= value <= 10,
    "added_days": lambda value: _is(int)(value) and 0 < value <= MOST_DAYS,
    "text": _is(str),
    **dict.fromkeys(("descending", "favourites", "unwatched", "catchup", "grouped"), _is(bool)),
}


def json_object(text: str | None) -> Mapping[str, Any]:
    """Return the JSON object of a text; an empty one when it is none."""
    try:
        raw = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def filter_of_json(raw: Mapping[str, Any]) -> ItemFilter:
    """Return the filter of an object stored by this or an earlier version; invalid values keep their defaults."""
    said = raw.get("filter")
    found = parse_filter(said).filter if isinstance(said, str) else ItemFilter()
    return replace(found, **{name: raw[name] for name, fits in _FITS.items() if name in raw and fits(raw[name])})


def saved_text(stored: str) -> str:
    """Return the text of a saved filter; earlier versions stored JSON."""
    if not stored.startswith("{"):
        return stored
    raw = json_object(stored)
    found, category = filter_of_json(raw), raw.get("category")
    if not found.category_name and isinstance(category, str):
        found = replace(found, category_name=category)
    return filter_text(found)


# ------------------------------------------------------------------------------------------------ completion
#: Values known in the library, by key.
KnownValues = Callable[[str], Iterable[str]]
_SHORTEST_KEY: Final = 2  # letters typed before a key is offered


def _last_part(text: str) -> Part | None:
    """Return the part that is being typed."""
    is_between = len(text) > LONGEST_QUERY or text[-1:].isspace()
    return None if is_between else next(iter([*parts_of(text)][-1:]), None)


def asks_for_values(text: str) -> bool:
    """Whether the library's values are needed to complete a text."""
    last = _last_part(text)
    return last is not None and last.key is not None and not last.key.values


def completions(text: str, known: KnownValues) -> Iterator[str]:
    """Yield texts that complete the last part: first keys, then the values of its key."""
    last = _last_part(text)
    if last is None:
        return
    before, begun = text[: last.start], last.value
    if last.key is None:
        if not last.quoted and len(begun) >= _SHORTEST_KEY:
            yield from (f"{before}{key.name}:" for key in KEYS if f"{key.name}:".startswith(begun) and begun[-1] != ":")
        return
    folded = fold(begun)
    for value in last.key.values or known(last.key.name):
        if fold(value).startswith(folded) and value.casefold() != begun.casefold():
            yield f"{before}{_quoted(value) if last.quoted else _value(value)}"
