"""Everything a wire has been seen to do to an answer, by name, in one table.

A fault is harmless when the answer's meaning survives it, grave when nothing of it may be believed, and odd when it
depends on the answer what comes of it. Knows no test.
"""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final, Literal

from tests.support import fault_panel as faults
from tests.support.fault_panel import HTML, MOVED, Fault, Reply, honest

Weight = Literal["harmless", "grave", "odd"]

STATUSES: Final = (
    *(400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 418, 422, 429, 444, 451, 454, 458, 499),
    *(500, 501, 502, 503, 504, 509, 512, 513, 520, 521, 522, 523, 524, 525, 526, 530, 599, 600, 777, 884, 999),
)
#: Of the account; a panel's pages and messages repeat it.
PASSWORD: Final = "Xq9-never-shown&77"


@dataclass(frozen=True)
class WireFault:
    """One fault and what may come of it. `on_lists` is its weight for lists, `on_login` for the login's object.

    `refuses` says that it ends the whole sync wherever it is met, `drops` that whole lists lack a few rows;
    categories have a weight of their own where they are judged otherwise.
    """

    spoil: Fault
    on_lists: Weight
    on_login: Weight
    refuses: bool = False
    drops: bool = False
    on_categories: Weight | None = None

    def weight_for(self, action: str) -> Weight:
        if self.on_categories and action.endswith("_categories"):
            return self.on_categories
        return self.on_login if action == "login" else self.on_lists


def harmless(spoil: Fault) -> WireFault:
    return WireFault(spoil, "harmless", "harmless")


def grave(spoil: Fault, on_login: Weight = "grave") -> WireFault:
    return WireFault(spoil, "grave", on_login)


def refusing(spoil: Fault) -> WireFault:
    return WireFault(spoil, "grave", "grave", refuses=True)


def odd(spoil: Fault, on_login: Weight = "odd") -> WireFault:
    return WireFault(spoil, "odd", on_login)


# ------------------------------------------------------------------------------------------------------- the wire
def framed(*, ends: bool = True, claims_length: bool = False, headers: tuple[tuple[str, str], ...] = ()) -> Fault:
    """In chunks, with or without the last one, with or without a length beside them."""

    def spoil(body: bytes) -> Reply:
        pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
        sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + (b"0\r\n\r\n" if ends else b"")
        transfer = ("Transfer-Encoding", "chunked")
        return Reply(sent, declared=len(body) if claims_length else None, headers=(transfer, *headers))

    return spoil


def packed(pack: Callable[[bytes], bytes], encoding: str = "", *, cut: float = 1.0) -> Fault:
    headers = (("Content-Encoding", encoding),) if encoding else ()

    def spoil(body: bytes) -> Reply:
        sent = pack(body)
        return replace(honest(sent[: int(len(sent) * cut)]), headers=headers)

    return spoil


def bare_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(body) + engine.flush()


def headed(head: bytes) -> Fault:
    """This head as it is, then the body."""
    return lambda body: Reply(body, head=head)


def redirected(code: int, location: str | None) -> Fault:
    headers = () if location is None else (("Location", location),)
    return lambda _: Reply(b"", code, "text/html", 0, headers)


def once(spoil: Fault) -> Fault:
    """Spoils every other answer, the first of them included: a second try finds it well."""
    is_spoilt = itertools.cycle((True, False))
    return lambda body: spoil(body) if next(is_spoilt) else honest(body)


def _in_the_past() -> str:
    return format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)


def _in_half_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)


WIRE: Final[dict[str, WireFault]] = {
    **{f"status {code}": grave(faults.status(code, body=HTML)) for code in STATUSES},
    **{f"status {code}": refusing(faults.status(code, body=HTML)) for code in (401, 402, 403)},
    **{f"status {code}, nothing else": grave(faults.status(code)) for code in (204, 205, 404, 500)},
    "status 403, nothing else": refusing(faults.status(403)),
    **{f"{code} to the same server": harmless(redirected(code, f"{MOVED}/player_api.php")) for code in (301, 302, 303)},
    "307 to the same server": harmless(redirected(307, f"{MOVED}/player_api.php?x=1")),
    "308 to the same server": harmless(redirected(308, f"{MOVED}/player_api.php")),
    "302 to another server": grave(redirected(302, "http://other.invalid/player_api.php?username=u&password=p")),
    "302 to another port": grave(redirected(302, "http://127.0.0.1:9/player_api.php")),
    "302 without end": grave(redirected(302, "?again")),
    "302 to nowhere": grave(redirected(302, None)),
    "302 to no address": grave(redirected(302, "http://[broken")),
    "302 to a script": grave(redirected(302, "javascript:alert(1)")),
    "302 to a file": grave(redirected(302, "file:///etc/passwd")),
    "429, wait a number": grave(faults.status(429, retry_after="7")),
    "429, wait until": grave(lambda _: faults.status(429, retry_after=_in_half_a_minute())(b"")),
    "429, waited until": grave(lambda _: faults.status(429, retry_after=_in_the_past())(b"")),
    "429, wait for ever": grave(faults.status(429, retry_after="9" * 400)),
    "429, wait nonsense": grave(faults.status(429, retry_after="soon \xb2")),
    "429 once": harmless(once(faults.status(429, retry_after="1"))),
    "503 once": harmless(once(faults.status(503))),
    "a challenge": refusing(
        lambda _: replace(faults.status(403, body=b"Just a moment...")(b""), headers=(("cf-ray", "7"),))
    ),
    "reset before the head": grave(lambda _: Reply(b"", has_head=False, ending="reset")),
    "reset before the head, once": harmless(once(lambda _: Reply(b"", has_head=False, ending="reset"))),
    "closed before the head": grave(lambda _: Reply(b"", has_head=False)),
    "reset in the head": grave(lambda _: Reply(b"", head=b"HTTP/1.1 200 OK\r\nContent-Le", ending="reset")),
    "reset after the head": grave(faults.reset_after(0.0)),
    "reset in the body": grave(faults.reset_after(0.5)),
    "silence": grave(faults.silent()),
    "silence after the head": grave(faults.silent(0.0)),
    "silence in the body": grave(faults.silent(0.5)),
    "trickle": harmless(faults.dripping(0.2)),
    "cut, with a length": grave(faults.cut(0.6, declares_length=True)),
    "cut, without a length": grave(faults.cut(0.6, declares_length=False)),
    "cut once": WireFault(once(faults.cut(0.6, declares_length=False)), "harmless", "grave", on_categories="odd"),
    "cut by one byte": grave(lambda body: Reply(body[:-1]), on_login="grave"),
    "no length": harmless(lambda body: Reply(body)),
    "a length too large": odd(lambda body: Reply(body, declared=len(body) + 999)),
    "a length too small": odd(lambda body: Reply(body, declared=len(body) // 2)),
    "a length of nothing": grave(lambda body: Reply(body, declared=0)),
    "a negative length": grave(headed(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")),
    "two lengths": grave(headed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")),
    "an endless length": grave(headed(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n")),
    "an endless head": grave(headed(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n")),
    "no head at all": grave(headed(b"")),
    "another protocol": grave(headed(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    "HTTP/1.0": harmless(headed(b"HTTP/1.0 200 OK\r\n\r\n")),
    "chunks": harmless(framed()),
    "chunks without a last one": odd(framed(ends=False)),
    "chunks and a length": odd(framed(claims_length=True)),
    "chunks without a last one, and a length": odd(framed(ends=False, claims_length=True)),
    "chunks that are none": grave(headed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")),
    "chunks, packed": harmless(lambda body: framed(headers=(("Content-Encoding", "gzip"),))(gzip.compress(body))),
    "gzip": harmless(packed(gzip.compress, "gzip")),
    "gzip, unnamed": harmless(packed(gzip.compress)),
    "gzip, named deflate": harmless(packed(gzip.compress, "deflate")),
    "gzip, named br": harmless(packed(gzip.compress, "br")),
    "gzip twice": harmless(packed(lambda body: gzip.compress(gzip.compress(body)), "gzip")),
    "gzip of parts": harmless(packed(lambda body: gzip.compress(body[:99]) + gzip.compress(body[99:]), "gzip")),
    "gzip, cut": grave(packed(gzip.compress, "gzip", cut=0.6)),
    "gzip, damaged": grave(packed(lambda body: gzip.compress(body)[:60] + b"xxxx" + gzip.compress(body)[64:], "gzip")),
    "gzip, and it is not": harmless(packed(bytes, "gzip")),
    "zlib": harmless(packed(zlib.compress, "deflate")),
    "deflate": harmless(packed(bare_deflate, "deflate")),
    "a bomb": grave(packed(lambda _: gzip.compress(b" " * (32 << 20), 6), "gzip")),
    "a bomb in a bomb": grave(packed(lambda _: gzip.compress(gzip.compress(b"[" * (64 << 20))), "gzip")),
}
