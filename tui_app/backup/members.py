"""Reads the parts of a backup's archive: bounded in memory, whatever the file claims to hold.

Only parts of known names are read, and nothing is ever written under a name from the archive.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from tui_app.errors import LibraryError
from tui_app.file_access import NotAFile, open_regular

LARGEST_TEXT: Final = 1_000_000  # bytes of the manifest and of a TOML file
LARGEST_USER_FILE: Final = 256_000_000  # bytes; a million marks are a third of it
DAMAGED_HINT: Final = "Nothing was changed. Take another backup."

_LARGEST_DIRECTORY: Final = 100_000  # bytes of the archive's list of parts; ours has 250
_PIECE: Final = 1 << 20
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x07"
_LONGEST_END: Final = 22 + 0xFFFF  # the record of an archive's end, with a comment
_KNOWN_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, KeyError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


class Archive:
    """An archive that is open for reading."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = archive.namelist()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def text(self, name: str) -> bytes:
        """A small part as a whole."""
        with self._opened(name, LARGEST_TEXT) as stream:
            return stream.read(LARGEST_TEXT)

    def copy(self, name: str, target: Path) -> str:
        """Copy a large part in pieces, an empty one not at all; its SHA-256 digest."""
        digest = sha256()
        with self._opened(name, LARGEST_USER_FILE) as stream:
            if not (piece := stream.read(_PIECE)):
                return digest.hexdigest()
            with target.open("wb") as copy:
                while piece:
                    digest.update(piece)
                    copy.write(piece)
                    piece = stream.read(_PIECE)
        return digest.hexdigest()

    def _opened(self, name: str, largest: int) -> zipfile.ZipExtFile:
        """`ValueError` for a part that we would not write: doubled, too large, or packed in another way.

        Not more is unpacked than the list of parts announces.
        """
        info = self._archive.getinfo(name)
        if self._names.count(name) != 1 or info.file_size > largest or info.compress_type not in _KNOWN_METHODS:
            raise ValueError(name)
        return self._archive.open(info)  # type: ignore[return-value]


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Raises `LibraryError` for what is no sound archive, also while a part of it is read; `OSError`."""
    try:
        descriptor = open_regular(path)
    except NotAFile as error:
        raise LibraryError(f"{path.name} is no backup: {error.strerror}.", hint=DAMAGED_HINT) from error
    with os.fdopen(descriptor, "rb") as stream:
        try:
            _refuse_long_directory(stream)
            with zipfile.ZipFile(stream) as archive:
                yield Archive(archive)
        except _UNREADABLE as error:
            raise LibraryError(
                f"{path.name} is no backup of xtream-tui, or it is damaged.", hint=DAMAGED_HINT
            ) from error


def _refuse_long_directory(stream: BinaryIO) -> None:
    """`zipfile` reads the list of all parts into memory, a kilobyte for each: looked at before it does."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _LONGEST_END))
    tail = stream.read(_LONGEST_END)
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22 or _END_64 in tail[max(0, end - 20) : end]:
        raise zipfile.BadZipFile(stream.name)
    if struct.unpack_from("<L", tail, end + 12)[0] > _LARGEST_DIRECTORY:
        raise zipfile.BadZipFile(stream.name)
