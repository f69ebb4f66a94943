"""The dialog that selects the categories to sync: one list per kind, filtered by typing, saved at each tick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tui_app.catalog import LISTED_KINDS, UNCATEGORISED_ID, Category, Kind
from tui_app.catalog.category_groups import group_categories
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.terminal.textual_compat import is_bound
from tui_app.text import fold
from tui_app.widgets.command_entry import PlainInput
from tui_app.widgets.form_fields import CycleField
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.selectable_list import TICKED, UNTICKED, TickList


class CategoryTicks:
    """The categories of one profile with their ticks. Folding 40,000 names takes a tenth of a second."""

    def __init__(self, categories: Mapping[Kind, Sequence[Category]], excluded: Mapping[Kind, Collection[str]]) -> None:
        self._categories = {
            kind: tuple(category for category in categories.get(kind, ()) if category.id != UNCATEGORISED_ID)
            for kind in LISTED_KINDS
        }
        self._folded = {
            kind: tuple(fold(category.name) for category in found) for kind, found in self._categories.items()
        }
        self._excluded = {kind: set(excluded.get(kind, ())) for kind in LISTED_KINDS}

    def excluded(self) -> dict[Kind, tuple[str, ...]]:
        """Return the unticked ids for the settings, in the provider's order, unknown ones last."""
        return {kind: tuple(self._ordered(kind)) for kind in LISTED_KINDS if self._excluded[kind]}

    def _ordered(self, kind: Kind) -> Iterator[str]:
        ids = self._excluded[kind]
        known = [category.id for category in self._categories[kind] if category.id in ids]
        yield from known
        yield from sorted(ids.difference(known))  # no longer listed, but they may return

    def total(self, kind: Kind) -> int:
        return len(self._categories[kind])

    def count_excluded(self, kind: Kind) -> int:
        """Return how many of the listed categories are unticked."""
        return sum(category.id in self._excluded[kind] for category in self._categories[kind])

    def matching(self, kind: Kind, text: str) -> list[Category]:
        """Return the categories whose names contain every word of the text, ignoring case."""
        words = fold(text).split()
        pairs = zip(self._categories[kind], self._folded[kind], strict=True)
        return [category for category, name in pairs if all(word in name for word in words)]

    def is_ticked(self, kind: Kind, category_id: str) -> bool:
        return category_id not in self._excluded[kind]

    def toggle(self, kind: Kind, category_id: str) -> None:
        self._excluded[kind] ^= {category_id}

    def tick(self, kind: Kind, categories: Sequence[Category], ticked: bool) -> None:
        """Tick or untick all of these."""
        ids = {category.id for category in categories}
        if ticked:
            self._excluded[kind] -= ids
        else:
            self._excluded[kind] |= ids


def row_key(kind: Kind, category_id: str) -> str:
    """Return a row key that includes the kind: the shown kind may change before a message is handled."""
    return f"{kind} {category_id}"


def category_of(key: str) -> tuple[Kind, str]:
    """Return the kind and the category id of a `row_key`."""
    kind, _, category_id = key.partition(" ")
    return Kind(kind), category_id


class TickRows:
    """Categories as rows, created when they become visible."""

    def __init__(self, ticks: CategoryTicks, kind: Kind, categories: Sequence[Category]) -> None:
        self._ticks = ticks
        self._kind = kind
        self._categories = categories
        self.total = len(categories)

    def rows(self, start: int, stop: int) -> list[ListRow]:
        return [self._row(category) for category in self._categories[start:stop]]

    def _row(self, category: Category) -> ListRow:
        ticked = self._ticks.is_ticked(self._kind, category.id)
        count = f"{category.count:,}" if category.count or ticked else "not copied"
        return ListRow(
            row_key(self._kind, category.id), (category.name, count), TICKED if ticked else UNTICKED, dim=not ticked
        )

    def index_of(self, key: str) -> int | None:
        kind, wanted = category_of(key)
        found = (index for index, category in enumerate(self._categories) if category.id == wanted)
        return next(found, None) if kind is self._kind else None


class CategoryChoice:
    """The categories of all kinds by prefix (language, country or service), for the choice before the first sync."""

    def __init__(self, categories: Mapping[Kind, Sequence[Category]]) -> None:
        self._ids: dict[str, dict[Kind, tuple[str, ...]]] = {}
        self._words: dict[str, str] = {}
        for kind in LISTED_KINDS:
            for group in group_categories(categories.get(kind, ())):
                key = fold(group.prefix)
                self._words.setdefault(key, group.prefix)
                self._ids.setdefault(key, {})[kind] = tuple(category.id for category in group.categories)
        self._unticked: set[str] = set()

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes, folded; "" stands for categories without one and comes last."""
        return tuple(sorted(self._ids, key=lambda key: (not key, key)))

    def toggle(self, prefix: str) -> None:
        self._unticked ^= {prefix}

    def tick(self, ticked: bool) -> None:
        """Tick or untick all."""
        self._unticked = set() if ticked else set(self._ids)

    def excluded(self) -> dict[Kind, tuple[str, ...]]:
        """Return the ids in unticked groups."""
        found: dict[Kind, tuple[str, ...]] = {}
        for prefix in self.prefixes:
            if prefix in self._unticked:
                for kind, ids in self._ids[prefix].items():
                    found[kind] = (*found.get(kind, ()), *ids)
        return found

    @property
    def takes_nothing(self) -> bool:
        return len(self._unticked) == len(self._ids)

    def rows(self) -> list[ListRow]:
        return [self._row(prefix) for prefix in self.prefixes]

    def _row(self, prefix: str) -> ListRow:
        counts = ", ".join(f"{len(ids):,} {kind.plural}" for kind, ids in self._ids[prefix].items())
        ticked = prefix not in self._unticked
        words = self._words[prefix] or "Everything else"
        return ListRow(f"group {prefix}", (words, counts), TICKED if ticked else UNTICKED, dim=not ticked)


_GROUP_COLUMNS: Final = (Column("Language or service", 18, main=True), Column("Categories", 38, "right", 58))


class CategoryChoiceDialog(Dialog[bool]):
    """Asks what to fetch, before the first sync. Answers True with the ticks in `choice`, None for everything."""

    DEFAULT_CSS = """
    CategoryChoiceDialog {
        & > .box { width: 84; height: 100%; max-height: 36; overflow: hidden; }
        TickList { height: 1fr; }
        .buttons { margin-top: 1; }
        &.-short .hint { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Fetch these", tooltip="Fetch what is ticked", id="choice.start", priority=True),
        Binding("plus", "tick(True)", "Tick all", tooltip="Tick all", id="choice.all"),
        Binding("minus", "tick(False)", "Untick all", tooltip="Untick all", id="choice.none"),
    ]

    def __init__(self, choice: CategoryChoice) -> None:
        super().__init__()
        self._choice = choice
        self._list = TickList(columns=_GROUP_COLUMNS, marks_width=3)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Which of these do you want?"
            box.border_subtitle = "Space ticks · + all · - none · Enter fetches them"
            hint = "Only these are fetched. Settings, Categories changes it later."
            yield Static(hint, classes="hint", markup=False)
            yield self._list
            yield from self.form_end(Choice("close", "Fetch everything"), Choice("start", "Fetch these", "primary"))

    def on_mount(self) -> None:
        self._list.show(RowsSource(self._choice.rows()))
        self._list.focus()

    def on_tick_list_toggled(self, event: TickList.Toggled) -> None:
        event.stop()
        self._choice.toggle(event.key.removeprefix("group "))
        self._list.reload(RowsSource(self._choice.rows()))

    def pressed(self, button: str) -> None:
        self.action_start()

    def action_tick(self, ticked: bool) -> None:
        """Tick or untick all."""
        self._choice.tick(ticked)
        self._list.reload(RowsSource(self._choice.rows()))

    def action_start(self) -> None:
        """Close with what is ticked, unless a button has the focus."""
        if isinstance(self.focused, Button) and self.focused.id == "close":
            self.action_dismiss_dialog()
        elif self._choice.takes_nothing:
            self.show_problem("Tick at least one.")
        else:
            self.dismiss(True)


_COLUMNS: Final = (Column("Category", 10, main=True), Column("Titles", 10, "right", min_list_width=30))
_WHAT_HAPPENS: Final = "Takes effect at the next sync: titles of unticked categories are removed. Their marks stay."


class CategoriesDialog(Dialog[None]):
    """Calls `changed` with the excluded ids after each change; `show_saved` shows the result."""

    DEFAULT_CSS = """
    CategoriesDialog {
        & > .box { width: 84; height: 100%; max-height: 36; overflow: hidden; }
        TickList { height: 1fr; }
        #kind { margin-bottom: 1; }
        #filter { margin-bottom: 1; }
        #what { height: auto; margin-top: 1; color: $text-muted; }
        #saved { height: auto; color: $text-success; }
        #saved.-refused { color: $text-error; }
        .buttons { margin-top: 1; }
        &.-short {
            #kind, #filter { margin-bottom: 0; }
            #what, .buttons { display: none; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "kind(-1)", "Previous kind", show=False, tooltip="Previous kind", id="ticks.kind_before"),
        Binding("right", "kind(1)", "Next kind", show=False, tooltip="Next kind", id="ticks.next_kind"),
        Binding("plus", "tick(True)", "Tick all", tooltip="Tick all that are shown", id="ticks.all"),
        Binding("minus", "tick(False)", "Untick all", tooltip="Untick all that are shown", id="ticks.none"),
        Binding("backspace", "shorten", "Shorten", show=False, tooltip="Shorten the filter", id="ticks.shorten"),
        Binding("slash", "filter", "Filter", show=False, tooltip="Filter by name", id="ticks.filter"),
    ]

    def __init__(self, ticks: CategoryTicks, kind: Kind, changed: Callable[[Mapping[Kind, tuple[str, ...]]], object]):
        super().__init__()
        self._ticks = ticks
        self._changed = changed
        self._shown: list[Category] = []
        options = [(each, each.plural.capitalize()) for each in LISTED_KINDS]
        self._kind: CycleField[Kind] = CycleField("", options, kind, id="kind")
        self._filter = PlainInput(placeholder="type to filter", id="filter")
        self._list = TickList(columns=_COLUMNS, marks_width=3)
        self._saved = Static("", id="saved", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Categories to sync"
            box.border_subtitle = "Space ticks · + all · - none · Escape closes"
            yield self._kind
            yield self._filter
            yield self._list
            yield Static(_WHAT_HAPPENS, id="what", markup=False)
            yield self._saved
            with Horizontal(classes="buttons"):
                yield Button("Tick all shown", id="all", compact=True)
                yield Button("Untick all shown", id="none", compact=True)
                yield Button("Close", id="close", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._show()
        self._list.focus()

    def show_saved(self, words: str, *, refused: bool = False) -> None:
        """Show that the last change was saved, or why it was not."""
        self._saved.set_class(refused, "-refused")
        self._saved.update(words)

    # --------------------------------------------------------------------------------------------- showing
    def _show(self) -> None:
        """Show the matching categories of this kind and the number of excluded ones."""
        self._shown = self._ticks.matching(self._kind.value, self._filter.value)
        if self._shown:
            self._list.show(TickRows(self._ticks, self._kind.value, self._shown))
        elif self._ticks.total(self._kind.value):
            self._list.show_empty("No category matches", hint="Backspace shortens the filter")
        else:
            self._list.show_empty(
                f"No {self._kind.value.value} categories yet", "A sync fetches them.", "Escape, then r"
            )
        self._show_counts()

    def _show_again(self) -> None:
        self._list.reload(TickRows(self._ticks, self._kind.value, self._shown))
        self._show_counts()

    def _show_counts(self) -> None:
        total = self._ticks.total(self._kind.value)
        out = self._ticks.count_excluded(self._kind.value)
        self._kind.note = f"{out:,} of {total:,} excluded" if out else f"all {total:,}" if total else ""

    # ------------------------------------------------------------------------------------------- messages
    def on_key(self, event: events.Key) -> None:
        """Append letters typed on the list to the filter, unless they are bound."""
        bound = any(is_bound(node, event.key) for node in (self._list, self))
        if self.focused is self._list and event.is_printable and event.character and not bound:
            event.stop()
            self._type(self._filter.value + event.character)

    def _type(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self._filter.value = text
        self._filter.cursor_position = len(text)
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def submit(self) -> None:
        self._list.focus()

    def on_cycle_field_changed(self, event: CycleField.Changed) -> None:
        event.stop()
        self._show()

    def on_tick_list_toggled(self, event: TickList.Toggled) -> None:
        event.stop()
        self._ticks.toggle(*category_of(event.key))
        self._post_changed()

    def pressed(self, button: str) -> None:
        self.action_tick(button == "all")

    def _post_changed(self) -> None:
        self._show_again()
        self._changed(self._ticks.excluded())

    # --------------------------------------------------------------------------------------------- actions
    def action_kind(self, step: int) -> None:
        """Show another kind."""
        self._kind.action_step(step)

    def action_tick(self, ticked: bool) -> None:
        """Tick or untick all shown categories."""
        matching = self._ticks.matching(self._kind.value, self._filter.value)
        if matching:
            self._ticks.tick(self._kind.value, matching, ticked)
            self._post_changed()

    def action_shorten(self) -> None:
        """Delete the last letter of the filter."""
        self._type(self._filter.value[:-1])

    def action_filter(self) -> None:
        """Go to the filter."""
        self._filter.focus()
