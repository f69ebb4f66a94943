"""Turns the filter options of `list` into a `Query`, and says what is wrong with them in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from tui_app.catalog import UNCATEGORISED, UNCATEGORISED_ID, Kind
from tui_app.errors import UsageError
from tui_app.text import fold

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore

_YEARS: Final = re.compile(r"(?P<only>\d{4})|(?=.*\d)(?P<first>\d{4})?\s*[-–]\s*(?P<last>\d{4})?")
_RATING: Final = re.compile(r"\d{1,2}(?:[.,]\d+)?", re.ASCII)
_BEST_RATING: Final = 10

#: First and last year, both included; None = no bound on that side.
Years = tuple[int | None, int | None]


def year_range(ctx: click.Context, parameter: click.Parameter, text: str | None) -> Years | None:
    """A click callback for `1995`, `1990-1999`, `1990-` and `-1999`."""
    if text is None:
        return None
    match = _YEARS.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"'{text}' is not a year or a range: write 1995, 1990-1999, 1990- or -1999.")
    first, last = (int(year) if year else None for year in (match["first"] or match["only"], match["last"]))
    if match["only"]:
        return first, first
    if first is not None and last is not None and first > last:
        raise click.BadParameter(f"'{text}' ends before it begins.")
    return first, last


def rating_bound(ctx: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    """A click callback for a number from 0 to 10, with a point or a comma."""
    if text is None:
        return None
    if _RATING.fullmatch(text.strip()) is None or (bound := float(text.replace(",", "."))) > _BEST_RATING:
        raise click.BadParameter(f"'{text}' is not a rating: write a number from 0 to 10, like 7.5.")
    return bound


def category_id(store: LibraryStore, kind: Kind, wanted: str) -> str:
    """The id of a category given by id or whole name; `UsageError` when the library has no such one.

    Episodes are in the categories of their series. A panel's own "Uncategorised" goes before ours.
    """
    owner = Kind.SERIES if kind is Kind.EPISODE else kind
    category = store.find_category(owner, wanted)
    if category is not None:
        return category.id
    if wanted.strip() == UNCATEGORISED_ID or fold(wanted) == fold(UNCATEGORISED):
        return UNCATEGORISED_ID
    raise UsageError(
        f"There is no {owner.value} category “{wanted}”.",
        hint=f"List them: xtream-tui list categories --kind {owner.value}",
    )


def genre_name(store: LibraryStore, kind: Kind, wanted: str) -> str:
    """A genre of this kind, in any case; `UsageError`, naming the frequent ones, when there is none."""
    genres = store.genres(kind)
    known = {fold(name): name for name, _ in genres}
    if fold(wanted) not in known:
        frequent = sorted(genres, key=lambda genre: -genre[1])[:8]
        some = ", ".join(name for name, _ in frequent)
        hint = f"The library has: {some}." if some else f"The library knows no genres of {kind.plural}."
        raise UsageError(f"There is no {kind.value} genre “{wanted}”.", hint=hint)
    return known[fold(wanted)]


def check_filters_fit(
    kind: Kind, *, years: Years | None, min_rating: float | None, genre: str | None, catchup: bool = False
) -> None:
    """`UsageError` for a filter on something items of this kind do not have."""
    if kind is not Kind.CHANNEL:
        if catchup:
            raise UsageError(f"Only channels have catch-up, not {kind.plural}.", hint="Leave --catchup out.")
        return
    for name, value in (("--year", years), ("--min-rating", min_rating), ("--genre", genre)):
        if value is not None:
            raise UsageError(f"Channels have nothing that {name} could look at.", hint="Use --category for channels.")
