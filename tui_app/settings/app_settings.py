"""The app's own settings, in `settings.toml`: read as a whole, changed one by one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from tui_app.paths import Paths
from tui_app.settings.documents import Table, app_settings_from, app_settings_table, overlay, quoted
from tui_app.settings.schema import AppSettings, refuse, validate_app_settings
from tui_app.settings.toml_file import Document, TomlFile


def load_app_settings(paths: Paths) -> AppSettings:
    """What the file says, defaults for the rest. Raises `SettingsError` naming the file and the place."""
    file = TomlFile(paths.settings_file)
    return app_settings_from(Table(file.read(), str(file.path)))


def unknown_app_settings(paths: Paths) -> tuple[str, ...]:
    """Keys of the file that mean nothing to us: written for another version, or misspelt. They stay as they are.

    Raises `SettingsError` for a file that can't be read.
    """
    known = {field.name for field in fields(AppSettings)}
    return tuple(quoted(key) for key in TomlFile(paths.settings_file).read() if key not in known)


def change_app_settings(paths: Paths, **changes: Any) -> AppSettings:
    """Set the named settings, as in `change_app_settings(paths, theme="nord")`, and answer with all as they are now.

    Settings not named keep what the file says at this moment, edits by hand included. Raises `UsageError` for a
    refused value, `SettingsError` for a file that can't be read or written; either way the file stays as it was.
    """
    file = TomlFile(paths.settings_file)
    changed: list[AppSettings] = []

    def put(document: Document) -> None:
        current = app_settings_from(Table(document, str(file.path)))
        wanted = replace(current, **changes)
        refuse(validate_app_settings(wanted))
        new = {key: value for key, value in app_settings_table(wanted).items() if key in changes}
        if "keys" in new:
            new["keys"] = {**dict.fromkeys(current.keys), **wanted.keys}
        overlay(document, new, app_settings_table(AppSettings()))
        changed.append(wanted)

    file.change(put)
    return changed[0]
