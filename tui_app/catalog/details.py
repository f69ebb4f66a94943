"""What is fetched when somebody opens an item, and what a login says of the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode as the panel's series details give it, season resolved, versions kept apart by id."""

    id: str
    season: int
    number: int
    title: str
    wire_id: str | None = None
    number_inferred: bool = False
    plot: str | None = None
    duration_s: int | None = None
    released: str | None = None
    rating: float | None = None
    container: str | None = None
    added: int | None = None
    last_number: int | None = None  # of the last episode where one file holds several

    @property
    def number_words(self) -> str:
        """The number as it is shown: `6`, `6-7`."""
        return number_words(self.number, self.last_number)


def number_words(first: int, last: int | None) -> str:
    """One number, or both ends of several."""
    return f"{first}-{last}" if last else str(first)


@dataclass(frozen=True, slots=True)
class Season:
    """One season that has episodes. Number 0 is "Specials"."""

    number: int
    name: str
    overview: str | None = None
    released: str | None = None
    episodes: tuple[Episode, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """What `get_vod_info` or `get_series_info` adds to a list row. All optional; empties never replace list data."""

    name: str | None = None
    plot: str | None = None
    cast: str | None = None
    director: str | None = None
    genre: str | None = None
    year: int | None = None
    rating: float | None = None
    released: str | None = None
    duration_s: int | None = None
    trailer: str | None = None
    container: str | None = None
    tmdb: int | None = None
    country: str | None = None
    age: str | None = None
    video: str | None = None  # "1920x1080 h264"
    audio: str | None = None  # "aac 2ch"
    subtitles: str | None = None
    bitrate: int | None = None
    seasons: tuple[Season, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when the panel knew nothing of this id (`NoDetail`)."""
        return self == Details()


@dataclass(frozen=True, slots=True)
class Programme:
    """One entry of a channel's guide."""

    start: int
    stop: int
    title: str
    description: str = ""
    has_archive: bool | None = None
    start_text: str | None = None  # the panel's own wall clock, needed for catch-up addresses


#: A limit of so many streams is none: panels send 999,999.
_NO_LIMIT: Final = 1_000


def known_limit(streams: int | None) -> int | None:
    """How many streams an account allows at a time, None where what the panel says is no limit."""
    return streams if streams is not None and 0 < streams < _NO_LIMIT else None


def has_lapsed(status: str, expires: int | None, now: float) -> bool:
    """Whether an account that the panel calls active has passed its end: panels go on saying "Active" for long."""
    return status == "active" and expires is not None and expires <= now


@dataclass(frozen=True, slots=True)
class Account:
    """What a login says of the account. Never holds the user name or password the panel echoes."""

    status: str = "active"  # active, expired, banned, disabled
    status_label: str = ""  # the panel's own word
    expires: int | None = None  # None = never
    is_trial: bool | None = None
    max_connections: int | None = None  # None = no limit known
    active_connections: int | None = None
    message: str = ""
    created: int | None = None
    output_formats: tuple[str, ...] = ("ts", "m3u8")
    timezone: str = "UTC"  # an IANA name or "+02:00"
    clock_skew_s: int = 0  # server clock minus ours
    warnings: tuple[str, ...] = ()
