"""Shared state of the parts of one sync."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.progress import ProgressTracker
from tui_app.xtream.client import PanelClient
from tui_app.xtream.rows import RowContext


@dataclass(slots=True)
class SyncContext:
    """The objects and options that all parts of one sync use."""

    client: PanelClient
    store: LibraryStore
    context: RowContext
    progress: ProgressTracker
    cancellation: Cancellation
    run: int  # id of this run in `sync_run`
    now: Callable[[], int]
    clock_skew_s: int = 0  # panel clock minus local clock
    is_full: bool = False
    accept_shrink: bool = False
    excluded_categories: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
