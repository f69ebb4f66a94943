"""The dialogs of a browsing screen. Each is loaded when it is opened, because the app starts with this screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from tui_app.catalog import ItemRef, Kind
from tui_app.library import Library
from tui_app.screens.browse.controller import BrowseController
from tui_app.screens.list_state import ListState


class BrowseDialogs:
    """Asks the user, in a worker of the screen."""

    def __init__(self, screen: Screen[Any], browse: BrowseController) -> None:
        self._screen = screen
        self._browse = browse

    async def filter(self, library: Library) -> ListState | None:
        """Choose filters; None to leave them as they are."""
        from tui_app.screens.dialogs.filters import FilterDialog  # noqa: PLC0415 - loaded when it is opened

        kind, state = self._browse.kind, self._browse.state
        genres: Sequence[tuple[str, int]] = () if kind is Kind.CHANNEL else await library.genres(kind)
        answer = await self._screen.app.push_screen_wait(FilterDialog(kind, state, genres))
        return None if answer == state else answer

    async def saved_filters(self, library: Library) -> ListState | None:
        """Return the saved filters to use; None after others were saved or deleted."""
        from tui_app.screens.dialogs.filters import SavedFiltersDialog  # noqa: PLC0415 - loaded when it is opened

        kind, state, remembered = self._browse.kind, self._browse.state, library.remembered
        saved = {name: ListState.from_json(value) for name, value in await remembered.saved_filters(kind)}
        words = [(name, state.words) for name, state in saved.items()]
        answer = await self._screen.app.push_screen_wait(SavedFiltersDialog(words, state.words))
        if answer is None:
            return None
        if answer.act == "use":
            return self._with_known_category(saved[answer.name])
        if answer.act == "save":
            await remembered.save_filter(kind, answer.name, state.to_save.to_json())
            self._screen.notify(f"Saved as “{answer.name}”. Press V to use it.", markup=False)
        else:
            await remembered.forget_filter(kind, answer.name)
            self._screen.notify(f"“{answer.name}” deleted.", markup=False)
        return None

    def _with_known_category(self, state: ListState) -> ListState:
        """Return the state without a category the provider has dropped, and notify the user."""
        if state.category is None or any(category.id == state.category for category in self._browse.categories):
            return state
        self._screen.notify(f"The category “{state.category_name}” no longer exists.", markup=False)
        return replace(state, category=None, category_name="")

    async def export(self, library: Library, refs: Sequence[ItemRef]) -> bool:
        """Export these titles, or the whole list without any; True when it is written."""
        from tui_app.screens.dialogs.export import list_export_dialog  # noqa: PLC0415 - loaded when it is opened

        query = self._browse.query
        if refs:
            query = replace(query, only_ids=tuple(ref.id for ref in refs))
        dialog = list_export_dialog(library, query, len(refs) or await library.count(query))
        done = await self._screen.app.push_screen_wait(dialog)
        if done is not None:
            self._screen.notify(done, title="Exported", markup=False)
        return done is not None

    async def version(self, library: Library, ref: ItemRef) -> ItemRef | None:
        """Return the version of a title to act on, after asking if there are several; None for none."""
        from tui_app.screens.dialogs.choosers import VersionsDialog  # noqa: PLC0415 - loaded when it is opened

        versions = {item.id: item for item in await self._browse.versions(library, (ref,))}
        chosen: str | None = ref.id
        if len(versions) > 1:
            choices = [(item.id, item.name, item.category or "") for item in versions.values()]
            chosen = await self._screen.app.push_screen_wait(VersionsDialog(choices))
        if chosen is None:
            return None
        return replace(ref, id=chosen, name=versions[chosen].name if chosen in versions else ref.name)
