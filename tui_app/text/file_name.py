"""Names of files made from titles."""

from __future__ import annotations

import re
from typing import Final

from tui_app.text.clean import LONGEST_TEXT

_LONGEST_NAME: Final = 120  # bytes of UTF-8; file systems allow 255, year, version and ending come on top
#: Characters that some file system forbids, and control characters.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
#: Names that Windows keeps for devices.
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def file_name(*texts: str) -> str:
    """Return the first of these texts of which anything is left as a file name; "unnamed" when nothing is.

    Fits every system: without separators, device names, dots and blanks at the ends.
    """
    return next(filter(None, map(_file_name, texts)), "unnamed")


def _file_name(text: str) -> str:
    name = " ".join(_FORBIDDEN.sub(" ", text[:LONGEST_TEXT]).split())
    name = name.encode(errors="ignore")[:_LONGEST_NAME].decode(errors="ignore").strip(". ")
    return f"_{name}" if _RESERVED.match(name) else name
