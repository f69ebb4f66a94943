"""Details and guides as bad as F.4 and F.5 describe, requested by the functions that the app and `show` use."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.faults.body_faults import ALL
from tests.faults.conftest import PROFILE, Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import FaultPanel
from tui_app.catalog import FullItem, Kind, Programme
from tui_app.errors import PanelError, UnsupportedAction
from tui_app.settings import ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import fetch_guide, fetch_item_details, item_url

ACTIONS: Final = {Kind.MOVIE: "get_vod_info", Kind.SERIES: "get_series_info"}
PLOT: Final = "What the list tells."
MOVIE: Final = {"stream_id": 7, "name": "Film", "rating": 7.1, "plot": PLOT, "container_extension": "mkv"}
SERIES: Final = {"series_id": 8, "name": "Show", "rating": "8", "plot": PLOT, "last_modified": None}
CHANNEL: Final = {"stream_id": 5, "name": "News", "tv_archive": 1, "tv_archive_duration": "2"}


@pytest.fixture
async def known(request: pytest.FixtureRequest, home: Home, panel: FaultPanel, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose library holds one item of each kind; patient with all panels but silent ones."""
    for action, row in (("get_vod_streams", MOVIE), ("get_series", SERIES), ("get_live_streams", CHANNEL)):
        panel.faults[action] = faults.instead(json.dumps([row]).encode())
    assert (await home.sync()).status == "completed"
    if "silence" in request.node.name:
        monkeypatch.setattr("tui_app.xtream.client.DETAILS_TOTAL_S", 0.4)
    else:
        file = home.paths.profiles_file
        file.write_text(file.read_text().replace("timeout_s = 1.0", "timeout_s = 20.0"))
        assert ProfileStore(home.paths).get(PROFILE).read_timeout_s == 20
    return home


def says(panel: FaultPanel, kind: Kind, value: Any) -> None:
    panel.faults[ACTIONS[kind]] = faults.instead(value if isinstance(value, bytes) else json.dumps(value).encode())


async def asked(home: Home, kind: Kind) -> FullItem:
    return await fetch_item_details(home.paths, PROFILE, kind, "7" if kind is Kind.MOVIE else "8")


def episodes(full: FullItem) -> list[tuple[int, int, str]]:
    return [(e.season, e.number, e.id) for season in full.seasons for e in season.episodes]


@pytest.mark.fcase(55, 56)
@pytest.mark.parametrize(
    "said",
    [{"info": []}, {"info": [], "movie_data": []}, [], {}, b"", {"info": {"rating": 0, "plot": ""}, "movie_data": []}],
)
async def test_f55_f56_a_film_without_details_keeps_what_the_list_said(
    said: Any, known: Home, panel: FaultPanel
) -> None:
    says(panel, Kind.MOVIE, said)

    full = await asked(known, Kind.MOVIE)

    assert (full.item.rating, full.plot) == (7.1, PLOT)
    assert full.details is not None
    assert full.details.is_empty
    assert not full.details_stale, "what the panel knows nothing of is not asked for again soon"
    assert item_url(known.paths, PROFILE, Kind.MOVIE, "7").endswith("/7.mkv")


@pytest.mark.fcase(58)
async def test_f58_the_data_of_another_film_are_not_believed(known: Home, panel: FaultPanel) -> None:
    says(panel, Kind.MOVIE, {"info": {"plot": "Longer."}, "movie_data": {"stream_id": 8, "container_extension": "avi"}})

    assert (await asked(known, Kind.MOVIE)).plot == "Longer."
    assert item_url(known.paths, PROFILE, Kind.MOVIE, "7").endswith("/7.mkv")


@pytest.mark.fcase(59)
@pytest.mark.parametrize(
    ("info", "seconds"),
    [
        ({"duration_secs": "8643"}, 8643),
        ({"duration": "102 min"}, 6120),
        ({"duration": "00:00:00", "duration_secs": 0}, None),
    ],
)
async def test_f59_lengths_are_stored(
    info: dict[str, Any], seconds: int | None, known: Home, panel: FaultPanel
) -> None:
    says(panel, Kind.MOVIE, {"info": info})

    assert (await asked(known, Kind.MOVIE)).item.duration_s == seconds


SHAPES: Final[dict[str, tuple[Any, list[tuple[int, int, str]]]]] = {
    "F60": ({"1": [{"id": "9", "episode_num": "1", "title": None, "info": []}]}, [(1, 1, "9")]),
    "F61": ([[{"id": 1, "season": 0}], [{"id": 2, "season": 1}]], [(0, 1, "1"), (1, 1, "2")]),
    "F62": ([[{"id": 1, "season": 1}], [{"id": 2, "season": 2}]], [(1, 1, "1"), (2, 1, "2")]),
    "F63 flat": ([{"id": 1, "season": "2", "episode_num": 3}], [(2, 3, "1")]),
    "F63 map": ({"1": {"0": {"id": 5}}}, [(1, 1, "5")]),
    "F63 lone": ({"2": {"id": 6, "episode_num": 1}}, [(2, 1, "6")]),
    "F64": ({"1": None, "2": "", "3": [{"id": 7, "title": "Show S03E04"}]}, [(3, 4, "7")]),
    "F67 versions": ({"1": [{"id": 1, "episode_num": 1}, {"id": 2, "episode_num": 1}]}, [(1, 1, "1"), (1, 1, "2")]),
    "F67 unnumbered": ({"1": [{"id": n} for n in (5, 6, 7)]}, [(1, 1, "5"), (1, 2, "6"), (1, 3, "7")]),
    "F68": ({"Season 4": [{"id": 1, "season": "abc"}]}, [(4, 1, "1")]),
}


@pytest.mark.fcase(60, 61, 62, 63, 64, 67, 68)
@pytest.mark.parametrize("name", SHAPES)
async def test_episodes_of_every_shape_are_stored_and_have_an_address(
    name: str, known: Home, panel: FaultPanel
) -> None:
    sent, wanted = SHAPES[name]
    says(panel, Kind.SERIES, {"seasons": [], "info": [], "episodes": sent})

    full = await asked(known, Kind.SERIES)

    assert episodes(full) == wanted
    assert full.plot == PLOT
    for _season, _number, episode in wanted:
        address = item_url(known.paths, PROFILE, Kind.EPISODE, episode)
        assert "/series/" in address
        assert address.endswith(f"/{episode}.mp4")


@pytest.mark.fcase(65, 66, 69)
@pytest.mark.parametrize(
    "said",
    [
        {"seasons": [{"season_number": 1, "overview": "https://img.example/s1.jpg"}]},
        [],
        {"info": dict.fromkeys(("name", "plot", "cast", "genre", "rating")), "seasons": [], "episodes": {}},
    ],
)
async def test_f65_f66_f69_a_series_without_episodes_stays_as_listed(said: Any, known: Home, panel: FaultPanel) -> None:
    says(panel, Kind.SERIES, said)

    full = await asked(known, Kind.SERIES)

    assert (full.item.name, full.plot, full.seasons) == ("Show", PLOT, ())
    shown = known.command_line.run("show", "series", "8", "--offline")
    assert "no episodes" in shown.out.lower()


@pytest.mark.fcase(66)
async def test_f66_the_account_in_place_of_details_is_named_and_nothing_stored(known: Home, panel: FaultPanel) -> None:
    panel.faults["get_series_info"] = faults.account_object

    with pytest.raises(UnsupportedAction):
        await asked(known, Kind.SERIES)

    shown = known.command_line.json("show", "series", "8", "--offline")
    assert (shown["plot"], shown["details"]) == (PLOT, "missing")


@pytest.mark.fcase(80)
async def test_f80_details_of_an_undated_series_grow_old_by_age_alone(known: Home, panel: FaultPanel) -> None:
    says(panel, Kind.SERIES, {"info": {"plot": "Longer."}, "episodes": {"1": [{"id": 1}]}})
    await asked(known, Kind.SERIES)

    report = (await known.sync()).report

    assert (report.series.changed, report.rows_written) == (0, 0)
    with LibraryStore.open(known.library, readonly=True) as store:
        full = store.full_item(Kind.SERIES, "8")
        assert full.details_at is not None
        assert not full.details_stale
        assert store.full_item(Kind.SERIES, "8", now=full.details_at + 25 * 3600).details_stale
        assert store.full_item(Kind.SERIES, "8", now=full.details_at - 25 * 3600).details_stale, "the clock was wrong"


@pytest.mark.fcase(39)
async def test_f39_details_of_a_series_of_the_future_are_not_asked_for_each_time(
    known: Home, panel: FaultPanel
) -> None:
    panel.faults["get_series"] = faults.instead(json.dumps([SERIES | {"last_modified": "4102444800"}]).encode())
    assert (await known.sync()).status == "completed"

    assert not (await asked(known, Kind.SERIES)).details_stale


# --------------------------------------------------------------------------------------------------------- guides
START: Final = 1_700_000_000


def listing(title: str, at: int = 0, **more: Any) -> dict[str, Any]:
    return {"title": title, "start_timestamp": START + at, "stop_timestamp": START + at + 3600} | more


async def guide(home: Home, panel: FaultPanel, said: Any) -> tuple[Programme, ...]:
    panel.faults["get_short_epg"] = faults.instead(json.dumps(said).encode())
    return await fetch_guide(home.paths, PROFILE, "5")


@pytest.mark.fcase(70, 71, 72)
@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ({"0": {"title": "TmV3cw==", "start_timestamp": "1700000000", "stop_timestamp": 1700003600}}, ["News"]),
        ([listing("News")], ["News"]),
        ([listing("News"), listing("Late Show", 3600)], ["News", "Late Show"]),
        ([listing("Q2Fm6Q=="), listing("TmV3cw", 3600), listing("U3BvcnQ=", 7200)], ["Caf\ufffd", "News", "Sport"]),
    ],
)
async def test_f70_f71_f72_titles_of_programmes(said: Any, titles: list[str], known: Home, panel: FaultPanel) -> None:
    assert [one.title for one in await guide(known, panel, {"epg_listings": said})] == titles


@pytest.mark.fcase(73, 77)
async def test_f73_f77_hours_that_are_none_and_programmes_that_are_none(known: Home, panel: FaultPanel) -> None:
    berlin = {"user_info": {"auth": 1}, "server_info": {"timezone": "Europe/Berlin"}}
    panel.faults["login"] = faults.instead(json.dumps(berlin).encode())
    await known.sync()
    said = [
        {"title": "a b", "start": "2024-03-31 02:30:00", "end": "2024-03-31 04:00:00"},
        listing("c d") | {"stop_timestamp": START - 2 * 86_400},
        listing("e f") | {"stop_timestamp": START + 40 * 86_400},
        listing("g h") | {"stop_timestamp": START + 3 * 86_400},
    ]

    assert [(one.title, one.start, one.stop) for one in await guide(known, panel, said)] == [
        ("g h", START, START + 86_400),
        ("a b", 1711848600, 1711850400),
    ]


# ----------------------------------------------------------------------------------------- every fault there is
SOME: Final = [name for number, name in enumerate(ALL) if number % 8 == 1]
Counted = Callable[[str], None]


async def survive(name: str, home: Home, panel: FaultPanel, log: pytest.LogCaptureFixture) -> None:
    """Each function returns an answer or raises one of our errors; list data stay, and a good answer replaces all."""
    log.set_level(logging.DEBUG)
    said = ""
    for action in (*ACTIONS.values(), "get_short_epg"):
        panel.faults[action] = ALL[name].spoil
    for request in (
        lambda: asked(home, Kind.MOVIE),
        lambda: asked(home, Kind.SERIES),
        lambda: fetch_guide(home.paths, PROFILE, "5"),
    ):
        try:
            said += repr(await request())
        except PanelError as error:
            said += f"{error} {error.hint}"
    assert home.password not in said + log.text
    listed = home.content()
    assert [len(listed[kind]) for kind in ("channel", "movie", "series")] == [1, 1, 1]
    home.assert_sound()

    plain = {"info": {"plot": "Longer."}, "episodes": {"1": [{"id": 1}]}}
    for kind in ACTIONS:
        says(panel, kind, plain)
    assert (await asked(home, Kind.MOVIE)).plot == "Longer."
    assert episodes(await asked(home, Kind.SERIES)) == [(1, 1, "1")]
    news = b64encode(b"News").decode()
    assert [one.title for one in await guide(home, panel, {"epg_listings": [listing(news)]})] == ["News"]


@pytest.mark.parametrize("name", SOME)
async def test_details_and_guides_survive_each_fault(
    name: str, known: Home, panel: FaultPanel, caplog: pytest.LogCaptureFixture, outcome_of: Counted
) -> None:
    outcome_of("faults")
    await survive(name, known, panel, caplog)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name not in SOME])
async def test_details_and_guides_survive_every_other_fault(
    name: str, known: Home, panel: FaultPanel, caplog: pytest.LogCaptureFixture, outcome_of: Counted
) -> None:
    outcome_of("faults")
    await survive(name, known, panel, caplog)
