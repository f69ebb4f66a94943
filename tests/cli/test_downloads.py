"""A download is the file, whole, or a part to go on from: whatever the server, the disk or the user does between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.command_line import CommandLine
from tests.support.examples import examples
from tests.support.list_panel import ListPanel
from tests.support.media_server import MediaServer
from tui_app.downloads import DiskFull, Recording, Transfer, TransferOptions, download, record
from tui_app.errors import BadAnswer, Denied, NotFound, PanelError, Unreachable
from tui_app.locks import take
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.media import MediaClient

BODY = bytes(range(256)) * 400
FACTS = json.dumps({"total": len(BODY), "etag": '"one"', "modified": ""})


class _Usage(NamedTuple):
    free: int


async def _no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)


QUICK = TransferOptions(idle_s=0.3, sleep=_no_pause, spare_bytes=0)


def client(tmp_path: Path) -> MediaClient:
    return MediaClient(HostGate(None, "x", sleep=_no_pause), user_agent="VLC", verify_tls=True, answer_s=5)


def _unseen(done: int, total: int | None) -> None:
    """Look at no progress."""


async def fetch(
    url: str, target: Path, options: TransferOptions = QUICK, seen: Callable[[int, int | None], None] = _unseen
) -> Transfer:
    async with client(target.parent) as media:
        return await download(media, url, target, options, seen)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "film.mp4"


def is_clean(target: Path) -> bool:
    """Whether the file stands alone: no part, no facts."""
    return [file.name for file in target.parent.iterdir() if file.name.startswith(target.name)] == [target.name]


@pytest.mark.parametrize(
    "mode", ["fine", "cuts", "ignores range", "other version", "busy", "elsewhere", "no length", "silent"]
)
async def test_the_file_is_whole_in_the_end(target: Path, mode: str) -> None:
    with MediaServer(BODY, mode) as server:
        done = await fetch(server.url, target)
    expected = BODY[::-1] if mode == "other version" else BODY
    assert (target.read_bytes(), done.size, done.status) == (expected, len(BODY), "completed")
    assert is_clean(target)


async def test_an_interruption_costs_only_what_is_missing(target: Path) -> None:
    seen: list[int] = []
    with MediaServer(BODY, "cuts") as server:
        await fetch(server.url, target, seen=lambda done, total: seen.append(done))
        assert server.requests[1] == f"bytes={len(BODY) // 2}-"
    assert seen == sorted(seen) and seen[-1] == len(BODY)


@pytest.mark.parametrize(
    ("mode", "error", "words"),
    [
        ("page", BadAnswer, "a page instead"),
        ("pieces", BadAnswer, "in pieces"),
        ("refuses", Denied, "HTTP 458"),
        ("gone", NotFound, "no file"),
        ("round", BadAnswer, "redirects without end"),
        ("file", BadAnswer, "no web address"),
    ],
)
async def test_what_is_no_film_is_said_and_leaves_nothing(
    target: Path, mode: str, error: type[Exception], words: str
) -> None:
    with MediaServer(BODY, mode) as server, pytest.raises(error, match=words) as found:
        await fetch(server.url, target)
    assert "pass-w0rd" not in str(found.value) and list(target.parent.iterdir()) == []


async def test_an_empty_file_is_no_film(target: Path) -> None:
    for mode in ("fine", "no length"):
        with MediaServer(b"", mode) as server, pytest.raises(BadAnswer, match="empty"):
            await fetch(server.url, target)
        assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("mode", ["shrinks", "too much", "drips"])
async def test_a_server_that_never_sends_the_announced_file_is_given_up(target: Path, mode: str) -> None:
    with MediaServer(BODY, mode) as server:
        with pytest.raises(PanelError):
            await fetch(server.url, target)
        assert len(server.requests) <= 3 * QUICK.tries
    part = target.with_name("film.mp4.part")
    assert not target.exists() and (not part.exists() or part.stat().st_size <= len(BODY))


async def test_a_version_in_other_than_ascii_letters_is_downloaded(target: Path) -> None:
    with MediaServer(BODY, "cuts") as server:
        server.etag = '"é"'
        await fetch(server.url, target)
    assert target.read_bytes() == BODY


async def test_a_folder_that_cannot_be_written_is_not_taken_for_a_broken_connection(target: Path) -> None:
    target.with_name("film.mp4.part.json").mkdir()  # in the way
    with MediaServer(BODY) as server, pytest.raises(DiskFull, match="can't be written"):
        await fetch(server.url, target)


async def test_a_range_that_starts_elsewhere_is_not_appended(target: Path) -> None:
    with MediaServer(BODY, "lies") as server:
        server.requests.append("")  # not the first: the server answers ranges at once
        target.with_name("film.mp4.part").write_bytes(BODY[:1000])
        target.with_name("film.mp4.part.json").write_text(
            f'{{"total": {len(BODY)}, "etag": "\\"one\\"", "modified": ""}}'
        )
        await fetch(server.url, target)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    "facts", [None, "", "[]", "{", '{"total": "x"}', '{"other": 1}', f'{{"total": {len(BODY) + 1}}}']
)
async def test_a_part_of_unknown_origin_is_not_trusted(target: Path, facts: str | None) -> None:
    target.with_name("film.mp4.part").write_bytes(b"something else" * 10)
    if facts is not None:
        target.with_name("film.mp4.part.json").write_text(facts)
    with MediaServer(BODY) as server:
        await fetch(server.url, target)
    assert target.read_bytes() == BODY and is_clean(target)


async def test_a_whole_part_needs_only_its_name(target: Path) -> None:
    with MediaServer(BODY) as server:
        target.with_name("film.mp4.part").write_bytes(BODY)
        target.with_name("film.mp4.part.json").write_text(
            f'{{"total": {len(BODY)}, "etag": "\\"one\\"", "modified": ""}}'
        )
        await fetch(server.url, target)
    assert target.read_bytes() == BODY and is_clean(target)


async def test_an_existing_file_is_never_touched(target: Path) -> None:
    target.write_text("mine")
    with MediaServer(BODY) as server:
        assert (await fetch(server.url, target)).status == "exists"
        assert server.requests == []
    assert target.read_text() == "mine"


async def test_a_full_disk_is_said_before_it_is_full(target: Path) -> None:
    with MediaServer(BODY) as server, pytest.raises(DiskFull, match="MB free"):
        await fetch(server.url, target, TransferOptions(spare_bytes=1 << 60, sleep=_no_pause))
    assert not target.exists()


async def test_a_body_of_unknown_length_does_not_fill_the_disk(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([3, 2, 1, 0])
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: _Usage(free=next(left) << 20))
    with MediaServer(BODY * 20, "no length") as server, pytest.raises(DiskFull):
        await fetch(server.url, target, TransferOptions(spare_bytes=1 << 20, sleep=_no_pause))
    assert 0 < target.with_name("film.mp4.part").stat().st_size < 1 << 20


async def test_an_unreachable_server_is_said_at_once(target: Path) -> None:
    with MediaServer(BODY) as server:
        url = server.url
    with pytest.raises(Unreachable):
        await fetch(url, target)


async def test_a_speed_limit_is_kept(target: Path) -> None:
    slept: list[float] = []

    async def note(seconds: float) -> None:
        slept.append(seconds)

    with MediaServer(BODY) as server:
        await fetch(server.url, target, TransferOptions(rate=len(BODY), sleep=note, spare_bytes=0))
    assert sum(slept) > 0.5 and target.read_bytes() == BODY


@examples(20)
@given(st.lists(st.sampled_from(["fine", "cuts", "ignores range", "lies", "silent", "busy"]), min_size=1, max_size=3))
def test_any_course_of_events_ends_with_the_file_or_a_part_to_go_on_from(
    tmp_path_factory: pytest.TempPathFactory, modes: list[str]
) -> None:
    """Whatever happened before, one run against a sound server brings the whole file."""
    target = tmp_path_factory.mktemp("course") / "film.mp4"
    body = BODY[:5_000]

    async def course() -> None:
        with MediaServer(body) as server:
            for mode in modes:
                server.mode = mode
                with pytest.MonkeyPatch.context():
                    try:
                        await fetch(
                            server.url, target, TransferOptions(idle_s=0.1, tries=1, sleep=_no_pause, spare_bytes=0)
                        )
                    except PanelError:
                        assert not target.exists()
            server.mode = "fine"
            await fetch(server.url, target)

    asyncio.run(course())
    assert target.read_bytes() == body and is_clean(target)


# -------------------------------------------------------------------------------------------------------- recordings
async def test_a_recording_lasts_as_long_as_asked_and_survives_a_break(target: Path) -> None:
    with MediaServer(b"", "endless") as server:
        async with client(target.parent) as media:
            done: Recording = await record(media, server.url, target, 1.0, QUICK)
    assert done.interruptions == 1 and 0.9 < done.seconds < 3
    assert target.stat().st_size == done.size and done.size % 188 == 0 and done.size > 188 * 15
    assert is_clean(target)


async def test_a_cancelled_recording_keeps_what_is_there(target: Path) -> None:
    with MediaServer(b"", "endless") as server:
        async with client(target.parent) as media:
            task = asyncio.create_task(record(media, server.url, target, 60, QUICK))
            part = target.with_name("film.mp4.part")
            while not (part.exists() and part.stat().st_size > 188 * 15):
                await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    assert target.stat().st_size > 188 * 15 and is_clean(target)


async def test_a_channel_that_is_gone_for_a_moment_is_opened_again(target: Path) -> None:
    with MediaServer(b"", "gone later") as server:
        async with client(target.parent) as media:
            done = await record(media, server.url, target, 1.0, QUICK)
    assert done.interruptions == 2 and done.size > 188 * 15


async def test_the_wait_before_another_attempt_stays_short(target: Path) -> None:
    slept: list[float] = []

    class OnceOnly(MediaClient):
        @asynccontextmanager
        async def open(self, address: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
            if slept:  # a request each would take minutes
                raise Unreachable("no route")
            async with super().open(address, headers) as response:
                yield response

    async def note(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) > 1_100:
            raise asyncio.CancelledError

    with MediaServer(b"", "endless") as server, pytest.raises(asyncio.CancelledError):
        async with OnceOnly(HostGate(None, "x"), user_agent="VLC", verify_tls=True, answer_s=5) as media:
            await record(media, server.url, target, 9e9, TransferOptions(sleep=note, spare_bytes=0))
    assert max(slept) == 30 and target.stat().st_size == 1880


async def test_a_recording_goes_on_after_what_a_killed_one_left(target: Path) -> None:
    part = target.with_name("film.mp4.part")
    part.write_bytes(b"before")
    async with client(target.parent) as media:
        with MediaServer(b"", "refuses") as server, pytest.raises(Denied):
            await record(media, server.url, target, 5, QUICK)
        assert not target.exists() and part.read_bytes() == b"before"
        with MediaServer(b"", "endless") as server:
            await record(media, server.url, target, 0.3, QUICK)
    assert target.read_bytes().startswith(b"beforeG") and is_clean(target)


async def test_a_channel_that_refuses_is_an_error(target: Path) -> None:
    with MediaServer(b"", "refuses") as server, pytest.raises(Denied):
        async with client(target.parent) as media:
            await record(media, server.url, target, 5, QUICK)
    assert list(target.parent.iterdir()) == []


# ------------------------------------------------------------------------------------------------------ command line
def test_movies_are_downloaded_by_name(synced: Cli, tmp_path: Path) -> None:
    items = fits("download", synced.json("download", "movie", "100002", "--output", str(tmp_path)))["items"]
    file = tmp_path / "Nosferatu (1922).mp4"
    assert items == [{"kind": "movie", "id": "100002", "path": str(file), "bytes": file.stat().st_size,
                      "status": "completed", "reason": ""}]  # fmt: skip
    again = fits("download", synced.json("download", "movie", "100002", "--output", str(tmp_path)))["items"][0]
    assert (again["status"], again["bytes"]) == ("exists", file.stat().st_size)
    assert "1 file of 1 complete" in synced("download", "movie", "100002", "--output", str(tmp_path)).out


def test_versions_of_a_movie_do_not_share_a_file(cli: Cli, tmp_path: Path) -> None:
    names = {"1": "Nosferatu", "2": "DE - Nosferatu", "3": "DE - Nosferatu 4K", "4": "|DE| Nosferatu", "5": "Nosferatu"}
    with ListPanel() as panel:
        panel.movies = [
            {"stream_id": id, "name": name, "category_id": "1", "container_extension": "mkv"}
            | ({} if id == "5" else {"year": "1922"})
            for id, name in names.items()
        ]
        cli("profile", "add", "p", "--url", panel.url, "--username", "u", "--password-stdin", stdin="secret-9-pw")
        cli("sync")
        answer = cli("download", "movie", *names, "-o", str(tmp_path), "--json").document
    assert {item["id"]: Path(item["path"]).name for item in fits("download", answer)["items"]} == {
        "1": "Nosferatu (1922).mkv",
        "2": "Nosferatu (1922) - DE 2.mkv",
        "3": "Nosferatu (1922) - DE 4K.mkv",
        "4": "Nosferatu (1922) - DE 4.mkv",
        "5": "Nosferatu.mkv",
    }


def test_titles_whose_names_are_alike_do_not_share_a_file(cli: Cli, tmp_path: Path) -> None:
    names = {"1": "Nosferatu", "2": "Nosferatu", "3": "Face/Off", "4": "Face:Off"}
    with ListPanel() as panel:
        panel.movies = [{"stream_id": id, "name": name, "category_id": "1"} for id, name in names.items()]
        cli("profile", "add", "p", "--url", panel.url, "--username", "u", "--password-stdin", stdin="secret-9-pw")
        cli("sync")
        answer = cli("download", "movie", *names, "-o", str(tmp_path), "--json").document
    found = [Path(item["path"]).name for item in answer["items"]]
    assert found == ["Nosferatu 1.mp4", "Nosferatu 2.mp4", "Face Off.mp4", "Face Off 4.mp4"]


def test_a_series_is_downloaded_by_season(synced: Cli, tmp_path: Path) -> None:
    series = synced.json("search", "flash gordon", "--kind", "series")["results"][0]["id"]
    assert "show series" in synced("download", "series", series, "--output", str(tmp_path), expect=1).err
    seasons = synced.json("show", "series", series)["seasons"]
    items = fits("download", synced.json("download", "series", series, "--season", "1", "-o", str(tmp_path)))["items"]
    assert len(items) == len(seasons[0]["episodes"]) == len(list(tmp_path.glob("Flash Gordon (1936) S01E*.mp4")))


def test_what_fails_does_not_stop_the_rest(synced: Cli, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "Nosferatu (1922).mp4.part").mkdir()  # in the way
    answer = synced("download", "movie", "100002", "100001", "-o", str(tmp_path / "films"), "--json", expect=3)
    assert [item["status"] for item in fits("download", answer.document)["items"]] == ["failed", "completed"]


def test_the_folder_is_created_or_its_trouble_said(synced: Cli, tmp_path: Path) -> None:
    synced("download", "movie", "100002", "-o", str(tmp_path / "new" / "films"))
    assert list((tmp_path / "new" / "films").glob("*.mp4"))
    (tmp_path / "file").touch()
    said = synced("download", "movie", "100002", "-o", str(tmp_path / "file"), expect=2).err
    assert len(said.splitlines()) == 1


def test_one_stream_at_a_time(synced: Cli, tmp_path: Path) -> None:
    lock = take(synced.paths.stream_lock("home"))
    assert lock is not None
    try:
        assert "is running" in synced("download", "movie", "100002", "-o", str(tmp_path), expect=5).err
        assert "is running" in synced("record", "1003", "--for", "2s", "-o", str(tmp_path / "x.ts"), expect=5).err
    finally:
        os.close(lock)


def test_a_channel_is_recorded(synced: Cli, tmp_path: Path) -> None:
    file = tmp_path / "news.ts"
    done = fits("record", synced.json("record", "1003", "--for", "1s", "-o", str(file)))
    assert done["bytes"] == file.stat().st_size > 0 and done["channel_id"] == "1003"
    assert "exists already" in synced("record", "1003", "--for", "1s", "-o", str(file), expect=2).err
    assert "90m" in synced("record", "1003", "--for", "soon", expect=2).err


def test_kill_9_in_the_middle_goes_on_where_it_stopped(synced: Cli, tmp_path: Path) -> None:
    line = CommandLine(synced.home)
    running = line.start("download", "movie", "100002", "-o", str(tmp_path), "--limit-rate", "20k")
    part = tmp_path / "Nosferatu (1922).mp4.part"
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert fits("download", synced.json("download", "movie", "100002", "-o", str(tmp_path)))["items"][0]["status"] in (
        "completed", "exists",
    )  # fmt: skip
    assert (tmp_path / "Nosferatu (1922).mp4").stat().st_size > 50_000 and not part.exists()
