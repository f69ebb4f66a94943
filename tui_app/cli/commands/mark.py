"""`xtream-tui mark`: set or clear favourites, watched marks and hidden categories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import click

from tui_app.catalog import LISTED_KINDS, VERSIONED_KINDS, ItemRef, Kind, Mark
from tui_app.cli import documents
from tui_app.cli.completers import kind_words
from tui_app.cli.output import counted, echo, print_json
from tui_app.cli.params import json_option, metavar, one_of, profile_option
from tui_app.cli.session import Session, marks_file, require_library
from tui_app.errors import NotFound, UsageError
from tui_app.text import fold

if TYPE_CHECKING:
    from tui_app.store.library_store import LibraryStore
    from tui_app.store.user.user_store import UserStore

_KINDS: Final = tuple(Kind)
#: (mark, whether it is set) → the end of a sentence that begins with the names.
_STATES: Final = {
    (Mark.FAVOURITE, True): "in the favourites",
    (Mark.FAVOURITE, False): "not in the favourites",
    (Mark.WATCHED, True): "marked as watched",
    (Mark.WATCHED, False): "not marked as watched",
    (Mark.HIDDEN, True): "hidden",
    (Mark.HIDDEN, False): "visible",
    (Mark.SPLIT, True): "split from other versions",
    (Mark.SPLIT, False): "grouped with other versions",
}


@click.command("mark")
@click.argument(
    "mark",
    type=click.Choice([mark.value for mark in Mark], case_sensitive=False),
    metavar="favourite|watched|hidden|split",
)
@click.argument("kind", callback=one_of(_KINDS), shell_complete=kind_words(_KINDS), metavar=metavar(_KINDS))
@click.argument("ids", nargs=-1, metavar="ID...")
@click.option("--group", metavar="PREFIX", help="With hidden: the categories of this group (list categories --tree).")
@click.option("--off", is_flag=True, help="Clear the mark instead.")
@json_option
@profile_option
@click.pass_obj
def command(
    session: Session, mark: str, kind: Kind, ids: tuple[str, ...], group: str | None, off: bool, as_json: bool
) -> None:
    """Mark items as favourite or watched, hide categories, or split a version from its title.

    With `hidden`, the ids are those of categories of the kind. A series is watched
    when all its episodes are. `split` takes movies and series out of the group of
    their versions. Nothing is marked unless every id is known.

    \b
    Examples:
      xtream-tui mark favourite movie 1204
      xtream-tui mark watched series 77 --off
      xtream-tui mark hidden movie --group CLASSICS
    """
    wanted, is_on = Mark(mark), not off
    _check(wanted, kind)
    if group is not None and wanted is not Mark.HIDDEN:
        raise UsageError("--group applies to `mark hidden` only.")
    if not ids and group is None:
        raise UsageError("Give the ids to mark.", hint="See: xtream-tui mark --help")
    profile = session.profile().name
    with require_library(session.paths, profile) as store, marks_file(session.paths, profile) as user:
        if wanted is Mark.HIDDEN:
            of_group = () if group is None else _ids_of_group(store, kind, group)
            items = _categories(store, user, profile, kind, dict.fromkeys((*ids, *of_group)))
            had = user.hidden_categories(profile, kind)
            _hide(user, profile, kind, items, hide=is_on)
        else:
            items = tuple(
                ref for id in dict.fromkeys(ids) for ref in _refs(store, user, ItemRef(kind, id, ""), profile, wanted)
            )
            of = items[0].kind
            had = user.ids_with(profile, of, wanted)
            user.set_marks(profile, of, [(ref.id, ref.name) for ref in items], wanted, on=is_on)
    changed = sum((ref.id in had) is not is_on for ref in items)
    if as_json:
        print_json(_document(wanted, kind, items, changed, is_on=is_on))
    else:
        echo(f"{_names(items, wanted)} {_STATES[wanted, is_on]}.")


def _check(mark: Mark, kind: Kind) -> None:
    """Raise `UsageError` for a mark that items of this kind can't have."""
    if mark is Mark.WATCHED and kind is Kind.CHANNEL:
        raise UsageError("Channels can't be marked as watched.", hint="Mark movies, series or episodes.")
    if mark is Mark.SPLIT and kind not in VERSIONED_KINDS:
        raise UsageError("Only movies and series have versions.", hint="Split a movie or a series.")
    if mark is Mark.HIDDEN and kind not in LISTED_KINDS:
        raise UsageError("Episodes have no categories.", hint="Hide a category of channels, movies or series.")


def _refs(store: LibraryStore, user: UserStore, ref: ItemRef, profile: str, mark: Mark) -> tuple[ItemRef, ...]:
    """Return what gets the mark: the item, or of a watched series its stored episodes.

    A mark can also be cleared of an item that has left the library. Raises `NotFound`.
    """
    try:
        item = store.full_item(ref.kind, ref.id).item
    except NotFound:
        gone = (marked for marked in user.marked(profile, ref.kind, mark) if marked.id == ref.id)
        known = next(gone, None)
        if known is None:
            raise
        return (ItemRef(ref.kind, known.id, known.name),)
    if mark is not Mark.WATCHED or ref.kind is not Kind.SERIES:
        return (ItemRef(ref.kind, item.id, item.name),)
    from tui_app.store.items.episodes import episode_refs

    episodes = episode_refs(store.database, item.id)
    if not episodes:
        raise NotFound(
            f"No episodes of “{item.name}” are stored.", hint=f"Fetch them: xtream-tui show series {item.id}"
        )
    return episodes


def _categories(
    store: LibraryStore, user: UserStore, profile: str, kind: Kind, ids: Iterable[str]
) -> tuple[ItemRef, ...]:
    """Return the categories with these ids; hidden ones may have left the library. Raises `NotFound`."""
    names = {category.id: category.name for category in store.get_categories(kind, include_hidden=True)}
    names = dict.fromkeys(user.hidden_categories(profile, kind), "") | names
    for id in ids:
        if id not in names:
            raise NotFound(
                f"There is no {kind.value} category with the id {id}.",
                hint=f"List the categories: xtream-tui list categories --kind {kind.value}",
            )
    return tuple(ItemRef(kind, id, names[id]) for id in ids)


def _ids_of_group(store: LibraryStore, kind: Kind, prefix: str) -> tuple[str, ...]:
    """Return the ids of the categories of a group. Raises `NotFound`, naming some groups, when there is none."""
    from tui_app.catalog.category_groups import group_categories

    groups = [group for group in group_categories(store.get_categories(kind, include_hidden=True)) if group.prefix]
    for group in groups:
        if fold(group.prefix) == fold(prefix):
            return tuple(category.id for category in group.categories)
    known = ", ".join(group.prefix for group in groups[:8])
    hint = f"There are: {known}." if known else f"The {kind.value} categories share no prefixes."
    raise NotFound(f"There is no group of {kind.value} categories “{prefix}”.", hint=hint)


def _hide(user: UserStore, profile: str, kind: Kind, categories: Sequence[ItemRef], *, hide: bool) -> None:
    if hide:
        user.hide_categories(profile, kind, [(category.id, category.name) for category in categories])
    else:
        user.show_categories(profile, kind, [category.id for category in categories])


def _names(items: Sequence[ItemRef], mark: Mark) -> str:
    if len(items) == 1:
        return f"“{items[0].name or items[0].id}” is"
    if mark is Mark.HIDDEN:
        return f"{counted(len(items), 'category', 'categories')} are"
    return f"{counted(len(items), items[0].kind.value, items[0].kind.plural)} are"


def _document(
    mark: Mark, kind: Kind, items: Sequence[ItemRef], changed: int, *, is_on: bool
) -> documents.viewing.MarkReport:
    return documents.viewing.MarkReport(
        mark=mark.value,
        kind=kind,
        on=is_on,
        changed=changed,
        items=tuple(documents.document_of(ref, documents.viewing.MarkedItem) for ref in items),
    )
