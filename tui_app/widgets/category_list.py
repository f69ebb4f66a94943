"""The categories of one kind with their counts, "All" first. There may be tens of thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_app.catalog import Category
from tui_app.text import fold
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_rows import Column, ListRow
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.selectable_list import SelectableList

_ALL_KEY: Final = ""
_LEAST_WIDTH: Final = 18  # cells of the list below which names have all of it


class _Categories:
    """Rows made when they are seen."""

    def __init__(self, categories: Sequence[Category], all_count: int) -> None:
        self._categories = categories
        self._all_count = all_count
        self.total = len(categories) + 1

    def rows(self, start: int, stop: int) -> list[ListRow]:
        first = [ListRow(_ALL_KEY, ("All", f"{self._all_count:,}"))] if start == 0 else []
        return first + [_row(category) for category in self._categories[max(0, start - 1) : stop - 1]]

    def index_of(self, key: str) -> int | None:
        if key == _ALL_KEY:
            return 0
        return next((number for number, category in enumerate(self._categories, 1) if category.id == key), None)

    def index_of_letter(self, letter: str) -> int | None:
        for number, category in enumerate(self._categories, 1):
            first = fold(category.name[:40])[:1]
            if first == letter or (letter == "#" and not first.isalpha()):
                return number
        return None


class CategoryList(SelectableList):
    """A `SelectableList` of categories; `show_categories` fills it, `category_id` is the one under the cursor.

    `CategoryList.Highlighted` comes when the cursor moves, `CategoryList.Chosen` on Enter. None stands for "All".
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Show", tooltip="Show the titles of this category", id="categories.choose"),
    ]

    @dataclass
    class Highlighted(PagedList.Highlighted):
        """The cursor stands on another category."""

        @property
        def category_id(self) -> str | None:
            return self.key or None

    @dataclass
    class Chosen(Message):
        """Enter, or a double click, on a category; None is "All"."""

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
            columns=_columns(0),
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

        `all_count`: items in all (they are in several categories: the counts don't add up to it). Hidden categories
        are left out, or dimmed with `reveal_hidden`.
        """
        shown = categories if reveal_hidden else [category for category in categories if not category.hidden]
        self._source = _Categories(shown, all_count)
        self.set_columns(_columns(max(all_count, max((category.count for category in shown), default=0))))
        self.show(self._source, keep_key=chosen or _ALL_KEY)

    @property
    def category_id(self) -> str | None:
        """Under the cursor; None is "All"."""
        return (self.row.key or None) if self.row else None

    def may_be_selected(self, row: ListRow) -> bool:
        """ "All" is no category."""
        return row.key != _ALL_KEY

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


def _columns(most: int) -> tuple[Column, ...]:
    """The counts take as many cells as the largest of them, the names all the rest."""
    counts = Column("", width=len(f"{most:,}"), align="right", min_list_width=_LEAST_WIDTH)
    return Column("Categories", main=True, width=8), counts


def _row(category: Category) -> ListRow:
    name = f"{glyphs().hidden} {category.name}" if category.hidden else category.name
    return ListRow(category.id, (name, f"{category.count:,}"), dim=category.hidden)
