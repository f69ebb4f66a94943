"""Movie and series rows, and their details, as a panel sends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_app.demo import quirks
from tui_app.demo.categories import movie_groups, series_groups
from tui_app.demo.facts import Chapter, films, serials
from tui_app.demo.generator import TitleGenerator
from tui_app.demo.seeded_random import SeededRandom
from tui_app.demo.titles import languages
from tui_app.demo.works import Work

_CONTAINERS = ("mp4", "mkv", "mp4", "avi", "MKV", "mkv", "mp4", "ts")


class MovieGenerator(TitleGenerator):
    """Generates the movies of one library."""

    seed_name = "MovieShelf"

    first_id = 100_001
    id_field = "stream_id"
    specials = quirks.MOVIE_SPECIALS

    def __init__(self, size: int, seed: int) -> None:
        super().__init__(size, seed, movie_groups, films() if size else ())

    def row(self, index: int, generation: int, number: int, group_id: int) -> quirks.Row:
        work = self.work(index, generation)
        odd = quirks.is_odd(index, generation)
        row: quirks.Row = {"num": number, "name": self.name(index, work)}
        if index % 6 == 1:
            row["title"] = work.title
        if index % 4:
            row["year"] = quirks.number(work.year, odd)
        row |= self._stream_fields(index, generation, group_id, odd)
        row |= {
            "rating": quirks.rating(work.rating, index, odd),
            "rating_5based": round((work.rating or 0) / 20, 1),
            "plot": work.plot,
            "cast": work.cast,
            "director": work.director,
            "genre": (" / " if index % 5 == 0 else ", ").join(work.genres),
            "release_date": work.released,
            "episode_run_time": quirks.number(work.minutes, not odd),
        }
        if index % 3:
            row["is_adult"] = quirks.number(int(self.group(index).is_adult), odd)
        if index % 5 == 2:  # most panels have it in the details alone
            row["country"] = work.countries
        return row | self.override(index)

    def details(self, index: int, generation: int) -> quirks.Row:
        """Return the answer of `get_vod_info`. Some films have no details, as on real panels."""
        work = self.work(index, generation)
        row = self.row(index, generation, 1, self.group_ids(index)[0])
        movie_data = {key: row[key] for key in _MOVIE_DATA}
        if index >= len(self.facts) and index % 23 == 0:
            return {"info": [], "movie_data": movie_data}
        return {"info": self._info(index, work, row, generation), "movie_data": movie_data}

    def _info(self, index: int, work: Work, row: quirks.Row, generation: int) -> quirks.Row:
        seconds = work.minutes * 60
        return {
            "name": work.title,
            "o_name": work.original,
            "movie_image": row["stream_icon"],
            "cover_big": row["stream_icon"],
            "releasedate": work.released,
            "youtube_trailer": row["trailer"],
            "director": work.director,
            "actors": work.cast,
            "cast": work.cast,
            "description": work.plot,
            "plot": work.plot,
            "age": "",
            "country": work.countries,
            "genre": row["genre"],
            "backdrop_path": [] if index % 3 else [quirks.picture(f"backdrops/{index}.jpg", generation)],
            "duration_secs": quirks.number(seconds, index % 2 == 0),
            "duration": f"{seconds // 3600:02}:{seconds // 60 % 60:02}:00",
            "bitrate": 92,
            "video": {"codec_name": "h264", "width": 320, "height": 180} if index % 5 else [],
            "audio": {"codec_name": "aac", "channels": 1} if index % 5 else [],
            "rating": row["rating"],
        }

    def _stream_fields(self, index: int, generation: int, group_id: int, odd: bool) -> quirks.Row:
        rng = self.rng("stream", index)
        return {
            "stream_type": "movie",
            "stream_id": quirks.number(self.first_id + index, odd and index % 2 == 0),
            "stream_icon": quirks.picture(f"posters/{rng.token(20)}.jpg", generation),
            "trailer": rng.token(11) if index >= len(self.facts) and rng.chance(10) else "",
            "added": quirks.number(self.added(index, rng), not odd),
            "category_id": quirks.number(group_id, not odd),
            "category_ids": list(self.group_ids(index)),
            "container_extension": rng.pick(_CONTAINERS),
            "custom_sid": None,
            "direct_source": "",
        }


_MOVIE_DATA = (
    "stream_id",
    "name",
    "added",
    "category_id",
    "category_ids",
    "container_extension",
    "custom_sid",
    "direct_source",
)


_EPISODE_FIRST_ID: Final = 10_000_000
_EPISODES_A_SERIES: Final = 1_000  # ids reserved for each series
_EPISODES_A_SEASON: Final = 60
_DAY: Final = 86_400


class SeriesGenerator(TitleGenerator):
    """Generates the series of one library."""

    seed_name = "SeriesShelf"

    first_id = 5_001
    id_field = "series_id"
    specials = quirks.SERIES_SPECIALS

    def __init__(self, size: int, seed: int) -> None:
        super().__init__(size, seed, series_groups, [serial.about for serial in serials()] if size else ())

    def row(self, index: int, generation: int, number: int, group_id: int) -> quirks.Row:
        work = self.work(index, generation)
        odd = quirks.is_odd(index, generation)
        row: quirks.Row = {"num": number, "name": self.name(index, work)}
        if index % 6 == 1:
            row["title"] = work.title
        row |= {"series_id": quirks.number(self.first_id + index, odd and index % 2 == 0), "stream_type": "series"}
        row |= self._info(index, generation, work)
        row |= {
            "category_id": quirks.number(group_id, not odd),
            "category_ids": list(self.group_ids(index)),
        }
        if index % 3:
            row["is_adult"] = quirks.number(int(self.group(index).is_adult), odd)
        return row | self.override(index)

    def details(self, index: int, generation: int) -> quirks.Row:
        """Return the answer of `get_series_info`, in one of the shapes that panels use for `episodes`."""
        work = self.work(index, generation)
        by_season = self._episodes(index, work)
        row = self.row(index, generation, 1, self.group_ids(index)[0])
        info = {key: value for key, value in row.items() if key not in ("num", "series_id", "stream_type")}
        seasons = [
            {
                "season_number": season,
                "name": f"Season {season}",
                "episode_count": len(episodes),
                "overview": "",
                "air_date": "",
            }
            for season, episodes in by_season.items()
        ]
        in_a_list = 0 in by_season  # PHP encodes keys that count from 0 as a list
        return {
            "seasons": [] if index % 5 == 2 else seasons,
            "info": info,
            "episodes": list(by_season.values()) if in_a_list else {str(key): rows for key, rows in by_season.items()},
        }

    def has_episode(self, episode_id: int, generation: int) -> bool:
        """Return whether an episode with this id exists."""
        index, slot = divmod(episode_id - _EPISODE_FIRST_ID, _EPISODES_A_SERIES)
        if not self.generations.holds(index, generation):
            return False
        return any(_slot(chapter) == slot for chapter in self._chapters(index))

    def _info(self, index: int, generation: int, work: Work) -> quirks.Row:
        rng = self.rng("stream", index)
        odd = quirks.is_odd(index, generation)
        revision = self.generations.revision(index, generation)
        return {
            "cover": quirks.picture(f"covers/{rng.token(20)}.jpg", generation),
            "plot": work.plot,
            "cast": work.cast,
            "director": work.director,
            "genre": ", ".join(work.genres),
            "releaseDate": work.released,
            "release_date": work.released,
            "last_modified": quirks.number(self.added(index, rng) + revision * _DAY, not odd),
            "rating": quirks.rating(work.rating, index, odd),
            "rating_5based": round((work.rating or 0) / 20, 1),
            "backdrop_path": [quirks.picture(f"backdrops/s{index}.jpg", generation)] if index % 3 else [],
            "youtube_trailer": rng.token(11) if index >= len(self.facts) and rng.chance(10) else "",
            "episode_run_time": quirks.number(work.minutes if index < len(self.facts) else 45, not odd),
        }

    def _episodes(self, index: int, work: Work) -> dict[int, list[quirks.Row]]:
        by_season: dict[int, list[quirks.Row]] = {}
        for chapter in self._chapters(index):
            by_season.setdefault(chapter.season, []).append(self._episode(index, work, chapter))
        return by_season

    def _episode(self, index: int, work: Work, chapter: Chapter) -> quirks.Row:
        episode_id = _EPISODE_FIRST_ID + index * _EPISODES_A_SERIES + _slot(chapter)
        minutes = work.minutes if index < len(self.facts) else 40 + episode_id % 19
        info: quirks.Row = {
            "plot": "" if index < len(self.facts) else f"{chapter.title}: {work.plot}",
            "releasedate": "" if index < len(self.facts) else f"{work.year + max(0, chapter.season - 1)}-03-01",
            "duration_secs": quirks.number(minutes * 60, index % 2 == 0),
            "duration": f"{minutes // 60:02}:{minutes % 60:02}:00",
        }
        return {
            "id": str(episode_id),
            "episode_num": quirks.number(chapter.number, index % 3 == 0),
            "title": f"{work.title} - S{chapter.season:02}E{chapter.number:02} - {chapter.title}",
            "container_extension": "mkv" if index % 2 else "mp4",
            "info": [] if episode_id % 11 == 5 else info,
            "custom_sid": "",
            "added": str(self.added(index, self.rng("stream", index))),
            "season": chapter.season,
            "direct_source": "",
        }

    def _chapters(self, index: int) -> Sequence[Chapter]:
        origin = self.origin(index)
        if origin < len(self.facts):
            return serials()[origin].chapters
        rng = self.rng("episodes", origin)
        first = 0 if rng.chance(8) else 1
        return [
            Chapter(season, number, self._chapter_title(origin, rng))
            for season in range(first, first + rng.between(1, 6))
            for number in range(1, 1 + (2 if season == 0 else rng.between(4, 13)))
        ]

    def _chapter_title(self, origin: int, rng: SeededRandom) -> str:
        return languages()[self.rng("work", origin).pick(self.groups.drawn).language].title(rng)


def _slot(chapter: Chapter) -> int:
    return chapter.season * _EPISODES_A_SEASON + chapter.number
