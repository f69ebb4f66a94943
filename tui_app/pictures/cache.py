"""Pictures on disk, stored by content: one placeholder for a thousand titles is one file.

For each address a small file holds the digest of its content; an empty one says that the address had no picture. The
size is limited: the files not used for the longest time go first.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

from tui_app.atomic import replace_file
from tui_app.file_access import make_private_folder, read_regular

FOLDER: Final = "pictures"
#: Bytes of all files.
LIMIT: Final = 200_000_000
#: The largest picture, in bytes.
LARGEST: Final = 5_000_000
_KEPT: Final = 0.8  # of the limit, after a clean-up
_PICTURE_HOLDS_S: Final = 30 * 86_400
_NOTHING_HOLDS_S: Final = 86_400
_USED_AGAIN_AFTER_S: Final = 86_400
_WRITES_BEFORE_CLEANUP: Final = 64
_DIGEST: Final = re.compile(r"[0-9a-f]{32}")


class PictureCache:
    """The pictures under the user's cache folder. No method raises: a cache that fails is a cache without content."""

    def __init__(self, cache_folder: Path, *, limit: int = LIMIT, clock: Callable[[], float] = time.time) -> None:
        self._folder = cache_folder / FOLDER
        self._limit = limit
        self._clock = clock
        self._writes = 0

    def get(self, address: str) -> bytes | None:
        """Return the content of an address, b"" when it is known to have no picture, None when that is not known."""
        try:
            path = self._of_address(address)
            age = self._clock() - path.stat().st_mtime
            digest = read_regular(path, 64).decode("ascii")
            if not digest:
                return b"" if age < _NOTHING_HOLDS_S else None
            if age >= _PICTURE_HOLDS_S or not _DIGEST.fullmatch(digest):
                return None
            content = self._folder / digest
            body = read_regular(content, LARGEST)
            if self._clock() - content.stat().st_mtime > _USED_AGAIN_AFTER_S:
                os.utime(content)
        except (OSError, ValueError):
            return None
        return body if _digest(body) == digest else None

    def put(self, address: str, content: bytes) -> None:
        """Store the content of an address; b"" for none."""
        try:
            make_private_folder(self._folder)
            digest = _digest(content) if content else ""
            if content and not (self._folder / digest).exists():
                replace_file(self._folder / digest, content)
            replace_file(self._of_address(address), digest.encode())
            self._writes += 1
            if self._writes % _WRITES_BEFORE_CLEANUP == 1:
                self.clean_up()
        except OSError:  # a full disk or one that can't be written: fetched again the next time
            return

    def clean_up(self) -> None:
        """Delete the files not used for the longest time if all together exceed the limit. Raises `OSError`."""
        found = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder))
        total = sum(size for _, size, _ in found)
        if total <= self._limit:
            return
        for _, size, path in found:
            Path(path).unlink(missing_ok=True)
            total -= size
            if total <= self._limit * _KEPT:
                return

    def _of_address(self, address: str) -> Path:
        return self._folder / f"{_digest(address.encode('utf-8', 'replace'))}.address"


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
