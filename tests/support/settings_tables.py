"""The tables of settings in the handbook, read from the settings themselves: keys, defaults, what is refused.

What a key means is the comment beside its field in `tui_app/settings/schema.py`: written once, for both readers.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tui_app.catalog import Kind
from tui_app.settings.documents import app_settings_table as app_table
from tui_app.settings.documents import connection_table, sync_table
from tui_app.settings.schema import (
    AppSettings,
    Profile,
    SyncSettings,
    validate_app_settings,
    validate_profile,
    validate_sync_settings,
)

_PROFILE: Final = Profile("home", "http://panel.example:8080", "u")
_FIELD: Final = re.compile(r"^    (\w+): [^#\n]+?(?:  # (.+))?$", re.MULTILINE)
#: For fields whose comment speaks to programmers, or that have none.
_WORDS: Final = {
    "kinds": "what is copied, at least one of them",
    "excluded_categories": "ids of categories that are not copied: lists under `channels`, `movies`, `series`",
    "interval_hours": "hours from the last success to the next sync, at least 6; 0 = only by hand",
    "keys": "action → key, or several separated by commas; the chapter on keys lists the actions",
    "url": "the panel's address, without user name and password",
    "username": "the user name",
    "password_source": "where the password is: `keyring`, `command` or `file`",
    "password_command": "a shell command that prints the password",
    "user_agent": "the User-Agent header sent to the provider",
    "connect_timeout_s": "seconds to wait for a connection",
    "first_byte_timeout_s": "seconds to wait for an answer to begin; panels take long before they send a list",
    "read_timeout_s": "seconds without data before an answer counts as broken",
    "verify_tls": "refuse invalid certificates",
    "player": "what plays: `auto` (mpv, else VLC), `mpv`, `vlc` or `command`",
    "player_command": "your own command; it may contain `{url}`, `{playlist}`, `{title}`, `{start}`, `{user_agent}`",
    "desktop_notifications": "ask the terminal for a desktop notification when a sync finishes",
    "guide": "how much of the programme guide is fetched: `off`, `visible` or `full`",
}


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
    words = {name: comment or "" for name, comment in _FIELD.findall(inspect.getsource(source))} | _WORDS
    undescribed = [key for key in defaults if not words.get(key)]
    assert not undescribed, f"say what {', '.join(undescribed)} means in a comment beside it in settings/schema.py"
    rows = [f"| `{key}` | {_spelt(value)} | {_for_people(words[key])} |" for key, value in defaults.items()]
    return "\n".join(("| key | default | meaning |", "|---|---|---|", *rows))


def _spelt(value: Any) -> str:
    """A default as it would stand in the file."""
    if value is None or value == "" or value == {} or isinstance(value, dict):
        return "–"
    return f"`{json.dumps(value)}`"


def _for_people(comment: str) -> str:
    """Left out of the file is what programmers call None."""
    return re.sub(r"\bNone\b", "left out", comment).replace("->", "→").replace("|", "\\|")
