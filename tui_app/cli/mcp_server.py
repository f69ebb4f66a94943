"""The tools of `xtream-tui mcp`: each runs one reading command with `--json` and returns its document.

So an assistant sees what a script sees, with the same schemas and errors, and nothing else: no tool writes, contacts
the provider, or returns a stream address or password.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any, Final, Literal

import click
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from tui_app import __version__
from tui_app.handbook import TITLES, chapter

_READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_INSTRUCTIONS: Final = (
    "The local copy of the user's IPTV account: channels, movies, series, episodes, the programme guide, history. "
    "Times are seconds since 1970, UTC. Ids belong to the kind of the item. Start with `search` or `list_items`."
)

Kind = Literal["channel", "movie", "series", "episode"]
ListedKind = Literal["channel", "movie", "series"]
What = Literal["channels", "movies", "series", "episodes"]
Sort = Literal["name", "rating", "year", "added", "number"]
Document = dict[str, Any]


class CommandRunner:
    """Runs commands of the command line in this process, one at a time: they print to the streams of the process."""

    def __init__(self, root: click.Command, profile: str | None) -> None:
        self._root = root
        self._options = [] if profile is None else ["--profile", profile]
        self._turn = threading.Lock()

    def __call__(self, command: str, *arguments: str, **options: object) -> Document:
        """Return the document of a command; options that are None, False or empty are left out. Raises `ToolError`."""
        # after `--` nothing is an option, whatever the assistant sends; "-" would read the protocol's own stream
        if "-" in arguments:
            raise ToolError("A single dash is nothing to look for.")
        words = [*command.split(), *_options(options), *self._options, "--json", "--", *arguments]
        printed = StringIO()
        with self._turn, redirect_stdout(printed), redirect_stderr(StringIO()):
            code = self._run(words)
        document: Document = json.loads(printed.getvalue() or "{}")
        if code and "error" in document:
            raise ToolError(f"{document['error']['message']} {document['error'].get('hint', '')}".strip())
        return document

    def _run(self, words: Sequence[str]) -> int:
        try:
            self._root.main(list(words))
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        return 0


def _options(options: dict[str, object]) -> list[str]:
    words: list[str] = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value not in (None, False, ""):
            words += [flag, str(value)]
    return words


def make_server(root: click.Command, profile: str | None) -> MCPServer:
    """Return the server for a profile, None for the current one; `root` is the root command."""
    server = MCPServer("xtream-tui", version=__version__, instructions=_INSTRUCTIONS, log_level="ERROR")
    run = CommandRunner(root, profile)
    for tool in (*_item_tools(run), *_guide_tools(run)):
        server.tool(annotations=_READS)(tool)
    for name, title in TITLES.items():
        server.resource(f"handbook://{name}", name=name, title=title, mime_type="text/markdown")(_reader_of(name))
    return server


def _reader_of(name: str) -> Callable[[], str]:
    def read() -> str:
        return chapter(name).text

    return read


def _item_tools(run: CommandRunner) -> Iterator[Callable[..., Document]]:
    def search(query: str, kind: Kind | None = None, all_profiles: bool = False, limit: int = 20) -> Document:
        """Search names, people, genres and plots; accents, word order and small typing errors do not matter."""
        return run("search", query, kind=kind, all_profiles=all_profiles, limit=limit)

    def list_items(  # noqa: PLR0913 - the SDK makes the tool's schema of the parameters
        what: What,
        category: str | None = None,
        genre: str | None = None,
        year: str | None = None,
        min_rating: float | None = None,
        added_since: str | None = None,
        favourites: bool = False,
        unwatched: bool = False,
        catchup: bool = False,
        sort: Sort | None = None,
        desc: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Document:
        """List items. `year` is 1995, 1990-1999, 1990- or -1999; `added_since` is a date, or an age like 7d."""
        filters = {name: value for name, value in locals().items() if name not in ("what", "run")}
        return run("list", what, **filters)

    def list_categories(kind: ListedKind | None = None, tree: bool = False) -> Document:
        """List categories with counts; with `tree` grouped by the prefix of their names, such as a language."""
        return run("list", "categories", kind=kind, tree=tree)

    def show(kind: ListedKind, id: str, similar: bool = False) -> Document:
        """Show one item in full, as stored: plot, people, seasons and episodes; `similar` adds similar titles."""
        return run("show", kind, id, offline=True, similar=similar)

    def changes(since: str | None = None) -> Document:
        """List what recent syncs added, changed and removed; `since` is a date, or an age like 3d or 12h."""
        return run("changes", since=since)

    def history(limit: int = 50) -> Document:
        """List what was played, newest first, with positions in seconds."""
        return run("history", limit=limit)

    def stats() -> Document:
        """Show how many items the library has, and when it was last synced."""
        return run("stats")

    yield from (search, list_items, list_categories, show, changes, history, stats)


def _guide_tools(run: CommandRunner) -> Iterator[Callable[..., Document]]:
    def epg_now(category: str | None = None, favourites: bool = False) -> Document:
        """List channels with their current and next programme, from the stored guide."""
        return run("epg now", category=category, favourites=favourites, offline=True)

    def epg_show(channel: str, day: str | None = None) -> Document:
        """List the stored programmes of a channel (its id or whole name) on a day (2026-11-29; default today)."""
        return run("epg show", channel, day=day, offline=True)

    def epg_search(words: str, limit: int = 50) -> Document:
        """Find current and coming programmes by words of their titles, in the stored guide."""
        return run("epg search", words, limit=limit)

    yield from (epg_now, epg_show, epg_search)
