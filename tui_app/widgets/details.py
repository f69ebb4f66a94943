"""The details pane: everything known about one title, wrapped to the width, with entries that can be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_app.catalog import FullItem, ItemRef, TitleExtras
from tui_app.pictures import Picture
from tui_app.text import cell_width
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.picture_area import PictureArea, picture_area, picture_pieces
from tui_app.widgets.row_painter import strip_of
from tui_app.widgets.title_layout import NO_EXTRAS, Entry, Line, TitleView, lay_out

_WHEEL_LINES: Final = 3
_ROOMY_FROM: Final = (60, 16)  # width and height with wider edges and a blank line above


class Details(ScrollView, can_focus=True):
    """The details pane. `show(full)` shows a title, `show_nothing(words)` clears it.

    `note` is one line about the details themselves ("fetching …", "offline: these are from 3 May"); `set_note`
    changes only that line; `set_extras` adds what takes longer to find, `set_picture` what was asked for by
    `PictureWanted`. When it has the focus, the arrows go from entry to entry and scroll where there is none, Enter
    chooses one; call `action_scroll(lines)` otherwise.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", tooltip="Search, open or copy what is marked", id="details.choose"),
        Binding("up,k", "step(-1)", "Up", show=False, tooltip="One entry or line up", id="details.up"),
        Binding("down,j", "step(1)", "Down", show=False, tooltip="One entry or line down", id="details.down"),
        Binding("left,h", "beside(-1)", "Left", show=False, tooltip="Entry on the left", id="details.left"),
        Binding("right,l", "beside(1)", "Right", show=False, tooltip="Entry on the right", id="details.right"),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, tooltip="One page up", id="details.page_up"),
        Binding("pagedown", "scroll_page(1)", "Page down", show=False, tooltip="One page down", id="details.page_down"),
        Binding("home,g", "scroll(-100000)", "Top", show=False, tooltip="Go to the top", id="details.top"),
        Binding("end,G", "scroll(100000)", "Bottom", show=False, tooltip="Go to the bottom", id="details.bottom"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"details--{part}"
        for part in ("text", "title", "facts", "label", "heading", "link", "cursor", "note", "warning")
    }
    DEFAULT_CSS = """
    Details {
        height: 1fr; width: 1fr; overflow: hidden hidden; scrollbar-size: 0 0; background: $surface; color: $foreground;
        & > .details--text { background: $surface; color: $foreground; }
        & > .details--title { background: $surface; color: $text-primary; text-style: bold; }
        & > .details--facts { background: $surface; color: $text-accent; }
        & > .details--label { background: $surface; color: $text-muted; }
        & > .details--heading { background: $surface; color: $text-primary; text-style: bold; }
        & > .details--link { background: $surface; color: $text-primary; }
        & > .details--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        & > .details--note { background: $surface; color: $text-muted; text-style: italic; }
        & > .details--warning { background: $surface; color: $text-warning; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The user pressed Enter or clicked on an entry."""

        details: Details
        entry: Entry

        @property
        def control(self) -> Details:
            return self.details

    @dataclass
    class PictureWanted(Message):
        """There is room for the picture of a title: `set_picture` shows it."""

        details: Details
        ref: ItemRef
        address: str
        area: PictureArea

        @property
        def control(self) -> Details:
            return self.details

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._view = TitleView()
        self._has_pictures = False
        self._area: PictureArea | None = None
        self._wanted: Details.PictureWanted | None = None
        self._picture: Picture | None = None
        self._lines: list[Line] = []
        #: The entry under the cursor: what Enter acts on. None at first.
        self.entry: Entry | None = None

    # ------------------------------------------------------------------------------------------------ interface
    def show(
        self, full: FullItem, *, note: str = "", failed: bool = False, guide: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Show a title, from its beginning unless it is shown already.

        `guide`: (label, words) of the channel's programmes.
        """
        same = self.ref is not None and self.ref == full.item.ref
        extras = self._view.extras if same else NO_EXTRAS
        self._show(TitleView(full, note, failed, tuple(guide), extras), keep_scroll=same)

    def show_nothing(self, words: str = "") -> None:
        """Show no title; `words` is a line with the reason."""
        self._show(TitleView(note=words), keep_scroll=False)

    def set_note(self, note: str, *, failed: bool = False) -> None:
        """Replace the line about the details: being fetched, old, or failed."""
        self._show(replace(self._view, note=note, has_failed=failed), keep_scroll=True)

    def set_extras(self, ref: ItemRef, extras: TitleExtras) -> None:
        """Show the versions and similar titles of a title, unless another one is shown by now."""
        if ref == self.ref:
            self._show(replace(self._view, extras=extras), keep_scroll=True)

    def allow_pictures(self, allowed: bool) -> None:
        """Keep room for pictures and ask for them, or not."""
        if allowed != self._has_pictures:
            self._has_pictures = allowed
            self._lay_out(keep_scroll=True)

    def set_picture(self, ref: ItemRef, area: PictureArea, picture: Picture | None) -> None:
        """Show a picture, unless another title or another room for it is shown by now."""
        if ref == self.ref and area == self._area:
            self._picture = picture
            self.refresh()

    @property
    def ref(self) -> ItemRef | None:
        """The title that is shown."""
        return self._view.full.item.ref if self._view.full is not None else None

    @property
    def text(self) -> str:
        """The shown text."""
        return "\n".join("".join(piece.text for piece in line).rstrip() for line in self._lines)

    # ------------------------------------------------------------------------------------------------ internals
    def _show(self, view: TitleView, *, keep_scroll: bool) -> None:
        self._view = view
        if not keep_scroll:
            self.entry = None
        self._lay_out(keep_scroll=keep_scroll)

    @property
    def _edge(self) -> int:
        return 2 if self._is_roomy else 1

    @property
    def _is_roomy(self) -> bool:
        return self.size.width >= _ROOMY_FROM[0] and self.size.height >= _ROOMY_FROM[1]

    def _lay_out(self, *, keep_scroll: bool) -> None:
        width = max(0, self.size.width - 2 * self._edge)
        self._keep_room(width)
        above = [()] if self._is_roomy else []
        if self._area is not None and not self._area.is_beside:
            above += [()] * (self._area.rows + 1)
        self._lines = [*above, *lay_out(self._view, max(1, width - self._indent))] if width else []
        self.set_reactive(Details.virtual_size, Size(0, len(self._lines)))
        self._go_to(self.scroll_offset.y if keep_scroll else 0)
        if self.entry is not None and self._place() is None:
            self.entry = None
        self.refresh()

    def _keep_room(self, width: int) -> None:
        """Keep room for the picture of the title, and ask for it if it is another one than before."""
        full = self._view.full
        address = full.icon if full is not None and self._has_pictures else None
        self._area = picture_area(full.item.kind, width, self.size.height) if full is not None and address else None
        if full is None or address is None or self._area is None:
            self._wanted = self._picture = None
            return
        wanted = self.PictureWanted(self, full.item.ref, address, self._area)
        if wanted != self._wanted:
            self._wanted, self._picture = wanted, None
            self.post_message(wanted)

    @property
    def _indent(self) -> int:
        """The cells left of the text that a picture takes."""
        return self._area.indent if self._area is not None else 0

    def _picture_pieces(self, line: int, ground: Style) -> Iterator[tuple[str, Style]]:
        """Yield the part of the picture that stands in a line, and the gap behind it."""
        if self._area is None:
            return
        row = line - (1 if self._is_roomy else 0)
        if self._area.is_beside:
            yield from picture_pieces(self._picture, row, self._area.indent, ground)
        elif 0 <= row < self._area.rows:
            yield from picture_pieces(self._picture, row, self._area.columns, ground)

    def _go_to(self, line: int) -> None:
        last = max(0, len(self._lines) - self.size.height)
        self.scroll_to(y=max(0, min(line, last)), animate=False, force=True)

    def _entries(self, line: int) -> list[tuple[Entry, int]]:
        """Return the entries of a line and the cells where they begin."""
        found, x = [], 0
        for piece in self._lines[line]:
            if piece.entry is not None:
                found.append((piece.entry, x))
            x += cell_width(piece.text)
        return found

    def _place(self) -> tuple[int, int] | None:
        """Return line and cell of the entry under the cursor."""
        for number in range(len(self._lines)):
            for entry, x in self._entries(number):
                if entry == self.entry:
                    return number, x
        return None

    def _choose(self, entry: Entry | None) -> None:
        self.entry = entry
        self.refresh_bindings()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(keep_scroll=True)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, edge = self.size.width, self._edge
        ground = self.get_component_rich_style("details--text")
        number = self.scroll_offset.y + y
        line = self._lines[number] if number < len(self._lines) else ()
        pieces = [(" " * edge, ground), *self._picture_pieces(number, ground)]
        for piece in line:
            is_chosen = self.has_focus and piece.entry is not None and piece.entry == self.entry
            part = "cursor" if is_chosen else piece.part
            pieces.append((piece.text, self.get_component_rich_style(f"details--{part}")))
        if y == self.size.height - 1 and number < len(self._lines) - 1 and width > edge:
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

    def on_click(self, event: events.Click) -> None:
        number = self.scroll_offset.y + event.y
        for entry, x in self._entries(number) if number < len(self._lines) else ():
            if (
                x
                <= event.x - self._edge - self._indent
                < x + sum(cell_width(p.text) for p in self._lines[number] if p.entry == entry)
            ):
                self._choose(entry)
                self.action_choose()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "choose":  # otherwise the screen handles Enter
            return self.entry is not None
        return super().check_action(action, parameters)

    def action_choose(self) -> None:
        if self.entry is not None:
            self.post_message(self.Chosen(self, self.entry))

    def action_step(self, step: int) -> None:
        """Go to the nearest entry above or below when it is visible or next to it, else scroll by a line."""
        top, height = self.scroll_offset.y, self.size.height
        place = self._place()
        if place is None and step < 0 and top == 0:
            return
        line, x = place if place is not None else (top - 1 if step > 0 else min(top + height, len(self._lines)), 0)
        if place is not None and not top <= line < top + height:
            line = top - 1 if step > 0 else top + height  # it was scrolled out of sight
        if step > 0:
            reach = range(line + 1, min(top + height + 1, len(self._lines)))
        else:
            reach = range(line - 1, max(top - 2, -1), -1)
        found = [
            (abs(at - x) > self.size.width // 2, abs(number - line), abs(at - x), number, entry)
            for number in reach
            for entry, at in self._entries(number)
            if entry != self.entry  # a long entry stands in several lines
        ]
        if found:  # rather in the same column
            *_, number, entry = min(found, key=lambda one: one[:3])
            self._choose(entry)
            self._go_to(max(number - height + 1, min(top, number)))
            return
        self.action_scroll(step)
        if step < 0 and not self.scroll_offset.y and top == 0:
            self._choose(None)

    def action_beside(self, step: int) -> None:
        """Go to another entry of the same line."""
        place = self._place()
        entries = [entry for entry, _ in self._entries(place[0])] if place is not None else []
        at = entries.index(self.entry) + step if self.entry in entries else -1
        if not 0 <= at < len(entries):
            raise SkipAction  # the same keys move between panes
        self._choose(entries[at])

    def action_scroll(self, lines: int) -> None:
        self._go_to(self.scroll_offset.y + lines)

    def action_scroll_page(self, pages: int) -> None:
        self._go_to(self.scroll_offset.y + pages * max(1, self.size.height - 1))
