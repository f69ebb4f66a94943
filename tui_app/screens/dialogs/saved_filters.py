"""Filters saved under a name: use one, save those in use, forget one. Knows names and words, not their meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.screens.dialogs.dialog import Dialog
from tui_app.text import clean_line
from tui_app.widgets.safe_input import SafeInput

NAME_LIMIT: Final = 40  # characters


@dataclass(frozen=True, slots=True)
class SavedFilterAnswer:
    """What the user wants with a name."""

    act: Literal["use", "save", "forget"]
    name: str


class SavedFiltersDialog(Dialog[SavedFilterAnswer]):
    """`saved` are (name, words for it); `in_use` are the words of the filters on the screen, '' without any."""

    DEFAULT_CSS = """
    SavedFiltersDialog {
        OptionList { height: auto; max-height: 12; margin-bottom: 1; border: none; padding: 0; }
        OptionList.-empty { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "forget", "Forget", tooltip="Forget the saved filter under the cursor", id="saved.forget"),
    ]

    def __init__(self, saved: Sequence[tuple[str, str]], in_use: str) -> None:
        super().__init__()
        self._saved = tuple(saved)
        self._in_use = in_use

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Saved filters"
            box.border_subtitle = "Enter uses · Del forgets · Escape closes" if self._saved else "Escape closes"
            options = OptionList(*(Option(_words(name, words)) for name, words in self._saved), compact=True)
            options.set_class(not self._saved, "-empty")
            yield options
            if self._in_use:
                yield Static("Save what is in use under a name", classes="label")
                yield Static(self._in_use, classes="hint", markup=False)
                yield SafeInput(placeholder="name", max_length=NAME_LIMIT, id="name")
            else:
                yield Static("No filter is in use. F chooses filters; they can be saved here.", classes="hint")
            yield Static("", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", compact=True)
                if self._in_use:
                    yield Button("Save", id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        if self._saved:
            options.highlighted = 0
            options.focus()
        elif self._in_use:
            self.query_one(Input).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(SavedFilterAnswer("use", self._saved[event.option_index][0]))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self._save()
        else:
            self.dismiss(None)

    def action_forget(self) -> None:
        """Forget the saved filter under the cursor."""
        options = self.query_one(OptionList)
        if options.has_focus and options.highlighted is not None:
            self.dismiss(SavedFilterAnswer("forget", self._saved[options.highlighted][0]))

    def _save(self) -> None:
        name = clean_line(self.query_one("#name", Input).value, NAME_LIMIT)
        if name:
            self.dismiss(SavedFilterAnswer("save", name))
            return
        problem = self.query_one(".problem", Static)
        problem.update("Type a name first.")
        problem.add_class("-shown")


def _words(name: str, words: str) -> Text:
    return Text.assemble(name, ("  " + words, "dim")) if words else Text(name)
