"""The client against the panel that is part of the house: everything it offers can be asked for."""

from __future__ import annotations

import pytest

from tui_app.catalog import Kind
from tui_app.demo.panel import DemoPanel
from tui_app.errors import LoginRefused
from tui_app.xtream.client import PanelClient
from tui_app.xtream.rows import RowContext, decode_row
from tui_app.xtream.stream import split_rows


async def test_login_lists_details_and_guide_of_the_demo_panel() -> None:
    with DemoPanel(channels=60, movies=80, series=20, seed=3) as panel:
        async with PanelClient(panel.url, panel.username, panel.password) as client:
            assert (await client.login()).status == "active"
            ids = {}
            for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES):
                assert (await client.fetch_categories(kind)).rows
                with await client.fetch_list(kind) as body:
                    stream = split_rows(body.blocks())
                    rows = [decode_row(kind, raw, RowContext(panel.url)) for batch in stream for raw in batch]
                assert not stream.verdict.truncated
                ids[kind] = [row.wire_id or row.id for row in rows if row is not None]
                assert len(set(ids[kind])) >= 20
            assert not (await client.fetch_movie_details(ids[Kind.MOVIE][0])).is_empty
            assert (await client.fetch_series_details(ids[Kind.SERIES][0])).seasons
            guides = [await client.fetch_short_guide(channel) for channel in ids[Kind.CHANNEL][:4]]
            assert any(guides)


async def test_the_demo_panel_refuses_a_wrong_password() -> None:
    with DemoPanel(channels=20, movies=20, series=5, seed=3) as panel:
        async with PanelClient(panel.url, panel.username, "wrong-password") as client:
            with pytest.raises(LoginRefused):
                await client.login()
