"""A folder tree for Jellyfin, Kodi and Plex: a `.strm` file with the address of each title, an `.nfo` with its facts.

    Movies/Nosferatu (1922) [tmdbid-653]/Nosferatu (1922) [tmdbid-653] - EN 4K 1204.strm
    Series/Judex (1916)/Season 01/Judex (1916) S01E02 - 8123.strm

A list in the folder (`.xtream-tui-strm`) names the files that are ours, with a digest of each. A later export writes
what changed and deletes what is no longer selected. Files of others, and ours that were edited, are left alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from tui_app.catalog import FullItem, Item, Kind
from tui_app.errors import Cancelled, NotFound, UsageError
from tui_app.export.xmltv import content
from tui_app.file_access import PRIVATE_FILE, UMASK_DECIDES, replacing
from tui_app.text import split_title
from tui_app.text.clean import file_name

if TYPE_CHECKING:
    from tui_app.export.records import Record
    from tui_app.store.library_store import LibraryStore

LIST_NAME: Final = ".xtream-tui-strm"
_HEAD: Final = "xtream-tui strm tree of "
_CHECK_EVERY: Final = 200
_LONGEST_VERSION: Final = 30


@dataclass
class Tree:
    """What an export did to the folder, in files. `foreign` were there before, or edited, and stay as they are."""

    written: int = 0
    unchanged: int = 0
    deleted: int = 0
    foreign: int = 0
    counts: dict[Kind, int] = field(default_factory=dict)


def write_tree(
    folder: Path,
    profile: str,
    store: LibraryStore,
    records: Iterable[Record],
    *,
    private: bool,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Tree:
    """Bring the folder in line with the records of movies and episodes; others are skipped.

    With `private`, files are readable by the owner alone. A cancelled export deletes nothing. Raises `Cancelled`,
    `NotFound` for a missing parent folder, `UsageError` for a folder of another profile or when nothing is selected
    though the folder holds files, and `OSError`.
    """
    writer = _Writer(folder, profile, private=private)
    try:
        for number, (path, text) in enumerate(_files(store, records, writer.tree)):
            if number % _CHECK_EVERY == 0 and is_cancelled():
                raise Cancelled("Stopped; the files written so far stay, none was deleted.")
            writer.put(path, text)
        if writer.known and not writer.kept:
            raise UsageError("No title is selected, so the folder was left as it is.", hint="Check the filters.")
        writer.delete_rest()
    finally:
        writer.save_list()
    return writer.tree


class _Writer:
    """The folder of a tree, and the list of our files in it: path → digest."""

    def __init__(self, folder: Path, profile: str, *, private: bool) -> None:
        if not folder.parent.is_dir():
            raise NotFound(f"There is no folder {folder.parent}.", hint="Create it first, or choose another folder.")
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder.", hint="Give the path of a folder with --output.")
        self.tree = Tree()
        self._folder = folder
        self._profile = profile
        self._mode = PRIVATE_FILE if private else UMASK_DECIDES
        self.known = _read_list(folder / LIST_NAME, profile)
        self.kept: dict[str, str] = {}
        folder.mkdir(mode=0o700 if private else 0o777, exist_ok=True)

    def put(self, path: str, text: str) -> None:
        """Write a file unless it is as wanted already, or not ours."""
        if path in self.kept:  # the facts of a title, beside its second version
            return
        data = text.encode("utf-8", "replace")
        target, digest, before = self._folder / path, _digest(data), self.known.get(path)
        if os.path.lexists(target) and (before is None or _digest_of(target) != before):
            self.tree.foreign += 1
            if before is not None:
                self.kept[path] = before
            return
        self.kept[path] = digest
        if before == digest and target.exists():
            self.tree.unchanged += 1
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target, mode=self._mode, keeps_mode=False) as stream:
            stream.write(data)
        self.tree.written += 1

    def delete_rest(self) -> None:
        """Delete our files that are no longer wanted, unless somebody edited them, and folders that are empty then."""
        for path in [path for path in self.known if path not in self.kept]:
            target = self._folder / path
            if os.path.lexists(target):
                if _digest_of(target) != self.known[path]:
                    self.tree.foreign += 1
                    continue
                target.unlink()
                self.tree.deleted += 1
                _remove_empty(target.parent, self._folder)
            del self.known[path]

    def save_list(self) -> None:
        files = {**self.known, **self.kept}
        with replacing(self._folder / LIST_NAME, mode=self._mode, keeps_mode=False) as stream:
            stream.write(f"{_HEAD}{self._profile}\n".encode())
            for path, digest in files.items():
                stream.write(f"{digest} {path}\n".encode())


def _read_list(file: Path, profile: str) -> dict[str, str]:
    """Return path → digest of our files; {} without a list. Raises `UsageError` for another profile's, or a damaged."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        head = lines.readline(1_000).rstrip("\n")
        if head != _HEAD + profile:
            owner = head.removeprefix(_HEAD) if head.startswith(_HEAD) else "something else"
            raise UsageError(f"The folder holds the files of {owner}.", hint="Choose another folder with --output.")
        found = (line.rstrip("\n").partition(" ") for line in lines)
        return {path: digest for digest, _, path in found if _is_inside(path)}


def _is_inside(path: str) -> bool:
    """Whether a path of the list stays within the folder: somebody may have edited the list."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and len(parts) > 1


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


def _digest_of(file: Path) -> str | None:
    """Return the digest of a regular file's content; None for anything else."""
    return _digest(file.read_bytes()) if file.is_file() and not file.is_symlink() else None


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


# ----------------------------------------------------------------------------------------------------------- files
def _files(store: LibraryStore, records: Iterable[Record], tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every file."""
    show_id, show = "", ""
    for record in records:
        item = record.row.item
        if item.kind not in (Kind.MOVIE, Kind.EPISODE):
            continue
        with suppress(NotFound):  # removed by a sync meanwhile
            if item.kind is Kind.MOVIE:
                yield from _movie_files(store.full_item(Kind.MOVIE, item.id), record.address)
            else:
                if item.series_id and item.series_id != show_id:  # episodes come series by series
                    series = store.full_item(Kind.SERIES, item.series_id)
                    show_id, show = item.series_id, title_name(series)
                    yield f"Series/{show}/tvshow.nfo", _nfo("tvshow", series)
                yield from _episode_files(item, show, record.address)
            tree.counts[item.kind] = tree.counts.get(item.kind, 0) + 1


def _movie_files(movie: FullItem, address: str) -> Iterator[tuple[str, str]]:
    name, parts = title_name(movie), split_title(movie.item.name)
    yield f"Movies/{name}/movie.nfo", _nfo("movie", movie)
    # the id keeps versions with the same language and quality apart
    version = " ".join(filter(None, (parts.language, parts.quality)))[:_LONGEST_VERSION]
    yield f"Movies/{name}/{name} - {file_name(f'{version} {movie.item.id}')}.strm", f"{address}\n"


def _episode_files(episode: Item, show: str, address: str) -> Iterator[tuple[str, str]]:
    season, number = episode.season or 0, episode.episode or 0
    path = f"Series/{show}/Season {season:02}/{show} S{season:02}E{number:02} - {file_name(episode.id)}"
    facts = f"<title>{content(episode.name)}</title><season>{season}</season><episode>{number}</episode>"
    yield f"{path}.nfo", f"{_XML}<episodedetails>{facts}</episodedetails>\n"
    yield f"{path}.strm", f"{address}\n"


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _nfo(element: str, title: FullItem) -> str:
    """Return the facts of a title in the format of Kodi, which Jellyfin and Plex read too."""
    item = title.item
    facts = (
        ("title", split_title(item.name).title),
        ("year", item.year),
        ("rating", item.rating),
        ("plot", title.plot),
        ("director", title.director),
        *(("genre", genre.strip()) for genre in (item.genre or "").split(",")),
        *(("tag", category.name) for category in title.categories),
    )
    lines = [f"  <{name}>{content(str(value))}</{name}>\n" for name, value in facts if value]
    if title.tmdb:
        lines.append(f'  <uniqueid type="tmdb" default="true">{title.tmdb}</uniqueid>\n')
    return f"{_XML}<{element}>\n{''.join(lines)}</{element}>\n"


def title_name(title: FullItem) -> str:
    """Return the name of a title's folder: `Nosferatu (1922) [tmdbid-653]`, which media servers recognise."""
    item = title.item
    bare = file_name(split_title(item.name).title, item.id)
    year = f" ({item.year})" if item.year else ""
    return f"{bare}{year} [tmdbid-{title.tmdb}]" if title.tmdb else f"{bare}{year}"
