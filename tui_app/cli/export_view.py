"""What an export says to people: how far it is, what came of it, and what it could not give."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_app.catalog import Kind
from tui_app.cli.failures import warn
from tui_app.cli.output import counted, say

if TYPE_CHECKING:
    from tui_app.export import Exported

_BAR_CELLS: Final = 24
_ERASE_LINE: Final = "\r\x1b[2K"


@contextmanager
def show_progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where somebody looks; nothing elsewhere."""
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


def say_done(exported: Exported, output: Path, *, with_credentials: bool) -> None:
    """What was written, and where."""
    what = ", ".join(counted(count, kind.value, kind.plural) for kind, count in exported.counts.items())
    say(f"Exported {what or 'nothing: no title fits'} to {output}.")
    if with_credentials:
        say("It holds your user name and password: only you can read it (mode 0600). Do not share it.")


def tell_of_gaps(exported: Exported, kinds: Sequence[Kind]) -> None:
    """What a playlist lacks, on stderr. Series nobody asked for by name are only told of when nothing else came."""
    missing = exported.series_without_episodes
    if missing and (Kind.SERIES in kinds or not exported.total):
        warn(
            f"{counted(missing, 'series', 'series')} left out: their episodes are not stored yet. "
            "Opening a series (xtream-tui show series ID) fetches them."
        )
