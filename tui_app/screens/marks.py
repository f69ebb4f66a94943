"""How the user's marks are shown, and how they are read for it.

Rows have two mark cells: the favourite star, else the dot of new titles, and the watched sign. So both marks of the
user are visible, and the dot gives way to the user's own mark.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from tui_app.catalog import Item, Kind, Played
from tui_app.library import KindMarks, Library, resumable
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import progress_words


@dataclass(frozen=True, slots=True)
class ShownMarks(KindMarks):
    """The marks of one kind as they are shown."""

    @classmethod
    def of_kind(cls, marks: KindMarks) -> Self:
        return cls(marks.favourites, marks.watched)

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
    return (await read_all_marks(library, (kind,)))[kind]


async def read_all_marks(library: Library, kinds: Collection[Kind]) -> dict[Kind, ShownMarks]:
    """Read the marks of several kinds."""
    return {kind: ShownMarks.of_kind(found) for kind, found in (await library.watching.marks(kinds)).items()}


async def marks_note(library: Library, kind: Kind, item_id: str, marks: ShownMarks) -> str:
    """Return the marks of a title and its resume position in one line."""
    return marks_line(item_id, marks, await library.watching.played(kind, item_id))


def marks_line(item_id: str, marks: ShownMarks, played: Played | None) -> str:
    """Return the same of an entry of the history."""
    is_stopped = played is not None and not played.is_done and resumable(played) is not None
    stopped = progress_words(played.position_s, played.duration_s) if played is not None and is_stopped else ""
    return f" {glyphs().dot} ".join((*marks.words(item_id), *((f"stopped at {stopped}",) if stopped else ())))


def marks_width(kind: Kind) -> int:
    """Return the number of mark cells of a kind: channels can't be watched to an end."""
    return 1 if kind is Kind.CHANNEL else 2
