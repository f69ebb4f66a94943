"""The exception hierarchy of the program.

Each error has a message (one plain sentence), a hint (what to do), a `code` for `--json` and an `exit_code`. Messages
are shown and logged, so they must not contain URLs, user names or passwords: redact before raising.
"""

from __future__ import annotations

from typing import ClassVar


class XtreamTuiError(Exception):
    """Base class of expected errors. `str(error)` is one plain sentence, `error.hint` says what to do about it."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.default_hint if hint is None else hint

    @property
    def sentence(self) -> str:
        """Message and hint together, as they are shown."""
        return f"{self.message} {self.hint}".strip()


class UsageError(XtreamTuiError):
    """The request makes no sense: an unknown profile, an invalid filter."""

    code = "usage"
    exit_code = 2


class SettingsError(XtreamTuiError):
    """A settings or profile file can't be read or holds an invalid value. The file is left unchanged."""

    code = "settings"
    default_hint = "Correct the file by hand or move it away; it has not been changed."


class SecretError(XtreamTuiError):
    """The password of a profile could not be read or stored."""

    code = "secret"


class NotFound(XtreamTuiError):
    """The library holds no such item."""

    code = "not_found"
    default_hint = "It may have left the provider's list: search for it by name."


class PanelError(XtreamTuiError):
    """The panel's answer, or the lack of one, can't be used."""

    code = "panel"


class NotAPanel(PanelError):
    """The server is not an Xtream Codes panel (a web page, a parked domain, plain text)."""

    code = "not_a_panel"
    default_hint = "Check the server address and port against the link your provider sent."


class LoginRefused(PanelError):
    """The panel refused the account: wrong login, expired, banned, disabled or a blocked client.

    `status` is one of `bad_credentials`, `expired`, `banned`, `disabled`, `rejected`, `blocked`, `challenge`.
    """

    code = "login_refused"
    exit_code = 4

    def __init__(self, message: str, *, status: str = "rejected", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Denied(LoginRefused):
    """The panel answered with a refusing HTTP status (401-404, 451, 454, 458, 512, 513, 884)."""

    code = "denied"

    def __init__(self, message: str, *, http_status: int, hint: str | None = None) -> None:
        super().__init__(message, status="rejected", hint=hint)
        self.http_status = http_status


class Unreachable(PanelError):
    """No answer: name not found, refused, reset, TLS failure or time-out."""

    code = "unreachable"
    exit_code = 6
    default_hint = "Check your connection, or try again later; your library works offline."


class TooSlow(Unreachable):
    """The connection was established, but the answer did not arrive in time."""


class ProxyError(Unreachable):
    """The proxy from an environment variable is unusable or refused the connection; the message names the variable."""

    default_hint = "Start the proxy, correct the variable, or unset it to connect without a proxy."


class Overloaded(PanelError):
    """The panel is overloaded: HTTP 429, 5xx, or a message that says so."""

    code = "overloaded"
    exit_code = 6
    default_hint = "The provider's server is busy; try again in some minutes."


class Throttled(Overloaded):
    """The panel asked to wait (`Retry-After`) for longer than we wait."""

    default_hint = "Try again then."


class UnsupportedAction(PanelError):
    """The panel answered a list request with the account object, which means that it does not offer this part."""

    code = "unsupported"
    default_hint = "This provider does not offer this part; untick it in the sync settings."


class BadAnswer(PanelError):
    """The panel answered, but not with the requested list or object."""

    code = "bad_answer"


class TruncatedAnswer(BadAnswer):
    """The answer was cut off."""

    code = "truncated"


class LibraryError(XtreamTuiError):
    """A library file can't be used."""

    code = "library"


class NewerLibrary(LibraryError):
    """The file was written by a newer version of the program."""

    code = "newer_library"
    default_hint = "Nothing was changed. Update xtream-tui to use it."


class DamagedLibrary(LibraryError):
    """The file is not an intact SQLite database; it was set aside, not deleted."""

    code = "damaged_library"


class Busy(XtreamTuiError):
    """Another process syncs this profile."""

    code = "busy"
    exit_code = 5
    default_hint = "Wait for it to finish, or cancel it where it was started."


class PlayerError(XtreamTuiError):
    """Playback failed: no player found, the player does not respond, or the URL is unsafe to pass to it."""

    code = "player"


class Cancelled(XtreamTuiError):
    """The user cancelled the operation."""

    code = "cancelled"
    exit_code = 130
