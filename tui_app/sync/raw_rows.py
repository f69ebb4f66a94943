"""Identity of raw rows: what of a row's bytes counts when two lists are compared, before anything is decoded.

Panels renumber their counters (`num`) on every call, so the counter is left out of the hash; it is usually the first
key, and then costs nothing to cut off.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Final

from xxhash import xxh3_64, xxh3_64_intdigest

_COUNTER_FIRST: Final = b'{"num":'
# A quoted key inside a text value is escaped (`\"num\":`), so this finds real keys only.
_COUNTER = re.compile(rb'"num"\s*:\s*("[^"\\]*"|[0-9.eE+-]+|null)\s*,?')


def row_hashes(raws: Sequence[bytes]) -> array[int]:
    """A signed 64-bit hash of each raw row without its counter, in order."""
    digests = [
        xxh3_64_intdigest(raw[raw.find(b",") + 1 :] if raw.startswith(_COUNTER_FIRST) else _without_counter(raw))
        for raw in raws
    ]
    return array("q", array("Q", digests).tobytes())


def _without_counter(raw: bytes) -> bytes:
    return _COUNTER.sub(b"", raw) if b'"num"' in raw else raw


def counter(raw: bytes) -> bytes:
    """The bytes of a row's counter (`12`, `"12"`), `b""` when it has none."""
    if raw.startswith(_COUNTER_FIRST):
        return raw[len(_COUNTER_FIRST) : raw.find(b",")].strip()
    match = _COUNTER.search(raw)
    return match[1] if match else b""


class CounterDigest:
    """A digest of all counters of a list in order: tells whether any number moved without keeping one."""

    def __init__(self) -> None:
        self._hash = xxh3_64()

    def update(self, raws: Sequence[bytes]) -> None:
        self._hash.update(b",".join(map(counter, raws)) + b";")

    def value(self) -> int:
        """63 bits, so that it fits SQLite's signed integers."""
        return self._hash.intdigest() >> 1
