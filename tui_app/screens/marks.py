"""The user's marks in lists and details: two cells in a row, words in the details.

The first cell is the favourite star, else the dot of new titles; the second is the watched sign. So both marks of the
user are visible, and the dot gives way to the user's own mark.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.catalog import Item, Kind, Mark
from tui_app.library import Library
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import progress_words


@dataclass(frozen=True, slots=True)
class ShownMarks:
    """The marked ids of one kind. A series is watched when every stored episode is."""

    favourites: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()

    def cells(self, item_id: str, *, is_new: bool = False) -> str:
        """Return the mark cells of an item."""
        first = glyphs().favourite if item_id in self.favourites else glyphs().new if is_new else ""
        if item_id not in self.watched:
            return first
        return (first or " ") + glyphs().watched

    def of(self, item: Item) -> str:
        """Return the mark cells of an item, including the dot of new ones."""
        return self.cells(item.id, is_new=item.is_new)

    def words(self, item_id: str) -> tuple[str, ...]:
        """Return the marks in words, each with its sign."""
        favourite = (f"{glyphs().favourite} favourite",) if item_id in self.favourites else ()
        watched = (f"{glyphs().watched} watched",) if item_id in self.watched else ()
        return favourite + watched


async def read_marks(library: Library, kind: Kind) -> ShownMarks:
    """Read the marks of a kind."""
    return ShownMarks(await library.marks.ids(kind, Mark.FAVOURITE), await library.watching.watched(kind))


async def marks_note(library: Library, kind: Kind, item_id: str, marks: ShownMarks) -> str:
    """Return the marks of a title and its resume position in one line."""
    position = await library.watching.position_of(kind, item_id)
    played = None if position is None else await library.watching.played(kind, item_id)
    stopped = progress_words(played.position_s, played.duration_s) if played is not None and not played.is_done else ""
    return f" {glyphs().dot} ".join((*marks.words(item_id), *((f"stopped at {stopped}",) if stopped else ())))


def marks_width(kind: Kind) -> int:
    """Return the number of mark cells of a kind: channels can't be watched to an end."""
    return 1 if kind is Kind.CHANNEL else 2
