"""One item in full: `show movie`, `show series`, `show channel`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from tui_app.catalog.documents import KnownTime, Rating, Time

Freshness = Literal["fresh", "stored", "missing"]
#: How much is known of what is on: asked just now, from the copy, asked and there is nothing, never fetched or failed.
GuideState = Literal["fresh", "stored", "none", "missing"]


class EpisodeDetails(Struct, frozen=True, kw_only=True):
    """One episode of a season."""

    id: str
    episode: int | None
    last_episode: Annotated[int | None, Meta(description="Of a double episode, the number of the second.")]
    title: str | None
    duration_s: int | None
    released: str | None
    plot: str | None
    container: str | None


class SeasonDetails(Struct, frozen=True, kw_only=True):
    """One season of a series."""

    season: int
    name: str | None
    episodes: tuple[EpisodeDetails, ...]


class SimilarTitle(Struct, frozen=True, kw_only=True):
    """A title with the same people or genres, or of the same film series."""

    id: str
    name: str
    year: int | None
    rating: Rating


class Title(Struct, frozen=True, kw_only=True):
    """What a movie and a series have in common. Null: the provider did not say."""

    id: str
    name: str
    plot: str | None
    cast: str | None
    director: str | None
    genre: str | None
    year: int | None
    rating: Rating
    duration_s: int | None
    released: str | None
    trailer: Annotated[str | None, Meta(description="An id of YouTube.")]
    container: str | UnsetType | None = UNSET
    categories: tuple[str, ...]
    added: KnownTime
    tmdb: Annotated[int | None, Meta(description="Its id at themoviedb.org.")]
    details: Annotated[Freshness, Meta(description="fresh: of today; stored: older; missing: never fetched.")]
    similar: (
        Annotated[tuple[SimilarTitle, ...], Meta(description="With --similar: the most similar first.")] | UnsetType
    ) = UNSET


class Movie(Title, frozen=True, kw_only=True):
    """One movie in full. Null: the provider did not say."""

    container: Annotated[str | None, Meta(description="mkv, mp4, ...")]


class Series(Title, frozen=True, kw_only=True):
    """One series in full. Null: the provider did not say."""

    container: UnsetType = UNSET  # only its episodes have one
    seasons: tuple[SeasonDetails, ...]


class Programme(Struct, frozen=True, kw_only=True):
    """One programme of a channel."""

    start: Time
    stop: Time
    title: str
    description: str | None


class Channel(Struct, frozen=True, kw_only=True):
    """One channel, and what is on."""

    id: str
    name: str
    number: int | None
    categories: tuple[str, ...]
    catchup_days: Annotated[int, Meta(ge=0, description="How many days back it can be watched; 0: not at all.")]
    epg_id: Annotated[str | None, Meta(description="Its id in the guide (tvg-id).")]
    radio: bool
    separator: Annotated[bool, Meta(description="True for a row that only parts a list.")]
    added: KnownTime
    guide: Annotated[
        GuideState,
        Meta(
            description="Where now and next are from. fresh: just asked; stored: the local copy; none: the provider "
            "has none; missing: not fetched."
        ),
    ]
    now: Programme | None
    next: Programme | None
