"""A fake mpv, something to play, and a keeper that remembers what it was told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import fake_mpv
from tui_app.catalog import ItemRef, Kind
from tui_app.playback import Playable, PlaySession, PlayStatus
from tui_app.playback.mpv import Mpv, Patience
from tui_app.text import redactor

USER, PASSWORD, HOST = "bobby-ewing", "s3cret-hunter2", "panel.example:8080"
ADDRESS = f"http://{HOST}/movie/{USER}/{PASSWORD}/7.mp4"


@pytest.fixture(autouse=True)
def known_secrets() -> None:
    redactor.learn(USER, PASSWORD)


def film(address: str = ADDRESS, **changes: Any) -> Playable:
    ref = ItemRef(Kind.MOVIE, "7", "Nosferatu")
    return replace(
        Playable(ref, address, "Nosferatu", "home", "VLC/3.0.21 LibVLC/3.0.21", max_connections=1), **changes
    )


class Keeper:
    """What was kept, in order."""

    def __init__(self) -> None:
        self.positions: list[tuple[str, float | None, float | None]] = []
        self.finished: list[str] = []

    async def save_position(self, ref: ItemRef, position_s: float | None, duration_s: float | None) -> None:
        self.positions.append((ref.id, position_s, duration_s))

    async def save_finished(self, ref: ItemRef) -> None:
        self.finished.append(ref.id)


class Heard(list[PlayStatus]):
    """All news of a session."""

    @property
    def states(self) -> list[str]:
        return [news.state.value for news in self]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
async def session(heard: Heard) -> Any:
    session = PlaySession(heard.append)
    yield session
    await session.stop()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Callable[..., Mpv]]:
    """A player of that mode, and how patient we are with it; `commands` reads what the last one heard."""
    script = tmp_path / "mpv"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake_mpv.__file__}" "$@"\n')
    script.chmod(0o700)

    def player(mode: str = "plays", **patience: float) -> Mpv:
        arguments = (f"--fake={mode}", f"--heard={tmp_path / 'heard'}")
        return Mpv(str(script), arguments, patience=Patience(**patience))

    yield player
