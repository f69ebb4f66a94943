"""What is known of an account, of the last syncs and of what comes next, in words. It reads nothing itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from rich.table import Table
from rich.text import Text

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind, PartState
from tui_app.due_time import Due
from tui_app.settings import KnownAccount
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import age_words, ago_words, count_words, date_words, size_words

#: An account that ends within this many days is said to, on every screen.
ENDS_SOON_DAYS: Final = 7
_DAY_S: Final = 86_400
_STATUS_WORDS: Final[Mapping[str, str]] = {"never": "never synced", "completed": "complete", "partial": "partly"}


# ------------------------------------------------------------------------------------------------ the account
def account_status(account: KnownAccount, now: float) -> str:
    """Its status, "expired" also when the end has passed since the last login."""
    return "expired" if account.has_lapsed(now) else account.status


def account_words(account: KnownAccount | None, now: float) -> str:
    """How the account stood at the last login: status, end, connections, and when that was."""
    if account is None:
        return "Not logged in yet: the next sync does."
    status = account_status(account, now)
    if account.expires is None:
        until = ", no end date"
    else:
        until = f" {'until' if account.expires > now else 'on'} {date_words(account.expires)}"
    streams = account.max_connections
    left = account_warning(account, now) if status == "active" else ""
    facts = (
        f"{status.capitalize()}{until if status in ('active', 'expired') else ''}",
        left,
        count_words(streams, "connection") if streams else "",
        account.timezone,
        f"checked {ago_words(now - account.checked_at)}",
    )
    return f" {glyphs().dot} ".join(filter(None, facts))


def account_warning(account: KnownAccount | None, now: float) -> str:
    """What every screen should say of the account: "expired", "ends in 3 days"; "" when all is well or not known."""
    if account is None:
        return ""
    status = account_status(account, now)
    if status != "active":
        return status
    if account.expires is None or account.expires - now >= ENDS_SOON_DAYS * _DAY_S:
        return ""
    days = int((account.expires - now) // _DAY_S)
    return f"ends in {count_words(days, 'day')}" if days else "ends today"


# --------------------------------------------------------------------------------------------------- syncs
def due_words(answer: Due, now: float) -> str:
    """When the next sync starts by itself; "" when none does."""
    if answer.at is None:
        return "after the first sync" if answer.reason == "never synced" else ""
    if answer.now:
        return "due now"
    return f"{'next try' if answer.reason == 'retry' else 'next'} in {age_words(max(60, answer.at - now))}"


def run_words(stats: CacheStats, now: float, *, is_ours: bool) -> str:
    """What the parts don't say of the last sync: that it failed before them, was stopped, or runs somewhere else.

    `is_ours`: this app runs it, and says more about it elsewhere.
    """
    if not stats.last_runs:
        return ""
    run = stats.last_runs[0]
    ago = ago_words(now - run.started_at)
    if run.status == "running":
        return "" if is_ours else f"Begun {ago} by another program, or broken off."
    if run.status not in ("failed", "cancelled"):
        return ""
    return f"{run.status.capitalize()}, {ago}{f': {run.reason}' if run.status == 'failed' and run.reason else '.'}"


def outcome_words(part: PartState, now: float) -> str:
    """How the last sync of a part went: "partly, 2 h ago: the list was cut short"."""
    words = _STATUS_WORDS.get(part.status, part.status)
    if part.at:
        words += f", {ago_words(now - part.at)}"
    return f"{words}: {part.reason}" if part.reason else words


def sync_table(stats: CacheStats, kinds: Collection[Kind], now: float) -> Table:
    """What the library holds of each kind and how its last sync went; `kinds` are those that are synced."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for kind in LISTED_KINDS:
        part = stats.last_sync.get(kind.plural, PartState(kind.plural, "never"))
        words = outcome_words(part, now) if kind in kinds else f"not synced; {outcome_words(part, now)}"
        table.add_row(Text(kind.plural.capitalize()), Text(f"{stats.counts.get(kind, 0):,}"), Text(words))
    categories = sum(stats.category_counts.values())
    part = stats.last_sync.get("categories", PartState("categories", "never"))
    table.add_row(Text("Categories"), Text(f"{categories:,}"), Text(outcome_words(part, now)))
    return table


def size_facts(stats: CacheStats, size_limit_mb: int) -> str:
    """How large the library is; a word when it is larger than wanted."""
    is_large = stats.library_bytes > size_limit_mb * 10**6
    too_large = f", more than the limit of {size_limit_mb:,} MB" if is_large else ""
    episodes = stats.counts.get(Kind.EPISODE, 0)
    kept = f" {glyphs().dot} {count_words(episodes, 'episode')} of opened series" if episodes else ""
    return f"{size_words(stats.library_bytes)} on disk{too_large}{kept}"
