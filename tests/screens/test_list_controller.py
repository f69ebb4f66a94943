"""The lists of all screens without an app: a widget that writes down what it is given, and a real library."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tui_app.catalog import ItemRef, Kind, Mark
from tui_app.errors import LibraryError
from tui_app.library import Library, LibraryClosed
from tui_app.paths import Paths
from tui_app.screens.browse.controller import BrowseController
from tui_app.screens.list_controller import ListController
from tui_app.widgets.list_model import Emptiness, ListRow, ListSource, RowsSource


class Rows:
    """A list widget that shows nothing and remembers how it was asked to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.keys: Sequence[str] = ()
        self.cursor = 0

    @property
    def total(self) -> int:
        return len(self.keys)

    @property
    def row(self) -> ListRow | None:
        return ListRow(self.keys[self.cursor], ()) if self.keys else None

    def show(self, source: ListSource, *, keep_key: str | None = None, index: int = 0) -> None:
        self._take(source)
        self.cursor = self.keys.index(keep_key) if keep_key in self.keys else index
        self.said.append(f"show at {self.cursor}")

    def reload(self, source: ListSource) -> None:
        self._take(source)
        self.said.append("reload")

    def show_empty(self, title: str, reason: str = "", hint: str = "") -> None:
        self.keys = ()
        self.said.append(title)

    def _take(self, source: ListSource) -> None:
        self.keys = [row.key for row in source.rows(0, source.total) or ()]


class Filled(RowsSource):
    """Ten rows, of which the first three are there at once."""

    def __init__(self) -> None:
        super().__init__([ListRow(str(number), ()) for number in range(10)])
        self.is_filled = False
        self.may_fill = asyncio.Event()
        self.may_fill.set()

    async def fill(self) -> None:
        await self.may_fill.wait()
        self.is_filled = True

    def rows(self, start: int, stop: int) -> Sequence[ListRow]:
        return super().rows(start, stop if self.is_filled else 3)

    def index_of(self, key: str) -> int | None:
        found = super().index_of(key)
        return found if self.is_filled or (found is not None and found < 3) else None


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def control(rows: Rows) -> ListController[RowsSource]:
    return ListController(rows, "No luck", lambda: Emptiness("Nothing"), while_waiting=lambda: Emptiness("Reading"))


def source(*keys: str) -> RowsSource:
    return RowsSource([ListRow(key, ()) for key in keys])


async def load(control: ListController[RowsSource], found: RowsSource | None, *, keep: bool = False) -> bool:
    async def read() -> RowsSource | None:
        return found

    return await control.load(read, keep=keep)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


# ------------------------------------------------------------------------------------------------ where one was
async def test_a_list_begins_where_it_was_left_and_stays_there_when_it_is_read_again(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    control.row_key = "b"
    assert await load(control, source("a", "b", "c"))
    assert await load(control, source("a", "b", "c", "d"), keep=True)
    assert rows.said == ["show at 1", "reload"] and not control.is_empty


async def test_rows_that_come_into_an_empty_list_are_shown_where_it_was_left(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    control.row_key = "b"
    await load(control, source())
    assert control.is_empty
    await load(control, source("a", "b"), keep=True)
    assert rows.said == ["Nothing", "show at 1"]


async def test_a_question_that_another_one_replaced_changes_nothing(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    await load(control, source("a"))
    assert not await load(control, None)
    assert rows.said == ["show at 0"] and control.source is not None


# -------------------------------------------------------------------------------------------- waiting and failing
async def test_a_slow_first_answer_is_waited_for_in_words_and_a_later_one_behind_the_rows(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    may_answer = asyncio.Event()

    async def read() -> RowsSource:
        await may_answer.wait()
        return source("a")

    first = asyncio.create_task(control.load(read))
    await until(lambda: rows.said)
    assert rows.said == ["Reading"]
    may_answer.set()
    await first
    await asyncio.wait_for(control.first_answer(), 60)
    assert rows.said == ["Reading", "show at 0"]


async def test_what_can_not_be_read_says_so_and_another_library_that_follows_is_no_failure(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    async def fail() -> RowsSource:
        raise LibraryError("Broken.")

    async def close() -> RowsSource:
        raise LibraryClosed

    assert not await control.load(fail)
    assert rows.said == ["No luck"] and control.is_empty
    assert not await control.load(close)
    assert rows.said == ["No luck"]


# ------------------------------------------------------------------------------------------------------- long lists
async def test_a_row_beyond_the_first_ones_is_found_before_the_list_is_shown(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    control.row_key = "7"
    await load(control, Filled())
    assert rows.said == ["show at 7"]


async def test_rows_that_are_asked_for_too_early_come_when_all_are_read(
    rows: Rows, control: ListController[RowsSource]
) -> None:
    found = Filled()
    found.may_fill.clear()
    loading = asyncio.create_task(load(control, found))
    await until(lambda: rows.said)
    assert rows.total == 3
    control.await_rows()
    assert rows.said == ["show at 0"]
    found.may_fill.set()
    await loading
    assert rows.said == ["show at 0", "reload"] and rows.total == 10
    control.await_rows()
    assert rows.said[2:] == ["reload"], "they are there by now"


# -------------------------------------------------------------------------------------------------------- browsing
async def test_the_state_of_a_list_makes_its_query_and_its_counts_are_read_when_they_change(paths: Paths) -> None:
    library, browse = Library(paths, "home"), BrowseController(Kind.MOVIE)
    items, counted = await browse.read(library, categories=True)
    assert counted and items.total == browse.all_count == 150 and browse.categories
    category = browse.categories[0]
    browse.state = browse.with_category(category.id)
    items, counted = await browse.read(library, categories=False)
    assert not counted and items.total == category.count and browse.state.category_name == category.name
    await items.fill()
    first = (items.items(0, 1) or ())[0]
    await library.marks.toggle([ItemRef(Kind.MOVIE, first.id, first.name)], Mark.FAVOURITE)
    browse.state = replace(browse.state, favourites=True)
    items, counted = await browse.read(library, categories=False)
    assert counted and items.total == 1 and first.id in browse.marks.favourites
    assert browse.source(items).rows(0, 1)[0].key == first.id  # type: ignore[index]
    await library.close()


async def test_a_category_that_is_hidden_is_left_and_comes_back_when_hidden_ones_are_shown(paths: Paths) -> None:
    library, browse = Library(paths, "home"), BrowseController(Kind.MOVIE)
    await browse.read(library, categories=True)
    category = browse.categories[0]
    browse.state = browse.with_category(category.id)
    await browse.hide(library, (category,), hide=True, row_key=None)
    assert browse.state.category is None
    items, _ = await browse.read(library, categories=True)
    assert items.total < 150
    browse.reveals = True
    items, _ = await browse.read(library, categories=True)
    assert items.total == 150
    await browse.hide(library, [known for known in browse.categories if known.hidden], hide=False, row_key=None)
    assert browse.go_back() and browse.state.category == category.id
    await library.close()


async def test_a_letter_is_found_among_titles_and_among_grouped_ones(paths: Paths) -> None:
    library, browse = Library(paths, "home"), BrowseController(Kind.MOVIE)
    browse.state = replace(browse.state, sort="name")
    places = []
    for grouped in (False, True):
        browse.state = replace(browse.state, grouped=grouped)
        items, _ = await browse.read(library, categories=False)
        assert browse.is_grouped is grouped
        await items.fill()
        at = await browse.index_of_letter(library, "n")
        assert at is not None
        places.append(at)
        found = items.items(at, at + 1)
        assert found and found[0].name.lower().startswith("n")
    assert places[1] <= places[0]
    await library.close()


def test_the_controllers_load_no_textual() -> None:
    code = (
        "import sys, tui_app.screens.list_controller, tui_app.screens.browse.controller\n"
        "sys.exit(any(name.partition('.')[0] == 'textual' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
