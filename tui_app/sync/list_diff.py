"""Compares a list as it arrives with the manifest of the last one, without reading a stored item.

The manifest holds the raw hash and the key of every row of the last list, in wire order. A row whose hash is in it is
unchanged and is not even decoded; of the others the id is read. What comes out names the items
to look at; whether they really changed is decided field by field when they are written.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Protocol

from tui_app.catalog import ItemRow
from tui_app.sync.raw_rows import CounterDigest, row_hashes

#: Stand in a manifest for rows that are no items of ours: those without an id, those in categories the user excluded.
NO_ITEM: Final = -(1 << 62)
EXCLUDED: Final = NO_ITEM - 1
#: Rows not seen before that are kept in memory between the passes.
_FEW: Final = 5_000


def is_item(key: int) -> bool:
    """Whether a key of a manifest stands for an item."""
    return key > NO_ITEM


Decode = Callable[[bytes], ItemRow | None]
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
    touched: set[int] = field(default_factory=set)  # items to decode and compare
    vanished: set[int] = field(default_factory=set)  # stored items the list no longer names
    order: Sequence[int] | None = None  # each key once, in wire order; None when the order is the old one
    listed: int = 0  # distinct items in the list
    stored: int = 0  # distinct items of the last list
    excluded: int = 0  # rows left out because the user does not want their categories
    counters: CounterDigest = field(default_factory=CounterDigest)
    fresh: dict[int, bytes] | None = field(default_factory=dict)  # raw rows not seen before; None when too many

    @property
    def is_unchanged(self) -> bool:
        return not self.touched and not self.vanished and self.order is None


def diff_list(
    batches: Iterable[Sequence[bytes]],
    manifest: Manifest,
    *,
    identify: Identify,
    keys_for: KeysFor,
) -> ListDiff:
    """One pass over the raw rows. Knows neither progress nor cancelling: whoever gives the batches does."""
    diff = ListDiff()
    known: dict[int, int] | None = None
    for batch in batches:
        start, end = len(diff.hashes), len(diff.hashes) + len(batch)
        hashes = row_hashes(batch)
        diff.counters.update(batch)
        if known is None and manifest.hashes[start:end] == hashes:
            diff.keys.extend(manifest.keys[start:end])  # the same rows at the same place: nothing to look up
        else:
            known = known if known is not None else dict(zip(manifest.hashes, manifest.keys, strict=True))
            keys, fresh = _keys_of(batch, hashes, known, identify, keys_for)
            diff.keys.extend(keys)
            diff.touched.update(fresh)
            _remember(diff, fresh)
        diff.hashes.extend(hashes)
    known = None  # some megabytes, and the next step needs as many
    _conclude(diff, manifest)
    return diff


def _keys_of(
    batch: Sequence[bytes],
    hashes: array[int],
    known: dict[int, int],
    identify: Identify,
    keys_for: KeysFor,
) -> tuple[list[int], dict[int, bytes]]:
    """The key of each row of a batch, and the rows not seen before by key."""
    keys = [known.get(digest) for digest in hashes]
    places: list[int] = []
    ids: list[str] = []
    for place, key in enumerate(keys):
        if key is not None:
            continue
        identity = identify(batch[place])
        if isinstance(identity, int):
            keys[place] = identity
        else:
            places.append(place)
            ids.append(identity)
    fresh: dict[int, bytes] = {}
    for place, key in zip(places, keys_for(ids) if ids else (), strict=True):
        keys[place] = key
        fresh[key] = batch[place]
    return [NO_ITEM if key is None else key for key in keys], fresh


def _remember(diff: ListDiff, fresh: dict[int, bytes]) -> None:
    """Keep rows not seen before, as long as they are few: then no second pass is needed to read them."""
    if diff.fresh is None:
        return
    diff.fresh.update(fresh)
    if len(diff.fresh) > _FEW:
        diff.fresh = None


def _conclude(diff: ListDiff, manifest: Manifest) -> None:
    """Everything that takes the whole list. One set at a time: each is larger than the two lists together."""
    now = set(diff.keys)
    diff.listed = diff.stored = _count_items(now)
    diff.excluded = diff.keys.count(EXCLUDED)
    if diff.keys == manifest.keys and not diff.touched:
        return
    diff.vanished = {key for key in manifest.keys if key not in now and is_item(key)}
    del now
    diff.stored = _count_items(set(manifest.keys))
    if diff.stored < len(manifest.keys):
        diff.touched |= _poorer_items(diff, manifest)
    if diff.keys != manifest.keys:
        is_plain = diff.listed == len(diff.keys)
        diff.order = diff.keys if is_plain else array("q", _first_places(diff.keys))


def _poorer_items(diff: ListDiff, manifest: Manifest) -> set[int]:
    """Items of several rows that lost one, and with it a category."""
    repeated = repeated_keys(manifest.keys)
    gone = {digest: key for digest, key in zip(manifest.hashes, manifest.keys, strict=True) if key in repeated}
    for digest in diff.hashes:
        gone.pop(digest, None)
    return set(gone.values()).intersection(diff.keys)


def _first_places(keys: array[int]) -> Iterator[int]:
    """Each item once, where it is named first."""
    repeated = repeated_keys(keys)
    seen: set[int] = set()
    for key in keys:
        if key in seen or not is_item(key):
            continue
        if key in repeated:
            seen.add(key)
        yield key


def _count_items(distinct: set[int]) -> int:
    return len(distinct) - (NO_ITEM in distinct) - (EXCLUDED in distinct)


def repeated_keys(keys: array[int]) -> set[int]:
    """The items that have several rows in a list."""
    return {key for key, following in pairwise(sorted(keys)) if key == following and is_item(key)}


def touched_rows(
    batches: Iterable[Sequence[bytes]], keys: array[int], touched: Set[int], decode: Decode, *, alike: bool = False
) -> Iterator[tuple[int, ItemRow]]:
    """(key, row) of every touched item, rows of one item merged; a second pass over the same raw rows.

    `keys` are those of all rows in wire order. `alike`: the rows of an item differ in their categories alone, so that
    no more is kept of the earlier ones.
    """
    repeated = repeated_keys(keys) & touched
    left = Counter(filter(repeated.__contains__, keys))
    partial: dict[int, ItemRow] = {}
    place = 0
    for batch in batches:
        for key, raw in zip(keys[place : place + len(batch)], batch, strict=True):
            if key not in touched or (row := decode(raw)) is None:
                continue
            if key in repeated:
                left[key] -= 1
                row = merge_rows(partial.pop(key), row) if key in partial else row
                if left[key]:
                    partial[key] = _categories_alone(row) if alike else row
                    continue
            yield key, row
        place += len(batch)


def fresh_rows(diff: ListDiff, decode: Decode) -> Iterator[tuple[int, ItemRow]] | None:
    """The same from what the first pass kept; None when that is not all, or an item has several rows."""
    if diff.fresh is None or diff.fresh.keys() != diff.touched or repeated_keys(diff.keys) & diff.touched:
        return None
    return ((key, row) for key, raw in diff.fresh.items() if (row := decode(raw)) is not None)


def _categories_alone(row: ItemRow) -> ItemRow:
    nothing: dict[str, Any] = dict.fromkeys(row._fields)
    return row._replace(**nothing | {"id": row.id, "category_ids": row.category_ids})


def merge_rows(first: ItemRow, second: ItemRow) -> ItemRow:
    """One item out of two rows with the same id: the first non-empty value of each field, all categories."""
    values: dict[str, Any] = {
        name: theirs
        for name, ours, theirs in zip(first._fields, first, second, strict=True)
        if (ours is None or ours == "") and theirs not in (None, "")
    }
    categories = tuple(dict.fromkeys(first.category_ids + second.category_ids))
    return first._replace(**values, category_ids=categories)
