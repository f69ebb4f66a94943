"""The dialogs of a browsing screen, and the line in which its filter is typed.

Each dialog is loaded when it is opened, because the app starts with this screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from tui_app.catalog import UNCATEGORISED_ID, Category, ItemRef, Kind
from tui_app.catalog.filter_text import filter_text, saved_text
from tui_app.catalog.filters import ItemFilter, parse_filter
from tui_app.errors import XtreamTuiError
from tui_app.library import Library
from tui_app.library.marks import names_words
from tui_app.messages import SettingsChanged
from tui_app.screens.browse.controller import BrowseController
from tui_app.screens.list_state import ORDER_WORDS, SORTS, ListState
from tui_app.screens.status_words import hidden_words
from tui_app.services.app_state import AppState
from tui_app.widgets.search_box import SearchBox
from tui_app.widgets.words import count_words


class BrowseDialogs:
    """Asks the user, in a worker of the screen."""

    def __init__(self, screen: Screen[Any], browse: BrowseController) -> None:
        self._screen = screen
        self._browse = browse

    async def filter(self, library: Library) -> ListState | None:
        """Choose filters; None to leave them as they are."""
        from tui_app.screens.dialogs.filters import FilterDialog  # noqa: PLC0415 - loaded when it is opened

        kind, state = self._browse.kind, self._browse.state
        within = self._browse.query
        genres: Sequence[tuple[str, int]] = () if kind is Kind.CHANNEL else await library.genres(kind, within)
        answer = await self._screen.app.push_screen_wait(FilterDialog(kind, state, genres))
        return None if answer == state else answer

    async def saved_filters(self, library: Library) -> ListState | None:
        """Return the saved filters to use; None after others were saved or deleted."""
        from tui_app.screens.dialogs.filters import SavedFiltersDialog  # noqa: PLC0415 - loaded when it is opened

        kind, state, remembered = self._browse.kind, self._browse.state, library.remembered
        texts = {name: saved_text(value) for name, value in await remembered.saved_filters(kind)}
        saved = {name: self._state_of(text) for name, text in texts.items()}
        words = [(name, state.words) for name, state in saved.items()]
        answer = await self._screen.app.push_screen_wait(SavedFiltersDialog(words, state.words))
        if answer is None:
            return None
        if answer.act == "use":
            return await self._with_known_category(library, saved[answer.name])
        if answer.act == "save":
            await remembered.save_filter(kind, answer.name, filter_text(state))
            self._screen.notify(f"Saved as “{answer.name}”. Press V to use it.", markup=False)
        else:
            await remembered.forget_filter(kind, answer.name)
            self._screen.notify(f"“{answer.name}” deleted.", markup=False)
        return None

    def _state_of(self, text: str) -> ListState:
        return ListState.of_filter(replace(parse_filter(text).filter, kinds=()), self._browse.categories)

    async def _with_known_category(self, library: Library, state: ListState) -> ListState:
        """Return the state without a category the provider has dropped, and notify the user."""
        if state.category is not None or not state.category_name:
            return state
        _, unknown = await library.known_filter(
            filter_text(ItemFilter(category_name=state.category_name)), self._browse.kind
        )
        if not unknown:
            return state
        self._screen.notify(f"The category “{state.category_name}” no longer exists.", markup=False)
        return replace(state, category_name="")

    async def sort(self) -> ListState | None:
        """Choose an order; None to leave it."""
        from tui_app.screens.dialogs.choosers import SortDialog  # noqa: PLC0415 - loaded when it is opened

        state = self._browse.state
        orders = {f"{sort} {down}": (sort, down) for sort, down in ORDER_WORDS if sort in SORTS[self._browse.kind]}
        words = [(id_, ORDER_WORDS[order]) for id_, order in orders.items()]
        answer = await self._screen.app.push_screen_wait(SortDialog(words, f"{state.sort} {state.descending}"))
        chosen = orders.get(answer or "")
        return None if chosen is None else replace(state, sort=chosen[0], descending=chosen[1])

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

    def chosen_categories(self, ids: Collection[str]) -> list[Category]:
        """Return the categories with these ids, without any those that are shown; tell the user when there are none."""
        chosen = self._browse.categories_in(ids) if ids else self._browse.chosen_categories
        if not chosen:
            self._screen.notify("Choose a category first: press c to go to them.", markup=False)
        return chosen

    async def hide(self, library: Library, chosen: Sequence[Category], row_key: str | None, *, hide: bool) -> None:
        """Hide these categories, or show them again."""
        await self._browse.hide(library, chosen, hide=hide, row_key=row_key)
        self._screen.notify(hidden_words(chosen, hide=hide), markup=False)

    async def category_act(self, app_state: AppState, library: Library, chosen: Sequence[Category]) -> bool | None:
        """Ask what to do with categories. Returns whether to hide them or to show them; None for neither."""
        from tui_app.screens.dialogs.base import Choice, ChoiceDialog  # noqa: PLC0415 - loaded when it is opened

        settings = await asyncio.to_thread(app_state.profiles.get_sync_settings, library.profile)
        skipped = settings.excluded_categories.get(self._browse.kind, ())
        is_hidden = all(one.hidden for one in chosen)
        is_skipped = all(one.id in skipped for one in chosen if one.id != UNCATEGORISED_ID)
        titles = count_words(sum(one.count for one in chosen), "title")
        names = ", ".join(one.name for one in chosen[:_NAMED])
        more = f" and {len(chosen) - _NAMED:,} more" if len(chosen) > _NAMED else ""
        hide = Choice("show", "Show again") if is_hidden else Choice("hide", "Hide")
        sync = Choice("sync", "Sync again") if is_skipped else Choice("skip", "Don't sync")
        lines = (f"{names}{more}", "The next sync removes what is not synced. Your marks stay; z undoes it.")
        question = f"{titles} in {'one category' if len(chosen) == 1 else f'{len(chosen):,} categories'}"
        provided = [one for one in chosen if one.id != UNCATEGORISED_ID]  # the only ones a sync can leave out
        choices = (hide, *((sync,) if provided else ()), Choice("close", "Cancel", "primary"))
        answer = await self._screen.app.push_screen_wait(ChoiceDialog("Categories", question, lines, choices))
        if answer in ("skip", "sync"):
            await self._choose_for_sync(app_state, library, provided, synced=answer == "sync")
        return answer == "hide" if answer in ("hide", "show") else None

    async def _choose_for_sync(
        self, app_state: AppState, library: Library, chosen: Sequence[Category], *, synced: bool
    ) -> None:
        """Let the next syncs fetch these categories, or leave them out. One undo step."""
        kind, profiles, profile = self._browse.kind, app_state.profiles, library.profile
        ids = [one.id for one in chosen]

        def leave_out(wanted: Collection[str]) -> Collection[str]:
            """Leave out these of the chosen ones alone; return which were left out before."""
            settings = profiles.get_sync_settings(profile)
            before = settings.excluded_categories.get(kind, ())
            after = (*(id for id in before if id not in ids), *(id for id in ids if id in wanted))
            everything = {**settings.excluded_categories, kind: after}
            profiles.save_sync_settings(profile, replace(settings, excluded_categories=everything))
            return [id for id in before if id in ids]

        try:
            before = await asyncio.to_thread(leave_out, () if synced else ids)
        except XtreamTuiError as error:
            self._screen.notify(f"Not saved: {error.sentence}", severity="error", markup=False)
            return
        names = names_words([one.name for one in chosen], "category")
        said = "synced again" if synced else "left out of the next syncs"
        undone = "left out of" if synced else "part of"
        library.undo.add(f"{names} {undone} the syncs again", partial(leave_out, before))
        self._screen.notify(f"{names} {said}. Press z to undo.", markup=False)
        await app_state.reload_profile()
        self._screen.post_message(SettingsChanged())


_NAMED: Final = 3  # categories named in a question
_PLACEHOLDER: Final = "words genre:drama year:1920..1929 >7 -is:watched"


class FilterLine(Vertical):
    """Hidden until `open`. Each key filters the list: `apply` shows a state; Enter keeps it, Escape restores the old.

    `leave` gives the focus back to the list.
    """

    DEFAULT_CSS = """
    FilterLine {
        height: auto; display: none;
        &.-open { display: block; }
    }
    """

    def __init__(
        self,
        browse: BrowseController,
        library: Callable[[], Library],
        apply: Callable[[ListState], None],
        leave: Callable[[], None],
    ) -> None:
        super().__init__()
        self._browse = browse
        self._library = library
        self._apply = apply
        self._leave = leave
        self._before: ListState | None = None  # the state to restore, while the line is open
        self._box = SearchBox(placeholder=_PLACEHOLDER, prompt="&", complete=self._complete, shows_keys=True)

    def compose(self) -> ComposeResult:
        yield self._box

    def open(self) -> None:
        """Show the filter of the list as text, to be continued."""
        if self._before is None:
            self._before = self._browse.state
            text = filter_text(self._browse.state)
            self._box.text = f"{text} " if text else ""
            self.add_class("-open")
        self._box.take_focus()

    async def _complete(self, text: str) -> str | None:
        return await self._library().completion(text, (self._browse.kind,))

    @work(exclusive=True, group="filter", exit_on_error=False)
    async def _filter(self, text: str) -> None:
        kind = self._browse.kind
        found, problems = await self._library().known_filter(text, kind)
        if found.kinds and kind not in found.kinds:
            problems = (*problems, f"These are {kind.plural} only.")
        self._box.show_problem(" ".join(problems))
        state = ListState.of_filter(replace(found, kinds=()), self._browse.categories)
        if state != replace(self._browse.state, row_key=None):
            self._apply(state)

    def _close(self) -> None:
        self._before = None
        self._box.show_problem("")
        self.remove_class("-open")
        self._leave()

    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        event.stop()
        if self._before is not None:
            self._filter(event.text)

    def on_search_box_submitted(self, event: SearchBox.Submitted) -> None:
        event.stop()
        self._close()

    def on_search_box_left(self, event: SearchBox.Left) -> None:
        event.stop()
        before = self._before
        if event.by == "escape" and before is not None:
            self.workers.cancel_group(self, "filter")
            self._close()
            self._apply(before)
        elif event.by == "down":
            self._leave()
