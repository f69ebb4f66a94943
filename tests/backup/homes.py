"""Homes to back up, and what a restore may touch."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.user_rows import fill_users_file
from tui_app.backup import make_plan, opened_backup, restore, write_backup
from tui_app.backup.encryption import EncryptedSecrets
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, SyncSettings, change_app_settings
from tui_app.store.database import table_name
from tui_app.store.user_models import USER_MODELS

PASSWORD = "s3cret-pass-42"


def home(folder: Path, *names: str) -> Paths:
    """A home with these profiles, a row of each in every table, and a setting of its own."""
    paths = Paths.under(folder).ensure()
    for name in names:
        sync = SyncSettings(interval_hours=48)
        profile = Profile(name, f"http://{name.lower()}.example", "u", password_source="file", sync=sync)
        ProfileStore(paths).add(profile, f"{PASSWORD}-{name}")
        fill_users_file(paths, name)
    change_app_settings(paths, bell=True)
    return paths


def backed_up(paths: Paths, file: Path, secrets: EncryptedSecrets | None = None) -> Path:
    with file.open("wb") as stream:
        write_backup(paths, stream, secrets)
    return file


def brought_back(paths: Paths, file: Path, *, replace: bool = False, passwords: dict[str, str] | None = None) -> None:
    with opened_backup(file) as backup:
        restore(paths, backup, make_plan(paths, backup, replace=replace), passwords or {})


def state(paths: Paths) -> dict[str, Any]:
    """All that a restore may touch."""
    found: dict[str, Any] = {
        file.name: file.read_bytes() if file.exists() else None
        for file in (paths.profiles_file, paths.settings_file, paths.secrets_file)
    }
    if paths.user_db.exists():
        with closing(sqlite3.connect(paths.user_db)) as connection:
            for model in USER_MODELS:
                found[table_name(model)] = sorted(connection.execute(f"SELECT * FROM {table_name(model)}").fetchall())
    return found
