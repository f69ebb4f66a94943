"""Parse a login answer: the account, or the reason for refusal. Echoed user names and passwords are dropped.

No single sign is conclusive: a refusal may be a 404 page, a page may be a block, a 401 may carry a valid account. So
the body is evaluated first, then the status, then the wording.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from tui_app.catalog import Account, known_limit
from tui_app.errors import BadAnswer, Denied, LoginRefused, NotAPanel, Overloaded, PanelError, UnsupportedAction
from tui_app.text import redact_message
from tui_app.xtream.coerce import epoch, first_of, flag, int_, is_account, message_of, meta, obj, strs, text
from tui_app.xtream.fields import derived_offset, find_zone, zone_named
from tui_app.xtream.json_repair import find_value

#: Bytes of a body searched for its beginning.
JUNK_LIMIT: Final = 1 << 16
_LONGEST_MESSAGE: Final = 1_000
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_BUSY = re.compile(
    r"too many|busy|overload|limit|flood|try again|later|wait|timeout|time-out|unavailable", re.IGNORECASE
)


def is_web_page(body: bytes) -> bool:
    """Whether a body starts like HTML. A PHP warning (`<br /><b>…`) does not count."""
    return _WEB_PAGE.match(body) is not None


def refusal_of(message: str) -> PanelError:
    """Return the error for a message sent instead of data."""
    message = message[:_LONGEST_MESSAGE]
    words = redact_message(message)[:160]
    words += "." if words[-1:].isalnum() else ""  # another sentence follows
    if _BUSY.search(message):
        return Overloaded(f"The panel says: {words}")
    return BadAnswer(f"The panel says: {words}" if words else "The panel answered with something that is no list.")


def refusal_in_object(value: Mapping[str, Any]) -> PanelError | None:
    """Return the error for an object sent instead of data (account or message), None if it is neither."""
    if is_account(value):
        if flag(obj(value.get("user_info")).get("auth", 1)) is False:
            return LoginRefused("The panel no longer accepts this login.", status="bad_credentials")
        return UnsupportedAction("The panel answered with the account in place of what was asked for.")
    message = message_of(value)
    return None if message is None else refusal_of(message)


def refusal_without_list(body: bytes) -> PanelError | None:
    """Return the error for a body without a list; None if it means "empty" (`null`, `""`, `false`)."""
    if is_web_page(body):
        return BadAnswer("The panel answered with a web page in place of the list.")
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return BadAnswer("The panel answered with nothing in place of the list.")
    found = find_value(body[:JUNK_LIMIT])
    if found is not None and (found.value is None or found.value is False or found.value == ""):
        return None
    if body.lstrip(b" \t\r\n\0\xef\xbb\xbf")[:1] in (b"[", b"{"):  # broken data, no words for people
        return refusal_of("")
    return refusal_of(text(body[:300].decode("utf-8", "replace")) or "")


#: Clock skews below this are noise.
SKEW_WORTH_A_WORD_S: Final = 120

_ECHOES: Final = frozenset(("username", "password", "auth", "message"))
_BAD_STATUS: Final = {"expired": "expired", "banned": "banned", "disabled": "disabled"}
_BLOCK_WORDS = re.compile(rb"\s*(?:blocked|forbidden|access denied|banned|ip )", re.IGNORECASE)
_REFUSAL_WORDS = re.compile(rb"\s*(?:unauthori[sz]ed|invalid[_ ]credentials|invalid|wrong|denied)", re.IGNORECASE)
_CHALLENGE = re.compile(rb"challenge-platform|just a moment|attention required", re.IGNORECASE)
_AMBIGUOUS: Final = "The panel refused the login without saying why."
_AMBIGUOUS_HINT: Final = (
    "User name or password may be wrong, the account may have ended, or the provider refuses this program or its API: "
    "check the login first, then try another user agent in the profile."
)
_LIKELY: Final = "wrong user name or password, an account that has ended, or a program it does not let in"
_REFUSED_HINT: Final = "Check the login against what your provider sent, then try another user agent in the profile."
_ONE_REQUEST_HINT: Final = "It may not offer this part: try again later, or untick the part in the sync settings."
#: Statuses that concern the login even during a sync.
_LOGIN_STATUSES: Final = frozenset({401, 402, 403})
_AGENT_HINT: Final = "The provider may refuse this program or your address: try another user agent in the profile."


def account_from_answer(status: int, headers: Mapping[str, str], body: bytes, now: float) -> Account:
    """Return the account of an accepted login. `now` is the local time in epoch seconds.

    Raises LoginRefused (with a `status`), Denied (HTTP status), Overloaded, NotAPanel.
    """
    found = find_value(body)
    value = found.value if found is not None else None
    user = obj(value.get("user_info")) if isinstance(value, dict) else {}
    if isinstance(value, dict) and user:
        warnings = ["The panel's answer had junk around it."] if found is not None and found.salvaged else []
        return _account(user, obj(value.get("server_info")), now, warnings)
    if not 200 <= status < 300:
        raise refusal_by_status(status, headers, body, at_login=True)
    raise _refusal_by_words(headers, body, None if found is None else found.value, is_json=found is not None)


def refusal_by_status(status: int, headers: Mapping[str, str], body: bytes, *, at_login: bool = False) -> PanelError:
    """Return the error for a status of 300 or more: Denied for refusals and unknown codes, Overloaded for throttling.

    With `at_login` it concerns the account; later it may concern only the requested resource.
    """
    if is_challenge(headers, body):
        return _challenge()
    if status == 304:
        return BadAnswer("The panel says that nothing changed (HTTP 304), which it was not asked.")
    if 300 <= status < 400:
        return BadAnswer(f"The panel redirects (HTTP {status}) to nowhere.")
    if status in (408, 429, 444, 499) or (500 <= status < 600 and status not in (512, 513)):
        return Overloaded(f"The panel can't serve us now (HTTP {status}).")
    if status == 403 and not body.strip():
        return Denied(
            "The panel blocks us (HTTP 403).",
            http_status=status,
            hint="It may have blocked your address for a while: wait some minutes before you try again.",
        )
    words, hint = _denied_words(status, at_login)
    return Denied(words, http_status=status, hint=hint)


def _denied_words(status: int, at_login: bool) -> tuple[str, str]:
    """Return message and hint for a refusing status."""
    if at_login:
        return f"The panel refused the login (HTTP {status}): {_LIKELY}.", _REFUSED_HINT
    if status in _LOGIN_STATUSES:
        return f"The panel no longer accepts the login (HTTP {status}).", f"Test the login of the profile: {_LIKELY}?"
    return f"The panel accepts the login, but refuses this request (HTTP {status}).", _ONE_REQUEST_HINT


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an anti-bot page requires a browser."""
    return "cf-mitigated" in headers or _CHALLENGE.search(body[:20_000]) is not None


def _challenge() -> LoginRefused:
    return LoginRefused("A guard before the panel asks for a browser.", status="challenge", hint=_AGENT_HINT)


def _refusal_by_words(headers: Mapping[str, str], body: bytes, value: object, *, is_json: bool) -> PanelError:
    """Return the error for a 200 answer without a login."""
    if is_json and isinstance(value, dict) and (message := message_of(value)) is not None:
        refusal = refusal_of(message)
        if isinstance(refusal, Overloaded) or not message:
            return refusal if message else LoginRefused(_AMBIGUOUS, hint=_AMBIGUOUS_HINT)
        return LoginRefused(refusal.message, hint=_AMBIGUOUS_HINT)
    if not body.strip() or (is_json and (not value or (isinstance(value, dict) and "user_info" in value))):
        return LoginRefused(_AMBIGUOUS, hint=_AMBIGUOUS_HINT)
    if _BLOCK_WORDS.match(body):
        return LoginRefused("The panel blocks us.", status="blocked", hint=_AGENT_HINT)
    if _REFUSAL_WORDS.match(body):
        return LoginRefused("The panel says that the login is not valid.", hint=_AMBIGUOUS_HINT)
    if is_challenge(headers, body):
        return _challenge()
    if is_web_page(body) or not is_json:
        return NotAPanel("What answers there is a web page or a text, not an Xtream Codes panel.")
    return NotAPanel("What answers there is not an Xtream Codes panel.")


def _account(user: dict[str, Any], server: dict[str, Any], now: float, warnings: list[str]) -> Account:
    server_time = epoch(server.get("timestamp_now"))
    timezone = _timezone(server, server_time)
    zone = zone_named(timezone)
    label = redact_message(text(user.get("status"), 40) or "")
    expires = epoch(user.get("exp_date"), zone)
    _check_accepted(user, label, expires, zone, warnings)
    if expires is not None and expires < now:
        warnings.append(f"The account expired on {_day(expires, zone)}; the panel still accepts it.")
    skew = server_time - round(now) if server_time is not None else 0
    if abs(skew) > SKEW_WORTH_A_WORD_S:
        warnings.append("The panel's clock and ours differ by more than two minutes.")
    return Account(
        status="active",
        status_label=label,
        expires=expires,
        is_trial=None if first_of((user.get("is_trial"),)) is None else flag(user.get("is_trial")),
        max_connections=known_limit(int_(user.get("max_connections"))),
        active_connections=_count(user.get("active_cons")),
        message=redact_message(meta(user.get("message"), 500) or ""),
        created=epoch(user.get("created_at"), zone),
        output_formats=_formats(user.get("allowed_output_formats")),
        timezone=timezone,
        clock_skew_s=skew,
        warnings=tuple(warnings),
    )


def _check_accepted(user: dict[str, Any], label: str, expires: int | None, zone: tzinfo, warnings: list[str]) -> None:
    """Raise LoginRefused unless `auth`, or without it `status`, accepts the login. Unknown words count as accepted."""
    sent = user.get("auth")
    is_let_in = flag(sent) if sent is not None and sent != "" else None
    if is_let_in is False:
        raise LoginRefused(
            "The panel says that user name or password is wrong.",
            status="bad_credentials",
            hint="Check both against what your provider sent; upper and lower case matter.",
        )
    bad = _BAD_STATUS.get(label.casefold())
    if bad is not None:
        on = f" on {_day(expires, zone)}" if bad == "expired" and expires is not None else ""
        ended = f"The account has expired{on}." if bad == "expired" else f"The account is {bad}."
        raise LoginRefused(ended, status=bad, hint="Ask your provider; your library stays usable offline.")
    if is_let_in is None:
        if not label and not (user.keys() - _ECHOES):
            raise LoginRefused(_AMBIGUOUS, hint=_AMBIGUOUS_HINT)
        warnings.append("The panel did not say whether the login is accepted; its status was taken for it.")


def _timezone(server: dict[str, Any], server_time: int | None) -> str:
    name = text(server.get("timezone"), 60)
    if name is not None and find_zone(name) is not None:
        return name
    shown = text(server.get("time_now"), 40)
    derived = derived_offset(shown, server_time) if shown is not None and server_time is not None else None
    return derived or "UTC"


def _formats(value: object) -> tuple[str, ...]:
    parts = (part.strip().lower() for text in strs(value) for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part.isascii() and part.isalnum())) or ("ts", "m3u8")


def _count(value: object) -> int | None:
    number = int_(value)
    return number if number is not None and number >= 0 else None


def _day(at: int, zone: tzinfo) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "a day beyond the calendar"
