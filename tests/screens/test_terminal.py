"""The app on a real terminal: bursts of keys, what is loaded before the first paint, and how it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.pty_app import BACKSPACE, ESCAPE, PtyApp
from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.tui.run import is_remote, tune_for_remote

RUN = "import sys; from pathlib import Path; from tui_app.tui.run import run_app; from tui_app.paths import Paths; "
LOADED_AT_FIRST_PAINT = """
import sys
from pathlib import Path
from tui_app.tui.run import make_app
from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.tui.app import TuiApp

def stop_after_paint(app):
    heavy = {"httpx", "apscheduler", "rapidfuzz", "keyring"}
    later = {"services.maintenance", "services.scheduler", "playback.mpv", "screens.dialogs.filters", "sync"}
    heavy.update(f"tui_app.{name}" for name in later)
    print(app.screen.titles.total >= 0, sorted(heavy & set(sys.modules)))
    app.exit()

assert hasattr(TuiApp, "_begin_background_work")
TuiApp._begin_background_work = stop_after_paint
make_app(Paths.under(Path(sys.argv[1]))).run(headless=True)
"""


def app_on(paths: Paths, *, columns: int = 100) -> PtyApp:
    code = f"{RUN}sys.exit(run_app(Paths.under(Path({str(paths.config.parent)!r}))))"
    return PtyApp([sys.executable, "-c", code], columns=columns, rows=30)


def test_a_search_typed_in_one_burst_arrives_letter_by_letter_in_order(paths: Paths) -> None:
    with app_on(paths) as app:
        app.wait_for("updated")
        app.settle()
        app.write(b"/nosferx" + BACKSPACE + b"atu")
        app.wait_for("1 found")
        app.settle()
        assert "Nosferatu" in app.text


def test_keys_of_a_burst_reach_the_list_they_are_meant_for(paths: Paths) -> None:
    with app_on(paths) as app:
        app.wait_for("updated")
        app.write(b"2")
        app.wait_for("1/150")
        app.forget()
        app.write(b":100Gjj")
        app.wait_for("102/150")


def test_leaving_is_quick_and_ends_with_success(paths: Paths) -> None:
    with app_on(paths) as app:
        app.wait_for("updated")
        app.settle()
        asked = time.monotonic()
        app.write(ESCAPE)
        app.settle()
        app.write(b"\x11")  # Ctrl+Q
        assert app._process.wait(60) == 0
        assert time.monotonic() - asked < 20  # nobody waits for a request, nor for an engine


def test_nothing_heavy_is_loaded_before_the_first_paint(paths: Paths, tmp_path: Path) -> None:
    script = tmp_path / "first_paint.py"
    script.write_text(LOADED_AT_FIRST_PAINT)
    root = Path(__file__).parent.parent.parent
    answer = subprocess.run(
        [sys.executable, str(script), str(paths.config.parent)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        timeout=60,
    )
    assert answer.stdout.split() == ["True", "[]"]


def test_a_slow_line_gets_its_knobs_where_the_user_has_not_set_them() -> None:
    environ = {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", "TEXTUAL_FPS": "30"}
    assert is_remote(environ) and tune_for_remote(environ)
    assert (environ["TEXTUAL_FPS"], environ["TEXTUAL_ANIMATIONS"]) == ("30", "none")
    assert not tune_for_remote(here := {"TERM": "xterm"}) and here == {"TERM": "xterm"}


def test_importing_the_starter_does_not_import_textual() -> None:
    code = "import sys, tui_app.tui.run; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_kill_leaves_the_terminal_as_it_was(paths: Paths, number: int) -> None:
    with app_on(paths) as app:
        app.wait_for("updated")
        app.settle()
        app.forget()
        os.kill(app.pid, number)
        assert app._process.wait(60) == 128 + number
        app.settle()
        assert b"\x1b[?1049l" in app.output  # back to the normal screen


@pytest.mark.parametrize("changed_cells", [False, True])
def test_a_terminal_that_goes_away_without_a_signal_ends_the_app(paths: Paths, changed_cells: bool) -> None:
    paths.settings_file.write_text(f"changed_cells_only = {str(changed_cells).lower()}\n")
    with app_on(paths) as app:
        app.wait_for("Recently added")
        app.settle()
        assert app.hang_up() == 128 + signal.SIGHUP


def test_a_new_installation_leads_to_the_demo_and_leaves_nothing_behind(tmp_path: Path) -> None:
    empty = Paths.under(tmp_path / "new")
    environment = {"XTREAM_TUI_HOME": str(tmp_path / "new")}
    with PtyApp([sys.executable, "-m", "tui_app"], columns=100, rows=30, env=environment) as app:
        app.wait_for("Welcome to xtream-tui")
        app.settle()
        app.write(b"d")
        app.wait_for("✓ synced", timeout=60)
    assert not ProfileStore(empty).list()
