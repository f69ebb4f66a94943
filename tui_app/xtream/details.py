"""Parse `get_vod_info` and `get_series_info` answers.

Any field may be missing or malformed; such fields become None, so that they never replace list data. An unknown id
gives empty details, not an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui_app.catalog import Details, Kind
from tui_app.errors import BadAnswer
from tui_app.xtream import fields
from tui_app.xtream.coerce import id_, meta, obj, text
from tui_app.xtream.json_repair import find_value
from tui_app.xtream.login import is_web_page, refusal_in_object, refusal_of
from tui_app.xtream.rows import RowContext, title_facts
from tui_app.xtream.seasons import seasons_from

NO_CONTEXT: Final = RowContext("")
_WRAPPERS: Final = ("info", "movie_data", "seasons", "episodes")


def movie_details_from(body: bytes, movie_id: str, context: RowContext = NO_CONTEXT) -> Details:
    """Return the details in a `get_vod_info` body. `movie_data` of another film (a stale cache) is ignored.

    Raises UnsupportedAction, LoginRefused, Overloaded or BadAnswer when the body contains no details.
    """
    whole = _whole_object(body)
    info = obj(whole.get("info")) if "info" in whole or "movie_data" in whole else whole
    data = obj(whole.get("movie_data"))
    if id_(data.get("stream_id")) not in (None, id_(movie_id)):
        data = {}
    container = fields.container(data.get("container_extension"))
    return _details(Kind.MOVIE, info, data, context, container=container)


def series_details_from(body: bytes, *, list_name: str = "", context: RowContext = NO_CONTEXT) -> Details:
    """Return the details in a `get_series_info` body, with all seasons that have episodes.

    `list_name` is the series' name in the list, which is removed from episode titles. Raises like
    `movie_details_from`.
    """
    whole = _whole_object(body)
    info = obj(whole.get("info")) if any(key in whole for key in _WRAPPERS) else whole
    series_names = [name for name in (list_name, text(info.get("name")), text(info.get("title"))) if name]
    seasons = seasons_from(whole.get("seasons"), whole.get("episodes"), series_names)
    return _details(Kind.SERIES, info, {}, context, seasons=seasons)


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


def _details(kind: Kind, info: Mapping[str, Any], data: Mapping[str, Any], context: RowContext, **more: Any) -> Details:
    facts = title_facts(kind, info, context) | more
    facts["year"] = facts["year"] or fields.year(data.get("year")) or fields.year(facts["released"])
    names = (meta(info.get(key), 300) for key in ("name", "o_name", "title"))
    return Details(name=next(filter(None, names), None) or meta(data.get("name"), 300), **facts)
