"""Which items the user's hidden categories hide: those that are in no listed one which is visible.

Episodes are hidden with their series.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Container
from dataclasses import dataclass
from typing import Final

from tui_app.catalog import UNCATEGORISED_ID, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.items.categories import LISTED_FURTHER_MEMBERS, unlisted_keys

#: Keys that are at most so far apart are kept in a row of bytes; a set takes sixty bytes for each.
_BYTES_A_KEY: Final = 16


@dataclass(frozen=True, slots=True)
class Hiding:
    """The hidden categories of the kind that has them: `first` are the keys that hide whom they come first for,
    `listed` those of listed categories."""

    kind: Kind  # of the items
    owner: Kind
    first: tuple[int, ...]
    listed: tuple[int, ...]

    @property
    def visible(self) -> str:
        """The condition for a row called `t`; it names the owner's kind as `:owner_kind`."""
        shown = f"(t.category NOT IN ({_list(self.first)}) OR t.id IN ({self._shown_elsewhere(':owner_kind')}))"
        return shown if self.kind is self.owner else f"t.series IN (SELECT t.id FROM {self.owner} t WHERE {shown})"

    @property
    def hidden_sql(self) -> str:
        """The question for the keys that are hidden. The parameter is the owner's kind."""
        hidden = (
            f"SELECT t.id FROM {self.owner} t INDEXED BY {self.owner}_category "
            f"WHERE t.category IN ({_list(self.first)}) AND t.id NOT IN ({self._shown_elsewhere('?')})"
        )
        if self.kind is self.owner:
            return hidden
        return f"SELECT e.id FROM episode e INDEXED BY episode_series WHERE e.series IN ({hidden})"

    def _shown_elsewhere(self, kind: str) -> str:
        members = LISTED_FURTHER_MEMBERS.replace("?", kind)
        return f"{members} AND category.key NOT IN ({_list(self.listed)})"


def hiding_of(database: LibraryDatabase, kind: Kind, hidden: Collection[str]) -> Hiding | None:
    """What hidden categories (provider's ids) hide of a kind; None for nothing."""
    if not hidden:
        return None
    owner = Kind.SERIES if kind is Kind.EPISODE else kind
    rows = database.rows(
        "SELECT key FROM category WHERE kind = ? AND listed = 1 AND id IN (SELECT value FROM json_each(?))",
        (owner.value, json.dumps(sorted(hidden))),
    )
    listed = tuple(row[0] for row in rows)
    first = (*listed, *(unlisted_keys(database, owner) if UNCATEGORISED_ID in hidden else ()))
    return Hiding(kind, owner, first, listed) if first else None


class Shown(Container[int]):
    """The keys of a kind that are not hidden."""

    def __init__(self, hidden: array[int]) -> None:
        self._low, high = (min(hidden), max(hidden)) if hidden else (0, -1)
        self._span = high - self._low + 1
        self._set: frozenset[int] | None = None
        self._flags = bytearray()
        if self._span > _BYTES_A_KEY * len(hidden):
            self._set = frozenset(hidden)
            return
        self._flags = bytearray(self._span)
        for key in hidden:
            self._flags[key - self._low] = 1

    def __contains__(self, key: object) -> bool:
        if self._set is not None:
            return key not in self._set
        place = key - self._low  # type: ignore[operator]
        return not (0 <= place < self._span and self._flags[place])


def shown_keys(database: LibraryDatabase, kind: Kind, hidden: Collection[str]) -> Shown | None:
    """The keys that hidden categories leave; None for all."""
    hiding = hiding_of(database, kind, hidden)
    if hiding is None:
        return None
    keys = database.integers(hiding.hidden_sql, (hiding.owner.value,))
    return Shown(keys) if keys else None


def _list(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers))
