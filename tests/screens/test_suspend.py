"""Players that draw in the terminal get it, and the app has it again afterwards: the real app on a real terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.screens.driving import PROFILE, USUAL, running, to_movies
from tests.support import fake_mpv
from tests.support.processes import pid_of, seen_of
from tests.support.pty_app import ENTER, PtyApp
from tui_app.catalog import Kind, Mark
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.settings import change_app_settings

DRAWN = "drawn by the player"


@pytest.fixture
def environment(paths: Paths, tmp_path: Path) -> dict[str, str]:
    """A fake mpv that draws, waits for a line from the keyboard, and plays to the end then; no other screen."""
    program = tmp_path / "bin" / "mpv"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "{DRAWN}"; stty -echo\n'
        f'read line\nexec "{sys.executable}" "{fake_mpv.__file__}" "$@" --fake=plays "--heard={tmp_path / "heard"}"\n'
    )
    program.chmod(0o700)
    change_app_settings(paths, player_arguments="--vo=tct", changed_cells_only=True)
    return {
        "XTREAM_TUI_HOME": str(paths.config.parent),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
    }


def begin(app: PtyApp) -> None:
    """Play the first movie."""
    app.wait_for("Recently added", 30)
    app.settle()
    app.write(b"2")
    app.wait_for("The General", 30)
    app.settle()
    app.forget()
    app.write(ENTER)
    app.wait_for(DRAWN, 30)


def watched(paths: Paths) -> frozenset[str]:
    async def ask() -> frozenset[str]:
        library = Library(paths, PROFILE)
        try:
            return await library.marks.ids(Kind.MOVIE, Mark.WATCHED)
        finally:
            await library.close()

    return asyncio.run(ask())


def test_the_player_draws_and_reads_and_the_app_is_painted_whole_afterwards(
    paths: Paths, environment: dict[str, str]
) -> None:
    with PtyApp([sys.executable, "-m", "tui_app"], columns=100, rows=30, env=environment) as app:
        begin(app)
        app.settle()
        app.forget()
        app.write(b"a line\n")
        app.wait_for("The General", 30)
        app.wait_for("Nosferatu", 30)
        app.settle()
        app.forget()
        app.write(b"3")  # it hears keys again, and not those that were the player's
        app.wait_for("Series", 30)
    assert len(watched(paths)) == 1


def test_a_player_that_is_killed_gives_the_terminal_back(paths: Paths, environment: dict[str, str]) -> None:
    with PtyApp([sys.executable, "-m", "tui_app"], columns=100, rows=30, env=environment) as app:
        begin(app)
        app.forget()
        os.kill(pid_of(f"{environment['PATH'].partition(os.pathsep)[0]}/mpv --idle"), signal.SIGKILL)
        app.wait_for("stopped unexpectedly", 30)
        app.wait_for("Nosferatu", 30)


def test_a_terminal_that_goes_away_meanwhile_takes_player_and_app_along(environment: dict[str, str]) -> None:
    player = f"{environment['PATH'].partition(os.pathsep)[0]}/mpv --idle"
    with PtyApp([sys.executable, "-m", "tui_app"], columns=100, rows=30, env=environment) as app:
        begin(app)
        assert seen_of(player)
        app.hang_up(30)
        assert not seen_of(player)


async def test_where_no_terminal_can_be_lent_it_is_said(
    paths: Paths, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", environment["PATH"])
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("enter")
        await driver.until(lambda: "but there is none" in driver.toasts(), "the words")
        assert driver.app.app_state.playing.status is None
