"""Asks what becomes of removals that were held back: remove them now, or wait for the next sync."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui_app.events import SyncFinished
from tui_app.screens.dialogs.choice import Choice, ChoiceDialog

ACCEPT: Final = "accept"
_PARTS: Final = ("channels", "movies", "series")


def held_back_in(finished: SyncFinished) -> dict[str, int]:
    """Part → how many removals a sync held back."""
    held: dict[str, int] = {}
    for part in _PARTS:
        counts = finished.report.get(part)
        if isinstance(counts, dict) and isinstance(counts.get("held_back"), int) and counts["held_back"]:
            held[part] = counts["held_back"]
    return held


def held_back_dialog(held: Mapping[str, int]) -> ChoiceDialog:
    """Answers `ACCEPT`, "wait" or None. `held` is part → number."""
    fewer = ", ".join(f"{count:,} fewer {part}" for part, count in held.items())
    return ChoiceDialog(
        "Many titles vanished",
        f"The panel lists {fewer} than before.",
        (
            "That may be a mistake on its side, so nothing was removed yet.",
            "Accept removes them now. Wait keeps them until the next sync confirms it.",
        ),
        (Choice(ACCEPT, "Accept", "warning"), Choice("wait", "Wait", "primary")),
    )
