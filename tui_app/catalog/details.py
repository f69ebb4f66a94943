"""Details of items, programmes, and the account as reported by a login."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.catalog.fields import DetailFacts, LongFacts, ShortFacts


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of a series, with its season resolved. Versions of one episode differ by id."""

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
    last_number: int | None = None  # last episode number of a file with several episodes

    @property
    def number_words(self) -> str:
        """Return the number as displayed: `6` or `6-7`."""
        return number_words(self.number, self.last_number)


def number_words(first: int, last: int | None) -> str:
    """Format one number, or a range."""
    return f"{first}-{last}" if last else str(first)


@dataclass(frozen=True, slots=True)
class Season:
    """A season with episodes. Number 0 is "Specials"."""

    number: int
    name: str
    overview: str | None = None
    released: str | None = None
    episodes: tuple[Episode, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Details(ShortFacts, LongFacts, DetailFacts):
    """What `get_vod_info` or `get_series_info` says of a title. Empty values never replace list data."""

    name: str | None = None
    seasons: tuple[Season, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the panel knew nothing about this id."""
        return self == Details()


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme of a channel's EPG."""

    start: int
    stop: int
    title: str
    description: str = ""
    has_archive: bool | None = None
    start_text: str | None = None  # the panel's wall clock time, needed for catch-up URLs


#: Stream counts from here on mean "unlimited": panels send 999,999.
_NO_LIMIT: Final = 1_000


def known_limit(streams: int | None) -> int | None:
    """Return how many concurrent streams an account allows, None if unlimited or unknown."""
    return streams if streams is not None and 0 < streams < _NO_LIMIT else None


def has_lapsed(status: str, expires: int | None, now: float) -> bool:
    """Whether an account has expired although the panel still reports it as active, as many do."""
    return status == "active" and expires is not None and expires <= now


@dataclass(frozen=True, slots=True)
class Account:
    """The account as reported by a login. Never contains the user name or password that panels echo."""

    status: str = "active"  # active, expired, banned, disabled
    status_label: str = ""  # the status as the panel words it
    expires: int | None = None  # None: never expires
    is_trial: bool | None = None
    max_connections: int | None = None  # None: unknown or unlimited
    active_connections: int | None = None
    message: str = ""
    created: int | None = None
    output_formats: tuple[str, ...] = ("ts", "m3u8")
    timezone: str = "UTC"  # an IANA name or "+02:00"
    clock_skew_s: int = 0  # server clock minus local clock
    warnings: tuple[str, ...] = ()
