"""The search box: an input with recent searches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tui_app.widgets.command_entry import PlainInput

#: Returns a text that continues the typed one; None for none.
Completer = Callable[[str], Awaitable[str | None]]


class _Suggester(Suggester):
    """Shows the completion behind the text, if it only continues it: one in quotes begins before it.

    Where words are typed more often than keys, keys are not shown: `gen` begins "General", too.
    """

    def __init__(self, complete: Completer, *, shows_keys: bool) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.complete = complete
        self.shows_keys = shows_keys

    async def get_suggestion(self, value: str) -> str | None:
        found = await self.complete(value)
        if found is None or not found.casefold().startswith(value.casefold()):
            return None
        return found if self.shows_keys or not found.endswith(":") else None


class SearchEntry(PlainInput):
    """The input inside, whose extra keys the surrounding box handles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "complete", "Complete", show=False, tooltip="Complete the key or the value", id="search.complete"
        ),
        Binding("up", "older", "Recent", tooltip="Recall an earlier search", id="search.older"),
        Binding("down", "newer", "Results", tooltip="Go to the results", id="search.results"),
        Binding("right", "right", "Complete", show=False, tooltip="Complete at the end of the text", id="search.right"),
        Binding("escape", "leave", "Back", tooltip="Leave the search box", id="search.leave"),
    ]

    def __init__(self, box: SearchBox, placeholder: str, complete: Completer | None, *, shows_keys: bool) -> None:
        super().__init__(placeholder=placeholder)
        self._box = box
        self._complete = complete
        self.suggester = None if complete is None else _Suggester(complete, shows_keys=shows_keys)

    async def action_complete(self) -> None:
        """Complete what is typed; without a completion go to the next field, as elsewhere."""
        if not await self._completed():
            self.screen.focus_next()

    async def _completed(self) -> bool:
        at_end = self.cursor_at_end and self.selection.is_empty
        found = await self._complete(self.value) if self._complete is not None and at_end else None
        if found is not None:
            self.value = found
            self.action_end()
        return found is not None

    def action_older(self) -> None:
        self._box.recall(1)

    def action_newer(self) -> None:
        self._box.recall(-1)

    def action_leave(self) -> None:
        self._box.leave("escape")

    async def action_right(self) -> None:
        """Complete at the end of the text; else move the cursor."""
        if not await self._completed():
            self.action_cursor_right()

    def action_delete_right(self) -> None:
        """Delete a letter; at the end of the text, where there is none, search every kind again."""
        if self.cursor_position < len(self.value) or not self.selection.is_empty:
            super().action_delete_right()
        else:
            self._box.leave("delete")


class SearchBox(Vertical):
    """A prompt and an input, with a line under it for what was not understood.

    Call `take_focus()` when the search key is pressed. `text` gets and sets the typed text (setting it posts `Changed`
    too); `set_recent` sets earlier searches, newest first, which the up key recalls. `complete` continues the text, by
    Tab or → at its end.
    """

    DEFAULT_CSS = """
    SearchBox {
        height: auto; background: $surface;
        & > Horizontal { height: 1; }
        .prompt { width: 3; height: 1; padding: 0 1; color: $text-accent; background: $surface; }
        PlainInput { width: 1fr; }
        .problem { height: auto; max-height: 2; padding: 0 1; color: $text-warning; display: none; }
        .problem.-said { display: block; }
    }
    """

    @dataclass
    class Changed(Message):
        """The typed text changed. Replaces an older, unhandled message."""

        box: SearchBox
        text: str

        @property
        def control(self) -> SearchBox:
            return self.box

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SearchBox.Changed) and message.box is self.box

    @dataclass
    class Submitted(Message):
        """The user pressed Enter: the search can be remembered as a recent one."""

        box: SearchBox
        text: str

        @property
        def control(self) -> SearchBox:
            return self.box

    @dataclass
    class Left(Message):
        """The user leaves the box: "down" to the results, "escape" to the screen before; or "delete"s the kind."""

        box: SearchBox
        by: Literal["down", "escape", "delete"]

        @property
        def control(self) -> SearchBox:
            return self.box

    def __init__(
        self,
        *,
        placeholder: str = "Search",
        prompt: str = "/",
        complete: Completer | None = None,
        shows_keys: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._entry = SearchEntry(self, placeholder, complete, shows_keys=shows_keys)
        self._prompt = prompt
        self._problem = Static("", classes="problem", markup=False)
        self._recent: tuple[str, ...] = ()
        self._recalled = -1  # index in the recent searches; -1 is the typed text
        self._typed = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self._prompt, classes="prompt", markup=False)
            yield self._entry
        yield self._problem

    @property
    def text(self) -> str:
        return self._entry.value

    @text.setter
    def text(self, text: str) -> None:
        self._entry.value = text
        self._entry.cursor_position = len(self._entry.value)

    def set_recent(self, searches: Sequence[str]) -> None:
        """Set earlier searches, newest first."""
        self._recent = tuple(searches)
        self._recalled = -1

    def show_problem(self, words: str) -> None:
        """Show what was not understood of the text, under it; "" for nothing."""
        self._problem.update(words)
        self._problem.set_class(bool(words), "-said")

    def take_focus(self) -> None:
        """Focus the input."""
        self.screen.set_focus(self._entry)

    def select_all(self) -> None:
        """Select the text, so that typing replaces it."""
        self._entry.select_all()

    def recall(self, step: int) -> None:
        """Recall an older (1) or newer (-1) search.

        Below the newest one is the typed text, and below that are the results.
        """
        if step < 0 and self._recalled < 0:
            self.leave("down")
            return
        if self._recalled < 0:
            self._typed = self.text
        self._recalled = min(len(self._recent) - 1, self._recalled + step)
        recalled = self._recalled
        self.text = self._typed if recalled < 0 else self._recent[recalled]
        self._recalled = recalled

    def leave(self, by: Literal["down", "escape", "delete"]) -> None:
        """Post that the user leaves the box."""
        self.post_message(self.Left(self, by))

    @on(Input.Changed)
    def _post_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))

    @on(Input.Submitted)
    def _post_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._recalled = -1
        self.post_message(self.Submitted(self, event.value))
