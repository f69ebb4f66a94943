"""The Movies and Series screens: browsing screens that can group the versions of a title in one row.

For a row with several versions the user chooses which one to play or open; all of them are marked as watched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_app.catalog import ItemRef, Kind
from tui_app.screens.browse.columns import COLUMNS, Items, ItemSource
from tui_app.screens.browse.screen import BrowseScreen
from tui_app.screens.dialogs.choosers import VersionsDialog
from tui_app.widgets.list_model import Column, ListRow

VERSIONS_COLUMN = Column("Versions", 8, "right", 48)


class VodScreen(BrowseScreen):
    """The base of Movies and Series."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "O", "group", "Group versions", show=False, tooltip="Group the versions of a title", id="library.group"
        ),
    ]

    # --------------------------------------------------------------------------------------------- showing
    async def index_of_letter(self, letter: str) -> int | None:
        if not self.state.grouped:
            return await super().index_of_letter(letter)
        return await self.library.versions.index_of_letter(self._query(), letter)

    def _show_view(self, *, keep: bool) -> None:
        columns = COLUMNS[self.KIND]
        self.titles.set_columns((*columns, VERSIONS_COLUMN) if self.state.grouped else columns)
        super()._show_view(keep=keep)

    def _source(self, view: Items) -> ItemSource:
        return GroupedSource(view, self._marks) if self.state.grouped else super()._source(view)

    # --------------------------------------------------------------------------------------------- actions
    def action_group(self) -> None:
        """Group the versions of a title, or show a row for each."""
        self._change(replace(self.state, grouped=not self.state.grouped), keep=True)

    def action_play(self) -> None:
        """Play the title under the cursor, after choosing a version."""
        if self.state.grouped and (ref := self.ref_to_play()) is not None:
            self._with_version(ref, self.play)
        else:
            super().action_play()

    def play_or_open(self, ref: ItemRef) -> None:
        if self.state.grouped:
            self._with_version(ref, super().play_or_open)
        else:
            super().play_or_open(ref)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def _with_version(self, ref: ItemRef, act: Callable[[ItemRef], None]) -> None:
        """Call `act` with the chosen version, unless the dialog is closed."""
        versions = await self.library.versions.of(ref.kind, ref.id)
        chosen: str | None = ref.id
        if len(versions) > 1:
            choices = [(item.id, item.name, item.category or "") for item in versions]
            chosen = await self.app.push_screen_wait(VersionsDialog(choices))
        if chosen is not None:
            name = next((item.name for item in versions if item.id == chosen), ref.name)
            act(replace(ref, id=chosen, name=name))

    async def all_watched(self, refs: Sequence[ItemRef]) -> Sequence[ItemRef]:
        if not self.state.grouped:
            return refs
        versions = [item for ref in refs for item in await self.library.versions.of(ref.kind, ref.id)]
        return [ItemRef(item.kind, item.id, item.name) for item in versions]


class GroupedSource(ItemSource):
    """Rows that show how many versions they stand for."""

    def rows(self, start: int, stop: int) -> Sequence[ListRow] | None:
        items, rows = self._view.items(start, stop), super().rows(start, stop)
        if items is None or rows is None:
            return None
        count = [str(item.versions) if item.versions > 1 else "" for item in items]
        return [row._replace(cells=(*row.cells, words)) for row, words in zip(rows, count, strict=True)]


class MoviesScreen(VodScreen):
    """Movies."""

    KIND = Kind.MOVIE


class SeriesScreen(VodScreen):
    """Series."""

    KIND = Kind.SERIES
