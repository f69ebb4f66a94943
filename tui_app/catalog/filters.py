"""The filter of a list, and the query language that is its text: `chaplin kind:movie year:1915..1929 -genre:drama`.

The filter dialog, the filter line, the search box, saved filters and the command line share both. Any text is valid:
what is no known key is a word, and a value that a key does not take is named in `ParsedFilter.problems`. `KEYS`
declares the keys once: it parses them, and makes the handbook's table, the help and the completion.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any, Final, NamedTuple

from tui_app.catalog.lists import SORT_KEYS, Query, SortKey
from tui_app.catalog.rows import Kind
from tui_app.text import fold
from tui_app.text.title import QUALITIES

DAY_S: Final = 86_400
#: The largest value of "added in the last … days": a hundred years.
MOST_DAYS: Final = 36_500
#: Characters and parts of a query that are read. A filter in SQL may be nested 1,000 deep; each part nests once.
LONGEST_QUERY: Final = 4_096
MOST_PARTS: Final = 64
_QUOTED: Final = 60  # characters of a text quoted in a sentence
#: Sortings that start with the highest value.
BEST_FIRST: Final = frozenset({"rating", "year", "added"})


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the items of a list have in common, and their order. The default is everything, in the provider's order.

    An item must match each of `also`, further values of a field, and none of `excluded`.
    """

    text: str = ""  # every word must start a word of the name; in a search, its words
    kinds: tuple[Kind, ...] = ()  # none: all
    category_name: str = ""  # an id, a whole name, or words of names
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    min_rating: float | None = None
    added_days: int | None = None  # added in the last … days
    language: str | None = None
    quality: str | None = None
    cast: str | None = None
    director: str | None = None
    favourites: bool = False
    unwatched: bool = False
    watched: bool = False
    catchup: bool = False
    also: tuple[ItemFilter, ...] = ()
    excluded: tuple[ItemFilter, ...] = ()
    sort: SortKey = "number"
    descending: bool = False
    grouped: bool = False  # one row for all versions of a title

    @property
    def narrows(self) -> bool:
        """Whether it restricts by more than words and kinds."""
        return replace(self, text="", kinds=(), sort="number", descending=False, grouped=False) != ItemFilter()

    @property
    def depends_on_marks(self) -> bool:
        """True when marking a title changes the rows of this list."""
        mine = self.favourites or self.unwatched or self.watched or self.grouped
        return mine or any(one.depends_on_marks for one in (*self.also, *self.excluded))

    def query(
        self,
        kind: Kind,
        *,
        favourites: Iterable[str] = (),
        watched: Iterable[str] = (),
        hidden_categories: Iterable[str] = (),
        now: float | None = None,
    ) -> Query:
        """Return the library query. `favourites` and `watched` are the marked ids."""
        marks, moment = {"favourites": favourites, "watched": watched}, time.time() if now is None else now
        wanted = [frozenset(marks[name]) for name in marks if getattr(self, name)]
        return Query(
            kind,
            category_words=self.category_name,
            genre=self.genre,
            year_from=self.year_from,
            year_to=self.year_to,
            min_rating=self.min_rating,
            added_since=self._added_since(moment),
            language=self.language,
            quality=self.quality,
            cast=self.cast,
            director=self.director,
            catchup=self.catchup,
            text=self.text,
            only_ids=tuple(sorted(wanted[0].intersection(*wanted[1:]))) if wanted else None,
            excluded_ids=tuple(sorted(watched)) if self.unwatched else (),
            excluded_categories=tuple(sorted(hidden_categories)),
            also=tuple(one.query(kind, **marks, now=moment) for one in self.also),
            excluded=tuple(one.query(kind, **marks, now=moment) for one in self.excluded),
            sort=self.sort,
            descending=self.descending,
        )

    def _added_since(self, now: float) -> int | None:
        """Return the start of a day (UTC), so that the query stays the same for a day."""
        return None if self.added_days is None else (int(now) // DAY_S - self.added_days) * DAY_S


# ------------------------------------------------------------------------------------------------------ values
Values = Mapping[str, Any]


def _kind(value: str) -> Values:
    found = [kind for word in value.casefold().split(",") for kind in Kind if word in (kind.value, kind.plural)]
    if not found:
        raise ValueError("channel, movie, series or episode")
    return {"kinds": tuple(found)}


def _words(field: str, example: str) -> Callable[[str], Values]:
    def read(value: str) -> Values:
        if not fold(value):
            raise ValueError(example)
        return {field: " ".join(value.split())}

    return read


_YEARS: Final = re.compile(r"(?P<first>\d{4})?(?:\.\.|[-–])(?P<last>\d{4}|\d\d)?", re.ASCII)
_BOUND: Final = re.compile(r"(?P<sign>[<>]=?)?(?P<number>\d{1,5}(?:[.,]\d{1,3})?)(?P<rest>\+|[dwmy])?", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
_BEST_RATING: Final = 10
_UNIT_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}


def _year(value: str) -> Values:
    if years := _YEARS.fullmatch(value):
        first, last = years["first"], years["last"]
        if last is not None and len(last) == 2:
            last = f"{(first or '19')[:2]}{last}"
        if first or last:
            low, high = int(first) if first else None, int(last) if last else None
            return _ordered(low, high)
    bound = _BOUND.fullmatch(value)
    if bound is None or bound["rest"] or _YEAR.fullmatch(bound["number"]) is None:
        raise ValueError("year:1920..1929, year:>=1920 or year:<1950")
    year, sign = int(bound["number"]), bound["sign"]
    if sign is None:
        return {"year_from": year, "year_to": year}
    return {"year_from": year + (sign == ">")} if sign[0] == ">" else {"year_to": year - (sign == "<")}


def _ordered(low: int | None, high: int | None) -> Values:
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    return {name: year for name, year in (("year_from", low), ("year_to", high)) if year is not None}


def _rating(value: str) -> Values:
    bound = _BOUND.fullmatch(value)
    least = float(bound["number"].replace(",", ".")) if bound else _BEST_RATING + 1
    if bound is None or (bound["sign"] or ">")[0] != ">" or bound["rest"] not in (None, "+") or least > _BEST_RATING:
        raise ValueError("rating:>=7, a number from 0 to 10")
    return {"min_rating": least}


def _added(value: str) -> Values:
    bound = _BOUND.fullmatch(value)
    number, unit = (bound["number"], bound["rest"] or "d") if bound else ("", "")
    days = int(number) * _UNIT_DAYS.get(unit, 0) if number.isdecimal() else 0
    if bound is None or not 0 < days <= MOST_DAYS:
        raise ValueError("added:<7d, added:<2w or added:>1y")
    is_before = (bound["sign"] or "<")[0] == ">"
    return {"excluded": (ItemFilter(added_days=days),)} if is_before else {"added_days": days}


def _quality(value: str) -> Values:
    if value.casefold() not in QUALITIES:
        raise ValueError(f"one of {', '.join(QUALITIES)}")
    return {"quality": value.casefold()}


_MARKS: Final = {
    "favourite": "favourites", "favorite": "favourites", "unwatched": "unwatched", "watched": "watched",
    "catchup": "catchup", "catch-up": "catchup", "grouped": "grouped",
}  # fmt: skip


def _mark(value: str) -> Values:
    field = _MARKS.get(value.casefold())
    if field is None:
        raise ValueError("is:favourite, is:unwatched, is:watched, is:catchup or is:grouped")
    return {field: True}


def _sort(value: str) -> Values:
    key = value.casefold()
    if key not in SORT_KEYS:
        raise ValueError(f"one of {', '.join(SORT_KEYS)}")
    return {"sort": key, "descending": key in BEST_FIRST}


# -------------------------------------------------------------------------------------------------------- keys
class FilterKey(NamedTuple):
    """A key of the query language. `values` are those it always takes; others come from the library."""

    name: str
    example: str
    meaning: str
    read: Callable[[str], Values]
    alias: str = ""
    values: tuple[str, ...] = ()


KEYS: Final = (
    FilterKey("kind", "kind:movie", "channels, movies, series or episodes", _kind, values=tuple(map(str, Kind))),
    FilterKey("genre", "genre:drama", "the whole name of a genre, or the beginnings of its words",
              _words("genre", "genre:drama")),
    FilterKey("year", "year:1920..1929", "a year or a range; also 1920-1929, 1920, >=1920, <1950", _year),
    FilterKey("rating", "rating:>=7", "the least rating; >7 alone is short for it", _rating),
    FilterKey("lang", "lang:en", "the language by the tags of the title, otherwise of its category",
              _words("language", "lang:en"), "language"),
    FilterKey("quality", "quality:4k", "the quality by the tags of the title, otherwise of its category", _quality,
              values=tuple(QUALITIES)),
    FilterKey("cat", 'cat:"UK | SPORTS"', "a category by id or name, or all whose names have these words",
              _words("category_name", "cat:sports"), "category"),
    FilterKey("added", "added:<7d", "added (series: changed) in the last days (d), weeks (w), months (m), years (y); "
              ">30d: before", _added),
    FilterKey("cast", 'cast:"buster keaton"', "words of the cast", _words("cast", "cast:keaton"), "actor"),
    FilterKey("director", "director:murnau", "words of the directors", _words("director", "director:murnau")),
    FilterKey("is", "is:unwatched", "favourite, unwatched, watched, catchup (channels); grouped: versions in one row",
              _mark, values=("favourite", "unwatched", "watched", "catchup", "grouped")),
    FilterKey("sort", "sort:rating", "name, rating, year, added, number; -sort:rating reverses", _sort,
              values=SORT_KEYS),
)  # fmt: skip
_KEY_OF: Final = {name: key for key in KEYS for name in (key.name, key.alias) if name}
KEYS_HELP: Final = f"words, and {' '.join(key.example for key in KEYS)}; - negates"
_OPPOSITE: Final = {"unwatched": "watched", "watched": "unwatched"}


# ------------------------------------------------------------------------------------------------------- parse
class ParsedFilter(NamedTuple):
    """A filter and what was not understood of its text, as sentences."""

    filter: ItemFilter
    problems: tuple[str, ...] = ()


#: Possessive, so that any text is read in one pass. A quote inside quotes is doubled; the last one may be missing.
_PART: Final = re.compile(
    r'\s*+(?P<minus>-)?+(?P<key>[A-Za-z]{2,8}:(?=\S|$))?+(?:"(?P<quoted>(?:[^"]++|"")*+)(?:"|$)|(?P<bare>\S*+))'
)
#: Without any of these a text is plain words.
_MAY_FILTER: Final = re.compile(r'[:"<>]|\.\.|(?:^|\s)-\S')
_SHORT_RATING: Final = re.compile(r">=?\d{1,2}(?:[.,]\d{1,3})?", re.ASCII)
_SHORT_YEARS: Final = re.compile(r"\d{4}\.\.\d{4}", re.ASCII)


class Part(NamedTuple):
    """One part of a query as typed. `key` is None for a word; `start` and `end` are where its value is in the text."""

    negated: bool
    key: FilterKey | None
    value: str
    quoted: bool
    start: int
    end: int


def parts_of(text: str) -> Iterator[Part]:
    """Yield the parts of a query, in order."""
    at = 0
    while at < len(text) and (match := _PART.match(text, at)):
        quoted, at = match["quoted"] is not None, max(match.end(), at + 1)
        value = match["quoted"].replace('""', '"') if quoted else match["bare"]
        key = _KEY_OF.get((match["key"] or "")[:-1].casefold())
        minus = bool(match["minus"])
        start = match.start("quoted") - 1 if quoted else match.start("bare")
        if key is None and match["key"]:  # an unknown key is part of a word
            value = f"{match['key']}{value}"
        if key is None and minus and not value:
            minus, value = False, "-"
        if value or key is not None:
            yield Part(minus, key, value, quoted, start, at)


def parse_filter(text: str, *, is_being_typed: bool = False) -> ParsedFilter:
    """Return the filter that a text describes. Any text is valid; one without keys is its words.

    The last value of one that `is_being_typed` is no problem while it can still become one that its key takes.
    """
    cut = text[:LONGEST_QUERY]
    problems = [f"Only the first {LONGEST_QUERY:,} characters are read."] if len(text) > LONGEST_QUERY else []
    if not _MAY_FILTER.search(cut):
        return ParsedFilter(ItemFilter(" ".join(cut.split())), tuple(problems))
    found, words = ItemFilter(), list[str]()
    unwanted: set[Kind] = set()
    parts = parts_of(cut)
    for part in islice(parts, MOST_PARTS):
        key = part.key or _short_key(part)
        if key is None and not part.negated:
            words.append(" ".join(part.value.split()))
            continue
        if not part.value:  # being typed
            continue
        try:
            values: Values = key.read(part.value) if key else {"text": part.value}
        except ValueError as hint:
            if key and is_being_typed and part.end == len(cut) and _is_begun(key, part.value):
                continue
            problems.append(f"“{shortened(part.value)}” is not a value of “{key.name if key else ''}”: write {hint}.")
            continue
        if key and key.name == "kind" and part.negated:
            unwanted.update(values["kinds"])
        elif fold(part.value):
            found = _with(found, values, negated=part.negated)
    if next(parts, None) is not None:
        problems.append(f"Only the first {MOST_PARTS} parts are read.")
    if unwanted:
        found = replace(found, kinds=tuple(kind for kind in found.kinds or Kind if kind not in unwanted))
    return ParsedFilter(replace(found, text=" ".join(filter(None, words))), tuple(problems))


_BEGUN: Final = re.compile(r"[<>]?=?\d{0,3}|\d{4}(?:\.|(?:\.\.|-)\d{3})")


def _is_begun(key: FilterKey, value: str) -> bool:
    if key.values:
        return any(one.startswith(value.casefold()) for one in key.values)
    return key.name in ("year", "rating", "added") and _BEGUN.fullmatch(value) is not None


def _short_key(part: Part) -> FilterKey | None:
    if part.quoted:
        return None
    if _SHORT_RATING.fullmatch(part.value):
        return _KEY_OF["rating"]
    return _KEY_OF["year"] if _SHORT_YEARS.fullmatch(part.value) else None


def shortened(text: str) -> str:
    """Return a text to be quoted in a sentence."""
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"


def _with(found: ItemFilter, values: Values, *, negated: bool) -> ItemFilter:
    """Return the filter with these values too."""
    if "sort" in values:
        return replace(found, sort=values["sort"], descending=values["descending"] is not negated)
    if "kinds" in values:
        both = {*found.kinds, *values["kinds"]}
        return replace(found, kinds=tuple(kind for kind in Kind if kind in both))
    if "excluded" in values:  # the opposite of a filter
        one = values["excluded"][0]
        return _with(found, dict(_set_fields(one)), negated=not negated)
    if "grouped" in values:
        return replace(found, grouped=not negated)
    (name, *_), one = values, ItemFilter(**values)
    if negated and name in _OPPOSITE:
        return _with(found, {_OPPOSITE[name]: True}, negated=False)
    if negated:
        return found if one in found.excluded else replace(found, excluded=(*found.excluded, one))
    if all(getattr(found, name) == getattr(ItemFilter(), name) for name in _same_key(values)):
        return replace(found, **values)
    is_known = one in found.also or all(getattr(found, name) == value for name, value in values.items())
    return found if is_known else replace(found, also=(*found.also, one))


def _same_key(values: Values) -> Iterable[str]:
    return ("year_from", "year_to") if values.keys() & {"year_from", "year_to"} else values


def _set_fields(one: ItemFilter) -> Iterator[tuple[str, Any]]:
    default = ItemFilter()
    return ((f.name, value) for f in fields(ItemFilter) if (value := getattr(one, f.name)) != getattr(default, f.name))
