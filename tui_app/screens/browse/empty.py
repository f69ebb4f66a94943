"""What a list says while it has no rows: why it is empty, and which key helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_app.catalog import Category, Kind
from tui_app.screens.list_state import ListState
from tui_app.screens.registry import key_of
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.widgets.list_model import Emptiness

_RUNNING: Final = "A sync is running"
_NOTHING_DOWNLOADED: Final = Emptiness("This library is empty", "Nothing downloaded yet.", "r starts the first sync")


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
    if app_state.is_syncing or app_state.fills_empty:
        progress = app_state.runner.get_sync_progress(active.name)
        is_now = progress is not None and kind.plural in progress.part
        return Emptiness(
            f"Fetching the {kind.plural} …" if is_now else _RUNNING,
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
    return _NOTHING_DOWNLOADED


def why_home_empty(app_state: AppState, active: ActiveProfile) -> Emptiness:
    """Return the text to show on Home without any part."""
    if app_state.is_syncing or app_state.fills_empty:
        return Emptiness(_RUNNING, "Home fills as soon as the first titles are in.", "x cancels")
    if active.stats is not None and not active.stats.is_empty:
        lists = f"{key_of('channels')}, {key_of('movies')} and {key_of('series')} show the lists, / searches"
        return Emptiness("Nothing to continue yet", "What you play and your favourites appear here.", lists)
    parts = active.stats.last_sync.values() if active.stats else ()
    failed = next((part for part in parts if part.status in ("failed", "partial")), None)
    if failed is not None:
        return Emptiness("The library could not be fetched", failed.reason, "r tries again")
    return _NOTHING_DOWNLOADED


def why_waiting(app_state: AppState) -> Emptiness:
    """Return the text to show while the first rows take long."""
    if app_state.is_updating:
        return Emptiness(
            "Updating the library file", "It was written by an earlier version; a backup is kept beside it."
        )
    return Emptiness("Reading the library …")


def hidden_words(chosen: Sequence[Category], *, hide: bool) -> str:
    """Return the notice about categories that are hidden now, or visible again."""
    words = f"“{chosen[0].name}” is" if len(chosen) == 1 else f"{len(chosen):,} categories are"
    return (
        f"{words} hidden. Press H to show hidden ones, z to undo."
        if hide
        else f"{words} visible again. Press z to undo."
    )
