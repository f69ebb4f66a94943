"""The file of a backup: a ZIP archive with a manifest, the TOML files as they are, and the user's SQLite file.

Reading checks all of it before anybody may use a part: the manifest, every digest, that the files parse, and that the
user's file opens and comes up to date in a folder of its own.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from tui_app import __version__
from tui_app.backup.encryption import EncryptedSecrets
from tui_app.backup.members import DAMAGED_HINT, opened_archive
from tui_app.backup.user_file import open_user_copy
from tui_app.errors import LibraryError, NewerLibrary, SettingsError
from tui_app.file_access import read_regular
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, load_app_settings
from tui_app.settings.documents import Table, app_settings_from, profile_from
from tui_app.settings.schema import same_name
from tui_app.settings.toml_text import TomlProblem, parse_toml
from tui_app.store.connection import connect_reading
from tui_app.store.database import LibraryDatabase
from tui_app.store.user.user_store import UserStore

FORMAT: Final = "xtream-tui-backup"
VERSION: Final = 1
_MANIFEST: Final = "manifest.json"
_PROFILES: Final = "profiles.toml"
_SETTINGS: Final = "settings.toml"
_USER: Final = "user.db"
_JOURNAL_VERSIONS: Final = slice(18, 20)  # of the header of an SQLite file: 1 is a rollback journal, 2 a log
_LAST_MOMENT: Final = 253_402_300_800  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was found whole. `user` is its user's file, brought up to date, open for this thread."""

    made_at: int  # epoch seconds; 0 = it does not say
    program: str  # the version that made it; "" = it does not say
    profiles: tuple[Profile, ...]
    current: str | None
    profiles_document: dict[str, Any]
    settings_document: dict[str, Any]
    user: LibraryDatabase
    user_path: Path
    sealed: Any  # the passwords as they stand in the manifest

    @property
    def secrets(self) -> EncryptedSecrets | None:
        """The passwords, None when there are none. Raises `LibraryError` for damaged ones."""
        return None if self.sealed is None else EncryptedSecrets.from_document(self.sealed)


# -------------------------------------------------------------------------------------------------------- writing
def write_backup(paths: Paths, stream: BinaryIO, secrets: EncryptedSecrets | None = None) -> None:
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
    """Raises `SettingsError`."""
    try:
        return read_regular(file)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise SettingsError(f"Can't read {file}: {error.strerror}.", hint="") from error


def _user_bytes(paths: Paths) -> bytes:
    """A consistent copy of the user's file, also while the app writes it; empty when there is none."""
    if not paths.user_db.exists():
        return b""
    UserStore(paths.user_db).close()  # brings it up to date, or takes over what can be read of a damaged one
    with closing(connect_reading(paths.user_db)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)  # in memory: the folder for temporary files may be on the disk that is full
        content = bytearray(copy.serialize())
    content[_JOURNAL_VERSIONS] = b"\1\1"  # a file of its own, without a write-ahead log
    return bytes(content)


# -------------------------------------------------------------------------------------------------------- reading
def is_backup(path: Path) -> bool:
    """Whether a file looks like one of ours, whole or not."""
    try:
        with opened_archive(path) as archive:
            return _MANIFEST in archive
    except (OSError, LibraryError):
        return False


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """A backup, read and checked whole, as long as the block lasts.

    Raises `LibraryError` for a damaged or foreign file, `NewerLibrary` for one of a newer program, `OSError`.
    """
    with tempfile.TemporaryDirectory() as folder:
        user_path = Path(folder) / _USER
        manifest, profiles, settings = _read(path, user_path)
        user = open_user_copy(user_path)
        try:
            yield _backup(manifest, profiles, settings, user)
        finally:
            user.close_all()


def _read(path: Path, user_path: Path) -> tuple[dict[str, Any], bytes, bytes]:
    """The manifest and the two TOML files; the user's file is copied to `user_path`."""
    with opened_archive(path) as archive:
        manifest = _manifest(archive.text(_MANIFEST))
        texts = {name: archive.text(name) for name in (_PROFILES, _SETTINGS)}
        found = {name: sha256(content).hexdigest() for name, content in texts.items()}
        found[_USER] = archive.copy(_USER, user_path)
    digests = manifest.get("sha256")
    if not isinstance(digests, dict) or any(digests.get(name) != digest for name, digest in found.items()):
        raise LibraryError(f"{path.name} is damaged: a part of it is not what was written.", hint=DAMAGED_HINT)
    return manifest, texts[_PROFILES], texts[_SETTINGS]


def _manifest(raw: bytes) -> dict[str, Any]:
    """`ValueError` for what is none of ours."""
    try:
        manifest = json.loads(raw)
    except RecursionError:
        raise ValueError("levels") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(FORMAT)
    version = manifest.get("version")
    if type(version) is not int:
        raise ValueError("version")
    if version > VERSION:
        raise NewerLibrary("This backup was made by a newer xtream-tui.")
    return manifest


def _backup(manifest: dict[str, Any], profiles: bytes, settings: bytes, user: LibraryDatabase) -> Backup:
    try:
        profiles_document, settings_document = _parsed(_PROFILES, profiles), _parsed(_SETTINGS, settings)
        table = Table(profiles_document, _PROFILES)
        found = _profiles_from(table.table("profiles"))
        current = table.text("current", "")
        app_settings_from(Table(settings_document, _SETTINGS))
    except SettingsError as error:
        raise LibraryError(f"The settings in this backup can't be used: {error.message}", hint=DAMAGED_HINT) from error
    return Backup(
        made_at=_moment(manifest.get("made_at")),
        program=_program(manifest.get("program")),
        profiles=found,
        current=next((profile.name for profile in found if same_name(profile.name, current)), None),
        profiles_document=profiles_document,
        settings_document=settings_document,
        user=user,
        user_path=user.path,
        sealed=manifest.get("secrets"),
    )


def _parsed(name: str, raw: bytes) -> dict[str, Any]:
    try:
        return parse_toml(raw)
    except TomlProblem as error:
        raise SettingsError(f"{name} is not valid TOML: {error}.") from error


def _profiles_from(table: Table) -> tuple[Profile, ...]:
    found = tuple(profile_from(name, table.table(name)) for name in table)
    for number, profile in enumerate(found):
        if any(same_name(profile.name, other.name) for other in found[:number]):
            table.refuse(f"“{profile.name}” stands there twice, but for the case of its letters")
    return found


def _moment(said: object) -> int:
    """Epoch seconds, 0 for what is none."""
    return said if isinstance(said, int) and 0 < said < _LAST_MOMENT else 0


def _program(said: object) -> str:
    """The version that made the backup; "" when it is no version."""
    return said if isinstance(said, str) and re.fullmatch(r"[\w.+-]{1,40}", said, re.ASCII) else ""
