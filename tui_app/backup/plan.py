"""Work out what restoring a backup would change, including which of its settings run programs.

A backup may come from someone else: settings that run programs are left out unless the user asks for them. Keys that
this version does not know are treated the same way, because a later version may run them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui_app.backup.archive import Backup
from tui_app.paths import Paths
from tui_app.settings import AppSettings, Profile, ProfileStore, SyncSettings, load_app_settings
from tui_app.settings.documents import quoted
from tui_app.settings.schema import PROFILE_COMMANDS, SETTINGS_COMMANDS, declared_settings
from tui_app.settings.toml_file import TomlFile
from tui_app.settings.validation import same_name
from tui_app.store.user.profile_rows import count_rows

_SYNC: Final = "sync"
_SOURCE: Final = "password_source"
_BY_COMMAND: Final = "command"

_PLAIN_SETTINGS: Final = frozenset(declared_settings(AppSettings)) - SETTINGS_COMMANDS
_PLAIN_PROFILE_KEYS: Final = frozenset(declared_settings(Profile)) - PROFILE_COMMANDS
_PLAIN_SYNC_KEYS: Final = frozenset(declared_settings(SyncSettings))


@dataclass(frozen=True, slots=True)
class Command:
    """A value of the backup that is not restored unasked. `key` is its dotted key, `text` its whole value."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """One table of the backup: what can be restored, and what was left out."""

    table: dict[str, Any]
    excluded: tuple[Command, ...]


def sort_settings(table: Mapping[str, Any], here: Mapping[str, Any]) -> Sorted:
    """Sort the settings of the app. A value that is the same in the current file is kept."""
    plain, odd = _split(table, _PLAIN_SETTINGS, here)
    return Sorted(plain, tuple(_commands("", odd)))


def is_plain_setting(key: str) -> bool:
    """Return whether a key of the app's settings is known and runs nothing."""
    return key in _PLAIN_SETTINGS


def sort_profile(name: str, table: Mapping[str, Any], here: Mapping[str, Any]) -> Sorted:
    """Sort one profile. Without its password command it has no password until one is set."""
    plain, odd = _split(table, _PLAIN_PROFILE_KEYS | {_SYNC}, here)
    sync, odd_sync = _split(_table(table, _SYNC), _PLAIN_SYNC_KEYS, _table(here, _SYNC))
    if _SYNC in plain:
        plain[_SYNC] = sync
    if plain.get(_SOURCE) == _BY_COMMAND and "password_command" in odd:
        del plain[_SOURCE]
    prefix = f"profiles.{quoted(name)}."
    return Sorted(plain, (*_commands(prefix, odd), *_commands(f"{prefix}{_SYNC}.", odd_sync)))


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key, {})
    return found if isinstance(found, Mapping) else {}


def _split(
    table: Mapping[str, Any], plain: frozenset[str], here: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the plain or unchanged entries, and the rest."""
    taken = {key: value for key, value in table.items() if key in plain or (key in here and here[key] == value)}
    return taken, {key: value for key, value in table.items() if key not in taken}


def _commands(prefix: str, values: Mapping[str, Any]) -> Iterator[Command]:
    for key, value in values.items():
        yield Command(f"{prefix}{quoted(key)}", value if isinstance(value, str) else repr(value))


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to each profile; the rows in the backup for each table of the user's file."""

    replace: bool
    added: tuple[str, ...]
    replaced: tuple[str, ...]  # exist, and get the backup's connection and settings
    kept: tuple[str, ...]  # exist, and stay unchanged
    removed: tuple[str, ...]  # not in the backup
    rows: Mapping[str, int]
    settings: tuple[str, ...]  # keys of the app's settings that will change
    names: Mapping[str, str]  # name in the backup → current name
    profile_tables: Mapping[str, Mapping[str, Any]]  # current name of added and replaced ones → new table
    settings_table: Mapping[str, Any]  # new values of `settings`; a missing key is removed
    commands: tuple[Command, ...]  # settings of the backup that run programs and are new
    moved: Mapping[str, tuple[str, str]]  # current name of replaced ones → old and new addresses if they differ


def make_plan(paths: Paths, backup: Backup, *, replace: bool, with_commands: bool = False) -> Plan:
    """Compare the backup with the current files. `with_commands` includes settings that run programs.

    Raises `SettingsError` when the current files can't be read: they are not overwritten unread.
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
    """Return current name → table, for the profiles of the backup that are restored."""
    here, theirs = (
        TomlFile(paths.profiles_file).read().get("profiles", {}),
        backup.profiles_document.get("profiles", {}),
    )
    return {new: sort_profile(old, theirs[old], here.get(new, {})) for old, new in names.items()}


def _sorted_settings(here: Mapping[str, Any], theirs: Mapping[str, Any], *, replace: bool) -> Sorted:
    return sort_settings({key: value for key, value in theirs.items() if replace or key not in here}, here)


def _moved(profiles: Sequence[Profile], backup: Backup, names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    here = {profile.name: ", ".join(profile.addresses) for profile in profiles}
    pairs = {
        names[profile.name]: (here.get(names[profile.name]), ", ".join(profile.addresses))
        for profile in backup.profiles
    }
    return {name: (old, new) for name, (old, new) in pairs.items() if old is not None and old != new}


def _name_here(name: str, here: list[str]) -> str:
    """Return the current spelling of a name that only differs by case."""
    return name if name in here else next((known for known in here if same_name(known, name)), name)


def _changing(here: Mapping[str, Any], theirs: Mapping[str, Any], *, replace: bool, may_go: bool) -> tuple[str, ...]:
    """Return the keys that change or disappear; keys of commands disappear only with `may_go`."""
    if not replace:
        return tuple(key for key in theirs if key not in here)
    going = (key for key in here if key not in theirs and (may_go or is_plain_setting(key)))
    return (*(key for key in theirs if here.get(key) != theirs[key]), *going)
