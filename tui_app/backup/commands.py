"""What in the settings of a backup runs programs: left out unless the user asks for it.

A backup may come from somebody else. What this version does not know is treated like a command, because a later one may
run it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from tui_app.settings import AppSettings, SyncSettings
from tui_app.settings.documents import profile_keys, quoted, sync_table
from tui_app.settings.schema import PROFILE_COMMANDS, SETTINGS_COMMANDS

_SYNC: Final = "sync"
_SOURCE: Final = "password_source"
_BY_COMMAND: Final = "command"

_PLAIN_SETTINGS: Final = frozenset(field.name for field in fields(AppSettings)) - SETTINGS_COMMANDS
_PLAIN_PROFILE_KEYS: Final = profile_keys() - PROFILE_COMMANDS
_PLAIN_SYNC_KEYS: Final = frozenset(sync_table(SyncSettings()))


@dataclass(frozen=True, slots=True)
class Command:
    """A value of the backup that is not taken over unasked. `place` is its dotted key, `text` all of its value."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """One table of the backup: what may be taken over, and what was left out of it."""

    table: dict[str, Any]
    excluded: tuple[Command, ...]


def sort_settings(table: Mapping[str, Any], here: Mapping[str, Any]) -> Sorted:
    """The app's settings. What stands in the file here with the same value is nothing new, so it stays in."""
    plain, odd = _split(table, _PLAIN_SETTINGS, here)
    return Sorted(plain, tuple(_commands("", odd)))


def is_plain_setting(key: str) -> bool:
    """Whether a key of the app's settings is known, and runs nothing."""
    return key in _PLAIN_SETTINGS


def sort_profile(name: str, table: Mapping[str, Any], here: Mapping[str, Any]) -> Sorted:
    """One profile; without its command it is without a password, too, until one is given."""
    plain, odd = _split(table, _PLAIN_PROFILE_KEYS | {_SYNC}, here)
    sync, odd_sync = _split(_table(table, _SYNC), _PLAIN_SYNC_KEYS, _table(here, _SYNC))
    if _SYNC in plain:
        plain[_SYNC] = sync
    if plain.get(_SOURCE) == _BY_COMMAND and "password_command" in odd:
        del plain[_SOURCE]
    place = f"profiles.{quoted(name)}."
    return Sorted(plain, (*_commands(place, odd), *_commands(f"{place}{_SYNC}.", odd_sync)))


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key, {})
    return found if isinstance(found, Mapping) else {}


def _split(
    table: Mapping[str, Any], plain: frozenset[str], here: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what is plain or no news, the rest)."""
    taken = {key: value for key, value in table.items() if key in plain or (key in here and here[key] == value)}
    return taken, {key: value for key, value in table.items() if key not in taken}


def _commands(place: str, values: Mapping[str, Any]) -> Iterator[Command]:
    for key, value in values.items():
        yield Command(f"{place}{quoted(key)}", value if isinstance(value, str) else repr(value))
