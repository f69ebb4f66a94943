"""What a panel says in place of the data asked for, as the error to raise. Knows no rows and no HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tui_app.errors import BadAnswer, LoginRefused, Overloaded, PanelError, UnsupportedAction
from tui_app.text import redact_said
from tui_app.xtream.coerce import flag, is_account, message_of, obj, text
from tui_app.xtream.lenient import find_value

#: Bytes of a body that are looked through for its beginning.
JUNK_LIMIT: Final = 1 << 16
_LONGEST_MESSAGE: Final = 1_000
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_BUSY = re.compile(
    r"too many|busy|overload|limit|flood|try again|later|wait|timeout|time-out|unavailable", re.IGNORECASE
)


def is_web_page(body: bytes) -> bool:
    """Whether a body begins as HTML does; a PHP warning (`<br /><b>…`) is none."""
    return _WEB_PAGE.match(body) is not None


def refusal_of(message: str) -> PanelError:
    """The error for a panel that sent words in place of data."""
    message = message[:_LONGEST_MESSAGE]
    said = redact_said(message)[:160]
    said += "." if said[-1:].isalnum() else ""  # what is said after it is another sentence
    if _BUSY.search(message):
        return Overloaded(f"The panel says: {said}")
    return BadAnswer(f"The panel says: {said}" if said else "The panel answered with something that is no list.")


def refusal_in_object(value: Mapping[str, Any]) -> PanelError | None:
    """The error for an object in place of data: the account, or a message. None when it is neither."""
    if is_account(value):
        if flag(obj(value.get("user_info")).get("auth", 1)) is False:
            return LoginRefused("The panel no longer accepts this login.", status="bad_credentials")
        return UnsupportedAction("The panel answered with the account in place of what was asked for.")
    message = message_of(value)
    return None if message is None else refusal_of(message)


def refusal_without_list(body: bytes) -> PanelError | None:
    """The error for a body without a list in it; None when it means "nothing" (`null`, `""`, `false`)."""
    if is_web_page(body):
        return BadAnswer("The panel answered with a web page in place of the list.")
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return BadAnswer("The panel answered with nothing in place of the list.")
    found = find_value(body[:JUNK_LIMIT])
    if found is not None and (found.value is None or found.value is False or found.value == ""):
        return None
    return refusal_of(text(body[:300].decode("utf-8", "replace")) or "")
