"""Offers the first sync of a profile whose library is empty: now, later, or never ask again."""

from __future__ import annotations

from tui_app.screens.dialogs.choice import Choice, ChoiceDialog
from tui_app.screens.sync_host import SyncHost

_PLACE = "first-sync"
_NEVER = "never"


async def offer_first_sync(app: SyncHost, *, why: str = "") -> bool:
    """Ask once in a run of the app, unless the user said never for this profile, or a sync runs already.

    `why` is said first when the library is not simply new. True when the question was put.
    """
    house = app.house
    profile, library, stats = house.profile, house.library, house.stats
    if profile is None or library is None or stats is None or not stats.is_empty or stats.last_sync:
        return False
    news = house.news(profile.name)
    if news.asked_first_sync or house.is_syncing or await library.remembered.view_state(_PLACE) == _NEVER:
        return False
    news.asked_first_sync = True

    async def answer(choice: str | None) -> None:
        if choice == "start":
            await app.sync_profile(profile.name)
        elif choice == _NEVER:
            await library.remembered.keep_view_state(_PLACE, _NEVER)

    app.push_screen(
        ChoiceDialog(
            "First sync",
            f"{why} The library of “{profile.name}” is empty.".strip(),
            (
                "A sync copies all lists from the provider: some seconds to some minutes.",
                "You can browse what is in while it runs.",
            ),
            (Choice(_NEVER, "Never ask"), Choice("later", "Later"), Choice("start", "Start", "primary")),
        ),
        answer,
    )
    return True
