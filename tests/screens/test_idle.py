"""An app that nobody touches sends nothing and computes nothing; the mouse wandering over it changes nothing."""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.screens.driving import PROFILE
from tests.support.pty_app import ESCAPE, PtyApp
from tui_app.paths import Paths
from tui_app.screens.registry import SCREENS
from tui_app.settings import ProfileStore

RUN = "import sys; from pathlib import Path; from tui_app.tui.run import run_app; from tui_app.paths import Paths; "
WATCHED_S = 4.0
MOST_CPU = 0.005  # of one core
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")  # what the system counts in: one more or less says nothing

#: Words that show that a place is there, where its own name does not.
WORDS = {"movies": "1/150", "series": "1/30", "settings": "Synchronisation"}


def app_on(paths: Paths) -> PtyApp:
    """The app with no guide: what is on now is asked for while somebody looks, and changes by itself."""
    profiles = ProfileStore(paths)
    profiles.save_sync_settings(PROFILE, replace(profiles.get_sync_settings(PROFILE), guide="off"))
    code = f"{RUN}sys.exit(run_app(Paths.under(Path({str(paths.config.parent)!r}))))"
    return PtyApp([sys.executable, "-c", code], columns=120, rows=40)


def cpu_s(pid: int) -> float:
    """CPU seconds of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def assert_at_rest(app: PtyApp, what: str) -> None:
    """Nothing is sent for a while, and hardly anything computed."""
    app.settle(1.0)
    app.forget()
    before = cpu_s(app.pid)
    app.settle(WATCHED_S)
    used = cpu_s(app.pid) - before
    assert app.output == b"", (what, app.text)
    assert used <= WATCHED_S * MOST_CPU + _TICK_S, (what, used)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="CPU times are read from /proc")
@pytest.mark.slow
def test_an_app_at_rest_sends_nothing_on_any_screen(paths: Paths) -> None:
    with app_on(paths) as app:
        app.wait_for("updated")
        app.settle(2.0)  # what is done once after the first paint
        assert_at_rest(app, SCREENS[0].id)
        for key, place, words, _ in SCREENS[1:]:
            app.forget()
            app.write(key.encode())
            app.wait_for(WORDS.get(place, words))
            assert_at_rest(app, place)
            app.write(ESCAPE)  # out of the search box, which takes digits
            app.settle(0.5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="CPU times are read from /proc")
@pytest.mark.slow
def test_an_app_at_rest_sends_nothing_while_it_is_offline(paths: Paths) -> None:
    profiles = paths.config / "profiles.toml"
    profiles.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", profiles.read_text()))  # where nobody answers
    with app_on(paths) as app:
        app.wait_for("updated")
        app.write(b"r")
        app.wait_for("offline", 30)
        time.sleep(6)  # until the toast is gone
        assert_at_rest(app, "offline")


def test_the_mouse_wandering_over_the_app_sends_nothing(paths: Paths) -> None:
    with app_on(paths) as app:
        app.wait_for("updated")
        app.settle(1.5)
        app.forget()
        for column in range(5, 110, 5):
            app.write(f"\x1b[<35;{column};{column % 30 + 3}M".encode())
        app.settle(0.5)
        assert len(app.output) == 0, app.output[:300]
