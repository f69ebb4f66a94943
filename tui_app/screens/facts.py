"""What is known of an account and of a library's contents, in words. It reads nothing itself."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from rich.table import Table
from rich.text import Text

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind
from tui_app.settings import KnownAccount
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import ago_words, count_words, date_words, size_words

_STATUS_WORDS: Final[Mapping[str, str]] = {"never": "never synced", "completed": "complete", "partial": "incomplete"}


def account_words(account: KnownAccount | None, now: float) -> str:
    """How the account stood at the last login: status, end, connections, and when that was."""
    if account is None:
        return "Not logged in yet: the next sync does."
    if account.expires is None:
        until = ", no end date"
    else:
        until = f" {'until' if account.expires > now else 'since'} {date_words(account.expires)}"
    status = "expired" if account.status == "active" and account.expires and account.expires <= now else account.status
    streams = account.max_connections
    facts = (
        f"{status.capitalize()}{until if status in ('active', 'expired') else ''}",
        count_words(streams, "connection") if streams else "",
        account.timezone,
        f"checked {ago_words(now - account.checked_at)}",
    )
    return f" {glyphs().dot} ".join(filter(None, facts))


def facts_table(stats: CacheStats, size_limit_mb: int) -> Table:
    """What the cache holds and how the last sync of each part went; a word when it is larger than wanted."""
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for kind in (*LISTED_KINDS, Kind.EPISODE):
        part = stats.last_sync.get(kind.plural)
        status = _STATUS_WORDS.get(part.status, part.status) if part else ""
        reason = f": {part.reason}" if part and part.reason else ""
        held = f", {part.held_back:,} removals held back" if part and part.held_back else ""
        age = f" {ago_words(time.time() - part.at)}" if part and part.at else ""
        count = f"{stats.counts.get(kind, 0):,}"
        table.add_row(Text(kind.plural.capitalize()), Text(count), Text(f"{status}{age}{reason}{held}"))
    categories = sum(stats.category_counts.values())
    table.add_row(Text("Categories"), Text(f"{categories:,}"), Text(""))
    is_large = stats.library_bytes > size_limit_mb * 10**6
    too_large = f"more than the limit of {size_limit_mb:,} MB" if is_large else ""
    table.add_row(Text("On disk"), Text(size_words(stats.library_bytes)), Text(too_large))
    return table
