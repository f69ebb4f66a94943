"""`xtream-tui export`: write the library as a playlist, JSON or CSV, to a file or to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from tui_app.catalog import Kind, Mark, Query
from tui_app.cli import documents
from tui_app.cli.errors import warn
from tui_app.cli.filters import Filters, filter_options
from tui_app.cli.interactive import cancelling_on_signals
from tui_app.cli.output import counted, echo, print_json
from tui_app.cli.params import json_option, profile_option, several_arguments
from tui_app.cli.session import Session, hint_when_empty, marked, require_library
from tui_app.errors import UsageError

if TYPE_CHECKING:
    from tui_app.export import Exported, ExportRequest
    from tui_app.store.library_store import LibraryStore


_BAR_CELLS: Final = 24
_ERASE_LINE: Final = "\r\x1b[2K"


@contextmanager
def show_progress() -> Iterator[Callable[[int, int], None]]:
    """Draw a progress bar on stderr if it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    percent_shown = -1

    def draw(done: int, total: int) -> None:
        nonlocal percent_shown
        percent = 100 * done // total if total else 100
        if percent != percent_shown:
            percent_shown = percent
            bar = "#" * (_BAR_CELLS * percent // 100)
            sys.stderr.write(f"{_ERASE_LINE}[{bar:{_BAR_CELLS}}] {percent:3} %  {done:,} of {total:,}")
            sys.stderr.flush()

    try:
        yield draw
    finally:
        sys.stderr.write(_ERASE_LINE)
        sys.stderr.flush()


def print_summary(exported: Exported, output: Path, *, with_credentials: bool) -> None:
    """Print what was written, and where."""
    what = ", ".join(counted(count, kind.value, kind.plural) for kind, count in exported.counts.items())
    echo(f"Exported {what or 'nothing: no item matches'} to {output}.")
    if with_credentials:
        echo("It contains your user name and password; only you can read it (mode 0600). Do not share it.")


def warn_about_gaps(exported: Exported, kinds: Sequence[Kind]) -> None:
    """Warn on stderr about series that a playlist lacks.

    Series that were not named are mentioned only when nothing else was exported.
    """
    missing = exported.series_without_episodes
    if missing and (Kind.SERIES in kinds or not exported.total):
        warn(
            f"{counted(missing, 'series', 'series')} left out because their episodes are not stored yet. "
            "Open a series to fetch them: xtream-tui show series ID"
        )


_FORMATS: Final = ("m3u", "json", "csv", "xmltv", "strm")
_STANDARD_OUTPUT: Final = Path("-")
#: The kinds exported without arguments; a playlist contains episodes instead of series.
_DEFAULT_KINDS: Final = {
    "m3u": (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES),
    "json": (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE),
    "csv": (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES, Kind.EPISODE),
    "xmltv": (Kind.CHANNEL,),
    "strm": (Kind.MOVIE, Kind.SERIES),
}


@click.command("export")
@click.argument("kinds", nargs=-1, callback=several_arguments, metavar="[channels|movies|series|episodes]...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    required=True,
    help="Playlist (m3u), items as json or csv, the stored guide (xmltv), or a folder for media servers (strm).",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to this file, completely or not at all; - is standard output. strm: to this folder.",
)
@click.option(
    "--with-credentials",
    is_flag=True,
    help="Put your user name and password into the addresses; the file gets mode 0600.",
)
@click.option(
    "--guide-url", is_flag=True, help="m3u: put the address of the guide into the first line (Kodi, TiviMate)."
)
@click.option("--bom", is_flag=True, help="csv: start with a byte order mark, for Excel on Windows.")
@filter_options(default_limit="all")
@json_option
@profile_option
@click.pass_obj
def command(  # noqa: PLR0913 - click passes one argument per option
    session: Session,
    kinds: tuple[Kind, ...],
    format_: str,
    output: Path | None,
    with_credentials: bool,
    guide_url: bool,
    bom: bool,
    filters: Filters,
    as_json: bool,
) -> int:
    """Export the library as a playlist, as json or csv, as XMLTV, or as a folder for media servers.

    Without kinds, all are exported. A playlist contains the episodes of series that were opened before, no separators.
    Addresses contain {username} and {password} instead of yours, so that a file can be shared;
    --with-credentials puts the real ones in. Without -o, the export goes to standard output;
    with -o and --json, a report is printed.

    xmltv is the stored guide of channels. strm is a folder of .strm and .nfo files for Jellyfin,
    Kodi and Plex; later exports change only what differs, and leave files of others alone.

    \b
    Examples:
      xtream-tui export channels --format m3u --with-credentials -o tv.m3u
      xtream-tui export movies --format csv --genre Comedy --min-rating 7 -o comedies.csv
      xtream-tui export --favourites --format json
      xtream-tui export --format xmltv -o guide.xml
      xtream-tui export movies --format strm --with-credentials --output films
    """
    if output == _STANDARD_OUTPUT:
        output = None
    if as_json and output is None:
        raise UsageError(
            "--json prints a report about the file given with -o.",
            hint="Add -o FILE, or omit --json to print the export itself.",
        )
    _check_kinds(kinds, format_)
    if format_ == "strm" and output is None:
        raise UsageError("--format strm writes a folder.", hint="Name it with --output DIR.")
    _check_fit("--guide-url", guide_url, "m3u", format_)
    _check_fit("--bom", bom, "csv", format_)
    profile = session.profile().name
    with require_library(session.paths, profile) as store:
        hint_when_empty(store)
        request = _request(session, profile, store, kinds, filters, format_)
        request = replace(request, names_guide=guide_url, has_bom=bom)
        if format_ == "strm" and output is not None:
            _export_tree(session, profile, request, output, with_credentials=with_credentials, as_json=as_json)
            return 0
        exported = _export(session, profile, store, request, output, with_credentials=with_credentials)
    if output is None:
        if with_credentials:
            warn("The addresses contain your password; do not share them.")
    elif as_json:
        print_json(_report(profile, request, exported, output, with_credentials=with_credentials))
    else:
        print_summary(exported, output, with_credentials=with_credentials)
    warn_about_gaps(exported, kinds)
    return 0


def _check_kinds(kinds: tuple[Kind, ...], format_: str) -> None:
    """Raise `UsageError` for a kind that the format has no place for."""
    fitting = (*_DEFAULT_KINDS[format_], Kind.EPISODE) if format_ == "strm" else _DEFAULT_KINDS[format_]
    unfit = [kind for kind in kinds if kind not in fitting] if format_ in ("xmltv", "strm") else []
    if unfit:
        names = " and ".join(kind.plural for kind in _DEFAULT_KINDS[format_])
        raise UsageError(f"--format {format_} exports {names}, not {unfit[0].plural}.")


def _check_fit(option: str, is_given: bool, wanted: str, format_: str) -> None:
    if is_given and format_ != wanted:
        raise UsageError(f"{option} is for --format {wanted}.", hint=f"Omit {option}, or export as {wanted}.")


def _request(
    session: Session, profile: str, store: LibraryStore, kinds: tuple[Kind, ...], filters: Filters, format_: str
) -> ExportRequest:
    from tui_app.export import ExportRequest, Format

    for kind in kinds:
        filters.check_fit(kind)
    queries = [
        _query(session, profile, store, kind, filters, named=bool(kinds))
        for kind in kinds or _DEFAULT_KINDS[format_]
        if kinds or filters.fit(kind)
    ]
    found = [query for query in queries if query is not None]
    if not found:
        raise UsageError("No kind supports all of these filters.", hint="Name a kind; see: xtream-tui list categories")
    return ExportRequest(
        found,
        cast("Format", format_),
        filters.limit,
        filters.offset,
        {kind: marked(session.paths, profile, kind, Mark.FAVOURITE) for kind in Kind},
    )


def _query(
    session: Session, profile: str, store: LibraryStore, kind: Kind, filters: Filters, *, named: bool
) -> Query | None:
    """Return the query for a kind; None when no kind was named and this one lacks the category or genre."""
    try:
        return filters.query(session.paths, profile, store, kind)
    except UsageError:
        if named:
            raise
        return None


def _export(
    session: Session,
    profile: str,
    store: LibraryStore,
    request: ExportRequest,
    output: Path | None,
    *,
    with_credentials: bool,
) -> Exported:
    from tui_app.export import addresses_of, export_items, write_items

    if output is None:
        addresses = addresses_of(session.profiles(), profile, store, with_credentials=with_credentials)
        sys.stdout.flush()
        exported = write_items(store, profile, request, addresses, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return exported
    cancelled: list[bool] = []
    with cancelling_on_signals(lambda: cancelled.append(True), lambda: None), show_progress() as on_progress:
        return export_items(
            session.paths,
            profile,
            request,
            output,
            with_credentials=with_credentials,
            on_progress=on_progress,
            is_cancelled=lambda: bool(cancelled),
        )


def _export_tree(
    session: Session,
    profile: str,
    request: ExportRequest,
    folder: Path,
    *,
    with_credentials: bool,
    as_json: bool,
) -> None:
    from msgspec.structs import replace as struct_replace

    from tui_app.export import export_tree

    cancelled: list[bool] = []
    with cancelling_on_signals(lambda: cancelled.append(True), lambda: None), show_progress() as on_progress:
        exported, tree = export_tree(
            session.paths,
            profile,
            request,
            folder,
            with_credentials=with_credentials,
            on_progress=on_progress,
            is_cancelled=lambda: bool(cancelled),
        )
    if as_json:
        report = _report(profile, request, exported, folder, with_credentials=with_credentials)
        files = documents.library.TreeFiles(
            written=tree.written, unchanged=tree.unchanged, deleted=tree.deleted, foreign=tree.foreign
        )
        print_json(struct_replace(report, files=files))
        return
    print_summary(exported, folder, with_credentials=with_credentials)
    echo(f"Files: {tree.written:,} written, {tree.unchanged:,} unchanged, {tree.deleted:,} deleted.")
    if tree.foreign:
        warn(f"{counted(tree.foreign, 'file')} of others, or edited by you, left as they are.")
    if not with_credentials:
        warn("The addresses hold {username} and {password}; to be played they need --with-credentials.")


def _report(
    profile: str, request: ExportRequest, exported: Exported, output: Path, *, with_credentials: bool
) -> documents.library.ExportReport:
    return documents.library.ExportReport(
        profile=profile,
        format=request.format,
        file=str(output),
        total=exported.total,
        channels=exported.counts.get(Kind.CHANNEL, 0),
        movies=exported.counts.get(Kind.MOVIE, 0),
        series=exported.counts.get(Kind.SERIES, 0),
        episodes=exported.counts.get(Kind.EPISODE, 0),
        skipped=exported.skipped,
        series_without_episodes=exported.series_without_episodes,
        with_credentials=with_credentials,
    )
