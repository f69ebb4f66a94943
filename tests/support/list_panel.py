"""A panel whose lists are plain Python lists, to be edited between two syncs."""

from __future__ import annotations

import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

ACTIONS = {
    "get_live_categories": "channel_categories",
    "get_vod_categories": "movie_categories",
    "get_series_categories": "series_categories",
    "get_live_streams": "channels",
    "get_vod_streams": "movies",
    "get_series": "series",
}


class ListPanel:
    """Serves on 127.0.0.1 while used as a context manager. Edit the lists, they are sent as they are."""

    def __init__(self) -> None:
        self.login: Any = LOGIN
        self.channel_categories: list[Any] = [category(1, "News"), category(2, "Sport")]
        self.movie_categories: list[Any] = [category(1, "Drama"), category(2, "Comedy"), category(3, "Adults")]
        self.series_categories: list[Any] = [category(1, "Serials")]
        self.channels: list[Any] = [channel(n) for n in range(1, 21)]
        self.movies: list[Any] = [movie(n) for n in range(1, 51)]
        self.series: list[Any] = [series(n) for n in range(1, 11)]
        self.guide_file = b""
        self.guide_status = 200
        self.guide_headers: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        panel = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
                sent = {key.lower(): value for key, value in self.headers.items()}
                is_guide = urlsplit(self.path).path.endswith("/xmltv.php")
                status, headers, body = panel.answer_guide() if is_guide else panel.answer(asked, sent)
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()
                with suppress(ConnectionError):  # who cancels goes away
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str | None], bytes]:
        """Status, headers and body for a question. None for `Content-Length` sends none."""
        action = asked.get("action", "")
        value = getattr(self, ACTIONS[action]) if action in ACTIONS else self.login
        return 200, {}, json.dumps(value).encode()

    def answer_guide(self) -> tuple[int, dict[str, str | None], bytes]:
        """The same for the guide file."""
        return self.guide_status, self.guide_headers, self.guide_file

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


LOGIN = {"user_info": {"auth": 1, "status": "Active"}, "server_info": {"timezone": "UTC"}}


def category(number: int, name: str) -> dict[str, Any]:
    return {"category_id": str(number), "category_name": name, "parent_id": 0}


def channel(number: int, **more: Any) -> dict[str, Any]:
    return {
        "num": number,
        "name": f"Channel {number}",
        "stream_id": 100 + number,
        "stream_icon": f"http://cdn1.test/c/{number}.png",
        "category_id": str(1 + number % 2),
        "tv_archive": 0,
        "tv_archive_duration": 0,
    } | more


def movie(number: int, **more: Any) -> dict[str, Any]:
    return {
        "num": number,
        "name": f"Film {number}",
        "stream_id": 1000 + number,
        "stream_icon": f"http://cdn1.test/m/{number}.jpg",
        "rating": 6.5,
        "year": 1920 + number % 10,
        "added": 1_600_000_000 + number,
        "category_id": str(1 + number % 2),
        "container_extension": "mp4",
        "plot": f"The story of {number}.",
    } | more


def series(number: int, **more: Any) -> dict[str, Any]:
    return {
        "num": number,
        "name": f"Serial {number}",
        "series_id": 5000 + number,
        "cover": f"http://cdn1.test/s/{number}.jpg",
        "rating": "7",
        "last_modified": str(1_600_000_000 + number),
        "category_id": "1",
        "genre": "Crime",
    } | more
