"""Posters and logos: from the disk or the address in the list, drawn in cells; nothing a stranger sends breaks it."""

from __future__ import annotations

import asyncio
import io
import os
import time
import warnings
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.support.media_server import MediaServer
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.pictures.drawing import MOST_PIXELS, drawn
from tui_app.pictures.fetching import PictureCache, Pictures, is_local
from tui_app.settings import Profile
from tui_app.store.maintenance.disk_use import clear_content_cache

GROUND = (16, 24, 32)
RED = (255, 0, 0)


def image(width: int = 20, height: int = 30, form: str = "PNG", colour: object = (255, 0, 0)) -> bytes:
    """Return a picture of one colour."""
    body = io.BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", (width, height), colour).save(body, form)  # type: ignore[arg-type]
    return body.getvalue()


@asynccontextmanager
async def pictures(tmp_path: Path, url: str = "http://nas.lan") -> AsyncIterator[Pictures]:
    profile = Profile("home", url, "user", connect_timeout_s=20)
    made = Pictures(Paths.under(tmp_path).ensure(), profile)
    try:
        yield made
    finally:
        await made.close()


# ----------------------------------------------------------------------------------------------------- drawing
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_fills_the_cells_it_may_have_and_keeps_its_proportions(form: str) -> None:
    found = drawn(image(200, 300, form), 20, 40, GROUND)
    assert found is not None and (found.width, len(found.rows)) == (20, 15)
    red, green, blue = found.rows[7][10][1]
    assert red >= 240 and green <= 16 and blue <= 16  # JPEG is not exact


def test_what_is_transparent_has_the_colour_of_the_ground() -> None:
    found = drawn(image(4, 3, colour=(0, 0, 0, 0)), 4, 4, GROUND)
    assert found is not None and found.rows == (((GROUND, GROUND),) * 4, ((GROUND, GROUND),) * 4)


def test_colours_are_rounded_so_that_neighbours_cost_no_bytes() -> None:
    found = drawn(image(2, 2, colour=(255, 3, 130)), 2, 1, GROUND)
    assert found is not None and set(found.rows[0]) == {((255, 0, 128), (255, 0, 128))}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>404</html>",
        b"\x89PNG\r\n\x1a\n",
        image()[:60],
        image(form="JPEG")[:200],
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_what_is_no_sound_picture_is_none(content: bytes) -> None:
    assert drawn(content, 20, 20, GROUND) is None


def test_a_picture_of_too_many_pixels_is_not_decoded() -> None:
    bomb = image(MOST_PIXELS // 1_000, 1_001)
    assert len(bomb) < 100_000
    before = time.process_time()
    assert drawn(bomb, 20, 20, GROUND) is None
    assert time.process_time() - before < 0.2


def test_pictures_drawn_at_once_leave_warnings_as_they_are() -> None:
    before = list(warnings.filters)
    large = image(1_500, 2_000)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: drawn(large, 20, 20, GROUND), range(8)))
    assert None not in found and warnings.filters == before


@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.lists(st.tuples(st.integers(0, 999), st.integers(0, 255))))
def test_a_damaged_picture_is_drawn_or_none(form: str, damage: list[tuple[int, int]]) -> None:
    content = bytearray(image(form=form))
    for at, byte in damage:
        content[at % len(content)] = byte
    found = drawn(bytes(content), 12, 12, GROUND)
    assert found is None or (0 < found.width <= 12 and 0 < len(found.rows) <= 12)


# -------------------------------------------------------------------------------------------------------- cache
def test_equal_pictures_of_many_addresses_are_stored_once(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures")
    for number in range(5):
        cache.put(f"http://a.test/{number}", image())
    assert {cache.get(f"http://a.test/{number}") for number in range(5)} == {image()}
    assert len([path for path in (tmp_path / "pictures").iterdir() if path.suffix != ".address"]) == 1
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "pictures").iterdir()} == {0o600}


def test_the_oldest_go_when_the_limit_is_reached(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures", limit=50_000)
    for number in range(10):
        cache.put(f"http://a.test/{number}", bytes([number]) * 10_000)
        stored = max((tmp_path / "pictures").glob("*[0-9a-f]"), key=lambda path: path.stat().st_ctime_ns)
        os.utime(stored, (number, number))
    cache.clean_up()
    assert cache.get("http://a.test/0") is None
    assert sum(path.stat().st_size for path in (tmp_path / "pictures").iterdir()) <= 40_000


def test_an_address_without_a_picture_is_asked_again_the_next_day(tmp_path: Path) -> None:
    now = time.time()
    cache = PictureCache(tmp_path / "pictures", clock=lambda: now)
    cache.put("http://a.test/x", b"")
    assert cache.get("http://a.test/x") == b""
    now += 2 * 86_400
    assert cache.get("http://a.test/x") is None


def test_a_damaged_cache_is_an_empty_one(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures")
    cache.put("http://a.test/x", image())
    for path in (tmp_path / "pictures").iterdir():
        path.write_bytes(b"../../etc/passwd")
    assert cache.get("http://a.test/x") is None
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "pictures").write_text("a file where the folder should be")
    blocked = PictureCache(tmp_path / "other" / "pictures")
    blocked.put("http://a.test/x", image())
    assert blocked.get("http://a.test/x") is None


def test_clearing_the_cache_deletes_the_pictures(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    PictureCache(paths.pictures_folder).put("http://a.test/x", image())
    assert clear_content_cache(paths, "home") > len(image())
    assert list(paths.pictures_folder.iterdir()) == []


# ----------------------------------------------------------------------------------------------------- fetching
@pytest.mark.usefixtures("no_pauses")
async def test_a_picture_is_fetched_once_and_then_comes_from_the_disk(tmp_path: Path) -> None:
    with MediaServer(image()) as server:
        async with pictures(tmp_path) as found:
            first, second = await asyncio.gather(*(found.draw(server.url, 10, 10, GROUND) for _ in range(2)))
            assert first == second and first is not None and first.rows[0][0] == (RED, RED)
        async with pictures(tmp_path) as again:
            assert await again.draw(server.url, 10, 10, GROUND) == first
        assert len(server.requests) == 1


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("mode", ["page", "gone", "refuses", "round", "file", "cuts"])
async def test_an_answer_that_is_no_picture_is_none_and_not_asked_again(tmp_path: Path, mode: str) -> None:
    with MediaServer(image(), mode) as server:
        async with pictures(tmp_path) as found:
            assert await found.draw(server.url, 10, 10, GROUND) is None
            asked = len(server.requests)
            assert await found.draw(server.url, 10, 10, GROUND) is None
            assert len(server.requests) == asked


@pytest.mark.usefixtures("no_pauses")
async def test_a_picture_that_is_too_large_is_given_up(tmp_path: Path) -> None:
    with MediaServer(bytes(6_000_000)) as server:
        async with pictures(tmp_path) as found:
            assert await found.draw(server.url, 10, 10, GROUND) is None
    assert {path.stat().st_size for path in (tmp_path / "cache" / "pictures").iterdir()} == {0}


@pytest.mark.usefixtures("no_pauses")
async def test_a_host_that_is_busy_is_asked_again_the_next_time(tmp_path: Path) -> None:
    with MediaServer(image(), "busy") as server:
        async with pictures(tmp_path) as found:
            assert await found.draw(server.url, 10, 10, GROUND) is None
        async with pictures(tmp_path) as again:
            assert await again.draw(server.url, 10, 10, GROUND) is not None


@pytest.mark.parametrize("address", ["http://[::1/a.png", "http://a]b/a.png", "https://exa℀mple.com/x.png", "http://"])
@pytest.mark.parametrize("panel", ["http://127.0.0.1:9", "http://panel.example.com"])
async def test_an_address_that_is_none_has_no_picture(tmp_path: Path, address: str, panel: str) -> None:
    async with pictures(tmp_path, panel) as found:
        assert await found.draw(address, 10, 10, GROUND) is None


async def test_a_name_that_stands_for_a_local_address_is_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.get_running_loop().getaddrinfo

    async def resolved(host: str, port: object, **options: object) -> object:
        return await asked("127.0.0.1" if host == "pictures.example.com" else host, port, **options)  # type: ignore[arg-type]

    with MediaServer(image()) as server:
        address = server.url.replace("127.0.0.1", "pictures.example.com")
        async with pictures(tmp_path, "http://panel.example.com") as found:
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
            assert await found.draw(address, 10, 10, GROUND) is None
        assert server.requests == []


async def test_a_dead_host_is_none(tmp_path: Path) -> None:
    async with pictures(tmp_path) as found:
        assert await found.draw("http://127.0.0.1:9/x.png", 10, 10, GROUND) is None


async def test_a_public_panel_can_not_make_this_computer_ask_its_own_network(tmp_path: Path) -> None:
    with MediaServer(image()) as server:
        async with pictures(tmp_path, "http://panel.example.com:8080") as found:
            assert await found.draw(server.url, 10, 10, GROUND) is None
        assert server.requests == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3:80", "192.168.0.1", "[::1]", "[fe80::1%eth0]", "nas", "router.local",
     "2130706433", "127.1", "0x7f.1", "127.0.0x1", "169.254.169.254", "a.localhost", "localhost.",
     "[::ffff:127.0.0.1]", "fritz.box", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", ""],
)  # fmt: skip
def test_local_addresses_in_all_their_forms(host: str) -> None:
    assert is_local(f"http://{host}/x.png")


@pytest.mark.parametrize("host", ["image.example.org", "1.1.1.1", "[2606:4700::1111]", "cdn1.example.com:8443"])
def test_public_addresses(host: str) -> None:
    assert not is_local(f"http://{host}/x.png")


@pytest.mark.usefixtures("no_pauses")
async def test_the_demo_panel_serves_posters_and_logos_also_after_its_port_changed(tmp_path: Path) -> None:
    with DemoPanel(channels=1, movies=1, series=1) as panel:
        old = f"http://localhost:{panel.port + 1}/posters/c275645849f60365a4c7.jpg"
        async with pictures(tmp_path, panel.url) as found:
            poster = await found.draw(old, 20, 40, GROUND)
            logo = await found.draw(f"{panel.url}/logos/0a.png", 20, 40, GROUND)
        assert poster is not None and (poster.width, len(poster.rows)) == (20, 15)
        assert logo is not None and len({cell for row in logo.rows for cell in row}) > 3
        assert panel.requests["picture"] == 2
