"""Creates and runs the app: folders, profiles, settings, themes, then the Textual app.

Textual is imported inside functions: it reads environment variables at import, and those for a slow line are set here
first.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from tui_app.paths import Paths
from tui_app.pictures import can_draw
from tui_app.self_exec import relaunch_argv
from tui_app.terminal.capabilities import can_show_pictures, default_theme, tune_colours

if TYPE_CHECKING:
    from tui_app.tui.app import TuiApp

#: Over SSH every frame costs bytes. Variables set by the user are kept.
_REMOTE_KNOBS: Final = {"TEXTUAL_FPS": "20", "TEXTUAL_ANIMATIONS": "none"}


def run_app(paths: Paths, *, profile: str | None = None, demo: bool = False) -> int:
    """Run the app until the user exits; return its exit code.

    `profile` is shown first (default: the current one); `demo` syncs an empty library without asking. Raises
    `UsageError` for an unknown profile and `SettingsError` for unreadable files, before anything is painted.
    """
    gc.disable()  # collecting while everything is built costs 75-110 ms; `TuiApp` turns it on after the first paint
    tune_for_remote(os.environ)
    tune_colours(os.environ)
    app = make_app(paths, profile=profile, by_itself=not demo, sync_empty=demo)
    app.app_state.can_show_pictures = can_draw() and can_show_pictures(os.environ)
    app.run()
    if app.leads_to_demo:
        command = relaunch_argv()
        os.execv(command[0], [*command, "demo"])
    return app.return_code or 0


def tune_for_remote(environ: MutableMapping[str, str]) -> bool:
    """Set Textual's variables for a slow line when the session is remote; return whether it is."""
    if not is_remote(environ):
        return False
    for knob, value in _REMOTE_KNOBS.items():
        environ.setdefault(knob, value)
    return True


def is_remote(environ: Mapping[str, str]) -> bool:
    """Return True in an SSH session."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def make_app(paths: Paths, *, profile: str | None = None, **options: Any) -> TuiApp:
    """Create the app, ready to run; `options` are those of `TuiApp`."""
    from tui_app.services.app_state import make_app_state  # noqa: PLC0415 - Textual reads its environment at import
    from tui_app.theming import load_themes  # noqa: PLC0415 - Textual reads its environment at import
    from tui_app.tui.app import TuiApp  # noqa: PLC0415 - Textual reads its environment at import

    app_state = make_app_state(paths.ensure())
    app_state.is_remote = is_remote(os.environ)
    app_state.activate(app_state.profiles.get(profile) if profile is not None else app_state.profiles.current())
    themes = load_themes(paths.themes_folder)
    theme = app_state.settings.theme or default_theme(os.environ)
    app = TuiApp(app_state, themes, theme, **options)
    if sends_changed_cells_only(app_state.settings.changed_cells_only, os.environ):
        from tui_app.terminal.diff_driver import DiffDriver  # noqa: PLC0415 - Textual reads its environment at import

        app.driver_class = DiffDriver
    return app


def sends_changed_cells_only(wanted: bool | None, environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return True when to use the diff driver: by the setting, else over SSH.

    Never with a custom driver.
    """
    if platform == "win32" or environ.get("TEXTUAL_DRIVER"):
        return False
    return is_remote(environ) if wanted is None else wanted
