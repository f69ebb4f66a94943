"""What the command line may ask of a sync, as `run_sync` takes it. Loads nothing of the sync room."""

from __future__ import annotations

from typing import Literal, TypedDict

from tui_app.catalog import Kind


class Wishes(TypedDict, total=False):
    """Keywords of `tui_app.sync.run_sync`."""

    mode: Literal["incremental", "full"]
    only: tuple[Kind, ...] | None
    accept_shrink: bool
    retry: bool
    background: bool
