"""The dialogs that move favourites into a folder and name folders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.catalog import NO_FOLDER
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.text import clean_line
from tui_app.widgets.command_entry import PlainInput

NAME_LIMIT: Final = 40  # characters


class MoveDialog(Dialog[str]):
    """Answers with an existing or a new folder; "" is no folder. `what` describes what is moved."""

    DEFAULT_CSS = """
    MoveDialog OptionList { height: auto; max-height: 12; margin-bottom: 1; border: none; padding: 0; }
    MoveDialog.-short OptionList { max-height: 4; margin-bottom: 0; }
    """

    def __init__(self, what: str, folders: Sequence[str]) -> None:
        super().__init__()
        self._what = what
        self._folders = (NO_FOLDER, *folders)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Move to a folder"
            box.border_subtitle = "Enter moves · Escape closes"
            yield Static(self._what, classes="label", markup=False)
            options = (Option(Text(name) if name else Text("No folder", "dim")) for name in self._folders)
            yield OptionList(*options, compact=True)
            yield Static("New folder", classes="label")
            yield PlainInput(placeholder="Folder name", max_length=NAME_LIMIT, id="name")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        if len(self._folders) > 1:
            options.highlighted = 1
            options.focus()
        else:
            self.query_one(Input).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._folders[event.option_index])

    def submit(self) -> None:
        if name := clean_line(self.query_one(Input).value, NAME_LIMIT):
            self.dismiss(name)


class FolderNameDialog(Dialog[str]):
    """Answers with the name of a new folder, or the new name of the folder `name`."""

    def __init__(self, taken: Collection[str], name: str = "") -> None:
        super().__init__()
        self._taken = frozenset(taken) - {name}
        self._folder = name

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Rename the folder" if self._folder else "New folder"
            box.border_subtitle = "Escape closes"
            yield PlainInput(self._folder, placeholder="Folder name", max_length=NAME_LIMIT, id="name")
            words = "Rename" if self._folder else "Create"
            yield from self.form_end(Choice("close", "Close"), Choice("save", words, "primary"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def submit(self) -> None:
        name = clean_line(self.query_one("#name", Input).value, NAME_LIMIT)
        if name and name not in self._taken:
            self.dismiss(name)
            return
        self.show_problem(f"There is a folder “{name}” already." if name else "Type a name first.")
