"""The line on top of every screen: where one can go, where one is, and whose library it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_app.text import cell_width, fit, strip_controls


class TopLine(Widget):
    """`1 Channels  2 Movies …` with the present one marked; the profile's name at the right. A click goes there."""

    DEFAULT_CSS = """
    TopLine {
        height: 1; width: 100%; background: $panel; color: $text-muted;
        & > .top--here { background: $primary; color: $background; text-style: bold; }
        & > .top--place { color: $foreground; background: $panel; }
        & > .top--profile { color: $text-primary; background: $panel; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"top--here", "top--place", "top--profile"}

    class Chosen(Message):
        """The user clicked on a place."""

        def __init__(self, place: str) -> None:
            super().__init__()
            self.place = place

    def __init__(self, places: Sequence[tuple[str, str, str]], here: str) -> None:
        """`places` are (key, id, words)."""
        super().__init__()
        self._places = tuple(places)
        self._here = here
        self._profile = ""
        self._spans: list[tuple[int, int, str]] = []

    def show_profile(self, name: str) -> None:
        self._profile = strip_controls(name)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        here, place, profile = (self.get_component_rich_style(f"top--{name}") for name in ("here", "place", "profile"))
        segments: list[Segment] = []
        self._spans = []
        for text, place_id in self._labels(width):
            start = sum(cell_width(segment.text) for segment in segments)
            segments.append(Segment(text, here if place_id == self._here else place))
            self._spans.append((start, start + cell_width(text), place_id))
        used = sum(cell_width(segment.text) for segment in segments)
        room = max(0, width - used)
        name = f" {self._profile} " if self._profile and room >= 6 else ""
        if cell_width(name) > room:
            name = fit(name, room)
        segments.append(Segment(" " * (room - cell_width(name)), place))
        segments.append(Segment(name, profile + Style(bold=True)))
        return Strip(segments).crop(0, width)

    def _labels(self, width: int) -> list[tuple[str, str]]:
        """Full words where they fit; else the word of the present place only, keys for the rest."""
        full = [(f" {key} {words} ", place_id) for key, place_id, words in self._places]
        if sum(len(text) for text, _ in full) <= width:
            return full
        return [
            (f" {key} {words} " if place_id == self._here else f" {key} ", place_id)
            for key, place_id, words in self._places
        ]

    def on_click(self, event: events.Click) -> None:
        for start, end, place_id in self._spans:
            if start <= event.x < end:
                self.post_message(self.Chosen(place_id))
