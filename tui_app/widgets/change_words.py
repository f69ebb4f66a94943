"""What a sync changed, in words: a run in one line, one changed item in another. Used by the command line too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tui_app.catalog import LISTED_KINDS, ChangedItem, Changes
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import count_words, date_words, length_words

NOTHING_NEW: Final = "nothing new"
#: Fields whose names say little to people. The others are called what they are: name, year, rating, plot …
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


def summary_words(counts: Mapping[str, Changes]) -> str:
    """ "+124 movies, +9 series, 3 changed, −41"; "nothing new" when no item differs. `counts` by part."""
    parts = [(kind, counts[kind.plural]) for kind in LISTED_KINDS if kind.plural in counts]
    words = [f"+{count_words(found.added, kind.value, kind.plural)}" for kind, found in parts if found.added]
    changed, removed = (sum(getattr(found, name) for _, found in parts) for name in ("changed", "removed"))
    words += [f"{changed:,} changed"] if changed else []
    words += [f"{glyphs().minus}{removed:,}"] if removed else []
    return ", ".join(words) or NOTHING_NEW


def short_summary(counts: Mapping[str, Changes]) -> str:
    """ "+133 ~3 −41", all kinds together; "nothing new"."""
    found = [counts[kind.plural] for kind in LISTED_KINDS if kind.plural in counts]
    sums = {name: sum(getattr(each, name) for each in found) for name in ("added", "changed", "removed")}
    return " ".join(f"{sign_of(name)}{count:,}" for name, count in sums.items() if count) or NOTHING_NEW


def sign_of(change: str) -> str:
    """One cell for "added", "changed" or "removed"."""
    return {"added": "+", "changed": "~"}.get(change, glyphs().minus)


def name_words(changed: ChangedItem) -> str:
    """The item's name, "old → new" when that is what changed."""
    if "name" not in changed.fields:
        return changed.name
    return _difference("name", *changed.fields["name"])


def fields_words(changed: ChangedItem, *, longest: int | None = None) -> str:
    """The other changed fields in one line: "rating 6.1 → 6.5, year none → 1926".

    What would take more than `longest` characters is only named: "plot changed".
    """
    return ", ".join(
        f"{label} {words if longest is None or len(words) <= longest else 'changed'}"
        for label, words in changed_fields(changed)
    )


def changed_fields(changed: ChangedItem) -> list[tuple[str, str]]:
    """(field, "old → new") of each changed field but the name, on one line each."""
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
