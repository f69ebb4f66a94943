"""Split a provider's title: `EN - The General (1926) [4K]` into title, language, year and quality.

Only unambiguous decorations are removed; the title is never empty.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Final, NamedTuple

from tui_app.text.clean import LONGEST_TEXT, NAME_LIMIT
from tui_app.text.fold import fold

YEAR_MIN: Final = 1870
#: Films are announced some years ahead; later years are part of the title or errors. Computed at import.
YEAR_MAX: Final = time.gmtime().tm_year + 5

_QUALITIES: Final = frozenset(
    "4K 8K 3D UHD FHD HD SD QHD HEVC H265 H264 H.265 H.264 X265 X264 HDR HDR10 RAW 50FPS 60FPS 1080P 720P 2160P 480P "
    "1080p 720p 2160p 480p ᴴᴰ ᶠᴴᴰ ᵁᴴᴰ ˢᴰ ᴿᴬᵂ ⁴ᴷ ⁸ᴷ ᴴᴱⱽᶜ ⁶⁰ᶠᵖˢ ⁵⁰ᶠᵖˢ HQ LQ BACKUP".split()
)
LANGUAGE_NOTES: Final = frozenset("MULTI VOSTFR VOST VF VO SUB DUB DUBBED SUBBED OV".split())
TAGS: Final = _QUALITIES | LANGUAGE_NOTES
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
    quality = " ".join(tag for tag in tags if tag not in LANGUAGE_NOTES)
    notes = " ".join(tag for tag in tags if tag in LANGUAGE_NOTES)
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
        if word not in TAGS:
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


#: The usual code of a language → its English name and the tags that stand for it.
_LANGUAGES: Final = {
    "en": "english EN ENG UK GB US USA AU IE NZ",
    "de": "german DE GER DEU AT",
    "fr": "french FR FRA FRE VF VOSTFR",
    "es": "spanish ES ESP SPA LAT MX",
    "it": "italian IT ITA",
    "pt": "portuguese PT POR BR",
    "nl": "dutch NL NLD",
    "pl": "polish PL POL",
    "tr": "turkish TR TUR",
    "ru": "russian RU RUS",
    "ar": "arabic AR ARA KSA UAE EG",
    "fa": "persian FA FAR IR",
    "he": "hebrew HE HEB IL",
    "el": "greek EL GR GRE",
    "ro": "romanian RO ROM ROU",
    "hu": "hungarian HU HUN",
    "cs": "czech CS CZ CZE",
    "sv": "swedish SV SE SWE",
    "no": "norwegian NO NOR",
    "da": "danish DA DK DAN",
    "fi": "finnish FI FIN",
    "hr": "croatian HR CRO HRV",
    "sr": "serbian SR RS SRB",
    "bg": "bulgarian BG BGR",
    "sq": "albanian SQ AL ALB",
    "ua": "ukrainian UA UKR",
    "hi": "hindi HI HIN IN IND",
    "ta": "tamil TA TAM",
    "te": "telugu TE TEL",
    "ml": "malayalam ML MAL",
    "pa": "punjabi PA PUN",
    "ur": "urdu UR URD PK",
    "ja": "japanese JA JP JPN",
    "ko": "korean KO KR KOR",
    "zh": "chinese ZH CN CHN",
    "th": "thai TH THA",
    "vi": "vietnamese VI VN VIE",
}
_NAMES: Final = {words.split()[0]: code for code, words in _LANGUAGES.items()}
_CODES: Final = {tag: code for code, words in reversed(_LANGUAGES.items()) for tag in words.split()[1:]}
#: A quality as it is typed → the tags that stand for it.
QUALITIES: Final = {
    "8k": ("8K", "⁸ᴷ"),
    "4k": ("4K", "UHD", "2160P", "2160p", "⁴ᴷ", "ᵁᴴᴰ"),
    "fhd": ("FHD", "1080P", "1080p", "ᶠᴴᴰ"),
    "hd": ("HD", "QHD", "720P", "720p", "ᴴᴰ"),
    "sd": ("SD", "480P", "480p", "ˢᴰ"),
    "hdr": ("HDR", "HDR10"),
    "hevc": ("HEVC", "H265", "H.265", "X265", "ᴴᴱⱽᶜ"),
    "3d": ("3D",),
    "60fps": ("60FPS", "⁶⁰ᶠᵖˢ"),
    "50fps": ("50FPS", "⁵⁰ᶠᵖˢ"),
    "raw": ("RAW", "ᴿᴬᵂ"),
}
_QUALITY_OF: Final = {fold(tag): quality for quality, tags in QUALITIES.items() for tag in tags if fold(tag)}


def language_tags(language: str) -> tuple[str, ...]:
    """Return the tags of a language given by code, name or tag. A tag of a country alone means that country."""
    folded = fold(language)
    code = _NAMES.get(folded, folded)
    return tuple(_LANGUAGES[code].split()[1:]) if code in _LANGUAGES else (language.strip().upper(),)


def tags_of(text: str) -> frozenset[str]:
    """Return the tags of a title's language or quality: "4K-EN MULTI" has three."""
    return frozenset(text.replace("-", " ").replace("/", " ").split())


def languages_of(tags: frozenset[str]) -> list[str]:
    """Return the codes of the languages that tags stand for."""
    return sorted({_CODES[tag] for tag in tags if tag in _CODES})


def qualities_of(tags: frozenset[str]) -> list[str]:
    """Return the qualities that tags stand for, the best picture first."""
    return [quality for quality, names in QUALITIES.items() if not tags.isdisjoint(names)]


def language_code(tag: str) -> str:
    """Return the code of the language that a tag stands for; the tag in lower case when it is none of the usual."""
    return _CODES.get(tag, tag.lower())


def languages_of_category(name: str, prefix: str) -> frozenset[str]:
    """Return the tags in a category's prefix, and those of the languages its name spells out."""
    tags = set(prefix.upper().replace("-", " ").replace("/", " ").split()) if len(prefix.split()) == 1 else set[str]()
    for code in {_NAMES[word] for word in fold(name).split() if word in _NAMES}:
        tags.update(language_tags(code))
    return frozenset(tags)


def qualities_of_category(name: str) -> frozenset[str]:
    """Return the qualities that the words of a category's name stand for."""
    return frozenset(_QUALITY_OF[word] for word in fold(name).split() if word in _QUALITY_OF)
