"""The questions that several screens ask, or that take more than a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui_app.catalog import CacheStats
from tui_app.events import SyncFinished
from tui_app.screens.dialogs.base import Choice, ChoiceDialog

ACCEPT: Final = "accept"


def pending_removals_in(finished: SyncFinished) -> dict[str, int]:
    """Return part → number of pending removals of a sync."""
    return {name: part.pending_removals for name, part in finished.report.lists.items() if part.pending_removals}


def removals_dialog(held: Mapping[str, int]) -> ChoiceDialog:
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


def clear_cache_dialog(stats: CacheStats | None) -> ChoiceDialog:
    """Create the question before the copy is deleted. Answers "clear", "keep" or None."""
    items = sum(stats.counts.values()) if stats else 0
    return ChoiceDialog(
        "Clear the cache",
        f"Remove the copy of {items:,} items?",
        ("Profiles, settings, favourites and watched marks stay.", "The next sync fetches everything again."),
        (Choice("clear", "Clear", "error"), Choice("keep", "Cancel", "primary")),
    )


def quit_dialog(*, plays: bool) -> ChoiceDialog:
    """Create the question before the app is left while something runs. Answers "quit", "stay" or None."""
    what = "Something is playing." if plays else "A sync is running."
    then = (
        "The player stops; the position is saved." if plays else "The sync is cancelled; what it copied so far stays."
    )
    return ChoiceDialog(
        "Quit", f"{what} Quit anyway?", (then,), (Choice("quit", "Quit", "warning"), Choice("stay", "Stay", "primary"))
    )


def reset_dialog(profile: str) -> ChoiceDialog:
    """Create the question before the sync settings are reset. Answers "reset", "keep" or None."""
    return ChoiceDialog(
        "Reset sync settings",
        f"Reset sync settings of “{profile}”?",
        (
            "Interval, kinds, TV guide and notifications return to their defaults.",
            "Excluded categories stay. Press z to undo.",
        ),
        (Choice("reset", "Reset", "warning"), Choice("keep", "Cancel", "primary")),
    )


def first_sync_dialog(profile: str, why: str) -> ChoiceDialog:
    """Create the question before the first sync. Answers "never", "later", "start" or None."""
    return ChoiceDialog(
        "First sync",
        f"{why} The library of “{profile}” is empty.".strip(),
        (
            "A sync copies all lists from the provider: some seconds to some minutes.",
            "You can browse what is in while it runs.",
        ),
        (Choice("never", "Never ask"), Choice("later", "Later"), Choice("start", "Start", "primary")),
    )


def in_use_dialog(title: str) -> ChoiceDialog:
    """Create the question whether to play although the account is in use elsewhere. Answers "play", "no" or None."""
    return ChoiceDialog(
        "Play",
        "Your account allows 1 stream at once and it is in use elsewhere.",
        (title, "Playing may end the other stream, or be refused.", "Providers count up to a minute late."),
        (Choice("play", "Play anyway"), Choice("no", "Not now", "primary")),
    )
