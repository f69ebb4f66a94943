"""The words of the settings screen that nobody types: how syncs went, how the account stands, how large the copy is."""

from __future__ import annotations

from typing import Final

from rich.text import Text
from textual.widgets import Static

from tui_app.catalog import CacheStats
from tui_app.screens.facts import account_words, run_words, size_facts, sync_table
from tui_app.settings import Profile

_NOBODY: Final = "no profile yet"


class SettingsFacts:
    """The lines, made once; `show_name` and `show` fill them."""

    def __init__(self) -> None:
        self.heading = Static("Synchronisation", classes="heading first", id="heading-sync", markup=False)
        self.run = Static("", id="run", markup=False)
        self.parts = Static("", id="facts")
        self.account = Static("", id="account", markup=False)
        self.disk = Static("", id="disk", markup=False)

    def show_name(self, profile: Profile | None) -> None:
        """Whose settings these are."""
        self.heading.update(f"Synchronisation of {profile.name if profile else _NOBODY}")

    def show(
        self, profile: Profile | None, stats: CacheStats | None, size_limit_mb: int, now: float, *, is_syncing: bool
    ) -> None:
        """`now`: epoch seconds. `is_syncing`: this app syncs the profile."""
        self.account.update(account_words(profile.account if profile else None, now))
        run = run_words(stats, now, is_ours=is_syncing) if stats else ""
        self.run.update(run)
        self.run.display = bool(run)
        self.parts.update(sync_table(stats, profile.sync.kinds, now) if stats and profile else Text("No profile."))
        self.disk.update(size_facts(stats, size_limit_mb) if stats else "")
