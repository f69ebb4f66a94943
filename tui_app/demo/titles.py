"""Invent titles, people and plots in several languages from word lists."""

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

#: Literal text and lists of words, alternating.
Pattern = tuple[str | list[str], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

    `tag` is the prefix that providers put before names; `themes` are the kinds of channels.
    """

    tag: str
    country: str
    patterns: Sequence[Pattern]
    plots: Sequence[Pattern]
    names: Sequence[str]  # all full names of people, because one draw is cheaper than two
    brands: Sequence[str]
    themes: Sequence[str]

    def title(self, rng: SeededRandom) -> str:
        """Return a title of a film or series, without year or tags."""
        return _fill(rng.pick(self.patterns), rng)

    def plot(self, rng: SeededRandom) -> str:
        """Return one or two sentences."""
        return _fill(rng.pick(self.plots), rng)

    def person(self, rng: SeededRandom) -> str:
        return rng.pick(self.names)

    def people(self, rng: SeededRandom, count: int) -> str:
        """Return distinct names, separated by commas."""
        return ", ".join(dict.fromkeys([rng.pick(self.names) for _ in range(count)]))


@cache
def languages() -> Mapping[str, Language]:
    """Return all languages by ISO code.

    Languages without plots or themes use the English ones, as many panels do.
    """
    tables = tomllib.loads(data_text("languages.toml"))
    english = tables[ENGLISH]
    return {code: _language(table, english) for code, table in tables.items()}


def _language(table: Mapping[str, list[str]], english: Mapping[str, list[str]]) -> Language:
    plot_table = table if "plots" in table else english
    return Language(
        str(table["tag"]),
        str(table["country"]),
        [_pattern(pattern, table) for pattern in table["patterns"]],
        [_pattern(plot, plot_table) for plot in plot_table["plots"]],
        [f"{given} {family}" for given in table["g"] for family in table["f"]],
        table["brands"],
        table.get("themes", english["themes"]),
    )


def _pattern(text: str, pools: Mapping[str, list[str]]) -> Pattern:
    return tuple(pools[part] if index % 2 else part for index, part in enumerate(_SLOT.split(text)))


def _fill(pattern: Pattern, rng: SeededRandom) -> str:
    return "".join([part if isinstance(part, str) else rng.pick(part) for part in pattern])
