"""The status line of every screen: the age of the library and the progress of a sync.

It formats values and has no timer: its owner calls a `show_…` method when something changes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from tui_app.events import PartTrouble, SyncFinished, SyncProgress
from tui_app.widgets.footer import LineWidget, Piece, Tone
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import (
    NOTHING_NEW,
    ago_words,
    bar_words,
    clock_words,
    count_words,
    left_words,
    size_words,
    summary_words,
)

_BAR_CELLS: Final = 16
_PHASES: Final = {
    "waiting": "waiting for the server",
    "downloading": "downloading",
    "by category": "downloading by category",
    "comparing": "comparing",
    "writing": "writing",
    "indexing": "indexing",
    "details": "renewing",
}


class SyncBar(LineWidget):
    """One line that shows one state at a time; `text` is its full text.

    The states: `show_empty`, `show_idle`, `show_stale`, `show_offline`, `show_refused`, `show_updating`,
    `show_starting`, `show_progress`, `show_cancelling`, `show_finished`. `pending_removals` is the number of pending
    removals, `account` a problem of the account ("ends in 3 days"), `trouble` why nothing can be saved ("the disk
    is full"); the states at rest show them.

    Call `show_progress` at most twice a second: each change costs one line of output.
    """

    def __init__(
        self,
        *,
        sync_key: str = "r",
        cancel_key: str = "x",
        decide_key: str = "D",
        changes_key: str = "7",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.sync_key = sync_key
        self.cancel_key = cancel_key
        self.decide_key = decide_key
        self.changes_key = changes_key
        self.pending_removals = 0
        self.account = ""
        self.trouble = ""
        #: What plays, shown before anything else.
        self.playing: tuple[Piece, ...] = ()

    def set_pieces(self, pieces: Sequence[Piece]) -> None:
        """Show these pieces, after what plays."""
        behind = (piece._replace(rank=piece.rank + 4) for piece in pieces)
        super().set_pieces([*self.playing, *behind] if self.playing else pieces)

    def show_empty(self) -> None:
        """Show that the library was never synced."""
        self.set_pieces([Piece("the library is empty", "warning"), self._hint(f"{self.sync_key} starts a sync")])

    def show_idle(self, *, updated_at: int, items: int, waits: str = "", now: float | None = None) -> None:
        """Show that all is well.

        `updated_at`: epoch seconds of the last success; `items`: the number of items of all kinds; `waits`: why
        a due sync has not started.
        """
        age = ago_words(_now(now) - updated_at)
        self.set_pieces(
            [
                Piece(f"updated {age}", "muted", 2 if self.account else 0),
                *self._open_pieces(),
                Piece(waits, "muted", 2),
                Piece(count_words(items, "item"), "muted", 3),
            ]
        )

    def show_stale(self, *, updated_at: int, items: int, waits: str = "", now: float | None = None) -> None:
        """Show that the data are older than they should be; parameters as in `show_idle`."""
        age = ago_words(_now(now) - updated_at).removesuffix(" ago")
        self.set_pieces(
            [
                Piece(f"{glyphs().warning} may be outdated ({age})", "warning"),
                *self._open_pieces(),
                Piece(waits, "muted", 3),
                Piece(count_words(items, "item"), "muted", 4),
                self._hint(f"{self.sync_key} syncs"),
            ]
        )

    def show_offline(self, *, data_at: int | None, now: float | None = None) -> None:
        """Show that the provider is unreachable. `data_at`: epoch seconds of the last success, or None."""
        data = f"data from {clock_words(data_at, _now(now))}" if data_at else "no data yet"
        self.set_pieces(
            [Piece(f"{glyphs().offline} offline — {data}", "warning"), self._hint(f"{self.sync_key} tries again")]
        )

    def show_refused(self, message: str, *, hint: str, data_at: int | None, now: float | None = None) -> None:
        """Show that the provider refuses the login, and why. The user must act before data can arrive."""
        data = f"data from {clock_words(data_at, _now(now))}" if data_at else "no data yet"
        self.set_pieces(
            [
                Piece(f"{glyphs().failed} login refused — {data}", "bad"),
                Piece(hint, "muted", 1),
                Piece(message, "plain", 2),
            ]
        )

    def show_updating(self, backed_up: float | None) -> None:
        """Show that the library file is being migrated. `backed_up`: the written share of its backup."""
        lead = Piece(f"{glyphs().working} updating the library file", "accent")
        if backed_up is None:
            self.set_pieces([lead, Piece("migrating", "muted", 1)])
            return
        share = [Piece(bar_words(backed_up, _BAR_CELLS), "accent", 2), Piece(f"{_percent(backed_up):3d} %")]
        self.set_pieces([lead, *share, Piece("writing the backup", "muted", 1)])

    def show_starting(self, *, full: bool = False) -> None:
        """Show that a sync was started and has not reported progress yet."""
        what = "full sync" if full else "sync"
        self.set_pieces([Piece(f"{glyphs().working} {what}: logging in", "accent"), self._cancel_hint()])

    def show_progress(self, progress: SyncProgress) -> None:
        """Show part, bar, per cent, rows a second and time left."""
        phase = _PHASES.get(progress.phase, progress.phase)
        self.set_pieces(
            [
                Piece(f"{glyphs().working} {progress.part}", "accent"),
                Piece(bar_words(progress.fraction, _BAR_CELLS), "accent", 1),
                Piece(f"{_percent(progress.fraction):3d} %"),
                Piece(phase, "muted", 3),
                Piece(_amount(progress), "muted", 4),
                Piece(left_words(progress.seconds_left), "muted", 2),
                self._cancel_hint(),
            ]
        )

    def show_cancelling(self) -> None:
        """Show that the sync was cancelled but has not ended yet."""
        self.set_pieces([Piece(f"{glyphs().working} cancelling …", "warning")])

    def show_finished(self, finished: SyncFinished) -> None:
        """Show the result: the counts, or the reason and what to do."""
        tone, lead = _VERDICTS.get(finished.status, ("bad", "sync failed"))
        mark = glyphs().done if finished.status == "completed" else glyphs().warning
        if finished.status == "failed":
            mark = glyphs().failed
        counts = summary_words(finished.report.lists) if finished.status in ("completed", "partial") else ""
        reason = finished.message or _reasons(finished.report.errors)
        if finished.status == "cancelled":
            reason = ""
        hint = "" if self.pending_removals else finished.hint if finished.status != "completed" else ""
        has_changes = counts not in ("", NOTHING_NEW)
        self.set_pieces(
            [
                Piece(f"{mark} {lead}{f': {reason}' if reason else ''}", tone),
                Piece(counts, "plain", 1),
                *self._open_pieces(),
                Piece(hint, "muted", 2),
                Piece(f"press {self.changes_key} to see what's new" if has_changes else "", "muted", 3),
            ]
        )

    def _open_pieces(self) -> tuple[Piece, ...]:
        """Return the pieces for what needs attention while no sync runs."""
        held = f"{self.pending_removals:,} removals pending {glyphs().dot} {self.decide_key} decides"
        account = f"{glyphs().warning} account {self.account}"
        trouble = f"{glyphs().warning} {self.trouble}: nothing can be saved"
        return (
            Piece(trouble if self.trouble else "", "warning"),
            Piece(account if self.account else "", "warning"),
            Piece(held if self.pending_removals else "", "warning", 1),
        )

    def _hint(self, words: str) -> Piece:
        return Piece(words, "muted", 1)

    def _cancel_hint(self) -> Piece:
        return Piece(f"{self.cancel_key} cancels", "muted", 1)


_VERDICTS: Final[dict[str, tuple[Tone, str]]] = {
    "completed": ("good", "synced"),
    "partial": ("warning", "partly synced"),
    "failed": ("bad", "sync failed"),
    "cancelled": ("muted", "sync cancelled"),
}


def _now(now: float | None) -> float:
    return time.time() if now is None else now


def _percent(fraction: float) -> int:
    return max(0, min(100, int(fraction * 100)))


def _amount(progress: SyncProgress) -> str:
    if progress.phase == "details":
        return f"{progress.rows:,} done"
    if progress.rows:
        speed = f", {progress.rows_per_s:,.0f}/s" if progress.rows_per_s else ""
        return f"{progress.rows:,} rows{speed}"
    return size_words(progress.bytes) if progress.bytes else ""


def _reasons(errors: Sequence[PartTrouble]) -> str:
    return "; ".join(": ".join(filter(None, (error.part, error.reason))) for error in errors)
