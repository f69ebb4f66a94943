"""The appearance of the app: theme and colour depth, styles for Textual's own widgets, ASCII only, animations."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Final

from textual import work
from textual.binding import Binding
from textual.constants import TEXTUAL_ANIMATIONS
from textual.filter import LineFilter

from tui_app.errors import XtreamTuiError
from tui_app.messages import SettingsChanged
from tui_app.screens.dialogs.choosers import ThemeDialog
from tui_app.screens.notifications import notify_error
from tui_app.settings import change_app_settings
from tui_app.terminal.capabilities import NO_COLOR_THEME, has_few_characters, is_utf8
from tui_app.theming import ThemesLoaded, depth_of
from tui_app.theming.color_depth import NoColor
from tui_app.tui.play_actions import PlayActions
from tui_app.widgets.ascii_filter import KEY_WORDS, AsciiFilter

STOCK_CSS: Final = """
Button, Button.-primary { background: $primary-muted; color: $text-primary; }
Button.-warning { background: $warning-muted; color: $text-warning; }
Button.-error { background: $error-muted; color: $text-error; }
Button:focus {
    background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
}
Button.-textual-compact:disabled { border: none !important; }

Input > .input--placeholder, Input > .input--suggestion { color: $text-muted; text-style: none; }
Select > SelectCurrent > Static#label { color: $text-muted; }
Select > SelectCurrent.-has-value > Static#label { color: $foreground; }

ToastRack { margin-bottom: 3; }
Toast { max-width: 50%; background: $panel; }

MainScreen:ansi, Input:ansi, ToggleButton:ansi, Select:ansi > SelectCurrent
{ background: $surface; color: $foreground; }
Input:ansi > .input--cursor { background: $input-cursor-background; color: $input-cursor-foreground; }
Toast:ansi { background: $panel; color: $foreground; border: round $border; padding: 0 1; }

MainScreen.-short ToastRack { margin-bottom: 2; }
MainScreen.-short ToastHolder { display: none; }
MainScreen.-short ToastHolder:last-child { display: block; }
MainScreen.-short Toast, MainScreen.-short Toast:ansi {
    width: 1fr; max-width: 100%; max-height: 5; padding: 0 1; margin: 0; border-top: none; border-right: none;
    border-bottom: none;
}
"""


class Appearance(PlayActions):
    """The part of the app that handles themes. Call `set_up_themes` once, when `app_state` is set."""

    CSS = STOCK_CSS
    #: One sentence for each unusable theme.
    theme_problems: tuple[str, ...] = ()

    def set_up_themes(self, themes: ThemesLoaded, wanted: str) -> None:
        """Apply the theme of this name, else the first one and a problem; apply the settings."""
        self._themes = themes.themes
        self._characters = AsciiFilter(letters_too=not is_utf8(os.environ))
        self.apply_settings()
        depth = depth_of(self.console.color_system)
        for loaded in themes.themes:
            self.register_theme(loaded.at_depth(depth))
        if self.no_color:
            wanted = NO_COLOR_THEME
        names = [loaded.name for loaded in themes.themes]
        if names:
            self.theme = wanted if wanted in names else names[0]
        unknown = () if wanted in names else (f"There is no theme “{wanted}” that can be used.",)
        self.theme_problems = (*themes.problems, *unknown)

    def apply_settings(self) -> None:
        """Apply the ASCII and animation settings and repaint."""
        settings, before = self.app_state.settings, self._characters.enabled
        self._characters.enabled = has_few_characters(os.environ) if settings.ascii is None else settings.ascii
        moves = settings.animations
        self.animation_level = TEXTUAL_ANIMATIONS if moves is None else "full" if moves else "none"
        if self._characters.enabled != before and self.is_running:
            self.refresh_css(animate=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = [NoColor()] if self.no_color else super().get_line_filters()
        return [*filters, self._characters] if self._characters.enabled else filters

    def get_key_display(self, binding: Binding) -> str:
        shown = super().get_key_display(binding)
        return KEY_WORDS.get(shown, shown) if self._characters.enabled else shown

    @work(exclusive=True, group="dialog")
    async def action_choose_theme(self) -> None:
        """Choose a theme."""
        if self.no_color:
            self.notify("NO_COLOR is set: the app uses no colours.", title="Theme", markup=False)
            return
        choices = [(loaded.name, loaded.title, loaded.theme.dark) for loaded in self._themes]
        chosen = await self.push_screen_wait(ThemeDialog(choices))
        if chosen is None:
            return
        try:
            self.app_state.settings = await asyncio.to_thread(change_app_settings, self.app_state.paths, theme=chosen)
        except XtreamTuiError as error:
            notify_error(self, error)
        else:
            self.screen.post_message(SettingsChanged())
