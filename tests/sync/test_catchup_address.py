"""Past programmes of the demo panel: the form is tried once and remembered, and failures hold no secret."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.support.servers import web_page
from tui_app.catalog import Item, Kind, Programme, Query
from tui_app.demo import DemoPanel
from tui_app.errors import BadAnswer, Denied, Unreachable, UsageError, XtreamTuiError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import find_catchup_address, run_sync


@pytest.fixture
def panel() -> Iterator[DemoPanel]:
    with DemoPanel(seed=5, channels=60, movies=4, series=2) as panel:
        yield panel


@pytest.fixture
async def paths(panel: DemoPanel, tmp_path: Path, no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setattr("tui_app.xtream.http.host_gate.PAUSE_S", 0.0)
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, panel.username, password_source="file"), panel.password)
    assert (await run_sync(paths, "home")).status == "completed"
    return paths


def channel(paths: Paths, *, archive: bool) -> Item:
    with LibraryStore.open(paths.library_db("home"), readonly=True) as store:
        items = store.page(Query(Kind.CHANNEL), limit=None).items
    return next(item for item in items if (item.archive_days > 0) is archive and not item.is_separator)


def an_hour_ago() -> Programme:
    start = int(time.time()) // 1800 * 1800 - 7200
    return Programme(start, start + 1800, "News")


async def test_the_form_that_plays_is_looked_for_once(paths: Paths, panel: DemoPanel) -> None:
    kept = channel(paths, archive=True)
    address = await find_catchup_address(paths, "home", kept.id, an_hour_ago())
    assert address.startswith(f"{panel.url}/timeshift/") and address.endswith(".ts")
    assert panel.requests["timeshift"] == 1
    assert await find_catchup_address(paths, "home", kept.id, an_hour_ago()) == address
    assert panel.requests["timeshift"] == 1
    assert await find_catchup_address(paths, "home", kept.id, an_hour_ago(), retry=True) == address
    assert panel.requests["timeshift"] == 2


async def test_a_channel_without_an_archive_has_no_past(paths: Paths) -> None:
    with pytest.raises(UsageError, match="no past programmes"):
        await find_catchup_address(paths, "home", channel(paths, archive=False).id, an_hour_ago())


@pytest.mark.parametrize("status", [403, 404, 0])
async def test_refusals_and_silence_are_said_without_a_secret(paths: Paths, panel: DemoPanel, status: int) -> None:
    kept = channel(paths, archive=True)
    panel.stop()
    expected: type[XtreamTuiError] = {403: Denied, 404: BadAnswer, 0: Unreachable}[status]
    refusing = web_page(b"no", status=status, port=panel.port) if status else nullcontext()
    with refusing, pytest.raises(expected) as caught:
        await find_catchup_address(paths, "home", kept.id, an_hour_ago())
    told = f"{caught.value!r} {caught.value.hint} {caught.value.__context__!r}"
    assert panel.password not in told and "timeshift/" not in told
