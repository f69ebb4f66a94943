"""What is on, what was watched, what is taken along: `epg`, `history`, `mark`, `download`, `record`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from tui_app.catalog import Kind
from tui_app.catalog.documents import Count, Time

MarkName = Literal["favourite", "watched", "hidden", "split"]


class ProgrammeTimes(Struct, frozen=True, kw_only=True):
    """A programme, as a list of many channels shows it."""

    start: Time
    end: Time
    title: str


class DayProgramme(ProgrammeTimes, frozen=True, kw_only=True):
    """A programme of one channel's day."""

    description: str
    catchup: Annotated[bool, Meta(description="Whether it is over and can still be watched.")]


class ChannelDay(Struct, frozen=True, kw_only=True):
    """The programmes of one channel on one day."""

    channel: Annotated[str, Meta(description="The name of the channel.")]
    channel_id: str
    timezone: Annotated[str, Meta(description="The time zone in which the day begins and ends: the machine's.")]
    programmes: tuple[DayProgramme, ...]


class ChannelNow(Struct, frozen=True, kw_only=True):
    """One channel, with its current and next programme; null when the stored guide has none."""

    id: str
    name: str
    now: ProgrammeTimes | None
    next: ProgrammeTimes | None


class NowOnChannels(Struct, frozen=True, kw_only=True):
    """What is on, in the provider's order of the channels."""

    channels: tuple[ChannelNow, ...]


class FoundProgramme(ProgrammeTimes, frozen=True, kw_only=True):
    """A programme that was found, on the first channel that shows it."""

    channel_id: str
    channel: Annotated[str, Meta(description="The name of the channel.")]


class FoundProgrammes(Struct, frozen=True, kw_only=True):
    """Current and coming programmes, soonest first."""

    total: Annotated[int, Meta(ge=0, description="Up to 1,000.")]
    channels_covered: Annotated[int, Meta(ge=0, description="Channels of which programmes are stored.")]
    programmes: tuple[FoundProgramme, ...]


class PlayedItem(Struct, frozen=True, kw_only=True):
    """One title of the history. The last four keys are those of an episode."""

    kind: Kind
    id: str
    name: str
    position_s: Annotated[int | None, Meta(description="Where it stopped; null for a channel.")]
    duration_s: int | None
    watched: bool
    at: Time
    series_id: str | UnsetType = UNSET
    series: Annotated[str | None, Meta(description="The name of the series.")] | UnsetType = UNSET
    season: int | UnsetType | None = UNSET
    episode: int | UnsetType | None = UNSET


class History(Struct, frozen=True, kw_only=True):
    """What was played, newest first."""

    items: tuple[PlayedItem, ...]


class MarkedItem(Struct, frozen=True, kw_only=True):
    """One item or category whose mark was set or cleared."""

    id: str
    name: str


class MarkReport(Struct, frozen=True, kw_only=True):
    """What `mark` did. Of a series marked as watched, `items` are its episodes."""

    mark: MarkName
    kind: Annotated[Kind, Meta(description="Of the items, or of the items of hidden categories.")]
    on: bool
    changed: Annotated[Count, Meta(description="How many did not have the mark, or had it, before.")]
    items: tuple[MarkedItem, ...]


class MergedProfile(Struct, frozen=True, kw_only=True):
    """How many entries of a profile were newer on one side."""

    profile: str
    received: Annotated[Count, Meta(description="Newer in the file, and taken over.")]
    newer_here: Annotated[Count, Meta(description="Newer here, or not in the file; `merge` wrote them into it.")]


class MarksReport(Struct, frozen=True, kw_only=True):
    """What `marks import` and `marks merge` did with the profiles that are here and in the file."""

    file: str
    profiles: tuple[MergedProfile, ...]
    unknown: Annotated[Count, Meta(description="Profiles of the file that are not here.")]


class DownloadedItem(Struct, frozen=True, kw_only=True):
    """One file of a download."""

    kind: Kind
    id: str
    path: str
    bytes: Annotated[Count, Meta(description="Of the file, or of the part that is there.")]
    status: Annotated[Literal["completed", "exists", "failed"], Meta(description="exists: the file was there before.")]
    reason: Annotated[str, Meta(description="Why it failed; empty otherwise.")]


class Downloads(Struct, frozen=True, kw_only=True):
    """What `download` did, in the order of the ids; of a series its episodes."""

    items: tuple[DownloadedItem, ...]


class RecordedChannel(Struct, frozen=True, kw_only=True):
    """A recording."""

    channel: Annotated[str, Meta(description="The name of the channel.")]
    channel_id: str
    path: str
    bytes: Count
    seconds: Annotated[float, Meta(ge=0, description="How long it was recorded.")]
    interruptions: Annotated[int, Meta(ge=0, description="How often the stream broke and was opened again.")]
