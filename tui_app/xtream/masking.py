"""Mask the account's password in answers: panels put it into icons, titles and links.

A check costs a few tenths of a microsecond per row; only rows with a trace of the password are decoded and redacted, in
every text of the JSON value.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from tui_app.text import Redactor
from tui_app.text.clean import LONGEST_TEXT
from tui_app.text.redact import MASK, base64_forms, is_distinctive, value_pattern
from tui_app.xtream.json_repair import find_value

_RUN: Final = re.compile(rb"[A-Za-z0-9]+")
#: Shorter traces occur in nearly every row.
_SHORTEST_TRACE: Final = 3
_DEEPEST: Final = 64


class SecretMask:
    """Finds traces of a password in raw bytes and masks it in decoded values.

    Encoders change punctuation but not letters and digits, so the longest alphanumeric run of the password is found
    in plain, percent-, JSON- and HTML-encoded form; base64 is searched separately. A password that could be a word
    ("1", "matrix", "images") is searched only where URLs contain logins.
    """

    def __init__(self, password: str = "", username: str = "") -> None:
        self._hide: Callable[[str], str]
        if is_distinctive(password):
            self._traces = _traces(password)
            self._hide = Redactor([password, username]).redact
        else:
            self._traces = _traces_of_logins(password)
            self._hide = _LoginMask(password, username).hide

    def __repr__(self) -> str:
        return "SecretMask()"

    def touches(self, raw: bytes) -> bool:
        """Whether `raw` may contain the password."""
        for trace in self._traces:  # noqa: SIM110 - a generator would cost as much as the search
            if trace in raw:
                return True
        return False

    def masked(self, value: Any, depth: int = 0) -> Any:
        """Return a JSON value, including keys, without the password; None for values nested too deeply."""
        if isinstance(value, str):
            return self._hide(value)
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {self.masked(key): self.masked(member, depth + 1) for key, member in value.items()}
        if isinstance(value, list):
            return [self.masked(member, depth + 1) for member in value]
        return value

    def masked_body(self, body: bytes) -> bytes:
        """Return a small JSON body without the password; unchanged if there is no trace of it, or it is no JSON."""
        if not self.touches(body) or (found := find_value(body)) is None:
            return body
        return json.dumps(self.masked(found.value)).encode()


def _traces(password: str) -> tuple[bytes, ...]:
    plain = password.encode("utf-8", "replace")
    run = max(_RUN.findall(plain), key=len, default=b"")
    in_base64 = b64encode(plain)[: len(plain) * 8 // 6]  # the last character depends on what follows
    return (run if len(run) >= _SHORTEST_TRACE else plain, in_base64)


def _traces_of_logins(password: str) -> tuple[bytes, ...]:
    """Return the password between slashes, after an equals sign or before an @, as JSON and PHP encode it."""
    if not password:
        return ()
    found: dict[bytes, None] = {}
    for word in {password, quote(password, safe=""), json.dumps(password)[1:-1]}:
        raw = word.encode("utf-8", "replace")
        found |= dict.fromkeys((b"/" + raw + b"/", b"/" + raw + b"\\/", b"=" + raw, b":" + raw + b"@"))
        found |= dict.fromkeys((b"%2f" + raw + b"%2f", b"%2F" + raw + b"%2F", b"%3d" + raw, b"%3D" + raw))
    forms = (form.encode() for form in base64_forms(password))
    return (*found, b"assword", *forms)


class _LoginMask:
    """Masks a password that could be a word, as a whole URL component in the position of a login."""

    def __init__(self, password: str, username: str) -> None:
        secret, user = value_pattern(password), value_pattern(username) if username else r"[^/\s?#]++"
        slash, ends = r"(?:/|%2[fF])", r"(?=[/?#&\s\"'<>,;)}\]]|%2[fF]|$)"
        fields = r"(?:username|password|passwd|pass|user|pwd|pw|token|key|auth)"
        forms = sorted(map(re.escape, base64_forms(password)))
        contexts = [
            rf"(?P<path>{slash}(?:live|movie|series|timeshift|hls|hlsr|vod|play){slash}[^/\s?#%]++{slash}){secret}{ends}",
            rf"(?P<query>(?i:[?&;]|%3f|%26|&amp;)(?i:{fields})(?:=|%3[dD])){secret}{ends}",
            rf"(?P<origin>://[^/\s:@]*+:){secret}(?=@)",
            rf"(?P<said>(?i:\b(?:username|password|passwd|token))[\"']?\s*+[=:]\s*+[\"']?){secret}(?!\w)",
        ]
        if username:
            contexts.append(rf"(?P<pair>{slash}){user}{slash}{secret}{ends}")
        self._contexts = re.compile("|".join(contexts)) if password else None
        self._forms = re.compile("|".join(forms)) if forms else None

    def hide(self, value: str) -> str:
        value = value[:LONGEST_TEXT]
        if self._contexts is not None:
            value = self._contexts.sub(_masked_place, value)
        return value if self._forms is None else self._forms.sub(MASK, value)


def _masked_place(match: re.Match[str]) -> str:
    kept = match[match.lastgroup or 0]
    return f"{kept}{MASK}/{MASK}" if match.lastgroup == "pair" else f"{kept}{MASK}"
