"""Keeps the account's own password out of what a panel says of its items: panels put it into icons, titles and links.

Looking costs a few tenths of a microsecond a row; only rows that hold a trace of it are read slowly and redacted. It
knows no fields: every text of a JSON value is treated alike.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any, Final

from tui_app.text import redact
from tui_app.xtream.lenient import find_value

_RUN: Final = re.compile(rb"[A-Za-z0-9]+")
#: Shorter traces are found in nearly every row.
_SHORTEST_TRACE: Final = 3
_SHORTEST_DISTINCTIVE: Final = 6
_DEEPEST: Final = 64


class SecretMask:
    """Finds traces of one password in raw bytes, and takes the password out of decoded values.

    Encoders change the signs of a password but leave letters and digits, so its longest run of those betrays it in
    plain, percent-, JSON- and HTML-encoded form; base64 is looked for by itself. A password that could be a word
    ("1", "matrix") is looked for in addresses only: titles have words too.
    """

    def __init__(self, password: str = "") -> None:
        self._everywhere = _is_distinctive(password)
        self._traces = _traces(password) if self._everywhere else _traces_in_addresses(password)

    def __repr__(self) -> str:
        return "SecretMask()"

    def touches(self, raw: bytes) -> bool:
        """Whether `raw` may hold the password."""
        for trace in self._traces:  # noqa: SIM110 - a generator would cost as much as the search
            if trace in raw:
                return True
        return False

    def masked(self, value: Any, depth: int = 0) -> Any:
        """A JSON value without the password, keys included; None for what is nested deeper than any answer."""
        if isinstance(value, str):
            return redact(value) if self._everywhere or "/" in value else value
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {self.masked(key): self.masked(member, depth + 1) for key, member in value.items()}
        if isinstance(value, list):
            return [self.masked(member, depth + 1) for member in value]
        return value

    def masked_body(self, body: bytes) -> bytes:
        """A small JSON body without the password; as it is when there is no trace of it, or no JSON in it."""
        if not self.touches(body) or (found := find_value(body)) is None:
            return body
        return json.dumps(self.masked(found.value)).encode()


def _is_distinctive(password: str) -> bool:
    """Whether it is no word: long enough, and not letters alone."""
    return len(password) >= _SHORTEST_DISTINCTIVE and not password.isalpha()


def _traces(password: str) -> tuple[bytes, ...]:
    plain = password.encode("utf-8", "replace")
    run = max(_RUN.findall(plain), key=len, default=b"")
    in_base64 = b64encode(plain)[: len(plain) * 8 // 6]  # the last letter depends on what follows
    return (run if len(run) >= _SHORTEST_TRACE else plain, in_base64)


def _traces_in_addresses(password: str) -> tuple[bytes, ...]:
    """`/password/`, as it is and as PHP writes a slash, and `=password`."""
    if not password:
        return ()
    word = password.encode("utf-8", "replace")
    return (b"/" + word + b"/", b"\\/" + word + b"\\/", b"=" + word)
