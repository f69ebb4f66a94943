"""The dialog that exports a list: asks for the file, shows the progress, and can be stopped."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from tui_app.catalog import Kind, Query
from tui_app.errors import Cancelled, XtreamTuiError
from tui_app.library import ENDINGS, Library
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.widgets.command_entry import PlainInput
from tui_app.widgets.form_fields import Tick

#: Writes to a path, reports (done, total), stops when the event is set, with the login or not; returns a sentence.
Write = Callable[[Path, Callable[[int, int], None], threading.Event, bool], Awaitable[str]]

_HINT: Final = (
    "The suffix selects the format: .m3u (a playlist), .json or .csv.\n"
    "Without your login, links contain {username} and {password}, and no player opens them."
)
_BETWEEN_S: Final = 0.25


class ExportDialog(Dialog[str]):
    """Answers with a sentence about what was written."""

    def __init__(self, what: str, suggested: str, endings: tuple[str, ...], write: Write) -> None:
        """Create the dialog. `what` is shown: "3,000 movies"."""
        super().__init__()
        self._what = what
        self._suggested = suggested
        self._endings = endings
        self._write = write
        self._stop = threading.Event()
        self._shown_at = 0.0
        self._runs = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Export"
            box.border_subtitle = "Enter writes · Escape closes"
            yield Static(f"Write {self._what} to this file:", classes="sentence", markup=False)
            yield PlainInput(self._suggested, id="file")
            yield Static(_HINT, classes="hint", markup=False)
            yield Tick("Include my login (the file becomes a secret)", False, id="login", compact=True)
            yield from self.form_end(Choice("close", "Cancel"), Choice("write", "Write", "primary"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def action_dismiss_dialog(self) -> None:
        """Stop the running export, else close."""
        if self._runs:
            self._stop.set()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        self._stop.set()

    def submit(self) -> None:
        if self._runs:
            return
        target = Path(self.query_one(Input).value.strip()).expanduser()
        if target.suffix.lower() not in self._endings:
            self.show_problem(f"The name must end with {', '.join(self._endings)}.")
        elif target.exists():
            self.show_problem("This file exists already: choose another name.")
        else:
            self._run(target)

    @work(exclusive=True)
    async def _run(self, target: Path) -> None:
        login = self.query_one("#login", Tick).value
        self._runs, self._loop = True, asyncio.get_running_loop()
        self._stop.clear()
        self.query_one("#write", Button).disabled = True
        self.show_problem("Writing …")
        try:
            self.dismiss(await self._write(target, self._show_progress, self._stop, login))
        except Cancelled:
            self.dismiss(None)
        except XtreamTuiError as error:
            self.show_problem(error.sentence)
        except OSError as error:
            self.show_problem(f"The file can't be written: {error.strerror or error}.")
        finally:
            self._runs = False
            for button in self.query("#write").results(Button):
                button.disabled = False

    def _show_progress(self, done: int, total: int) -> None:
        """Show the progress; called in a thread."""
        if time.monotonic() - self._shown_at >= _BETWEEN_S and not self._stop.is_set():
            self._shown_at = time.monotonic()
            self._loop.call_soon_threadsafe(self.show_problem, f"{done:,} of {total:,} … Escape stops.")


def list_export_dialog(library: Library, query: Query, count: int) -> ExportDialog:
    """Create the dialog that exports a list of `count` rows."""

    async def write(
        target: Path, progress: Callable[[int, int], None], stop: threading.Event, with_credentials: bool
    ) -> str:
        exported = await library.export(query, target, progress, stop, with_credentials=with_credentials)
        return f"{exported.total:,} rows are in {target}."

    kind = query.kind
    suggested = f"~/{kind.plural}.m3u" if kind is not Kind.SERIES else "~/series.csv"
    return ExportDialog(f"{count:,} {kind.plural if count != 1 else kind.value}", suggested, tuple(ENDINGS), write)
