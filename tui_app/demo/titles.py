"""Invents titles, people and plots in several languages from word lists. Knows nothing of rows or categories."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tui_app.demo.facts import data_text
from tui_app.demo.seeded_random import SeededRandom

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

    def title(self, rng: SeededRandom) -> str:
        """A title of a film or series, without year or tags."""
        return _fill(rng.pick(self.patterns), rng)

    def plot(self, rng: SeededRandom) -> str:
        """One or two sentences."""
        return _fill(rng.pick(self.plots), rng)

    def person(self, rng: SeededRandom) -> str:
        return rng.pick(self.names)

    def people(self, rng: SeededRandom, count: int) -> str:
        """Names parted by commas, none twice."""
        return ", ".join(dict.fromkeys([rng.pick(self.names) for _ in range(count)]))


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


def _fill(pattern: Pattern, rng: SeededRandom) -> str:
    return "".join([part if isinstance(part, str) else rng.pick(part) for part in pattern])
