"""What a list says while it has no rows: why it is empty, and which key helps."""

from __future__ import annotations

from tui_app.catalog import Kind
from tui_app.screens.list_state import ListState
from tui_app.screens.registry import key_of
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.widgets.list_model import Emptiness


def why_empty(kind: Kind, state: ListState, app_state: AppState, active: ActiveProfile) -> Emptiness:
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
        words = ", ".join(words for _name, words in state.chips)
        return Emptiness(f"No {kind.plural} match these filters", words, "Press Del to clear filters, F to change them")
    counted = active.stats.counts.get(kind, 0) if active.stats else 0
    if counted and state.category is not None:
        return Emptiness("This category is empty", hint="c chooses another")
    if counted:
        return Emptiness("All categories are hidden", hint="H shows hidden categories")
    return _never_in(kind, app_state, active)


def _never_in(kind: Kind, app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return why the library has nothing of the kind."""
    part = active.stats.last_sync.get(kind.plural) if active.stats else None
    if app_state.is_syncing:
        progress = app_state.runner.get_sync_progress(active.name)
        is_now = progress is not None and kind.plural in progress.part
        return Emptiness(
            f"Fetching the {kind.plural} …" if is_now else "A sync is running",
            f"The {kind.plural} appear here as soon as they are in.",
            "x cancels",
        )
    if part is not None and part.status in ("failed", "partial"):
        return Emptiness(f"The {kind.plural} could not be fetched", part.reason, "r tries again")
    if part is not None and part.status == "completed":
        return Emptiness(f"The provider lists no {kind.plural}", hint="r asks again")
    if kind not in active.profile.sync.kinds:
        return Emptiness(
            f"{kind.plural.capitalize()} are not synced",
            "They are excluded in the settings.",
            f"{key_of('settings')} opens the settings",
        )
    return Emptiness("This library is empty", "Nothing downloaded yet.", "r starts the first sync")


def why_waiting(app_state: AppState) -> Emptiness:
    """Return the text to show while the first rows take long."""
    if app_state.is_updating:
        return Emptiness(
            "Updating the library file", "It was written by an earlier version; a backup is kept beside it."
        )
    return Emptiness("Reading the library …")
