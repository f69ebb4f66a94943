"""`xtream-tui list`: items and categories out of the local copy, filtered and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from tui_app.catalog import (
    LISTED_KINDS,
    SORT_KEYS,
    UNCATEGORISED,
    UNCATEGORISED_ID,
    Category,
    Item,
    Kind,
    Mark,
    Page,
    Query,
    SortKey,
    category_names,
)
from tui_app.cli.completing import categories as category_words
from tui_app.cli.completing import genres, kind_words
from tui_app.cli.filters import Years, category_id, check_filters_fit, genre_name, rating_bound, year_range
from tui_app.cli.kinds import metavar, one_of
from tui_app.cli.library import hidden_categories, hint_when_empty, marked, reading
from tui_app.cli.options import json_option, profile_option
from tui_app.cli.output import Column, counted, day, length, print_json, print_table, say
from tui_app.cli.session import Session
from tui_app.errors import UsageError

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore

_CATEGORIES = "categories"
_WHAT = (*(kind.plural for kind in (*LISTED_KINDS, Kind.EPISODE)), _CATEGORIES)
_DEFAULT_LIMIT = 100


@click.command("list")
@click.argument("what", type=click.Choice(_WHAT, case_sensitive=False), metavar="|".join(_WHAT))
@click.option(
    "--category", metavar="C", shell_complete=category_words, help="Only this category: its id or its whole name."
)
@click.option("--genre", metavar="G", shell_complete=genres, help="Only this genre.")
@click.option("--year", "years", callback=year_range, metavar="A-B", help="1995, 1990-1999, 1990- or -1999.")
@click.option("--min-rating", callback=rating_bound, metavar="R", help="Only rated so high or higher, 0 to 10.")
@click.option(
    "--sort",
    type=click.Choice(SORT_KEYS),
    help="Without it: number, which for movies and series is the provider's order.",
)
@click.option("--desc", is_flag=True, help="The other way round.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help=f"At most so many ({_DEFAULT_LIMIT}).")
@click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Leave out the first N.")
@click.option(
    "--kind",
    callback=one_of(LISTED_KINDS),
    shell_complete=kind_words(LISTED_KINDS),
    metavar=metavar(LISTED_KINDS),
    help="With categories: only those of one kind.",
)
@json_option
@profile_option
@click.pass_obj
def command(
    session: Session,
    what: str,
    category: str | None,
    genre: str | None,
    years: Years | None,
    min_rating: float | None,
    sort: str | None,
    desc: bool,
    limit: int | None,
    offset: int,
    kind: Kind | None,
    as_json: bool,
) -> None:
    """List what the local copy holds.

    \b
    Examples:
      xtream-tui list movies --genre Comedy --year 1920-1929 --sort rating --desc
      xtream-tui list channels --category Sports --limit 1000 --json
      xtream-tui list categories --kind movie
    """
    if what == _CATEGORIES:
        if any(value is not None for value in (category, genre, years, min_rating, sort)):
            raise UsageError("Categories can only be listed by --kind.")
        _list_categories(session, kind, limit, offset, as_json=as_json)
        return
    if kind is not None:
        raise UsageError("--kind goes with `list categories` only.")
    wanted = next(kind for kind in Kind if kind.plural == what)
    check_filters_fit(wanted, years=years, min_rating=min_rating, genre=genre)
    limit = _DEFAULT_LIMIT if limit is None else limit
    profile = session.profile().name
    with reading(session.paths, profile) as store:
        page, categories = Page(0, ()), dict[str, tuple[Category, ...]]()
        if store:
            query = Query(
                kind=wanted,
                category=category_id(store, wanted, category) if category is not None else None,
                genre=genre_name(store, wanted, genre) if genre is not None else None,
                year_from=years[0] if years else None,
                year_to=years[1] if years else None,
                min_rating=min_rating,
                sort=cast(SortKey, sort or "number"),
                descending=desc,
            )
            page = store.page(query, limit=limit, offset=offset)
            categories = store.categories_of(wanted, [item.id for item in page.items])
        hint_when_empty(store)
    favourites = marked(session.paths, profile, wanted, Mark.FAVOURITE)
    if as_json:
        documents = [item_document(item, categories.get(item.id, ()), item.id in favourites) for item in page.items]
        print_json({"total": page.total, "items": documents})
    else:
        _print_items(wanted, page, favourites)


def item_document(item: Item, categories: Sequence[Category], is_favourite: bool) -> dict[str, Any]:
    """One item of `list --json`; what a kind does not have, or the panel did not say, is null."""
    document: dict[str, Any] = {
        "kind": item.kind.value,
        "id": item.id,
        "name": item.name,
        "categories": _category_names(item, categories),
        "year": item.year,
        "rating": item.rating,
        "genre": item.genre,
        "added": item.added,
        "number": item.number,
        "duration_s": item.duration_s,
        "container": item.container,
        "catchup_days": item.archive_days,
        "separator": item.is_separator,
        "radio": item.is_radio,
        "favourite": is_favourite,
    }
    if item.kind is Kind.EPISODE:
        document |= {
            "season": item.season,
            "episode": item.episode,
            "series_id": item.series_id,
            "series": item.series_name,
        }
    return document


def _category_names(item: Item, categories: Sequence[Category]) -> list[str]:
    if item.kind is Kind.EPISODE:
        return []
    return list(category_names(categories)) or [UNCATEGORISED]


def _print_items(kind: Kind, page: Page, favourites: frozenset[str]) -> None:
    if page.items:
        rows = [_cells(item, item.id in favourites) for item in page.items]
        number = "number" if kind is Kind.CHANNEL else "episode"
        titles = (Column("id", right=True), Column(number, right=True), Column("name", flexible=True),
                  Column("year"), Column("rating", right=True), Column("length", right=True),
                  Column("genre", flexible=True), Column("category", flexible=True), Column("added"),
                  Column("note"))  # fmt: skip
        print_table(titles, rows)
    shown = len(page.items)
    total = counted(page.total, kind.value, kind.plural)
    say(total if shown == page.total else f"{shown:,} of {total} shown; --limit and --offset show others")


def _cells(item: Item, is_favourite: bool) -> tuple[str, ...]:
    number = str(item.number) if item.number is not None else ""
    if item.kind is Kind.EPISODE and item.season is not None:
        number = f"S{item.season:02d}E{item.episode or 0:02d}"
    name = f"{item.series_name}: {item.name}" if item.series_name else item.name
    notes = ["favourite"] if is_favourite else []
    notes += ["separator"] if item.is_separator else []
    notes += ["radio"] if item.is_radio else []
    notes += [f"catch-up {counted(item.archive_days, 'day')}"] if item.archive_days else []
    rating = f"{item.rating:.1f}" if item.rating is not None else ""
    return (item.id, number, name, str(item.year or ""), rating, length(item.duration_s), item.genre or "",
            item.category or "", day(item.added), ", ".join(notes))  # fmt: skip


def _list_categories(session: Session, kind: Kind | None, limit: int | None, offset: int, *, as_json: bool) -> None:
    profile = session.profile().name
    with reading(session.paths, profile) as store:
        found = _categories(session, profile, store, kind) if store else []
        hint_when_empty(store)
    shown = found[offset:] if limit is None else found[offset : offset + limit]
    total = sum(category.id != UNCATEGORISED_ID for category in found)  # ours is listed, the panel's are counted
    if as_json:
        items = [
            {"kind": c.kind.value, "id": c.id, "name": c.name, "count": c.count, "hidden": c.hidden} for c in shown
        ]
        print_json({"total": total, "items": items})
        return
    columns = (Column("kind"), Column("id", right=True), Column("name", flexible=True), Column("items", right=True),
               Column("note"))  # fmt: skip
    rows = [(c.kind.value, c.id, c.name, f"{c.count:,}", "hidden" if c.hidden else "") for c in shown]
    if rows:
        print_table(columns, rows)
    say(counted(total, "category", "categories"))


def _categories(session: Session, profile: str, store: LibraryStore, kind: Kind | None) -> list[Category]:
    found: list[Category] = []
    for each in (kind,) if kind else LISTED_KINDS:
        found += store.get_categories(each, hidden=hidden_categories(session.paths, profile, each))
    return found
