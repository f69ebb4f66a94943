"""The base of all dialogs: a centred box; Escape closes, Tab and arrows move between fields.

Also the dialogs that offer choices or ask for one line of text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Literal, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_app.widgets.command_entry import PlainInput

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: the value the dialog is dismissed with, and the label of its button."""

    answer: str
    words: str
    variant: Literal["default", "primary", "success", "warning", "error"] = "default"


#: Terminal height below which boxes have no padding.
_TALL_FROM: Final = 18


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A modal box. Put everything into one container of the class `box`.

    A form ends with `form_end`; `submit` is called on Enter in a field, `pressed` for a button that does not close.
    """

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: transparent;
        & > .box {
            width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; overflow-y: auto;
            background: $panel; border: round $primary; border-title-color: $primary; border-title-style: bold;
            scrollbar-size-vertical: 1;
        }
        .sentence { height: auto; width: 100%; margin-bottom: 1; }
        .hint { height: auto; width: 100%; color: $text-muted; margin-bottom: 1; }
        .problem { height: auto; width: 100%; color: $text-error; margin-bottom: 1; display: none; }
        .problem.-shown { display: block; }
        .problem.-calm { color: $text-muted; }
        .label { height: 1; width: 100%; color: $text-muted; }
        .buttons { height: auto; width: 100%; align-horizontal: right; }
        Button { margin-left: 1; min-width: 10; }
        Input { margin-bottom: 1; }
    }
    Dialog.-short > .box { padding: 0 1; }
    """
    #: The focus is set in `on_mount`: Textual's own setting scrolls before the layout.
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL_FROM, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_dialog", "Close", tooltip="Close without a change", id="dialog.close"),
        Binding("left", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
        Binding("right", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("up", "app.focus_previous", "Previous field", show=False, id="dialog.up"),
        Binding("down", "app.focus_next", "Next field", show=False, id="dialog.down"),
    ]

    def on_compose(self) -> None:
        """Set the breakpoint class for the first layout; Textual sets it only afterwards."""
        self.set_class(self.app.size.height < _TALL_FROM, "-short")

    def on_mount(self) -> None:
        """Focus the first field without scrolling, then scroll to it after the layout."""
        first = next((widget for widget in self.query("*") if widget.focusable), None)
        self.set_focus(first, scroll_visible=False)
        self.call_after_refresh(self._show_focus)

    def _show_focus(self) -> None:
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    def action_dismiss_dialog(self) -> None:
        """Close with no answer."""
        self.dismiss(None)

    # ------------------------------------------------------------------------------------------------ forms
    @staticmethod
    def form_end(*buttons: Choice) -> ComposeResult:
        """Compose the line that says what is wrong, and the buttons. The answer "close" closes."""
        yield Static("", classes="problem", markup=False)
        with Horizontal(classes="buttons"):
            for one in buttons:
                yield Button(one.words, variant=one.variant, id=one.answer, compact=True)

    def show_problem(self, words: str, *, failed: bool = True) -> None:
        """Show what is wrong, or what happens; "" for nothing."""
        if self.is_mounted:
            line = self.query_one(".problem", Static)
            line.set_class(bool(words), "-shown")
            line.set_class(not failed, "-calm")
            line.update(words)

    def submit(self) -> None:
        """Answer with what is in the fields, or show what is wrong with it."""

    def pressed(self, button: str) -> None:
        """Handle a button: all but "close" submit."""
        self.submit()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.submit()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "close":
            self.action_dismiss_dialog()
        else:
            self.pressed(event.button.id or "")


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
        if buttons := self.query(Button):  # none while the app is closing
            buttons.last().focus()

    def pressed(self, button: str) -> None:
        self.dismiss(self._choices[int(button.removeprefix("choice-"))].answer)


class TextDialog(Dialog[str]):
    """Answers with a line of text. `problem_of` returns why a text is refused, or ""."""

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
            yield PlainInput(self._value, placeholder="none", id="typed")
            yield Static("\n".join(self._hints), classes="hint", markup=False)
            yield from self.form_end(Choice("close", "Cancel"), Choice("save", "Save", "primary"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def submit(self) -> None:
        text = self.query_one(Input).value.strip()
        if words := self._problem_of(text):
            self.show_problem(words)
        else:
            self.dismiss(text)
