"""The real app on a real terminal that gets changed cells only: what it shows is what a full repaint shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pyte
import pytest

from tests.support.command_line import CommandLine
from tests.support.pty_app import PtyApp
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.tui.run import sends_changed_cells_only

COLUMNS, LINES = 100, 30
DOWN, PAGE_DOWN, ESCAPE, REDRAW = b"\x1b[B", b"\x1b[6~", b"\x1b", b"\x0c"
WALK = (DOWN, b"2", DOWN, DOWN, PAGE_DOWN, b"G", b"g", b"c", ESCAPE, b"?", ESCAPE, b"3", b"s", b"S", b"/", b"n", b"o",
        b"s", ESCAPE, b"0", DOWN, b"5", b"1", b"d", b"\x10", b"sync", ESCAPE)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with DemoPanel(channels=80, movies=150, series=40) as panel:
        paths = Paths.under(tmp_path).ensure()
        ProfileStore(paths).add(Profile("home", panel.url, panel.username, "file"), panel.password)
        CommandLine(tmp_path, module="tests.support.unpaced").run("sync")
    return tmp_path


def _environment(home: Path, **more: str) -> dict[str, str]:
    return {"XTREAM_TUI_HOME": str(home), **more}


def _walk(home: Path, **environment: str) -> tuple[pyte.Screen, int, list[str]]:
    """Walk through the app; the screen at its end, the bytes it took, and where a full repaint showed another."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    sent, wrong = 0, list[str]()
    argv = [sys.executable, "-m", "tui_app"]
    with PtyApp(argv, columns=COLUMNS, rows=LINES, env=_environment(home, **environment)) as app:

        def press(keys: bytes) -> list[str]:
            nonlocal sent
            app.forget()
            app.write(keys)
            app.settle(0.3)
            sent += len(app.output)
            stream.feed(app.output.decode("utf-8", "replace"))
            return list(screen.display)

        app.wait_for("Recently added")
        app.settle(0.5)
        stream.feed(app.output.decode("utf-8", "replace"))
        for number, keys in enumerate(WALK):
            before = press(keys)
            if number % 3 != 2:
                continue
            after = press(REDRAW)
            wrong += [
                f"after {keys!r}: {old!r} was {new!r}" for old, new in zip(before, after, strict=True) if old != new
            ]
    return screen, sent, wrong


def test_a_walk_through_the_app_never_shows_what_a_full_repaint_would_not(home: Path) -> None:
    screen, sent, wrong = _walk(home, SSH_TTY="/dev/pts/1")
    assert not wrong, "\n".join(wrong)
    assert any("1 TV" in line for line in screen.display), "nothing was shown at all"
    assert sent > 0


@pytest.mark.parametrize(
    ("wanted", "environ", "platform", "does"),
    [
        (None, {}, "linux", False),
        (None, {"SSH_TTY": "/dev/pts/1"}, "linux", True),
        (False, {"SSH_TTY": "/dev/pts/1"}, "linux", False),
        (True, {}, "darwin", True),
        (True, {}, "win32", False),
        (True, {"TEXTUAL_DRIVER": "other:Driver"}, "linux", False),
    ],
)
def test_it_is_used_over_ssh_or_when_set_and_never_instead_of_another_driver(
    wanted: bool | None, environ: dict[str, str], platform: str, does: bool
) -> None:
    assert sends_changed_cells_only(wanted, environ, platform) is does
