"""One film or series before it becomes a row: real or invented facts, and their changes in later generations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tui_app.demo.categories import Group
from tui_app.demo.facts import Film
from tui_app.demo.seeded_random import SeededRandom
from tui_app.demo.titles import languages

_LENGTHS: Final = range(62, 171)
_TAGS: Final = ("", "", "", "", "", " 4K", " [HD]", " HEVC", " (MULTI)", " FHD")


@dataclass(frozen=True, slots=True)
class Work:
    """The facts of a film or series. `rating` is in tenths, 10..99, or None; `title` has no tags."""

    title: str
    original: str
    year: int
    minutes: int
    countries: str
    genres: tuple[str, ...]
    director: str
    cast: str
    plot: str
    rating: int | None
    released: str
    tag: str  # the prefix of the language


def real_work(film: Film, rng: SeededRandom) -> Work:
    """Return the real facts; only the rating is random."""
    return Work(
        film.title,
        film.original,
        film.year,
        film.minutes,
        ", ".join(film.countries),
        film.genres,
        film.directors,
        film.cast,
        film.plot,
        rng.between(52, 91),
        str(film.year),
        film.language.upper(),
    )


def invented_work(group: Group, rng: SeededRandom) -> Work:
    """Return a plausible title in the group's language and genre."""
    language = languages()[group.language]
    title = language.title(rng)
    year = 2025 - min(rng.below(12), rng.below(12)) if rng.chance(55) else rng.between(1951, 2024)
    genre = group.genre or rng.pick(GENRES)
    other = rng.pick(GENRES)
    return Work(
        title,
        title,
        year,
        rng.pick(_LENGTHS),
        language.country,
        (genre,) if other == genre else (genre, other),
        language.person(rng),
        language.people(rng, 4),
        language.plot(rng),
        None if rng.chance(8) else 25 + rng.below(36) + rng.below(36),
        f"{year}-{rng.between(1, 12):02}-{rng.between(1, 28):02}",
        language.tag,
    )


def revised(work: Work, index: int, revision: int, *, only_plot: bool = False) -> Work:
    """Return the work after its `revision`-th change: a new name, rating or plot, never an earlier one."""
    if not revision:
        return work
    change = 2 if only_plot else (index + revision) % 3
    if change == 0:
        return replace(work, title=f"{work.title} (Restored {revision})")
    if change == 1 and work.rating is not None:
        return replace(work, rating=10 + (work.rating - 10 + 7 * revision) % 90)
    return replace(work, plot=f"{work.plot} New print no. {revision}.")


def display_name(work: Work, rng: SeededRandom) -> str:
    """Return the name as providers write it, with language, year and quality."""
    shape = rng.below(20)
    prefix = (
        f"{work.tag} - " if shape < 5 else f"|{work.tag}| " if shape < 7 else f"[{work.tag}] " if shape == 7 else ""
    )
    year = f" ({work.year})" if rng.chance(75) else f" - {work.year}" if rng.chance(40) else ""
    return f"{prefix}{work.title}{year}{rng.pick(_TAGS)}"


GENRES: Final = (
    "Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy", "History",
    "Horror", "Music", "Mystery", "Romance", "Science Fiction", "Thriller", "War", "Western",
)  # fmt: skip
