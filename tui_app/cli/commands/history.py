"""`xtream-tui history`: list what was played."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tui_app.catalog import Kind, Played
from tui_app.cli import documents
from tui_app.cli.output import Column, counted, echo, length, moment, plain_option, print_json, print_table
from tui_app.cli.params import json_option, profile_option
from tui_app.cli.session import Session, moved_marks


@click.command("history")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Maximum number of titles.")
@plain_option
@json_option
@profile_option
@click.pass_obj
def command(session: Session, limit: int | None, as_json: bool) -> None:
    """List what was played, newest first, and where it stopped.

    Example: xtream-tui history --limit 20
    """
    profile = session.profile().name
    with moved_marks(session.paths, profile) as user:
        played: Sequence[Played] = ()
        if user is not None:
            played = user.watching.history(profile, limit=user.watching.count(profile) if limit is None else limit)
    if as_json:
        print_json(documents.viewing.History(items=tuple(map(_document, played))))
        return
    if played:
        columns = (Column("kind"), Column("id", right=True), Column("name", flexible=True), Column("progress"),
                   Column("played"))  # fmt: skip
        print_table(columns, [_cells(one) for one in played])
    echo(counted(len(played), "title") if played else "Nothing was played yet.")


def _document(played: Played) -> documents.viewing.PlayedItem:
    ref = played.ref
    item = documents.viewing.PlayedItem(
        kind=ref.kind,
        id=ref.id,
        name=ref.name,
        position_s=None if ref.kind is Kind.CHANNEL else played.position_s,
        duration_s=played.duration_s,
        watched=played.watched_at is not None,
        at=played.at,
    )
    if ref.series_id is None:
        return item
    from msgspec.structs import replace

    return replace(
        item, series_id=ref.series_id, series=ref.series_name or None, season=ref.season, episode=ref.episode
    )


def _cells(played: Played) -> tuple[str, ...]:
    ref = played.ref
    return ref.kind.value, ref.id, ref.full_name, _progress(played), moment(played.at)


def _progress(played: Played) -> str:
    """Return "watched", or where it stopped: `12 min of 1 h 34 min`."""
    if played.is_done:
        return "watched"
    if played.ref.kind is Kind.CHANNEL or not played.position_s:
        return ""
    return " of ".join(filter(None, (length(played.position_s), length(played.duration_s))))
