"""The rows, the saved state and the empty states of the Favourites screen."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from tui_app.catalog import FoundFavourite, ItemRef, Kind, NowNext
from tui_app.library import FavouriteItems
from tui_app.screens.browse.columns import running
from tui_app.screens.registry import key_of
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, Emptiness, ListRow

_FOLDER: Final = Column("Folder", 14, min_list_width=64)
#: The kinds the kind key cycles through; None is all.
KINDS: Final[tuple[Kind | None, ...]] = (None, *Kind)
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class FavouriteState:
    """What the screen shows: a folder ("" for none, None for all), one kind or all, and the current row."""

    folder: str | None = None
    kind: Kind | None = None
    row_key: str | None = None

    @property
    def next_kind(self) -> Kind | None:
        return KINDS[(KINDS.index(self.kind) + 1) % len(KINDS)]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> FavouriteState:
        """Return the saved state, or the default when there is no valid one."""
        try:
            kept = json.loads(text or "{}")
            folder, kind, row_key = (kept.get(name) for name in ("folder", "kind", "row_key"))
            kind = None if kind is None else Kind(kind)
        except (ValueError, AttributeError, RecursionError):
            return cls()
        return cls(folder if isinstance(folder, str) else None, kind, row_key if isinstance(row_key, str) else None)


def columns(*, with_folders: bool) -> tuple[Column, ...]:
    """Return the columns of the list, with the folder where several are shown."""
    return (
        Column("Title", 16, main=True, names=True),
        Column("Kind", 7, min_list_width=34),
        Column("Year, No.", 9, "right", 44),
        _FOLDER if with_folders else Column("", 0),
        Column("On now, category", 18, min_list_width=56, most=48),
    )


class FavouriteSource:
    """Favourites as rows, created when they become visible.

    `watched`: kind → watched ids; `guide`: what is on on the channels.
    """

    def __init__(
        self, view: FavouriteItems, watched: Mapping[Kind, frozenset[str]], guide: Mapping[str, NowNext]
    ) -> None:
        self._view = view
        self._guide = guide
        self._watched = watched

    @property
    def total(self) -> int:
        return self._view.total

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        return [self._row(found) for found in self._view.items(start, stop)]

    def index_of(self, key: str) -> int | None:
        kind, _, item_id = key.partition(" ")
        return self._view.index_of(Kind(kind), item_id) if kind in set(Kind) else None

    def index_of_letter(self, letter: str) -> int | None:
        """Return the index of the first favourite whose name begins with a letter."""
        return self._view.index_of_letter(letter)

    def found(self, index: int) -> FoundFavourite | None:
        """Return the favourite in a row."""
        found = self._view.items(index, index + 1)
        return found[0] if found else None

    def _row(self, found: FoundFavourite) -> ListRow:
        entry, item = found.favourite, found.item
        number = belongs_to = ""
        if item is not None:
            on = running(self._guide.get(item.id), time.time()) if item.kind is Kind.CHANNEL else None
            has_number = item.kind is Kind.CHANNEL and item.number is not None
            number = f"No. {item.number}" if has_number else str(item.year or "")
            belongs_to = on.title if on else (item.series_name if item.kind is Kind.EPISODE else item.category) or ""
        kind = GONE if found.is_gone else entry.kind.value
        mark = glyphs().watched if entry.id in self._watched.get(entry.kind, ()) else ""
        cells = (item.name if item else entry.name, kind, number, entry.folder, belongs_to)
        return ListRow(key_of_row(entry.kind, entry.id), cells, mark, dim=item is None)


def key_of_row(kind: Kind, item_id: str) -> str:
    """Return a key that is unique among all kinds."""
    return f"{kind} {item_id}"


def ref_of_row(row: ListRow) -> ItemRef:
    """Return the title of a row."""
    kind, _, item_id = row.key.partition(" ")
    return ItemRef(Kind(kind), item_id, row.cells[0])


def missing_words(found: FoundFavourite) -> str:
    """Return why a favourite has no details."""
    entry = found.favourite
    if found.is_gone:
        return (
            f"“{entry.name}” is gone: the provider no longer lists it. It returns here if the provider lists it again."
        )
    if entry.kind is Kind.EPISODE:
        return f"“{entry.name}”: open its series once to load its episodes."
    return f"“{entry.name}” has not been downloaded yet: the next sync fetches the {entry.kind.plural}."


def why_empty(state: FavouriteState, count: int) -> Emptiness:
    """Return the text to show in place of the rows. `count` is the number of all favourites."""
    if not count:
        return Emptiness(
            "No favourites yet",
            "Press f on a channel, movie or series in any list to add it.",
            f"{key_of('channels')}, {key_of('movies')} and {key_of('series')} show the lists",
        )
    if state.kind is not None:
        return Emptiness(f"No favourite {state.kind.plural} here", hint="t shows the other kinds")
    if state.folder:
        return Emptiness("This folder is empty", "Press m to move favourites into a folder.", "c chooses another")
    return Emptiness("All favourites are in folders", hint="c chooses one")
