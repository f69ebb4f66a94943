"""Movie rows and movie details as a panel sends them."""

from __future__ import annotations

from tui_app.demo import quirks
from tui_app.demo.facts import films
from tui_app.demo.groups import movie_groups
from tui_app.demo.title_shelf import TitleShelf
from tui_app.demo.works import Work

_CONTAINERS = ("mp4", "mkv", "mp4", "avi", "MKV", "mkv", "mp4", "ts")


class MovieShelf(TitleShelf):
    """The movies of one library."""

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
        return row | self.override(index)

    def details(self, index: int, generation: int) -> quirks.Row:
        """The answer of `get_vod_info`. Some films have none, as on real panels."""
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
        dice = self.dice("stream", index)
        return {
            "stream_type": "movie",
            "stream_id": quirks.number(self.first_id + index, odd and index % 2 == 0),
            "stream_icon": quirks.picture(f"posters/{dice.token(20)}.jpg", generation),
            "trailer": dice.token(11) if index >= len(self.facts) and dice.chance(10) else "",
            "added": quirks.number(self.added(index, dice), not odd),
            "category_id": quirks.number(group_id, not odd),
            "category_ids": list(self.group_ids(index)),
            "container_extension": dice.pick(_CONTAINERS),
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
