"""What a panel sees of two profiles, two processes and background work: counted by the panel, with real pauses.

The pauses are measured on the clock of the gate: when a request arrives also tells how busy this machine is.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

import pytest

from tests.support.command_line import CommandLine
from tests.support.list_panel import ACTIONS, ListPanel
from tests.support.recorded_calls import Calls
from tests.support.reports import as_document
from tui_app.catalog import Details, Kind
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import fetch_item_details, run_sync
from tui_app.sync.panel import building_clients

PASSWORDS = {"home": "secret-word", "cabin": "other-word"}
LEAST_S = 0.25  # panels count requests per second


class CountingPanel(ListPanel):
    """Takes its time over lists, and notes when what was asked and how many lists were asked for at once."""

    def __init__(self) -> None:
        super().__init__()
        self.list_s = 0.3
        self.starts: list[tuple[float, str]] = []
        self.most_lists = self._lists = 0
        self._lock = Lock()

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str | None], bytes]:
        action = asked.get("action", "")
        is_list = action in ACTIONS
        with self._lock:
            self.starts.append((time.monotonic(), action))
            self._lists += is_list
            self.most_lists = max(self.most_lists, self._lists)
        if is_list:
            time.sleep(self.list_s)
        with self._lock:
            self._lists -= is_list
        if action in ("get_vod_info", "get_series_info"):
            return 200, {}, b'{"info": {"plot": "A plot."}}'
        return super().answer(asked, headers)


@pytest.fixture
def panel() -> Iterator[CountingPanel]:
    with CountingPanel() as running:
        yield running


@pytest.fixture
def paths(tmp_path: Path, panel: CountingPanel) -> Paths:
    """Two accounts at one panel."""
    paths = Paths.under(tmp_path).ensure()
    for name, password in PASSWORDS.items():
        ProfileStore(paths).add(Profile(name, panel.url, name, password_source="file"), password)
    return paths


@pytest.fixture
def calls(tmp_path: Path) -> Calls:
    return Calls(tmp_path / "calls")


Record = Callable[[str, object], None]


def test_two_processes_syncing_two_profiles_are_one_patient_client_to_their_panel(
    paths: Paths, panel: CountingPanel, calls: Calls, record_property: Record
) -> None:
    line = calls.by(CommandLine(paths.config.parent, secrets=tuple(PASSWORDS.values())))
    syncs = [line.start("sync", name, "--json", "--only", "channels,movies") for name in PASSWORDS]
    assert [sync.wait(60) for sync in syncs] == [0, 0]
    for sync in syncs:
        sync.communicate()

    record_property("most lists in flight", panel.most_lists)
    print(
        f"\n{len(panel.starts)} requests of two processes: at most {panel.most_lists} list in flight, "
        f"starts at least {calls.spacing:.3f} s apart"
    )
    assert len(panel.starts) == 10
    assert panel.most_lists == 1
    assert len(calls.starts) == 10
    assert calls.spacing >= LEAST_S


async def test_two_profiles_of_one_process_are_one_patient_client_too(
    paths: Paths, panel: CountingPanel, calls: Calls
) -> None:
    panel.list_s = 0.1
    with building_clients(calls.builder(paths.cache)):
        outcomes = await asyncio.gather(*(run_sync(paths, name, only=(Kind.MOVIE,)) for name in PASSWORDS))
    print(
        f"\n{len(panel.starts)} requests of two profiles: at most {panel.most_lists} list in flight, "
        f"starts at least {calls.spacing:.3f} s apart"
    )
    assert [outcome.status for outcome in outcomes] == ["completed", "completed"]
    assert panel.most_lists == 1
    assert len(calls.starts) == len(panel.starts)
    assert calls.spacing >= LEAST_S


async def test_renewed_details_come_a_second_apart_and_let_a_user_in_between(
    paths: Paths, panel: CountingPanel, calls: Calls
) -> None:
    panel.list_s = 0.0
    await run_sync(paths, "home", only=(Kind.MOVIE,))
    with LibraryStore.open(paths.library_db("home")) as store:
        for id in ("1001", "1002", "1003"):
            store.save_movie_details(id, Details(plot="Old."), 1_700_000_000)
    panel.starts.clear()
    with building_clients(calls.builder(paths.cache)):
        syncing = asyncio.create_task(run_sync(paths, "home", mode="full", only=(Kind.MOVIE,)))
        while not any(action == "get_vod_info" for _, action in panel.starts):
            await asyncio.sleep(0.01)
        before = len(calls.starts)
        await fetch_item_details(paths, "home", Kind.MOVIE, "1040")
        finished = await syncing

    assert as_document(finished.report)["details"] == {"renewed": 3, "failed": 0, "left": 0}
    print(f"\nrenewed at least {calls.background_spacing:.3f} s apart, all at least {calls.spacing:.3f} s")
    assert [is_background for _, is_background in calls.starts].count(True) == 3
    assert calls.background_spacing >= 1.0
    assert calls.spacing >= LEAST_S
    assert not all(is_background for _, is_background in calls.starts[before:]), "the user's call was recorded"
    assert calls.starts[-1][1], "the user had to wait for those in the background"


def test_a_sync_killed_in_the_middle_of_a_list_blocks_nobody(paths: Paths, panel: CountingPanel) -> None:
    panel.list_s = 60
    line = CommandLine(paths.config.parent, secrets=tuple(PASSWORDS.values()))
    killed = line.start("sync", "home", "--json")
    while not panel.most_lists:
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    panel.list_s = 0.0

    begun = time.monotonic()
    assert subprocess.run(
        [sys.executable, "-m", "tui_app", "sync", "cabin"], env=line.environment, capture_output=True, timeout=120
    ).returncode == 0  # fmt: skip
    assert time.monotonic() - begun < 50, "it may not wait for the list that nobody reads any more"
