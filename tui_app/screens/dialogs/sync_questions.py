"""The question about pending removals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui_app.events import SyncFinished
from tui_app.screens.dialogs.base import Choice, ChoiceDialog

ACCEPT: Final = "accept"


def held_back_in(finished: SyncFinished) -> dict[str, int]:
    """Return part → number of pending removals of a sync."""
    return {name: part.held_back for name, part in finished.report.lists.items() if part.held_back}


def held_back_dialog(held: Mapping[str, int]) -> ChoiceDialog:
    """Create the question about pending removals. Answers `ACCEPT`, "wait" or None."""
    fewer = ", ".join(f"{count:,} fewer {part}" for part, count in held.items())
    return ChoiceDialog(
        "Many titles vanished",
        f"The provider lists {fewer} than before.",
        (
            "That may be a mistake on its side, so nothing was removed yet.",
            "Accept removes them now. Wait keeps them until the next sync confirms it.",
        ),
        (Choice(ACCEPT, "Accept", "warning"), Choice("wait", "Wait", "primary")),
    )
