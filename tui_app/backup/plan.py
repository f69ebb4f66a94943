"""What bringing a backup back would change, worked out before anything is: for the question, and for the doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui_app.backup.archive import Backup
from tui_app.paths import Paths
from tui_app.settings import ProfileStore, load_app_settings
from tui_app.settings.files import TomlFile
from tui_app.settings.schema import same_name
from tui_app.store.database import LibraryDatabase
from tui_app.store.user_models import USER_MODELS
from tui_app.store.user_profiles import table_name


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


def make_plan(paths: Paths, backup: Backup, *, replace: bool) -> Plan:
    """Compare. Raises `SettingsError` when the files here can't be read: they are not written over unread."""
    load_app_settings(paths)
    here = [profile.name for profile in ProfileStore(paths).list()]
    names = {profile.name: _name_here(profile.name, here) for profile in backup.profiles}
    common = tuple(name for name in names.values() if name in here)
    return Plan(
        replace=replace,
        added=tuple(name for name in names.values() if name not in here),
        replaced=common if replace else (),
        kept=() if replace else common,
        removed=tuple(name for name in here if name not in common) if replace else (),
        rows=count_rows(backup.user),
        settings=_changing(TomlFile(paths.settings_file).read(), backup.settings_document, replace=replace),
        names=names,
    )


def _name_here(name: str, here: list[str]) -> str:
    """As it is spelt here, where people would take both for the same."""
    return name if name in here else next((known for known in here if same_name(known, name)), name)


def _changing(here: Mapping[str, Any], backup: Mapping[str, Any], *, replace: bool) -> tuple[str, ...]:
    if not replace:
        return tuple(key for key in backup if key not in here)
    return tuple(
        key for key in (*backup, *(key for key in here if key not in backup)) if here.get(key) != backup.get(key)
    )


def count_rows(user: LibraryDatabase) -> dict[str, int]:
    """Table → rows."""
    return {table_name(model): int(user.value(f"SELECT count(*) FROM {table_name(model)}")) for model in USER_MODELS}
