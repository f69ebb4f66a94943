"""Who may use the app: browsers that came with a token, which they exchange for a cookie.

The port alone proves nothing: on a machine with several users each of them reaches the loopback interface.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Final

_BYTES: Final = 32


class Access:
    """The token of the next browser, and the value of the cookie that the browsers let in so far hold.

    A token works once: the address it stands in stays in the history of a shell and in lists of processes.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(_BYTES)
        self.cookie = secrets.token_urlsafe(_BYTES)

    def redeem(self, token: str) -> bool:
        """Whether `token` is the one that lets a browser in; if so, it is replaced by a new one."""
        if not _are_equal(token, self.token):
            return False
        self.token = secrets.token_urlsafe(_BYTES)
        return True

    def admits(self, cookie: str | None) -> bool:
        """Whether a browser with this cookie was let in before."""
        return cookie is not None and _are_equal(cookie, self.cookie)


def _are_equal(given: str, expected: str) -> bool:
    """Compare in a time that tells nothing of the expected text."""
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())
