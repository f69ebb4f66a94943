"""Why a list is empty, in words, and the key that helps."""

from __future__ import annotations

from tui_app.catalog import Kind
from tui_app.house import House
from tui_app.places import key_of
from tui_app.screens.view_state import ViewState
from tui_app.widgets.empty_state import Emptiness


def why_empty(kind: Kind, state: ViewState, house: House) -> Emptiness:
    """What to say in place of the rows of this view."""
    if state.favourites and not state.without("favourites").chips:
        return Emptiness(f"No favourite {kind.plural} here", "f marks a title as one.", "Delete shows everything")
    if state.unwatched and not state.without("unwatched").chips:
        return Emptiness(f"All {kind.plural} here are watched", hint="Delete shows everything")
    if state.chips:
        return Emptiness(
            f"No {kind.plural} match these filters", state_words(state), "Delete shows everything · F changes"
        )
    counted = house.stats.counts.get(kind, 0) if house.stats else 0
    if counted and state.category is not None:
        return Emptiness("This category is empty", hint="c chooses another")
    if counted:
        return Emptiness("All categories are hidden", hint="H shows hidden ones")
    return _never_in(kind, house)


def why_waiting(house: House) -> Emptiness:
    """What to say while the first rows take long."""
    if house.is_updating:
        return Emptiness("Updating the library file", "It is of an earlier version; a backup is kept beside it.")
    return Emptiness("Reading the library …")


def _never_in(kind: Kind, house: House) -> Emptiness:
    """Nothing of the kind is in the library."""
    part = house.stats.last_sync.get(kind.plural) if house.stats else None
    if house.is_syncing:
        return Emptiness(
            f"Fetching the {kind.plural} …" if kind.plural in _now(house) else "A sync is running",
            f"The {kind.plural} appear here as soon as they are in.",
            "x cancels",
        )
    if part is not None and part.status in ("failed", "partial"):
        return Emptiness(f"The {kind.plural} could not be fetched", part.reason, "r tries again")
    if part is not None and part.status == "completed":
        return Emptiness(f"The provider lists no {kind.plural}", hint="r asks again")
    if house.profile is not None and kind not in house.profile.sync.kinds:
        return Emptiness(
            f"{kind.plural.capitalize()} are not synced",
            "The settings leave them out.",
            f"{key_of('settings')} opens the settings",
        )
    return Emptiness(
        "This library is empty", "Nothing has been fetched from the provider yet.", "r starts the first sync"
    )


def _now(house: House) -> str:
    progress = house.runner.get_sync_progress(house.profile.name) if house.profile else None
    return progress.part if progress else ""


def state_words(state: ViewState) -> str:
    """The active filters in one line."""
    return ", ".join(words for _name, words in state.chips)
