"""The appearance of the app: theme and colour depth, styles for Textual's own widgets, ASCII only, animations."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from textual.app import App
from textual.constants import TEXTUAL_ANIMATIONS
from textual.filter import LineFilter

from tui_app.errors import XtreamTuiError
from tui_app.messages import SettingsChanged
from tui_app.pictures import can_draw
from tui_app.screens.dialogs.choosers import ThemeDialog
from tui_app.screens.main_screen import notify_error
from tui_app.services.app_state import AppState
from tui_app.settings import change_app_settings
from tui_app.terminal.capabilities import NO_COLOR_THEME, has_few_characters, is_utf8
from tui_app.theming import ThemesLoaded, depth_of
from tui_app.theming.color_depth import NoColor
from tui_app.widgets.ascii_filter import KEY_WORDS, AsciiFilter

STOCK_CSS: Final = """
Button, Button.-primary { background: $primary-muted; color: $text-primary; }
Button.-warning { background: $warning-muted; color: $text-warning; }
Button.-error { background: $error-muted; color: $text-error; }
Button:focus {
    background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
}
Button.-textual-compact:disabled { border: none !important; }

Dialog Input:focus, Dialog Select:focus > SelectCurrent, Dialog Tick:focus {
    background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; text-style: bold;
}
Dialog Input:focus:ansi { text-style: bold underline; }
Input > .input--placeholder, Input > .input--suggestion { color: $text-muted; text-style: none; }
Select > SelectCurrent > Static#label { color: $text-muted; }
Select > SelectCurrent.-has-value > Static#label { color: $foreground; }

ToastRack { margin-bottom: 3; }
Toast { max-width: 50%; background: $panel; }

.-framed:ansi, Input:ansi, ToggleButton:ansi, Select:ansi > SelectCurrent
{ background: $surface; color: $foreground; }
Input:ansi > .input--cursor { background: $input-cursor-background; color: $input-cursor-foreground; }
Toast:ansi { background: $panel; color: $foreground; border: round $border; padding: 0 1; }

.-framed.-short ToastRack { margin-bottom: 2; }
.-framed.-short ToastHolder { display: none; }
.-framed.-short ToastHolder:last-child { display: block; }
.-framed.-short Toast, .-framed.-short Toast:ansi {
    width: 1fr; max-width: 100%; max-height: 5; padding: 0 1; margin: 0; border-top: none; border-right: none;
    border-bottom: none;
}
"""


class Appearance:
    """The appearance of the app: themes, characters, and motion."""

    def __init__(self, app: App[None], app_state: AppState, themes: ThemesLoaded) -> None:
        self._app = app
        self._app_state = app_state
        self._themes = themes.themes
        self._characters = AsciiFilter(letters_too=not is_utf8(os.environ))
        #: One sentence for each unusable theme.
        self.problems = themes.problems

    def set_up(self, wanted: str) -> None:
        """Apply the theme of this name, else the first one and a problem; apply the settings."""
        self.apply_settings()
        app, depth = self._app, depth_of(self._app.console.color_system)
        for loaded in self._themes:
            app.register_theme(loaded.at_depth(depth))
        if app.no_color:
            wanted = NO_COLOR_THEME
        names = [loaded.name for loaded in self._themes]
        if names:
            app.theme = wanted if wanted in names else names[0]
        if wanted not in names:
            self.problems = (*self.problems, f"There is no theme “{wanted}” that can be used.")

    def apply_settings(self) -> None:
        """Apply the ASCII and animation settings and repaint."""
        settings, before = self._app_state.settings, self._characters.enabled
        self._characters.enabled = has_few_characters(os.environ) if settings.ascii is None else settings.ascii
        moves = settings.animations
        self._app.animation_level = TEXTUAL_ANIMATIONS if moves is None else "full" if moves else "none"
        if self._characters.enabled != before and self._app.is_running:
            self._app.refresh_css(animate=False)

    def line_filters(self, usual: Sequence[LineFilter]) -> Sequence[LineFilter]:
        """Return the filters of all painted lines; `usual` are Textual's own."""
        filters = [NoColor()] if self._app.no_color else usual
        return [*filters, self._characters] if self._characters.enabled else filters

    def key_display(self, shown: str) -> str:
        """Return how a key is shown, from Textual's way."""
        return KEY_WORDS.get(shown, shown) if self._characters.enabled else shown

    async def choose_theme(self) -> None:
        """Choose a theme in a dialog and save it."""
        if self._app.no_color:
            self._app.notify("NO_COLOR is set: the app uses no colours.", title="Theme", markup=False)
            return
        choices = [(loaded.name, loaded.title, loaded.theme.dark) for loaded in self._themes]
        chosen = await self._app.push_screen_wait(ThemeDialog(choices))
        if chosen is not None:
            await self.keep_theme(chosen)

    @property
    def titles(self) -> Mapping[str, str]:
        """The themes to choose from: name → title."""
        return {} if self._app.no_color else {loaded.name: loaded.title for loaded in self._themes}

    async def keep_theme(self, chosen: str) -> None:
        """Use a theme and save it."""
        self._app.theme = chosen
        await self._save(theme=chosen)

    async def toggle_pictures(self) -> None:
        """Show pictures, or not, from now on; say why it is impossible."""
        if not can_draw():
            words = "Pictures need an extra package: pip install 'xtream-tui[images]'"
            self._app.notify(words, title="Pictures", markup=False)
        elif not self._app_state.can_show_pictures or self._app_state.settings.ascii:
            words = "This terminal has too few colours or characters for pictures."
            self._app.notify(words, title="Pictures", markup=False)
        else:
            await self._save(pictures=not self._app_state.shows_pictures)

    async def _save(self, **changes: Any) -> None:
        """Change settings of the app and tell all screens."""
        try:
            self._app_state.settings = await asyncio.to_thread(change_app_settings, self._app_state.paths, **changes)
        except XtreamTuiError as error:
            notify_error(self._app, error)
        else:
            self._app.screen.post_message(SettingsChanged())
