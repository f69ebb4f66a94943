"""What an error means for a sync: whether it ends all of it, and how it is said as the reason of a part."""

from __future__ import annotations

from typing import Final

from tui_app.errors import Denied, LoginRefused, XtreamTuiError

_LOGIN_STATUSES: Final = frozenset({401, 402, 403})


def ends_all(error: XtreamTuiError) -> bool:
    """Whether the panel no longer takes the login. Other refusing statuses may be about this one list."""
    if isinstance(error, Denied):
        return error.http_status in _LOGIN_STATUSES
    return isinstance(error, LoginRefused)


def as_reason(error: XtreamTuiError) -> str:
    """The error's sentence as a clause: "the server did not answer"."""
    text = error.message.rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
