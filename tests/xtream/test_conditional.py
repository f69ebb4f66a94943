"""Validators of lists: kept with the body, sent back only when asked to, and 304 answers nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.panel_server import Answer, Request, ScriptedPanel, answer
from tui_app.catalog import Kind
from tui_app.errors import BadAnswer
from tui_app.xtream.client import PanelClient

Build = Callable[..., PanelClient]
BODY = json.dumps([{"stream_id": 1, "name": "One"}]).encode()
DATE = "Tue, 02 Jan 2024 03:04:05 GMT"


async def test_validators_come_with_the_body_and_go_back_as_conditions(client_for: Build) -> None:
    def script(request: Request) -> Answer:
        if request.headers.get("if-none-match") == 'W/"v1"':
            return answer(status=304)
        return answer(BODY, headers={"ETag": 'W/"v1"', "Last-Modified": DATE})

    async with ScriptedPanel(script) as panel, client_for(panel.url) as client:
        with await client.fetch_list(Kind.MOVIE) as body:
            assert (body.etag, body.last_modified) == ('W/"v1"', DATE)
        assert await client.fetch_list_if_changed(Kind.MOVIE, etag=body.etag, last_modified=body.last_modified) is None
        changed = await client.fetch_list_if_changed(Kind.MOVIE, etag='"old"')
        assert changed is not None
        with changed:
            assert changed.read() == BODY
    first, second, third = panel.requests
    assert not {"if-none-match", "if-modified-since"} & first.headers.keys()
    assert (second.headers["if-none-match"], second.headers["if-modified-since"]) == ('W/"v1"', DATE)
    assert "if-modified-since" not in third.headers


@pytest.mark.parametrize("value", ["x" * 300, "café"])
async def test_a_validator_no_sane_server_sends_is_not_kept(value: str, client_for: Build) -> None:
    said = answer(BODY, headers={"ETag": value}).decode().encode("latin-1")
    async with ScriptedPanel(lambda _request: said) as panel, client_for(panel.url) as client:
        with await client.fetch_list(Kind.MOVIE) as body:
            assert body.etag == ""


async def test_a_304_nobody_asked_for_is_asked_again_past_caches(client_for: Build) -> None:
    def script(request: Request) -> Answer:
        return answer(BODY) if request.headers.get("cache-control") == "no-cache" else answer(status=304)

    async with ScriptedPanel(script) as panel, client_for(panel.url) as client:
        with await client.fetch_list(Kind.MOVIE) as body:
            assert body.read() == BODY
    assert len(panel.requests) == 2


async def test_a_304_to_everything_is_a_bad_answer(client_for: Build) -> None:
    async with ScriptedPanel(lambda _request: answer(status=304)) as panel, client_for(panel.url) as client:
        with pytest.raises(BadAnswer, match="nothing changed"):
            await client.fetch_list(Kind.MOVIE)
    assert len(panel.requests) == 2
