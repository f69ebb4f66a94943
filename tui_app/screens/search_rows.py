"""How a hit of the search becomes a row: titles, and programmes of the guide."""

from __future__ import annotations

import time
from typing import Final, Literal

from tui_app.catalog import Hit, ItemRef, Kind, ProgrammeHit
from tui_app.screens.shown_marks import ShownMarks
from tui_app.widgets.list_rows import Column, ListRow
from tui_app.widgets.words import moment_words

#: What a search is among; None is all titles.
Scope = Kind | Literal["programmes"] | None
PROGRAMMES: Final[Scope] = "programmes"
#: What the kind key goes through.
SCOPES: Final[tuple[Scope, ...]] = (None, Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE, PROGRAMMES)

AnyHit = Hit | ProgrammeHit

COLUMNS: Final = (
    Column("Title", 18, main=True),
    Column("Kind", 7, min_list_width=36),
    Column("Year", 4, "right", 48),
    Column("Rating", 6, "right", 56),
    Column("In", 18, min_list_width=76),
)
PROGRAMME_COLUMNS: Final = (
    Column("Programme", 16, main=True),
    Column("When", 11, min_list_width=34),
    Column("On", 16, min_list_width=50, most=36),
)


def scope_words(scope: Scope) -> str:
    """ "movies", "programmes"."""
    return scope.plural if isinstance(scope, Kind) else scope or ""


def hit_key(hit: AnyHit) -> str:
    """What a hit is known by in the list."""
    if isinstance(hit, ProgrammeHit):
        return f"programme {hit.programme.start} {hit.channel.id}"
    return f"{hit.item.kind} {hit.item.id}"


def hit_ref(hit: AnyHit) -> ItemRef:
    """The title that is acted on: of a programme, its channel."""
    item = hit.channel if isinstance(hit, ProgrammeHit) else hit.item
    return ItemRef(item.kind, item.id, item.name, item.series_id, item.series_name, item.season, item.episode)


def hit_row(hit: AnyHit, marks: ShownMarks) -> ListRow:
    """A hit with what tells it from others of the same name: its category, an episode's series, when and on which
    channel."""
    if isinstance(hit, ProgrammeHit):
        more = f" +{hit.more_channels}" if hit.more_channels else ""
        cells = (hit.programme.title, moment_words(hit.programme.start, time.time()), f"{hit.channel.name}{more}")
        return ListRow(hit_key(hit), cells, marks.of(hit.channel), spans=hit.spans)
    item = hit.item
    year = str(item.year) if item.year else ""
    rating = f"{item.rating:.1f}" if item.rating else ""
    belongs_to = item.series_name if item.kind is Kind.EPISODE else item.category
    return ListRow(
        hit_key(hit), (item.name, item.kind.value, year, rating, belongs_to or ""), marks.of(item), spans=hit.spans
    )
