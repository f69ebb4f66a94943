"""`xtream-tui list`: list items and categories of the library, filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tui_app.catalog import (
    LISTED_KINDS,
    UNCATEGORISED,
    UNCATEGORISED_ID,
    Category,
    Item,
    Kind,
    Mark,
    Page,
    category_names,
)
from tui_app.cli import documents
from tui_app.cli.completers import kind_words
from tui_app.cli.filters import Filters, filter_options
from tui_app.cli.output import Column, counted, day, echo, length, plain_option, print_json, print_table
from tui_app.cli.params import json_option, metavar, one_of, profile_option
from tui_app.cli.session import Session, hidden_categories, hint_when_empty, marked, reading
from tui_app.errors import UsageError

if TYPE_CHECKING:
    from tui_app.catalog.category_groups import CategoryGroup
    from tui_app.catalog.documents import ListedItem
    from tui_app.store.library_store import LibraryStore

_CATEGORIES = "categories"
_WHAT = (*(kind.plural for kind in (*LISTED_KINDS, Kind.EPISODE)), _CATEGORIES)
_DEFAULT_LIMIT = 100


@click.command("list")
@click.argument("what", type=click.Choice(_WHAT, case_sensitive=False), metavar="|".join(_WHAT))
@filter_options(default_limit=str(_DEFAULT_LIMIT))
@click.option(
    "--kind",
    callback=one_of(LISTED_KINDS),
    shell_complete=kind_words(LISTED_KINDS),
    metavar=metavar(LISTED_KINDS),
    help="With categories: only categories of this kind.",
)
@click.option("--tree", is_flag=True, help="With categories: grouped by the prefix that their names share.")
@plain_option
@json_option
@profile_option
@click.pass_obj
def command(session: Session, what: str, filters: Filters, kind: Kind | None, tree: bool, as_json: bool) -> None:
    """List items or categories of the library.

    \b
    Examples:
      xtream-tui list movies --genre Comedy --year 1920-1929 --sort rating --desc
      xtream-tui list channels --category Sports --limit 1000 --json
      xtream-tui list categories --kind movie --tree
    """
    if what == _CATEGORIES:
        if filters.narrows:
            raise UsageError("Categories can only be filtered by --kind.")
        if tree:
            _list_category_tree(session, kind, as_json=as_json)
        else:
            _list_categories(session, kind, filters.limit, filters.offset, as_json=as_json)
        return
    if kind is not None or tree:
        raise UsageError(f"{'--tree' if tree else '--kind'} applies to `list categories` only.")
    wanted = next(kind for kind in Kind if kind.plural == what)
    filters.check_fit(wanted)
    limit = _DEFAULT_LIMIT if filters.limit is None else filters.limit
    profile = session.profile().name
    with reading(session.paths, profile) as store:
        page, categories = Page(0, ()), dict[str, tuple[str, ...]]()
        if store:
            query = filters.query(session.paths, profile, store, wanted)
            page = store.page(query, limit=limit, offset=filters.offset)
            found = store.categories_of(wanted, [item.id for item in page.items])
            categories = {id: category_names(some, query.excluded_categories) for id, some in found.items()}
        hint_when_empty(store)
    favourites = marked(session.paths, profile, wanted, Mark.FAVOURITE)
    if as_json:
        print_json(documents.library.ItemList(total=page.total, items=tuple(_documents(page, categories, favourites))))
    else:
        _print_items(wanted, page, favourites)


def _documents(page: Page, categories: Mapping[str, Sequence[str]], favourites: frozenset[str]) -> Iterator[ListedItem]:
    from tui_app.catalog.documents import listed_item

    for item in page.items:
        names = _category_names(item, categories.get(item.id, ()))
        yield listed_item(item, names, is_favourite=item.id in favourites)


def _category_names(item: Item, names: Sequence[str]) -> tuple[str, ...]:
    if item.kind is Kind.EPISODE:
        return ()
    return tuple(names) or (UNCATEGORISED,)


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
    echo(total if shown == page.total else f"{shown:,} of {total} shown; use --limit and --offset for others")


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
    total = sum(category.id != UNCATEGORISED_ID for category in found)  # "Uncategorised" is not a category of the panel
    if as_json:
        print_json(documents.library.CategoryList(total=total, items=tuple(map(_category_document, shown))))
        return
    columns = (Column("kind"), Column("id", right=True), Column("name", flexible=True), Column("items", right=True),
               Column("note"))  # fmt: skip
    rows = [(c.kind.value, c.id, c.name, f"{c.count:,}", "hidden" if c.hidden else "") for c in shown]
    if rows:
        print_table(columns, rows)
    echo(counted(total, "category", "categories"))


def _category_document(category: Category) -> documents.library.ListedCategory:
    return documents.document_of(category, documents.library.ListedCategory)


def _list_category_tree(session: Session, kind: Kind | None, *, as_json: bool) -> None:
    from tui_app.catalog.category_groups import group_categories

    profile = session.profile().name
    with reading(session.paths, profile) as store:
        found = _categories(session, profile, store, kind) if store else []
        hint_when_empty(store)
    groups = [
        (each, group) for each in LISTED_KINDS for group in group_categories([c for c in found if c.kind is each])
    ]
    if as_json:
        print_json(documents.library.CategoryTree(groups=tuple(_group_document(*one) for one in groups)))
        return
    for each, group in groups:
        note = "  hidden" if group.is_hidden else ""
        echo(f"{each.value}  {group.prefix or '(no prefix)'}  {group.count:,}{note}")
        for category, name in zip(group.categories, group.names, strict=True):
            echo(f"  {category.id:>6}  {name}  {category.count:,}{'  hidden' if category.hidden else ''}")
    echo(f"{counted(len(groups), 'group')}, {counted(len(found), 'category', 'categories')}")


def _group_document(kind: Kind, group: CategoryGroup) -> documents.library.CategoryGroup:
    return documents.library.CategoryGroup(
        kind=kind,
        prefix=group.prefix or None,
        count=group.count,
        hidden=group.is_hidden,
        items=tuple(map(_category_document, group.categories)),
    )


def _categories(session: Session, profile: str, store: LibraryStore, kind: Kind | None) -> list[Category]:
    found: list[Category] = []
    for each in (kind,) if kind else LISTED_KINDS:
        found += store.get_categories(each, hidden=hidden_categories(session.paths, profile, each))
    return found
