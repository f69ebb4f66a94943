"""Prints for people and for scripts: aligned columns measured in cells, dates and lengths in words, JSON."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from tui_app.cli import documents
from tui_app.cli.errors import warn
from tui_app.errors import SettingsError
from tui_app.paths import Paths
from tui_app.text import cell_width, fit, strip_controls

if TYPE_CHECKING:
    from msgspec import Struct

PLAIN_VARIABLE: Final = "XTREAM_TUI_PLAIN"
_PLAIN: Final = "tui_app.plain"


def _remember(ctx: click.Context, parameter: click.Parameter, is_wanted: bool) -> None:
    ctx.meta[_PLAIN] = is_wanted


plain_option = click.option(
    "--plain",
    is_flag=True,
    envvar=PLAIN_VARIABLE,
    expose_value=False,
    callback=_remember,
    help=f"One item a line in words, no columns: for screen readers; {PLAIN_VARIABLE}=1 says the same.",
)


def is_plain() -> bool:
    """Whether the command that runs was asked for words instead of columns."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_PLAIN))


def in_words(titles: Sequence[str], cells: Sequence[str], main: int) -> str:
    """`Metropolis (1927), year 1927, rating 8.8, id 100004`: the main cell first, empty ones left out."""
    others = [
        f"{title} {cell}".strip()
        for number, (title, cell) in enumerate(zip(titles, cells, strict=True))
        if number != main and cell
    ]
    # What leads a row for the eye, as an id does, is what the ear wants last.
    return ", ".join(filter(None, (cells[main], *others[main:], *others[:main])))


_GAP: Final = "  "
_NARROWEST_FLEXIBLE: Final = 8  # cells; a narrower terminal wraps instead


def print_json(document: Struct) -> None:
    """Print one document on one line. Letters stay readable where the terminal can show them."""
    from msgspec import to_builtins  # late: 12 ms, which what is printed for people must not pay

    unicode_ok = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    text = json.dumps(to_builtins(document), ensure_ascii=not unicode_ok)
    click.echo(text.encode("utf-8", "replace").decode() if unicode_ok else text)
    sys.stdout.flush()


def say(text: str = "") -> None:
    """One line on stdout, without any control character a name may have smuggled in."""
    click.echo(strip_controls(text))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: numbers stand to the right; a flexible column is cut when the terminal is too narrow."""

    title: str
    right: bool = False
    flexible: bool = False


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their titles, or in words. Columns empty in every row are left out; on a pipe nothing is cut."""
    shown = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    cells = [[strip_controls(row[i]) for i in shown] for row in rows]
    chosen = [columns[i] for i in shown]
    if is_plain():
        main = next((number for number, column in enumerate(chosen) if column.flexible), 0)
        for row in cells:
            say(in_words([column.title for column in chosen], row, main))
        return
    widths = [max(cell_width(column.title), *(cell_width(row[i]) for row in cells)) for i, column in enumerate(chosen)]
    if sys.stdout.isatty():
        widths = _narrowed(chosen, widths, shutil.get_terminal_size().columns)
    for line in ([column.title for column in chosen], *cells):
        fitted = (fit(text, widths[i], right=chosen[i].right) for i, text in enumerate(line))
        say(_GAP.join(fitted).rstrip())


def _narrowed(columns: Sequence[Column], widths: list[int], room: int) -> list[int]:
    """Flexible columns give way cell by cell, the widest first; the first of them, the name, may be twice as wide."""
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    narrowed = list(widths)
    flexible = [i for i, column in enumerate(columns) if column.flexible]
    for _ in range(excess):
        wide = [i for i in flexible if narrowed[i] > _NARROWEST_FLEXIBLE]
        if not wide:
            break
        narrowed[max(wide, key=lambda i: narrowed[i] / (2 if i == flexible[0] else 1))] -= 1
    return narrowed


def day(at: int | None) -> str:
    """A date as people write it in lists; empty when unknown."""
    return _local(at, "%Y-%m-%d")


def moment(at: int | None) -> str:
    """Date and time of day; empty when unknown."""
    return _local(at, "%Y-%m-%d %H:%M")


def _local(at: int | None, form: str) -> str:
    if not at:
        return ""
    try:
        return time.strftime(form, time.localtime(at))
    except (OverflowError, ValueError, OSError):  # a panel's year 50,000
        return ""


def length(seconds: int | None) -> str:
    """`1 h 47 min`; empty when unknown."""
    if not seconds:
        return ""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def size(n_bytes: int) -> str:
    """Bytes as people say them: `812 B`, `1.4 MB`."""
    if n_bytes < 1000:
        return f"{n_bytes} B"
    value = n_bytes / 1000
    for unit in ("kB", "MB"):
        if value < 1000:
            return f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """`1 movie`, `1,204 movies`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


_MEGABYTE = 1_000_000


def size_document(paths: Paths, profile: str) -> documents.library.DiskUse:
    """Return what a profile takes on disk (library, marks, backups, what was set aside), and the user's limit."""
    from tui_app.store.maintenance.disk_use import disk_use

    taken, limit = disk_use(paths, profile).total, _limit_mb(paths) * _MEGABYTE
    return documents.library.DiskUse(bytes=taken, limit_bytes=limit, over_limit=taken > limit)


def warn_when_large(profile: str, use: documents.library.DiskUse) -> None:
    """A line on stderr when the profile takes more than the user wants, with what helps."""
    if use.over_limit:
        warn(
            f"{profile} takes {size(use.bytes)} on disk, over the limit of {size(use.limit_bytes)}. "
            "Make room with: xtream-tui cache compact, or let go of old details in the app (Settings, Statistics)."
        )


def _limit_mb(paths: Paths) -> int:
    """The setting; a file with a mistake is not what this command is about, so the default stands in for it."""
    from tui_app.settings import AppSettings, load_app_settings

    settings = AppSettings()
    with suppress(SettingsError):
        settings = load_app_settings(paths)
    return settings.size_limit_mb
