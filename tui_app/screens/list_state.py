"""The state of one list: category, sorting, filters and current row, with its words, query and JSON form."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, get_args

from tui_app.catalog import Kind, Query, SortKey

#: The sortings of each kind, in the order of the sort key.
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
_DAY_S: Final = 86_400
#: Sortings that start with the highest value.
_BEST_FIRST: Final = frozenset({"rating", "year", "added"})


#: The largest value of "added in the last … days": a hundred years.
MOST_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list shows and where its cursor is. The default is everything in the provider's order."""

    category: str | None = None
    category_name: str = ""  # for the description, when the category list is hidden
    sort: SortKey = "number"
    descending: bool = False
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    min_rating: float | None = None
    added_days: int | None = None  # added in the last … days
    favourites: bool = False
    unwatched: bool = False
    catchup: bool = False
    text: str = ""
    grouped: bool = False  # one row for all versions of a title
    row_key: str | None = None

    # ---------------------------------------------------------------------------------------------- changes
    def next_sort(self, kind: Kind) -> ListState:
        """Return the state with the next sorting of this kind, the best titles first."""
        sorts = SORTS[kind]
        following = sorts[(sorts.index(self.sort) + 1) % len(sorts)] if self.sort in sorts else sorts[0]
        return replace(self, sort=following, descending=following in _BEST_FIRST)

    def reversed(self) -> ListState:
        return replace(self, descending=not self.descending)

    def without(self, filter_name: str) -> ListState:
        """Return the state without one filter, by the name of its chip."""
        if filter_name == "year":
            return replace(self, year_from=None, year_to=None)
        if filter_name == "category":
            return replace(self, category=None, category_name="")
        if filter_name == "sort":
            return replace(self, sort="number", descending=False)
        default: Any = next((f.default for f in fields(ListState) if f.name == filter_name), None)
        return replace(self, **{filter_name: default})

    def without_filters(self) -> ListState:
        """Return the state with everything of the kind in the current order."""
        return ListState(sort=self.sort, descending=self.descending, grouped=self.grouped, row_key=self.row_key)

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
                ("catchup", "catch-up" if self.catchup else ""),
                ("genre", self.genre or ""),
                ("year", f"year {years}" if years else ""),
                ("min_rating", f"rating ≥ {self.min_rating:g}" if self.min_rating is not None else ""),
                ("added_days", _added(self.added_days)),
                ("text", f"“{self.text}”" if self.text else ""),
                ("grouped", "grouped" if self.grouped else ""),
            )
            if words
        )

    @property
    def words(self) -> str:
        """The differences from the plain list, in one line; "" without any."""
        parts = [self.category_name if self.category is not None else "", *(words for _, words in self.chips)]
        if self.sort != "number" or self.descending:
            parts.append(f"by {self.sort_words}")
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
        hidden = tuple(sorted(set(hidden_categories) - {self.category}))
        return Query(
            kind,
            category=self.category,
            genre=self.genre,
            year_from=self.year_from,
            year_to=self.year_to,
            min_rating=self.min_rating,
            added_since=self._added_since(time.time() if now is None else now),
            catchup=self.catchup,
            text=self.text,
            only_ids=tuple(sorted(favourites)) if self.favourites else None,
            excluded_ids=tuple(sorted(watched)) if self.unwatched else (),
            excluded_categories=hidden,
            sort=self.sort,
            descending=self.descending,
        )

    def _added_since(self, now: float) -> int | None:
        """Return the start of a day (UTC), so that the query stays the same for a day."""
        return None if self.added_days is None else (int(now) // _DAY_S - self.added_days) * _DAY_S

    @property
    def depends_on_marks(self) -> bool:
        """True when marking a title changes the rows of this list."""
        return self.favourites or self.unwatched

    # ---------------------------------------------------------------------------------------------- storage
    @property
    def to_save(self) -> ListState:
        """The state to save under a name: filters, category and sorting, not the row."""
        return replace(self, row_key=None)

    def to_json(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, False, "")})

    @classmethod
    def from_json(cls, text: str | None) -> ListState:
        """Return the state saved by `to_json`; missing or invalid values keep their defaults."""
        try:
            raw = json.loads(text or "{}")
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(raw, dict):
            return cls()
        return cls(**{name: raw[name] for name, fits in _FITS.items() if name in raw and fits(raw[name])})


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


def _is(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types) and (bool in types or not isinstance(value, bool))


_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "category": _is(str),
    "category_name": _is(str),
    "grouped": _is(bool),
    "sort": lambda value: value in get_args(SortKey),
    "descending": _is(bool),
    "genre": _is(str),
    "year_from": lambda value: _is(int)(value) and 0 <= value <= 9999,
    "year_to": lambda value: _is(int)(value) and 0 <= value <= 9999,
    "min_rating": lambda value: _is(int, float)(value) and 0 <= value <= 10,
    "added_days": lambda value: _is(int)(value) and 0 < value <= MOST_DAYS,
    "favourites": _is(bool),
    "unwatched": _is(bool),
    "catchup": _is(bool),
    "text": _is(str),
    "row_key": _is(str),
}
