"""Texts of guides: base64 of UTF-8 on most panels, plain on some, never marked as either. Nothing here raises."""

from __future__ import annotations

import codecs
import re
from base64 import b64decode
from typing import Final

from tui_app.text.clean import LONGEST_TEXT

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Letters of base64 that are decoded: a multiple of four, and more than any text is cut to. More may be sent in lines.
_LONGEST_PACKED: Final = 2 * LONGEST_TEXT
_LONGEST_SENT: Final = 2 * _LONGEST_PACKED


def b64text(value: object) -> str | None:
    """Text that may be base64 of UTF-8, as guides send it; text that is not stays as it is. None: not a text."""
    if not isinstance(value, str):
        return None
    once = decoded_base64(value)
    if once is None:
        return value.strip()[:LONGEST_TEXT]
    twice = decoded_base64(once) if " " not in once and len(once) >= 8 else None
    return once if twice is None else twice


def decoded_base64(value: str, errors: str = "strict") -> str | None:
    """What base64 in `value` says; None if it is none: foreign letters, bad length, control characters, no UTF-8.

    Of a text that is longer than any that is kept, the beginning counts.
    """
    packed = "".join(value[:_LONGEST_SENT].split())
    if not packed:
        return ""
    is_cut = len(value) > _LONGEST_SENT or len(packed) > _LONGEST_PACKED
    if is_cut:
        packed = packed[: min(len(packed) // 4 * 4, _LONGEST_PACKED)]
    if not _BASE64.fullmatch(packed) or len(packed.rstrip("=")) % 4 == 1:
        return None
    bare = packed.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        unpacked = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        said = codecs.getincrementaldecoder("utf-8")(errors).decode(unpacked, final=not is_cut)
    except ValueError:
        return None
    if _CONTROL.search(said):
        return None
    return said if any(char.isprintable() and char != " " for char in said) else None
