"""The question about pending removals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui_app.events import SyncFinished
from tui_app.screens.dialogs.base import Choice, ChoiceDialog

ACCEPT: Final = "accept"


def pending_removals_in(finished: SyncFinished) -> dict[str, int]:
    """Return part → number of pending removals of a sync."""
    return {name: part.pending_removals for name, part in finished.report.lists.items() if part.pending_removals}


def removals_dialog(pending: Mapping[str, int]) -> ChoiceDialog:
    """Create the question about pending removals. Answers `ACCEPT`, "wait" or None."""
    fewer = ", ".join(f"{count:,} fewer {part}" for part, count in pending.items())
    return ChoiceDialog(
        "Many titles vanished",
        f"The provider lists {fewer} than before.",
        (
            "That may be a mistake on its side, so nothing was removed yet.",
            "Accept removes them now. Wait keeps them until the next sync confirms it.",
        ),
        (Choice(ACCEPT, "Accept", "warning"), Choice("wait", "Wait", "primary")),
    )
