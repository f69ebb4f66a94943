"""The details pane: everything known about one title, wrapped to the width."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_app.catalog import FullItem, Kind, category_names
from tui_app.catalog.fields import labelled_fields
from tui_app.text import cell_width
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_painter import wrap
from tui_app.widgets.row_painter import strip_of
from tui_app.widgets.words import date_words, length_words

_LABEL_CELLS: Final = 11
_LABELS_BESIDE_FROM: Final = 34  # cells of width: below, a label stands before its text instead of beside it
_EDGE: Final = 1
_WHEEL_LINES: Final = 3


class _Line(NamedTuple):
    """One painted line: (text, component) pairs."""

    pieces: tuple[tuple[str, str], ...] = ()


class Details(ScrollView, can_focus=True):
    """The details pane. `show(full)` shows a title, `show_nothing(words)` clears it.

    `note` is one line about the details themselves ("fetching …", "offline: these are from 3 May"); `set_note`
    changes only that line. Arrows, page keys, Home and End scroll when it has the focus; call
    `action_scroll(lines)` otherwise.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", "Up", show=False, tooltip="One line up", id="details.up"),
        Binding("down,j", "scroll(1)", "Down", show=False, tooltip="One line down", id="details.down"),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, tooltip="One page up", id="details.page_up"),
        Binding("pagedown", "scroll_page(1)", "Page down", show=False, tooltip="One page down", id="details.page_down"),
        Binding("home,g", "scroll(-100000)", "Top", show=False, tooltip="Go to the top", id="details.top"),
        Binding("end,G", "scroll(100000)", "Bottom", show=False, tooltip="Go to the bottom", id="details.bottom"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"details--{part}" for part in ("text", "title", "facts", "label", "note", "warning")
    }
    DEFAULT_CSS = """
    Details {
        height: 1fr; width: 1fr; overflow: hidden hidden; scrollbar-size: 0 0; background: $surface; color: $foreground;
        & > .details--text { background: $surface; color: $foreground; }
        & > .details--title { background: $surface; color: $text-primary; text-style: bold; }
        & > .details--facts { background: $surface; color: $text-accent; }
        & > .details--label { background: $surface; color: $text-muted; }
        & > .details--note { background: $surface; color: $text-muted; text-style: italic; }
        & > .details--warning { background: $surface; color: $text-warning; }
    }
    """

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._full: FullItem | None = None
        self._note = ("", False)
        self._guide: tuple[tuple[str, str], ...] = ()
        self._lines: list[_Line] = []

    # ------------------------------------------------------------------------------------------------ interface
    def show(
        self, full: FullItem, *, note: str = "", failed: bool = False, guide: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Show a title, from its beginning unless it is shown already.

        `guide`: (label, words) of the channel's programmes.
        """
        before = self._full
        self._guide = tuple(guide)
        same = before is not None and (before.item.kind, before.item.id) == (full.item.kind, full.item.id)
        self._full, self._note = full, (note, failed)
        self._lay_out(keep_scroll=same)

    def show_nothing(self, words: str = "") -> None:
        """Show no title; `words` is a line with the reason."""
        self._full, self._note = None, (words, False)
        self._lay_out(keep_scroll=False)

    def set_note(self, note: str, *, failed: bool = False) -> None:
        """Replace the line about the details: being fetched, old, or failed."""
        self._note = (note, failed)
        self._lay_out(keep_scroll=True)

    @property
    def text(self) -> str:
        """The shown text."""
        return "\n".join("".join(text for text, _ in line.pieces) for line in self._lines)

    # ------------------------------------------------------------------------------------------------ internals
    def _lay_out(self, *, keep_scroll: bool) -> None:
        width = max(0, self.size.width - 2 * _EDGE)
        self._lines = list(self._compose_lines(width)) if width else []
        self.set_reactive(Details.virtual_size, Size(0, len(self._lines)))
        self._go_to(self.scroll_offset.y if keep_scroll else 0)
        self.refresh()

    def _compose_lines(self, width: int) -> Iterator[_Line]:
        full, (note, failed) = self._full, self._note
        if full is not None:
            yield from _wrapped(full.item.name, width, "title")
            for facts in _joined(_facts(full), f" {glyphs().dot} ", width):
                yield from _wrapped(facts, width, "facts")
        if note:
            yield from _wrapped(note, width, "warning" if failed else "note")
        if full is None:
            return
        if self._guide:
            yield _Line()
        for label, words in self._guide:
            yield from _field(label, words, width)
        if full.plot:
            yield _Line()
            yield from _wrapped(full.plot, width, "text")
        fields = [(label, value) for label, value in _fields(full) if value]
        if fields:
            yield _Line()
        for label, value in fields:
            yield from _field(label, value, width)

    def _go_to(self, line: int) -> None:
        last = max(0, len(self._lines) - self.size.height)
        self.scroll_to(y=max(0, min(line, last)), animate=False, force=True)

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(keep_scroll=True)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        ground = self.get_component_rich_style("details--text")
        number = self.scroll_offset.y + y
        line = self._lines[number] if number < len(self._lines) else _Line()
        pieces = [(" " * _EDGE, ground)]
        pieces += [(text, self.get_component_rich_style(f"details--{part}")) for text, part in line.pieces]
        if y == self.size.height - 1 and number < len(self._lines) - 1 and width > _EDGE:
            strip = strip_of(pieces, width - 1, ground)
            return Strip([*strip, *strip_of([(glyphs().open, ground)], 1, ground)], width)
        return strip_of(pieces, width, ground)

    # --------------------------------------------------------------------------------------- events and actions
    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-_WHEEL_LINES)

    def action_scroll(self, lines: int) -> None:
        self._go_to(self.scroll_offset.y + lines)

    def action_scroll_page(self, pages: int) -> None:
        self._go_to(self.scroll_offset.y + pages * max(1, self.size.height - 1))


def _wrapped(text: str, width: int, part: str) -> Iterator[_Line]:
    for line in wrap(text, width) if text else ():
        yield _Line(((line, part),))


def _joined(facts: Sequence[str], between: str, width: int) -> Iterator[str]:
    """Join facts into lines, broken between facts."""
    line = ""
    for fact in facts:
        longer = f"{line}{between}{fact}" if line else fact
        if line and cell_width(longer) > width:
            yield line
            longer = fact
        line = longer
    yield line


def _field(label: str, value: str, width: int) -> Iterator[_Line]:
    if width < _LABELS_BESIDE_FROM:
        if not label:  # more of the field before
            yield from _wrapped(value, width, "text")
            return
        first, *rest = wrap(f"{label}: {value}", width)
        head, colon, tail = first.partition(":")
        yield _Line(((head + colon, "label"), (tail, "text")))
        yield from (_Line(((line, "text"),)) for line in rest)
        return
    indent = label
    for line in wrap(value, width - _LABEL_CELLS):
        yield _Line(((indent.ljust(_LABEL_CELLS), "label"), (line, "text")))
        indent = ""


def _facts(full: FullItem) -> list[str]:
    """Return the facts of the line below the title."""
    item = full.item
    number = f"No. {item.number}" if item.kind is Kind.CHANNEL and item.number is not None else ""
    catchup = f"{glyphs().catchup} {item.archive_days} days" if item.archive_days else ""
    episode = f"S{item.season:02} E{item.episode:02}" if item.season is not None and item.episode is not None else ""
    new = "new" if item.is_new else ""
    facts = (new, number, episode, *(words for _, words in _section(full, "line")), catchup)
    return [fact for fact in facts if fact]


def _section(full: FullItem, section: str) -> Iterator[tuple[str, str]]:
    """Yield label and text of the fields of a section, "" for an unknown value."""
    for one in labelled_fields(section):
        value = full.value(one.name)
        yield one.label, _SHOWN.get(one.shown_as, str)(value) if value else ""


_SHOWN: Final[dict[str, Callable[[Any], str]]] = {
    "rating": lambda value: f"{glyphs().favourite} {value:.1f}",
    "length": length_words,
    "trailer": "youtu.be/{}".format,
}


def _fields(full: FullItem) -> Iterator[tuple[str, str]]:
    item = full.item
    added = "Changed" if item.kind is Kind.SERIES else "Added"
    yield "Series", item.series_name or ""
    yield from _section(full, "title")
    yield "Categories", ", ".join(category_names(full.categories)) or item.category or ""
    yield added, date_words(item.added)
    yield from _section(full, "file")
    if item.kind is Kind.CHANNEL:
        yield "Kind", "radio" if item.is_radio else ""
        yield "Guide", item.epg_id or ""
