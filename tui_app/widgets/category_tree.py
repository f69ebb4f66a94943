"""The lists of folders and of categories beside a list of titles, with their counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_app.catalog import NO_FOLDER, Category
from tui_app.catalog.category_groups import CategoryGroup, group_categories, split_prefix
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
        self.fit_names((name for name, _ in folders), len(f"{total:,}"))
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


_ALL_CATEGORIES: Final = ""
_GROUP: Final = "\0group "  # prefix of the row keys of groups: no id of a panel contains NUL
#: Categories up to which all are listed; more are folded under the prefixes they share.
MOST_UNFOLDED: Final = 40


class _Tree:
    """Categories as rows, created when they become visible: "All", groups, and the categories of unfolded groups."""

    def __init__(self, groups: Sequence[CategoryGroup], all_count: int, unfolded: Collection[str]) -> None:
        self._all_count = all_count
        self._unfolded = unfolded
        self._places: list[tuple[CategoryGroup, int | None]] = []  # a group, or the number of a category in it
        for group in groups:
            if group.prefix:
                self._places.append((group, None))
            if not group.prefix or group.prefix in unfolded:
                self._places += [(group, number) for number in range(len(group.categories))]
        self.total = len(self._places) + 1

    def rows(self, start: int, stop: int) -> list[ListRow]:
        first = [ListRow(_ALL_CATEGORIES, ("All", f"{self._all_count:,}"))] if start == 0 else []
        return first + [self._row(*place) for place in self._places[max(0, start - 1) : stop - 1]]

    def index_of(self, key: str) -> int | None:
        if key == _ALL_CATEGORIES:
            return 0
        return next((at for at, place in enumerate(self._places, 1) if _key_in_tree(*place) == key), None)

    def index_of_letter(self, letter: str) -> int | None:
        for at, (group, number) in enumerate(self._places, 1):
            name = group.prefix if number is None else group.names[number]
            first = fold(name[:40])[:1]
            if first == letter or (letter == "#" and not first.isalpha()):
                return at
        return None

    def _row(self, group: CategoryGroup, number: int | None) -> ListRow:
        if number is None:
            sign = glyphs().open if group.prefix in self._unfolded else glyphs().closed
            words, is_hidden = f"{sign} {group.prefix}", group.is_hidden
            count = sum(category.count for category in group.categories)
        else:
            words, category = group.names[number], group.categories[number]
            count, is_hidden = category.count, category.hidden
            sign = f"{glyphs().hidden} " if is_hidden else "  " if group.prefix else ""
            words = f"{sign}{words}"
        return ListRow(_key_in_tree(group, number), (words, f"{count:,}"), dim=is_hidden)


def _key_in_tree(group: CategoryGroup, number: int | None) -> str:
    return f"{_GROUP}{group.prefix}" if number is None else group.categories[number].id


class CategoryList(SelectableList):
    """A `SelectableList` of categories, many of them as a tree; `show_categories` fills it.

    `CategoryList.Highlighted` is posted when the cursor moves, `CategoryList.Chosen` on Enter: of a category, of a
    group, or of neither for "All". Right and left unfold and fold a group.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Show", tooltip="Show the titles of this category", id="categories.choose"),
        Binding("right,l", "fold(False)", "Unfold", show=False, tooltip="Show its categories", id="categories.unfold"),
        Binding("left,h", "fold(True)", "Fold", show=False, tooltip="Fold its categories", id="categories.fold"),
    ]

    @dataclass
    class Highlighted(PagedList.Highlighted):
        """The cursor moved to another category or group."""

        @property
        def category_id(self) -> str | None:
            return _category_of(self.key)

        @property
        def group(self) -> str:
            return _group_of(self.key)

    @dataclass
    class Chosen(Message):
        """The user pressed Enter or double-clicked on a category, a group, or "All"."""

        list: CategoryList
        category_id: str | None
        group: str = ""

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
            columns=_category_columns(0),
            marks_width=0,
            jump_scroll=jump_scroll,
            by_letter=True,
            name=name,
            id=id,
            classes=classes,
        )
        self._groups: Sequence[CategoryGroup] = ()
        self._unfolded: set[str] = set()
        self._all_count = 0
        self._tree = _Tree((), 0, ())

    def show_categories(
        self,
        categories: Sequence[Category],
        *,
        all_count: int,
        chosen: str | None = None,
        group: str = "",
        reveal_hidden: bool = False,
    ) -> None:
        """Fill the list and put the cursor on the `chosen` category or `group`, whose group is unfolded.

        `all_count` is the number of items; items in several categories make the counts add up to more. Hidden
        categories are omitted, or dimmed with `reveal_hidden`.
        """
        shown = categories if reveal_hidden else [category for category in categories if not category.hidden]
        is_long = len(shown) > MOST_UNFOLDED
        names = tuple(category.name for category in shown)
        groups = group_categories(shown) if is_long else ()
        # with a prefix before the one of the group, the filter `cat:PREFIX` would not say the same
        is_tree = all(fold(split_prefix(one.categories[0].name)[0]) == fold(one.prefix) for one in groups if one.prefix)
        self._groups = groups if groups and is_tree else (CategoryGroup("", tuple(shown), names),)
        self._all_count = all_count
        self._unfolded |= {one.prefix for one in self._groups if any(each.id == chosen for each in one.categories)}
        self._tree = _Tree(self._groups, all_count, self._unfolded)
        most = max(all_count, max((category.count for category in shown), default=0))
        self.set_columns(_category_columns(most))
        self.fit_names((name for group in self._groups for name in group.names), len(f"{most:,}"))
        self.show(self._tree, keep_key=f"{_GROUP}{group}" if group else chosen or _ALL_CATEGORIES)

    @property
    def category_id(self) -> str | None:
        """The category under the cursor; None on a group and on "All"."""
        return _category_of(self.row.key) if self.row else None

    @property
    def ids_to_act_on(self) -> frozenset[str]:
        """The selected categories and those of selected groups, else of the row under the cursor with the focus."""
        rows = self.rows_to_act_on if self.is_selecting or self.has_focus else ()
        of_groups = (self.ids_of_group(_group_of(row.key)) for row in rows if _group_of(row.key))
        return frozenset(row.key for row in rows if not _group_of(row.key)).union(*of_groups)

    def ids_of_group(self, prefix: str) -> frozenset[str]:
        """Return the ids of the categories with a prefix."""
        return frozenset(each.id for one in self._groups if one.prefix == prefix for each in one.categories)

    def may_be_selected(self, row: ListRow) -> bool:
        """Return False for "All", which is no category."""
        return row.key != _ALL_CATEGORIES

    def as_selected(self, row: ListRow) -> ListRow:
        name, count = row.cells
        is_in_tree = name[:2].strip() in ("", glyphs().open, glyphs().closed, glyphs().hidden)
        return row._replace(cells=(f"{glyphs().selected} {name[2:] if is_in_tree else name}", count), dim=False)

    def action_activate(self) -> None:
        if self.row is not None:
            self.post_message(self.Chosen(self, self.category_id, _group_of(self.row.key)))

    def action_fold(self, close: bool) -> None:
        """Unfold the group under the cursor, or fold the one that the cursor is in."""
        prefix = self._group_at_cursor(of_category=close)
        if not prefix or close != (prefix in self._unfolded):
            raise SkipAction  # the same keys move between panes
        self._unfolded ^= {prefix}
        self._tree = _Tree(self._groups, self._all_count, self._unfolded)
        self.reload(self._tree)
        if close and (index := self._tree.index_of(f"{_GROUP}{prefix}")) is not None:
            self.move_to(index)

    def _group_at_cursor(self, *, of_category: bool) -> str:
        if self.row is None or _group_of(self.row.key) or not of_category:
            return _group_of(self.row.key) if self.row else ""
        key = self.row.key
        return next((one.prefix for one in self._groups if any(each.id == key for each in one.categories)), "")

    def take_letter(self, letter: str) -> None:
        index = self._tree.index_of_letter(letter)
        if index is not None:
            self.move_to(index)


def _category_of(key: str) -> str | None:
    return None if key == _ALL_CATEGORIES or key.startswith(_GROUP) else key


def _group_of(key: str) -> str:
    return key.removeprefix(_GROUP) if key.startswith(_GROUP) else ""


def _category_columns(most: int) -> tuple[Column, ...]:
    """Return the columns: counts as wide as the largest, names as wide as possible."""
    counts = Column("", len(f"{most:,}"), "right", _LEAST_WIDTH, lends=True)
    return Column("Categories", main=True, width=8), counts
