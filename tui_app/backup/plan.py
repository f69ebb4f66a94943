"""What in the settings of a backup runs programs: left out unless the user asks for it.

A backup may come from somebody else. What this version does not know is treated like a command, because a later one may
run it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from tui_app.backup.archive import Backup
from tui_app.paths import Paths
from tui_app.settings import AppSettings, Profile, ProfileStore, SyncSettings, load_app_settings
from tui_app.settings.documents import profile_keys, quoted, sync_table
from tui_app.settings.schema import PROFILE_COMMANDS, SETTINGS_COMMANDS, same_name
from tui_app.settings.toml_file import TomlFile
from tui_app.store.user.backup_rows import count_rows

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


@dataclass(frozen=True, slots=True)
class Plan:
    """Names of profiles by what becomes of them; tables of the user's file with the rows they have in the backup."""

    replace: bool
    added: tuple[str, ...]
    replaced: tuple[str, ...]  # here too, and given the backup's connection and settings
    kept: tuple[str, ...]  # here too, and left as they are
    removed: tuple[str, ...]  # not in the backup
    rows: Mapping[str, int]
    settings: tuple[str, ...]  # keys of the app's settings that will change
    names: Mapping[str, str]  # a profile's name in the backup → its name here
    profile_tables: Mapping[str, Mapping[str, Any]]  # the name here of those added and replaced → what will stand there
    settings_table: Mapping[str, Any]  # what those of `settings` become; what is not in it goes
    commands: tuple[Command, ...]  # what of the backup runs programs and is not here yet
    moved: Mapping[str, tuple[str, str]]  # the name here of those replaced → its address, its new one if they differ


def make_plan(paths: Paths, backup: Backup, *, replace: bool, with_commands: bool = False) -> Plan:
    """Compare. `with_commands`: what runs programs is taken over, too.

    Raises `SettingsError` when the files here can't be read: they are not written over unread.
    """
    load_app_settings(paths)
    profiles = ProfileStore(paths).list()
    here = [profile.name for profile in profiles]
    names = {profile.name: _name_here(profile.name, here) for profile in backup.profiles}
    common = tuple(name for name in names.values() if name in here)
    kept = () if replace else common
    tables = _sorted_profiles(paths, backup, {old: new for old, new in names.items() if new not in kept})
    settings_here = TomlFile(paths.settings_file).read()
    settings = _sorted_settings(settings_here, backup.settings_document, replace=replace)
    commands = (*(command for each in tables.values() for command in each.excluded), *settings.excluded)
    originals = {names[old]: table for old, table in backup.profiles_document.get("profiles", {}).items()}
    settings_table = backup.settings_document if with_commands else settings.table
    return Plan(
        replace=replace,
        added=tuple(name for name in names.values() if name not in here),
        replaced=common if replace else (),
        kept=kept,
        removed=tuple(name for name in here if name not in common) if replace else (),
        rows=count_rows(backup.user),
        settings=_changing(settings_here, settings_table, replace=replace, may_go=with_commands),
        names=names,
        profile_tables={name: originals[name] if with_commands else each.table for name, each in tables.items()},
        settings_table=settings_table,
        commands=commands,
        moved=_moved(profiles, backup, names) if replace else {},
    )


def _sorted_profiles(paths: Paths, backup: Backup, names: Mapping[str, str]) -> dict[str, Sorted]:
    """The name here → its table, for the names of the backup that are taken over."""
    here, theirs = (
        TomlFile(paths.profiles_file).read().get("profiles", {}),
        backup.profiles_document.get("profiles", {}),
    )
    return {new: sort_profile(old, theirs[old], here.get(new, {})) for old, new in names.items()}


def _sorted_settings(here: Mapping[str, Any], theirs: Mapping[str, Any], *, replace: bool) -> Sorted:
    return sort_settings({key: value for key, value in theirs.items() if replace or key not in here}, here)


def _moved(profiles: Sequence[Profile], backup: Backup, names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    here = {profile.name: profile.url for profile in profiles}
    pairs = {names[profile.name]: (here.get(names[profile.name]), profile.url) for profile in backup.profiles}
    return {name: (old, new) for name, (old, new) in pairs.items() if old is not None and old != new}


def _name_here(name: str, here: list[str]) -> str:
    """As it is spelt here, where people would take both for the same."""
    return name if name in here else next((known for known in here if same_name(known, name)), name)


def _changing(here: Mapping[str, Any], theirs: Mapping[str, Any], *, replace: bool, may_go: bool) -> tuple[str, ...]:
    """The keys that get another value, or go: those of commands only where the backup's commands are taken over."""
    if not replace:
        return tuple(key for key in theirs if key not in here)
    going = (key for key in here if key not in theirs and (may_go or is_plain_setting(key)))
    return (*(key for key in theirs if here.get(key) != theirs[key]), *going)
