"""Explains why a player failed, from its output, without revealing the address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from tui_app.playback.playable import Outcome, Playable
from tui_app.text import redact, strip_controls

_ANY_ADDRESS: Final = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+://\S+")
_HTTP_STATUS: Final = re.compile(
    r"(?i)\b(?:http error|http/1\.[01]|http status|server returned|status code)\D{0,4}(\d{3})\b"
)
_PREFIX: Final = re.compile(r"^(?:\[[^\]]{1,40}\]\s*)+")
_LONGEST: Final = 160

_UNREACHABLE: Final = re.compile(
    r"(?i)connection refused|timed? ?out|no route to host|network is unreachable|failed to resolve|"
    r"cannot connect|connection (?:failed|reset)|name or service not known"
)
_NO_VIDEO: Final = re.compile(r"(?i)unrecognized file format|recogni[sz]e file format|invalid data found|no streams")
_NO_WINDOW: Final = re.compile(
    r"(?i)could not initialize video|no video output|failed initializing any|cannot open display"
)
_BAD_OPTION: Final = re.compile(r"(?i)error parsing option|unknown option|option not found|unrecognized option")
_AS_ROOT: Final = re.compile(r"(?i)not supposed to be run as root")


def cleaned(output: str, address: str) -> str:
    """Return a player's output without secrets, addresses and the panel's host."""
    text = _ANY_ADDRESS.sub("***", redact(output))
    parts = urlsplit(address)
    for part in sorted({parts.netloc, parts.hostname or ""}, key=len, reverse=True):
        if part:
            text = re.sub(re.escape(part), "***", text, flags=re.IGNORECASE)
    return strip_controls(text)


def failure(what: Playable, player: str, output: str, *, said: str = "", code: int | None = None) -> Outcome:
    """Return the outcome of a failed run.

    `said`: the reason the player gave besides its output; `code`: its exit code.
    """
    text = f"{output}\n{said}"
    if code is not None and code < 0:  # minus the signal: killed, or crashed, whatever it complained of before
        again = "Play it again to go on where it stopped." if what.keeps_position else "Play it again."
        return Outcome("failed", f"{player} stopped unexpectedly.", again)
    if found := list(_HTTP_STATUS.finditer(text)):
        return _by_status(int(found[-1][1]), what)
    if _BAD_OPTION.search(output):
        return Outcome(
            "failed",
            f"{player} refuses an option: {_last_line(output, what)}",
            "Check the player's arguments in the Settings.",
        )
    if _AS_ROOT.search(output):
        return Outcome("failed", f"{player} does not run as root.", "Use another player or another user.")
    if _NO_WINDOW.search(text):
        return Outcome("failed", f"{player} could not open a window.", "Is there a display? y copies the link.")
    if _UNREACHABLE.search(text):
        return Outcome(
            "failed", "The provider's stream can't be reached.", "Check your connection, or try again later."
        )
    if _NO_VIDEO.search(text):
        return Outcome("failed", "What the provider sent is no video.", _limit_hint(what))
    line = _last_line(text, what)
    words = f"{player} could not play it{f': {line}' if line else ''}"
    return Outcome("failed", words if words.endswith(".") else f"{words}.", "The provider may not have it just now.")


def _by_status(status: int, what: Playable) -> Outcome:
    if status in (401, 402, 403, 406, 429, 451, 458, 509, 512, 513, 884):
        return Outcome("failed", f"The provider refused the stream (HTTP {status}).", _limit_hint(what))
    if status in (404, 410):
        return Outcome("failed", f"The provider does not have this stream now (HTTP {status}).", _limit_hint(what))
    return Outcome("failed", f"The provider could not send the stream (HTTP {status}).", "Try again later.")


def _limit_hint(what: Playable) -> str:
    """Return the hint for answers that panels give when another device uses the account."""
    limit = what.max_connections
    if limit is None:
        return "Another device may be using the account, or the stream is off air."
    streams = "one stream" if limit == 1 else f"{limit} streams"
    return f"Your account allows {streams} at a time: is another device playing? It may also be off air."


def _last_line(text: str, what: Playable) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    return cleaned(_PREFIX.sub("", lines[-1]), what.address)[:_LONGEST]
