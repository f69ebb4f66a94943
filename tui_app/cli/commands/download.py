"""`xtream-tui download`: take movies and episodes along."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from tui_app.catalog import Item, ItemRef, Kind
from tui_app.cli import documents
from tui_app.cli.completers import kind_words
from tui_app.cli.errors import describe, warn
from tui_app.cli.output import counted, echo, print_json, size
from tui_app.cli.params import json_option, metavar, one_of, profile_option, rate_option
from tui_app.cli.session import Session, require_library
from tui_app.errors import Busy, NotFound, UsageError, XtreamTuiError
from tui_app.locks import take
from tui_app.text import split_title
from tui_app.text.clean import file_name

if TYPE_CHECKING:
    from tui_app.catalog import FullItem
    from tui_app.downloads import TransferOptions
    from tui_app.paths import Paths
    from tui_app.settings import Profile
    from tui_app.store.library_store import LibraryStore
    from tui_app.xtream.http.media import MediaClient

_KINDS: Final = (Kind.MOVIE, Kind.EPISODE, Kind.SERIES)
_ERASE_LINE: Final = "\r\x1b[2K"
_PARTIAL: Final = 3


class _Wanted(NamedTuple):
    """A title to download, and its file."""

    ref: ItemRef
    path: Path


@click.command("download")
@click.argument("kind", callback=one_of(_KINDS), shell_complete=kind_words(_KINDS), metavar=metavar(_KINDS))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The folder for the files, created if missing (default: the current one).",
)
@click.option("--season", type=click.IntRange(min=0), metavar="N", help="With series: only this season.")
@click.option("--limit-rate", callback=rate_option, metavar="SPEED", help="At most so many bytes a second: 500k, 2M.")
@json_option
@profile_option
@click.pass_obj
def command(
    session: Session,
    kind: Kind,
    ids: tuple[str, ...],
    output: Path,
    season: int | None,
    limit_rate: int | None,
    as_json: bool,
) -> int:
    """Download movies, episodes, or the stored episodes of series.

    One file at a time: accounts allow few streams. What was interrupted goes on
    where it stopped when the same command runs again. Existing files are left as they are.

    \b
    Examples:
      xtream-tui download movie 1204 --output films
      xtream-tui download series 77 --season 1 --limit-rate 2M
    """
    if season is not None and kind is not Kind.SERIES:
        raise UsageError("--season applies to series.")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {output} can't be created: {error.strerror}.", hint="Choose another.") from error
    profile = session.profile()
    with require_library(session.paths, profile.name) as store:
        wanted = _distinct(one for id in dict.fromkeys(ids) for one in _wanted(store, kind, id, season, output))
    options = _options(limit_rate)
    with one_stream(session.paths, profile.name):
        items, failures = asyncio.run(_download_all(session, profile, wanted, options))
    if as_json:
        print_json(documents.viewing.Downloads(items=tuple(items)))
    else:
        done = sum(item.status != "failed" for item in items)
        echo(f"{counted(done, 'file')} of {len(items)} complete, in {output.resolve()}")
    if not failures:
        return 0
    return failures[-1].exit_code if len(failures) == len(items) else _PARTIAL


def _options(rate: int | None) -> TransferOptions:
    from tui_app.downloads import TransferOptions

    return TransferOptions(rate=rate)


@contextmanager
def one_stream(paths: Paths, profile: str) -> Iterator[None]:
    """Let one download or recording of a profile run at a time. Raises `Busy`."""
    descriptor = take(paths.stream_lock(profile))
    if descriptor is None:
        raise Busy(f"Another download or recording of “{profile}” is running.", hint="Wait for it, or stop it.")
    try:
        yield
    finally:
        os.close(descriptor)


def media_client(session: Session, profile: Profile) -> MediaClient:
    """Return a client that requests streams as the profile's player would."""
    from tui_app.xtream.http.host_gate import HostGate
    from tui_app.xtream.http.media import MediaClient
    from tui_app.xtream.urls import host_of

    return MediaClient(
        HostGate(session.paths.cache, host_of(profile.address)),
        user_agent=profile.user_agent,
        verify_tls=profile.verify_tls,
        answer_s=profile.connect_timeout_s + profile.read_timeout_s,
    )


# ------------------------------------------------------------------------------------------------------------ files
def _wanted(store: LibraryStore, kind: Kind, id: str, season: int | None, folder: Path) -> Iterator[_Wanted]:
    """Yield the title, or the stored episodes of a series. Raises `NotFound`."""
    full = store.full_item(kind, id)
    if kind is not Kind.SERIES:
        yield _named(store, full, folder)
        return
    episodes = [episode for part in full.seasons if season in (None, part.number) for episode in part.episodes]
    if not episodes:
        what = "No episodes" if season is None else f"No episodes of season {season}"
        raise NotFound(f"{what} of “{full.item.name}” are stored.", hint=f"Fetch them: xtream-tui show series {id}")
    for episode in episodes:
        yield _named(store, store.full_item(Kind.EPISODE, episode.id), folder)


def _named(store: LibraryStore, full: FullItem, folder: Path) -> _Wanted:
    item = full.item
    ref = item.ref
    title = ref.full_name if item.kind is Kind.EPISODE else _movie_name(store, item)
    container = item.container or (full.details.container if full.details else None) or "mp4"
    return _Wanted(ref, folder / f"{file_name(title, item.id)}.{file_name(container, 'mp4')}")


def _movie_name(store: LibraryStore, movie: Item) -> str:
    """Return `Nosferatu (1922) - DE 4K`; with the id if another version in the library would have the same name."""
    name = _version_name(movie)
    versions = store.versions.versions_of(Kind.MOVIE, movie.id)
    is_shared = any(_version_name(other.item) == name for other in versions if other.item.id != movie.id)
    return f"{name} {movie.id}" if is_shared else name


def _version_name(movie: Item) -> str:
    parts = split_title(movie.name)
    title = f"{parts.title} ({movie.year})" if movie.year else parts.title
    return " - ".join(filter(None, (title, " ".join(filter(None, (parts.language, parts.quality))))))


def _distinct(wanted: Iterable[_Wanted]) -> list[_Wanted]:
    """Add the id to a file name that an earlier title of the list has."""
    found: dict[Path, _Wanted] = {}
    for one in wanted:
        path = one.path
        if path in found:
            path = path.with_name(f"{path.stem} {file_name(one.ref.id)}{path.suffix}")
        found[path] = one._replace(path=path)
    return list(found.values())


# --------------------------------------------------------------------------------------------------------- transfers
async def _download_all(
    session: Session, profile: Profile, wanted: Sequence[_Wanted], options: TransferOptions
) -> tuple[list[documents.viewing.DownloadedItem], list[XtreamTuiError]]:
    """Download one after the other; what fails does not stop the rest."""
    items, failures = [], []
    async with media_client(session, profile) as client:
        for number, one in enumerate(wanted, 1):
            with _progress(f"{number}/{len(wanted)} {one.path.name}") as on_progress:
                try:
                    item = await _download(session, profile, client, one, options, on_progress)
                except XtreamTuiError as error:
                    failures.append(error)
                    item = _failed(one, error)
            items.append(item)
            if item.status == "failed":
                warn(f"{one.path.name}: {item.reason}")
    return items, failures


async def _download(
    session: Session,
    profile: Profile,
    client: MediaClient,
    wanted: _Wanted,
    options: TransferOptions,
    on_progress: Callable[[int, int | None], None],
) -> documents.viewing.DownloadedItem:
    from tui_app.downloads import download
    from tui_app.sync import item_url

    address = item_url(session.paths, profile.name, wanted.ref.kind, wanted.ref.id)
    try:
        done = await download(client, address, wanted.path, options, on_progress)
    except OSError as error:
        raise XtreamTuiError(f"The file can't be written: {error.strerror}.", hint="Choose another folder.") from error
    return documents.viewing.DownloadedItem(
        kind=wanted.ref.kind, id=wanted.ref.id, path=str(done.path), bytes=done.size, status=done.status, reason=""
    )


def _failed(wanted: _Wanted, error: XtreamTuiError) -> documents.viewing.DownloadedItem:
    part = wanted.path.with_name(f"{wanted.path.name}.part")
    return documents.viewing.DownloadedItem(
        kind=wanted.ref.kind,
        id=wanted.ref.id,
        path=str(wanted.path),
        bytes=part.stat().st_size if part.is_file() else 0,
        status="failed",
        reason=describe(error).message,
    )


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show how far a file is, on stderr if it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    shown = ""

    def draw(done: int, total: int | None) -> None:
        nonlocal shown
        words = f"{100 * done // total:3} % of {size(total)}" if total else size(done)
        if words != shown:
            shown = words
            sys.stderr.write(f"{_ERASE_LINE}{words}  {title}")
            sys.stderr.flush()

    try:
        yield draw
    finally:
        sys.stderr.write(_ERASE_LINE)
        sys.stderr.flush()
