"""What panels do to the body of an answer, and to the rows of a list in it; `ALL` is every fault there is, by name."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from tests.faults.wire_faults import PASSWORD, WIRE, WireFault, grave, harmless, odd, refusing
from tests.support import fault_panel as faults
from tests.support.fault_panel import Fault, Reply, honest

Rows = list[Any]
STRANGERS: Final[Rows] = [None, "x", 5, []]
_WARNING: Final = b"<br />\n<b>Warning</b>: Undefined index [x] in <b>/www/player_api.php</b> on line <b>7</b><br />\n"

# ------------------------------------------------------------------------------------------- the body as a whole
BODIES: Final[dict[str, WireFault]] = {
    "another content type": harmless(lambda body: replace(honest(body), content_type="text/html; charset=latin-1")),
    "a byte order mark": harmless(lambda body: honest(b"\xef\xbb\xbf" + body)),
    "blanks around": harmless(lambda body: honest(b" \r\n\t" + body + b"\r\n\0\0")),
    "pretty printed": harmless(lambda body: honest(json.dumps(json.loads(body), indent=4).encode())),
    "raw letters": harmless(
        lambda body: honest(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    ),
    "warnings before": odd(lambda body: honest(_WARNING + body), on_login="harmless"),
    "many warnings before": odd(lambda body: honest(_WARNING * 100 + body)),
    "a comment behind": odd(lambda body: honest(body + b"\n<!-- 0.02s -->"), on_login="harmless"),
    "a function around": odd(lambda body: honest(b"callback(" + body + b");"), on_login="harmless"),
    "twice in a row": odd(lambda body: honest(body + body)),
    "a web page": grave(faults.html()),
    "a web page with the login in it": grave(
        lambda _: honest(b"<html>/player_api.php?username=demo&password=" + PASSWORD.encode() + b" failed</html>")
    ),
    "words with the login in them": grave(
        lambda _: honest(json.dumps({"message": f"no line demo {PASSWORD}"}).encode())
    ),
    "plain words": grave(faults.instead(b"Blocked", "text/plain")),
    "too many requests": grave(faults.instead(b'{"message":"too many requests"}')),
    "an error": grave(faults.instead(b'{"error":{"code":5}}')),
    "a status": grave(faults.instead(b'{"status":"error"}')),
    "a refusal": refusing(faults.instead(b'{"user_info":{"auth":0}}')),
    "the account": WireFault(faults.account_object, "grave", "harmless"),
    "an empty account": grave(faults.instead(b'{"user_info":[],"server_info":[]}')),
    **{f"nothing: {said!r}": grave(faults.instead(said.encode())) for said in ("", " ", "[]", "{}", "null", '""')},
    **{
        f"something: {said!r}": grave(faults.instead(said.encode()))
        for said in ('"x"', "5", "true", "-", "[", "]", "}")
    },
    **{
        f"members: {said!r}": grave(faults.instead(said.encode()))
        for said in ("[5]", '["x"]', "[null]", "[[]]", "[[[]]]")
    },
    **{
        f"objects: {said!r}": grave(faults.instead(said.encode()))
        for said in ("[{}]", '{"a":1}', '{"0":[]}', '{"0":5}')
    },
    "only an open bracket and blanks": grave(lambda _: honest(b"[" + b" " * 50_000)),
    "a tower of brackets": grave(faults.instead(b"[" * 100_000 + b"]" * 100_000)),
    "a tower of objects": grave(faults.instead(b'{"a":' * 50_000 + b"1" + b"}" * 50_000)),
    "binary": grave(lambda _: honest(random.Random(7).randbytes(20_000))),
    "zeros": grave(lambda _: honest(bytes(20_000))),
    "UTF-16": grave(lambda body: honest(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-16", "replace"))),
}


# ------------------------------------------------------------------------------------------------- rows in a list
def in_rows(change: Callable[[Rows], Rows]) -> Fault:
    """Lists with their rows changed; the login's object as it is."""

    def spoil(body: bytes) -> Reply:
        value = json.loads(body)
        return honest(json.dumps(change(value) if isinstance(value, list) else value).encode())

    return spoil


def in_each(change: Callable[[dict[str, Any], int], dict[str, Any]], every: int = 3) -> Fault:
    return in_rows(lambda rows: [change(row, n) if n % every == 0 else row for n, row in enumerate(rows)])


def with_name(name: Any) -> Fault:
    """Every third row has this name, or category name."""
    return in_each(lambda row, _: row | {key: name for key in ("name", "title", "category_name") if key in row})


def raw_names(name: bytes) -> Fault:
    """The same, byte for byte."""
    marked = with_name("@@@")
    return lambda body: honest(marked(body).body.replace(b'"@@@"', name))


def everywhere(value: Any) -> Fault:
    """This value in every field of every third row but its id."""
    keys = ("stream_id", "series_id", "category_id")
    return in_each(lambda row, _: {key: row[key] if key in keys else value for key in row})


def shuffled() -> Fault:
    rng = random.Random(3)
    return in_rows(lambda rows: rng.sample(rows, len(rows)))


def fickle() -> Fault:
    """Another twentieth is missing from each answer."""
    turn = itertools.count()

    def without_some(rows: list[Any]) -> list[Any]:
        at = next(turn)
        return [row for number, row in enumerate(rows) if number % 20 != at % 20]

    return in_rows(without_some)


_DEEP: Any = json.loads("[" * 300 + "]" * 300)
_VALUES: Final[dict[str, Any]] = {
    "null": None,
    "true": True,
    "an empty list": [],
    "an empty object": {},
    "an empty text": "",
    "minus one": -1,
    "a fraction": 0.5,
    "a list of lists": [[1]],
    "an object of objects": {"a": {"b": 1}},
    "2^63": 2**63,
    "-2^63": -(2**63),
    "2^64": 2**64,
    "10^400": 10**400,
    "a tower": _DEEP,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "1e308": 1e308,
    "a long number text": "9" * 5000,
    "a megabyte": "x" * (1 << 20),
    "zeros": "a\0b\0",
    "escapes": "\x1b]0;pwned\x07\x9b31m\u202e[b]",
    "half": "\ud83d",
    "other halves": "\ude00\ud83d",
    "a byte order mark": "\ufeffname",
    "right to left": "\u202eabc\u2066",
    "1e999": "1e999",
    "SQL": "'; DROP TABLE movie; --",
    "a format": "{0} %s %(x)s",
    "a path": "../../etc/passwd",
    "blanks": "\u00a0\u200b \u3000",
}
ROWS: Final[dict[str, WireFault]] = {
    **{f"{name} in every field": odd(everywhere(value), "harmless") for name, value in _VALUES.items()},
    "bad bytes in names": odd(raw_names(b'"caf\xe9 \xff\xfe \xc3"'), "harmless"),
    "surrogates as bytes in names": odd(raw_names(b'"\xed\xa0\xbd x"'), "harmless"),
    "raw controls in names": odd(raw_names(b'"a\x01b\nc\td"'), "harmless"),
    "broken escapes in names": odd(raw_names(b'"a\\x41 \\u12 b"'), "harmless"),
    "open quotes in names": odd(raw_names(b'"a "quoted" name"'), "harmless"),
    "1e999 as a name": odd(raw_names(b"1e999"), "harmless"),
    "-Infinity as a name": odd(raw_names(b"-Infinity"), "harmless"),
    "5,000 digits as a name": odd(raw_names(b"9" * 5000), "harmless"),
    "a tower as a name": odd(raw_names(b"[" * 20_000 + b"]" * 20_000), "harmless"),
    "5,000 unknown keys": odd(in_each(lambda row, _: row | {f"k{n}": n for n in range(5000)}, 15), "harmless"),
    "every row twice": harmless(in_rows(lambda rows: [row for row in rows for _ in (1, 2)])),
    "all rows again behind": harmless(in_rows(lambda rows: rows + rows)),
    "other names behind": odd(in_rows(lambda rows: [*rows, *({**row, "name": "Other"} for row in rows)]), "harmless"),
    "ids in no row": WireFault(
        in_rows(lambda rows: [{k: v for k, v in row.items() if not k.endswith("_id")} for row in rows]),
        "grave",
        "harmless",
    ),
    "strangers between rows": odd(in_rows(lambda rows: [one for row in rows for one in (row, *STRANGERS)]), "harmless"),
    "rows in a list in a list": WireFault(lambda body: honest(b"[" + body + b"]"), "harmless", "odd"),
    "rows under numbers": harmless(
        lambda body: honest(json.dumps(dict(enumerate(v)) if isinstance(v := json.loads(body), list) else v).encode())
    ),
    "every comma twice": odd(lambda body: honest(body.replace(b"},{", b"},,{")), "harmless"),
    "no commas": odd(lambda body: honest(body.replace(b"},{", b"}{")), "harmless"),
    "keys twice": odd(lambda body: honest(body.replace(b'"name":', b'"name":"first","name":')), "harmless"),
    "shuffled each time": WireFault(shuffled(), "odd", "harmless"),
    "fickle": WireFault(fickle(), "odd", "harmless", drops=True),
    "half of it": WireFault(
        in_rows(lambda rows: rows[: len(rows) // 2]), "grave", "harmless", drops=True, on_categories="odd"
    ),
    "the last row alone": WireFault(
        in_rows(lambda rows: rows[-1:]), "grave", "harmless", drops=True, on_categories="odd"
    ),
}

ALL: Final[dict[str, WireFault]] = WIRE | BODIES | ROWS
