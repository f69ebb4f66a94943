"""Posters and logos in the details: their room, when they are asked for, and how they are turned on and off."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.pictures.test_pictures import image
from tests.screens.driving import USUAL, WIDE, Driver, running, to_movies
from tests.support.media_server import MediaServer
from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.settings import change_app_settings, load_app_settings
from tui_app.widgets.picture_area import picture_area

HALF = "▀"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MediaServer]:
    """The host of all pictures, reached as a proxy."""
    with MediaServer(image(200, 300)) as server:
        address = urlsplit(server.url)
        monkeypatch.setenv("http_proxy", f"http://{address.netloc}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield server


def title_line(driver: Driver) -> int:
    """Return the line of the details that begins with the title's year."""
    return next(number for number, line in enumerate(driver.seen().splitlines()) if "1926 ·" in line)


@pytest.mark.usefixtures("no_pauses")
async def test_a_poster_stands_above_the_text_and_moves_nothing_when_it_comes(
    paths: Paths, server: MediaServer
) -> None:
    server.mode = "silent"  # for a while
    async with running(paths, WIDE, pictures=True) as driver:
        await to_movies(driver)
        await driver.sees("1926 ·")
        before = title_line(driver)
        await driver.until(lambda: bool(server.requests), "the request")
        assert HALF not in driver.seen()
        server.mode = "fine"
        await driver.press("j")
        await driver.sees(HALF * 12)
        await driver.press("k")
        await driver.sees("1926 ·")
        assert title_line(driver) == before


@pytest.mark.usefixtures("no_pauses")
async def test_a_page_has_the_poster_beside_the_text(paths: Paths, server: MediaServer) -> None:
    async with running(paths, USUAL, pictures=True) as driver:
        await to_movies(driver)
        await driver.press("o")
        await driver.sees(HALF * 20)
        assert any(HALF in line and "Director" in line for line in driver.seen().splitlines())


async def test_without_pictures_nothing_is_asked_for_and_no_room_is_kept(paths: Paths, server: MediaServer) -> None:
    change_app_settings(paths, pictures=False)
    async with running(paths, WIDE, pictures=True) as driver:
        await to_movies(driver)
        await driver.sees("1926 ·")
        low = title_line(driver)
        await driver.press("j", "k")
        await driver.sees("1926 ·")
        assert server.requests == []
        await driver.press("I")
        await driver.sees(HALF * 12)
        assert title_line(driver) > low and load_app_settings(paths).pictures is True
        await driver.press("I")
        await driver.until(lambda: HALF not in driver.seen(), "no picture")
        assert title_line(driver) == low


async def test_over_ssh_they_are_off_until_they_are_wanted(
    paths: Paths, server: MediaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 5 10.0.0.2 22")
    async with running(paths, WIDE, pictures=True) as driver:
        await to_movies(driver)
        await driver.sees("1926 ·")
        assert not driver.app.app_state.shows_pictures and server.requests == []
        await driver.press("I")
        await driver.sees(HALF * 12)


async def test_a_terminal_that_can_not_show_them_says_so(paths: Paths, server: MediaServer) -> None:
    async with running(paths, WIDE) as driver:
        await to_movies(driver)
        await driver.press("I")
        await driver.sees("too few colours")
    assert server.requests == [] and load_app_settings(paths).pictures is None


@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_a_picture_leaves_room_for_the_text_at_every_size(kind: Kind) -> None:
    for width in range(1, 200):
        for height in range(1, 80):
            area = picture_area(kind, width, height)
            if area is not None and area.is_beside:
                assert area.indent <= width // 3 + 2 and area.rows <= height
            elif area is not None:
                assert area.columns <= width and area.rows <= height // 2
