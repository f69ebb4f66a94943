"""A home with a profile on a panel of its own, synced in this process without pauses."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import as_document
from tests.sync.category_panel import CategoryPanel
from tui_app.catalog import Item, Kind, Query
from tui_app.events import SyncEvent, SyncFinished
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import run_sync


@dataclass
class SyncHome:
    """One profile's folders. `events` are those of the last sync."""

    paths: Paths
    events: list[SyncEvent]

    def sync(self, **options: Any) -> dict[str, Any]:
        return as_document(self.finish(**options).report)

    def finish(self, **options: Any) -> SyncFinished:
        self.events.clear()
        return asyncio.run(run_sync(self.paths, "home", emit=self.events.append, **options))

    def items(self, kind: Kind, **query: Any) -> list[Item]:
        with LibraryStore.open(self.paths.library_db("home"), readonly=True) as store:
            return list(store.page(Query(kind, **query), limit=None).items)

    def ids(self, kind: Kind, **query: Any) -> list[str]:
        return [item.id for item in self.items(kind, **query)]

    def names(self, kind: Kind, **query: Any) -> list[str]:
        return [item.name for item in self.items(kind, **query)]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but the bookkeeping of syncs; search tables by the tables they are kept in."""
        with closing(sqlite3.connect(self.paths.library_db("home"))) as library:
            listed = library.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            )
            names = [name for (name,) in listed if name not in {"sync_state", "sync_run", "sync_change"}]
            return {name: library.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall() for name in names}

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of items, texts and categories."""
        kept = ("channel", "movie", "series", "movie_text", "series_text", "category", "item_category", "item_genre")
        return {name: rows for name, rows in self.tables().items() if name in kept}


@pytest.fixture
def category_panel() -> Iterator[CategoryPanel]:
    with CategoryPanel() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, category_panel: CategoryPanel, no_pauses: None) -> SyncHome:
    paths = Paths.under(tmp_path).ensure()
    profile = Profile("home", category_panel.url, "me", password_source="file", first_byte_timeout_s=2.5)
    ProfileStore(paths).add(profile, "secret-word")
    return SyncHome(paths, [])
