"""The lists of folders and of categories beside a list of titles, with their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_app.catalog import NO_FOLDER, Category
from tui_app.text import fold
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import SelectableList

_ALL_KEY: Final = "all"
_OWN: Final = "folder "  # prefix of the row keys of folders
_LEAST_WIDTH: Final = 18  # list width below which counts are hidden


class FolderList(PagedList):
    """The folders of favourites: "All", "No folder" (`NO_FOLDER`), then the user's own.

    `show_folders` fills it; `folder` is the one under the cursor, None for "All". `FolderList.Highlighted` is
    posted when the cursor moves, `FolderList.Chosen` on Enter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Show", tooltip="Show the favourites of this folder", id="folders.choose"),
    ]

    @dataclass
    class Highlighted(PagedList.Highlighted):
        """The cursor moved to another folder."""

        @property
        def folder(self) -> str | None:
            return _folder_of(self.key)

    @dataclass
    class Chosen(Message):
        """The user pressed Enter or double-clicked on a folder."""

        folder: str | None

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(columns=_columns(0), marks_width=0, by_letter=True, id=id, classes=classes)

    def show_folders(self, folders: Sequence[tuple[str, int]], *, total: int, chosen: str | None) -> None:
        """Show (name, count) rows with the cursor on `chosen`. `total` is the number of favourites."""
        rows = [ListRow(_ALL_KEY, ("All", f"{total:,}"))]
        rows += [ListRow(_key_of(name), (name or "No folder", f"{count:,}")) for name, count in folders]
        self.set_columns(_columns(total))
        self.show(RowsSource(rows), keep_key=_key_of(chosen))

    @property
    def folder(self) -> str | None:
        """The folder under the cursor; None for "All"."""
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
    counts = Column("", width=len(f"{most:,}"), align="right", min_list_width=_LEAST_WIDTH, lends=True)
    return Column("Folders", main=True, width=8), counts


def _key_of(folder: str | None) -> str:
    return _ALL_KEY if folder is None else f"{_OWN}{folder}"


def _folder_of(key: str) -> str | None:
    return None if key == _ALL_KEY else key.removeprefix(_OWN) or NO_FOLDER


_CATEGORY_LIST_ALL_KEY: Final = ""
_CATEGORY_LIST_LEAST_WIDTH: Final = 18  # list width below which counts are hidden


class _Categories:
    """Categories as rows, created when they become visible."""

    def __init__(self, categories: Sequence[Category], all_count: int) -> None:
        self._categories = categories
        self._all_count = all_count
        self.total = len(categories) + 1

    def rows(self, start: int, stop: int) -> list[ListRow]:
        first = [ListRow(_CATEGORY_LIST_ALL_KEY, ("All", f"{self._all_count:,}"))] if start == 0 else []
        return first + [_row(category) for category in self._categories[max(0, start - 1) : stop - 1]]

    def index_of(self, key: str) -> int | None:
        if key == _CATEGORY_LIST_ALL_KEY:
            return 0
        return next((number for number, category in enumerate(self._categories, 1) if category.id == key), None)

    def index_of_letter(self, letter: str) -> int | None:
        for number, category in enumerate(self._categories, 1):
            first = fold(category.name[:40])[:1]
            if first == letter or (letter == "#" and not first.isalpha()):
                return number
        return None


class CategoryList(SelectableList):
    """A `SelectableList` of categories; `show_categories` fills it, `category_id` is under the cursor.

    `CategoryList.Highlighted` is posted when the cursor moves, `CategoryList.Chosen` on Enter. None stands for
    "All".
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Show", tooltip="Show the titles of this category", id="categories.choose"),
    ]

    @dataclass
    class Highlighted(PagedList.Highlighted):
        """The cursor moved to another category."""

        @property
        def category_id(self) -> str | None:
            return self.key or None

    @dataclass
    class Chosen(Message):
        """The user pressed Enter or double-clicked on a category; None is "All"."""

        list: CategoryList
        category_id: str | None

        @property
        def control(self) -> CategoryList:
            return self.list

    def __init__(
        self,
        *,
        jump_scroll: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            columns=_category_list_columns(0),
            marks_width=0,
            jump_scroll=jump_scroll,
            by_letter=True,
            name=name,
            id=id,
            classes=classes,
        )
        self._source = _Categories((), 0)

    def show_categories(
        self, categories: Sequence[Category], *, all_count: int, chosen: str | None = None, reveal_hidden: bool = False
    ) -> None:
        """Fill the list and put the cursor on `chosen`.

        `all_count` is the number of items; items in several categories make the counts add up to more. Hidden
        categories are omitted, or dimmed with `reveal_hidden`.
        """
        shown = categories if reveal_hidden else [category for category in categories if not category.hidden]
        self._source = _Categories(shown, all_count)
        self.set_columns(_category_list_columns(max(all_count, max((category.count for category in shown), default=0))))
        self.show(self._source, keep_key=chosen or _CATEGORY_LIST_ALL_KEY)

    @property
    def category_id(self) -> str | None:
        """The category under the cursor; None is "All"."""
        return (self.row.key or None) if self.row else None

    @property
    def ids_to_act_on(self) -> frozenset[str]:
        """The selected categories, else the one under the cursor while the list has the focus."""
        rows = self.rows_to_act_on if self.is_selecting or self.has_focus else ()
        return frozenset(row.key for row in rows)

    def may_be_selected(self, row: ListRow) -> bool:
        """Return False for "All", which is no category."""
        return row.key != _CATEGORY_LIST_ALL_KEY

    def as_selected(self, row: ListRow) -> ListRow:
        name, count = row.cells
        return row._replace(cells=(f"{glyphs().selected} {name}", count), dim=False)

    def action_activate(self) -> None:
        if self.row is not None:
            self.post_message(self.Chosen(self, self.category_id))

    def take_letter(self, letter: str) -> None:
        index = self._source.index_of_letter(letter)
        if index is not None:
            self.move_to(index)


def _category_list_columns(most: int) -> tuple[Column, ...]:
    """Return the columns: counts as wide as the largest, names as wide as possible."""
    counts = Column("", len(f"{most:,}"), "right", _CATEGORY_LIST_LEAST_WIDTH, lends=True)
    return Column("Categories", main=True, width=8), counts


def _row(category: Category) -> ListRow:
    name = f"{glyphs().hidden} {category.name}" if category.hidden else category.name
    return ListRow(category.id, (name, f"{category.count:,}"), dim=category.hidden)
