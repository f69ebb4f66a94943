"""The number of a season in words of many languages: `Season 4`, `2nd`, `Staffel Zwei`, `第一季`, `Specials`.

Season 0 holds what belongs to no season: specials, extras, bonus material.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from tui_app.xtream.dates import ascii_digits

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
    """A season, and the last one where several stand together (`6-7`)."""

    number: int
    last: int | None = None


def season_in(text: str | None) -> SeasonNumber | None:
    """The season a key or a name speaks of; None when it speaks of none.

    A number beside a word for seasons counts most; then words for extras, whose own numbers are none of seasons; then
    any number; then numbers in words.
    """
    words = _bare(text[:_LONGEST]) if text else ""
    if match := _NUMBERED.search(words):
        return _numbers(match)
    if _are_extras(words):
        return SeasonNumber(0)
    if match := _DIGITS.search(words):
        return _numbers(match)
    return _spelled(words)


def _numbers(match: re.Match[str]) -> SeasonNumber:
    first, last = int(match[1]), int(match[2] or 0)
    return SeasonNumber(first, last if first < last < first + 100 else None)


def _are_extras(words: str) -> bool:
    return _extras().search(words) is not None


@lru_cache(maxsize=1)
def _extras() -> re.Pattern[str]:
    """Whole words of two or three letters; the others with any ending."""
    words = [_bare(word) for word in _EXTRAS.split(",")]
    whole = "|".join(word for word in words if len(word) < 4 and word.isascii())
    begun = "|".join(word for word in words if len(word) >= 4 or not word.isascii())
    return re.compile(rf"(?<!\w)(?:(?:{whole})s?(?![^\W\d_])|{begun})")


def _spelled(words: str) -> SeasonNumber | None:
    """A number in words stands beside a word for seasons, or alone."""
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
    """Lower case without marks; the dotless i is an i."""
    apart = unicodedata.normalize("NFKD", ascii_digits(text).casefold())
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", letters).replace("ı", "i").strip()
