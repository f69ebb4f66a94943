"""The size limit as the command line tells it: a key in documents, a line on stderr for people."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tui_app.cli.failures import warn
from tui_app.cli.output import size
from tui_app.errors import SettingsError
from tui_app.paths import Paths

_MEGABYTE = 1_000_000


def size_document(paths: Paths, profile: str) -> dict[str, Any]:
    """What a profile takes on disk (its library, the marks, backups, what was set aside), and the user's limit."""
    from tui_app.store.upkeep.disk_use import disk_use

    taken, limit = disk_use(paths, profile).total, _limit_mb(paths) * _MEGABYTE
    return {"bytes": taken, "limit_bytes": limit, "over_limit": taken > limit}


def warn_when_large(profile: str, document: dict[str, Any]) -> None:
    """A line on stderr when the profile takes more than the user wants, with what helps."""
    if document["over_limit"]:
        warn(
            f"{profile} takes {size(document['bytes'])} on disk, over the limit of {size(document['limit_bytes'])}. "
            "Make room with: xtream-tui cache compact, or let go of old details in the app (Settings, Statistics)."
        )


def _limit_mb(paths: Paths) -> int:
    """The setting; a file with a mistake is not what this command is about, so the default stands in for it."""
    from tui_app.settings import AppSettings, load_app_settings

    settings = AppSettings()
    with suppress(SettingsError):
        settings = load_app_settings(paths)
    return settings.size_limit_mb
