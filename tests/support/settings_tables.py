"""The tables of settings in the handbook, read from the settings themselves: keys, defaults, what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.settings.documents import app_settings_table as app_table
from tui_app.settings.documents import connection_table, sync_table
from tui_app.settings.schema import AppSettings, Profile, SyncSettings, setting_of
from tui_app.settings.validation import validate_app_settings, validate_profile, validate_sync_settings

_PROFILE: Final = Profile("home", "http://panel.example:8080", "u")


def app_settings_table() -> str:
    """`settings.toml`."""
    return _table(app_table(AppSettings()), AppSettings)


def sync_settings_table() -> str:
    """`[profiles.NAME.sync]` in `profiles.toml`."""
    return _table(sync_table(SyncSettings()), SyncSettings)


def connection_settings_table() -> str:
    """`[profiles.NAME]` in `profiles.toml`."""
    return _table(connection_table(_PROFILE) | {"url": None, "username": None}, Profile)


def refused_list() -> str:
    """What is refused, in the program's own words."""
    bad_apps = (
        AppSettings(size_limit_mb=0),
        AppSettings(keys={"item.favourite": " "}),
        AppSettings(player="command"),
        AppSettings(player_command="mpv {adress}"),
        AppSettings(player_arguments="--idle"),
    )
    bad_syncs = (
        SyncSettings(interval_hours=3),
        SyncSettings(kinds=()),
        SyncSettings(excluded_categories={Kind.MOVIE: ("",)}),
        SyncSettings(guide="everything"),  # type: ignore[arg-type]
    )
    bad_profiles = (
        replace(_PROFILE, name=""),
        replace(_PROFILE, url="panel.example"),
        replace(_PROFILE, url="http://u:p@panel.example"),
        replace(_PROFILE, password_source="command"),
        replace(_PROFILE, user_agent="Spieler™"),
        replace(_PROFILE, connect_timeout_s=0),
    )
    sentences = [
        *(sentence for one in bad_apps for sentence in validate_app_settings(one)),
        *(sentence for one in bad_syncs for sentence in validate_sync_settings(one)),
        *(sentence for one in bad_profiles for sentence in validate_profile(one)),
    ]
    return "\n".join(f"- {sentence}" for sentence in dict.fromkeys(sentences))


def _table(defaults: Mapping[str, Any], source: type[Any]) -> str:
    rows = [
        f"| `{key}` | {_spelt(value)} | {setting_of(source, key).meaning.replace('|', chr(92) + '|')} |"
        for key, value in defaults.items()
    ]
    return "\n".join(("| key | default | meaning |", "|---|---|---|", *rows))


def _spelt(value: Any) -> str:
    """A default as it would stand in the file."""
    if value is None or value == "" or value == {} or isinstance(value, dict):
        return "–"
    return f"`{json.dumps(value)}`"
