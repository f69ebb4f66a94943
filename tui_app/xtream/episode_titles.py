"""What an episode's title says besides its name: its season and number, in the words of many languages.

A title keeps its words. Only what repeats the series' name or the number goes, and only where a sign shows that it is
no part of the name: `Lost - S01E03 - Tabula Rasa` is `Tabula Rasa`, `Lost and Found` stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tui_app.catalog import number_words
from tui_app.text import fold, split_title
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
    """What a title or a field says of an episode's place; `last` where one file holds several."""

    episode: int
    last: int | None = None
    season: int | None = None

    @property
    def words(self) -> str:
        return number_words(self.episode, self.last)


def numbers_in_field(value: object) -> Numbers | None:
    """The number in `episode_num`: `3`, `"03"`, `"5.0"`, `"E03"`, `"6-7"`, `"S01E05"`; None without one."""
    number = int_(value)
    if number is not None:
        return Numbers(number) if number >= 0 else None
    said = ascii_digits(text(value, 60) or "")
    if said.startswith("-") or (isinstance(value, float) and not 0 <= value < 1e6):
        return None
    if match := _SEASON_EPISODE.search(said):
        return _season_episode(match)
    if match := _CROSSED.search(said):
        return _numbers(match[2], match[3], match[1])
    match = _IN_FIELD.match(said)
    return _numbers(match[1], match[2]) if match else None


def numbers_in_title(title: str) -> Numbers | None:
    """The place an episode's title names in any of many ways; None when it names none."""
    said = ascii_digits(title)
    if match := _SEASON_EPISODE.search(said):
        return _season_episode(match)
    if match := _CROSSED.search(said):
        return _numbers(match[2], match[3], match[1])
    if match := _BOTH_WORDS.search(said):
        return _numbers(match[2], None, match[1])
    if match := _AFTER_WORD.search(said) or _BEFORE_WORD.search(said) or _FIRST_NUMBER.match(said):
        return _numbers(match[1], match[2])
    return None


def _season_episode(match: re.Match[str]) -> Numbers:
    return _numbers(match[2], match[3] or match[4] or match[5], match[1])


def _numbers(first: str, last: str | None = None, season: str | None = None) -> Numbers:
    number, end = int(first), int(last or 0)
    behind = end if number < end < number + _MOST_IN_ONE else None
    return Numbers(number, behind, None if season is None else int(season))


def bare_title(title: str, series_names: Sequence[str]) -> str:
    """The title without the series' name and the episode's number; "" when nothing else stands in it."""
    said = ascii_digits(title)
    match = _SEASON_EPISODE.search(said) or _CROSSED.search(said) or _BOTH_WORDS.search(said)
    if match is None:
        return _without_name(title, series_names)
    before, after = _trimmed(title[: match.start()]), _trimmed(title[match.end() :])
    if match.re is not _SEASON_EPISODE and before and not _is_name(before, series_names):
        return title  # "The 10x10 Room" has a number in its name
    if after or not before or _is_name(before, series_names):
        return after
    return before


def _trimmed(part: str) -> str:
    """Without separators at its ends; the dots of `To be continued...` and `2:00 A.M.` are none."""
    if lead := _LEADING.match(part):
        part = part[lead.end() :]
    part = _TRAILING.sub("", part)
    return "" if part == "." else part


def _without_name(title: str, series_names: Sequence[str]) -> str:
    """`Show: The Name` → `The Name`; a name before an ordinary word is a part of the title."""
    language = _LANGUAGE.match(title)
    starts = [title, title[language.end() :]] if language else [title]
    for start in starts:
        for name in _all_names(series_names):
            if start[: len(name)].casefold() == name.casefold() and (match := _AFTER_NAME.match(start, len(name))):
                return start[match.end() :].strip()
    return title


def _all_names(series_names: Iterable[str]) -> list[str]:
    """The names of a series with and without their decorations, the longest first."""
    bare = [split_title(name).title for name in series_names]
    unboxed = (_BOXES_BEHIND.sub("", name) for name in bare)
    return sorted({name for name in (*series_names, *bare, *unboxed) if name}, key=lambda name: (-len(name), name))


def _is_name(before: str, series_names: Sequence[str]) -> bool:
    """Whether it is the series' name, decorated in another way (`EN - Show (US)`)."""
    folded = _folded(before)
    return any(folded == _folded(name) or _folded(name).startswith(f"{folded} ") for name in series_names)


def _folded(name: str) -> str:
    return fold(_BOXES_BEHIND.sub("", split_title(name).title))
