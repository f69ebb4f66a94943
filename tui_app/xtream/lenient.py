"""JSON as panels break it, decoded without an exception: controls in strings, NaN, endless numbers, junk around it.

Slow beside msgspec (it builds every object); used for single rows that msgspec refuses and for small bodies.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any, Final, NamedTuple

_MAX_DIGITS: Final = 4000  # CPython refuses to convert longer ones, and no field needs them
#: Places in junk where JSON may begin that are tried; and nesting past any decoder ends the search at once: a body
#: made of thousands of open brackets would cost seconds.
_MOST_BEGINNINGS: Final = 64
#: How often a whole body is read in search of a value: what begins many times over and never ends costs no more.
_MOST_READINGS: Final = 4
_NOTHING: Final = object()
_JSON_BEGINS = re.compile(r'\[\s*\{|\{\s*"')
_WORD_BEGINS = re.compile(r'null|""|\[\s*\]|\{\s*\}|false|true|"|-?\d')


def _int_or_none(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


#: Takes what msgspec takes and more; NaN, infinities and endless integers become None.
DECODER: Final = json.JSONDecoder(strict=False, parse_int=_int_or_none, parse_constant=lambda _name: None)


class Found(NamedTuple):
    """One JSON value found in a small body. `salvaged`: junk around it; `lossy`: bytes that were no UTF-8."""

    value: Any
    salvaged: bool = False
    lossy: bool = False


def decode_object(raw: bytes) -> dict[str, Any] | None:
    """The object in `raw`, bad UTF-8 replaced; None when it is no object or can't be decoded at all."""
    try:
        value = DECODER.decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def find_value(body: bytes) -> Found | None:
    """The one JSON value a small body holds, after BOM, PHP warnings and before comments; None without one."""
    text, lossy = _text_of(body)
    text = text.strip(" \t\r\n\0\ufeff")
    try:
        return _find_in(text, lossy)
    except RecursionError:
        return None


def _find_in(text: str, lossy: bool) -> Found | None:
    if text[:1] in ("[", "{") or _WORD_BEGINS.match(text):
        value, end = _value_at(text, 0)
        if value is not _NOTHING:
            salvaged = bool(text[end:].strip(" \t\r\n\0"))
            if isinstance(value, dict | list) or not salvaged:  # "12 monkeys" is no number
                return Found(value, salvaged, lossy)
    left = _MOST_READINGS * len(text)
    for begin in islice(_JSON_BEGINS.finditer(text, 0, 1 << 16), _MOST_BEGINNINGS):
        value, end = _value_at(text, begin.start())
        if value is not _NOTHING:
            return Found(value, True, lossy)
        left -= end - begin.start()
        if left < 0:
            break
    return None


def _value_at(text: str, start: int) -> tuple[Any, int]:
    """(the value that begins there, where it ends), or (_NOTHING, how far it was read)."""
    try:
        value, end = DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        return _NOTHING, len(text) if text.startswith('"', error.pos) else max(error.pos, start)
    except ValueError:
        return _NOTHING, len(text)
    return value, end


def _text_of(body: bytes) -> tuple[str, bool]:
    """UTF-8; where that fails, the reading with fewer scars: UTF-8 with replacements, or Windows-1252."""
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        if text.count("\ufffd") * 100 > len(text):
            return body.decode("cp1252", "replace"), True
        return text, True
