"""The one tree of errors we raise. Each says in plain words what happened and, as a hint, what to do.

Messages are shown to people and written to logs, so whoever raises one has already redacted it:
no URL, no user name, no password. `code` is what `--json` prints, `exit_code` what the command returns.
"""

from __future__ import annotations

from typing import ClassVar


class XtreamTuiError(Exception):
    """Something expected went wrong. `str(error)` is one plain sentence, `error.hint` what to do about it."""

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
    """The user asked for something that makes no sense as asked: an unknown profile, a bad filter."""

    code = "usage"
    exit_code = 2


class SettingsError(XtreamTuiError):
    """A settings or profile file can't be read or holds a value we refuse. The file is left as it is."""

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
    """The provider's server answered, or failed to, in a way we can't use."""

    code = "panel"


class NotAPanel(PanelError):
    """What answers there is not an Xtream Codes server (a web page, a parked domain, plain text)."""

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
    """The connection stood, but the answer did not come in time."""


class ProxyError(Unreachable):
    """The proxy that an environment variable names can't be used or refuses us; the message names the variable."""

    default_hint = "Start the proxy, correct the variable, or unset it to connect without a proxy."


class Overloaded(PanelError):
    """The panel answers, but can't serve now: 429, 5xx, or says so in words."""

    code = "overloaded"
    exit_code = 6
    default_hint = "The provider's server is busy; try again in some minutes."


class Throttled(Overloaded):
    """The panel says when it wants to be asked again, which is later than anybody would wait here."""

    default_hint = "Try again then."


class UnsupportedAction(PanelError):
    """The panel answered a list request with the account object: it does not offer this part."""

    code = "unsupported"
    default_hint = "This provider does not offer this part; untick it in the sync settings."


class BadAnswer(PanelError):
    """The panel answered with something that is not the list or object asked for."""

    code = "bad_answer"


class TruncatedAnswer(BadAnswer):
    """The answer stopped before its end."""

    code = "truncated"


class LibraryError(XtreamTuiError):
    """A library file can't be used."""

    code = "library"


class NewerLibrary(LibraryError):
    """The file was written by a newer program."""

    code = "newer_library"
    default_hint = "Nothing was changed. Update xtream-tui to use it."


class DamagedLibrary(LibraryError):
    """The file is not a sound SQLite database; it was set aside, never deleted."""

    code = "damaged_library"


class Busy(XtreamTuiError):
    """Another process syncs this profile."""

    code = "busy"
    exit_code = 5
    default_hint = "Wait for it to finish, or cancel it where it was started."


class PlayerError(XtreamTuiError):
    """Nothing here can play that: no player, none that answers, or an address no player should get."""

    code = "player"


class Cancelled(XtreamTuiError):
    """The user stopped it."""

    code = "cancelled"
    exit_code = 130
