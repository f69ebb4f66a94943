"""The figures of a library and its files as tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind, PartState
from tui_app.services.maintenance import Figures
from tui_app.store.maintenance.disk_use import DiskUse, FileFacts, Leftover
from tui_app.store.maintenance.space import OLD_DETAILS_DAYS, Offer, OfferName
from tui_app.store.slow_queries import SlowQuery
from tui_app.widgets.words import ago_words, count_words, size_words

_MEGABYTE: Final = 1_000_000
_PARTS: Final = 8
_SLOWEST: Final = 5
_SQL_CELLS: Final = 200
_OUTCOMES: Final[Mapping[str, str]] = {"never": "never synced", "completed": "complete", "partial": "partly"}
_OFFERS: Final[Mapping[OfferName, tuple[str, str]]] = {
    "details": ("Old details", "title"),
    "guide": ("TV guide", "programme"),
    "changes": ("Old change lists", "change"),
    "vanished": ("Titles the provider no longer lists", "title"),
}
#: What deleting it means, in one sentence.
OFFER_NOTES: Final[Mapping[OfferName, str]] = {
    "details": f"Fetched more than {OLD_DETAILS_DAYS} days ago, except favourites. They are fetched again when opened.",
    "guide": "Fetched again for the channels you look at.",
    "changes": "What older syncs added, changed and removed. The newest five lists stay.",
    "vanished": "Kept until the next sync confirms it. Favourites stay.",
}


def over_limit_words(disk: DiskUse, limit_mb: int) -> str:
    """Return a sentence when a profile exceeds its size limit, else ""."""
    if disk.total <= limit_mb * _MEGABYTE:
        return ""
    limit = size_words(limit_mb * _MEGABYTE)
    return f"The files of this profile take {size_words(disk.total)}, more than the limit of {limit}."


def offer_words(offer: Offer) -> str:
    """Describe an offer: "Old details: 3,214 titles, about 41 MB"."""
    title, noun = _OFFERS[offer.name]
    return f"{title}: {count_words(offer.count, noun)}, about {size_words(offer.bytes)}"


def leftover_words(leftover: Leftover, now: float) -> str:
    """Describe a leftover file: "Backup from before an update: 92 MB, 3 days ago"."""
    what = "Backup from before an update" if leftover.is_backup else "Damaged, set aside"
    return f"{what}: {size_words(leftover.bytes)}, {ago_words(now - leftover.changed_at)}"


def contents_table(stats: CacheStats, now: float, *, is_narrow: bool = False) -> Table:
    """Return items, categories (where there is room) and the last sync of each kind."""
    rows = [("", "items", "categories", "last sync")]
    for kind in (*LISTED_KINDS, Kind.EPISODE):
        part = stats.last_sync.get(kind.plural)
        categories = f"{stats.category_counts.get(kind, 0):,}" if kind in LISTED_KINDS else ""
        outcome = _outcome(part, now) if kind in LISTED_KINDS else "only from series you opened"
        rows.append((kind.plural.capitalize(), f"{stats.counts.get(kind, 0):,}", categories, outcome))
    table = _table("left", "right", "left") if is_narrow else _table("left", "right", "right", "left")
    for index, row in enumerate(rows):
        cells = (*row[:2], row[3]) if is_narrow else row
        table.add_row(*(_texts(*cells) if index else _quiet(*cells)))
    return table


def _outcome(part: PartState | None, now: float) -> str:
    if part is None:
        return _OUTCOMES["never"]
    words = _OUTCOMES.get(part.status, part.status)
    if part.at:
        words += f", {ago_words(now - part.at)}"
    if part.pending_removals:
        words += f", {count_words(part.pending_removals, 'removal')} pending"
    return f"{words}: {part.reason}" if part.reason else words


def disk_table(disk: DiskUse, limit_mb: int) -> Table:
    """Return the sizes of the files by purpose, and the limit."""
    backups = sum(left.bytes for left in disk.leftovers if left.is_backup)
    damaged = sum(left.bytes for left in disk.leftovers if not left.is_backup)
    rows = (
        ("Library", disk.library),
        ("Your marks", disk.user),
        ("Backups", backups),
        ("Damaged files", damaged),
    )
    table = _table("left", "right", "left")
    for words, size in rows:
        if size:
            table.add_row(*_texts(words, size_words(size), ""))
    table.add_row(*_texts("Total", size_words(disk.total), f"limit {size_words(limit_mb * _MEGABYTE)}"))
    if disk.other_libraries:
        table.add_row(*_quiet("Other profiles", size_words(disk.other_libraries), "not counted"))
    if disk.logs:
        table.add_row(*_quiet("Logs", size_words(disk.logs), "not counted"))
    return table


def file_table(file: FileFacts) -> Table:
    """Return the file's version, its unused space, and its largest parts."""
    table = _table("left", "right", "left")
    free = file.free_pages * file.page_bytes
    share = f"{file.free_pages / file.pages:.0%}" if file.pages else ""
    table.add_row(*_texts("Version", str(file.version), ""))
    table.add_row(*_texts("Unused space", size_words(free), share))
    for part in file.parts[:_PARTS]:
        table.add_row(*_quiet(part.name, size_words(part.bytes), ""))
    rest = file.parts[_PARTS:]
    if rest:
        others = sum(part.bytes for part in rest)
        table.add_row(*_quiet(f"{len(rest)} more", size_words(others), ""))
    return table


def slow_table(queries: Sequence[SlowQuery], now: float) -> Table:
    """Return the slowest recent queries, each once, with their worst time, count and query plan."""
    alike: dict[str, list[SlowQuery]] = {}
    for query in queries:
        alike.setdefault(query.sql, []).append(query)
    table = _table("right", "left")
    for group in sorted(alike.values(), key=lambda group: -max(query.ms for query in group))[:_SLOWEST]:
        worst = max(group, key=lambda query: query.ms)
        times = f"{count_words(len(group), 'time')}, last " if len(group) > 1 else ""
        when = f"{times}{ago_words(now - group[-1].at)}"
        table.add_row(Text(f"{worst.ms:,.0f} ms"), Text(f"{when}: {worst.sql[:_SQL_CELLS]}"))
        table.add_row("", Text("; ".join(step.strip() for step in worst.plan)[:_SQL_CELLS], style="dim"))
    return table


def leftovers_table(figures: Figures, now: float) -> Table:
    """Return backups and damaged files, the newest first."""
    table = _table("left")
    for leftover in figures.disk.leftovers:
        table.add_row(Text(leftover_words(leftover, now)))
        table.add_row(Text(f"  {leftover.path.name}", style="dim"))
    return table


def _table(*columns: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for index, justify in enumerate(columns):
        table.add_column(justify="right" if justify == "right" else "left", no_wrap=index < len(columns) - 1)
    return table


def _texts(*cells: str) -> Iterable[Text]:
    return map(Text, cells)


def _quiet(*cells: str) -> Iterable[Text]:
    return (Text(cell, style="dim") for cell in cells)
