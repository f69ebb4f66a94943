"""The settings of the app in `settings.toml`: read them together, change them one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tui_app.paths import Paths
from tui_app.settings.documents import Table, app_settings_from, app_settings_table, overlay, quoted
from tui_app.settings.schema import AppSettings, declared_settings, refuse, validate_app_settings
from tui_app.settings.toml_file import Document, TomlFile


def load_app_settings(paths: Paths) -> AppSettings:
    """Read the file; defaults for what is missing. Raises `SettingsError` naming file and key."""
    file = TomlFile(paths.settings_file)
    return app_settings_from(Table(file.read(), str(file.path)))


def unknown_app_settings(paths: Paths) -> tuple[str, ...]:
    """Return the keys of the file that are no settings: misspelt, or of another version; they are kept.

    Raises `SettingsError` for a file that can't be read.
    """
    known = declared_settings(AppSettings)
    return tuple(quoted(key) for key in TomlFile(paths.settings_file).read() if key not in known)


def change_app_settings(paths: Paths, **changes: Any) -> AppSettings:
    """Change settings, as in `change_app_settings(paths, theme="nord")`, and return all of them.

    Other settings keep what the file has at this moment, including manual edits. Raises `UsageError` for a refused
    value and `SettingsError` for a file that can't be read or written; in both cases the file is unchanged.
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
