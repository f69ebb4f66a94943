"""The wire list of a kind's last sync: for each raw row, in wire order, the hash of its bytes and the key of its item.

The engine compares an incoming list with it without reading a single item. Rows that only changed their quoting or the
order of their JSON keys change this, never an item.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase


def _integers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class Manifest:
    """Parallel arrays of signed 64-bit integers; `numbers_digest` (signed 64 bits) sums up the rows' counters."""

    hashes: array[int] = field(default_factory=_integers)
    keys: array[int] = field(default_factory=_integers)
    numbers_digest: int = 0


def read_manifest(database: LibraryDatabase, kind: Kind) -> Manifest | None:
    """The stored manifest, None when the kind was never synced."""
    row = database.row("SELECT hashes, keys, numbers_digest FROM manifest WHERE kind = ?", (kind.value,))
    if row is None:
        return None
    return Manifest(unpacked(row[0]), unpacked(row[1]), row[2])


def write_manifest(database: LibraryDatabase, kind: Kind, manifest: Manifest) -> None:
    """Store it, in the transaction that wrote the items it describes."""
    if len(manifest.hashes) != len(manifest.keys):
        raise ValueError("a manifest needs a key for each hash")
    with database.writing():
        database.run(
            "INSERT INTO manifest(kind, hashes, keys, numbers_digest) VALUES (?, ?, ?, ?) ON CONFLICT(kind) DO UPDATE "
            "SET hashes = excluded.hashes, keys = excluded.keys, numbers_digest = excluded.numbers_digest",
            (kind.value, packed(manifest.hashes), packed(manifest.keys), manifest.numbers_digest),
        )


def write_numbers_digest(database: LibraryDatabase, kind: Kind, digest: int) -> None:
    """Store it where the rows are the stored ones."""
    with database.writing():
        database.run("UPDATE manifest SET numbers_digest = ? WHERE kind = ?", (digest, kind.value))


def packed(numbers: array[int]) -> memoryview:
    """The numbers as they are stored; while this is held, they can't grow."""
    if sys.byteorder == "little":
        return memoryview(numbers)
    swapped = array("q", numbers)
    swapped.byteswap()
    return memoryview(swapped)


def unpacked(blob: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(blob)
    if sys.byteorder != "little":
        numbers.byteswap()
    return numbers
