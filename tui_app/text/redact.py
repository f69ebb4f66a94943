"""Takes secrets out of anything that will be logged, shown or written: by value first, by structure second.

A panel's password travels in every URL and comes back in every shape an encoder can give it, so a known secret is
looked for letter by letter in all of them (plain, percent, doubly percent, JSON, HTML) and as base64. Unknown ones are
recognised by where they stand: `password=…`, `/live/U/P/…`, `//u:p@host`.
The cases it must stand are in `tests/text/`.
"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

MASK: Final = "***"
#: Shorter secrets, and words that URLs are made of, are masked inside URLs only: else a log could not be read.
_ALWAYS_FROM: Final = 5
_COMMON: Final = frozenset(
    "live movie movies series admin user username password guest test demo trial http https".split()
)

# each alternative begins where a word can begin, so that one long word is looked through once and not once a letter
_URL_LIKE = re.compile(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+://\S+"
    r"|(?<!\S)[^\s?]*+\?[^\s=]*+=\S*"
    r"|/(?:live|movie|series|timeshift)/\S+"
)
#: Longer addresses are masked whole.
_LONGEST_URL: Final = 8_000
_QUERY_VALUE = re.compile(
    r"(?i)((?:[?&;]|%3f|%26|&amp;)(?:username|password|user|pass|passwd|token|key|auth|mac|sig|h)(?:=|%3d))([^&\s\"'<>,;}]+)"
)
# outside an address only words that can mean nothing else: "The Key: A Love Story" is a film
_NAMED_VALUE = re.compile(r"(?i)(\b(?:username|password|passwd|token)[\"']?\s*[=:]\s*[\"']?)([^&\s\"'<>,;}]+)")
_STREAM_PATH = re.compile(r"(?i)(/|%2f)(live|movie|series|timeshift|hls|hlsr|vod)\1[^/\s?]+?\1[^/\s?]+?(?=\1)")
_BARE_STREAM_PATH = re.compile(
    r"(://[^/\s]+(?:/[^/\s]+)*?)/[^/\s?]+/[^/\s?]+(/\d+(?:\.[A-Za-z0-9]{1,8})?)(?=$|[\s?\"'<>)])"
)
_PLAY_TOKEN = re.compile(r"(?i)(/play/)[^/\s?\"']+")
_USERINFO = re.compile(r"(://)[^/@\s]+@")


def _any_encoding(char: str) -> str:
    """A pattern for one character in any of the encodings it may come back in."""
    forms = [re.escape(char)]
    forms += ["".join(f"%(?:25)*{byte:02X}" for byte in char.encode("utf-8", "replace"))]
    forms += [rf"\\u{ord(char):04x}"] if ord(char) < 0x10000 else []
    forms += [f"&#0*{ord(char)};", f"&#x0*{ord(char):x};"]
    forms += {"&": ["&amp;"], "<": ["&lt;"], ">": ["&gt;"], '"': ["&quot;", r'\\"'], "'": ["&apos;"]}.get(char, [])
    forms += {"/": [r"\\/"], "\\": [r"\\\\"], " ": [r"\+"]}.get(char, [])
    return f"(?:{'|'.join(forms)})"


def _value_pattern(secret: str) -> str:
    # hex digits and entities in either case, letters of the secret as they are
    return "".join(f"(?:{_case_free_codes(_any_encoding(char))})" for char in secret)


def _case_free_codes(pattern: str) -> str:
    literal, *codes = pattern[3:-1].split("|") if pattern != r"(?:\|)" else [r"\|"]
    return "|".join([literal, *(f"(?i:{code})" for code in codes)])


def _base64_forms(secret: bytes) -> set[str]:
    """The letters a secret leaves in base64 wherever it starts inside the encoded text."""
    forms = set()
    for lead in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * lead + secret).decode().rstrip("=")
            core = text[(lead * 8 + 5) // 6 : ((lead + len(secret)) * 8) // 6]
            if len(core) >= 6:
                forms.add(core)
    return forms


class Redactor:
    """Knows some secrets and masks them, and whatever stands where secrets stand, in any text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._everywhere: re.Pattern[str] | None = None
        self._in_urls: re.Pattern[str] | None = None
        self.learn(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"

    def learn(self, *secrets: str | None) -> None:
        """Mask these from now on. Empty ones are ignored."""
        new = {secret for secret in secrets if secret} - self._secrets
        if new:
            self._secrets |= new
            self._compile()

    def _compile(self) -> None:
        by_length = sorted(self._secrets, key=len, reverse=True)
        strong = [s for s in by_length if len(s) >= _ALWAYS_FROM and s.casefold() not in _COMMON]
        encoded = [re.escape(form) for s in strong for form in sorted(_base64_forms(s.encode("utf-8", "replace")))]
        patterns = [_value_pattern(s) for s in strong] + encoded
        self._everywhere = re.compile("|".join(patterns)) if patterns else None
        weak = "|".join(_value_pattern(s) for s in by_length if s not in strong)
        self._in_urls = re.compile(rf"(?<=[/=:@])(?:{weak})(?=[/&?@:\s\"'.]|$)") if weak else None

    def redact(self, text: str) -> str:
        """`text` with every known secret, and every place a secret stands in, replaced by `***`."""
        if self._everywhere is not None:
            text = self._everywhere.sub(MASK, text)
        text = _URL_LIKE.sub(lambda match: self._redact_url(match[0]), text)
        return _NAMED_VALUE.sub(rf"\1{MASK}", _QUERY_VALUE.sub(rf"\1{MASK}", text))

    def _redact_url(self, url: str) -> str:
        if len(url) > _LONGEST_URL:
            return MASK
        url = _USERINFO.sub(rf"\1{MASK}@", url)
        url = _STREAM_PATH.sub(rf"\1\2\1{MASK}\1{MASK}", url)
        url = _PLAY_TOKEN.sub(rf"\1{MASK}", url)
        url = _BARE_STREAM_PATH.sub(rf"\1/{MASK}/{MASK}\2", url)
        if self._in_urls is not None:
            url = self._in_urls.sub(MASK, url)
        return url


#: The process's own: profiles teach it their secrets when they are read; logging and crash text pass through it.
redactor: Final = Redactor()


def redact(text: str) -> str:
    """`text` without secrets, by the process's own redactor."""
    return redactor.redact(text)
