"""`xtream-tui sync`: sync one or more profiles, one after the other, and report the results."""

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
from tui_app.cli.interactive import cancelling_on_signals
from tui_app.cli.login import lapsed_note
from tui_app.cli.output import print_json, size_document, warn_when_large
from tui_app.cli.params import SyncRequest, json_option, profile_option, several
from tui_app.cli.session import Session
from tui_app.errors import SettingsError, UsageError, XtreamTuiError
from tui_app.settings import load_app_settings

if TYPE_CHECKING:
    from tui_app.events import SyncFinished, SyncStatus

_PARTIAL = 3


@click.command("sync")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=profile_names)
@click.option("--all", "all_profiles", is_flag=True, help="Sync all profiles, one after the other.")
@click.option(
    "--full",
    is_flag=True,
    help="Rewrite everything and fetch all stored details again, which takes over a second for each item.",
)
@click.option("--retry", is_flag=True, help="Sync only the parts whose last sync did not complete.")
@click.option(
    "--only",
    callback=several,
    shell_complete=several_kinds,
    metavar="KINDS",
    help="Sync only these kinds, comma separated: channels, movies, series.",
)
@click.option("--accept-shrink", is_flag=True, help="Accept removals even if a list became implausibly short.")
@json_option
@click.option("--events", is_flag=True, help="Print one JSON event per line, as the app uses it.")
@click.option(
    "--background",
    is_flag=True,
    hidden=True,
    help="Started by a schedule: wait while the server recovers from failures.",
)
@click.option("--categories-only", is_flag=True, hidden=True, help="Fetch the categories, but not the lists.")
@profile_option
@click.pass_obj
def command(  # noqa: PLR0913 - click passes one argument per option
    session: Session,
    names: tuple[str, ...],
    all_profiles: bool,
    full: bool,
    retry: bool,
    only: tuple[Kind, ...] | None,
    accept_shrink: bool,
    as_json: bool,
    events: bool,
    background: bool,
    categories_only: bool,
) -> int:
    """Update the library from the provider.

    Without a name, the current profile is synced. Ctrl-C stops the sync safely.

    \b
    Examples:
      xtream-tui sync
      xtream-tui sync --all --json
      xtream-tui sync home --full --only movies,series
      xtream-tui sync --retry
    """
    wanted = _profile_names(session, names, all_profiles)
    request: SyncRequest = {
        "mode": "full" if full else "incremental",
        "only": only,
        "accept_shrink": accept_shrink,
        "retry": retry,
        "background": background,
        "categories_only": categories_only,
    }
    if events:
        from tui_app.cli.sync_output import run_engine

        if len(wanted) != 1:
            raise UsageError("--events supports one profile at a time.")
        return run_engine(session.paths, wanted[0], **request)
    outcomes = _sync_all(session, wanted, as_json=as_json, **request)
    as_list = all_profiles or len(wanted) > 1
    profiles = [outcome.finished.profile for outcome in outcomes]
    _warn_of_hooks(session)
    sizes = {profile: size_document(session.paths, profile) for profile in profiles}
    if as_json:
        printed = tuple(outcome.document(sizes[outcome.finished.profile]) for outcome in outcomes)
        print_json(documents.library.Syncs(status=_overall(outcomes), profiles=printed) if as_list else printed[0])
    else:
        for profile, on_disk in sizes.items():
            warn_when_large(profile, on_disk)
            if note := lapsed_note(session.profile(profile).account):
                warn(f"{profile}: {note}")
    return _exit_code(outcomes)


def _warn_of_hooks(session: Session) -> None:
    """Say on stderr that no hook was run because the settings can't be read."""
    try:
        load_app_settings(session.paths)
    except SettingsError as error:
        warn(f"No hook was run. {error.sentence}")


def sync_one(session: Session, name: str, *, silent: bool) -> int:
    """Sync one profile for `profile add --sync` and return the exit code; `silent` keeps stdout empty."""
    return _exit_code(_sync_all(session, [name], as_json=silent))


def _profile_names(session: Session, names: Sequence[str], all_profiles: bool) -> list[str]:
    if all_profiles:
        if names:
            raise UsageError("Give names or --all, not both.")
        found = list(session.profiles().names())
        return found or [session.profile().name]  # raises if there is no profile
    if names:
        return list(dict.fromkeys(session.profile(name).name for name in names))
    return [session.profile().name]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How the sync of one profile ended. `failure` says why it was not begun."""

    finished: SyncFinished
    failure: Failure | None = None

    def document(self, size: documents.library.DiskUse) -> documents.library.Sync | documents.library.NotBegun:
        """Return what `--json` prints of it."""
        from msgspec.structs import asdict

        profile = self.finished.profile
        if self.failure is not None:
            return documents.library.NotBegun(profile=profile, status="failed", error=self.failure.document, size=size)
        return documents.library.Sync(**asdict(self.finished.report), size=size)


def _sync_all(
    session: Session, names: Sequence[str], *, as_json: bool, **request: Unpack[SyncRequest]
) -> list[_Outcome]:
    """Sync the profiles in order and return their results; stop after a cancelled one."""
    import asyncio

    from tui_app.cli.sync_output import sync_view  # late, like the sync: its events cost `--help` 12 ms
    from tui_app.sync import Cancellation, run_sync

    cancellation, view = Cancellation(), sync_view(as_json=as_json)
    outcomes: list[_Outcome] = []
    with cancelling_on_signals(cancellation.cancel, view.cancelling), view:
        for name in names:
            try:
                sync = run_sync(session.paths, name, emit=view.show, cancellation=cancellation, **request)
                outcomes.append(_Outcome(asyncio.run(sync)))
            except (UsageError, SettingsError) as error:  # invalid settings of one profile
                if len(names) == 1:
                    raise
                outcomes.append(_not_begun(name, error))
                view.show(outcomes[-1].finished)
            if cancellation.is_cancelled:
                break
    return outcomes


def _not_begun(name: str, error: XtreamTuiError) -> _Outcome:
    """Return the result of a profile whose settings are invalid; the other profiles are synced all the same."""
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
    """Return the exit code that all results share, or 3 when they differ and some part succeeded."""
    codes = {outcome.finished.exit_code for outcome in outcomes}
    if len(codes) == 1:
        return codes.pop()
    overall = _overall(outcomes)
    return {"cancelled": 130, "failed": 1}.get(overall, _PARTIAL)
