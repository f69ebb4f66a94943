"""Restore a backup as planned, completely or not at all, after backing up the current data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tui_app.backup.archive import Backup, write_backup
from tui_app.backup.plan import Plan
from tui_app.file_access import replace_file, replacing
from tui_app.paths import Paths
from tui_app.settings import PasswordStore, ProfileStore, load_app_settings
from tui_app.settings.toml_file import Document, TomlFile
from tui_app.store.database import LibraryDatabase
from tui_app.store.opening import open_user_file
from tui_app.store.user.profile_rows import bring_rows
from tui_app.store.user.user_store import UserStore

_SAFETY_COPY: Final = "before-restore.zip"
_SOURCE: Final = "password_source"
_KEYRING: Final = "keyring"


def restore(paths: Paths, backup: Backup, plan: Plan, passwords: Mapping[str, str]) -> Path:
    """Restore as planned; return the path of the backup of the previous data.

    Removing the profiles of `plan.removed` is left to the caller. `passwords` are by name in the backup. Merging adds
    what is missing; of rows in both, the newer is used. Raises `SettingsError`, `SecretError`, `LibraryError` or
    `OSError`; everything is as before then.
    """
    paths.ensure()
    kept = _back_up_current(paths)
    user = _open_user(paths)
    try:
        with _files_put_back(paths), user.writing():
            bring_rows(user, backup.user, plan.names, replace=plan.replace)
            _restore_profiles(paths, backup, plan)
            _restore_settings(paths, plan)
            _restore_passwords(paths, plan, passwords)
            _refuse_unreadable(paths)
    finally:
        user.close_all()
    return kept


def _back_up_current(paths: Paths) -> Path:
    target = paths.data / _SAFETY_COPY
    with replacing(target, keeps_mode=False) as stream:
        write_backup(paths, stream)
    return target


def _open_user(paths: Paths) -> LibraryDatabase:
    UserStore(paths.user_db).close()  # recovers what can be read of a damaged one
    return open_user_file(paths.user_db)


@contextmanager
def _files_put_back(paths: Paths) -> Iterator[None]:
    """Restore the TOML files if anything in the block fails."""
    files = (paths.profiles_file, paths.settings_file, paths.secrets_file)
    before = {file: file.read_bytes() if file.exists() else None for file in files}
    try:
        yield
    except BaseException:
        for file, content in before.items():
            _put_back(file, content)
        raise


def _put_back(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink(missing_ok=True)
    elif not file.exists() or file.read_bytes() != content:
        replace_file(file, content)


# ---------------------------------------------------------------------------------------------- the TOML files
def _restore_profiles(paths: Paths, backup: Backup, plan: Plan) -> None:
    source = _KEYRING
    if any(table.get(_SOURCE, _KEYRING) == _KEYRING for table in plan.profile_tables.values()):
        source = PasswordStore(paths).best_source()  # the keyring of another machine is not available here
    wanted = {
        name: {**table, _SOURCE: source} if table.get(_SOURCE, _KEYRING) == _KEYRING else dict(table)
        for name, table in plan.profile_tables.items()
    }

    def put(document: Document) -> None:
        document.setdefault("profiles", {}).update(wanted)
        if backup.current and (plan.replace or "current" not in document):
            document["current"] = plan.names[backup.current]

    if backup.profiles:
        TomlFile(paths.profiles_file, by_hand=True).change(put)


def _restore_settings(paths: Paths, plan: Plan) -> None:
    def put(document: Document) -> None:
        for key in plan.settings:
            if key in plan.settings_table:
                document[key] = plan.settings_table[key]
            else:
                document.pop(key, None)

    if plan.settings:
        TomlFile(paths.settings_file, by_hand=True).change(put)


def _refuse_unreadable(paths: Paths) -> None:
    """Check that the merged files are valid. Raises `SettingsError`."""
    load_app_settings(paths)
    ProfileStore(paths).list()


def _restore_passwords(paths: Paths, plan: Plan, passwords: Mapping[str, str]) -> None:
    store = ProfileStore(paths)
    for old, password in passwords.items():
        new = plan.names.get(old)
        if new is None or new in plan.kept:
            continue
        profile = store.get(new)
        if profile.password_source != "command":
            store.passwords.store(new, profile.password_source, password)
