"""The demo library of one seed and size, and the answers of `player_api.php` and `xmltv.php` for it.

Rows are computed when they are requested. A list is cached for its generation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from threading import Lock
from typing import Final

from tui_app.catalog import Kind
from tui_app.demo.artwork import FOLDERS
from tui_app.demo.channels import ChannelGenerator
from tui_app.demo.generations import ExpectedChanges
from tui_app.demo.generator import RowGenerator
from tui_app.demo.guide import TIMEZONE, full_guide, guide_file, short_guide, wall_clock
from tui_app.demo.quirks import Row, encode
from tui_app.demo.vod import MovieGenerator, SeriesGenerator

DEFAULT_SEED: Final = 1895
DEFAULT_CHANNELS: Final = 1_200
DEFAULT_MOVIES: Final = 3_000
DEFAULT_SERIES: Final = 600

_ROWS_A_BLOCK: Final = 200


class DemoLibrary:
    """Channels, movies and series.

    Sizes count distinct items of generation 0, some of which have two rows.
    """

    def __init__(
        self,
        seed: int = DEFAULT_SEED,
        channels: int = DEFAULT_CHANNELS,
        movies: int = DEFAULT_MOVIES,
        series: int = DEFAULT_SERIES,
    ) -> None:
        self.channels = ChannelGenerator(channels, seed)
        self.movies = MovieGenerator(movies, seed)
        self.series = SeriesGenerator(series, seed)

    def generator(self, kind: Kind) -> RowGenerator:
        """Return the generator of a kind. Raises `KeyError` for episodes, which have no list of their own."""
        return {Kind.CHANNEL: self.channels, Kind.MOVIE: self.movies, Kind.SERIES: self.series}[kind]

    def blocks(self, kind: Kind, generation: int, group_id: int = 0) -> Iterator[bytes]:
        """Yield the JSON list of one kind in pieces; `group_id` 0 means all categories."""
        yield b"["
        rows = self.generator(kind).rows(generation, group_id)
        comma = b""
        while block := list(islice(rows, _ROWS_A_BLOCK)):
            yield comma + encode(block)[1:-1]
            comma = b","
        yield b"]"

    def expected_changes(self, kind: Kind, from_generation: int, to_generation: int) -> ExpectedChanges:
        """Return the changes between two generations, in distinct ids.

        Counters and hosts of icons do not count as changes.
        """
        return self.generator(kind).generations.expected(from_generation, to_generation)

    def count(self, kind: Kind, generation: int = 0) -> int:
        """Return the number of distinct items in one generation."""
        return self.generator(kind).generations.count(generation)


_LISTS: Final = {"get_live_streams": Kind.CHANNEL, "get_vod_streams": Kind.MOVIE, "get_series": Kind.SERIES}
_CATEGORIES: Final = {
    "get_live_categories": Kind.CHANNEL,
    "get_vod_categories": Kind.MOVIE,
    "get_series_categories": Kind.SERIES,
}
_CREATED: Final = 1_577_836_800  # 2020-01-01
_EXPIRES: Final = 2_000_000_000  # 2033-05-18
REFUSED: Final = encode({"user_info": {"auth": 0}})
#: The hosts of pictures that the panel serves itself, by two names, as hosts change with each generation.
_PICTURE_HOST: Final = re.compile(rb"cdn([123])\.demo\.invalid(?=\\/(?:%b)\\/)" % "|".join(FOLDERS).encode())
_PICTURE_HOSTS: Final = {b"1": "127.0.0.1", b"2": "localhost", b"3": "127.0.0.1"}


class Answers:
    """The answers of one library. `generation` may be set at any time; the next request uses it.

    `port`: where pictures are served; None: nowhere.
    """

    def __init__(self, library: DemoLibrary, generation: int, clock: Callable[[], float]) -> None:
        self.library = library
        self.generation = generation
        self.port: int | None = None
        self._clock = clock
        self._lists: dict[Kind, tuple[int, bytes]] = {}
        self._locks = {kind: Lock() for kind in _LISTS.values()}

    def answer(self, action: str, parameters: Mapping[str, str]) -> bytes | None:
        """Return the body for an action; None for an unknown one, to which panels send the account."""
        if action in _LISTS:
            group_id = intval(parameters.get("category_id", ""))
            return self._filtered(_LISTS[action], group_id) if group_id else self.full_list(_LISTS[action])
        if action in _CATEGORIES:
            return encode(self.library.generator(_CATEGORIES[action]).categories())
        details = self._details(action, parameters)
        return None if details is None else self._with_picture_hosts(encode(details))

    def full_list(self, kind: Kind) -> bytes:
        """Return the unfiltered list, created once per generation."""
        with self._locks[kind]:
            generation = self.generation
            made_for, body = self._lists.get(kind, (-1, b""))
            if made_for != generation:
                self._lists.pop(kind, None)
                del body  # frees the old list before the new one is built
                growing = bytearray()
                for block in self.library.blocks(kind, generation):
                    growing += block
                body = self._with_picture_hosts(growing)
                self._lists[kind] = (generation, body)
            return body

    def account(self, username: str, password: str, port: int) -> bytes:
        """Return the answer to a login, with user name and password echoed as panels do."""
        now = int(self._clock())
        user_info = {
            "username": username,
            "password": password,
            "message": "Welcome to the demo panel",
            "auth": 1,
            "status": "Active",
            "exp_date": str(_EXPIRES),
            "is_trial": "0",
            "active_cons": "0",
            "created_at": str(_CREATED),
            "max_connections": "1",
            "allowed_output_formats": ["m3u8", "ts"],
        }
        server_info = {
            "url": "127.0.0.1",
            "port": str(port),
            "https_port": "",
            "server_protocol": "http",
            "rtmp_port": "",
            "timezone": TIMEZONE,
            "timestamp_now": now,
            "time_now": wall_clock(now),
            "process": True,
        }
        return encode({"user_info": user_info, "server_info": server_info})

    def guide_file(self) -> Iterator[bytes]:
        """Yield the body of `xmltv.php` in pieces."""
        return guide_file(self.library.channels, int(self._clock()), self.generation)

    def is_playable(self, prefix: str, item_id: int) -> bool:
        """Return whether a stream with this kind and id exists."""
        library, generation = self.library, self.generation
        if prefix == "movie":
            return library.movies.index_of(item_id, generation) is not None
        if prefix == "series":
            return library.series.has_episode(item_id, generation)
        return library.channels.index_of(item_id, generation) is not None

    def _filtered(self, kind: Kind, group_id: int) -> bytes:
        return self._with_picture_hosts(b"".join(self.library.blocks(kind, self.generation, group_id)))

    def _with_picture_hosts(self, body: bytes | bytearray) -> bytes:
        """Return the body with this panel's address in the pictures that it serves."""
        if self.port is None:
            return bytes(body)
        return _PICTURE_HOST.sub(lambda match: f"{_PICTURE_HOSTS[match[1]]}:{self.port}".encode(), body)

    def _details(self, action: str, parameters: Mapping[str, str]) -> Row | None:
        library, generation, now = self.library, self.generation, int(self._clock())
        if action == "get_vod_info":
            index = library.movies.index_of(intval(parameters.get("vod_id", "")), generation)
            return {"info": []} if index is None else library.movies.details(index, generation)
        if action == "get_series_info":
            index = library.series.index_of(intval(parameters.get("series_id", "")), generation)
            return _UNKNOWN_SERIES if index is None else library.series.details(index, generation)
        if action not in ("get_short_epg", "get_simple_data_table"):
            return None
        index = library.channels.index_of(intval(parameters.get("stream_id", "")), generation)
        if index is None:
            return {"epg_listings": []}
        if action == "get_short_epg":
            return short_guide(library.channels, index, now, intval(parameters.get("limit", "")))
        return full_guide(library.channels, index, now, generation)


_UNKNOWN_SERIES: Final[Row] = {"seasons": [], "info": [], "episodes": []}


def intval(text: str) -> int:
    """Convert like PHP's `intval`: leading digits, else 0."""
    match = re.match(r"\s*[+-]?\d{1,18}", text, re.ASCII)
    return int(match[0]) if match else 0
