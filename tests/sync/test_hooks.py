"""The user's commands after a sync: when they run, what they read, and that they change nothing about the sync."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

import pytest

from tests.cli.test_schemas import fits
from tests.support.command_line import REPOSITORY
from tests.support.list_panel import category, movie
from tests.support.refusing_panel import RefusingPanel
from tui_app.catalog import Kind, Mark
from tui_app.cli.commands.export import command as export_command
from tui_app.errors import SettingsError
from tui_app.events import SyncEvent, SyncFinished, SyncProgress
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, change_app_settings, load_app_settings
from tui_app.store.user.user_store import UserStore
from tui_app.sync import Cancellation, hooks, run_sync

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def panel() -> Iterator[RefusingPanel]:
    with RefusingPanel() as running:
        yield running


@pytest.fixture
def paths(tmp_path: Path, panel: RefusingPanel) -> Paths:
    """A profile that was never synced, with hooks that write what they read to files."""
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", panel.url, "me", password_source="file"), "s3cret-W0rd-9")
    change_app_settings(
        paths, hooks={event: f"cat > {tmp_path}/{event}" for event in ("after_sync", "new_episode", "held_back")}
    )
    return paths


def sync(paths: Paths, **options: Any) -> SyncFinished:
    return asyncio.run(run_sync(paths, "home", **options))


def read(tmp_path: Path, event: str) -> dict[str, Any]:
    """The document that a hook read last."""
    document: dict[str, Any] = fits("hook", json.loads((tmp_path / event).read_text()))
    assert (document["event"], document["profile"]) == (event, "home")
    return document


def test_after_a_sync_the_hook_reads_what_it_changed(paths: Paths, tmp_path: Path, panel: RefusingPanel) -> None:
    sync(paths)
    panel.movies.append(movie(51, name="Nosferatu"))

    finished = sync(paths)

    document = read(tmp_path, "after_sync")
    assert document["report"]["movies"]["added"] == finished.report.movies.added == 1
    assert [(one["kind"], one["id"], one["name"], one["change"]) for one in document["changes"]] == [
        ("movie", "1051", "Nosferatu", "added")
    ]
    assert document["summary"] == "completed: 1 added, 0 changed, 0 removed"
    assert not (tmp_path / "held_back").exists() and not (tmp_path / "new_episode").exists()


def test_a_sync_that_fails_is_told_too_and_one_that_is_cancelled_is_not(
    paths: Paths, tmp_path: Path, panel: RefusingPanel
) -> None:
    cancellation = Cancellation()

    def cancel(event: SyncEvent) -> None:
        if isinstance(event, SyncProgress):
            cancellation.cancel()

    assert sync(paths, emit=cancel, cancellation=cancellation).status == "cancelled"
    assert not (tmp_path / "after_sync").exists()
    panel.refused[""] = 403
    assert sync(paths).status == "failed"
    document = read(tmp_path, "after_sync")
    assert (document["report"]["status"], document["changes"]) == ("failed", [])


def test_new_episodes_of_favourite_series_are_told_once(paths: Paths, tmp_path: Path, panel: RefusingPanel) -> None:
    episodes = [{"id": "901", "episode_num": 1, "title": "One"}]
    asked: list[str] = []

    def series_info(query: dict[str, str]) -> Any:
        asked.append(query["series_id"])
        return {"info": {"plot": "x"}, "episodes": {"1": episodes}}

    panel.answers["get_series_info"] = series_info
    sync(paths)
    assert asked == []  # nobody marked one
    with UserStore(paths.user_db) as user:
        user.set_mark("home", Kind.SERIES, "5003", Mark.FAVOURITE, "Serial")
    sync(paths)
    assert asked == ["5003"]  # fetched, so that the next ones can be told apart
    assert not (tmp_path / "new_episode").exists()

    episodes.append({"id": "902", "episode_num": 2, "title": "Two"})
    for row in panel.series:
        row["last_modified"] = "1800000000"
    finished = sync(paths)

    document = read(tmp_path, "new_episode")
    found = [(one["series_id"], one["season"], one["episode"], one["title"]) for one in document["new_episodes"]]
    assert found == [("5003", 1, 2, "Two")] and document["summary"].endswith("S01E02 Two")
    assert [one.id for one in finished.report.new_episodes] == ["902"]
    (tmp_path / "new_episode").unlink()
    sync(paths)
    assert not (tmp_path / "new_episode").exists()


def test_episodes_whose_ids_are_renewed_are_not_new(paths: Paths, tmp_path: Path, panel: RefusingPanel) -> None:
    episodes = [{"id": "901", "episode_num": 1, "title": "One"}]
    panel.answers["get_series_info"] = lambda query: {"info": {"plot": "x"}, "episodes": {"1": episodes}}
    sync(paths)
    with UserStore(paths.user_db) as user:
        user.set_mark("home", Kind.SERIES, "5003", Mark.FAVOURITE, "Serial")
    sync(paths)
    episodes[0]["id"] = "777"
    for row in panel.series:
        row["last_modified"] = "1800000000"
    assert sync(paths).report.details.renewed == 1  # type: ignore[union-attr]
    assert not (tmp_path / "new_episode").exists()


def test_removals_that_wait_are_told(paths: Paths, tmp_path: Path, panel: RefusingPanel) -> None:
    sync(paths)
    del panel.movies[10:]
    sync(paths)
    document = read(tmp_path, "held_back")
    assert document["report"]["movies"]["held_back"] == 40
    assert document["summary"] == "Missing from the provider's lists, and kept for now: 40 movies"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("echo it broke; exit 3", ("hook after_sync: it broke", "exit status 3")),
        ("no-such-program-anywhere", ("exit status 127",)),
        ("echo s3cret-W0rd-9", ("hook after_sync: ***",)),
        ("printf 'a\\033[31mb'", ("hook after_sync: a",)),
        ("exec <&-; yes | head -c 9000000", ("hook after_sync: y",)),
    ],
)
def test_a_command_that_fails_is_logged_and_the_sync_is_complete(
    paths: Paths, caplog: pytest.LogCaptureFixture, command: str, words: tuple[str, ...]
) -> None:
    change_app_settings(paths, hooks={"after_sync": command})
    assert sync(paths).status == "completed"
    for expected in words:
        assert expected in caplog.text
    assert "s3cret-W0rd-9" not in caplog.text and "\x1b" not in caplog.text and len(caplog.text) < 2_000_000


@pytest.mark.parametrize("command", ["echo $$ > {pid}; sleep 300", "sleep 300 & echo $! > {pid}"])
def test_a_command_that_does_not_end_is_ended(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    monkeypatch.setattr(hooks, "TIME_OUT_S", 1.0)
    change_app_settings(paths, hooks={"after_sync": command.format(pid=tmp_path / "pid")})
    assert sync(paths).status == "completed"
    assert "took more than 1 seconds" in caplog.text
    process, deadline = int((tmp_path / "pid").read_text()), time.monotonic() + 30
    while is_running(process):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_cancellation_ends_the_running_command(paths: Paths, tmp_path: Path) -> None:
    change_app_settings(paths, hooks={"after_sync": f"touch {tmp_path}/began; sleep 300"})
    cancellation = Cancellation()

    async def cancel_when_begun() -> SyncFinished:
        running = asyncio.create_task(run_sync(paths, "home", cancellation=cancellation))
        while not (tmp_path / "began").exists():
            await asyncio.sleep(0.02)
        cancellation.cancel()
        return await running

    assert asyncio.run(cancel_when_begun()).status == "completed"


def test_a_short_command_finds_profile_and_summary_in_its_environment(paths: Paths, tmp_path: Path) -> None:
    change_app_settings(paths, hooks={"after_sync": f"cat > /dev/null; printenv > {tmp_path}/environment"})
    sync(paths)
    environment = dict(
        line.split("=", 1) for line in (tmp_path / "environment").read_text().splitlines() if "=" in line
    )
    assert environment["XTREAM_TUI_PROFILE"] == "home"
    assert environment["XTREAM_TUI_SUMMARY"] == "completed: 80 added, 0 changed, 0 removed"
    assert os.environ["PATH"] == environment["PATH"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('hooks = "x"', "hooks must be a table"),
        ("[hooks]\nafter_snyc = 'x'", "hooks must be commands for after_sync, new_episode, held_back"),
        ("[hooks]\nafter_sync = ' '", "hooks.after_sync must be a shell command"),
        ("[hooks]\nafter_sync = 7", "hooks.after_sync must be text"),
    ],
)
def test_bad_hooks_are_refused_with_their_key(paths: Paths, line: str, words: str) -> None:
    paths.settings_file.write_text(line)
    with pytest.raises(SettingsError, match="hooks") as found:
        load_app_settings(paths)
    assert words in str(found.value)
    assert sync(paths).status == "completed"  # an unreadable file stops no sync


def test_categories_alone_are_a_sync_like_others(paths: Paths, tmp_path: Path, panel: RefusingPanel) -> None:
    sync(paths)
    panel.movie_categories.append(category(9, "Silent"))
    sync(paths)
    assert read(tmp_path, "after_sync")["report"]["categories"]["added"] == 1


# ------------------------------------------------------------------------------------- the recipes of the handbook
CHAPTER = (REPOSITORY / "tui_app" / "handbook" / "unattended.md").read_text()


def recipe(mark: str) -> str:
    found = re.search(rf"^```{mark}\n(.*?)^```", CHAPTER, re.MULTILINE | re.DOTALL)
    assert found is not None, mark
    return found[1]


@pytest.fixture
def machine(tmp_path: Path, paths: Paths, panel: RefusingPanel, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose `curl`, `mail` and `xtream-tui` write down how they are called; the next sync runs every hook."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("curl", "mail", "xtream-tui"):
        lines = f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {tmp_path}/{name}.arguments\n"
        (programs / name).write_text(lines + (f"cat > {tmp_path}/mail.text\n" if name == "mail" else ""))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    episodes = [{"id": "901", "episode_num": 1, "title": "One"}]
    panel.answers["get_series_info"] = lambda query: {"info": {"plot": "x"}, "episodes": {"1": episodes}}
    change_app_settings(paths, hooks={})
    sync(paths)
    with UserStore(paths.user_db) as user:
        user.set_mark("home", Kind.SERIES, "5003", Mark.FAVOURITE, "Serial 3")
    sync(paths)
    episodes.append({"id": "902", "episode_num": 2, "title": "Two"})
    for row in panel.series:
        row["last_modified"] = "1800000000"
    del panel.movies[10:]
    return tmp_path


def test_the_recipe_for_ntfy_sends_the_new_episodes(machine: Path, paths: Paths) -> None:
    paths.settings_file.write_text(recipe("toml ntfy"))
    sync(paths)
    arguments = (machine / "curl.arguments").read_text().splitlines()
    assert "Title: New on home" in arguments and arguments[-1] == "https://ntfy.sh/my-secret-topic"
    assert arguments[arguments.index("--data-raw") + 1] == "Serial 3 S01E02 Two"


def test_the_recipe_for_mail_tells_what_is_missing(machine: Path, paths: Paths) -> None:
    paths.settings_file.write_text(recipe("toml mail"))
    sync(paths)
    assert (machine / "mail.arguments").read_text().splitlines() == ["-s", "IPTV: home", "me@example.org"]
    assert (machine / "mail.text").read_text().strip().endswith("40 movies")


def test_the_recipe_for_jellyfin_exports_and_refreshes(machine: Path, paths: Paths) -> None:
    paths.settings_file.write_text(recipe("toml jellyfin"))
    sync(paths)
    arguments = (machine / "xtream-tui.arguments").read_text().splitlines()
    assert {"export", "--profile", "home", "strm", str(machine / "iptv")} <= set(arguments)
    assert "strm" in export_command.make_context("export", arguments[1:]).params.values()  # as the real one reads them
    assert (machine / "curl.arguments").read_text().splitlines()[-1].endswith("/Library/Refresh")


def test_the_recipe_for_trakt_sends_the_series(
    machine: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    script = machine / ".config" / "xtream-tui" / "trakt.py"
    script.parent.mkdir(parents=True)
    script.write_text(recipe("python trakt"))
    paths.settings_file.write_text(recipe("toml trakt"))
    with Recorder() as trakt:
        monkeypatch.setenv("TRAKT_API", trakt.url)
        sync(paths)
    assert "hook" not in caplog.text
    assert trakt.received == [("/sync/watchlist", {"shows": [{"title": "Serial 3"}]})]


class Recorder:
    """An HTTP server that keeps the path and the JSON body of each POST."""

    def __enter__(self) -> Self:
        self.received: list[tuple[str, Any]] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.path, json.loads(body)))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
