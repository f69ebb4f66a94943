"""Reads a moment as people and scripts write it: a date, a date with a time, how long ago, `today`, epoch seconds."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Final

import click

_AGES: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_AGE: Final = re.compile(r"(?:\d{1,6}[wdhms]){1,5}")
_AGE_STEP: Final = re.compile(r"(\d+)([wdhms])")
_EPOCH: Final = re.compile(r"\d{1,7}|\d{9,11}")  # eight digits are a date; thousandths of seconds are refused
_EXAMPLES: Final = "2026-11-20, 2026-11-20T18:30, 3d, 12h, 90m, 2w, today, yesterday, or seconds since 1970"


def moment_option(ctx: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """A click callback: epoch seconds; what has no zone is meant in this machine's."""
    if text is None:
        return None
    try:
        return parse_moment(text, time.time())
    except (ValueError, OverflowError, OSError):  # OSError: a year this machine's clock does not reach
        raise click.BadParameter(f"'{text}' is no moment: write {_EXAMPLES}.") from None


def parse_moment(text: str, now: float) -> int:
    """Epoch seconds of a moment; `ValueError`, `OverflowError` or `OSError` when there is no such one."""
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
