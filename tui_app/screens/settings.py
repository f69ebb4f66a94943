"""Settings of the profile on the screen and of the app, saved the moment they change; the cache with its figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Checkbox, Static

from tui_app.catalog import LISTED_KINDS
from tui_app.errors import XtreamTuiError
from tui_app.messages import CacheCleared, SettingsChanged, SyncWanted
from tui_app.screens.dialogs.choice import Choice, ChoiceDialog
from tui_app.screens.facts import account_words, facts_table
from tui_app.screens.fields import CycleField, Tick
from tui_app.screens.place import Place
from tui_app.settings import INTERVAL_CHOICES_HOURS, SyncSettings, change_app_settings

_FLAGS: Final[Mapping[str, str]] = {
    "automatic": "Sync by itself while the app runs",
    "unmetered_only": "Never over a metered connection",
    "at_start": "Sync each time the app starts",
    "notify": "Say when a sync has finished",
}


class SettingsScreen(Place):
    """How the profile is kept fresh, what its cache holds, how the app looks."""

    PLACE = "settings"
    DEFAULT_CSS = """
    SettingsScreen {
        #fields { height: 1fr; padding: 0 2; overflow-y: auto; scrollbar-size-vertical: 1; }
        .heading { text-style: bold; color: $text-primary; margin-top: 1; height: 1; }
        #heading-sync { margin: 0 0 1 0; }
        .quiet { color: $text-muted; height: auto; }
        .row { height: auto; }
        .row > Button { margin-right: 2; }
        Tick { background: transparent; padding: 0; margin-right: 3; width: auto; }
        CycleField { max-width: 60; }
        #facts, #account { height: auto; margin-bottom: 1; }
        &.-narrow #fields { padding: 0 1; }
        &.-narrow .row { layout: vertical; }
        &.-narrow .row > Button { margin: 0 0 1 0; }
        #saved { height: auto; max-height: 3; padding: 0 2; color: $text-success; }
        #saved.-refused { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "defaults", "Restore defaults", tooltip="The sync settings as they came", id="settings.defaults"),
        Binding("ctrl+t", "app.choose_theme", "Theme", tooltip="Choose how the app looks", id="settings.theme"),
        Binding("up", "app.focus_previous", "Up", show=False, tooltip="The field above", id="settings.up"),
        Binding("down", "app.focus_next", "Down", show=False, tooltip="The field below", id="settings.down"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._heading = Static("Synchronisation", classes="heading", id="heading-sync", markup=False)
        self._saved = Static("", id="saved", markup=False)
        self._facts = Static("", id="facts")
        self._account = Static("", id="account", markup=False)
        self._flags = {name: Tick(words, id=name, compact=True) for name, words in _FLAGS.items()}
        self._kinds = {kind: Tick(kind.plural.capitalize(), id=f"kind-{kind}", compact=True) for kind in LISTED_KINDS}
        choices = [(hours, _interval_words(hours)) for hours in INTERVAL_CHOICES_HOURS]
        self._interval = CycleField("How often", choices, SyncSettings().interval_hours, id="interval_hours")
        self._actions = {
            id_: Button(words, id=id_, compact=True)
            for id_, words in (("sync", "Sync now"), ("full", "Full sync"), ("clear", "Clear cache …"))
        }

    def compose_body(self) -> ComposeResult:
        app_settings = self.house.settings
        with Vertical(id="body"):
            with Vertical(id="fields"):  # none with keys of its own: arrows go from field to field
                yield self._heading
                yield self._flags["automatic"]
                yield self._interval
                yield from (tick for name, tick in self._flags.items() if name != "automatic")
                with Horizontal(classes="row"):
                    yield from self._kinds.values()
                yield Static("Account", classes="heading", markup=False)
                yield self._account
                yield Static("Cache", classes="heading", markup=False)
                yield self._facts
                with Horizontal(classes="row"):
                    yield from self._actions.values()
                yield Static("Look", classes="heading", markup=False)
                with Horizontal(classes="row"):
                    yield Button("Choose a theme …", id="theme", compact=True)
                    yield Tick("Bell", app_settings.bell, id="app-bell", compact=True)
                    yield Tick(
                        "Desktop notification",
                        app_settings.desktop_notifications,
                        id="app-desktop_notifications",
                        compact=True,
                    )
            yield self._saved

    # --------------------------------------------------------------------------------------- what is shown
    def library_opened(self) -> None:
        self._fill()
        self._read_facts()

    def library_changed(self, parts: frozenset[str]) -> None:
        self._read_facts()

    def show_news(self) -> None:
        super().show_news()
        for button in self._actions.values():
            button.disabled = self.house.profile is None or self.house.is_syncing
        name = self.house.profile.name if self.house.profile else "no profile yet"
        reason = self.house.waiting.get(name, "")
        waiting = f": {reason}" if reason else ""
        self._heading.update(f"Synchronisation of {name}{waiting}")

    def _fill(self) -> None:
        """The fields as the profile's settings are."""
        profile = self.house.profile
        settings = profile.sync if profile else SyncSettings()
        with self.prevent(Checkbox.Changed):
            for name, tick in self._flags.items():
                tick.value = getattr(settings, name)
            for kind, tick in self._kinds.items():
                tick.value = kind in settings.kinds
        self._interval.set(settings.interval_hours)

    @work(exclusive=True, group="facts", exit_on_error=False)
    async def _read_facts(self) -> None:
        stats = await self.house.refresh_stats()
        await asyncio.to_thread(self.house.reload_profile)  # a sync logs in: the account may stand otherwise now
        account = self.house.profile.account if self.house.profile else None
        self._account.update(account_words(account, time.time()))
        self._facts.update(
            facts_table(stats, self.house.settings.size_limit_mb) if stats else Text("No profile, no cache.")
        )

    # --------------------------------------------------------------------------------------- what is heard
    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        event.stop()
        name = event.checkbox.id or ""
        if name.startswith("app-"):
            self._save_app(**{name.removeprefix("app-"): event.value})
        else:
            self._save_sync()

    def on_cycle_field_changed(self, event: CycleField.Changed) -> None:
        event.stop()
        self._save_sync()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "clear":
            self.action_clear_cache()
        elif event.button.id == "theme":
            self.run_worker(self.app.run_action("choose_theme"))
        else:
            self.post_message(SyncWanted(full=event.button.id == "full"))

    # --------------------------------------------------------------------------------------------- saving
    def _wanted(self, settings: SyncSettings) -> SyncSettings:
        flags: dict[str, Any] = {name: tick.value for name, tick in self._flags.items()}
        kinds = tuple(kind for kind, tick in self._kinds.items() if tick.value)
        return replace(settings, **flags, kinds=kinds, interval_hours=self._interval.value)

    def _save_sync(self) -> None:
        if self.house.profile is not None:
            self._write(self.house.profile.name, self._wanted)

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _write(self, profile: str, change: Any) -> None:
        """Change the profile's settings as the file holds them now."""

        def write() -> None:
            profiles = self.house.profiles
            profiles.save_sync_settings(profile, change(profiles.get_sync_settings(profile)))

        await self._save(write)

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _save_app(self, **changes: Any) -> None:
        def write() -> None:
            self.house.settings = change_app_settings(self.house.paths, **changes)

        await self._save(write)

    async def _save(self, write: Any) -> None:
        line = self._saved
        try:
            await asyncio.to_thread(write)
        except XtreamTuiError as error:
            line.add_class("-refused")
            line.update(f"Not saved: {error.message} {error.hint}")
            self._fill()
            return
        line.remove_class("-refused")
        line.update(f"Saved at {time.strftime('%H:%M:%S')}.")
        self.house.reload_profile()
        self.post_message(SettingsChanged())

    # --------------------------------------------------------------------------------------------- actions
    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_defaults(self) -> None:
        """The sync settings as they came."""
        if self.house.profile is None:
            return
        profile = self.house.profile.name
        await self._save(lambda: self.house.profiles.save_sync_settings(profile, SyncSettings()))
        self._fill()

    @work(exclusive=True, group="clear", exit_on_error=False)
    async def action_clear_cache(self) -> None:
        """Remove what was fetched; asks first."""
        profile, stats = self.house.profile, self.house.stats
        if profile is None or self.house.is_syncing:
            return
        items = sum(stats.counts.values()) if stats else 0
        dialog = ChoiceDialog(
            "Clear the cache",
            f"Remove the copy of {items:,} items?",
            ("Profiles, settings, favourites and watched marks stay.", "The next sync fetches everything again."),
            (Choice("clear", "Clear", "error"), Choice("keep", "Keep", "primary")),
        )
        if await self.app.push_screen_wait(dialog) == "clear":
            self.post_message(CacheCleared(profile.name))


def _interval_words(hours: int | None) -> str:
    return "by hand only" if hours is None else f"every {hours} hours"
