"""Why a list is empty, in words, and the key that helps."""

from __future__ import annotations

from tui_app.catalog import Kind
from tui_app.screens.list_state import ViewState
from tui_app.screens.registry import key_of
from tui_app.services.app_state import AppState
from tui_app.widgets.empty_state import Emptiness


def why_empty(kind: Kind, state: ViewState, app_state: AppState) -> Emptiness:
    """Return the text to show in place of the rows."""
    if state.favourites and not state.without("favourites").chips:
        return Emptiness(
            f"No favourite {kind.plural} here",
            "Press f to add a title to the favourites.",
            "Press Del to clear filters",
        )
    if state.unwatched and not state.without("unwatched").chips:
        return Emptiness(f"All {kind.plural} here are watched", hint="Press Del to clear filters")
    if state.chips:
        return Emptiness(
            f"No {kind.plural} match these filters", state_words(state), "Press Del to clear filters, F to change them"
        )
    counted = app_state.stats.counts.get(kind, 0) if app_state.stats else 0
    if counted and state.category is not None:
        return Emptiness("This category is empty", hint="c chooses another")
    if counted:
        return Emptiness("All categories are hidden", hint="H shows hidden categories")
    return _never_in(kind, app_state)


def why_waiting(app_state: AppState) -> Emptiness:
    """Return the text to show while the first rows take long."""
    if app_state.is_updating:
        return Emptiness(
            "Updating the library file", "It was written by an earlier version; a backup is kept beside it."
        )
    return Emptiness("Reading the library …")


def _never_in(kind: Kind, app_state: AppState) -> Emptiness:
    """Return why the library has nothing of the kind."""
    part = app_state.stats.last_sync.get(kind.plural) if app_state.stats else None
    if app_state.is_syncing:
        return Emptiness(
            f"Fetching the {kind.plural} …" if kind.plural in _now(app_state) else "A sync is running",
            f"The {kind.plural} appear here as soon as they are in.",
            "x cancels",
        )
    if part is not None and part.status in ("failed", "partial"):
        return Emptiness(f"The {kind.plural} could not be fetched", part.reason, "r tries again")
    if part is not None and part.status == "completed":
        return Emptiness(f"The provider lists no {kind.plural}", hint="r asks again")
    if app_state.profile is not None and kind not in app_state.profile.sync.kinds:
        return Emptiness(
            f"{kind.plural.capitalize()} are not synced",
            "They are excluded in the settings.",
            f"{key_of('settings')} opens the settings",
        )
    return Emptiness("This library is empty", "Nothing downloaded yet.", "r starts the first sync")


def _now(app_state: AppState) -> str:
    progress = app_state.runner.get_sync_progress(app_state.profile.name) if app_state.profile else None
    return progress.part if progress else ""


def state_words(state: ViewState) -> str:
    """Return the active filters in one line."""
    return ", ".join(words for _name, words in state.chips)
