"""Formats ages, durations, counts, sizes and changes as short text."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from tui_app.catalog import LISTED_KINDS, ChangedItem
from tui_app.widgets.glyphs import glyphs

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400


def age_words(seconds: float) -> str:
    """Format an age: "just now", "5 min", "2 h", "3 days"."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    if seconds < 2 * _DAY:
        return f"{int(seconds // _HOUR)} h"
    return f"{int(seconds // _DAY)} days"


def ago_words(seconds: float) -> str:
    """Format an age: "just now" or "2 h ago"."""
    words = age_words(seconds)
    return words if words == "just now" else f"{words} ago"


def left_words(seconds: float | None) -> str:
    """Format the remaining time: "5 s left", "3 min left"; "" when unknown."""
    if seconds is None or seconds < 0:
        return ""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / _MINUTE)} min left" if seconds < 90 * _MINUTE else f"{round(seconds / _HOUR)} h left"


def length_words(seconds: int | None) -> str:
    """Format a running time: "1 h 42 min", "24 min"; "" when unknown."""
    if not seconds or seconds < 0:
        return ""
    hours, minutes = divmod(max(1, round(seconds / _MINUTE)), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"


def progress_words(position_s: int, duration_s: int | None) -> str:
    """Format a position: "41 of 96 min"; "41 min" without a known length; "" below one minute."""
    minutes = position_s // _MINUTE
    if minutes < 1:
        return ""
    return f"{minutes} of {max(minutes, round(duration_s / _MINUTE))} min" if duration_s else f"{minutes} min"


def bar_words(share: float | None, cells: int) -> str:
    """Return a share from 0 to 1 as a bar of this width; "" for None."""
    if share is None:
        return ""
    full, half = divmod(round(2 * cells * min(1.0, max(0.0, share))), 2)
    return (glyphs().bar_full * full + glyphs().bar_half * half).ljust(cells, glyphs().bar_empty)


def count_words(number: int, noun: str, plural: str | None = None) -> str:
    """Format a count: "1 movie", "1,234 movies"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size_words(size: int) -> str:
    """Format bytes: "640 B", "12 kB", "3.4 MB", "1.2 GB"."""
    if size < 1_000:
        return f"{size} B"
    value = size / 1_000
    for unit in ("kB", "MB"):
        if value < 1_000:
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
        value /= 1_000
    return f"{value:.1f} GB"


def clock_words(at: int, now: float) -> str:
    """Format a local time: "09:12" today, else "12 Mar 09:12"."""
    moment, today = time.localtime(at), time.localtime(now)
    if moment[:3] == today[:3]:
        return time.strftime("%H:%M", moment)
    return f"{moment.tm_mday} {time.strftime('%b %H:%M', moment)}"


def time_words(at: int) -> str:
    """Format a local time of day: "09:12"."""
    return time.strftime("%H:%M", time.localtime(at))


def day_words(at: int, now: float) -> str:
    """Format a local day: "Today", "Yesterday", "Friday 20 November", with the year if it is another one."""
    moment, today = time.localtime(at), time.localtime(now)
    if moment[:3] == today[:3]:
        return "Today"
    noon_before = time.localtime(time.mktime((*today[:3], 12, 0, 0, 0, 0, -1)) - _DAY)
    if moment[:3] == noon_before[:3]:
        return "Yesterday"
    words = f"{time.strftime('%A', moment)} {moment.tm_mday} {time.strftime('%B', moment)}"
    return words if moment.tm_year == today.tm_year else f"{words} {moment.tm_year}"


def moment_words(at: int, now: float) -> str:
    """Format a nearby local time: "21:15" today, else "Tue 21:15"; beyond a week "12 Mar"."""
    moment, today = time.localtime(at), time.localtime(now)
    if moment[:3] == today[:3]:
        return time.strftime("%H:%M", moment)
    if abs(at - now) < 6 * _DAY:
        return time.strftime("%a %H:%M", moment)
    return f"{moment.tm_mday} {time.strftime('%b', moment)}"


def date_words(at: int | None) -> str:
    """Format a local date: "2024-03-12"; "" when unknown."""
    return time.strftime("%Y-%m-%d", time.localtime(at)) if at else ""


NOTHING_NEW: Final = "nothing new"
#: Labels of fields whose names are technical. The others are labelled by their names: year, rating, plot …
_LABELS: Final[Mapping[str, str]] = {
    "added": "date",
    "archive_days": "catch-up days",
    "duration_s": "length",
    "epg_id": "guide",
    "icon": "picture",
    "is_adult": "for adults",
    "is_radio": "radio",
    "is_separator": "heading",
    "other_name": "other name",
    "tmdb": "TMDB number",
    "wire_id": "address id",
}


class ChangeCounts(Protocol):
    """How many items of a part changed, in the report of a sync or in the history."""

    @property
    def added(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def removed(self) -> int: ...


def summary_words(counts: Mapping[str, ChangeCounts]) -> str:
    """Summarise counts by part: "+124 movies, +9 series, 3 changed, −41"; else "nothing new"."""
    parts = [(kind, counts[kind.plural]) for kind in LISTED_KINDS if kind.plural in counts]
    words = [f"+{count_words(found.added, kind.value, kind.plural)}" for kind, found in parts if found.added]
    changed, removed = (sum(getattr(found, name) for _, found in parts) for name in ("changed", "removed"))
    words += [f"{changed:,} changed"] if changed else []
    words += [f"{glyphs().minus}{removed:,}"] if removed else []
    return ", ".join(words) or NOTHING_NEW


def short_summary(counts: Mapping[str, ChangeCounts]) -> str:
    """Summarise all kinds together: "+133 ~3 −41"; else "nothing new"."""
    found = [counts[kind.plural] for kind in LISTED_KINDS if kind.plural in counts]
    sums = {name: sum(getattr(each, name) for each in found) for name in ("added", "changed", "removed")}
    return " ".join(f"{sign_of(name)}{count:,}" for name, count in sums.items() if count) or NOTHING_NEW


def sign_of(change: str) -> str:
    """Return one cell for "added", "changed" or "removed"."""
    return {"added": "+", "changed": "~"}.get(change, glyphs().minus)


def name_words(changed: ChangedItem) -> str:
    """Return the item's name, "old → new" when the name changed."""
    if "name" not in changed.fields:
        return changed.name
    return _difference("name", *changed.fields["name"])


def fields_words(changed: ChangedItem, *, longest: int | None = None) -> str:
    """Return the other changed fields in one line: "rating 6.1 → 6.5, year none → 1926".

    A difference longer than `longest` characters is only named: "plot changed".
    """
    return ", ".join(
        f"{label} {words if longest is None or len(words) <= longest else 'changed'}"
        for label, words in changed_fields(changed)
    )


def changed_fields(changed: ChangedItem) -> list[tuple[str, str]]:
    """Return (field, "old → new") of each changed field except the name."""
    return [
        (_LABELS.get(name, name), _difference(name, old, new))
        for name, (old, new) in changed.fields.items()
        if name != "name"
    ]


def _difference(field: str, old: Any, new: Any) -> str:
    return f"{_value(field, old)} {glyphs().arrow} {_value(field, new)}"


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name in _NUMBERS:
        return _NUMBERS[name](value)
    return f"{value:.1f}" if isinstance(value, float) else " ".join(str(value).split())


_NUMBERS: Final[Mapping[str, Callable[[int], str]]] = {"added": date_words, "duration_s": length_words}


def clock(at: int) -> str:
    """Return the time of day on this machine's clock: "21:15"."""
    return time.strftime("%H:%M", time.localtime(at))
