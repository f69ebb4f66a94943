"""Backups as somebody else may have made them: every part of the file is given, the digests fit."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from tui_app.store.user.user_store import UserStore

PROFILE = b'current = "nice"\n[profiles.nice]\nurl = "http://127.0.0.1:9/"\nusername = "u"\npassword_source = "file"\n'


def hostile_backup(
    file: Path,
    *,
    profiles: bytes = PROFILE,
    settings: bytes = b"",
    user: bytes = b"",
    manifest: Mapping[str, Any] | bytes | None = None,
    more: tuple[tuple[str, bytes], ...] = (),
) -> Path:
    """Write a backup; `manifest` changes that of a sound one, or is written as it is."""
    members = {"profiles.toml": profiles, "settings.toml": settings, "user.db": user}
    digests = {name: sha256(content).hexdigest() for name, content in members.items()}
    sound = {
        "format": "xtream-tui-backup",
        "version": 1,
        "program": "1",
        "made_at": 1,
        "sha256": digests,
        "secrets": None,
    }
    raw = manifest if isinstance(manifest, bytes) else json.dumps({**sound, **(manifest or {})}).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("manifest.json", raw), *members.items(), *more):
            archive.writestr(name, content)
    return file


def user_file(folder: Path, *statements: str) -> bytes:
    """A user's file of ours after these statements."""
    path = folder / "user-of-a-backup.db"
    path.unlink(missing_ok=True)
    UserStore(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute("PRAGMA journal_mode = delete")
    return path.read_bytes()
