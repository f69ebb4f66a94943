"""A question with a few answers, each a button: confirmations, offers, held-back removals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from tui_app.screens.dialogs.dialog import Dialog


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: what the dialog is dismissed with, and the words on its button."""

    answer: str
    words: str
    variant: Literal["default", "primary", "success", "warning", "error"] = "default"


class ChoiceDialog(Dialog[str]):
    """Asks `question`, explains in `lines`, offers `choices`. The last one has the focus: make it harmless."""

    def __init__(self, title: str, question: str, lines: Sequence[str], choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._lines = tuple(lines)
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._title
            yield Static(self._question, classes="sentence", markup=False)
            if self._lines:
                yield Static("\n".join(self._lines), classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                for index, choice in enumerate(self._choices):
                    yield Button(choice.words, variant=choice.variant, id=f"choice-{index}", compact=True)

    def on_mount(self) -> None:
        if buttons := self.query(Button):  # none when the app is being left
            buttons.last().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(self._choices[int((event.button.id or "").removeprefix("choice-"))].answer)
