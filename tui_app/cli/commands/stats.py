"""`xtream-tui stats`: show the contents, size and age of a profile's library."""

from __future__ import annotations

from dataclasses import replace

import click

from tui_app.catalog import LISTED_KINDS, CacheStats, Kind, PartState
from tui_app.cli import documents
from tui_app.cli.errors import warn
from tui_app.cli.login import lapsed_note
from tui_app.cli.output import (
    Column,
    counted,
    echo,
    moment,
    plain_option,
    print_json,
    print_table,
    size,
    size_document,
    warn_when_large,
)
from tui_app.cli.params import json_option, profile_option
from tui_app.cli.session import Session, library_stats
from tui_app.text import redact


@click.command("stats")
@plain_option
@json_option
@profile_option
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Show the number of items in the library, and the results of the last syncs.

    Example: xtream-tui stats
    """
    known = session.profile()
    profile = known.name
    stats = library_stats(session.paths, profile) or CacheStats(profile, 0, {}, {})
    on_disk = size_document(session.paths, profile)
    if as_json:
        print_json(_document(profile, stats, on_disk))
    else:
        _print(profile, stats)
        if note := lapsed_note(known.account):
            warn(note)
        warn_when_large(profile, on_disk)


def _document(profile: str, stats: CacheStats, on_disk: documents.library.DiskUse) -> documents.library.Stats:
    categories = {kind.plural: stats.category_counts.get(kind, 0) for kind in LISTED_KINDS}
    return documents.library.Stats(
        profile=profile,
        library_bytes=stats.library_bytes,
        **{kind.plural: stats.counts.get(kind, 0) for kind in Kind},
        categories=documents.library.CategoryTotals(**categories),
        last_sync={part: _part_document(state) for part, state in stats.last_sync.items()},
        size=on_disk,
    )


def _part_document(state: PartState) -> documents.library.PartStatus:
    return documents.document_of(replace(state, reason=redact(state.reason)), documents.library.PartStatus)


def _print(profile: str, stats: CacheStats) -> None:
    echo(f"{profile}: {size(stats.library_bytes)} on disk")
    rows = []
    for kind in Kind:
        state = stats.last_sync.get(kind.plural)
        categories = stats.category_counts.get(kind)
        rows.append((
            kind.plural,
            f"{stats.counts.get(kind, 0):,}",
            f"{categories:,}" if categories is not None else "",
            moment(state.completed_at) if state else "",
            _outcome(state),
        ))  # fmt: skip
    titles = (Column("kind"), Column("items", right=True), Column("categories", right=True), Column("synced"),
              Column("last result"))  # fmt: skip
    print_table(titles, rows)
    if stats.last_success is None:
        echo("Never synced. Fetch the library with: xtream-tui sync")


def _outcome(state: PartState | None) -> str:
    if state is None:
        return ""
    pending = f"{counted(state.pending_removals, 'removal')} pending" if state.pending_removals else ""
    return ", ".join(filter(None, (state.status, pending, redact(state.reason))))
