"""Parse `get_vod_info` and `get_series_info` answers.

Any field may be missing or malformed; such fields become None, so that they never replace list data. An unknown id
gives empty details, not an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tui_app.catalog import Details
from tui_app.errors import BadAnswer
from tui_app.xtream import fields
from tui_app.xtream.coerce import first_of, id_, meta, obj, paragraphs, text
from tui_app.xtream.json_repair import find_value
from tui_app.xtream.login import is_web_page, refusal_in_object, refusal_of
from tui_app.xtream.seasons import seasons_from

_PLOTS: Final = ("plot", "description", "overview")
_WRAPPERS: Final = ("info", "movie_data", "seasons", "episodes")


def movie_details_from(body: bytes, movie_id: str) -> Details:
    """Return the details in a `get_vod_info` body. `movie_data` of another film (a stale cache) is ignored.

    Raises UnsupportedAction, LoginRefused, Overloaded or BadAnswer when the body contains no details.
    """
    whole = _whole_object(body)
    info = obj(whole.get("info")) if "info" in whole or "movie_data" in whole else whole
    data = obj(whole.get("movie_data"))
    if id_(data.get("stream_id")) not in (None, id_(movie_id)):
        data = {}
    return _details(info, data, container=fields.container(data.get("container_extension")))


def series_details_from(body: bytes, *, list_name: str = "") -> Details:
    """Return the details in a `get_series_info` body, with all seasons that have episodes.

    `list_name` is the series' name in the list, which is removed from episode titles. Raises like
    `movie_details_from`.
    """
    whole = _whole_object(body)
    info = obj(whole.get("info")) if any(key in whole for key in _WRAPPERS) else whole
    series_names = [name for name in (list_name, text(info.get("name")), text(info.get("title"))) if name]
    seasons = seasons_from(whole.get("seasons"), whole.get("episodes"), series_names)
    run_time = fields.duration(None, None, info.get("episode_run_time"), info.get("episode_runtime"))
    return _details(info, {}, seasons=seasons, duration_s=run_time)


def _whole_object(body: bytes) -> dict[str, Any]:
    """Return the object in a body; `{}` for an empty body or a list, which is how PHP encodes an empty object."""
    if not body.strip():
        return {}
    found = find_value(body)
    if found is None:
        if is_web_page(body):
            raise BadAnswer("The panel answered with a web page in place of the details.")
        raise refusal_of(text(body[:300].decode("utf-8", "replace")) or "")
    whole = obj(found.value)
    if whole and not any(key in whole for key in _WRAPPERS):
        refusal = refusal_in_object({key: value for key, value in whole.items() if key != "status" or len(whole) == 1})
        if refusal is not None:
            raise refusal
    return whole


def _details(info: Mapping[str, Any], data: Mapping[str, Any], **more: Any) -> Details:
    duration = fields.duration(
        info.get("duration_secs"), info.get("duration"), info.get("episode_run_time"), info.get("runtime")
    )
    rating = fields.rating(info.get("rating"), info.get("rating_5based"))
    released = fields.first_released(_values(info, *fields.RELEASE_KEYS))
    common: dict[str, Any] = {
        "name": meta(first_of(_values(info, "name", "o_name", "title")), 300) or meta(data.get("name"), 300),
        "plot": paragraphs(first_of(_values(info, *_PLOTS))),
        "cast": meta(first_of(_values(info, "cast", "actors"))),
        "director": meta(info.get("director")),
        "genre": meta(info.get("genre")),
        "year": fields.year(info.get("year")) or fields.year(data.get("year")) or fields.year(released),
        "rating": rating,
        "released": released,
        "duration_s": duration,
        "trailer": fields.trailer(info.get("youtube_trailer")) or fields.trailer(info.get("trailer")),
        "tmdb": fields.positive(info.get("tmdb_id")) or fields.positive(info.get("tmdb")),
        "country": meta(info.get("country"), 200),
        "age": meta(first_of(_values(info, "age", "mpaa_rating")), 40),
        "video": _video(obj(info.get("video"))),
        "audio": _audio(obj(info.get("audio"))),
        "subtitles": _subtitles(first_of(_values(info, "subtitles", "subtitle"))),
        "bitrate": fields.positive(info.get("bitrate")),
    }
    return Details(**common | more)


def _values(source: Mapping[str, Any], *keys: str) -> Iterable[object]:
    return (source.get(key) for key in keys)


def _video(probe: Mapping[str, Any]) -> str | None:
    width, height = fields.positive(probe.get("width")), fields.positive(probe.get("height"))
    size = f"{width}x{height}" if width and height else None
    return " ".join(filter(None, (size, meta(probe.get("codec_name"), 40)))) or None


def _audio(probe: Mapping[str, Any]) -> str | None:
    channels = fields.positive(probe.get("channels"))
    return " ".join(filter(None, (meta(probe.get("codec_name"), 40), f"{channels}ch" if channels else None))) or None


def _subtitles(value: object) -> str | None:
    """Return the languages in a list of `{index, language, title}`, or the texts of a list."""
    members = value if isinstance(value, list) else [value]
    names: list[str] = []
    for member in members[:100]:
        if isinstance(member, dict):
            tags = obj(member.get("tags"))
            member = first_of((member.get("language"), tags.get("language"), member.get("title")))
        if isinstance(member, str) and (name := meta(member, 60)):
            names.append(name)
    return ", ".join(dict.fromkeys(names)) or None
