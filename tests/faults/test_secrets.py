"""Whatever a hostile panel says, no byte the program leaves behind holds the password, however it is encoded."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import pytest

from tests.support.command_line import CommandLine
from tests.support.pty_app import PtyApp

USERNAME = "ann.user"
PASSWORD = 'S3cr&t/"ü7 x<9'


def encodings(secret: str) -> dict[str, str]:
    """Every form the issue names, and those that panels, players and log files have been seen to make of them."""
    return {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "percent, small letters": re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")),
        "percent, path": quote(secret),
        "plus": quote_plus(secret),
        "twice percent": quote(quote(secret, safe=""), safe=""),
        "json": json.dumps(secret)[1:-1],
        "json, raw letters": json.dumps(secret, ensure_ascii=False)[1:-1],
        "json, slashes": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "html": html.escape(secret),
        "html, without quotes": html.escape(secret, quote=False),
        "base64": base64.b64encode(secret.encode()).decode().rstrip("="),
        "base64, url": base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        "repr": repr(secret)[1:-1],
    }


FORMS = encodings(PASSWORD)


def echo(words: str) -> str:
    """A text that says the password in every form."""
    return f"{words} " + " ".join(FORMS.values())


def row(number: int, form: str) -> dict[str, Any]:
    """A list row that puts one form wherever text may stand."""
    return {
        "num": number, "stream_id": number, "series_id": number, "category_id": "1",
        "name": f"Film {number} {form}", "title": f"Film {number} {form} again", "plot": f"About {form}.",
        "cast": form, "director": form, "genre": form, "youtube_trailer": form, "container_extension": form,
        "stream_icon": f"http://cdn.example/{USERNAME}/{form}/{number}.png", "cover": f"http://x.example/?p={form}",
        "direct_source": f"http://x.example/live/{USERNAME}/{form}/{number}.ts", "epg_channel_id": form,
        "releaseDate": form, "added": "1700000000", "rating": form,
    }  # fmt: skip


LISTS: dict[str, Callable[[], Any]] = {
    "get_live_streams": lambda: [row(number, form) for number, form in enumerate(FORMS.values(), 1)],
    "get_vod_streams": lambda: [row(number, form) for number, form in enumerate(FORMS.values(), 101)],
    "get_series": lambda: [row(number, form) for number, form in enumerate(FORMS.values(), 201)],
    "get_vod_info": lambda: {"info": {"name": echo("Film"), "plot": echo("Plot"), "country": PASSWORD},
                             "movie_data": {"stream_id": 101, "container_extension": "mp4"}},
    "get_series_info": lambda: {
        "info": {"name": echo("Series"), "plot": echo("Plot")},
        "seasons": [{"season_number": 1, "name": echo("Season"), "overview": echo("Overview")}],
        "episodes": {"1": [{"id": "9001", "episode_num": 1, "title": echo("Episode"), "info": {"plot": echo("Plot")}}]},
    },
    "get_short_epg": lambda: {"epg_listings": [{"title": base64.b64encode(echo("Show").encode()).decode(),
                                                "start_timestamp": "1700000000", "stop_timestamp": "1700003600"}]},
}  # fmt: skip
for kind in ("live", "vod", "series"):
    LISTS[f"get_{kind}_categories"] = lambda: [{"category_id": "1", "category_name": echo("All")}]


class EchoPanel:
    """Says the password back in everything it answers. `mood`: what becomes of calls with an action."""

    def __init__(self) -> None:
        self.mood = "kind"

    def __enter__(self) -> EchoPanel:
        panel = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, headers, body = panel.answer(self.path)
                self.send_response(status, echo("ListMessage").encode("latin-1", "replace").decode("latin-1"))
                for name, value in {**headers, "Content-Length": str(len(body)), "X-Echo": quote(PASSWORD)}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        action = parse_qs(urlsplit(path).query).get("action", [""])[0]
        if self.mood == "refusing":
            return 200, {}, json.dumps({"error": echo("No such account"), "user_info": {"auth": 0}}).encode()
        if self.mood == "elsewhere":
            return (
                302,
                {"Location": f"http://other.example/live/{USERNAME}/{quote(PASSWORD)}/1?password={quote(PASSWORD)}"},
                b"",
            )
        if not action:
            user = {
                "auth": 1,
                "status": echo("Active"),
                "message": echo("Hello"),
                "username": USERNAME,
                "password": PASSWORD,
            }
            server = {"url": f"http://x.example/{quote(PASSWORD)}", "timezone": PASSWORD}
            return 200, {}, json.dumps({"user_info": user, "server_info": server}).encode()
        if self.mood == "broken" and action.endswith("streams"):
            return 500, {}, f"<html>Fatal error in {path} {echo('')}</html>".encode()
        if self.mood == "talking" and action.endswith("streams"):
            return 200, {}, json.dumps({"message": echo("too many requests")}).encode()
        return 200, {}, json.dumps(LISTS.get(action, list)()).encode()


@pytest.fixture
def panel() -> Iterator[EchoPanel]:
    with EchoPanel() as started:
        yield started


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    (tmp_path / "temporary").mkdir()
    found = CommandLine(tmp_path / "home", module="tests.support.unpaced")
    found.extra_environment["TMPDIR"] = str(tmp_path / "temporary")
    return found


def leaks(where: str, data: bytes) -> list[str]:
    """Which forms stand in these bytes."""
    text = data.decode("utf-8", "replace")
    return [f"{where}: {name}" for name, form in FORMS.items() if form.encode() in data or form in text]


def leaks_in_files(folder: Path) -> list[str]:
    """Every byte of every file, and every value of every database: text may stand in two pages."""
    found: list[str] = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "secrets.toml"):
        found += leaks(file.name, file.read_bytes())
        if file.suffix == ".db":
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
                tables = database.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'").fetchall()
                for (table,) in tables:  # search tables have none of their own text: theirs is in their side tables
                    rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
                    values = "\n".join(str(value) for row in rows for value in row)
                    found += leaks(f"{file.name}, {table}", values.encode("utf-8", "replace"))
    return found


def test_no_byte_the_program_leaves_behind_after_a_hostile_session_holds_the_password(
    panel: EchoPanel, line: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []

    def run(*arguments: str, expect: int, stdin: str = "") -> None:
        ran = line.run(*arguments, stdin=stdin, expect=expect)
        said.extend(leaks(" ".join(arguments), f"{ran.out}\n{ran.err}".encode()))

    add = ("profile", "add", "home", "--url", panel.url, "--username", USERNAME, "--password-stdin")
    panel.mood = "refusing"
    run(*add, stdin=PASSWORD, expect=4)
    panel.mood = "elsewhere"
    run(*add, stdin=PASSWORD, expect=1)
    panel.mood = "kind"
    run(*add, stdin=PASSWORD, expect=0)
    store = (tmp_path / "home" / "config" / "secrets.toml").read_text()
    assert PASSWORD.replace('"', '\\"') in store, "not stored at all?"
    run("profile", "test", "home", "--json", expect=0)
    run("sync", "--json", expect=0)
    for mood, code in (("broken", 3), ("talking", 3), ("elsewhere", 1), ("refusing", 4), ("kind", 0)):
        panel.mood = mood
        run("sync", "--json", expect=code)
        run("sync", expect=code)
    for reading in ("list movies --json", "list channels", "list series", "list categories", "search film --json",
                    "show movie 101 --json", "show series 201 --json", "show channel 1", "list episodes --json",
                    "stats --json", "profile list --json", "cache check", "where"):  # fmt: skip
        run(*reading.split(), expect=0)
    titles = line.json("list", "movies")["items"]
    assert len(titles) == len(FORMS) and all(title["name"].startswith("Film") for title in titles)
    said += leaks_in_files(tmp_path)
    with capsys.disabled():
        files = sum(path.is_file() for path in tmp_path.rglob("*"))
        print(f"\nsecrets: {len(said)} leaks in {files} files and all that was printed, {len(FORMS)} encodings")
    assert not said, said


def test_the_app_shows_and_leaves_no_password_and_passes_none_to_its_engine(
    panel: EchoPanel, line: CommandLine, tmp_path: Path
) -> None:
    line.run("profile", "add", "home", "--url", panel.url, "--username", USERNAME, "--password-stdin", stdin=PASSWORD)
    seen: list[str] = []
    with PtyApp([sys.executable, "-m", "tui_app"], columns=120, rows=40, env=line.environment) as app:
        app.wait_for("Start", timeout=20)
        app.write(b"\r")
        app.wait_for("Film 1", timeout=30)
        for process in (entry for entry in Path("/proc").iterdir() if entry.name.isdigit()):
            seen += _leaks_of_process(process)
        for keys in (b"2", b"\r", b"\x1b", b"3", b"\r", b"5", b"6", b"?"):
            app.write(keys)
            app.settle(0.2)
        seen += leaks("the screen", app.output) + leaks("the screen's text", app.text.encode())
    found = seen + leaks_in_files(tmp_path)
    assert not found, found


def _leaks_of_process(process: Path) -> list[str]:
    """Arguments and environment of one of our own processes."""
    try:
        if process.stat().st_uid != os.getuid():
            return []
        return [leak for name in ("cmdline", "environ") for leak in leaks(name, (process / name).read_bytes())]
    except OSError:  # gone, or not ours to read
        return []


class WordPanel(EchoPanel):
    """A panel for an account whose password is a common word, and which tells it where logins stand."""

    password = "images"

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        action = parse_qs(urlsplit(path).query).get("action", [""])[0]
        word, login = self.password, f"/live/ann/{self.password}/7.ts"
        if not action:
            user = {"auth": 1, "status": "Active", "message": f"Your password is {word}. See http://x.example{login}"}
            return 200, {}, json.dumps({"user_info": user, "server_info": {}}).encode()
        titles = {
            "num": 7, "stream_id": 7, "series_id": 7, "category_id": "1", "name": f"Moving {word}",
            "plot": f"Of {word}.", "stream_icon": f"http://cdn.example/{word}/logo.png", "cover": f"http://cdn.example/{word}/cover.png",
            "direct_source": f"http://x.example{login}", "genre": word,
        }  # fmt: skip
        lists = {"streams": [titles], "series": [titles], "categories": [{"category_id": "1", "category_name": word}]}
        return 200, {}, json.dumps(next((rows for end, rows in lists.items() if action.endswith(end)), [])).encode()


@pytest.mark.fcase(98)
def test_a_password_that_is_a_common_word_and_the_profiles_name_spoils_nothing_and_is_not_told(
    line: CommandLine, tmp_path: Path
) -> None:
    with WordPanel() as panel:
        add = ("profile", "add", "images", "--url", panel.url, "--username", "ann", "--password-stdin")
        added = line.run(*add, stdin="images")
        assert "images" in added.out and "password is ***" in added.out + line.run("profile", "test", "images").out
        synced = line.run("sync")
        assert "images: completed" in synced.out
        assert line.json("profile", "list")["current"] == "images"
        for kind in ("movies", "channels", "series"):
            (item,) = line.json("list", kind)["items"]
            assert item["name"] == "Moving images"
        assert "http://cdn.example/images/logo.png" in line.run("export", "--format", "m3u").out
        assert [found["name"] for found in line.json("list", "categories")["items"]].count("images") == 3
        unknown = line.run("show", "movie", "images", expect=1)
        assert "***" not in unknown.err
    for file in (path for path in tmp_path.rglob("*") if path.is_file() and path.name != "secrets.toml"):
        told = re.findall(rb".{40}(?:/ann/images|password is images)", file.read_bytes(), re.DOTALL)
        assert not told, (file.name, told)
