"""What the list of one kind shows: its state, its marks and categories, and the queries that fill it.

It knows no Textual; `screen` shows its answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tui_app.catalog import Category, Kind, Query, SortKey
from tui_app.catalog.category_groups import split_prefix
from tui_app.library import KindMarks, Library
from tui_app.screens.browse.columns import COLUMNS, SORT_OF_COLUMN, VERSIONS_COLUMN, GroupedSource, Items, ItemSource
from tui_app.screens.list_state import ListState
from tui_app.screens.marks import ShownMarks, read_marks
from tui_app.text import cell_width, fold
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column


class BrowseController:
    """The list of one kind beside its categories."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.state = ListState()
        self.marks = ShownMarks()
        self.categories: tuple[Category, ...] = ()
        self.all_count = 0  # items in all categories
        self.reveals = False  # whether hidden categories are shown
        self._before_hiding: ListState | None = None
        self._counted: tuple[Query, bool] | None = None  # the query of the category counts

    @property
    def is_grouped(self) -> bool:
        """True when one row stands for all versions of a title. Channels have none."""
        return self.state.grouped and self.kind is not Kind.CHANNEL

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns; the sorted one has an arrow."""
        columns = (*COLUMNS[self.kind], *((VERSIONS_COLUMN,) if self.is_grouped else ()))
        omits = split_prefix(self.state.category_name)[0] if self.state.category is not None else ""
        arrowed = (self._with_arrow(number, column) for number, column in enumerate(columns))
        return tuple(replace(column, omits=omits) if column.names else column for column in arrowed)

    def sort_of(self, column: int) -> SortKey | None:
        """Return the order that a click on a column's title asks for."""
        title = COLUMNS[self.kind][column].title if column < len(COLUMNS[self.kind]) else ""
        return SORT_OF_COLUMN.get(title)

    def _with_arrow(self, number: int, column: Column) -> Column:
        if self.sort_of(number) != self.state.sort or (self.state.sort, self.state.descending) == ("number", False):
            return column
        title = f"{column.title} {glyphs().descending if self.state.descending else glyphs().ascending}"
        return replace(column, title=title, width=max(column.width, cell_width(title)), sorted=True)

    @property
    def query(self) -> Query:
        """The query of the list as it is shown."""
        return self._query_with(self.marks)

    def source(self, items: Items) -> ItemSource:
        """Return the items as rows with their marks."""
        return GroupedSource(items, self.marks) if self.is_grouped else ItemSource(items, self.marks)

    # -------------------------------------------------------------------------------------------- reading
    async def read(self, library: Library, *, categories: bool) -> tuple[Items, bool]:
        """Read the list, and the categories where their counts changed; return it and whether they did.

        `categories`: they may have changed otherwise, as in a sync.
        """
        counted = False
        if categories or self._counted is None:  # the query depends on which ones are hidden
            await self.read_marks(library)
            counted = await self._count_categories(library, refresh=categories)
        marks, items = await library.list_with_marks(self.kind, self._query_with, grouped=self.is_grouped)
        self.marks = ShownMarks.of_kind(marks)
        counted |= await self._count_categories(library, refresh=False)
        return items, counted

    async def read_marks(self, library: Library) -> None:
        """Read the marks only."""
        self.marks = await read_marks(library, self.kind)

    async def index_of_letter(self, library: Library, letter: str) -> int | None:
        """Return the row where names with this letter begin, in a list by name."""
        find = library.versions.index_of_letter if self.is_grouped else library.index_of_letter
        return await find(self.query, letter)

    def _query_with(self, marks: KindMarks) -> Query:
        hidden = () if self.reveals else [category.id for category in self.categories if category.hidden]
        return _query_of(self.kind, self.state, marks, hidden)

    async def _count_categories(self, library: Library, *, refresh: bool) -> bool:
        """Count the items of each category; False when the counts are known.

        Sorting and the chosen category don't change the counts.
        """
        state = self.state.without("category") if self.state.has_category else self.state
        everything = _query_of(self.kind, state, self.marks)
        counted = replace(everything, sort="name", descending=False), self.reveals
        if not refresh and counted == self._counted:
            return False
        self.categories, self.all_count = await library.counted_categories(counted[0], reveal=self.reveals)
        self._counted = counted
        return True

    # ----------------------------------------------------------------------------------------- categories
    def with_category(self, category_id: str | None, group: str = "") -> ListState:
        """Return the state with one category, or a group of them; with neither: all."""
        name = next((category.name for category in self.categories if category.id == category_id), group)
        return replace(self.state, category=category_id, category_name=name, is_group=bool(group))

    @property
    def chosen_categories(self) -> list[Category]:
        """The chosen category, or those of the chosen group."""
        return self._in_group(self.state.group) or self.categories_in((self.state.category,))

    def _in_group(self, prefix: str) -> list[Category]:
        return [one for one in self.categories if prefix and fold(split_prefix(one.name)[0]) == fold(prefix)]

    def categories_in(self, ids: Collection[str | None]) -> list[Category]:
        """Return the categories with these ids."""
        return [known for known in self.categories if known.id in ids]

    async def hide(self, library: Library, chosen: Sequence[Category], *, hide: bool, row_key: str | None) -> None:
        """Hide these categories, or show them again. The state leaves one that is gone, until `go_back`."""
        await library.marks.hide_categories(self.kind, chosen, hide=hide)
        gone = {category.id for category in chosen}
        is_left = any(one.id not in gone and not one.hidden for one in self._in_group(self.state.group))
        if hide and not self.reveals and (self.state.category in gone or (self.state.is_group and not is_left)):
            self._before_hiding = replace(self.state, row_key=row_key)
            self.state = self.with_category(None)

    def go_back(self) -> bool:
        """Go back to the category from where the user hid it; False if there is none, or another is chosen now."""
        before, self._before_hiding = self._before_hiding, None
        if before is None or self.state.has_category:
            return False
        self.state = before
        return True


def _query_of(kind: Kind, state: ListState, marks: KindMarks, hidden: Sequence[str] = ()) -> Query:
    return state.query(kind, favourites=marks.favourites, watched=marks.watched, hidden_categories=hidden)
