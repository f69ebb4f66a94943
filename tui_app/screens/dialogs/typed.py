"""Asks for one line of text, and says at once why it can't be used. Knows nothing of what it is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tui_app.screens.dialogs.dialog import Dialog
from tui_app.widgets.safe_input import SafeInput


class TypedDialog(Dialog[str]):
    """Answers the text. `problem_of` answers with the sentence why a text is refused, "" when it is not."""

    def __init__(
        self, title: str, sentence: str, hints: Sequence[str], value: str, problem_of: Callable[[str], str]
    ) -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._hints = tuple(hints)
        self._value = value
        self._problem_of = problem_of

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter saves · Escape closes"
            yield Static(self._sentence, classes="sentence", markup=False)
            yield SafeInput(self._value, placeholder="none", id="typed")
            yield Static("\n".join(self._hints), classes="hint", markup=False)
            yield Static("", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Save", id="save", variant="primary", compact=True)

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
        text = self.query_one(Input).value.strip()
        words = self._problem_of(text)
        if not words:
            self.dismiss(text)
            return
        problem = self.query_one(".problem", Static)
        problem.update(words)
        problem.add_class("-shown")
