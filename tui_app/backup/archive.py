"""The file of a backup: a ZIP archive with a manifest, the TOML files as they are, and the user's SQLite file.

Reading checks all of it before anybody may use a part: the manifest, every digest, that the files parse, and that the
user's file opens and comes up to date in a folder of its own.
"""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import time
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from tui_app import __version__
from tui_app.backup.sealing import SealedSecrets
from tui_app.errors import LibraryError, NewerLibrary, SettingsError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, load_app_settings
from tui_app.settings.documents import app_settings_from, profile_from
from tui_app.settings.tables import Table
from tui_app.store.database import LibraryDatabase, open_user_file
from tui_app.store.marks import UserStore

FORMAT: Final = "xtream-tui-backup"
VERSION: Final = 1
_MANIFEST: Final = "manifest.json"
_PROFILES: Final = "profiles.toml"
_SETTINGS: Final = "settings.toml"
_USER: Final = "user.db"
_MEMBERS: Final = (_PROFILES, _SETTINGS, _USER)
_LARGEST: Final = 2_000_000_000  # bytes of one member: a small archive may claim to hold a large one
_DAMAGED_HINT: Final = "Nothing was changed. Take another backup."


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was found whole. `user` is its user's file, brought up to date, open for this thread."""

    made_at: int  # epoch seconds
    program: str  # the version that made it
    profiles: tuple[Profile, ...]
    current: str | None
    profiles_document: dict[str, Any]
    settings_document: dict[str, Any]
    user: LibraryDatabase
    user_path: Path
    secrets: SealedSecrets | None


# -------------------------------------------------------------------------------------------------------- writing
def write_backup(paths: Paths, stream: BinaryIO, secrets: SealedSecrets | None = None) -> None:
    """Write everything that can't be fetched again.

    Raises `SettingsError` when a settings file is not valid: a backup of it could not be restored.
    """
    ProfileStore(paths).list()
    load_app_settings(paths)
    members = {_PROFILES: _bytes_of(paths.profiles_file), _SETTINGS: _bytes_of(paths.settings_file)}
    members[_USER] = _user_bytes(paths)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "program": __version__,
        "made_at": int(time.time()),
        "sha256": {name: sha256(content).hexdigest() for name, content in members.items()},
        "secrets": secrets.document() if secrets else None,
    }
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        for name, content in members.items():
            archive.writestr(name, content)


def _bytes_of(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _user_bytes(paths: Paths) -> bytes:
    """A consistent copy of the user's file, also while the app writes it; empty when there is none."""
    if not paths.user_db.exists():
        return b""
    UserStore(paths.user_db).close()  # brings it up to date, or takes over what can be read of a damaged one
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / _USER
        with closing(sqlite3.connect(paths.user_db)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = delete")
        return copy.read_bytes()


# -------------------------------------------------------------------------------------------------------- reading
def is_backup(path: Path) -> bool:
    """Whether a file looks like one of ours, whole or not."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _MANIFEST in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """A backup, read and checked whole, as long as the block lasts.

    Raises `LibraryError` for a damaged or foreign file, `NewerLibrary` for one of a newer program, `OSError`.
    """
    manifest, members = _read(path)
    with tempfile.TemporaryDirectory() as folder:
        user_path = Path(folder) / _USER
        if members[_USER]:
            user_path.write_bytes(members[_USER])
        user = _opened(user_path)
        try:
            yield _backup(manifest, members, user, user_path)
        finally:
            user.close_all()


def _read(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = _manifest(_member(archive, _MANIFEST))
            members = {name: _member(archive, name) for name in _MEMBERS}
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise LibraryError(f"{path.name} is no backup of xtream-tui, or it is damaged.", hint=_DAMAGED_HINT) from error
    digests = manifest.get("sha256")
    if not isinstance(digests, dict) or any(digests.get(name) != sha256(members[name]).hexdigest() for name in members):
        raise LibraryError(f"{path.name} is damaged: a part of it is not what was written.", hint=_DAMAGED_HINT)
    return manifest, members


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST:
        raise ValueError(name)
    return archive.read(name)


def _manifest(raw: bytes) -> dict[str, Any]:
    """`ValueError` for what is none of ours."""
    manifest = json.loads(raw)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(FORMAT)
    version = int(str(manifest.get("version")))
    if version > VERSION:
        raise NewerLibrary(f"This backup was made by a newer xtream-tui (version {version} of its form).")
    return manifest


def _opened(path: Path) -> LibraryDatabase:
    user = open_user_file(path)
    if user.set_aside is not None:
        user.close_all()
        raise LibraryError("The marks in this backup are damaged.", hint=_DAMAGED_HINT)
    return user


def _backup(manifest: dict[str, Any], members: dict[str, bytes], user: LibraryDatabase, user_path: Path) -> Backup:
    try:
        profiles, settings = (tomllib.loads(members[name].decode("utf-8-sig")) for name in (_PROFILES, _SETTINGS))
        table = Table(profiles, _PROFILES)
        names = table.table("profiles")
        found = tuple(profile_from(name, names.table(name)) for name in names)
        current = table.text("current", found[0].name) if found else None
        app_settings_from(Table(settings, _SETTINGS))
        made_at, program = int(manifest.get("made_at", 0)), str(manifest.get("program", ""))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, SettingsError, TypeError, ValueError) as error:
        raise LibraryError("The settings in this backup can't be used.", hint=_DAMAGED_HINT) from error
    sealed = manifest.get("secrets")
    secrets = SealedSecrets.from_document(sealed) if isinstance(sealed, dict) else None
    return Backup(made_at, program, found, current, profiles, settings, user, user_path, secrets)
