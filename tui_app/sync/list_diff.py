"""Compare a list with the row hashes of the last one, without reading stored items.

`RowHashes` holds the hash and the item key of every row of the last list, in list order. A row with a known hash is
unchanged and never decoded; of other rows only the id is read. The result marks the rows to decode; whether an item
changed is decided field by field when it is written.

Why hashes: most rows stay the same between syncs, and hashing raw bytes is far cheaper than decoding JSON. Time is
linear in the rows, memory 16 bytes per row and list, because keys and hashes are kept in arrays and only `_WINDOW`
rows at a time in a dictionary.

The row counter (`num`) is excluded from the hash, because panels renumber it on every call.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from typing import Final, NamedTuple, Protocol

from xxhash import xxh3_64, xxh3_64_intdigest

_COUNTER_FIRST: Final = b'{"num":'
# Quotes inside a JSON string are escaped (`\"num\":`), so this matches real keys only.
_COUNTER = re.compile(rb'"num"\s*:\s*("[^"\\]*"|[0-9.eE+-]+|null)\s*,?')


def hash_rows(raws: Sequence[bytes]) -> array[int]:
    """Return the signed 64-bit hash of each raw row without its counter, in order."""
    digests = [
        xxh3_64_intdigest(raw[raw.find(b",") + 1 :] if raw.startswith(_COUNTER_FIRST) else _without_counter(raw))
        for raw in raws
    ]
    return array("q", array("Q", digests).tobytes())


def _without_counter(raw: bytes) -> bytes:
    return _COUNTER.sub(b"", raw) if b'"num"' in raw else raw


def counter(raw: bytes) -> bytes:
    """Return the bytes of a row's counter (`12`, `"12"`), or `b""`."""
    if raw.startswith(_COUNTER_FIRST):
        return raw[len(_COUNTER_FIRST) : raw.find(b",")].strip()
    match = _COUNTER.search(raw)
    return match[1] if match else b""


class CounterDigest:
    """A digest of all counters in list order: detects renumbering without storing the numbers."""

    def __init__(self) -> None:
        self._hash = xxh3_64()

    def update(self, raws: Sequence[bytes]) -> None:
        self._hash.update(b",".join(map(counter, raws)) + b";")

    def value(self) -> int:
        """Return 63 bits, which fit a signed SQLite integer."""
        return self._hash.intdigest() >> 1


#: Rows in the look-up dictionary: all rows of most lists; about 15 MB.
_WINDOW: Final = 1 << 17
#: Rows after which the window moves to where the last rows were found; a quarter of it lies before them.
_STEP: Final = _WINDOW // 2
_BEFORE: Final = _WINDOW // 4
#: Sampled rows whose median index locates the window: single rows may have moved, most have not.
_SAMPLED: Final = 5


class KnownRows:
    """A sliding window over the rows of the last list, as parallel arrays of hashes and keys.

    Lists keep most of their order from one sync to the next, so rows are found near the previous match, and one
    bounded dictionary suffices for a list of any length. A row outside the window is only looked up by id: slower,
    never wrong.
    """

    def __init__(self, hashes: array[int], keys: array[int], start: int) -> None:
        self._hashes = hashes
        self._keys = keys
        self._passed = 0
        self._move_window(start)

    def keys_of(self, digests: Sequence[int]) -> list[int | None]:
        """Return the key of each row, None where not found. Call it in list order."""
        found = list(map(self._key_of.get, digests))
        self._passed += len(digests)
        if self._passed > _STEP and len(self._key_of) < len(self._hashes):
            self._follow([digest for digest in digests if digest in self._key_of])
        return found

    def _follow(self, digests: Sequence[int]) -> None:
        """Centre the window on rows just found; leave it if there are none."""
        sampled = islice(digests, 0, None, max(1, len(digests) // _SAMPLED))
        indexes = sorted(self._hashes.index(digest, self._first, self._end) for digest in sampled)
        if indexes:
            self._passed = 0
            self._move_window(indexes[len(indexes) // 2])

    def _move_window(self, index: int) -> None:
        count = len(self._hashes)
        self._first = max(0, min(index - _BEFORE, count - _WINDOW))
        self._end = min(self._first + _WINDOW, count)
        self._key_of: dict[int, int] = {}  # free the old dictionary before the new one is filled
        window = slice(self._first, self._end)
        self._key_of.update(zip(self._hashes[window], self._keys[window], strict=True))


#: Numbers held in a set at a time, unless the list would then need more than `_MAX_CHUNKS` passes.
CHUNK: Final = 1 << 16
_MAX_CHUNKS: Final = 16


class Tally(NamedTuple):
    """The number of distinct values in an array, and the values that occur more than once."""

    distinct: int
    repeated: set[int]


def tally(numbers: array[int], *, chunk_size: int = CHUNK) -> Tally:
    """Count distinct and repeated numbers chunk by chunk, so that no set holds all of them.

    Each number counts in the last chunk that contains it. O(n * chunks) time, O(chunk) memory.
    """
    distinct, repeated = 0, set[int]()
    for start, end in _chunks(len(numbers), chunk_size):
        chunk = numbers[start:end]
        here = set(chunk)
        if len(here) < len(chunk):
            repeated.update(number for number, count in Counter(chunk).items() if count > 1)
        later = here.intersection(numbers[end:])
        distinct += len(here) - len(later)
        repeated |= later
    return Tally(distinct, repeated)


def absence(wanted: array[int], numbers: array[int], *, chunk_size: int = CHUNK) -> bytearray:
    """Mark the elements of `wanted` that are not in `numbers`."""
    marks = bytearray()
    for start, end in _chunks(len(wanted), chunk_size):
        chunk = wanted[start:end]
        absent = set(chunk).difference(numbers)
        marks.extend(map(absent.__contains__, chunk))
    return marks


def look_up(
    wanted: array[int], keys: array[int], values: array[int], missing: int, *, chunk_size: int = CHUNK
) -> array[int]:
    """Return the value of each wanted key, `missing` where there is none. `keys` and `values` are parallel."""
    found = array("q", (missing,)) * len(wanted)
    for start, end in _chunks(len(keys), chunk_size):
        value_of = dict(zip(keys[start:end], values[start:end], strict=True))
        for index, value in enumerate(map(value_of.get, wanted)):
            if value is not None:
                found[index] = value
    return found


def _chunks(count: int, chunk_size: int) -> Iterator[tuple[int, int]]:
    size = max(chunk_size, -(-count // _MAX_CHUNKS))
    for start in range(0, count, size):
        yield start, min(start + size, count)


#: Keys of rows that are not stored: rows without an id, and rows in excluded categories.
NO_ITEM: Final = -(1 << 62)
EXCLUDED: Final = NO_ITEM - 1
#: New rows kept in memory, to save the second pass over the list.
_FEW: Final = 5_000


def is_item(key: int) -> bool:
    """Whether a key belongs to an item."""
    return key > NO_ITEM


#: Returns the item id of a raw row, or `NO_ITEM` or `EXCLUDED`.
Identify = Callable[[bytes], str | int]
KeysFor = Callable[[Sequence[str]], Sequence[int]]


class StoredRows(Protocol):
    """The rows of the last list, as parallel arrays of row hashes and item keys."""

    @property
    def hashes(self) -> array[int]: ...
    @property
    def keys(self) -> array[int]: ...


@dataclass(slots=True)
class ListDiff:
    """The differences between two lists. `hashes` and `keys` become the stored rows of the next comparison."""

    hashes: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("q"))
    touched: bytearray = field(default_factory=bytearray)  # 1 for each row to decode and compare
    vanished: set[int] = field(default_factory=set)  # keys of stored items that the list no longer contains
    is_reordered: bool = False  # whether the items or their order changed
    repeated: set[int] = field(default_factory=set)  # keys of items with several rows
    listed: int = 0  # distinct items in the list
    stored: int = 0  # distinct items of the last list
    excluded: int = 0  # rows in excluded categories
    counters: CounterDigest = field(default_factory=CounterDigest)
    fresh: dict[int, bytes] | None = field(default_factory=dict)  # index → new raw row; None when there are too many


def diff_list(
    batches: Iterable[Sequence[bytes]],
    stored: StoredRows,
    *,
    identify: Identify,
    keys_for: KeysFor,
) -> ListDiff:
    """Compare the raw rows with the last list in one pass. The caller's `batches` report progress and cancellation."""
    diff = ListDiff()
    known: KnownRows | None = None
    not_found = array("q")  # indexes of rows whose hash was not in the window
    for batch in batches:
        start, end = len(diff.hashes), len(diff.hashes) + len(batch)
        hashes = hash_rows(batch)
        diff.counters.update(batch)
        if known is None and stored.hashes[start:end] == hashes:
            diff.keys.extend(stored.keys[start:end])  # same rows at the same index: no look-up needed
        else:
            known = known or KnownRows(stored.hashes, stored.keys, start)
            keys, named = _keys_of(batch, known.keys_of(hashes), identify, keys_for)
            diff.keys.extend(keys)
            not_found.extend(start + index for index in named)
            _remember(diff, start, named)
        diff.hashes.extend(hashes)
    known = None  # free the window before the whole-list steps allocate theirs
    _conclude(diff, stored, not_found)
    return diff


def _keys_of(
    batch: Sequence[bytes], keys: list[int | None], identify: Identify, keys_for: KeysFor
) -> tuple[list[int], dict[int, bytes]]:
    """Resolve rows without a known key by id. Return the key of each row, and the rows resolved by id, by index."""
    named: dict[int, bytes] = {}
    ids: list[str] = []
    for index, key in enumerate(keys):
        if key is not None:
            continue
        identity = identify(batch[index])
        if isinstance(identity, int):
            keys[index] = identity
        else:
            named[index] = batch[index]
            ids.append(identity)
    for index, key in zip(named, keys_for(ids) if ids else (), strict=True):
        keys[index] = key
    return [NO_ITEM if key is None else key for key in keys], named


def _remember(diff: ListDiff, start: int, named: dict[int, bytes]) -> None:
    """Keep new rows while they are few, which saves a second pass to decode them."""
    if diff.fresh is None:
        return
    diff.fresh.update((start + index, raw) for index, raw in named.items())
    if len(diff.fresh) > _FEW:
        diff.fresh = None


def _conclude(diff: ListDiff, stored: StoredRows, not_found: array[int]) -> None:
    """Compute what depends on the whole list."""
    now = tally(diff.keys)
    diff.repeated = set(filter(is_item, now.repeated))
    diff.listed = diff.stored = _count_items(now, diff.keys)
    diff.excluded = diff.keys.count(EXCLUDED)
    diff.touched = _new_rows(diff, stored, not_found)
    if diff.keys == stored.keys and not any(diff.touched):
        return
    diff.vanished = set(filter(is_item, compress(stored.keys, absence(stored.keys, diff.keys))))
    before = tally(stored.keys)
    diff.stored = _count_items(before, stored.keys)
    reduced = _reduced_items(diff, stored, before.repeated) if diff.stored < len(stored.keys) else set()
    _touch_all_rows(diff, reduced)
    diff.is_reordered = diff.keys != stored.keys


def _new_rows(diff: ListDiff, stored: StoredRows, not_found: array[int]) -> bytearray:
    """Mark the rows that the last list did not contain anywhere: a row outside the window may only have moved far."""
    digests = array("q", (diff.hashes[index] for index in not_found))
    marks = bytearray(len(diff.keys))
    for index, is_new in zip(not_found, absence(digests, stored.hashes), strict=True):
        marks[index] = is_new
    return marks


def _touch_all_rows(diff: ListDiff, reduced: set[int]) -> None:
    """Mark all rows of an item if one is marked or one was lost, because an item is merged from all its rows."""
    keys = diff.repeated.intersection(compress(diff.keys, diff.touched)) | reduced
    if keys:
        for index, key in enumerate(diff.keys):
            if key in keys:
                diff.touched[index] = True


def _reduced_items(diff: ListDiff, stored: StoredRows, repeated: set[int]) -> set[int]:
    """Return items of several rows that lost a row, and with it a category."""
    rows = bytearray(map(repeated.__contains__, stored.keys))
    is_gone = absence(array("q", compress(stored.hashes, rows)), diff.hashes)
    reduced = set(filter(is_item, compress(compress(stored.keys, rows), is_gone)))
    return reduced.intersection(diff.keys)


def _count_items(counted: Tally, keys: array[int]) -> int:
    return counted.distinct - (NO_ITEM in keys) - (EXCLUDED in keys)


def first_indexes(diff: ListDiff) -> array[int]:
    """Return the index of each item's first row, in order."""
    if diff.listed == len(diff.keys):
        return array("q", range(len(diff.keys)))
    seen: set[int] = set()
    indexes = array("q")
    for index, key in enumerate(diff.keys):
        if key in seen or not is_item(key):
            continue
        if key in diff.repeated:
            seen.add(key)
        indexes.append(index)
    return indexes
