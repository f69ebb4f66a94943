"""Split a provider's title: `EN - The General (1926) [4K]` into title, language, year and quality.

Only unambiguous decorations are removed; the title is never empty.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
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
    rest, language = _split_prefix(name)
    title, year, tags = split_ending(rest)
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


def split_ending(title: str) -> tuple[str, int | None, list[str]]:
    """Split year and tags, which may stand before and behind it."""
    title, tags = _split_tags(title)
    title, year = _split_year(title)
    if year is None:
        return title, None, tags
    title, more = _split_tags(title)
    return title, year, more + tags


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


# ------------------------------------------------------------------------------------------------ versions of a title
#: Words of releases, which are part of no title, in lower case.
_RELEASE_WORDS: Final = frozenset(
    "4k 8k uhd fhd hdr hdr10 hdr10+ sdr hevc h264 h265 h.264 h.265 x264 x265 xvid divx avc av1 10bit 8bit 2160p 1440p "
    "1080p 1080i 720p 576p 480p 50fps 60fps bluray blu-ray bdrip brrip bdremux remux web-dl webdl web-rip webrip "
    "hdrip hdtv hdtvrip dvdrip dvdscr hdcam hdts hdtc camrip telesync telecine aac aac2.0 ac3 eac3 dts-hd truehd "
    "atmos ddp5.1 dd5.1 ddp vostfr truefrench subfrench multisub multisubs dublado legendado lektor napisy yify "
    "rarbg".split()
)
#: Words that say the same between brackets or behind a year, but elsewhere may be part of a title.
_COPY_WORDS: Final = _RELEASE_WORDS.union(
    "hd sd qhd hq lq 3d cam ts tc hc web dl rip blu ray bd dvd raw scr dv dts imax nf amzn dsnp hmax atvp extended "
    "uncut unrated theatrical remastered restored limited internal proper repack hybrid complete dual audio multi "
    "multiaudio vost vo vf vff vfq vfi ov sub subs subbed dub dubs dubbed dubbing subtitles subtitled directors cut "
    "edition version final backup german english french spanish italian portuguese dutch polish turkish russian "
    "arabic hindi tamil telugu korean japanese chinese deutsch francais latino castellano eng ger deu fra fre spa esp "
    "ita por nld pol tur rus ara hin 5.1 7.1 2.0 yts yts.mx yts.lt".split()
)
_SERVICES: Final = frozenset(
    "NETFLIX NF AMAZON PRIME VIDEO AMZN DISNEY DISNEY+ HBO MAX HULU APPLE TV TV+ APPLE+ PARAMOUNT PARAMOUNT+ SKY CANAL "
    "CANAL+ STARZ PEACOCK CRUNCHYROLL DISCOVERY+ RAKUTEN MUBI SHUDDER VIP CINEMA MOVIES TOP NEW".split()
)
#: Languages and countries as tags, and those that tell remakes apart: "The Office (US)".
_PLACES: Final = frozenset(_CODES).union(
    "MULTI EXYU EX YU LATAM LA SK SI SLO MK BA BE CH CA AF KU LT LV EE EST IS SUBS".split()
)
_PLACES_IN_BOXES: Final = _PLACES.difference("US UK AU NZ CA IE IN USA GB".split())
_CORE_TAGS: Final = TAGS - {"RAW", "BACKUP"}
_LEADING: Final = _PLACES | _SERVICES | TAGS
_OPENING, _CLOSING, _SIGNS = "[({|┃", "])}|┃", "-–—|┃│▎★☆●•◆■▶►»➤→:;,~"
#: A word of capitals, a number or a sign that decorations have. Names without one need no further look.
_HINT: Final = re.compile(r"[0-9._+&|┃│▎★☆●•◆■▶►»➤→~()\[\]{}ᴬ-ᵿ⁰-⁹]|, The$|[A-Z](?:[A-Z]|\s[A-Z](?:\s|$))")
_TOKEN: Final = re.compile(r"[\[({|┃]([^\[\](){}|┃]*+)[\])}|┃]|[^\s\[\](){}|┃]+|[\[\](){}|┃]")
_LEAD: Final = re.compile(rf"([A-Z0-9+/ -]{{1,20}}?)(?:\s+[{_SIGNS}]+\s+|:\s+|\s*[|┃★]\s*+)(?=\S)")
_LEAD_HINTS: Final = frozenset(_OPENING + _SIGNS) - frozenset(",;~")
_BETWEEN_WORDS: Final = re.compile(r"[\s,/|+-]+")
_SPLIT_CODEC: Final = re.compile(r"(?i)\b([hx])[._](26[45])\b")
_ACRONYM: Final = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")


class TitleCore(NamedTuple):
    """What versions share: `title`, folded and undecorated, and `year`, as the name says; `tags` describe the copy."""

    title: str
    year: int | None = None
    tags: tuple[str, ...] = ()


def title_core(name: str, year: int | None = None) -> TitleCore:
    """Return the core of a name: `NETFLIX - The.General.1926.1080p.x264`, `|FR| The General (1926) [REMUX]` agree.

    `year` is what is known besides: a number behind the title is removed only if it is near that year, or no other is
    known. What may be part of the title stays: "The Office (US)". Linear in the length of the name.
    """
    name = without_lead(name[:NAME_LIMIT])
    if name[-7:-5] == " (" and name[-1] == ")" and (found := _year_in(name[-5:-1])) and not _HINT.search(name[:-7]):
        return TitleCore(_plain(name[:-7]), found)
    if not _HINT.search(name):
        return TitleCore(_plain(name))
    return _Core(name, year).found() or TitleCore(_plain(name))


def _plain(title: str) -> str:
    return fold(title).replace(" and ", " ")  # which is often written "&", or left out between dots


def without_lead(name: str) -> str:
    """Remove tags of language, service and quality before a title."""
    if name[2:5] == " - " and name[:2] in _PLACES:  # the usual form: a third of the time
        name = name[5:] or name
    if _LEAD_HINTS.isdisjoint(name[:20]):
        return name
    name = name.lstrip(f" {_SIGNS}") or name
    for _ in range(_MOST_TAGS):
        match = _TOKEN.match(name) if name[:1] in _OPENING else _LEAD.match(name)
        words = [*filter(None, _BETWEEN_WORDS.split(match[1]))] if match and match[1] else []
        rest = name[match.end() :].lstrip(f" {_SIGNS}") if match else ""
        if not (rest and words and all(word.upper() in _LEADING or word.lower() in _RELEASE_WORDS for word in words)):
            break
        if _SERVICES.issuperset(words) and _year_in(rest.strip("()[]")):  # "Prime - 2005"
            break
        name = rest
    return name


class _Core:
    """The words of a name, while decorations are taken off its end."""

    def __init__(self, name: str, year: int | None) -> None:
        is_release = " " not in name and name.count(".") + name.count("_") > 1
        if is_release:
            name = _SPLIT_CODEC.sub(r"\1\2", name).replace(".", " ").replace("_", " ")
        self._tokens = [match[0] for match in _TOKEN.finditer(name)]
        self._known = year
        self._year: int | None = None
        self._tags: list[str] = []
        self._has_release_words, self._is_mixed_case = False, any(map(str.islower, "".join(self._tokens[:1])))
        years = [
            place
            for place, token in enumerate(self._tokens)
            if place and len(token) in (4, 6) and _year_in(_inside(token) or token)
        ]
        self._year_at = years[-1] if years else len(self._tokens)  # words behind it are about the copy
        if is_release and any(map(_is_release_word, self._tokens[self._year_at + 1 :])):
            self._tags = self._tokens[: self._year_at : -1]
            del self._tokens[self._year_at + 1 :]

    def found(self) -> TitleCore | None:
        """Return the core; None if nothing is left."""
        tokens = self._tokens
        while len(tokens) > 1 and (not tokens[-1].strip(_SIGNS) or self._is_decoration(tokens[-1])):
            tokens.pop()
        if len(tokens) > 1 and tokens[-1].lower() == "the" and tokens[-2].endswith(","):
            tokens.insert(0, tokens.pop())
        title = _ACRONYM.sub(r"\1", _plain(" ".join(tokens)))
        return TitleCore(title, self._year, tuple(reversed(self._tags))) if title else None

    def _is_decoration(self, token: str) -> bool:
        inside = _inside(token)
        word = token.strip(_SIGNS)
        if self._is_year(inside or word, in_box=bool(inside)):
            return True
        words = [*filter(None, _BETWEEN_WORDS.split(inside.replace("'", "")))] if inside else [word]
        if not (self._describe_copy(words, token[0]) if inside else self._is_of_release(word)):
            return False
        self._tags.extend(reversed(words))
        return True

    def _is_year(self, text: str, *, in_box: bool) -> bool:
        """Whether it is the year: between brackets always the first one, elsewhere one near what is known."""
        found, known = _year_in(text), self._year or self._known
        if found is None or (known and abs(found - known) > 1 and (self._year or not in_box)):
            return False
        self._year = self._year or found
        return True

    def _describe_copy(self, words: Sequence[str], bracket: str) -> bool:
        """Whether all words between brackets describe the copy; countries are of the title: "Big Brother (UK)"."""
        places = _PLACES_IN_BOXES if self._is_behind_year or bracket in "[|┃" else _CORE_TAGS
        return all(_is_release_word(word) or word.lower() in _COPY_WORDS or word in places for word in words)

    def _is_of_release(self, word: str) -> bool:
        """Whether a word without brackets describes the copy. Between title and year only unmistakable ones do."""
        if _is_release_word(word):
            if word == "3D" and not (self._is_behind_year or self._has_release_words):  # "Saw 3D" is another film
                return False
            self._has_release_words = True
            return True
        if self._is_behind_year:
            return word.lower() in _COPY_WORDS or word in _PLACES_IN_BOXES
        return self._has_release_words and word.isupper() and word.lower() in _COPY_WORDS and self._is_mixed_case

    @property
    def _is_behind_year(self) -> bool:
        return len(self._tokens) - 1 > self._year_at


def _inside(token: str) -> str:
    """Return what is between brackets; "" for a word."""
    return token[1:-1] if token[0] in _OPENING and token[-1] in _CLOSING else ""


def _year_in(text: str) -> int | None:
    return plausible_year(int(text)) if len(text) == 4 and text.isascii() and text.isdigit() else None


def _is_release_word(word: str) -> bool:
    """Whether the word is a release's, perhaps with the name of its group: `x264-GROUP`."""
    lower = word.lower()
    return lower in _RELEASE_WORDS or word in _CORE_TAGS or ("-" in lower and lower.partition("-")[0] in _RELEASE_WORDS)
