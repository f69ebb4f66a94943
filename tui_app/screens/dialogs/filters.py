"""The dialogs that edit the filters of a list and manage saved filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, OptionList, Select, Static
from textual.widgets.option_list import Option

from tui_app.catalog import Kind
from tui_app.catalog.filters import MOST_DAYS
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.screens.list_state import ListState
from tui_app.text import clean_line
from tui_app.widgets.command_entry import PlainInput
from tui_app.widgets.form_fields import Tick


class FilterDialog(Dialog[ListState]):
    """Edits the filters of one list. `genres` are (name, count), the frequent ones first."""

    DEFAULT_CSS = """
    FilterDialog {
        & > .box { width: 76; }
        .pair { height: auto; width: 100%; }
        .pair > Vertical { width: 1fr; height: auto; padding-right: 1; }
        .pair .label { text-wrap: nowrap; }
        Select { margin-bottom: 1; }
        Tick { width: auto; margin-right: 2; margin-bottom: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "clear", "Clear filters", tooltip="Clear all filters", id="filters.clear"),
    ]

    def __init__(self, kind: Kind, state: ListState, genres: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self._kind = kind
        self._state = state
        self._genres = tuple(genres)

    def compose(self) -> ComposeResult:
        state = self._state
        with Vertical(classes="box") as box:
            box.border_title = "Filter"
            box.border_subtitle = "Enter applies · Escape closes"
            yield Static("Title contains", classes="label")
            yield PlainInput(state.text, placeholder="any", id="text")
            if self._kind is not Kind.CHANNEL:
                yield from self._title_fields(state)
            yield from self._number_field("Added in the last … days", "added_days", state.added_days)
            if self._kind is Kind.CHANNEL:
                yield Tick("With catch-up", state.catchup, id="catchup", compact=True)
            yield Tick("Favourites only", state.favourites, id="favourites", compact=True)
            if self._kind is not Kind.CHANNEL:
                yield Tick("Unwatched only", state.unwatched, id="unwatched", compact=True)
            yield from self.form_end(Choice("clear", "Clear filters"), Choice("apply", "Apply", "primary"))

    def _title_fields(self, state: ListState) -> ComposeResult:
        yield Static("Genre", classes="label")
        known = {name.casefold(): name for name, _count in self._genres}
        chosen = known.get((state.genre or "").casefold(), Select.NULL)
        options = [(Text(f"{name}  ({count:,})"), name) for name, count in self._genres]
        yield Select(options, prompt="any genre", value=chosen, id="genre", compact=True)
        with Horizontal(classes="pair"):
            for label, name, value in (
                ("From year", "year_from", state.year_from),
                ("To year", "year_to", state.year_to),
                ("Rating at least", "min_rating", state.min_rating),
            ):
                with Vertical():
                    yield from self._number_field(label, name, value)

    @staticmethod
    def _number_field(label: str, name: str, value: float | None) -> ComposeResult:
        yield Static(label, classes="label")
        yield PlainInput(f"{value:g}" if value is not None else "", placeholder="any", id=name)

    def pressed(self, button: str) -> None:
        if button == "clear":
            self.action_clear()
        else:
            self.submit()

    def action_clear(self) -> None:
        """Close with all filters cleared."""
        self.dismiss(self._state.without_filters())

    def submit(self) -> None:
        try:
            self.dismiss(self._read())
        except ValueError as problem:
            self.show_problem(str(problem))

    def _read(self) -> ListState:
        days = self._number("added_days", 1, MOST_DAYS)
        state = replace(
            self._state,
            added_days=None if days is None else int(days),
            favourites=self.query_one("#favourites", Tick).value,
            text=" ".join(self.query_one("#text", Input).value.split()),
        )
        if self._kind is Kind.CHANNEL:
            return replace(state, catchup=self.query_one("#catchup", Tick).value)
        genre = self.query_one("#genre", Select).value
        first, last = self._number("year_from", 1870, 2099), self._number("year_to", 1870, 2099)
        if first is not None and last is not None and first > last:
            first, last = last, first
        least = self._number("min_rating", 0, 10)
        return replace(
            state,
            genre=genre if isinstance(genre, str) else None,
            year_from=None if first is None else int(first),
            year_to=None if last is None else int(last),
            min_rating=least or None,
            unwatched=self.query_one("#unwatched", Tick).value,
        )

    def _number(self, name: str, least: float, most: float) -> float | None:
        text = self.query_one(f"#{name}", Input).value.strip().replace(",", ".")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = most + 1
        if not least <= number <= most:
            raise ValueError(f"“{text}” is not between {least:g} and {most:g}.")
        return number


NAME_LIMIT: Final = 40  # characters


@dataclass(frozen=True, slots=True)
class SavedFilterAnswer:
    """What to do with the saved filter of this name."""

    act: Literal["use", "save", "forget"]
    name: str


class SavedFiltersDialog(Dialog[SavedFilterAnswer]):
    """Manages saved filters. `saved` are (name, description); `in_use` describes the active filters."""

    DEFAULT_CSS = """
    SavedFiltersDialog {
        OptionList { height: auto; max-height: 12; margin-bottom: 1; border: none; padding: 0; }
        OptionList.-empty { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "forget", "Delete", tooltip="Delete the saved filter under the cursor", id="saved.forget"),
    ]

    def __init__(self, saved: Sequence[tuple[str, str]], in_use: str) -> None:
        super().__init__()
        self._saved = tuple(saved)
        self._in_use = in_use

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Saved filters"
            box.border_subtitle = "Enter uses · Del deletes · Escape closes" if self._saved else "Escape closes"
            options = OptionList(*(Option(_words(name, words)) for name, words in self._saved), compact=True)
            options.set_class(not self._saved, "-empty")
            yield options
            if self._in_use:
                yield Static("Save the active filters as", classes="label")
                yield Static(self._in_use, classes="hint", markup=False)
                yield PlainInput(placeholder="Folder name", max_length=NAME_LIMIT, id="name")
            else:
                yield Static("No filter is active. Press F to choose filters, then save them here.", classes="hint")
            save = (Choice("save", "Save", "primary"),) if self._in_use else ()
            yield from self.form_end(Choice("close", "Close"), *save)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        if self._saved:
            options.highlighted = 0
            options.focus()
        elif self._in_use:
            self.query_one(Input).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(SavedFilterAnswer("use", self._saved[event.option_index][0]))

    def action_forget(self) -> None:
        """Delete the saved filter under the cursor."""
        options = self.query_one(OptionList)
        if options.has_focus and options.highlighted is not None:
            self.dismiss(SavedFilterAnswer("forget", self._saved[options.highlighted][0]))

    def submit(self) -> None:
        name = clean_line(self.query_one("#name", Input).value, NAME_LIMIT)
        if name:
            self.dismiss(SavedFilterAnswer("save", name))
        else:
            self.show_problem("Type a name first.")


def _words(name: str, words: str) -> Text:
    return Text.assemble(name, ("  " + words, "dim")) if words else Text(name)
