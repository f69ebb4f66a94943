"""The whole demo library of one seed and size. Holds no rows: every one is computed when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tui_app.catalog import Kind
from tui_app.demo.channels import ChannelGenerator
from tui_app.demo.generations import ExpectedChanges
from tui_app.demo.generator import RowGenerator
from tui_app.demo.php_json import encode
from tui_app.demo.vod import MovieGenerator, SeriesGenerator

DEFAULT_SEED: Final = 1895
DEFAULT_CHANNELS: Final = 1_200
DEFAULT_MOVIES: Final = 3_000
DEFAULT_SERIES: Final = 600

_ROWS_A_BLOCK: Final = 200


class DemoLibrary:
    """Channels, movies and series; sizes count distinct items of generation 0, some of which have two rows."""

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

    def shelf(self, kind: Kind) -> RowGenerator:
        """Raises KeyError for episodes: they have no list of their own."""
        return {Kind.CHANNEL: self.channels, Kind.MOVIE: self.movies, Kind.SERIES: self.series}[kind]

    def blocks(self, kind: Kind, generation: int, group_id: int = 0) -> Iterator[bytes]:
        """The JSON list of one kind in pieces; `group_id` 0 means all categories."""
        yield b"["
        rows = self.shelf(kind).rows(generation, group_id)
        comma = b""
        while block := list(islice(rows, _ROWS_A_BLOCK)):
            yield comma + encode(block)[1:-1]
            comma = b","
        yield b"]"

    def expected_changes(self, kind: Kind, from_generation: int, to_generation: int) -> ExpectedChanges:
        """What a comparison of two generations must find, in distinct ids. Counters and icon hosts are no changes."""
        return self.shelf(kind).generations.expected(from_generation, to_generation)

    def count(self, kind: Kind, generation: int = 0) -> int:
        """Distinct items of one generation."""
        return self.shelf(kind).generations.count(generation)
