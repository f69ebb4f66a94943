"""The texts of a short guide: base64 on most panels, plain on some, percent-encoded on others, never marked as any.

One response is written in one way: what its titles have in common decides for all of its texts.
"""

from __future__ import annotations

import codecs
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote

from tui_app.text.clean import LONGEST_TEXT
from tui_app.xtream.coerce import text

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


ReadText = Callable[[object], str]

_COULD_BE_BASE64: Final = re.compile(r"[A-Za-z0-9+/_=\r\n-]*")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_GUIDE_TEXTS_LONGEST_SENT: Final = 3 * LONGEST_TEXT  # of a text in escapes, lines and base64; the rest is left out


def text_reader(titles: Sequence[object]) -> ReadText:
    """How to read the texts of the response that has these titles: one plain title makes all of them plain."""
    said = [bare for title in titles if isinstance(title, str) and (bare := _unescaped(title).strip())]
    if not all(_COULD_BE_BASE64.fullmatch(title) for title in said):
        return _read_plain
    decoded = [decoded_base64(title) for title in said]
    if sum(one is not None for one in decoded) * 2 <= len(said):
        return _read_either
    if len(said) > 1 and all(one and " " not in one and decoded_base64(one) is not None for one in decoded):
        return _read_twice
    return _read_base64


def _read_plain(value: object) -> str:
    return _unescaped(value) if isinstance(value, str) else text(value) or ""


def _read_either(value: object) -> str:
    return _read_number(value) or b64text(_read_plain(value)) or ""


def _read_base64(value: object) -> str:
    """For responses of which most texts are base64: what is not UTF-8 inside has replacement characters."""
    plain = _read_plain(value)
    if decoded_base64(plain) is None:
        return decoded_base64(plain, "replace") or plain.strip()
    return b64text(plain) or ""


def _read_twice(value: object) -> str:
    once = _read_base64(value)
    return decoded_base64(once) or once


def _read_number(value: object) -> str:
    """A title of digits alone (`1917`) is what it is, also where it is base64 of something by chance."""
    plain = _read_plain(value).strip()
    return plain if plain.isdecimal() else ""


def _unescaped(value: str) -> str:
    """Without the escapes of addresses (`Now%20show`), where the whole text is written with them."""
    value = value[:_GUIDE_TEXTS_LONGEST_SENT]
    if not _PERCENT.search(value) or any(char.isspace() for char in value.strip()):
        return value
    try:
        said = unquote(value.replace("+", " "), errors="strict")
    except UnicodeDecodeError:
        return value
    return value if any(char < " " or char == "\x7f" for char in said) else said
