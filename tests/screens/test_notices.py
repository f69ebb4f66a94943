"""What a terminal is sent for a desktop notification, and when nothing is sent at all."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping

import pytest

from tests.screens.driving import PROFILE, running
from tui_app.events import SyncFinished
from tui_app.messages import SyncEnded
from tui_app.paths import Paths
from tui_app.settings import change_app_settings
from tui_app.terminal.clipboard import desktop_notice


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, "\x1b]9;xtream-tui: home, sync completed\a"),
        ({"TERM": "foot"}, "\x1b]777;notify;xtream-tui;home, sync completed\a"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "\x1b]777;notify;xtream-tui;home, sync completed\a"),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"},
            "\x1bPtmux;\x1b\x1b]9;xtream-tui: home, sync completed\a\x1b\\",
        ),
        ({"TERM": "screen", "STY": "1.pts"}, "\x1bP\x1b]9;xtream-tui: home, sync completed\a\x1b\\"),
    ],
)
def test_the_escape_is_the_one_the_terminal_knows(environ: Mapping[str, str], expected: str) -> None:
    assert desktop_notice("xtream-tui", "home, sync completed", environ) == expected


def test_a_name_can_not_end_the_escape_nor_begin_another() -> None:
    sent = desktop_notice("x", "evil\x1b]52;c;aGk=\a\x9c\n; name" + "n" * 500, {"TERM": "rxvt"})
    inside = sent.removeprefix("\x1b]777;notify;").removesuffix("\a")
    assert inside.isprintable() and inside.count(";") == 1 and len(inside) < 200


@pytest.mark.parametrize("is_terminal", [True, False])
async def test_bell_and_notification_go_to_terminals_alone_and_only_when_wanted(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    class Errors(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    sent: list[str] = []
    monkeypatch.setattr(sys, "__stderr__", Errors())
    for name in ("TMUX", "STY", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    async with running(paths) as driver:
        await driver.rows_shown()
        app = driver.app
        monkeypatch.setattr(type(app), "is_headless", False)
        monkeypatch.setattr(app._driver, "write", sent.append)
        ended = SyncEnded(SyncFinished(PROFILE, "completed", 0))
        for settings in ({}, {"bell": True, "desktop_notifications": True}):
            app.app_state.settings = change_app_settings(paths, **settings)
            await app.on_sync_ended(ended)
        monkeypatch.setattr(type(app), "is_headless", True)
    notices = "".join(text for text in sent if text in ("\a", "\07") or "]9;" in text)
    assert notices == ("\a\x1b]9;xtream-tui: home: sync completed\a" if is_terminal else "")
