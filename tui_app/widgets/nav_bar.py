"""The navigation bar on top of every screen: the screens, the current one, and the profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import cell_width, fit, strip_controls
from tui_app.widgets.glyphs import glyphs

_LEAST_NAME: Final = 8  # cells of the line that a profile's name gets


class NavBar(Widget):
    """`1 Channels  2 Movies …` or `1 TV 2 Films …`; the profile and a warning at the right. One is marked.

    A click goes to that screen.
    """

    DEFAULT_CSS = """
    NavBar {
        height: 1; width: 100%; background: $panel; color: $text-muted;
        & > .nav--here {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        & > .nav--screen { color: $foreground; background: $panel; }
        & > .nav--profile { color: $text-primary; background: $panel; text-style: bold; }
        & > .nav--warning { color: $text-warning; background: $panel; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"nav--here", "nav--screen", "nav--profile", "nav--warning"}

    class Chosen(Message):
        """The user clicked on a screen."""

        def __init__(self, screen_id: str) -> None:
            super().__init__()
            self.screen_id = screen_id

    def __init__(self, entries: Sequence[tuple[str, str, str, str]], here: str) -> None:
        """Create a bar of (key, id, words, short words) entries."""
        super().__init__()
        self._entries = tuple(entries)
        self._here = here
        self._profile = ""
        self._warning = ""
        self._spans: list[tuple[int, int, str]] = []

    def show_profile(self, name: str, warning: str = "") -> None:
        """Show the profile's name and a warning about its account: "ends in 3 days"."""
        shown = strip_controls(name), strip_controls(warning)
        if shown != (self._profile, self._warning):
            self._profile, self._warning = shown
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        here, other, profile = (self.get_component_rich_style(f"nav--{name}") for name in ("here", "screen", "profile"))
        segments: list[Segment] = []
        self._spans = []
        for text, screen_id in self._labels(width):
            start = sum(cell_width(segment.text) for segment in segments)
            segments.append(Segment(text, here if screen_id == self._here else other))
            self._spans.append((start, start + cell_width(text), screen_id))
        used = sum(cell_width(segment.text) for segment in segments)
        room = max(0, width - used)
        name = f" {self._profile} " if self._profile and room >= 6 else ""
        warning = self._fitting_warning(room - cell_width(name))
        if cell_width(name) + cell_width(warning) > room:
            name = fit(name, room - cell_width(warning))
        segments.append(Segment(" " * (room - cell_width(name) - cell_width(warning)), other))
        segments.append(Segment(warning, self.get_component_rich_style("nav--warning")))
        segments.append(Segment(name, profile + Style(bold=True)))
        return Strip(segments).crop(0, width)

    def _fitting_warning(self, room: int) -> str:
        """Return the warning in words where there is room, else only its sign."""
        if not self._warning:
            return ""
        sign = f" {glyphs().warning}"
        full = f"{sign} {self._warning}"
        return full if cell_width(full) <= room else sign

    def _labels(self, width: int) -> list[tuple[str, str]]:
        """Return (text, id) of all screens, with short words and then keys alone where the full words do not fit."""
        room = width - min(_LEAST_NAME, cell_width(self._profile) + 2) - (2 if self._warning else 0)
        for form in (" {0} {2} ", " {0} {2}", " {0} {3} ", " {0} {3}"):
            labels = [(form.format(*entry), entry[1]) for entry in self._entries]
            if sum(len(text) for text, _ in labels) <= room:
                return labels
        here = {screen_id: f" {key} {short} " for key, screen_id, _, short in self._entries if screen_id == self._here}
        keys = [(here.get(screen_id, f" {key} "), screen_id) for key, screen_id, *_ in self._entries]
        if sum(len(text) for text, _ in keys) <= room:
            return keys
        return [(text if screen_id in here else text[:-1], screen_id) for text, screen_id in keys]

    def on_click(self, event: events.Click) -> None:
        for start, end, screen_id in self._spans:
            if start <= event.x < end:
                self.post_message(self.Chosen(screen_id))
