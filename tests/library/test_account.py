"""`library.account`: whether the account is in use elsewhere, asked only when it is quick and worth asking."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.panel_server import HANG, ScriptedPanel, answer, json_answer
from tui_app.catalog import ItemRef, Kind
from tui_app.library import Library
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore


@pytest.fixture(autouse=True)
def no_pauses_and_patience(no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between requests, and on a busy machine the answer is waited for."""
    monkeypatch.setattr("tui_app.library.panel.ANSWER_S", 30.0)


@pytest.fixture
async def panel() -> AsyncIterator[ScriptedPanel]:
    async with ScriptedPanel(lambda _: login("1")) as running:
        yield running


@pytest.fixture
async def library(tmp_path: Path, panel: ScriptedPanel) -> AsyncIterator[Library]:
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "secret-word")
    opened = Library(paths, "home")
    yield opened
    await opened.close()


def login(active: object, limit: object = "1") -> bytes:
    return json_answer({"user_info": {"auth": 1, "status": "Active", "active_cons": active, "max_connections": limit}})


@pytest.mark.parametrize(
    ("active", "limit", "expected"),
    [("1", "1", True), (2, 1, True), ("0", "1", False), ("N/A", "1", False), (None, "1", False), ("5", "0", False)],
)
async def test_the_panels_words_decide_and_what_it_does_not_say_is_no_hindrance(
    library: Library, panel: ScriptedPanel, active: object, limit: object, expected: bool
) -> None:
    panel.script = lambda _: login(active, limit)
    assert await library.account.is_in_use_elsewhere() is expected
    assert [request.action for request in panel.requests] == [""]


async def test_an_answer_holds_for_a_while_and_is_kept_with_the_account(library: Library, panel: ScriptedPanel) -> None:
    for _ in range(3):
        assert await library.account.is_in_use_elsewhere()
    assert len(panel.requests) == 1
    (kept,) = ProfileStore(library._paths).list()
    assert kept.account is not None and kept.account.max_connections == 1


async def test_a_panel_that_says_nothing_is_waited_for_briefly_and_once(library: Library, panel: ScriptedPanel) -> None:
    panel.script = lambda _: [HANG]
    begun = time.monotonic()
    assert not await library.account.is_in_use_elsewhere(within_s=0.2)
    assert not await library.account.is_in_use_elsewhere(within_s=60)
    assert time.monotonic() - begun < 30, "the second time it was not waited for at all"


@pytest.mark.parametrize("body", [answer(b"", 403), answer(b"<html>", 200), answer(b"", 503)])
async def test_a_refusal_keeps_nobody_from_trying(library: Library, panel: ScriptedPanel, body: bytes) -> None:
    panel.script = lambda _: body
    assert not await library.account.is_in_use_elsewhere(within_s=5)


async def test_a_stream_of_ours_that_has_just_ended_is_not_taken_for_anothers(
    library: Library, panel: ScriptedPanel
) -> None:
    await library.watching.save_position(ItemRef(Kind.CHANNEL, "1", "News"), None, None)
    assert not await library.account.is_in_use_elsewhere()
    assert panel.requests == []
