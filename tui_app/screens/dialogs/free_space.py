"""The dialog about freeing disk space. Apart from other questions, because it loads the maintenance of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.screens.statistics_tables import OFFER_NOTES, leftover_words, offer_words
from tui_app.store.maintenance.disk_use import Leftover
from tui_app.store.maintenance.space import Offer, OfferName
from tui_app.widgets.form_fields import Tick


@dataclass(frozen=True, slots=True)
class SpaceWanted:
    """What the user ticked."""

    offers: tuple[OfferName, ...]
    leftovers: tuple[Path, ...]


class FreeSpaceDialog(Dialog[SpaceWanted]):
    """Answers with what to delete. There is at least one offer or leftover."""

    DEFAULT_CSS = """
    FreeSpaceDialog {
        & > .box { width: 76; }
        Tick { width: 100%; height: auto; }
        .note { height: auto; width: 100%; color: $text-muted; padding-left: 4; margin-bottom: 1; }
        .buttons { margin-top: 1; }
    }
    """

    AUTO_FOCUS = ""  # it would scroll the text above the first tick out of view

    def __init__(self, offers: Sequence[Offer], leftovers: Sequence[Leftover], why: str, now: float) -> None:
        super().__init__()
        self._offers = tuple(offers)
        self._leftovers = tuple(leftovers)
        self._why = why
        self._now = now

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Free up space"
            box.border_subtitle = "Space ticks · Escape closes"
            if self._why:
                yield Static(self._why, classes="sentence", markup=False)
            for offer in self._offers:
                yield Tick(offer_words(offer), id=f"offer-{offer.name}", compact=True)
                yield Static(OFFER_NOTES[offer.name], classes="note", markup=False)
            for index, leftover in enumerate(self._leftovers):
                yield Tick(leftover_words(leftover, self._now), id=f"leftover-{index}", compact=True)
                yield Static(leftover.path.name, classes="note", markup=False)
            yield from self.form_end(Choice("go", "Delete", "warning"), Choice("close", "Cancel", "primary"))

    def on_mount(self) -> None:
        self.query(Tick).first().focus(scroll_visible=False)

    def submit(self) -> None:
        wanted = self._ticked()
        if wanted.offers or wanted.leftovers:
            self.dismiss(wanted)
        else:
            self.show_problem("Nothing is ticked.")

    def _ticked(self) -> SpaceWanted:
        offers = [offer.name for offer in self._offers if self.query_one(f"#offer-{offer.name}", Tick).value]
        leftovers = [
            leftover.path
            for index, leftover in enumerate(self._leftovers)
            if self.query_one(f"#leftover-{index}", Tick).value
        ]
        return SpaceWanted(tuple(offers), tuple(leftovers))
