"""A small demo panel, a faulty one in front of it, and a home with a profile whose patience is short."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.command_line import CommandLine
from tests.support.fault_panel import FaultPanel
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoPanel
from tui_app.errors import SettingsError
from tui_app.events import SyncFinished
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore

PROFILE: Final = "home"
PATIENCE_S: Final = 1.0
SIZES: Final = {"channels": 50, "movies": 120, "series": 40}
#: What a sync may never touch when it fails; the bookkeeping of syncs is not among them.
CONTENT: Final = (
    *("channel", "movie", "series", "episode", "movie_text", "series_text", "category", "item_category", "genre"),
    *("item_genre", "id_map"),
)


@dataclass
class Home:
    """A folder with one profile, synced in this process; the command line works on the same folder."""

    folder: Path
    password: str
    panel: FaultPanel | None = None

    @property
    def paths(self) -> Paths:
        return Paths.under(self.folder)

    @property
    def library(self) -> Path:
        return self.paths.library_db(PROFILE)

    @property
    def command_line(self) -> CommandLine:
        return CommandLine(self.folder, secrets=(self.password,), module="tests.support.unpaced")

    async def sync(self, **options: Any) -> SyncFinished:
        from tui_app.sync import run_sync

        self._wait_longer_for_a_sound_panel()
        return await run_sync(self.paths, PROFILE, **options)

    def _wait_longer_for_a_sound_panel(self) -> None:
        """Only the silence of a faulty panel is cut short: a sound one may be slow as well, on a busy machine."""
        if self.panel is None:
            return
        seconds = PATIENCE_S if self.panel.faults or self.panel.first_faults else 20.0
        profiles = ProfileStore(self.paths)
        with suppress(SettingsError):  # some tests make the disk unwritable
            profiles.update(replace(profiles.get(PROFILE), first_byte_timeout_s=seconds, read_timeout_s=seconds))

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every content table, in a stable order."""
        with closing(sqlite3.connect(f"file:{self.library}?mode=ro", uri=True)) as database:
            return {
                table: sorted(database.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr) for table in CONTENT
            }

    def column(self, table: str, name: str) -> int:
        """Return the index of a column in the rows of `content`: migrations append columns, models don't."""
        with closing(sqlite3.connect(f"file:{self.library}?mode=ro", uri=True)) as database:
            return [row[1] for row in database.execute(f"PRAGMA table_info({table})")].index(name)

    def names(self, kind: Kind) -> dict[int, str]:
        with closing(sqlite3.connect(f"file:{self.library}?mode=ro", uri=True)) as database:
            return dict(database.execute(f"SELECT id, name FROM {kind.value}").fetchall())

    def assert_sound(self) -> None:
        """SQLite finds no fault, and each search index agrees with its table."""
        with closing(sqlite3.connect(self.library)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            for kind in LISTED_KINDS:
                database.execute(
                    f"INSERT INTO {kind.value}_names({kind.value}_names, rank) VALUES('integrity-check', 1)"
                )
            database.rollback()


@pytest.fixture(autouse=True)
def no_pauses_here(no_pauses: None) -> None:
    """Syncs of this process don't wait between requests and tries; `Home.line` says it of the command line."""


@pytest.fixture
def demo() -> Iterator[DemoPanel]:
    with DemoPanel(channels=SIZES["channels"], movies=SIZES["movies"], series=SIZES["series"]) as panel:
        yield panel


@pytest.fixture
def panel(demo: DemoPanel) -> Iterator[FaultPanel]:
    with FaultPanel(demo) as faulty:
        yield faulty


@pytest.fixture
def home(tmp_path: Path, demo: DemoPanel, panel: FaultPanel) -> Home:
    made = Home(tmp_path / "home", demo.password, panel)
    profile = Profile(PROFILE, panel.url, demo.username, "file", connect_timeout_s=1)
    profile = replace(profile, first_byte_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S)
    ProfileStore(made.paths.ensure()).add(profile, demo.password)
    return made
