"""`xtream-tui sync`: syncs one or more profiles, one after the other, and says how it went."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import click

from tui_app.catalog import Kind
from tui_app.cli import documents
from tui_app.cli.completers import profile_names, several_kinds
from tui_app.cli.errors import Failure, describe, warn
from tui_app.cli.interrupts import cancelling_on_signals
from tui_app.cli.login import lapsed_note
from tui_app.cli.output import print_json, size_document, warn_when_large
from tui_app.cli.params import SyncRequest, json_option, profile_option, several
from tui_app.cli.session import Session
from tui_app.errors import SettingsError, UsageError, XtreamTuiError

if TYPE_CHECKING:
    from tui_app.events import SyncFinished, SyncStatus

_PARTIAL = 3


@click.command("sync")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=profile_names)
@click.option("--all", "everyone", is_flag=True, help="Sync every profile, one after the other.")
@click.option(
    "--full",
    is_flag=True,
    help="Rewrite everything, and fetch stored details anew, which takes over a second each.",
)
@click.option("--retry", is_flag=True, help="Only the parts whose last sync did not complete.")
@click.option(
    "--only",
    callback=several,
    shell_complete=several_kinds,
    metavar="KINDS",
    help="Only these: channels, movies, series (comma separated).",
)
@click.option("--accept-shrink", is_flag=True, help="Remove what vanished even when the list became implausibly short.")
@json_option
@click.option("--events", is_flag=True, help="Print one JSON event a line (how the app drives a sync).")
@click.option(
    "--background", is_flag=True, hidden=True, help="Nobody asked: not while the server rests after failures."
)
@profile_option
@click.pass_obj
def command(
    session: Session,
    names: tuple[str, ...],
    everyone: bool,
    full: bool,
    retry: bool,
    only: tuple[Kind, ...] | None,
    accept_shrink: bool,
    as_json: bool,
    events: bool,
    background: bool,
) -> int:
    """Fetch what is new from the provider into the local copy.

    Without a name the current profile is synced. Ctrl-C stops it; what is stored stays sound.

    \b
    Examples:
      xtream-tui sync
      xtream-tui sync --all --json
      xtream-tui sync home --full --only movies,series
      xtream-tui sync --retry
    """
    wanted = _profile_names(session, names, everyone)
    wishes: SyncRequest = {
        "mode": "full" if full else "incremental",
        "only": only,
        "accept_shrink": accept_shrink,
        "retry": retry,
        "background": background,
    }
    if events:
        from tui_app.cli.sync_output import run_engine

        if len(wanted) != 1:
            raise UsageError("--events syncs one profile at a time.")
        return run_engine(session.paths, wanted[0], **wishes)
    outcomes = _sync_all(session, wanted, as_json=as_json, **wishes)
    as_list = everyone or len(wanted) > 1
    profiles = [outcome.finished.profile for outcome in outcomes]
    sizes = {profile: size_document(session.paths, profile) for profile in profiles}
    if as_json:
        printed = tuple(outcome.document(sizes[outcome.finished.profile]) for outcome in outcomes)
        print_json(documents.syncs.Syncs(status=_overall(outcomes), profiles=printed) if as_list else printed[0])
    else:
        for profile, on_disk in sizes.items():
            warn_when_large(profile, on_disk)
            if note := lapsed_note(session.profile(profile).account):
                warn(f"{profile}: {note}")
    return _exit_code(outcomes)


def sync_one(session: Session, name: str, *, silent: bool) -> int:
    """Sync one profile, as `profile add --sync` does; `silent` keeps stdout clean. Returns the exit code."""
    return _exit_code(_sync_all(session, [name], as_json=silent))


def _profile_names(session: Session, names: Sequence[str], everyone: bool) -> list[str]:
    if everyone:
        if names:
            raise UsageError("Give names or --all, not both.")
        found = list(session.profiles().names())
        return found or [session.profile().name]  # says that there is none
    if names:
        return list(dict.fromkeys(session.profile(name).name for name in names))
    return [session.profile().name]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How the sync of one profile ended. `failure` says why it was not begun."""

    finished: SyncFinished
    failure: Failure | None = None

    def document(self, size: documents.library.DiskUse) -> documents.syncs.Sync | documents.syncs.NotBegun:
        """Return what `--json` prints of it."""
        from msgspec.structs import asdict

        profile = self.finished.profile
        if self.failure is not None:
            return documents.syncs.NotBegun(profile=profile, status="failed", error=self.failure.document, size=size)
        return documents.syncs.Sync(**asdict(self.finished.report), size=size)


def _sync_all(
    session: Session, names: Sequence[str], *, as_json: bool, **wishes: Unpack[SyncRequest]
) -> list[_Outcome]:
    """Return the outcomes in order; after a cancelled one the rest is not started."""
    import asyncio

    from tui_app.cli.sync_output import view_for  # late, like the sync: its events cost `--help` 12 ms
    from tui_app.sync import Cancellation, run_sync

    cancellation, view = Cancellation(), view_for(as_json=as_json)
    outcomes: list[_Outcome] = []
    with cancelling_on_signals(cancellation.cancel, view.cancelling), view:
        for name in names:
            try:
                sync = run_sync(session.paths, name, emit=view.show, cancellation=cancellation, **wishes)
                outcomes.append(_Outcome(asyncio.run(sync)))
            except (UsageError, SettingsError) as error:  # a mistake in one profile's settings
                if len(names) == 1:
                    raise
                outcomes.append(_not_begun(name, error))
                view.show(outcomes[-1].finished)
            if cancellation.is_cancelled:
                break
    return outcomes


def _not_begun(name: str, error: XtreamTuiError) -> _Outcome:
    """Return the outcome of a profile whose settings can't be used; the others are synced all the same."""
    from tui_app.events import SyncFinished

    failure = describe(error)
    at = int(time.time())
    finished = SyncFinished(name, "failed", at, failure.exit_code, failure.message, failure.hint)
    return _Outcome(finished, failure)


def _overall(outcomes: Sequence[_Outcome]) -> SyncStatus:
    statuses = {outcome.finished.status for outcome in outcomes}
    if "cancelled" in statuses:
        return "cancelled"
    return statuses.pop() if len(statuses) == 1 else "partial"


def _exit_code(outcomes: Sequence[_Outcome]) -> int:
    """One outcome's own code; of several the one they share, or 3 as soon as some part worked."""
    codes = {outcome.finished.exit_code for outcome in outcomes}
    if len(codes) == 1:
        return codes.pop()
    overall = _overall(outcomes)
    return {"cancelled": 130, "failed": 1}.get(overall, _PARTIAL)
