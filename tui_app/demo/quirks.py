"""The oddities of real panels in small: strange names, untidy numbers, rows without a home.

`SPECIALS` override fields of a few rows of each kind; they never touch the plot (nor a channel's archive), because
that is where a later generation shows its change on such a row.
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
_HOMELESS: Final[Sequence[Row]] = (
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
    """One of each group, then the next of each: a small library gets the first few of all sorts."""
    return tuple(row for rows in zip_longest(*groups) for row in rows if row is not None)


#: Rows of each kind in which fields are overridden; the more important ones first, for small libraries.
CHANNEL_SPECIALS: Final = _in_turn(
    _NAMES,
    (*_HOMELESS, *_NO_ICON, {"stream_type": "created_live"}, {"stream_type": None}),
)
MOVIE_SPECIALS: Final = _in_turn(
    _NAMES,
    (*_HOMELESS, {"name": None}, {"added": None}, {"added": ""}, *_NO_ICON),
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
    _HOMELESS,
    (*_RATINGS, {"last_modified": None}, {"last_modified": ""}, {"backdrop_path": ""}, {"backdrop_path": None}),
)

_UNKNOWN_RATINGS: Final = ("0", None, "", "n/A", 0)


def number(value: int, quoted: bool) -> int | str:
    """Panels send the same number as text or as a number, even in one list."""
    return str(value) if quoted else value


def rating(tenths: int | None, index: int, odd: bool) -> object:
    """`"7.5"`, 7.5, `"7,5"`, or one of the ways to say nothing."""
    if tenths is None:
        return _UNKNOWN_RATINGS[index % len(_UNKNOWN_RATINGS)]
    if index % 33 == 5:
        return f"{tenths // 10},{tenths % 10}"
    return tenths / 10 if odd else f"{tenths / 10:.1f}"


def is_listed_twice(index: int) -> bool:
    """Whether the item is in two categories and has a row for each."""
    return index % 41 == 3


def is_in_two_categories(index: int) -> bool:
    """Whether `category_ids` names two: with two rows or with one."""
    return index % 41 in (3, 17)


def is_odd(index: int, generation: int) -> bool:
    """Whether a row quotes its numbers the unusual way; which rows do so changes with every generation."""
    return (index + generation) % 5 == 0


def picture(path: str, generation: int) -> str:
    """The address of a picture: the host moves with every generation, the path stays."""
    return f"http://cdn{generation % 3 + 1}.demo.invalid/{path}"


_encoder: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def encode(value: object) -> bytes:
    """The bytes a panel would send for `value`."""
    return _encoder.encode(value).replace("/", "\\/").encode("ascii")
