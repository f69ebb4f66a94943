"""Pictures of every state the app may be found in. Look at each that changed before `--snapshot-update`.

`tests/screens/states.py` says how each is reached.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.screens.conftest import add_profile, new_panel
from tests.screens.driving import PROFILE, SMALL, USUAL, WIDE
from tests.screens.states import NOW, STATES, SYNCED_BEFORE_S, run_before
from tests.support.unpaced import unpaced
from tui_app.paths import Paths
from tui_app.services.network import Connection, Seen
from tui_app.tui.run import make_app
from tui_app.widgets import glyphs as glyphs_module

#: States that look different where there is much room, and those that must be right where there is little.
_WIDE = (
    "home",
    "home-light",
    "channels",
    "movies",
    "series",
    "favourites",
    "guide",
    "changes",
    "search",
    "syncing",
    "held-back",
)
_SMALL = (
    "choose-categories",
    "home",
    "home-light",
    "movies",
    "favourites",
    "guide",
    "search",
    "first-sync",
    "syncing",
    "offline",
    "failed",
    "settings",
    "channel-day",
    "play-elsewhere",
    "palette",
    "welcome",
    "add-profile",
    "filters",
)
_NEVER_THE_SAME = ("statistics", "help")  # sizes depend on the SQLite at hand; every new key stands in the help
CABLE = Seen(Connection.UNMETERED, "eth0")
PICTURES = [
    *((name, USUAL) for name in STATES if name not in _NEVER_THE_SAME),
    *((name, WIDE) for name in _WIDE),
    *((name, SMALL) for name in _SMALL),
    ("movies", (30, 8)),  # too small
]
NAMES = [f"{name}-{width}x{height}" for name, (width, height) in PICTURES]


def set_clock(patch: pytest.MonkeyPatch, begin: float) -> None:
    """From now on it is `begin`, in UTC, and time goes on as ever."""
    real, form = time.time, time.strftime
    started = real()
    patch.setenv("TZ", "UTC")
    time.tzset()
    patch.setattr(time, "time", lambda: real() - started + begin)
    patch.setattr(time, "strftime", lambda how, at=None: form(how, at or time.gmtime(time.time())))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two homes, `empty` and `synced`, of a panel that is gone by now and had an address like any other."""
    from tui_app.sync import run_sync

    folder = tmp_path_factory.mktemp("states")
    with pytest.MonkeyPatch.context() as patch, unpaced(), new_panel() as panel:
        set_clock(patch, NOW - SYNCED_BEFORE_S)
        add_profile(Paths.under(folder / "empty"), panel)
        shutil.copytree(folder / "empty", folder / "synced")
        finished = asyncio.run(run_sync(Paths.under(folder / "synced"), PROFILE, mode="full"))
        assert finished.status == "completed", finished
    time.tzset()
    for home in ("empty", "synced"):
        profiles = folder / home / "config" / "profiles.toml"
        profiles.write_text(re.sub(r"127\.0\.0\.1:\d+", "panel.example:8080", profiles.read_text()))
    return folder


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal of all colours and characters, and a machine on a cable."""
    for name, value in {"COLORTERM": "truecolor", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tui_app.screens.settings.screen.inspect_connection", lambda: CABLE)
    monkeypatch.setattr("textual.widgets.Input._toggle_cursor", lambda field: None)  # it would blink
    glyphs_module.glyphs.cache_clear()
    yield
    glyphs_module.glyphs.cache_clear()
    monkeypatch.undo()
    time.tzset()


def test_each_picture_has_its_state() -> None:
    pictures = {path.stem for path in (Path(__file__).parent / "__snapshots__" / "test_states").iterdir()}
    assert pictures == {f"test_state[{name}]" for name in NAMES}


@pytest.mark.parametrize(("name", "size"), PICTURES, ids=NAMES)
def test_state(
    name: str,
    size: tuple[int, int],
    homes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    snap_compare: Callable[..., bool],
) -> None:
    state = STATES[name]
    shutil.copytree(homes / ("synced" if state.synced else "empty"), tmp_path / "home")
    paths = Paths.under(tmp_path / "home")
    state.prepare(paths)
    set_clock(monkeypatch, NOW + state.later_s)
    app: Any = make_app(paths, by_itself=False)
    assert snap_compare(app, terminal_size=size, run_before=run_before(state))
