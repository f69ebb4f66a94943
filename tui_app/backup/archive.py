"""The file of a backup: a ZIP archive with a manifest, the TOML files and the user's SQLite file.

Reading is bounded in memory, whatever the file claims to contain. Only members of known names are read, and nothing is
written under a name from the archive. Everything is checked before any part is used: the manifest, each digest, that
the TOML parses, and that the user's file opens and can be upgraded.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sqlite3
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from tui_app import __version__
from tui_app.backup.encryption import EncryptedSecrets
from tui_app.errors import LibraryError, NewerLibrary, SettingsError
from tui_app.file_access import PRIVATE_FILE, NotAFile, open_regular, read_regular
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, load_app_settings
from tui_app.settings.documents import Table, app_settings_from, profile_from
from tui_app.settings.toml_file import TomlProblem, parse_toml
from tui_app.settings.validation import same_name
from tui_app.store.connection import connect_reading
from tui_app.store.database import LibraryDatabase
from tui_app.store.user.foreign_file import open_user_copy
from tui_app.store.user.user_store import UserStore

LARGEST_TEXT: Final = 1_000_000  # bytes of the manifest and of a TOML file
LARGEST_USER_FILE: Final = 256_000_000  # bytes; a million marks take a third of it
DAMAGED_HINT: Final = "Nothing was changed. Use another backup."

_LARGEST_DIRECTORY: Final = 100_000  # bytes of the archive's directory; ours has 250
_BLOCK_SIZE: Final = 1 << 20
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x07"
_LONGEST_END: Final = 22 + 0xFFFF  # the end record of an archive, with a comment
_KNOWN_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, KeyError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


class Archive:
    """An archive opened for reading."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = archive.namelist()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def text(self, name: str) -> bytes:
        """Return a small member."""
        with self._opened(name, LARGEST_TEXT) as stream:
            return stream.read(LARGEST_TEXT)

    def copy(self, name: str, target: Path) -> str:
        """Copy a large member in blocks, unless it is empty; return its SHA-256 digest."""
        digest = sha256()
        with self._opened(name, LARGEST_USER_FILE) as stream:
            if not (block := stream.read(_BLOCK_SIZE)):
                return digest.hexdigest()
            with target.open("wb") as copy:
                while block:
                    digest.update(block)
                    copy.write(block)
                    block = stream.read(_BLOCK_SIZE)
        return digest.hexdigest()

    def _opened(self, name: str, largest: int) -> zipfile.ZipExtFile:
        """Open a member; `ValueError` for one that is duplicated, too large, or uses another compression.

        No more is unpacked than the directory of the archive announces.
        """
        info = self._archive.getinfo(name)
        if self._names.count(name) != 1 or info.file_size > largest or info.compress_type not in _KNOWN_METHODS:
            raise ValueError(name)
        return self._archive.open(info)  # type: ignore[return-value]


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Open an archive. Raises `LibraryError` for a damaged one, also while a member is read; `OSError`."""
    try:
        descriptor = open_regular(path)
    except NotAFile as error:
        raise LibraryError(f"{path.name} is not a backup: {error.strerror}.", hint=DAMAGED_HINT) from error
    unreadable = LibraryError(f"{path.name} is not a backup of xtream-tui, or it is damaged.", hint=DAMAGED_HINT)
    with os.fdopen(descriptor, "rb") as stream:
        try:
            _refuse_long_directory(stream)
            with zipfile.ZipFile(stream) as archive:
                yield Archive(archive)
        except _UNREADABLE as error:
            raise unreadable from error
        except OSError as error:
            if error.errno != errno.EINVAL:  # a damaged offset makes `zipfile` seek before the start of the file
                raise
            raise unreadable from error


def _refuse_long_directory(stream: BinaryIO) -> None:
    """Refuse a long directory before `zipfile` reads it into memory, a kilobyte per member."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _LONGEST_END))
    tail = stream.read(_LONGEST_END)
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22 or _END_64 in tail[max(0, end - 20) : end]:
        raise zipfile.BadZipFile(stream.name)
    if struct.unpack_from("<L", tail, end + 12)[0] > _LARGEST_DIRECTORY:
        raise zipfile.BadZipFile(stream.name)


FORMAT: Final = "xtream-tui-backup"
VERSION: Final = 1
_MANIFEST: Final = "manifest.json"
_PROFILES: Final = "profiles.toml"
_SETTINGS: Final = "settings.toml"
_USER: Final = "user.db"
_JOURNAL_VERSIONS: Final = slice(18, 20)  # in the header of an SQLite file: 1 = rollback journal, 2 = write-ahead log
_LAST_MOMENT: Final = 253_402_300_800  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that passed all checks. `user` is its user's file, upgraded, opened for this thread."""

    made_at: int  # epoch seconds; 0 = unknown
    program: str  # the version that made it; "" = unknown
    profiles: tuple[Profile, ...]
    current: str | None
    profiles_document: dict[str, Any]
    settings_document: dict[str, Any]
    user: LibraryDatabase
    user_path: Path
    encrypted: Any  # the passwords as in the manifest

    @property
    def secrets(self) -> EncryptedSecrets | None:
        """Return the passwords, None when there are none. Raises `LibraryError` for damaged ones."""
        return None if self.encrypted is None else EncryptedSecrets.from_document(self.encrypted)


# -------------------------------------------------------------------------------------------------------- writing
def write_backup(paths: Paths, stream: BinaryIO, secrets: EncryptedSecrets | None = None) -> None:
    """Write everything that can't be downloaded again.

    Raises `SettingsError` when a settings file is invalid, because its backup could not be restored.
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
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in {_MANIFEST: json.dumps(manifest, indent=1).encode(), **members}.items():
            info = zipfile.ZipInfo(name)  # with a fixed date: the clock may be outside of what the format can hold
            info.external_attr = PRIVATE_FILE << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def _bytes_of(file: Path) -> bytes:
    """Read a file; empty when it does not exist. Raises `SettingsError`."""
    try:
        return read_regular(file)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise SettingsError(f"Can't read {file}: {error.strerror}.", hint="") from error


def _user_bytes(paths: Paths) -> bytes:
    """Return a consistent copy of the user's file, even while the app writes it; empty when there is none."""
    if not paths.user_db.exists():
        return b""
    UserStore(paths.user_db).close()  # upgrades it, or recovers what can be read of a damaged one
    with closing(connect_reading(paths.user_db)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)  # in memory, because the disk may be full
        content = bytearray(copy.serialize())
    content[_JOURNAL_VERSIONS] = b"\1\1"  # no write-ahead log belongs to the copy
    return bytes(content)


# -------------------------------------------------------------------------------------------------------- reading
def is_backup(path: Path) -> bool:
    """Return whether a file looks like a backup, intact or not."""
    try:
        with opened_archive(path) as archive:
            return _MANIFEST in archive
    except (OSError, LibraryError):
        return False


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """Open a backup, read and checked completely, for the time of the block.

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
    """Return the manifest and the two TOML files; copy the user's file to `user_path`."""
    with opened_archive(path) as archive:
        manifest = _manifest(archive.text(_MANIFEST))
        texts = {name: archive.text(name) for name in (_PROFILES, _SETTINGS)}
        found = {name: sha256(content).hexdigest() for name, content in texts.items()}
        found[_USER] = archive.copy(_USER, user_path)
    digests = manifest.get("sha256")
    if not isinstance(digests, dict) or any(digests.get(name) != digest for name, digest in found.items()):
        raise LibraryError(f"{path.name} is damaged: a digest does not match.", hint=DAMAGED_HINT)
    return manifest, texts[_PROFILES], texts[_SETTINGS]


def _manifest(raw: bytes) -> dict[str, Any]:
    """Parse the manifest. Raises `ValueError` for a foreign one."""
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
        encrypted=manifest.get("secrets"),
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
            table.refuse(f"“{profile.name}” is there twice, ignoring case")
    return found


def _moment(value: object) -> int:
    """Return epoch seconds, 0 for an invalid value."""
    return value if isinstance(value, int) and 0 < value < _LAST_MOMENT else 0


def _program(value: object) -> str:
    """Return the version that made the backup; "" for an invalid value."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.+-]{1,40}", value, re.ASCII) else ""
