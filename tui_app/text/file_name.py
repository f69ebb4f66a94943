"""Names of files made from titles."""

from __future__ import annotations

import re
from typing import Final

_LONGEST_NAME: Final = 120  # bytes of UTF-8; file systems allow 255, year, version and ending come on top
#: Characters that some file system forbids, and control characters.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
#: Names that Windows keeps for devices.
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def file_name(text: str) -> str:
    """Return text as a file name for every system: without separators, device names, dots and blanks at the ends.

    "" when nothing is left.
    """
    name = " ".join(_FORBIDDEN.sub(" ", text).split())
    name = name.encode(errors="ignore")[:_LONGEST_NAME].decode(errors="ignore").strip(". ")
    return f"_{name}" if _RESERVED.match(name) else name
