"""The user's marks as lists and details show them: two cells in a row, and words where there is room for words.

The first cell is the favourite's star, else the dot of what is new; the second says watched. So a title can show both
what the user thinks of it and what became of it, and what is new gives way to what the user chose.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.catalog import Item, Kind, Mark
from tui_app.library import Library
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import progress_words


@dataclass(frozen=True, slots=True)
class ShownMarks:
    """The ids of one kind that have a mark. Of series, `watched` are those of which every stored episode is."""

    favourites: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()

    def cells(self, item_id: str, *, is_new: bool = False) -> str:
        """What stands before the row of an item."""
        first = glyphs().favourite if item_id in self.favourites else glyphs().new if is_new else ""
        if item_id not in self.watched:
            return first
        return (first or " ") + glyphs().watched

    def of(self, item: Item) -> str:
        """The same of an item."""
        return self.cells(item.id, is_new=item.is_new)

    def words(self, item_id: str) -> tuple[str, ...]:
        """The same in words, each with its sign."""
        favourite = (f"{glyphs().favourite} favourite",) if item_id in self.favourites else ()
        watched = (f"{glyphs().watched} watched",) if item_id in self.watched else ()
        return favourite + watched


async def read_marks(library: Library, kind: Kind) -> ShownMarks:
    """The marks of a kind as they are now."""
    return ShownMarks(await library.marks.ids(kind, Mark.FAVOURITE), await library.watching.watched(kind))


async def marks_note(library: Library, kind: Kind, item_id: str, marks: ShownMarks) -> str:
    """The marks of a title in one line, and where it was stopped."""
    position = await library.watching.position_of(kind, item_id)
    played = None if position is None else await library.watching.played(kind, item_id)
    stopped = progress_words(played.position_s, played.duration_s) if played is not None and not played.is_done else ""
    return f" {glyphs().dot} ".join((*marks.words(item_id), *((f"stopped at {stopped}",) if stopped else ())))


def marks_width(kind: Kind) -> int:
    """Cells that the marks of a kind take: channels are never watched to an end."""
    return 1 if kind is Kind.CHANNEL else 2
