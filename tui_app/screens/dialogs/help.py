"""The help: every key that works where the user stands, read from the live bindings, so that it is never wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tui_app.screens.dialogs.dialog import Dialog

Section = tuple[str, tuple[tuple[str, str], ...]]


class HelpDialog(Dialog[None]):
    """Keys with their words, grouped by where they work."""

    DEFAULT_CSS = """
    HelpDialog > .box { width: 76; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "dismiss_dialog", "Close help", show=False, id="help.close"),
        Binding("f2", "app.handbook", "Handbook", show=False, id="help.handbook"),
    ]

    def __init__(self, sections: Iterable[Section]) -> None:
        super().__init__()
        self.sections = tuple(sections)

    def compose(self) -> ComposeResult:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column()
        for title, rows in self.sections:
            table.add_row("", Text(title, style="underline"))
            for keys, words in rows:
                table.add_row(keys, Text(words))
            table.add_row("", "")
        with VerticalScroll(classes="box") as box:
            box.border_title = "Keys that work here"
            box.border_subtitle = "F2 the handbook · Escape closes"
            yield Static(table)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def help_sections(app: App[Any], bindings: Mapping[str, ActiveBinding]) -> tuple[Section, ...]:
    """The live bindings as sections: of the focused widget, of the screen, of the whole app."""
    groups: dict[str, dict[str, list[str]]] = {"Here": {}, "On this screen": {}, "Everywhere": {}}
    for key, active in bindings.items():
        binding = active.binding
        words = active.tooltip or binding.description
        if not words or not binding.id or not active.enabled:
            continue
        where = "Everywhere" if active.node is app else "On this screen" if isinstance(active.node, Screen) else "Here"
        keys = groups[where].setdefault(f"{binding.description}: {words}" if binding.tooltip else words, [])
        display = app.get_key_display(binding) if binding.key == key else key
        if display not in keys:
            keys.append(display)
    return tuple(
        (title, tuple((" ".join(keys), words) for words, keys in rows.items()))
        for title, rows in groups.items()
        if rows
    )
