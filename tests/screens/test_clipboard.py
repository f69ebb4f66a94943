"""A copied text reaches the terminal around tmux and screen, in the pieces they hand on."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from pathlib import Path

import pytest

from tests.screens.driving import USUAL, running, to_movies
from tui_app.paths import Paths
from tui_app.terminal.clipboard import passed_through

TEXT = "http://panel.example/live/user/" + "x" * 3_000 + "é"


def test_without_a_multiplexer_nothing_more_is_sent() -> None:
    assert passed_through(TEXT, {}) == ""


def test_tmux_is_handed_one_request_with_its_escapes_doubled() -> None:
    sent = passed_through(TEXT, {"TMUX": "/tmp/tmux,1,0"})
    found = re.fullmatch(r"\x1bPtmux;\x1b\x1b\]52;c;([A-Za-z0-9+/=]+)\a\x1b\\", sent)
    assert found is not None and b64decode(found[1]).decode() == TEXT


def test_screen_is_handed_pieces_it_can_take() -> None:
    sent = passed_through(TEXT, {"STY": "1.pts"})
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sent, re.DOTALL)
    assert len(pieces) > 1 and max(map(len, pieces)) <= 512
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\a", "".join(pieces))
    assert found is not None and b64decode(found[1]).decode() == TEXT


async def test_inside_tmux_the_text_is_handed_to_tmux_itself(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, heard = tmp_path / "bin" / "tmux", tmp_path / "heard"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {heard}.new\ncat >> {heard}.new\nmv {heard}.new {heard}\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "/tmp/tmux,1,0")
    async with running(paths, USUAL) as driver:
        await to_movies(driver)
        await driver.press("y")
        await driver.until(heard.exists, "what tmux was given")
    arguments, address = heard.read_text().splitlines()
    assert arguments == "load-buffer -w -" and "/movie/" in address
