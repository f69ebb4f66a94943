"""Offers the first sync of a profile whose library is empty: now, later, or never ask again."""

from __future__ import annotations

from tui_app.screens.dialogs.choice import Choice, ChoiceDialog
from tui_app.screens.sync_host import SyncHost

_PLACE = "first-sync"
_NEVER = "never"


async def offer_first_sync(app: SyncHost) -> None:
    """Ask once in a run of the app, unless the user said never for this profile, or a sync runs already."""
    house = app.house
    profile, library, stats = house.profile, house.library, house.stats
    if profile is None or library is None or stats is None or not stats.is_empty or stats.last_sync:
        return
    news = house.news(profile.name)
    if news.asked_first_sync or house.is_syncing or await library.view_state(_PLACE) == _NEVER:
        return
    news.asked_first_sync = True

    async def answer(choice: str | None) -> None:
        if choice == "start":
            await app.sync_profile(profile.name)
        elif choice == _NEVER:
            await library.keep_view_state(_PLACE, _NEVER)

    app.push_screen(
        ChoiceDialog(
            "First sync",
            f"Nothing of “{profile.name}” is on this machine yet.",
            (
                "The first sync copies all lists: some seconds to some minutes.",
                "You can browse what is in while it runs.",
            ),
            (Choice(_NEVER, "Never ask"), Choice("later", "Later"), Choice("start", "Start", "primary")),
        ),
        answer,
    )
