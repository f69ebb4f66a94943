"""Parse season and episode numbers in episode titles and season names, in many languages.

Only the series' name and the number are removed from a title, and only where punctuation separates them:
`Lost - S01E03 - Tabula Rasa` becomes `Tabula Rasa`; `Lost and Found` stays. Season names are `Season 4`, `2nd`,
`Staffel Zwei`, `第一季`, `Specials`; season 0 holds specials, extras and bonus material.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from tui_app.catalog import number_words
from tui_app.text import fold, split_title
from tui_app.text.clean import NAME_LIMIT
from tui_app.xtream.coerce import int_, text
from tui_app.xtream.dates import ascii_digits

_LAST_AFTER: Final = r"(?:\s?[-–~&+]\s?(?:S\d{1,4}\s?)?EP?\s?(\d{1,5})|[-–~&+](\d{1,5})|E(\d{1,5}))?"
_SEASON_EPISODE = re.compile(
    rf"(?<![A-Za-z0-9])S(\d{{1,4}})\s?[._-]?\s?EP?\s?(\d{{1,5}}){_LAST_AFTER}(?![0-9])", re.I | re.A
)
_CROSSED = re.compile(
    r"(?<![A-Za-z0-9.])(\d{1,3})x(\d{2,4})(?:[-–~&+](?:\d{1,3}x)?(\d{1,4}))?(?![A-Za-z0-9])", re.I | re.A
)
_EPISODE_WORD: Final = (
    r"episodes?|[ée]pisode|episodio|epis[óo]dio|episodul|episoda|epizod[ae]?|eps?|folge|cap[íi]tulo|cap|puntata|"
    r"b[öo]l[üu]m|odcinek|aflevering|avsnitt|afsnit|jakso|díl|dil|diel|rész|επεισόδιο|серия|серія|эпизод|епізод|епизод|выпуск|"
    r"الحلقة|حلقة|قسمت|פרק|एपिसोड|tập|ตอนที่|ตอน|第|제|chapter|e(?=\d)|#|№"
)
_SEASON_WORD: Final = r"season|staffel|saison|temporada|stagione|seizoen|sezon|säsong|sæson|сезон|الموسم|series"
_BOTH_WORDS = re.compile(
    rf"(?<!\w)(?:{_SEASON_WORD})\s*(\d{{1,4}})\s*[,.:_–-]?\s*(?:{_EPISODE_WORD})\.?\s*(\d{{1,5}})(?!\d)", re.I
)
_AFTER_WORD = re.compile(
    rf"(?<!\w)(?:{_EPISODE_WORD})[\s.:_#]*(\d{{1,5}})(?!\d)(?:\s?[-–~&+]\s?(?:EP?\s?)?(\d{{1,5}})(?!\d))?", re.I
)
_BEFORE_WORD = re.compile(
    r"(?<!\d)(\d{1,5})(?:\s?[-–~&+]\s?(\d{1,5}))?\s?"
    r"(?:[.-]?\s?(?:b[öo]l[üu]m|серия|серія|rész|díl|odcinek|epizoda?)|[集话話回화회])",
    re.I,
)
_FIRST_NUMBER = re.compile(r"(\d{1,3})(?:\s*[-–~&+]\s*(\d{1,3}))?(?:\s*$|\s*[.:)|_]\s+|\s+[-–—|]\s+)", re.A)
_IN_FIELD = re.compile(r"\D{0,20}?(\d{1,5})(?:[.,]\d{1,3})?(?!\d)(?:\s*[-–~&+]\s*\D{0,8}?(\d{1,5})(?!\d))?", re.A)
_LEADING = re.compile(r"(?:[\s\-–—:|_]|\.(?!\.))+")
_TRAILING = re.compile(r"(?:\s+[-–—:|_.]+|[\s:|_])+\Z")
_BOXES_BEHIND = re.compile(r"(?<=\S)(?:\s*[(\[][^()\[\]]{1,40}[)\]])+\Z")
_LANGUAGE = re.compile(r"(?:\|[A-Z]{2,3}\||[\[(]?[A-Z]{2,3}[\])]?\s*[-|:])\s*")
_AFTER_NAME = re.compile(r"(?:\s*[(\[][^()\[\]]{1,40}[)\]])*(?:\s+[-–—]+\s+|\s*:\s+|\.\s+|\s*\|\s*|_+)(?=\S)")
_MOST_IN_ONE: Final = 100


class Numbers(NamedTuple):
    """Season and episode named by a title or field; `last` if one file has several episodes."""

    episode: int
    last: int | None = None
    season: int | None = None

    @property
    def words(self) -> str:
        return number_words(self.episode, self.last)


def numbers_in_field(value: object) -> Numbers | None:
    """Parse `episode_num`: `3`, `"03"`, `"5.0"`, `"E03"`, `"6-7"`, `"S01E05"`; None without a number."""
    number = int_(value)
    if number is not None:
        return Numbers(number) if number >= 0 else None
    written = ascii_digits(text(value, 60) or "")
    if written.startswith("-") or (isinstance(value, float) and not 0 <= value < 1e6):
        return None
    if match := _SEASON_EPISODE.search(written):
        return _season_episode(match)
    if match := _CROSSED.search(written):
        return _numbers(match[2], match[3], match[1])
    match = _IN_FIELD.match(written)
    return _numbers(match[1], match[2]) if match else None


def numbers_in_title(title: str) -> Numbers | None:
    """Parse season and episode number in a title; None if there is none."""
    written = ascii_digits(title[:NAME_LIMIT])
    if match := _SEASON_EPISODE.search(written):
        return _season_episode(match)
    if match := _CROSSED.search(written):
        return _numbers(match[2], match[3], match[1])
    if match := _BOTH_WORDS.search(written):
        return _numbers(match[2], None, match[1])
    if match := _AFTER_WORD.search(written) or _BEFORE_WORD.search(written) or _FIRST_NUMBER.match(written):
        return _numbers(match[1], match[2])
    return None


def _season_episode(match: re.Match[str]) -> Numbers:
    return _numbers(match[2], match[3] or match[4] or match[5], match[1])


def _numbers(first: str, last: str | None = None, season: str | None = None) -> Numbers:
    number, end = int(first), int(last or 0)
    behind = end if number < end < number + _MOST_IN_ONE else None
    return Numbers(number, behind, None if season is None else int(season))


def bare_title(title: str, series_names: Sequence[str]) -> str:
    """Return the title without series name and episode number, cut like a name; "" if nothing is left."""
    title = title[:NAME_LIMIT]
    written = ascii_digits(title)
    match = _SEASON_EPISODE.search(written) or _CROSSED.search(written) or _BOTH_WORDS.search(written)
    if match is None:
        return _without_name(title, series_names)
    before, after = _trimmed(title[: match.start()]), _trimmed(title[match.end() :])
    if match.re is not _SEASON_EPISODE and before and not _is_name(before, series_names):
        return title  # a number within the name: "The 10x10 Room"
    if after or not before or _is_name(before, series_names):
        return after
    return before


def _trimmed(part: str) -> str:
    """Strip separators at both ends, but not the dots of `To be continued...` and `2:00 A.M.`."""
    if lead := _LEADING.match(part):
        part = part[lead.end() :]
    part = _TRAILING.sub("", part)
    return "" if part == "." else part


def _without_name(title: str, series_names: Sequence[str]) -> str:
    """Remove the series name: `Show: The Name` → `The Name`. A name followed by a word is part of the title."""
    language = _LANGUAGE.match(title)
    starts = [title, title[language.end() :]] if language else [title]
    for start in starts:
        for name in _all_names(series_names):
            if start[: len(name)].casefold() == name.casefold() and (match := _AFTER_NAME.match(start, len(name))):
                return start[match.end() :].strip()
    return title


def _all_names(series_names: Iterable[str]) -> list[str]:
    """Return the names of a series with and without decorations, longest first."""
    series_names = [name[:NAME_LIMIT] for name in series_names]
    bare = [split_title(name).title for name in series_names]
    unboxed = (_BOXES_BEHIND.sub("", name) for name in bare)
    return sorted({name for name in (*series_names, *bare, *unboxed) if name}, key=lambda name: (-len(name), name))


def _is_name(before: str, series_names: Sequence[str]) -> bool:
    """Whether the text is the series' name with other decorations (`EN - Show (US)`)."""
    folded = _folded(before)
    return any(folded == _folded(name) or _folded(name).startswith(f"{folded} ") for name in series_names)


def _folded(name: str) -> str:
    return fold(_BOXES_BEHIND.sub("", split_title(name[:NAME_LIMIT]).title))


_LONGEST: Final = 200
_EXTRAS: Final = (
    "special, extra, ova, oav, ona, oad, bonus, sp, featurette, trailer, webisode, minisode, shorts, making of, "
    "behind the scenes, deleted scenes, sonderfolge, zusatzmaterial, hors serie, hors-serie, hors saison, "
    "spécial, spéciaux, especial, especiai, speciali, contenuti, özel, odcinki specjalne, specjaln, "
    "спецвыпуск, спешл, специальн, "
    "дополнительн, 特别, 特別, 特典, 番外, スペシャル, 스페셜, 특별, خاصة, اضافي, إضافي"
)
_SEASON: Final = (
    r"seasons?|series|staffel|saison|temporada|temp|stagione|seizoen|sezon\w*|sasong|saeson|kausi|sesong|seria|"
    r"сезон|الموسم|موسم|فصل|الجزء|עונה|σεζον|κυκλος|musim|mua|시즌|シーズン|第"
)
_NUMBERED = re.compile(
    rf"(?:(?<!\w)(?:{_SEASON})|(?<![^\W\d_])s)[\s.:_#-]*(\d{{1,4}})(?!\d)(?:\s*[-–~&+]\s*s?(\d{{1,4}})(?!\d))?"
)
_DIGITS = re.compile(r"(?<!\d)(\d{1,4})(?!\d)(?:\s*[-–~&+]\s*s?(\d{1,4})(?!\d))?")
_SAID = re.compile(rf"(?<!\w)(?:{_SEASON})(?!\w)|[季期]")
_WORD = re.compile(r"[^\W\d_]+")
_ROMAN: Final = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_NAMES: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
    "erste zweite dritte vierte funfte sechste siebte achte neunte zehnte",
    "un deux trois quatre cinq six sept huit neuf dix onze douze",
    "premiere deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "primera segunda tercera cuarta quinta sexta septima octava novena decima",
    "primeira segunda terceira quarta quinta sexta setima oitava nona decima",
    "prima seconda terza quarta quinta sesta settima ottava nona decima",
    "birinci ikinci ucuncu dorduncu besinci altinci yedinci sekizinci dokuzuncu onuncu",
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый",
    "الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر",
    "الأولى الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة العاشرة",
    "一 二 三 四 五 六 七 八 九 十 十一 十二",
)  # fmt: skip


class SeasonNumber(NamedTuple):
    """A season number, and the last one of a range (`6-7`)."""

    number: int
    last: int | None = None


def season_in(text: str | None) -> SeasonNumber | None:
    """Return the season named by a key or name; None if there is none.

    Precedence: a number beside a word for "season", words for specials (whose numbers are no seasons), any number,
    a number in words.
    """
    words = _bare(text[:_LONGEST]) if text else ""
    if match := _NUMBERED.search(words):
        return _season_numbers(match)
    if _are_extras(words):
        return SeasonNumber(0)
    if match := _DIGITS.search(words):
        return _season_numbers(match)
    return _spelled(words)


def _season_numbers(match: re.Match[str]) -> SeasonNumber:
    first, last = int(match[1]), int(match[2] or 0)
    return SeasonNumber(first, last if first < last < first + 100 else None)


def _are_extras(words: str) -> bool:
    return _extras().search(words) is not None


@lru_cache(maxsize=1)
def _extras() -> re.Pattern[str]:
    """Match words for specials: short ones as whole words, longer ones with any ending."""
    words = [_bare(word) for word in _EXTRAS.split(",")]
    whole = "|".join(word for word in words if len(word) < 4 and word.isascii())
    begun = "|".join(word for word in words if len(word) >= 4 or not word.isascii())
    return re.compile(rf"(?<!\w)(?:(?:{whole})s?(?![^\W\d_])|{begun})")


def _spelled(words: str) -> SeasonNumber | None:
    """Return a number in words beside a word for "season" or on its own."""
    parts = _WORD.findall(words)
    if len(parts) > 1 and not _SAID.search(words):
        return None
    for part in parts:
        number = _spelled_numbers().get(part) or _spelled_numbers().get(part.strip("第季期部话集"))
        if number is not None:
            return SeasonNumber(number)
    return None


@lru_cache(maxsize=1)
def _spelled_numbers() -> dict[str, int]:
    return {_bare(word): number for names in (*_NAMES, _ROMAN) for number, word in enumerate(names.split(), 1)}


def _bare(text: str) -> str:
    """Return lower case without accents; the dotless i becomes i."""
    apart = unicodedata.normalize("NFKD", ascii_digits(text).casefold())
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", letters).replace("ı", "i").strip()
