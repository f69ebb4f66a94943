"""The frame all dialogs share: a box in the middle, Escape closes, Tab and arrows go through the fields."""

from __future__ import annotations

from typing import ClassVar, Final, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


#: When a dialog has its size, and the room it takes is known.
_SETTLED_S: Final = 0.05


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A modal box. Put everything into one container of the class `box`."""

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
        .label { height: 1; width: 100%; color: $text-muted; }
        .buttons { height: auto; width: 100%; align-horizontal: right; }
        Button { margin-left: 1; min-width: 10; }
        Input { margin-bottom: 1; }
    }
    Dialog.-short > .box { padding: 0 1; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_dialog", "Close", tooltip="Close without a change", id="dialog.close"),
        Binding("left", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
        Binding("right", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("up", "app.focus_previous", "Previous field", show=False, id="dialog.up"),
        Binding("down", "app.focus_next", "Next field", show=False, id="dialog.down"),
    ]

    def on_mount(self) -> None:
        """Begin at the top, or as far down as the focus is: a small terminal scrolled before it was known as one."""
        self.set_timer(_SETTLED_S, self._show_focus)

    def _show_focus(self) -> None:
        for box in self.query(".box"):
            box.scroll_home(animate=False, immediate=True)
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    def action_dismiss_dialog(self) -> None:
        """Close with no answer."""
        self.dismiss(None)
