"""Print tables, JSON and text: columns measured in cells, formatted dates, durations and sizes."""

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
    help=f"Print one item per line, in words instead of columns, for screen readers; or set {PLAIN_VARIABLE}=1.",
)


def is_plain() -> bool:
    """Return whether the running command prints sentences instead of columns."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_PLAIN))


def in_words(titles: Sequence[str], cells: Sequence[str], main: int) -> str:
    """Return a row as words: `Metropolis (1927), year 1927, rating 8.8, id 100004`.

    The main cell comes first; empty cells are left out.
    """
    others = [
        f"{title} {cell}".strip()
        for number, (title, cell) in enumerate(zip(titles, cells, strict=True))
        if number != main and cell
    ]
    # Cells before the main one, such as an id, help the eye but come last when read aloud.
    return ", ".join(filter(None, (cells[main], *others[main:], *others[:main])))


_GAP: Final = "  "
_NARROWEST_FLEXIBLE: Final = 8  # cells; a narrower terminal wraps instead


def print_json(document: Struct) -> None:
    """Print one document on one line; escape non-ASCII characters only where stdout is not UTF-8."""
    from msgspec import to_builtins  # late: 12 ms, which what is printed for people must not pay

    unicode_ok = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    text = json.dumps(to_builtins(document), ensure_ascii=not unicode_ok)
    click.echo(text.encode("utf-8", "replace").decode() if unicode_ok else text)
    sys.stdout.flush()


def echo(text: str = "") -> None:
    """Print one line to stdout, without control characters."""
    click.echo(strip_controls(text))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    A right column is right-aligned; a flexible one is cut when the terminal is too narrow.
    """

    title: str
    right: bool = False
    flexible: bool = False


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their titles, or as words.

    Columns that are empty in every row are left out. Nothing is cut when stdout is not a terminal.
    """
    shown = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    cells = [[strip_controls(row[i]) for i in shown] for row in rows]
    chosen = [columns[i] for i in shown]
    if is_plain():
        main = next((number for number, column in enumerate(chosen) if column.flexible), 0)
        for row in cells:
            echo(in_words([column.title for column in chosen], row, main))
        return
    widths = [max(cell_width(column.title), *(cell_width(row[i]) for row in cells)) for i, column in enumerate(chosen)]
    if sys.stdout.isatty():
        widths = _narrowed(chosen, widths, shutil.get_terminal_size().columns)
    for line in ([column.title for column in chosen], *cells):
        fitted = (fit(text, widths[i], right=chosen[i].right) for i, text in enumerate(line))
        echo(_GAP.join(fitted).rstrip())


def _narrowed(columns: Sequence[Column], widths: list[int], available: int) -> list[int]:
    """Shrink the flexible columns, the widest first, until the table fits.

    The first flexible column, the name, may be twice as wide as the others.
    """
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - available
    narrowed = list(widths)
    flexible = [i for i, column in enumerate(columns) if column.flexible]
    for _ in range(excess):
        wide = [i for i in flexible if narrowed[i] > _NARROWEST_FLEXIBLE]
        if not wide:
            break
        narrowed[max(wide, key=lambda i: narrowed[i] / (2 if i == flexible[0] else 1))] -= 1
    return narrowed


def day(at: int | None) -> str:
    """Return a date as `2026-11-20`; "" when unknown."""
    return _local(at, "%Y-%m-%d")


def moment(at: int | None) -> str:
    """Return a date and time as `2026-11-20 18:30`; "" when unknown."""
    return _local(at, "%Y-%m-%d %H:%M")


def _local(at: int | None, form: str) -> str:
    if not at:
        return ""
    try:
        return time.strftime(form, time.localtime(at))
    except (OverflowError, ValueError, OSError):  # panels send dates in the year 50,000
        return ""


def length(seconds: int | None) -> str:
    """Return a duration as `1 h 47 min`; "" when unknown."""
    if not seconds:
        return ""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def size(n_bytes: int) -> str:
    """Return a size as `812 B` or `1.4 MB`."""
    if n_bytes < 1000:
        return f"{n_bytes} B"
    value = n_bytes / 1000
    for unit in ("kB", "MB"):
        if value < 1000:
            return f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: `1 movie`, `1,204 movies`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


_MEGABYTE = 1_000_000


def size_document(paths: Paths, profile: str) -> documents.library.DiskUse:
    """Return what a profile takes on disk, and the limit from the settings.

    The library, the marks, backups and damaged files count.
    """
    from tui_app.store.maintenance.disk_use import disk_use

    taken, limit = disk_use(paths, profile).total, _limit_mb(paths) * _MEGABYTE
    return documents.library.DiskUse(bytes=taken, limit_bytes=limit, over_limit=taken > limit)


def warn_when_large(profile: str, use: documents.library.DiskUse) -> None:
    """Warn on stderr when the profile takes more space than the limit, and say what helps."""
    if use.over_limit:
        warn(
            f"{profile} takes {size(use.bytes)} on disk, over the limit of {size(use.limit_bytes)}. "
            "Free space with: xtream-tui cache compact, or remove old details in the app (Settings, Statistics)."
        )


def _limit_mb(paths: Paths) -> int:
    """Return the limit from the settings; the default when the file is invalid, which other commands report."""
    from tui_app.settings import AppSettings, load_app_settings

    settings = AppSettings()
    with suppress(SettingsError):
        settings = load_app_settings(paths)
    return settings.size_limit_mb
