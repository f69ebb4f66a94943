"""Read the lists of real films and serials in the public domain.

The lists are plain text: blocks separated by a blank line; `#` starts a comment line. A block is

    Title = Original title | year | minutes | countries | language | genres
      directors
      cast
      plot

where `= Original title` is omitted if both are the same, and "-" stands for unknown people. In the block of a serial,
one line per episode follows, `season.number Title`; its minutes are the usual length of an episode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Film:
    """Facts about one real film. `minutes` is the usual length; restorations differ slightly."""

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
    season: int
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Serial:
    """Facts about one real serial; `about.minutes` is the usual length of an episode."""

    about: Film
    chapters: tuple[Chapter, ...]


@cache
def films() -> tuple[Film, ...]:
    """Return all films, in the order of the file."""
    return tuple(_film(block) for block in _blocks("films.txt"))


@cache
def serials() -> tuple[Serial, ...]:
    """Return all serials with their episodes, in the order of the file."""
    return tuple(Serial(_film(block[:4]), tuple(map(_chapter, block[4:]))) for block in _blocks("serials.txt"))


@cache
def clip() -> bytes:
    """Return five seconds of MPEG-TS, created for the demo: the only video it plays."""
    return files(__package__).joinpath("data", "clip.ts").read_bytes()


def data_text(name: str) -> str:
    """Return one of the text files in `demo/data`."""
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
    code, _, title = line.partition(" ")
    season, _, number = code.partition(".")
    return Chapter(int(season), int(number), title)
