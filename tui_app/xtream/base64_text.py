"""Texts of guides: base64 of UTF-8 on most panels, plain on some, never marked as either. Nothing here raises."""

from __future__ import annotations

import re
from base64 import b64decode

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def b64text(value: object) -> str | None:
    """Text that may be base64 of UTF-8, as guides send it; text that is not stays as it is. None: not a text."""
    if not isinstance(value, str):
        return None
    once = decoded_base64(value)
    if once is None:
        return value.strip()
    twice = decoded_base64(once) if " " not in once and len(once) >= 8 else None
    return once if twice is None else twice


def decoded_base64(value: str, errors: str = "strict") -> str | None:
    """What base64 in `value` says; None if it is none: foreign letters, bad length, control characters, no UTF-8."""
    packed = "".join(value.split())
    if not packed:
        return ""
    if not _BASE64.fullmatch(packed) or len(packed.rstrip("=")) % 4 == 1:
        return None
    bare = packed.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        said = b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8", errors)
    except ValueError:
        return None
    if any((char < " " and char not in "\t\r\n") or "\x7f" <= char < "\xa0" for char in said):
        return None
    return said if any(char.isprintable() and char != " " for char in said) else None
