"""Options and argument types that several commands share."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypedDict

import click

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.cli.completers import profile_names
from tui_app.cli.log_file import LOG_LEVEL_VARIABLE, LOG_LEVELS
from tui_app.cli.session import Session

#: Set in the environment while a shell completes a word; holds "<shell>_complete".
COMPLETION_VARIABLE: Final = "_XTREAM_TUI_COMPLETE"


def _remember_profile(ctx: click.Context, parameter: click.Parameter, name: str | None) -> None:
    if name is not None:
        ctx.ensure_object(Session).wanted = name
    else:
        ctx.ensure_object(Session)


#: Accepted before and after the command; the later one wins. Stored in `Session.wanted`.
profile_option = click.option(
    "--profile",
    metavar="NAME",
    shell_complete=profile_names,
    expose_value=False,
    callback=_remember_profile,
    help="Use this profile instead of the current one.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")

yes_option = click.option("--yes", "-y", "yes", is_flag=True, help="Do not ask for confirmation.")


def _remember_log_level(ctx: click.Context, parameter: click.Parameter, level: str | None) -> None:
    if level is not None:
        os.environ[LOG_LEVEL_VARIABLE] = level  # inherited by the sync processes that the app starts


log_level_option = click.option(
    "--log-level",
    type=click.Choice(LOG_LEVELS, case_sensitive=False),
    expose_value=False,
    callback=_remember_log_level,
    help=f"Level of the log file (default: info); or set {LOG_LEVEL_VARIABLE}.",
)


_WORDS: Final = {word: kind for kind in Kind for word in (kind.value, kind.plural)}


def one_of(kinds: Sequence[Kind]) -> Callable[[click.Context, click.Parameter, str | None], Kind | None]:
    """Return a click callback that accepts one of these kinds; None when the option was not given."""

    def convert(ctx: click.Context, parameter: click.Parameter, word: str | None) -> Kind | None:
        return None if word is None else _kind(word, kinds)

    return convert


def several(ctx: click.Context, parameter: click.Parameter, words: str | None) -> tuple[Kind, ...] | None:
    """Parse comma-separated kinds into the order in which they are synced; a click callback."""
    if words is None:
        return None
    chosen = {_kind(word, LISTED_KINDS, several=True) for word in words.split(",") if word.strip()}
    if not chosen:
        raise click.BadParameter("give at least one of channels, movies, series.")
    return tuple(kind for kind in LISTED_KINDS if kind in chosen)


def several_arguments(ctx: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> tuple[Kind, ...]:
    """Parse any number of kinds, each once, in the given order; a click callback."""
    return tuple(dict.fromkeys(_kind(word, tuple(Kind), several=True) for word in words))


def metavar(kinds: Sequence[Kind]) -> str:
    """Return the choice of kinds for help: `channel|movie|series`."""
    return "|".join(kind.value for kind in kinds)


def _kind(word: str, kinds: Sequence[Kind], *, several: bool = False) -> Kind:
    kind = _WORDS.get(word.strip().lower())
    if kind is None or kind not in kinds:
        known = ", ".join(known.plural if several else known.value for known in kinds)
        raise click.BadParameter(f"'{word}' is not one of {known}.")
    return kind


_AGES: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_AGE: Final = re.compile(r"(?:\d{1,6}[wdhms]){1,5}")
_AGE_STEP: Final = re.compile(r"(\d+)([wdhms])")
_EPOCH: Final = re.compile(r"\d{1,7}|\d{9,11}")  # eight digits are a date; milliseconds are refused
_EXAMPLES: Final = "2026-11-20, 2026-11-20T18:30, 3d, 12h, 90m, 2w, today, yesterday, or seconds since 1970"


def moment_option(ctx: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """Parse a point in time into epoch seconds, in local time without a zone; a click callback."""
    if text is None:
        return None
    try:
        return parse_moment(text, time.time())
    except (ValueError, OverflowError, OSError):  # OSError: a year out of range for this machine
        raise click.BadParameter(f"'{text}' is not a point in time: write {_EXAMPLES}.") from None


def parse_moment(text: str, now: float) -> int:
    """Return the epoch seconds of a point in time.

    Raises `ValueError`, `OverflowError` or `OSError` for an invalid one.
    """
    words = text.strip().lower()
    if words in ("today", "yesterday"):
        midnight = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return int((midnight - timedelta(days=words == "yesterday")).timestamp())
    if _AGE.fullmatch(words.replace(" ", "")):
        steps = _AGE_STEP.findall(words.replace(" ", ""))
        return max(0, int(now) - sum(int(count) * _AGES[unit] for count, unit in steps))
    if _EPOCH.fullmatch(words):
        return int(words)
    return int(datetime.fromisoformat(words.upper()).timestamp())


def duration_option(ctx: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """Parse a length of time into seconds: `90m`, `1h30m`, `45s`; a click callback."""
    if text is None:
        return None
    packed = text.strip().lower().replace(" ", "")
    seconds = (
        sum(int(count) * _AGES[unit] for count, unit in _AGE_STEP.findall(packed)) if _AGE.fullmatch(packed) else 0
    )
    if not seconds:
        raise click.BadParameter(f"'{text}' is not a length of time: write 90m, 1h30m or 45s.")
    return seconds


_RATE: Final = re.compile(r"(\d{1,9})([kmg]?)b?(?:/s)?", re.IGNORECASE)
_RATES: Final = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def rate_option(ctx: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """Parse a speed into bytes a second: `500k`, `2M`; a click callback."""
    if text is None:
        return None
    match = _RATE.fullmatch(text.strip())
    rate = int(match[1]) * _RATES[match[2].lower()] if match else 0
    if not rate:
        raise click.BadParameter(f"'{text}' is not a speed: write bytes a second, like 500k or 2M.")
    return rate


class SyncRequest(TypedDict, total=False):
    """Keyword arguments of `tui_app.sync.run_sync`."""

    mode: Literal["incremental", "full"]
    only: tuple[Kind, ...] | None
    accept_shrink: bool
    retry: bool
    background: bool
    categories_only: bool
