"""Every fault on every answer of a sync: the file stays sound, nothing stored is lost, nobody learns the password.

By default some faults meet one action each, `-m slow` runs all pairs. The end of a run says how many survived.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import UNSET

from tests.faults.body_faults import ALL
from tests.faults.conftest import PROFILE, Home
from tests.faults.wire_faults import PASSWORD, WireFault
from tests.support.fault_panel import LISTS, FaultPanel
from tui_app.catalog import LISTED_KINDS, Kind, Mark
from tui_app.demo import DemoPanel
from tui_app.events import SyncEvent, SyncFinished
from tui_app.settings import Profile, ProfileStore
from tui_app.store.user.user_store import UserStore

CATEGORY_ACTIONS: Final = ("get_live_categories", "get_vod_categories", "get_series_categories")
ACTIONS: Final = ("login", *CATEGORY_ACTIONS, *LISTS.values())
PAIRS: Final = [(name, action) for name in ALL for action in ACTIONS]
#: Every fourth fault meets one action, all actions in turn.
A_FEW: Final = [(name, ACTIONS[number // 4 % len(ACTIONS)]) for number, name in enumerate(ALL) if number % 4 == 0]
#: With a silent panel; with all others a busy machine must not be taken for one.
PATIENCE_S: Final = 0.12
MUCH_PATIENCE_S: Final = 20.0

Marks = dict[Kind, frozenset[str]]


@dataclass
class Stage:
    """A panel whose answers can be spoilt, and the home of a profile that was synced with it in good times."""

    panel: FaultPanel
    template: Path

    def home(self, folder: Path) -> Home:
        """A copy of that home, to be spoilt."""
        shutil.copytree(self.template, folder)
        return Home(folder, PASSWORD)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with DemoPanel(channels=30, movies=30, series=30, password=PASSWORD) as demo, FaultPanel(demo) as panel:
        yield Stage(panel, tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
async def spoilt(name: str, stage: Stage, tmp_path: Path) -> Home:
    """A home with a synced library and marks in it; `name` is that of the fault it will meet."""
    stage.panel.heal()
    if not stage.template.exists():
        await prepare(Home(stage.template, PASSWORD), stage.panel)
    home = stage.home(tmp_path / "spoilt")
    if "silence" in name:
        make_impatient(home)
    return home


async def prepare(home: Home, panel: FaultPanel) -> None:
    profile = Profile(
        PROFILE, panel.url, panel.demo.username, "file",
        first_byte_timeout_s=MUCH_PATIENCE_S, read_timeout_s=MUCH_PATIENCE_S,
    )  # fmt: skip
    ProfileStore(home.paths.ensure()).add(profile, PASSWORD)
    assert (await home.sync()).status == "completed"
    with UserStore(home.paths.user_db) as user:
        for kind in LISTED_KINDS:
            for key, name in sorted(home.names(kind).items())[:3]:
                user.set_mark(PROFILE, kind, str(key), Mark.FAVOURITE, name)


def make_impatient(home: Home) -> None:
    file = home.paths.profiles_file
    file.write_text(file.read_text().replace(str(MUCH_PATIENCE_S), str(PATIENCE_S)))
    assert ProfileStore(home.paths).get(PROFILE).read_timeout_s == PATIENCE_S


def marks_of(home: Home) -> Marks:
    with UserStore(home.paths.user_db) as user:
        return {kind: user.ids_with(PROFILE, kind, Mark.FAVOURITE) for kind in LISTED_KINDS}


async def run_pair(name: str, action: str, home: Home, panel: FaultPanel, log: pytest.LogCaptureFixture) -> None:
    """A sync with the fault, and a healthy one behind it."""
    log.set_level(logging.DEBUG)
    before, marks = home.content(), marks_of(home)
    events: list[SyncEvent] = []
    fault = ALL[name]
    panel.faults[action] = fault.spoil

    finished = await home.sync(emit=events.append)

    home.assert_sound()
    if not fault.drops or fault.weight_for(action) == "grave":
        assert_nothing_lost(before, home.content())
    assert marks_of(home) == marks
    assert_by_contract(finished, action, fault)
    assert_no_secret(home, repr(events) + repr(finished) + log.text)
    panel.heal()

    healthy = await home.sync()

    assert (healthy.status, healthy.exit_code, healthy.message) == ("completed", 0, ""), healthy.report
    assert_healed(home, before)
    for kind in LISTED_KINDS:
        assert healthy.report.lists[kind.plural].total == len(before[kind.value]), kind
    assert marks_of(home) == marks
    home.assert_sound()


def assert_nothing_lost(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Items and categories stay, whatever their names are now."""
    for kind in LISTED_KINDS:
        assert {row[0] for row in before[kind.value]} <= {row[0] for row in after[kind.value]}, kind
    assert {row[:3] for row in before["category"]} <= {row[:3] for row in after["category"]}


def assert_healed(home: Home, before: dict[str, Any]) -> None:
    """The library holds what it held before the trouble, in the panel's order; positions may be other numbers."""
    after = home.content()
    for kind in LISTED_KINDS:
        at = home.column(kind.value, "position")
        for old, new in zip(before[kind.value], after[kind.value], strict=True):
            assert old[:at] + old[at + 1 :] == new[:at] + new[at + 1 :], kind
        assert _in_order(before[kind.value], at) == _in_order(after[kind.value], at), kind
    for table in ("movie_text", "series_text", "item_category"):
        assert before[table] == after[table], table
    assert _listed(before["category"]) == _listed(after["category"])


def _listed(categories: list[Any]) -> list[Any]:
    """The categories the panel lists; ids that only rows name wait among them, unseen, for their category."""
    return [row for row in categories if row[-1]]


def _in_order(rows: list[Any], at: int) -> list[Any]:
    return [row[0] for row in sorted(rows, key=lambda row: row[at])]


def assert_by_contract(finished: SyncFinished, action: str, fault: WireFault) -> None:
    """Status, exit code and words agree with each other and with how grave the fault is."""
    assert finished.status in ("completed", "partial", "failed"), finished
    codes = {"completed": (0,), "partial": (3,), "failed": (1, 4, 6)}
    assert finished.exit_code in codes[finished.status], finished
    assert "\n" not in finished.message
    assert "\n" not in finished.hint
    assert bool(finished.message) == (finished.status != "completed")
    assert (finished.report.error is not UNSET) == (finished.status == "failed")
    weight = fault.weight_for(action)
    if weight == "harmless":
        assert (finished.status, finished.report.rows_written) == ("completed", 0), finished.report
    elif weight == "grave":
        reached_nothing = action in (*CATEGORY_ACTIONS, LISTS["channels"])
        ends_all = action == "login" or (fault.refuses and reached_nothing)
        assert finished.status == ("failed" if ends_all else "partial"), finished.report
        assert finished.report.errors


def assert_no_secret(home: Home, said: str) -> None:
    assert PASSWORD not in said
    assert "never-shown" not in said
    for file in home.folder.rglob("*"):
        if file.is_file() and file.name != "secrets.toml":
            assert b"never-shown" not in file.read_bytes(), file.name


Counted = Callable[[str], None]


@pytest.mark.parametrize(("name", "action"), A_FEW)
async def test_a_sync_survives_each_fault(
    name: str, action: str, spoilt: Home, stage: Stage, caplog: pytest.LogCaptureFixture, outcome_of: Counted
) -> None:
    outcome_of("faults")
    await run_pair(name, action, spoilt, stage.panel, caplog)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "action"), sorted(set(PAIRS) - set(A_FEW)))
async def test_a_sync_survives_each_fault_on_each_answer(
    name: str, action: str, spoilt: Home, stage: Stage, caplog: pytest.LogCaptureFixture, outcome_of: Counted
) -> None:
    outcome_of("faults")
    await run_pair(name, action, spoilt, stage.panel, caplog)
