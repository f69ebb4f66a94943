"""The dialogs that move favourites into a folder and name folders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.catalog import NO_FOLDER
from tui_app.screens.dialogs.base import Dialog
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

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if name := clean_line(event.value, NAME_LIMIT):
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
            yield Static("", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", compact=True)
                yield Button("Rename" if self._folder else "Create", id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self._save()
        else:
            self.dismiss(None)

    def _save(self) -> None:
        name = clean_line(self.query_one("#name", Input).value, NAME_LIMIT)
        if name and name not in self._taken:
            self.dismiss(name)
            return
        problem = self.query_one(".problem", Static)
        problem.update(f"There is a folder “{name}” already." if name else "Type a name first.")
        problem.add_class("-shown")
