"""The frame all dialogs share: a box in the middle, Escape closes, Tab and arrows go through the fields."""

from __future__ import annotations

from typing import ClassVar, Final, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


#: Lines of a terminal below which boxes have no room around their words.
_TALL_FROM: Final = 18


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
    #: The focus is set here: set by the screen itself it scrolls, before anything has its place.
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
        """Be laid out rightly the first time: breakpoints are heard of only after it."""
        self.set_class(self.app.size.height < _TALL_FROM, "-short")

    def on_mount(self) -> None:
        """Begin at the top, or as far down as the focus is once all has its place."""
        first = next((widget for widget in self.query("*") if widget.focusable), None)
        self.set_focus(first, scroll_visible=False)
        self.call_after_refresh(self._show_focus)

    def _show_focus(self) -> None:
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    def action_dismiss_dialog(self) -> None:
        """Close with no answer."""
        self.dismiss(None)
