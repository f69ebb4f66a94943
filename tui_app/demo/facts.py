"""Reads the hand-made lists of real films and serials in the public domain. Makes nothing up.

The lists are plain text for people: blocks parted by a blank line, `#` starts a comment line. A block is

    Title = Original title | year | minutes | countries | language | genres
      directors
      cast
      plot

where `= Original title` is left out when both are the same, and "-" stands for nobody to name. A serial goes on with
one line an episode, `season.number Title`; its minutes are those of a usual episode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Film:
    """Facts of one real film. `minutes` is the usual length; restorations differ by some."""

    title: str
    original: str
    year: int
    minutes: int
    countries: tuple[str, ...]
    language: str  # ISO 639-1 of the original titles or speech
    genres: tuple[str, ...]
    directors: str
    cast: str
    plot: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One real episode."""

    season: int
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Serial:
    """Facts of one real serial; `about.minutes` is the usual length of an episode."""

    about: Film
    chapters: tuple[Chapter, ...]


@cache
def films() -> tuple[Film, ...]:
    """All films, in the order of the file."""
    return tuple(_film(block) for block in _blocks("films.txt"))


@cache
def serials() -> tuple[Serial, ...]:
    """All serials with their episodes, in the order of the file."""
    return tuple(Serial(_film(block[:4]), tuple(map(_chapter, block[4:]))) for block in _blocks("serials.txt"))


@cache
def clip() -> bytes:
    """Five seconds of MPEG-TS of our own making: all that ever plays in the demo."""
    return files(__package__).joinpath("data", "clip.ts").read_bytes()


def data_text(name: str) -> str:
    """One of the text files shipped beside this module."""
    return files(__package__).joinpath("data", name).read_text(encoding="utf-8")


def _blocks(name: str) -> Iterator[list[str]]:
    for block in data_text(name).split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if lines:
            yield lines


def _film(lines: list[str]) -> Film:
    head, directors, cast, plot = lines
    names, year, minutes, countries, language, genres = (part.strip() for part in head.split("|"))
    title, _, original = (part.strip() for part in names.partition(" = "))
    return Film(
        title,
        original or title,
        int(year),
        int(minutes),
        _split(countries),
        language,
        _split(genres),
        _named(directors),
        _named(cast),
        plot,
    )


def _named(people: str) -> str:
    return "" if people == "-" else people


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _chapter(line: str) -> Chapter:
    place, _, title = line.partition(" ")
    season, _, number = place.partition(".")
    return Chapter(int(season), int(number), title)
