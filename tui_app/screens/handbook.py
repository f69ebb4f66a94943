"""The handbook in the app: chapters on the left, the text of the chosen one on the right, and a search in all."""

from __future__ import annotations

from typing import ClassVar, Final, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Markdown, OptionList, Static
from textual.widgets.markdown import MarkdownBlock
from textual.widgets.option_list import Option

from tui_app.handbook import TITLES, chapter
from tui_app.widgets.command_entry import PlainInput


class Found(NamedTuple):
    """A line of a chapter that contains the words of a search."""

    chapter: str
    line: int


def find_lines(words: str) -> tuple[Found, ...]:
    """Return the lines that contain all of the words, in reading order; none for blanks."""
    wanted = words.casefold().split()
    return tuple(
        Found(name, number)
        for name in (TITLES if wanted else ())
        for number, line in enumerate(chapter(name).text.casefold().splitlines())
        if all(word in line for word in wanted)
    )


_HINT: Final = "← chapters · / search · n next · Escape closes"


class HandbookScreen(ModalScreen[None]):
    """Opens at a chapter, by default the first one. Links lead to other chapters."""

    DEFAULT_CSS = """
    HandbookScreen {
        background: $background;
        #handbook { height: 1fr; }
        #chapters {
            width: 28; height: 1fr; border: round $primary; border-title-color: $primary; background: $background;
            scrollbar-size-vertical: 1;
        }
        #page { height: 1fr; border: round $primary; padding: 0 1; scrollbar-size-vertical: 1; }
        #page:focus, #chapters:focus { border: round $accent; }
        #right { width: 1fr; height: 1fr; }
        #search { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
        #search.-shown { display: block; }
        .-found { background: $primary-muted; }
        MarkdownFence { overflow: hidden hidden; }
        MarkdownFence > Label { width: 100%; }
        Markdown { padding: 0 1; }
        &.-narrow #chapters { width: 1fr; display: none; }
        &.-narrow.-listing #chapters { display: block; }
        &.-narrow.-listing #right { display: none; }
        &.-narrow Markdown { padding: 0; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f2", "close", "Close", tooltip="Close the handbook", id="handbook.close"),
        Binding("left,h", "chapters", "Chapters", show=False, tooltip="Go to the chapters", id="handbook.chapters"),
        Binding("right,l", "page", "Read", show=False, tooltip="Go to the text", id="handbook.page"),
        Binding("slash", "search", "Search", tooltip="Search all chapters", id="handbook.search", priority=True),
        Binding("n", "turn(1)", "Next", tooltip="Next chapter; after a search the next hit", id="handbook.next"),
        Binding("N", "turn(-1)", "Previous hit", show=False, tooltip="Previous hit", id="handbook.hit_before"),
        Binding("p", "turn(-1)", "Previous", tooltip="Previous chapter", id="handbook.previous"),
    ]

    def __init__(self, name: str = next(iter(TITLES))) -> None:
        super().__init__()
        self._first = name
        self._chapters = OptionList(*(Option(title, id=id_) for id_, title in TITLES.items()), id="chapters")
        self._text = Markdown(open_links=False)
        self._page = VerticalScroll(id="page")
        self._box = PlainInput(placeholder="Search the handbook", id="search")
        self._found: tuple[Found, ...] = ()
        self._hit = 0

    def compose(self) -> ComposeResult:
        with Horizontal(id="handbook"):
            yield self._chapters
            with Vertical(id="right"):
                with self._page:
                    yield self._text
                yield self._box

    def on_mount(self) -> None:
        self._chapters.border_title = "Handbook"
        self._page.border_subtitle = _HINT
        self._choose(self._first)
        self._page.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None:
            self._show(event.option_id)

    def on_option_list_option_selected(self) -> None:
        self.action_page()

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Open a linked chapter; show other addresses, so that they can be copied."""
        name = event.href.partition(".md")[0]
        if name in TITLES:
            self._choose(name)
        else:
            self.notify(event.href, title="Address", markup=False)

    @work(exclusive=True, group="chapter")
    async def _show(self, name: str) -> None:
        page = chapter(name)
        self._page.border_title = page.title
        await self._text.update(page.text)
        self._page.scroll_home(animate=False)
        self._show_hit(name)

    def _show_hit(self, name: str) -> None:
        """Scroll to the hit of the search, and mark its paragraph."""
        self._text.query(".-found").remove_class("-found")
        if not self._found or self._found[self._hit].chapter != name:
            return
        line = self._found[self._hit].line
        blocks = [
            block for block in self._text.query(MarkdownBlock) if block.source_range[0] <= line < block.source_range[1]
        ]
        if blocks:
            blocks[-1].add_class("-found")  # the innermost
            blocks[-1].scroll_visible(animate=False)
            self.call_after_refresh(self._show_cell, blocks[-1])

    def _show_cell(self, block: MarkdownBlock) -> None:
        """Scroll to the hit in a table, which may be longer than the page."""
        start, end = block.source_range
        cells, rows = list(block.query(Static)), end - start - 1  # the line below the headings is no row
        if cells and rows > 1 and len(cells) % rows == 0:
            row = max(0, self._found[self._hit].line - start - 1)
            cells[row * (len(cells) // rows)].scroll_visible(animate=False)

    def _choose(self, name: str) -> None:
        self._chapters.highlighted = list(TITLES).index(name)

    def action_turn(self, by: int) -> None:
        """Go to the next or previous hit of a search; without one to the next or previous chapter, if there is one."""
        if self._found:
            self._go_to_hit((self._hit + by) % len(self._found))
            return
        index = (self._chapters.highlighted or 0) + by
        if 0 <= index < len(TITLES):
            self._chapters.highlighted = index

    def action_chapters(self) -> None:
        """Go to the chapters; on a narrow terminal they replace the text."""
        self.add_class("-listing")
        self._chapters.focus()

    def action_page(self) -> None:
        """Go to the text."""
        self.remove_class("-listing")
        self._page.focus()

    def action_search(self) -> None:
        """Open the search box."""
        self._box.add_class("-shown")
        self._box.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the first line that has the typed words."""
        self._found = find_lines(event.value)
        if self._found:
            self._go_to_hit(0)
        else:
            self._page.border_subtitle = "not found" if event.value.strip() else _HINT

    def on_input_submitted(self) -> None:
        """Leave the box; n and N go through the hits."""
        self._box.remove_class("-shown")
        self._page.focus()

    def _go_to_hit(self, index: int) -> None:
        self._hit = index
        name = self._found[index].chapter
        self._page.border_subtitle = f"{index + 1:,} of {len(self._found):,} · n N next, previous · Escape ends"
        if (self._chapters.highlighted, self._page.border_title) == (list(TITLES).index(name), TITLES[name]):
            self._show_hit(name)
        else:
            self._choose(name)

    def action_close(self) -> None:
        """End the search; else close the handbook."""
        if not self._found and not self._box.has_class("-shown"):
            self.dismiss(None)
            return
        self._box.value = ""
        self._found = ()
        self.on_input_submitted()
        self._text.query(".-found").remove_class("-found")
        self._page.border_subtitle = _HINT
