"""`xtream-tui changes`: list what recent syncs added, changed and removed."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from typing import Final

import click

from tui_app.catalog import LISTED_KINDS, ChangedItem, SyncRunInfo
from tui_app.cli import documents
from tui_app.cli.errors import warn
from tui_app.cli.output import counted, echo, moment, print_json
from tui_app.cli.params import json_option, moment_option, profile_option
from tui_app.cli.session import Session, hint_when_empty, reading
from tui_app.locks import is_held
from tui_app.text import fit, redact, strip_controls
from tui_app.widgets.words import fields_words, name_words, sign_of, summary_words

_SHOWN: Final = 20
_KIND_CELLS: Final = max(len(kind.value) for kind in LISTED_KINDS)


@click.command("changes")
@click.option(
    "--since",
    callback=moment_option,
    metavar="WHEN",
    help="Only syncs since: 2026-11-20, 2026-11-20T18:30, 3d, 12h, today, yesterday.",
)
@click.option("--all", "show_all", is_flag=True, help=f"Show every change, not only the first {_SHOWN} of each sync.")
@json_option
@profile_option
@click.pass_obj
def command(session: Session, since: int | None, show_all: bool, as_json: bool) -> None:
    """List what the last 20 syncs added (+), changed (~) and removed (-).

    \b
    Examples:
      xtream-tui changes --since yesterday
      xtream-tui changes --since 2w --json
    """
    profile = session.profile().name
    limit = None if as_json or show_all else _SHOWN
    with reading(session.paths, profile) as store:
        may_run = is_held(session.paths.sync_lock(profile))
        runs = store.get_changes(since, limit=limit, may_run=may_run) if store else ()
        if store is None or not store.get_runs():
            hint_when_empty(store)
        elif not runs and since is not None:
            warn(f"No sync since {moment(since)}. Omit --since to see all stored syncs.")
    if as_json:
        print_json(documents.library.RunList(runs=tuple(_document(run) for run in runs)))
        return
    for number, run in enumerate(runs):
        if number and (run.changes or runs[number - 1].changes):
            echo()
        _print_run(run)


def _document(run: SyncRunInfo) -> documents.library.Run:
    return documents.document_of(replace(run, reason=redact(run.reason)), documents.library.Run)


def _print_run(run: SyncRunInfo) -> None:
    summary = summary_words(run.counts) if run.counts or run.status != "failed" else ""
    facts = (moment(run.at), run.mode, run.status, summary, redact(run.reason))
    _echo_cut("  ".join(filter(None, facts)), whole=bool(run.reason))
    for changed in run.changes:
        _echo_cut(f"  {sign_of(changed.change)} {changed.kind.value:{_KIND_CELLS}}  {_words(changed)}")
    more = run.recorded - len(run.changes)
    if more:
        echo(f"  and {more:,} more; show them with --all")
    if run.omitted:
        echo(f"  and {counted(run.omitted, 'change')} that were counted but not stored")


def _words(changed: ChangedItem) -> str:
    fields = fields_words(changed)
    return f"{name_words(changed)}  ({fields})" if fields else name_words(changed)


def _echo_cut(line: str, *, whole: bool = False) -> None:
    """Print one line, cut to the width of the terminal unless `whole`."""
    if sys.stdout.isatty() and not whole:
        line = fit(strip_controls(line), shutil.get_terminal_size().columns).rstrip()
    echo(line)
