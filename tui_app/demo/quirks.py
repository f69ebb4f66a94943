"""The oddities of real panels: strange names, inconsistent numbers, rows without a category, JSON as PHP prints it.

`SPECIALS` override fields of a few rows of each kind. They never change the plot (nor a channel's archive), because
that is where a later generation changes such a row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

Row = dict[str, object]

_NAMES: Final[Sequence[Row]] = tuple(
    {"name": name}
    for name in (
        "Late Show [/b] [HD]",
        "\x1b[31mRed Alert\x1b[0m \u202egnp.EVOM",
        "24",
        "1917",
        "",
        "  Two\nLines &amp; a Tab\t",
        "Ze\u0301ro A&E + 50% #1",
        "עברית ABC עם English",
        "🎬 The Emoji Picture 👩‍👩‍👧",
        "The Very Long Goodbye " * 14,
        "nan",
        "[UK] O'Brien's \"Quotes\" \\ Slashes / More",
    )
)
_UNCATEGORISED: Final[Sequence[Row]] = (
    {"category_id": None, "category_ids": [None]},
    {"category_id": "99999", "category_ids": [99999]},
    {"category_id": "", "category_ids": []},
)
_NO_ICON: Final[Sequence[Row]] = (
    {"stream_icon": "data:image/png;base64,iVBORw0KGgo="},
    {"stream_icon": "//cdn.demo.invalid/a b.png"},
    {"stream_icon": None},
)

_RATINGS: Final[Sequence[Row]] = (
    {"rating": "7,5", "rating_5based": 3.8},
    {"rating": "n/A", "rating_5based": 0},
)


def _in_turn(*groups: Sequence[Row]) -> Sequence[Row]:
    """Return one of each group, then the next of each, so that small libraries get the first few of all."""
    return tuple(row for rows in zip_longest(*groups) for row in rows if row is not None)


#: Overridden fields of special rows, the more important ones first, for small libraries.
CHANNEL_SPECIALS: Final = _in_turn(
    _NAMES,
    (*_UNCATEGORISED, *_NO_ICON, {"stream_type": "created_live"}, {"stream_type": None}),
)
MOVIE_SPECIALS: Final = _in_turn(
    _NAMES,
    (*_UNCATEGORISED, {"name": None}, {"added": None}, {"added": ""}, *_NO_ICON),
    (
        {"container_extension": "MKV"},
        *_RATINGS,
        {"container_extension": None},
        {"rating": None, "rating_5based": None},
        {"rating": "", "rating_5based": ""},
    ),
)
SERIES_SPECIALS: Final = _in_turn(
    _NAMES,
    _UNCATEGORISED,
    (*_RATINGS, {"last_modified": None}, {"last_modified": ""}, {"backdrop_path": ""}, {"backdrop_path": None}),
)

_UNKNOWN_RATINGS: Final = ("0", None, "", "n/A", 0)


def number(value: int, quoted: bool) -> int | str:
    """Return a number as text or as it is: panels mix both, even in one list."""
    return str(value) if quoted else value


def rating(tenths: int | None, index: int, odd: bool) -> object:
    """Return `"7.5"`, 7.5, `"7,5"`, or one of the values for an unknown rating."""
    if tenths is None:
        return _UNKNOWN_RATINGS[index % len(_UNKNOWN_RATINGS)]
    if index % 33 == 5:
        return f"{tenths // 10},{tenths % 10}"
    return tenths / 10 if odd else f"{tenths / 10:.1f}"


def is_listed_twice(index: int) -> bool:
    """Return whether the item is in two categories and has a row for each."""
    return index % 41 == 3


def is_in_two_categories(index: int) -> bool:
    """Return whether `category_ids` names two categories, with one row or two."""
    return index % 41 in (3, 17)


def is_odd(index: int, generation: int) -> bool:
    """Return whether a row quotes its numbers the unusual way, which changes with every generation."""
    return (index + generation) % 5 == 0


def picture(path: str, generation: int) -> str:
    """Return the address of a picture: the host changes with every generation, the path does not."""
    return f"http://cdn{generation % 3 + 1}.demo.invalid/{path}"


_encoder: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def encode(value: object) -> bytes:
    """Return JSON as PHP prints it: no spaces, `\\/` for a slash, `\\uXXXX` for all non-ASCII characters."""
    return _encoder.encode(value).replace("/", "\\/").encode("ascii")
