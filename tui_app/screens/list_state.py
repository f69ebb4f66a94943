"""The state of a list of one kind: category, filters, order; and what it says while it has no rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from tui_app.catalog import Category, Kind, Query, SortKey, find_category
from tui_app.catalog.category_groups import shared_prefix
from tui_app.catalog.filter_text import filter_of_json, filter_text, json_object
from tui_app.catalog.filters import BEST_FIRST, ItemFilter

_NESTED: Final = "nested "

#: The sortings of each kind.
SORTS: Final[Mapping[Kind, tuple[SortKey, ...]]] = {
    Kind.CHANNEL: ("number", "name", "added"),
    Kind.MOVIE: ("number", "name", "rating", "year", "added"),
    Kind.SERIES: ("number", "name", "rating", "year", "added"),
}
SORT_WORDS: Final[Mapping[SortKey, str]] = {
    "number": "provider's order",
    "name": "name",
    "rating": "rating",
    "year": "year",
    "added": "date added",
}
#: The orders in words, as (sorting, whether it is descending).
ORDER_WORDS: Final[Mapping[tuple[SortKey, bool], str]] = {
    ("number", False): "Provider's order",
    ("name", False): "Name, A–Z",
    ("name", True): "Name, Z–A",
    ("rating", True): "Best rated first",
    ("year", True): "Newest year first",
    ("year", False): "Oldest year first",
    ("added", True): "Latest added first",
    ("added", False): "Earliest added first",
}


@dataclass(frozen=True, slots=True)
class ListState(ItemFilter):
    """What a list shows and where its cursor is: a filter, the chosen category, whose name the filter has, and a row.

    The default is everything in the provider's order.
    """

    category: str | None = None
    is_group: bool = False  # the name is the prefix of all categories of a group
    row_key: str | None = None

    @classmethod
    def of_filter(cls, found: ItemFilter, categories: Sequence[Category] = ()) -> ListState:
        """Return the state with this filter, and the category it names."""
        state = cls(**{one.name: getattr(found, one.name) for one in fields(ItemFilter)})
        named = find_category(categories, state.category_name) if state.category_name else None
        if named is not None:
            return replace(state, category=named.id, category_name=named.name)
        prefix = shared_prefix(categories, state.category_name)
        return replace(state, category_name=prefix, is_group=True) if prefix else state

    # ---------------------------------------------------------------------------------------------- changes
    def sorted_by(self, sort: SortKey) -> ListState:
        """Return the state in the order of a column, the best titles first; reversed when it is in that order."""
        return self.reversed() if sort == self.sort else replace(self, sort=sort, descending=sort in BEST_FIRST)

    def reversed(self) -> ListState:
        return replace(self, descending=not self.descending)

    def without(self, filter_name: str) -> ListState:
        """Return the state without one filter, by the name of its chip."""
        if filter_name == "year":
            return replace(self, year_from=None, year_to=None)
        if filter_name == "category":
            return replace(self, category=None, category_name="", is_group=False)
        if filter_name == "sort":
            return replace(self, sort="number", descending=False)
        if filter_name.startswith(_NESTED):  # the place of a further or an excluded value
            field, place = filter_name.removeprefix(_NESTED).split()
            values: tuple[ItemFilter, ...] = getattr(self, field)
            left: Any = (*values[: int(place)], *values[int(place) + 1 :])
            return replace(self, **{field: left})
        default: Any = next((f.default for f in fields(ListState) if f.name == filter_name), None)
        return replace(self, **{filter_name: default})

    def without_filters(self, *, keep_category: bool = False) -> ListState:
        """Return the state with everything of the kind, or of the category, in the current order."""
        bare = ListState(sort=self.sort, descending=self.descending, grouped=self.grouped, row_key=self.row_key)
        if not keep_category or not self.has_category:
            return bare
        return replace(bare, category=self.category, category_name=self.category_name, is_group=self.is_group)

    @property
    def has_category(self) -> bool:
        """Whether a category or a group of them is chosen."""
        return self.category is not None or self.is_group

    @property
    def group(self) -> str:
        """The prefix of the chosen group; "" without one."""
        return self.category_name if self.is_group else ""

    # ------------------------------------------------------------------------------------------------ words
    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        """The (name, words) of each active filter; the category is not one of them."""
        years = _years(self.year_from, self.year_to)
        return tuple(
            (name, words)
            for name, words in (
                ("favourites", "favourites" if self.favourites else ""),
                ("unwatched", "unwatched" if self.unwatched else ""),
                ("watched", "watched" if self.watched else ""),
                ("catchup", "catch-up" if self.catchup else ""),
                ("genre", self.genre or ""),
                ("year", f"year {years}" if years else ""),
                ("min_rating", f"rating ≥ {self.min_rating:g}" if self.min_rating is not None else ""),
                ("added_days", _added(self.added_days)),
                ("language", f"language {self.language}" if self.language else ""),
                ("quality", self.quality or ""),
                ("cast", f"with {self.cast}" if self.cast else ""),
                ("director", f"directed by {self.director}" if self.director else ""),
                ("category_name", f"in {self.category_name}" if self.category_name and not self.has_category else ""),
                ("text", f"“{self.text}”" if self.text else ""),
                *((f"{_NESTED}also {at}", filter_text(one)) for at, one in enumerate(self.also)),
                *((f"{_NESTED}excluded {at}", f"not {filter_text(one)}") for at, one in enumerate(self.excluded)),
                ("grouped", "grouped" if self.grouped else ""),
            )
            if words
        )

    @property
    def chips_and_order(self) -> tuple[tuple[str, str], ...]:
        """The chips, and one of the order unless it is the provider's."""
        is_plain = self.sort == "number" and not self.descending
        return self.chips if is_plain else (*self.chips, ("sort", f"by {self.sort_words}"))

    @property
    def words(self) -> str:
        """The differences from the plain list, in one line; "" without any."""
        parts = [self.category_name if self.has_category else "", *(words for _, words in self.chips_and_order)]
        return " · ".join(part for part in parts if part)

    @property
    def sort_words(self) -> str:
        return f"{SORT_WORDS[self.sort]} {'↓' if self.descending else '↑'}"

    # ------------------------------------------------------------------------------------------------ query
    def query(
        self,
        kind: Kind,
        *,
        favourites: Iterable[str] = (),
        watched: Iterable[str] = (),
        hidden_categories: Iterable[str] = (),
        now: float | None = None,
    ) -> Query:
        """Return the library query. `favourites` and `watched` are the marked ids.

        A chosen category is never hidden.
        """
        found = ItemFilter.query(
            self,
            kind,
            favourites=favourites,
            watched=watched,
            hidden_categories=set(hidden_categories) - {self.category},
            now=now,
        )
        return found if self.category is None else replace(found, category=self.category, category_words="")

    # ---------------------------------------------------------------------------------------------- storage
    def to_json(self) -> str:
        of_category = {"category": self.category, "category_name": self.category_name} if self.category else {}
        found = replace(self, category_name="") if self.category else self
        group = {"is_group": True} if self.is_group else {}
        row = {} if self.row_key is None else {"row_key": self.row_key}
        return json.dumps({"filter": filter_text(found), **of_category, **group, **row})

    @classmethod
    def from_json(cls, text: str | None) -> ListState:
        """Return the state saved by `to_json` of this or an earlier version; invalid values keep their defaults."""
        raw = json_object(text)
        places = {name: raw[name] for name in ("category", "row_key") if isinstance(raw.get(name), str)}
        state = replace(cls.of_filter(filter_of_json(raw)), **places)
        return replace(state, is_group=raw.get("is_group") is True and bool(state.category_name))


def _years(first: int | None, last: int | None) -> str:
    if first is None and last is None:
        return ""
    if first == last:
        return str(first)
    return f"{first or ''}–{last or ''}"


def _added(days: int | None) -> str:
    if days is None:
        return ""
    return "added since yesterday" if days == 1 else f"added in {days} days"
