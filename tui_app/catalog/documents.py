"""An item as a JSON document, in lists and in exports; and the types that documents share.

Not imported by `tui_app.catalog` itself: msgspec costs 12 ms that only a document is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from tui_app.catalog.fields import EXPORT_FIELDS, LIST_FIELDS, ItemField
from tui_app.catalog.lists import Item
from tui_app.catalog.rows import Kind

Count = Annotated[int, Meta(ge=0)]
Time = Annotated[int, Meta(description="Seconds since 1970, UTC.")]
KnownTime = Annotated[int | None, Meta(description="Seconds since 1970, UTC; null: not known.")]
Rating = Annotated[Annotated[float, Meta(ge=0, le=10)] | None, Meta(description="0 to 10; null: not known.")]


def document_key(one: ItemField) -> tuple[str, Any]:
    """Return key and type of a field in a document."""
    meaning = Meta(description=one.meaning or None)
    if one.least is None and one.most is None:
        return one.key, Annotated[one.type, meaning]
    limited: Any = Annotated[one.value_type, Meta(ge=one.least, le=one.most)]
    return one.key, Annotated[limited if one.type is one.value_type else limited | None, meaning]


#: The columns of the first releases, in the order that readers of the CSV rely on. Later ones come behind them.
_FIRST: Final = (
    "kind id name categories year rating genre added number duration_s container catchup_days separator radio "
    "favourite season episode series_id series logo guide_id address country backdrop"
).split()
_NAMES: Final = "Names, in CSV joined by '; '; an exported episode has those of its series."
_COMMON: Final = (
    ("kind", Annotated[Kind, Meta(description="channel, movie, series or episode.")]),
    ("id", Annotated[str, Meta(description="The provider's id.")]),
    ("name", Annotated[str, Meta(description="As the provider calls it.")]),
    ("categories", Annotated[tuple[str, ...], Meta(description=_NAMES)]),
    ("favourite", Annotated[bool, Meta(description="True for your favourites.")]),
    *map(document_key, LIST_FIELDS),
)
_ADDRESS: Final = (
    "What a player opens; null for series. {username} and {password} stand for yours unless --with-credentials is "
    "given."
)
_NUMBER_MEANING: Final = Meta(description="Its number in the season.")


def _item_document(name: str, meaning: str, *more: tuple[str, Any] | tuple[str, Any, Any]) -> type[Struct]:
    """Return the type of an item with further keys."""
    keys = sorted((*_COMMON, *more), key=lambda one: _FIRST.index(one[0]) if one[0] in _FIRST else len(_FIRST))
    said = {"__doc__": meaning, "__module__": __name__}
    return defstruct(name, keys, frozen=True, kw_only=True, namespace=said)


if TYPE_CHECKING:

    class ListedItem(Struct):
        """One item of `list --json`."""

    class ExportedItem(Struct):
        """One item of an export."""

else:
    ListedItem = _item_document(
        "ListedItem",
        "One item of `list --json`; what a kind does not have is null. The keys of an episode are left out of others.",
        ("season", int | UnsetType | None, UNSET),
        ("episode", Annotated[int | None, _NUMBER_MEANING] | UnsetType, UNSET),
        ("series_id", str | UnsetType | None, UNSET),
        ("series", Annotated[str | None, Meta(description="The name of the series.")] | UnsetType, UNSET),
    )
    ExportedItem = _item_document(
        "ExportedItem",
        "One item of an export, in JSON and, in the same order, in CSV.",
        ("season", Annotated[int | None, Meta(description="Of an episode.")]),
        ("episode", Annotated[int | None, _NUMBER_MEANING]),
        ("series_id", Annotated[str | None, Meta(description="The series an episode belongs to.")]),
        ("series", Annotated[str | None, Meta(description="The name of that series.")]),
        ("guide_id", Annotated[str | None, Meta(description="The channel's id in the guide (tvg-id).")]),
        ("address", Annotated[str | None, Meta(description=_ADDRESS)]),
        *map(document_key, EXPORT_FIELDS),
    )


def listed_item(item: Item, categories: Sequence[str], *, is_favourite: bool) -> ListedItem:
    """Return one item of `list --json`."""
    facts = item_facts(item, categories, is_favourite=is_favourite)
    if item.kind is not Kind.EPISODE:
        return ListedItem(**facts)
    return ListedItem(
        **facts, season=item.season, episode=item.episode, series_id=item.series_id, series=item.series_name
    )


def item_facts(item: Item, categories: Sequence[str], *, is_favourite: bool) -> dict[str, Any]:
    """Return what the item has in a list and in an export."""
    return {
        "kind": item.kind,
        "id": item.id,
        "name": item.name,
        "categories": tuple(categories),
        **{one.key: getattr(item, one.name) for one in LIST_FIELDS},
        "favourite": is_favourite,
    }
