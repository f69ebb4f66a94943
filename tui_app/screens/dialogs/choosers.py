"""Dialogs that choose from a list or only show one: themes, versions of a title, reminders, folders, shortcuts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.catalog import NO_FOLDER, TitleVersion
from tui_app.screens.dialogs.base import Choice, Dialog
from tui_app.text import clean_line
from tui_app.widgets.command_entry import PlainInput
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.paged_list import PagedList

_COLUMNS = (Column("Theme", main=True), Column("", 5, min_list_width=30))


class ThemeDialog(Dialog[str]):
    """Answers with the name of the chosen theme; moving the cursor previews it.

    `themes` are (name, title, dark).
    """

    DEFAULT_CSS = """
    ThemeDialog > .box { width: 44; }
    ThemeDialog PagedList { height: 9; }
    """

    def __init__(self, themes: Sequence[tuple[str, str, bool]]) -> None:
        super().__init__()
        self._themes = tuple(themes)
        self._before = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Theme"
            box.border_subtitle = "Enter keeps it · Escape goes back"
            yield PagedList(columns=_COLUMNS, marks_width=0)

    def on_mount(self) -> None:
        self._before = self.app.theme
        shown = {name: "" if dark or "light" in title.casefold() else "light" for name, title, dark in self._themes}
        rows = [ListRow(name, (title, shown[name])) for name, title, _ in self._themes]
        self.query_one(PagedList).show(RowsSource(rows), keep_key=self._before)
        self.query_one(PagedList).focus()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        self.app.theme = event.key

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.dismiss(event.key)

    def action_dismiss_dialog(self) -> None:
        """Restore the theme before."""
        self.app.theme = self._before
        self.dismiss(None)


_REASON_FROM: Final = 66  # cells; in less, the title of the box has the reason
_VERSIONS_COLUMNS: Final = (
    Column("Version", 20, main=True),
    Column("Language", 8, min_list_width=48),
    Column("Quality", 8, min_list_width=38),
    Column("Account", 10, min_list_width=58),
    Column("Same", 14, min_list_width=_REASON_FROM),
)


class VersionAnswer(NamedTuple):
    """The number of the chosen version, and whether to split it off or group it again."""

    number: int
    splits: bool = False


class VersionsDialog(Dialog[VersionAnswer]):
    """Lists the versions of a title. `profile` is the account on the screen."""

    DEFAULT_CSS = """
    VersionsDialog > .box { width: 104; }
    VersionsDialog PagedList { height: 10; }
    VersionsDialog.-short PagedList { height: 5; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "split", "Split", tooltip="Split it from its title, or group it again", id="versions.split"),
    ]

    def __init__(self, versions: Sequence[TitleVersion], profile: str) -> None:
        super().__init__()
        self._versions = tuple(versions)
        self._profile = profile

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            count = len(self._versions)
            box.border_title = f"{count} versions" if count > 1 else "The only version"
            box.border_subtitle = "Enter plays · s splits or groups · Esc closes"
            yield PagedList(columns=_VERSIONS_COLUMNS, marks_width=0)

    def on_mount(self) -> None:
        rows = [ListRow(str(number), self._cells(one), dim=one.is_apart) for number, one in enumerate(self._versions)]
        self.query_one(PagedList).show(RowsSource(rows))
        self.query_one(PagedList).focus()

    def _cells(self, version: TitleVersion) -> tuple[str, ...]:
        item = version.item
        account = version.profile or self._profile
        why = "(split off)" if version.is_apart else version.why.removeprefix("same ")
        return item.name, item.language or "", item.quality or "", account, why

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()
        version = self._versions[int(event.key)]
        if self.query_one(PagedList).size.width < _REASON_FROM and version.why:
            self.query_one(".box").border_title = (
                "Split off" if version.is_apart else version.why[:1].upper() + version.why[1:]
            )

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.dismiss(VersionAnswer(event.index))

    def action_split(self) -> None:
        if (number := self.query_one(PagedList).cursor) is not None:
            self.dismiss(VersionAnswer(number, splits=True))


class ReminderAnswer(NamedTuple):
    """The number of the chosen reminder, and whether to clear it."""

    number: int
    clears: bool = False


_REMINDER_COLUMNS: Final = (
    Column("Programme", 16, main=True),
    Column("Channel", 18, min_list_width=52),
    Column("Begins", 12, "right"),
)
_NO_REMINDERS: Final = (
    "No reminders",
    "Programmes you want to be reminded of are listed here.",
    "Enter on a coming programme in the guide sets one",
)


class RemindersDialog(Dialog[ReminderAnswer]):
    """Lists reminders, given as (programme, channel, begin)."""

    DEFAULT_CSS = """
    RemindersDialog > .box { width: 84; }
    RemindersDialog PagedList { height: 10; }
    RemindersDialog.-short PagedList { height: 5; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "clear", "Clear", tooltip="Clear the reminder under the cursor", id="reminders.clear"),
    ]

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._rows = tuple(rows)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Reminders"
            box.border_subtitle = "Enter shows · Del clears · Escape closes" if self._rows else "Escape closes"
            yield PagedList(columns=_REMINDER_COLUMNS, marks_width=0)

    def on_mount(self) -> None:
        shown = self.query_one(PagedList)
        if self._rows:
            shown.show(RowsSource([ListRow(str(index), row) for index, row in enumerate(self._rows)]))
        else:
            shown.show_empty(*_NO_REMINDERS)
        shown.focus()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.dismiss(ReminderAnswer(event.index))

    def action_clear(self) -> None:
        if (index := self.query_one(PagedList).cursor) is not None:
            self.dismiss(ReminderAnswer(index, clears=True))


class SortDialog(Dialog[str]):
    """Answers with the id of the chosen order. `orders` are (id, words); their numbers choose them too."""

    DEFAULT_CSS = """
    SortDialog > .box { width: 40; }
    SortDialog PagedList { height: 9; }
    """

    def __init__(self, orders: Sequence[tuple[str, str]], current: str) -> None:
        super().__init__()
        self._orders = tuple(orders)
        self._current = current

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Sort by"
            box.border_subtitle = "Enter or number · Escape closes"
            yield PagedList(columns=(Column("", 3), Column("Order", main=True)), marks_width=0)

    def on_mount(self) -> None:
        rows = [ListRow(id_, (str(number), words)) for number, (id_, words) in enumerate(self._orders, 1)]
        self.query_one(PagedList).show(RowsSource(rows), keep_key=self._current)
        self.query_one(PagedList).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._orders):
            event.stop()
            self.dismiss(self._orders[int(event.key) - 1][0])

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()

    def on_paged_list_activated(self, event: PagedList.Activated) -> None:
        event.stop()
        self.dismiss(event.key)


NAME_LIMIT: Final = 40  # characters


class MoveDialog(Dialog[str]):
    """Answers with an existing or a new folder; "" is no folder. `what` describes what is moved."""

    DEFAULT_CSS = """
    MoveDialog OptionList { height: auto; max-height: 12; margin-bottom: 1; border: none; padding: 0; }
    MoveDialog.-short OptionList { max-height: 4; margin-bottom: 0; }
    """

    def __init__(self, what: str, folders: Sequence[str]) -> None:
        super().__init__()
        self._what = what
        self._folders = (NO_FOLDER, *folders)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Move to a folder"
            box.border_subtitle = "Enter moves · Escape closes"
            yield Static(self._what, classes="label", markup=False)
            options = (Option(Text(name) if name else Text("No folder", "dim")) for name in self._folders)
            yield OptionList(*options, compact=True)
            yield Static("New folder", classes="label")
            yield PlainInput(placeholder="Folder name", max_length=NAME_LIMIT, id="name")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        if len(self._folders) > 1:
            options.highlighted = 1
            options.focus()
        else:
            self.query_one(Input).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._folders[event.option_index])

    def submit(self) -> None:
        if name := clean_line(self.query_one(Input).value, NAME_LIMIT):
            self.dismiss(name)


class FolderNameDialog(Dialog[str]):
    """Answers with the name of a new folder, or the new name of the folder `name`."""

    def __init__(self, taken: Collection[str], name: str = "") -> None:
        super().__init__()
        self._taken = frozenset(taken) - {name}
        self._folder = name

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Rename the folder" if self._folder else "New folder"
            box.border_subtitle = "Escape closes"
            yield PlainInput(self._folder, placeholder="Folder name", max_length=NAME_LIMIT, id="name")
            words = "Rename" if self._folder else "Create"
            yield from self.form_end(Choice("close", "Close"), Choice("save", words, "primary"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def submit(self) -> None:
        name = clean_line(self.query_one("#name", Input).value, NAME_LIMIT)
        if name and name not in self._taken:
            self.dismiss(name)
            return
        self.show_problem(f"There is a folder “{name}” already." if name else "Type a name first.")


Section = tuple[str, tuple[tuple[str, str], ...]]


class _HelpFilter(PlainInput):
    """Leaves "?" to the dialog, which it closes."""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        return key != "question_mark" and super().check_consume_key(key, character)


class HelpDialog(Dialog[None]):
    """The keyboard shortcuts, grouped by where they work; typing filters them."""

    DEFAULT_CSS = """
    HelpDialog > .box { width: 76; height: 100%; }
    HelpDialog VerticalScroll { height: 1fr; }
    HelpDialog.-short Input { margin-bottom: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "dismiss_dialog", "Close help", show=False, id="help.close", priority=True),
        Binding("f2", "app.handbook", "Handbook", show=False, id="help.handbook"),
        Binding("up", "scroll(-1)", "Up", show=False, id="help.up"),
        Binding("down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("pageup", "scroll(-10)", "Page up", show=False, id="help.page_up"),
        Binding("pagedown", "scroll(10)", "Page down", show=False, id="help.page_down"),
    ]

    def __init__(self, sections: Iterable[Section]) -> None:
        super().__init__()
        self.sections = tuple(sections)
        self._table = Static()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Keyboard shortcuts"
            box.border_subtitle = "↑ ↓ scroll · F2 handbook · Escape closes"
            yield _HelpFilter(placeholder="Type to filter", id="filter")
            with VerticalScroll(can_focus=False):
                yield self._table

    def on_mount(self) -> None:
        self._show("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        """Show the shortcuts whose keys or words contain each of the typed words."""
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column()
        wanted = text.casefold().split()
        for title, rows in self.sections:
            found = [row for row in rows if all(word in " ".join(row).casefold() for word in wanted)]
            if found:
                table.add_row("", Text(title, style="underline"))
                for keys, words in found:
                    table.add_row(keys, Text(words))
                table.add_row("", "")
        self._table.update(table if table.row_count else "No shortcut has these words.")

    def action_scroll(self, lines: int) -> None:
        """Scroll the shortcuts."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def help_sections(app: App[Any], bindings: Mapping[str, ActiveBinding]) -> tuple[Section, ...]:
    """Group the active bindings: of the focused widget, of the screen, of the whole app."""
    groups: dict[str, dict[str, list[str]]] = {"Here": {}, "On this screen": {}, "Everywhere": {}}
    for key, active in bindings.items():
        binding = active.binding
        words = active.tooltip or binding.description
        if not words or not binding.id or not active.enabled:
            continue
        where = "Everywhere" if active.node is app else "On this screen" if isinstance(active.node, Screen) else "Here"
        keys = groups[where].setdefault(words, [])
        display = app.get_key_display(binding) if binding.key == key else key
        if display not in keys:
            keys.append(display)
    return tuple(
        (title, tuple((" ".join(keys), words) for words, keys in rows.items()))
        for title, rows in groups.items()
        if rows
    )
