"""The folders of favourites with their counts: all, those in no folder, then the user's own. Knows no titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_app.catalog import NO_FOLDER
from tui_app.text import fold
from tui_app.widgets.list_rows import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList

_ALL_KEY: Final = "all"
_OWN: Final = "folder "  # before the name of a folder in the key of its row
_LEAST_WIDTH: Final = 18  # cells of the list below which names have all of it


class FolderList(PagedList):
    """`show_folders` fills it; `folder` is the one under the cursor: None is "All", "" is "No folder".

    `FolderList.Highlighted` comes when the cursor moves, `FolderList.Chosen` on Enter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Show", tooltip="Show the favourites of this folder", id="folders.choose"),
    ]

    @dataclass
    class Highlighted(PagedList.Highlighted):
        """The cursor stands on another folder."""

        @property
        def folder(self) -> str | None:
            return _folder_of(self.key)

    @dataclass
    class Chosen(Message):
        """Enter, or a double click, on a folder."""

        folder: str | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(columns=_columns(0), marks_width=0, by_letter=True, id=id)

    def show_folders(self, folders: Sequence[tuple[str, int]], *, total: int, chosen: str | None) -> None:
        """Fill the list with (name, count) and put the cursor on `chosen`. `total` is how many there are in all."""
        rows = [ListRow(_ALL_KEY, ("All", f"{total:,}"))]
        rows += [ListRow(_key_of(name), (name or "No folder", f"{count:,}")) for name, count in folders]
        self.set_columns(_columns(total))
        self.show(RowsSource(rows), keep_key=_key_of(chosen))

    @property
    def folder(self) -> str | None:
        """Under the cursor."""
        return _folder_of(self.row.key) if self.row else None

    def action_activate(self) -> None:
        if self.row is not None:
            self.post_message(self.Chosen(self.folder))

    def take_letter(self, letter: str) -> None:
        for index, row in enumerate(self._pages.source.rows(0, self.total) or ()):
            if row.key.startswith(_OWN) and fold(row.cells[0])[:1] == letter:
                self.move_to(index)
                return


def _columns(most: int) -> tuple[Column, ...]:
    counts = Column("", width=len(f"{most:,}"), align="right", min_list_width=_LEAST_WIDTH)
    return Column("Folders", main=True, width=8), counts


def _key_of(folder: str | None) -> str:
    return _ALL_KEY if folder is None else f"{_OWN}{folder}"


def _folder_of(key: str) -> str | None:
    return None if key == _ALL_KEY else key.removeprefix(_OWN) or NO_FOLDER
