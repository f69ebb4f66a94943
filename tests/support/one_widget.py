"""An app around one widget that keeps what the widget says."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

W = TypeVar("W", bound=Widget)


class OneWidget(App[None], Generic[W]):
    """`heard` holds the messages of the widget's own module, oldest first."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: W, *besides: Widget) -> None:
        super().__init__()
        self.widget, self.besides = widget, besides
        self.heard: list[Any] = []

    def compose(self) -> ComposeResult:
        yield self.widget
        yield from self.besides

    def on_mount(self) -> None:
        if self.widget.can_focus:
            self.widget.focus()

    async def _on_message(self, message: Message) -> None:
        if type(message).__module__.startswith("tui_app."):
            self.heard.append(message)
        await super()._on_message(message)

    def heard_of(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.heard if type(message) is kind]
