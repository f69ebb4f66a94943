"""The filter options of `list` and `export`: parse them, check them, and build a `Query` from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import click

from tui_app.catalog import SORT_KEYS, UNCATEGORISED, UNCATEGORISED_ID, Item, Kind, Mark, Query, SortKey
from tui_app.catalog.filter_text import saved_text
from tui_app.catalog.filters import KEYS_HELP, ItemFilter, parse_filter
from tui_app.cli.completers import categories as category_words
from tui_app.cli.completers import filter_texts, saved_filters
from tui_app.cli.completers import genres as genre_words
from tui_app.cli.errors import warn
from tui_app.cli.params import moment_option
from tui_app.cli.session import hidden_categories, marked, users_file, watched
from tui_app.errors import NotFound, UsageError
from tui_app.paths import Paths
from tui_app.text import fold

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore


_YEARS: Final = re.compile(r"(?P<only>\d{4})|(?=.*\d)(?P<first>\d{4})?\s*[-–]\s*(?P<last>\d{4})?")
_RATING: Final = re.compile(r"\d{1,2}(?:[.,]\d+)?", re.ASCII)
_BEST_RATING: Final = 10

#: First and last year, both included; None = no bound on that side.
Years = tuple[int | None, int | None]


def year_range(ctx: click.Context, parameter: click.Parameter, text: str | None) -> Years | None:
    """Parse `1995`, `1990-1999`, `1990-` or `-1999`; a click callback."""
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
    """Parse a number from 0 to 10 with a decimal point or comma; a click callback."""
    if text is None:
        return None
    if _RATING.fullmatch(text.strip()) is None or (bound := float(text.replace(",", "."))) > _BEST_RATING:
        raise click.BadParameter(f"'{text}' is not a rating: write a number from 0 to 10, like 7.5.")
    return bound


def category_id(store: LibraryStore, kind: Kind, wanted: str) -> str:
    """Return the id of a category given by id or whole name.

    Episodes are in the categories of their series. A panel's own "Uncategorised" wins over ours. Raises `UsageError`
    when the library has no such category.
    """
    owner = Kind.SERIES if kind is Kind.EPISODE else kind
    category = store.find_category(owner, wanted)
    if category is not None:
        return category.id
    if wanted.strip() == UNCATEGORISED_ID or fold(wanted) == fold(UNCATEGORISED):
        return UNCATEGORISED_ID
    raise UsageError(
        f"There is no {owner.value} category “{wanted}”.",
        hint=f"List the categories: xtream-tui list categories --kind {owner.value}",
    )


def find_channel(store: LibraryStore, wanted: str) -> Item:
    """Return the channel with this id, else the only one with this name. Raises `NotFound`."""
    try:
        return store.full_item(Kind.CHANNEL, wanted).item
    except NotFound:
        hits = store.search(wanted, kinds=(Kind.CHANNEL,)).hits
        named = [hit.item for hit in hits if fold(hit.item.name) == fold(wanted)]
    if len(named) == 1:
        return named[0]
    hint = f'Find the id: xtream-tui search "{wanted}" --kind channel'
    if named:
        raise NotFound(f"{len(named)} channels are called “{wanted}”.", hint=hint)
    raise NotFound(f"There is no channel with the id or name “{wanted}”.", hint=hint)


def genre_name(store: LibraryStore, kind: Kind, wanted: str) -> str:
    """Return the genre of this name, ignoring case.

    Raises `UsageError`, naming the most frequent genres, when there is none.
    """
    genres = store.genres(kind)
    known = {fold(name): name for name, _ in genres}
    if fold(wanted) not in known:
        frequent = sorted(genres, key=lambda genre: -genre[1])[:8]
        some = ", ".join(name for name, _ in frequent)
        hint = f"The library has: {some}." if some else f"The library has no genres for {kind.plural}."
        raise UsageError(f"There is no {kind.value} genre “{wanted}”.", hint=hint)
    return known[fold(wanted)]


def check_filters_fit(
    kind: Kind, *, years: Years | None, min_rating: float | None, genre: str | None, catchup: bool = False
) -> None:
    """Raise `UsageError` for a filter on a property that items of this kind do not have."""
    if kind is not Kind.CHANNEL:
        if catchup:
            raise UsageError(f"--catchup does not apply to {kind.plural}.", hint="Omit --catchup.")
        return
    for name, value in (("--year", years), ("--min-rating", min_rating), ("--genre", genre)):
        if value is not None:
            raise UsageError(f"{name} does not apply to channels.", hint="Use --category for channels.")


Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Filters:
    """The values of the options; the fields are named like the options."""

    category: str | None
    genre: str | None
    years: Years | None
    min_rating: float | None
    added_since: int | None
    favourites: bool
    unwatched: bool
    catchup: bool
    include_hidden: bool
    filter_text: str | None
    saved: str | None
    sort: str | None
    desc: bool
    limit: int | None
    offset: int

    @property
    def narrows(self) -> bool:
        """Return whether any filter or sort option was given; --limit and --desc do not count."""
        options = (self.category, self.genre, self.years, self.min_rating, self.added_since, self.sort)
        wanted = (*options, self.filter_text, self.saved)
        return any(value is not None for value in wanted) or self.favourites or self.unwatched or self.catchup

    def fit(self, kind: Kind) -> bool:
        """Return whether items of this kind have the properties that the filters test."""
        of_titles = self.unwatched or any(value is not None for value in (self.genre, self.years, self.min_rating))
        return not (kind is Kind.CHANNEL and of_titles) and not (kind is not Kind.CHANNEL and self.catchup)

    def check_fit(self, kind: Kind) -> None:
        """Raise `UsageError` for a filter on a property that items of this kind do not have."""
        if kind is Kind.CHANNEL and self.unwatched:
            raise UsageError("--unwatched does not apply to channels.", hint="Omit --unwatched.")
        check_filters_fit(kind, years=self.years, min_rating=self.min_rating, genre=self.genre, catchup=self.catchup)

    def query(self, paths: Paths, profile: str, store: LibraryStore, kind: Kind) -> Query:
        """Build the query for one kind. Raises `UsageError` for an unknown category, genre or saved filter."""
        owner = Kind.SERIES if kind is Kind.EPISODE else kind
        texts = [saved_filter(paths, profile, owner, self.saved) if self.saved else "", self.filter_text or ""]
        found = warned_filter(store, " ".join(filter(None, texts)), kind)
        found = replace(
            found,
            favourites=found.favourites or self.favourites,
            unwatched=found.unwatched or self.unwatched,
            catchup=found.catchup or self.catchup,
        )
        favourites, seen = self._marks(paths, profile, store, kind) if found.depends_on_marks else ((), ())
        category = category_id(store, kind, self.category) if self.category is not None else None
        hidden: frozenset[str] = frozenset() if self.include_hidden else hidden_categories(paths, profile, owner)
        query = found.query(
            kind,
            favourites=favourites,
            watched=seen,
            hidden_categories=hidden - {category},  # a category given by name is shown though hidden
        )
        return self._ordered(_with_options(query, self._options(store, kind, category)))

    @staticmethod
    def _marks(paths: Paths, profile: str, store: LibraryStore, kind: Kind) -> tuple[Iterable[str], Iterable[str]]:
        return marked(paths, profile, kind, Mark.FAVOURITE), watched(paths, profile, store, kind)

    def _options(self, store: LibraryStore, kind: Kind, category: str | None) -> dict[str, Any]:
        first, last = self.years or (None, None)
        options = {
            "category": category,
            "genre": genre_name(store, kind, self.genre) if self.genre is not None else None,
            "year_from": first,
            "year_to": last,
            "min_rating": self.min_rating,
            "added_since": self.added_since,
        }
        return {name: value for name, value in options.items() if value is not None}

    def _ordered(self, query: Query) -> Query:
        if self.sort is not None:
            return replace(query, sort=cast(SortKey, self.sort), descending=self.desc)
        return replace(query, descending=query.descending is not self.desc)


def _with_options(query: Query, options: Mapping[str, Any]) -> Query:
    """Return the query with these filters too, beside those of its text."""
    taken = {name: value for name, value in options.items() if getattr(query, name) is not None}
    also = (Query(query.kind, **taken),) if taken else ()
    free = {name: value for name, value in options.items() if name not in taken}
    return replace(query, also=(*query.also, *also), **free)


def warned_filter(store: LibraryStore, text: str, kind: Kind) -> ItemFilter:
    """Return the filter of a text for a list of one kind; warn of what was not understood, and leave it out."""
    if not text:
        return ItemFilter()
    from tui_app.library.finding import known_filter

    found, problems = known_filter(store, parse_filter(text), (kind,))
    if found.kinds and kind not in found.kinds:
        problems = (*problems, f"This list has {kind.plural} only: the kind is left out.")
    if problems:
        warn(" ".join(problems))
    return replace(found, kinds=())


def saved_filter(paths: Paths, profile: str, kind: Kind, name: str) -> str:
    """Return the text of a saved filter. Raises `UsageError`, naming those there are."""
    with users_file(paths) as user:
        saved = dict(user.saved_filters(profile, kind)) if user else {}
    for known, text in saved.items():
        if known.casefold() == name.casefold():
            return saved_text(text)
    there_are = f"There are: {', '.join(saved)}." if saved else f"Save one in the app: V in the list of {kind.plural}."
    raise UsageError(f"There is no saved filter “{name}” for {kind.plural}.", hint=there_are)


#: In the order of the help; `--limit` comes before the last one.
_OPTIONS: Final = (
    click.option(
        "--category",
        metavar="C",
        shell_complete=category_words,
        help="Only this category, by id or whole name.",
    ),
    click.option("--genre", metavar="G", shell_complete=genre_words, help="Only this genre."),
    click.option(
        "--year",
        "years",
        callback=year_range,
        metavar="A-B",
        help="Year or range of years: 1995, 1990-1999, 1990-, -1999.",
    ),
    click.option("--min-rating", callback=rating_bound, metavar="R", help="Minimum rating (0–10)."),
    click.option(
        "--added-since",
        callback=moment_option,
        metavar="WHEN",
        help="Only items added (series: changed) since: 2026-11-20, 3d, 2w, today.",
    ),
    click.option("--favourites", is_flag=True, help="Only favourites."),
    click.option(
        "--unwatched",
        is_flag=True,
        help="Exclude watched items; a series counts when all its episodes are watched.",
    ),
    click.option("--catchup", is_flag=True, help="Only channels with catch-up."),
    click.option("--include-hidden", is_flag=True, help="Include items that are only in hidden categories."),
    click.option(
        "--filter",
        "filter_text",
        metavar="QUERY",
        shell_complete=filter_texts,
        help=f"Filter in the query language: {KEYS_HELP}.",
    ),
    click.option("--saved", metavar="NAME", shell_complete=saved_filters, help="Use a filter saved in the app."),
    # accepted from earlier versions; hidden categories are excluded without it now
    click.option("--without-hidden", is_flag=True, hidden=True, expose_value=False),
    click.option(
        "--sort",
        type=click.Choice(SORT_KEYS),
        help="Sort key; the default is number, the provider's order for movies and series.",
    ),
    click.option("--desc", is_flag=True, help="Sort in descending order."),
    click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Skip the first N items."),
)


def filter_options(*, default_limit: str) -> Callable[[Command], Command]:
    """Give a command the filter options; it receives them as one `filters` argument.

    `default_limit` is how many items come without --limit, for the help text.
    """
    limit = click.option(
        "--limit", type=click.IntRange(min=0), metavar="N", help=f"Maximum number of items ({default_limit})."
    )

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_filters(*args: Any, **given: Any) -> Any:
            values = {field.name: given.pop(field.name) for field in fields(Filters)}
            return command(*args, filters=Filters(**values), **given)

        wrapped: Any = with_filters
        for option in reversed((*_OPTIONS[:-1], limit, _OPTIONS[-1])):
            wrapped = option(wrapped)
        return cast(Command, wrapped)

    return decorate
