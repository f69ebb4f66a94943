"""Export the items of some queries in one format, row by row.

Screens and the command line call `export_items` in a thread; the command line writes to standard output with
`write_items`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from tui_app.catalog import Kind, Query
from tui_app.errors import Cancelled
from tui_app.export.formats import csv_lines, json_lines, m3u_lines
from tui_app.export.records import Addresses, Record, addresses_of, record_of
from tui_app.export.strm import Tree, write_tree
from tui_app.export.target import whole_file
from tui_app.export.xmltv import xmltv_lines
from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.store.export_rows import BATCH, episode_keys, export_rows, view_keys
from tui_app.store.items.episodes import series_with_episodes
from tui_app.store.library_store import LibraryStore

Format = Literal["m3u", "json", "csv", "xmltv", "strm"]
FORMATS: Final[tuple[Format, ...]] = ("m3u", "json", "csv", "xmltv", "strm")
#: Formats of what can be played: series are their stored episodes, what has no address is skipped.
_OF_ADDRESSES: Final = ("m3u", "strm")

#: Called with the number of rows done, and of all rows.
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export. `favourites` are the ids of each kind that are marked as favourites in the export."""

    queries: Sequence[Query]
    format: Format
    limit: int | None = None  # rows of each query; None = all
    offset: int = 0
    favourites: Mapping[Kind, Collection[str]] = field(default_factory=dict)
    names_guide: bool = False  # a playlist with channels has the guide's address in its first line
    has_bom: bool = False  # a table begins with a byte order mark, for spreadsheets on Windows


@dataclass
class Exported:
    """The result. `counts` are the rows written by kind; a playlist counts the episodes of series."""

    counts: dict[Kind, int] = field(default_factory=dict)
    skipped: int = 0  # rows without an address: separators, in a playlist
    series_without_episodes: int = 0  # series in a playlist whose episodes were never fetched

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Sink(Protocol):
    """A writer of bytes, such as a binary stream."""

    def write(self, data: bytes, /) -> object: ...


def export_items(
    paths: Paths,
    profile: str,
    request: ExportRequest,
    target: Path,
    *,
    with_credentials: bool = False,
    on_progress: OnProgress = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Exported:
    """Write the export to `target`, completely or not at all; with credentials, with mode 0600.

    Blocks: call it in a thread. Raises `Cancelled`, `LibraryError`, `SecretError`, `UsageError` (no such profile,
    folder or file) and `OSError` (a full disk).
    """
    with LibraryStore.open(paths.library_db(profile), readonly=True, create=False) as store:
        addresses = addresses_of(ProfileStore(paths), profile, store, with_credentials=with_credentials)
        with whole_file(target, private=addresses.are_secret) as stream:
            return write_items(
                store, profile, request, addresses, stream, on_progress=on_progress, is_cancelled=is_cancelled
            )


def write_items(
    store: LibraryStore,
    profile: str,
    request: ExportRequest,
    addresses: Addresses,
    sink: Sink,
    *,
    on_progress: OnProgress = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Exported:
    """Write the export as UTF-8 to `sink`, some hundred rows at a time. Raises `Cancelled`, and what `sink` raises."""
    exported = Exported()
    records = _records(store, request, addresses, exported, on_progress, is_cancelled)
    _write(_pieces(records, profile, request, addresses, store), sink)
    return exported


def export_tree(
    paths: Paths,
    profile: str,
    request: ExportRequest,
    folder: Path,
    *,
    with_credentials: bool = False,
    on_progress: OnProgress = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Exported, Tree]:
    """Bring a folder of `.strm` and `.nfo` files in line with the request; see `strm.write_tree`.

    Blocks: call it in a thread. Raises what `export_items` and `write_tree` raise.
    """
    exported = Exported()
    with LibraryStore.open(paths.library_db(profile), readonly=True, create=False) as store:
        addresses = addresses_of(ProfileStore(paths), profile, store, with_credentials=with_credentials)
        records = _records(store, request, addresses, exported, on_progress, lambda: False)
        tree = write_tree(folder, profile, store, records, private=addresses.are_secret, is_cancelled=is_cancelled)
    return exported, tree


def _records(
    store: LibraryStore,
    request: ExportRequest,
    addresses: Addresses,
    exported: Exported,
    on_progress: OnProgress,
    is_cancelled: Callable[[], bool],
) -> Iterator[Record]:
    """Yield the selected rows, and count them in `exported`. Raises `Cancelled`."""
    selections = [_Selection(store, query, request, exported) for query in request.queries]
    total, done = sum(len(selection.keys) for selection in selections), 0
    for selection in selections:
        favourites = frozenset(request.favourites.get(selection.kind, ()))
        for row in export_rows(store, selection.kind, selection.keys, selection.hidden):
            if done % BATCH == 0:
                if is_cancelled():
                    raise Cancelled("Stopped; nothing was exported.")
                on_progress(done, total)
            done += 1
            record = record_of(row, addresses, is_favourite=row.item.id in favourites)
            if (request.format in _OF_ADDRESSES and not record.address) or (
                request.format == "xmltv" and row.item.is_separator
            ):
                exported.skipped += 1
                continue
            exported.counts[row.item.kind] = exported.counts.get(row.item.kind, 0) + 1
            yield record
    on_progress(total, total)


class _Selection:
    """The keys of one query for the format: a playlist contains the stored episodes of series."""

    def __init__(self, store: LibraryStore, query: Query, request: ExportRequest, exported: Exported) -> None:
        self.kind = query.kind
        self.hidden = query.excluded_categories
        self.keys = view_keys(store, query, request.limit, request.offset)
        if request.format in _OF_ADDRESSES and query.kind is Kind.SERIES:
            series = self.keys
            self.kind, self.keys = Kind.EPISODE, episode_keys(store, series)
            exported.series_without_episodes += len(series) - _count_series(store, series)


def _count_series(store: LibraryStore, series: Sequence[int]) -> int:
    """Return how many of these series have stored episodes."""
    return len(set(series).intersection(series_with_episodes(store.database)))


def _pieces(
    records: Iterator[Record], profile: str, request: ExportRequest, addresses: Addresses, store: LibraryStore
) -> Iterator[str]:
    match request.format:
        case "m3u":
            has_channels = any(query.kind is Kind.CHANNEL for query in request.queries)
            return m3u_lines(records, addresses, names_guide=request.names_guide and has_channels)
        case "json":
            return json_lines(records, profile=profile, exported_at=int(time.time()))
        case "csv":
            return csv_lines(records, has_bom=request.has_bom)
        case "xmltv":
            return xmltv_lines(records, store, int(time.time()))
        case "strm":
            raise ValueError("a tree is no single file")


def _write(pieces: Iterable[str], sink: Sink) -> None:
    waiting: list[str] = []
    for piece in pieces:
        waiting.append(piece)
        if len(waiting) >= BATCH:
            sink.write("".join(waiting).encode("utf-8", "replace"))
            waiting.clear()
    sink.write("".join(waiting).encode("utf-8", "replace"))
