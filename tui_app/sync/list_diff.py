"""Compares a list as it arrives with the manifest of the last one, without reading a stored item.

The manifest holds the raw hash and the key of every row of the last list, in wire order. A row whose hash is in it is
unchanged and is not even decoded; of the others the id is read. What comes out names the rows
to look at; whether their items really changed is decided field by field when they are written.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, Protocol

from tui_app.sync.row_identity import CounterDigest, KnownRows, Tally, absence, row_hashes, tally

#: Stand in a manifest for rows that are no items of ours: those without an id, those in categories the user excluded.
NO_ITEM: Final = -(1 << 62)
EXCLUDED: Final = NO_ITEM - 1
#: Rows not seen before that are kept in memory between the passes.
_FEW: Final = 5_000


def is_item(key: int) -> bool:
    """Whether a key of a manifest stands for an item."""
    return key > NO_ITEM


#: The id of the item in a raw row, or `NO_ITEM` or `EXCLUDED`.
Identify = Callable[[bytes], str | int]
KeysFor = Callable[[Sequence[str]], Sequence[int]]


class Manifest(Protocol):
    """The wire list of the last sync: parallel arrays of raw hashes and item keys."""

    @property
    def hashes(self) -> array[int]: ...
    @property
    def keys(self) -> array[int]: ...


@dataclass(slots=True)
class ListDiff:
    """What differs between two lists. Keys are the library's; `hashes` and `keys` make the next manifest."""

    hashes: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("q"))
    touched: bytearray = field(
        default_factory=bytearray
    )  # for each row, whether its item is to be decoded and compared
    vanished: set[int] = field(default_factory=set)  # stored items the list no longer names
    is_reordered: bool = False  # whether the items, or their order, are others than before
    repeated: set[int] = field(default_factory=set)  # items of several rows
    listed: int = 0  # distinct items in the list
    stored: int = 0  # distinct items of the last list
    excluded: int = 0  # rows left out because the user does not want their categories
    counters: CounterDigest = field(default_factory=CounterDigest)
    fresh: dict[int, bytes] | None = field(default_factory=dict)  # place → raw row not seen before; None when too many


def diff_list(
    batches: Iterable[Sequence[bytes]],
    manifest: Manifest,
    *,
    identify: Identify,
    keys_for: KeysFor,
) -> ListDiff:
    """One pass over the raw rows. Knows neither progress nor cancelling: whoever gives the batches does."""
    diff = ListDiff()
    known: KnownRows | None = None
    not_found = array("q")  # places
    for batch in batches:
        start, end = len(diff.hashes), len(diff.hashes) + len(batch)
        hashes = row_hashes(batch)
        diff.counters.update(batch)
        if known is None and manifest.hashes[start:end] == hashes:
            diff.keys.extend(manifest.keys[start:end])  # the same rows at the same place: nothing to look up
        else:
            known = known or KnownRows(manifest.hashes, manifest.keys, start)
            keys, named = _keys_of(batch, known.keys_of(hashes), identify, keys_for)
            diff.keys.extend(keys)
            not_found.extend(start + place for place in named)
            _remember(diff, start, named)
        diff.hashes.extend(hashes)
    known = None  # some megabytes, and the next step needs as many
    _conclude(diff, manifest, not_found)
    return diff


def _keys_of(
    batch: Sequence[bytes], keys: list[int | None], identify: Identify, keys_for: KeysFor
) -> tuple[list[int], dict[int, bytes]]:
    """The key of each row of a batch, where `keys` has none by its id; and the rows that named one, by place."""
    named: dict[int, bytes] = {}
    ids: list[str] = []
    for place, key in enumerate(keys):
        if key is not None:
            continue
        identity = identify(batch[place])
        if isinstance(identity, int):
            keys[place] = identity
        else:
            named[place] = batch[place]
            ids.append(identity)
    for place, key in zip(named, keys_for(ids) if ids else (), strict=True):
        keys[place] = key
    return [NO_ITEM if key is None else key for key in keys], named


def _remember(diff: ListDiff, start: int, named: dict[int, bytes]) -> None:
    """Keep rows not seen before, as long as they are few: then no second pass is needed to read them."""
    if diff.fresh is None:
        return
    diff.fresh.update((start + place, raw) for place, raw in named.items())
    if len(diff.fresh) > _FEW:
        diff.fresh = None


def _conclude(diff: ListDiff, manifest: Manifest, not_found: array[int]) -> None:
    """Everything that takes the whole list."""
    now = tally(diff.keys)
    diff.repeated = set(filter(is_item, now.repeated))
    diff.listed = diff.stored = _count_items(now, diff.keys)
    diff.excluded = diff.keys.count(EXCLUDED)
    diff.touched = _new_rows(diff, manifest, not_found)
    if diff.keys == manifest.keys and not any(diff.touched):
        return
    diff.vanished = set(filter(is_item, compress(manifest.keys, absence(manifest.keys, diff.keys))))
    before = tally(manifest.keys)
    diff.stored = _count_items(before, manifest.keys)
    poorer = _poorer_items(diff, manifest, before.repeated) if diff.stored < len(manifest.keys) else set()
    _touch_all_rows(diff, poorer)
    diff.is_reordered = diff.keys != manifest.keys


def _new_rows(diff: ListDiff, manifest: Manifest, not_found: array[int]) -> bytearray:
    """Marks the rows that the last list did not hold at all: those not found may have moved far."""
    digests = array("q", (diff.hashes[place] for place in not_found))
    marks = bytearray(len(diff.keys))
    for place, is_new in zip(not_found, absence(digests, manifest.hashes), strict=True):
        marks[place] = is_new
    return marks


def _touch_all_rows(diff: ListDiff, poorer: set[int]) -> None:
    """Where one row of an item is touched, all are; so are those of items that lost one."""
    keys = diff.repeated.intersection(compress(diff.keys, diff.touched)) | poorer
    if keys:
        for place, key in enumerate(diff.keys):
            if key in keys:
                diff.touched[place] = True


def _poorer_items(diff: ListDiff, manifest: Manifest, repeated: set[int]) -> set[int]:
    """Items of several rows that lost one, and with it a category."""
    rows = bytearray(map(repeated.__contains__, manifest.keys))
    is_gone = absence(array("q", compress(manifest.hashes, rows)), diff.hashes)
    losers = set(filter(is_item, compress(compress(manifest.keys, rows), is_gone)))
    return losers.intersection(diff.keys)


def _count_items(counted: Tally, keys: array[int]) -> int:
    return counted.distinct - (NO_ITEM in keys) - (EXCLUDED in keys)


def first_places(diff: ListDiff) -> array[int]:
    """The places where each item is named first, in order."""
    if diff.listed == len(diff.keys):
        return array("q", range(len(diff.keys)))
    seen: set[int] = set()
    places = array("q")
    for place, key in enumerate(diff.keys):
        if key in seen or not is_item(key):
            continue
        if key in diff.repeated:
            seen.add(key)
        places.append(place)
    return places
