"""Split a provider's title: `EN - The General (1926) [4K]` into title, language, year and quality.

Only unambiguous decorations are removed; the title is never empty.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Final, NamedTuple

from tui_app.text.clean import LONGEST_TEXT, NAME_LIMIT

YEAR_MIN: Final = 1870
#: Films are announced some years ahead; later years are part of the title or errors. Computed at import.
YEAR_MAX: Final = time.gmtime().tm_year + 5

_QUALITIES: Final = frozenset(
    "4K 8K 3D UHD FHD HD SD QHD HEVC H265 H264 H.265 H.264 X265 X264 HDR HDR10 RAW 50FPS 60FPS 1080P 720P 2160P 480P "
    "1080p 720p 2160p 480p ᴴᴰ ᶠᴴᴰ ᵁᴴᴰ ˢᴰ ᴿᴬᵂ ⁴ᴷ ⁸ᴷ ᴴᴱⱽᶜ ⁶⁰ᶠᵖˢ ⁵⁰ᶠᵖˢ HQ LQ BACKUP".split()
)
_LANGUAGE_NOTES: Final = frozenset("MULTI VOSTFR VOST VF VO SUB DUB DUBBED SUBBED OV".split())
_TAGS: Final = _QUALITIES | _LANGUAGE_NOTES
_MOST_TAGS: Final = 12
# "EN - ", "|FR| ", "[DE] ", "UK: ", "4K-EN - ", "US| "
_PREFIX = re.compile(
    r"^(?:[|┃\[(]\s*(?P<boxed>[A-Z0-9]{2,5}(?:[-/ ][A-Z0-9]{2,4})?)\s*[|┃\])]\s*+(?:[-:|]\s*+)?"
    r"|(?P<bare>[A-Z]{2,3}(?:-[A-Z0-9]{2,4})?|4K-[A-Z]{2,3}|[A-Z]{2}/[A-Z]{2})\s*(?:\s-\s|:\s|\|\s*))(?=\S)"
)
_PREFIX_HINTS: Final = frozenset("-:|┃[(")
#: No tag or year ends with one of these (the "p" of "1080p" excludes p).
_PLAIN_ENDINGS: Final = frozenset("abcdefghijklmnoqrstuvwxyz")
_BOXED_YEAR = re.compile(r"[(\[]((?:18|19|20)\d\d)[)\]]")
_BOX: Final = len("(1926)")
_DASHED_YEAR = re.compile(r"(?<!\s)\s+-\s+((?:18|19|20)\d\d)$")
_SEPARATOR_EDGES: Final = frozenset("#=*-_|~•◉★►◄─━<>")


class TitleParts(NamedTuple):
    """Parts of a title. `title` is non-empty if the name was."""

    title: str
    language: str = ""
    quality: str = ""
    year: int | None = None


def split_title(name: str) -> TitleParts:
    """Split language prefix, quality tags and year from a cleaned name."""
    name = name[:LONGEST_TEXT]
    if name[-1:] in _PLAIN_ENDINGS and _PREFIX_HINTS.isdisjoint(name[:9]):
        return TitleParts(name)  # fast path: most names have no decorations
    title, language = _split_prefix(name)
    title, tags = _split_tags(title)
    title, year = _split_year(title)
    if year is not None:
        title, more = _split_tags(title)
        tags = more + tags
    title = title.strip() or name
    if not tags:
        return TitleParts(title, language, "", plausible_year(year))
    quality = " ".join(tag for tag in tags if tag not in _LANGUAGE_NOTES)
    notes = " ".join(tag for tag in tags if tag in _LANGUAGE_NOTES)
    return TitleParts(title, f"{language} {notes}".strip(), quality, plausible_year(year))


def plausible_year(year: int | None) -> int | None:
    """Return `year` if a film can be from it, otherwise None ("Blade Runner (2049)")."""
    return year if year is not None and YEAR_MIN <= year <= YEAR_MAX else None


def is_separator(name: str) -> bool:
    """Whether the name is a heading in a channel list, like `##### SPORTS #####`."""
    return (
        name[:1] in _SEPARATOR_EDGES
        and len(name) >= 4
        and all(char in _SEPARATOR_EDGES for char in (*name[:2], *name[-2:]))
    )


def _split_prefix(name: str) -> tuple[str, str]:
    if _PREFIX_HINTS.isdisjoint(name[:9]):
        return name, ""
    match = _PREFIX.match(name)
    if match is None:
        return name, ""
    return name[match.end() :], match["boxed"] or match["bare"]


def _split_tags(title: str) -> tuple[str, list[str]]:
    tags: list[str] = []
    while (blank := title.rfind(" ")) > 0 and len(tags) < _MOST_TAGS:
        word = title[blank + 1 :].strip("[]()")
        if word not in _TAGS:
            break
        tags.insert(0, word)
        title = title[:blank].rstrip()
    return title, tags


def _split_year(title: str) -> tuple[str, int | None]:
    if title.endswith((")", "]")):  # match at the end only: a search would try every position
        match = _BOXED_YEAR.fullmatch(title, max(len(title) - _BOX, 0))
    elif title[-4:].isdigit() and title[-1:].isascii():
        match = _DASHED_YEAR.search(title)
    else:
        return title, None
    if match is None or match.start() == 0:
        return title, None
    return title[: match.start()].rstrip(), int(match[1])


_ADULT = re.compile(r"(?<!\w)(?:xxx|18\s?\+|\+18|adults?(?! swim)|porno?|erotica?)(?![\w+])", re.I)


@lru_cache(maxsize=2_048)
def category_is_adult(name: str) -> bool:
    """Whether a category's name marks its items as adult content."""
    return _ADULT.search(name, 0, NAME_LIMIT) is not None
