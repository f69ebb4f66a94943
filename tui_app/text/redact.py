"""Remove secrets from text before it is logged, shown or written.

A panel's password is part of every URL and returns in any encoding, so known secrets are searched character by
character in plain, percent, double percent, JSON and HTML encoding, and as base64. Unknown secrets are found by their
context: `password=…`, `/live/U/P/…`, `//u:p@host`. A secret that is a common word, a short number or a profile name is
replaced only in URLs, as a whole component.
"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from tui_app.text.clean import LONGEST_TEXT

MASK: Final = "***"
#: Secrets that may occur in text by chance: shorter ones, smaller numbers, words up to this length.
_SHORTEST_DISTINCTIVE: Final = 6
_SHORTEST_NUMBER: Final = 8
_LONGEST_WORD: Final = 12
_SHORTEST_IN_MESSAGES: Final = 4
_PARTS_WORDS = re.compile(r"[\s._'-]")
_COMMON: Final = frozenset(
    "live movie movies series admin user username password guest test demo trial http https".split()
)

#: Bytes of the longest encoding of one character (double percent encoding).
_WIDEST_FORM: Final = 20
# each alternative starts at a word boundary, so a long word is scanned once and not per letter
_URL_LIKE = re.compile(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+://\S+"
    r"|(?<!\S)[^\s?]*+\?[^\s=]*+=\S*"
    r"|/(?:live|movie|series|timeshift)/\S+"
)
#: Longer URLs are masked as a whole.
_LONGEST_URL: Final = 8_000
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://[^/?#\s]*+")
_QUERY_VALUE = re.compile(
    r"(?i)((?:[?&;]|%3f|%26|&amp;)(?:username|password|user|pass|passwd|token|key|auth|mac|sig|h)(?:=|%3d))([^&\s\"'<>,;}]+)"
)
# outside URLs only unambiguous words: "The Key: A Love Story" is a film
_NAMED_VALUE = re.compile(r"(?i)(\b(?:username|password|passwd|token)[\"']?\s*[=:]\s*[\"']?)([^&\s\"'<>,;}]+)")
_STREAM_PATH = re.compile(r"(?i)(/|%2f)(live|movie|series|timeshift|hls|hlsr|vod)\1[^/\s?]+?\1[^/\s?]+?(?=\1)")
_BARE_STREAM_PATH = re.compile(
    r"(://[^/\s]++(?:/[^/\s]++)*?)/[^/\s?]++/[^/\s?]++(/\d+(?:\.[A-Za-z0-9]{1,8})?)(?=$|[\s?\"'<>)])"
)
_PLAY_TOKEN = re.compile(r"(?i)(/play/)[^/\s?\"']+")
_USERINFO = re.compile(r"(://)[^/@\s]+@")


def _any_encoding(char: str) -> str:
    """Return a pattern for one character in any encoding."""
    forms = [re.escape(char)]
    forms += ["".join(f"%(?:25)*{byte:02X}" for byte in char.encode("utf-8", "replace"))]
    forms += [rf"\\u{ord(char):04x}"] if ord(char) < 0x10000 else []
    forms += [f"&#0*{ord(char)};", f"&#x0*{ord(char):x};"]
    forms += {"&": ["&amp;"], "<": ["&lt;"], ">": ["&gt;"], '"': ["&quot;", r'\\"'], "'": ["&apos;"]}.get(char, [])
    forms += {"/": [r"\\/"], "\\": [r"\\\\"], " ": [r"\+"]}.get(char, [])
    return f"(?:{'|'.join(forms)})"


def value_pattern(secret: str) -> str:
    """Return a pattern for a secret in any encoding."""
    # hex digits and entities match in either case, letters of the secret exactly
    return "".join(f"(?:{_case_free_codes(_any_encoding(char))})" for char in secret)


def _case_free_codes(pattern: str) -> str:
    literal, *codes = pattern[3:-1].split("|") if pattern != r"(?:\|)" else [r"\|"]
    return "|".join([literal, *(f"(?i:{code})" for code in codes)])


def is_distinctive(secret: str) -> bool:
    """Whether a secret can't occur by chance: long enough, and neither words nor a small number."""
    if len(secret) < _SHORTEST_DISTINCTIVE or secret.casefold() in _COMMON:
        return False
    if secret.isdecimal():
        return len(secret) >= _SHORTEST_NUMBER
    words = [word for word in _PARTS_WORDS.split(secret) if word]
    return not all(_is_word(word) for word in words)


def _is_word(text: str) -> bool:
    return text.isalpha() and len(text) <= _LONGEST_WORD and text in (text.lower(), text.upper(), text.capitalize())


def _may_be_masked(secret: str) -> bool:
    """Whether this word in a panel's message may be the secret, unlike a very common word."""
    return len(secret) >= _SHORTEST_IN_MESSAGES and secret.casefold() not in _COMMON


def base64_forms(secret: str) -> set[str]:
    """Return the base64 fragments of a secret at each of the three alignments; empty if they are too short."""
    return _base64_forms(secret.encode("utf-8", "replace"))


def _base64_forms(secret: bytes) -> set[str]:
    forms = set()
    for lead in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * lead + secret).decode().rstrip("=")
            core = text[(lead * 8 + 5) // 6 : ((lead + len(secret)) * 8) // 6]
            if len(core) >= 6:
                forms.add(core)
    return forms


class Redactor:
    """Masks known secrets, and text where secrets usually stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._public: set[str] = set()
        self._everywhere: re.Pattern[str] | None = None
        self._in_urls: re.Pattern[str] | None = None
        self._as_words: re.Pattern[str] | None = None
        self._reach = 0  # length of the longest encoding of a known secret
        self.learn(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"

    def learn(self, *secrets: str | None) -> None:
        """Add secrets to mask. Empty ones are ignored."""
        new = {secret for secret in secrets if secret} - self._secrets
        if new:
            self._secrets |= new
            self._compile()

    @contextmanager
    def knowing_only(self, *secrets: str) -> Iterator[None]:
        """Mask these secrets and no others for the length of a block."""
        before, self._secrets = self._secrets, set(secrets)
        self._compile()
        try:
            yield
        finally:
            self._secrets = before
            self._compile()

    def keep_readable(self, *names: str) -> None:
        """Keep these profile names readable even if one equals a secret, which is then masked only in URLs."""
        new = {name.casefold() for name in names} - self._public
        if new:
            self._public |= new
            self._compile()

    def _compile(self) -> None:
        by_length = sorted(self._secrets, key=len, reverse=True)
        strong = [s for s in by_length if is_distinctive(s) and not any(s.casefold() in name for name in self._public)]
        encoded = [re.escape(form) for s in by_length for form in sorted(base64_forms(s))]
        patterns = [value_pattern(s) for s in strong] + encoded
        self._reach = _WIDEST_FORM * max(map(len, by_length), default=0)
        self._everywhere = re.compile("|".join(patterns)) if patterns else None
        weak = "|".join(value_pattern(s) for s in by_length if s not in strong)
        alternatives = "|".join(value_pattern(s) for s in by_length if s not in strong and _may_be_masked(s))
        self._as_words = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)") if alternatives else None
        self._in_urls = re.compile(rf"(?<=[/=:@])(?:{weak})(?=[/&?@:\s\"'.]|$)") if weak else None

    def redact_message(self, text: str) -> str:
        """Redact a panel's message about the account; common words that are secrets are masked here, too."""
        text = self.redact(text)
        return text if self._as_words is None else self._as_words.sub(MASK, text)

    def redact(self, text: str) -> str:
        """Replace every known or recognised secret in `text` by `***`.

        Text beyond the length limit is dropped, including a secret that the limit would split.
        """
        if len(text) > LONGEST_TEXT:
            return self._redacted(text[:LONGEST_TEXT])[: -max(self._reach, 1)] + "…"
        return self._redacted(text)

    def _redacted(self, text: str) -> str:
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
            origin = _ORIGIN.match(url)
            path = origin.end() if origin else 0
            url = url[:path] + self._in_urls.sub(MASK, url[path:])
        return url


#: Process-wide instance: reading a profile adds its secrets; logs and crash reports pass through it.
redactor: Final = Redactor()


def redact(text: str) -> str:
    """Redact `text` with the process-wide redactor."""
    return redactor.redact(text)


def redact_message(text: str) -> str:
    """Redact a panel's message about the account with the process-wide redactor."""
    return redactor.redact_message(text)
