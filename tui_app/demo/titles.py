"""Invents titles, people and plots in several languages from word lists. Knows nothing of rows or categories."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tui_app.demo.dice import Dice
from tui_app.demo.facts import data_text

ENGLISH: Final = "en"
_SLOT: Final = re.compile(r"\{(\w)\}")

#: Literal text and pools of words, in turn.
Pattern = tuple[str | list[str], ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one language. `tag` is what providers put before a name; `themes` names the kinds of channel."""

    tag: str
    country: str
    patterns: Sequence[Pattern]
    plots: Sequence[Pattern]
    names: Sequence[str]  # of people, in full: all there are, because one draw is cheaper than two
    brands: Sequence[str]
    themes: Sequence[str]

    def title(self, dice: Dice) -> str:
        """A title of a film or series, without year or tags."""
        return _fill(dice.pick(self.patterns), dice)

    def plot(self, dice: Dice) -> str:
        """One or two sentences."""
        return _fill(dice.pick(self.plots), dice)

    def person(self, dice: Dice) -> str:
        return dice.pick(self.names)

    def people(self, dice: Dice, count: int) -> str:
        """Names parted by commas, none twice."""
        return ", ".join(dict.fromkeys([dice.pick(self.names) for _ in range(count)]))


@cache
def tongues() -> Mapping[str, Tongue]:
    """All languages by their ISO code. Those without plots or themes use the English ones, as many panels do."""
    tables = tomllib.loads(data_text("languages.toml"))
    english = tables[ENGLISH]
    return {code: _tongue(table, english) for code, table in tables.items()}


def _tongue(table: Mapping[str, list[str]], english: Mapping[str, list[str]]) -> Tongue:
    storyteller = table if "plots" in table else english
    return Tongue(
        str(table["tag"]),
        str(table["country"]),
        [_pattern(pattern, table) for pattern in table["patterns"]],
        [_pattern(plot, storyteller) for plot in storyteller["plots"]],
        [f"{given} {family}" for given in table["g"] for family in table["f"]],
        table["brands"],
        table.get("themes", english["themes"]),
    )


def _pattern(text: str, pools: Mapping[str, list[str]]) -> Pattern:
    return tuple(pools[part] if place % 2 else part for place, part in enumerate(_SLOT.split(text)))


def _fill(pattern: Pattern, dice: Dice) -> str:
    return "".join([part if isinstance(part, str) else dice.pick(part) for part in pattern])
