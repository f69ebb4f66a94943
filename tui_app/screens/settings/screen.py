"""The Settings screen: settings of the profile and of the app, saved at each change, and the state of syncs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.errors import XtreamTuiError
from tui_app.messages import CacheCleared, SettingsChanged
from tui_app.screens.dialogs.categories import CategoriesDialog, CategoryTicks
from tui_app.screens.dialogs.edit_profile import edit_profile
from tui_app.screens.dialogs.questions import clear_cache_dialog, reset_dialog
from tui_app.screens.main_screen import MainScreen
from tui_app.screens.settings.fields import SettingsFields, dialog_for, typed_setting
from tui_app.screens.status_words import SettingsFacts, due_words
from tui_app.services.app_state import ActiveProfile
from tui_app.services.network import Connection, inspect_connection
from tui_app.settings import AppSettings, SyncSettings, change_app_settings
from tui_app.widgets.form_fields import CycleField, Field, FlagField, OpenField

#: Buttons: id → words, the app's or the screen's action, help.
_ACTIONS = {
    "sync": ("Sync now", "app.sync", "Fetch what is new."),
    "full": ("Full sync", "app.sync('full')", "Fetch everything again, including stored details."),
    "retry": ("Retry", "app.sync('retry')", "Fetch only what the last sync did not complete."),
    "decide": ("Decide …", "app.decide_removals", "Many titles vanished at once: remove them, or wait."),
    "statistics": (
        "Statistics …",
        "app.statistics",
        "Contents and size of the library; check, compact, free up space.",
    ),
    "clear": ("Clear cache …", "screen.clear_cache", "Delete what was copied. Favourites, marks and settings stay."),
}


class SettingsScreen(MainScreen):
    """The settings of the profile and of the app, with facts about account, syncs and library."""

    DEFAULT_CSS = """
    SettingsScreen {
        #fields { height: 1fr; padding: 0 2; overflow-y: auto; scrollbar-size-vertical: 1; }
        .column { height: auto; width: 1fr; }
        .heading { text-style: bold; color: $text-primary; margin-top: 1; height: 1; }
        .first { margin-top: 0; }
        .row { height: auto; margin-top: 1; }
        .row > Button { margin: 0 1 0 0; min-width: 12; }
        #facts, #account, #disk, #run { height: auto; }
        #run { color: $text-warning; }
        #help { height: auto; max-height: 2; padding: 0 2; color: $text-muted; }
        #saved { height: auto; max-height: 3; padding: 0 2; color: $text-success; }
        #saved.-refused { color: $text-error; }
        #trouble { height: auto; max-height: 3; padding: 0 2; color: $text-error; display: none; }
        #trouble.-shown { display: block; }
        &.-wide #fields { layout: horizontal; }
        &.-wide .column { margin-right: 3; }
        &.-wide .second { margin-top: 0; }
        &.-narrow #fields { padding: 0 1; }
        &.-narrow .row { layout: vertical; }
        &.-short #help { max-height: 1; }
        &.-short #saved, &.-short #trouble { max-height: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9",
            "defaults",
            "Reset sync settings",
            tooltip="Reset the sync settings to their defaults",
            id="settings.defaults",
        ),
        Binding("z", "undo", "Undo", show=False, tooltip="Undo the reset", id="settings.undo"),
        Binding("ctrl+t", "app.choose_theme", "Theme", tooltip="Choose a theme", id="settings.theme"),
        Binding("up", "app.focus_previous", "Up", show=False, tooltip="The field above", id="settings.up"),
        Binding("down", "app.focus_next", "Down", show=False, tooltip="The field below", id="settings.down"),
    ]

    def __init__(self, active: ActiveProfile) -> None:
        super().__init__(active, "settings")
        self.fields = SettingsFields()
        self._scrolled = Vertical(id="fields")  # not scrollable by keys: arrows move between fields
        self._facts = SettingsFacts()
        self._saved = Static("", id="saved", markup=False)
        self._trouble = Static("", id="trouble", markup=False)
        self._help = Static("", id="help", markup=False)
        self._buttons = {id_: Button(words, id=id_, compact=True) for id_, (words, _do, _help) in _ACTIONS.items()}
        self._saving = asyncio.Lock()
        self._before_reset: tuple[str, SyncSettings] | None = None  # of which profile

    def compose_body(self) -> ComposeResult:
        fields, facts = self.fields, self._facts
        with Vertical(id="body"):
            with self._scrolled:
                with Vertical(classes="column"):
                    yield facts.heading
                    yield fields.sync_flags["automatic"]
                    yield fields.interval
                    yield from (flag for name, flag in fields.sync_flags.items() if name != "automatic")
                    yield Static("What to sync", classes="heading", markup=False)
                    yield from fields.kinds.values()
                    yield fields.categories
                    yield fields.guide
                    yield Static("The last sync", classes="heading", markup=False)
                    yield facts.run
                    yield facts.parts
                    with Horizontal(classes="row"):
                        yield from (self._buttons[id_] for id_ in ("sync", "full", "retry", "decide"))
                with Vertical(classes="column"):
                    yield Static("Account", classes="heading second", markup=False)
                    yield facts.account
                    yield fields.connection
                    yield Static("Library", classes="heading", markup=False)
                    yield facts.disk
                    yield fields.size_limit
                    with Horizontal(classes="row"):
                        yield from (self._buttons[id_] for id_ in ("statistics", "clear"))
                    yield Static("Playing", classes="heading", markup=False)
                    yield from fields.playing
                    yield Static("App", classes="heading", markup=False)
                    yield fields.theme
                    yield from fields.app_flags.values()
                    yield fields.reminders
                    yield fields.scrolling
                    yield fields.cells
                    yield fields.ascii
                    yield fields.animations
                    yield fields.pictures
            yield self._help
            yield self._trouble
            yield self._saved

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self._saved.update("")
        self._fill()
        self._read_facts()

    def library_changed(self, parts: frozenset[str]) -> None:
        self._read_facts()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._read_facts()

    def refresh_status(self) -> None:
        super().refresh_status()
        for button in self._buttons.values():
            button.disabled = self.app_state.is_syncing
        self._offer_what_helps()
        self._facts.show_name(self.active.name)
        self._trouble.update(" ".join(self.app_state.troubles.values()))
        self._trouble.set_class(bool(self.app_state.troubles), "-shown")

    def _offer_what_helps(self) -> None:
        """Show the buttons that help after the last sync. Pending removals are decided, not retried."""
        self._buttons["decide"].display = bool(self.active.pending_removals)
        self._buttons["retry"].display = bool(self.active.undone_parts)

    def _fill(self) -> None:
        """Fill the fields with the current settings."""
        profile = self.active.profile
        self.fields.show_sync(profile.sync)
        self.fields.show_app(self.app_state.settings, self.app.theme)
        self.fields.connection.set(profile.url.partition("://")[2])

    @work(exclusive=True, group="facts", exit_on_error=False)
    async def _read_facts(self) -> None:
        stats = await self.app_state.refresh_stats()
        await self.app_state.reload_profile()  # a sync logs in: the account's state may have changed
        app_state, now = self.app_state, time.time()
        self._facts.show(
            self.active.profile, stats, app_state.settings.size_limit_mb, now, is_syncing=app_state.is_syncing
        )
        self._offer_what_helps()
        await self._show_notes(now)

    async def _show_notes(self, now: float) -> None:
        """Show when the next sync is due, and whether the connection allows it."""
        profile = self.active.profile
        candidate = await self.app_state.candidate(profile)
        waiting = self.app_state.waiting.get(profile.name, "")
        is_running = self.app_state.is_syncing or not self.app_state.schedules
        self.fields.interval.note = "" if is_running else waiting or due_words(candidate.due(int(now)), now)
        seen = await asyncio.to_thread(inspect_connection)
        waits = profile.sync.unmetered_only and seen.state is not Connection.UNMETERED
        self.fields.sync_flags["unmetered_only"].note = f"waits: {seen.words}" if waits else f"now: {seen.words}"

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        widget = event.widget
        known = widget.help if isinstance(widget, Field) else _ACTIONS.get(widget.id or "", ("", "", ""))[2]
        self._help.update(known)
        if widget is self.fields.sync_flags["automatic"]:  # show the heading above it too
            self._scrolled.scroll_home(animate=False)

    # ------------------------------------------------------------------------------------------- messages
    def on_flag_field_changed(self, event: FlagField.Changed) -> None:
        event.stop()
        self._changed(event.field.id or "", event.field.value)

    def on_cycle_field_changed(self, event: CycleField.Changed) -> None:
        event.stop()
        self._changed(event.field.id or "", event.field.value)

    def _changed(self, id_: str, value: object) -> None:
        if id_.startswith("app-"):
            self._save_app(**{id_.removeprefix("app-"): value})
        else:
            self._save_sync(**self.fields.wanted_sync())

    def on_open_field_opened(self, event: OpenField.Opened) -> None:
        event.stop()
        if event.field.id == "categories":
            self._choose_categories()
        elif event.field.id == "connection":
            self.action_connection()
        elif (name := typed_setting(event.field.id or "")) is not None:
            self._type_setting(name)
        else:
            self.run_worker(self.app.run_action("choose_theme"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.run_worker(self.run_action(_ACTIONS[event.button.id or ""][1]))

    def on_settings_changed(self, message: SettingsChanged) -> None:
        """Handle settings saved here or by a dialog of the app (the theme)."""
        self._fill()
        self._read_facts()

    # --------------------------------------------------------------------------------------------- saving
    @work(group="save", exit_on_error=False)
    async def _save_sync(self, **changes: Any) -> None:
        """Change the profile's settings as the file holds them now."""
        profile, store = self.active.name, self.app_state.profiles

        def write() -> None:
            store.save_sync_settings(profile, replace(store.get_sync_settings(profile), **changes))

        await self._save(write)

    @work(group="save", exit_on_error=False)
    async def _save_app(self, **changes: Any) -> None:
        await self._save(partial(change_app_settings, self.app_state.paths, **changes))

    async def _save(self, write: Callable[[], AppSettings | None]) -> bool:
        """Save in the order of the key presses, so that the last one counts. True when saved.

        `write` runs in a thread and returns the new settings of the app, if it changed them.
        """
        async with self._saving:
            try:
                settings = await asyncio.to_thread(write)
            except XtreamTuiError as error:
                self._show_message(f"Not saved: {error.sentence}", refused=True)
                self._fill()
                return False
            if settings is not None:
                self.app_state.settings = settings
        self._show_message(f"Saved at {time.strftime('%H:%M:%S')}.")
        await self.app_state.reload_profile()
        self.post_message(SettingsChanged())
        return True

    def _show_message(self, words: str, *, refused: bool = False) -> None:
        self._saved.set_class(refused, "-refused")
        self._saved.update(words)
        dialog = self.app.screen
        if isinstance(dialog, CategoriesDialog):
            dialog.show_saved(words, refused=refused)

    # --------------------------------------------------------------------------------------------- actions
    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_defaults(self) -> None:
        """Reset the sync settings, except the excluded categories, after asking."""
        name, store = self.active.name, self.app_state.profiles
        if await self.app.push_screen_wait(reset_dialog(name)) != "reset":
            return
        before = store.get_sync_settings(name)
        self._before_reset = name, before
        kept = replace(SyncSettings(), excluded_categories=before.excluded_categories)
        if await self._save(lambda: store.save_sync_settings(name, kept)):
            self._show_message("Sync settings reset. Press z to undo.")

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_undo(self) -> None:
        """Undo the reset."""
        if self._before_reset is None:
            self._show_message("There is nothing to undo.")
            return
        name, settings = self._before_reset
        if await self._save(lambda: self.app_state.profiles.save_sync_settings(name, settings)):
            self._before_reset = None
            self._show_message(f"Sync settings of “{name}” restored.")

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def _choose_categories(self) -> None:
        """Choose which categories are copied."""
        await self.app_state.reload_profile()  # a sync may have updated the ids
        library, profile = self.library, self.active.profile
        known = {kind: await library.categories(kind) for kind in LISTED_KINDS}
        ticks = await asyncio.to_thread(CategoryTicks, known, profile.sync.excluded_categories)

        def changed(excluded: Mapping[Kind, tuple[str, ...]]) -> None:
            self._save_sync(excluded_categories=excluded)

        first = next((kind for kind in LISTED_KINDS if known[kind]), LISTED_KINDS[0])
        await self.app.push_screen_wait(CategoriesDialog(ticks, first, changed))

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_connection(self) -> None:
        """Change how the profile connects."""
        if await edit_profile(self, self.app_state, self.active.profile):
            self._show_message(f"Saved at {time.strftime('%H:%M:%S')}.")

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def _type_setting(self, name: str) -> None:
        """Change a typed setting of the app."""
        answer = await self.app.push_screen_wait(dialog_for(name, self.app_state.settings))
        if answer is not None:
            self._save_app(**{name: answer})

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_clear_cache(self) -> None:
        """Delete the copied lists, after asking."""
        if (
            not self.app_state.is_syncing
            and await self.app.push_screen_wait(clear_cache_dialog(self.active.stats)) == "clear"
        ):
            self.post_message(CacheCleared(self.active.name))
