"""The handbook in the app: chapters on the left, the text of the chosen one on the right."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown, OptionList
from textual.widgets.option_list import Option

from tui_app.handbook import TITLES, chapter


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
        Markdown { padding: 0 1; }
        &.-narrow #chapters { width: 1fr; display: none; }
        &.-narrow.-listing #chapters { display: block; }
        &.-narrow.-listing #page { display: none; }
        &.-narrow Markdown { padding: 0; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f2", "close", "Close", tooltip="Close the handbook", id="handbook.close"),
        Binding("left,h", "chapters", "Chapters", show=False, tooltip="Go to the chapters", id="handbook.chapters"),
        Binding("right,l", "page", "Read", show=False, tooltip="Go to the text", id="handbook.page"),
        Binding("n", "turn(1)", "Next", tooltip="Next chapter", id="handbook.next"),
        Binding("p", "turn(-1)", "Previous", tooltip="Previous chapter", id="handbook.previous"),
    ]

    def __init__(self, name: str = next(iter(TITLES))) -> None:
        super().__init__()
        self._first = name
        self._chapters = OptionList(*(Option(title, id=id_) for id_, title in TITLES.items()), id="chapters")
        self._text = Markdown(open_links=False)

    def compose(self) -> ComposeResult:
        with Horizontal(id="handbook"):
            yield self._chapters
            with VerticalScroll(id="page"):
                yield self._text

    def on_mount(self) -> None:
        self._chapters.border_title = "Handbook"
        self._page.border_subtitle = "← chapters · n next · Escape closes"
        self._choose(self._first)
        self._page.focus()

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one("#page", VerticalScroll)

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

    def _choose(self, name: str) -> None:
        self._chapters.highlighted = list(TITLES).index(name)

    def action_turn(self, by: int) -> None:
        """Go to the next or previous chapter, if there is one."""
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

    def action_close(self) -> None:
        """Close the handbook."""
        self.dismiss(None)
