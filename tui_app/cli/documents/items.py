"""One item in full: `show movie`, `show series`, `show channel`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from tui_app.catalog import Kind
from tui_app.catalog.documents import KnownTime, Rating, Time, document_key
from tui_app.catalog.fields import document_fields

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


class Version(Struct, frozen=True, kw_only=True):
    """The same title in another language or quality, or of another account."""

    profile: str
    id: str
    name: str
    year: int | None
    language: str | None
    quality: str | None
    why: Annotated[str, Meta(description="Why it is the same title; empty for the only version.")]
    split: Annotated[bool, Meta(description="True if the user took it out of the group: mark split.")]


def _title(kind: Kind, meaning: str, *more: tuple[str, Any]) -> type[Struct]:
    """Return the type of a title in full. The fields are those of the item field table."""
    keys: tuple[Any, ...] = (
        ("id", str),
        ("name", str),
        *map(document_key, document_fields(kind)),
        ("categories", tuple[str, ...]),
        ("added", KnownTime),
        ("details", Annotated[Freshness, Meta(description="fresh: of today; stored: older; missing: never fetched.")]),
        *more,
        ("versions", Annotated[tuple[Version, ...], Meta(description=_VERSIONS)] | UnsetType, UNSET),
        ("similar", Annotated[tuple[SimilarTitle, ...], Meta(description=_SIMILAR)] | UnsetType, UNSET),
    )
    said = {"__doc__": meaning, "__module__": __name__}
    return defstruct(kind.value.title(), keys, frozen=True, kw_only=True, namespace=said)


_VERSIONS: Final = "With --versions: all versions with itself, those of this profile first."
_SIMILAR: Final = "With --similar: the most similar first."
if TYPE_CHECKING:

    class Movie(Struct):
        """One movie in full."""

    class Series(Struct):
        """One series in full."""

else:
    Movie = _title(Kind.MOVIE, "One movie in full. Null: the provider did not say.")
    Series = _title(
        Kind.SERIES, "One series in full. Null: the provider did not say.", ("seasons", tuple[SeasonDetails, ...])
    )


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
