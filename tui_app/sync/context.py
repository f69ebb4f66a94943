"""What the parts of one sync share: the panel, the library, progress and cancelling. Knows none of the parts."""

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
    """The objects and options that every part of one sync works with."""

    client: PanelClient
    store: LibraryStore
    context: RowContext
    progress: ProgressTracker
    cancellation: Cancellation
    run: int  # number of this run in the library's change list
    now: Callable[[], int]
    clock_skew_s: int = 0  # how far the panel's clock is ahead of ours
    is_full: bool = False
    accept_shrink: bool = False
    excluded_categories: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
