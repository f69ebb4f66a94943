"""Parse `get_vod_info` and `get_series_info` answers.

Any field may be missing or malformed; such fields become None, so that they never replace list data. An unknown id
gives empty details, not an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tui_app.catalog import Details, Episode, Kind, Season
from tui_app.errors import BadAnswer
from tui_app.xtream import fields
from tui_app.xtream.coerce import epoch, first_of, id_, int_, meta, obj, paragraphs, text, wire_id
from tui_app.xtream.episode_titles import Numbers, bare_title, numbers_in_field, numbers_in_title, season_in
from tui_app.xtream.json_repair import find_value
from tui_app.xtream.login import is_web_page, refusal_in_object, refusal_of
from tui_app.xtream.rows import RowContext, title_facts

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


_LINK = re.compile(r"(?:https?:)?//\S+", re.IGNORECASE)
_MOST_EPISODES: Final = 20_000
_LAST_SEASON: Final = 9_999  # a year, at most
_DEEPEST: Final = 3  # lists of lists

#: The key or list index of an episode's group; episodes of one group are siblings.
_Group = tuple[str | None, int | None]


@dataclass(slots=True)
class _Found:
    """An episode object with all hints about its season."""

    raw: Mapping[str, Any]
    key: str | None = None  # key of the containing map
    index: int | None = None  # index of the containing list
    id: str = ""
    info: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    titled: Numbers | None = None  # numbers parsed from its title
    own: int | None = None  # its own season field
    numbers: Numbers | None = None

    @property
    def group(self) -> _Group:
        return self.key, self.index


def seasons_from(seasons: object, episodes: object, series_names: Sequence[str] = ()) -> tuple[Season, ...]:
    """Return the seasons with episodes, in order; episodes by number, versions of an episode separated by id.

    `seasons` and `episodes` are the values of those keys in a `get_series_info` body, in any structure.
    `series_names` are removed from the start of episode titles.
    """
    found = _unique(_flattened(episodes) if episodes else _flattened(seasons, nested_only=True))
    by_season: dict[int, list[_Found]] = {}
    for entry, number in zip(found, _season_numbers(found), strict=True):
        by_season.setdefault(number, []).append(entry)
    described = _described(seasons, by_season.keys())
    return tuple(
        _season(number, described.get(number, {}), by_season[number], series_names) for number in sorted(by_season)
    )


# ---------------------------------------------------------------------------------------------------- flattening
def _flattened(value: object, key: str | None = None, *, nested_only: bool = False, depth: int = 0) -> Iterator[_Found]:
    """Yield every episode object in maps, lists, nested lists, and seasons that contain their episodes.

    `nested_only`: direct members of `value` are seasons, not episodes.
    """
    members: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        members = ((key, value),) if not nested_only and _is_episode(value) else value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for position, slot in members:
        hint = position if isinstance(position, str) and key is None else key
        if isinstance(slot, dict) and isinstance(slot.get("episodes"), dict | list):
            yield from _flattened(slot["episodes"], _season_key(slot, hint), depth=depth + 1)
        elif isinstance(slot, dict) and _is_episode(slot):
            if not nested_only:
                yield _Found(slot, hint)
        elif isinstance(slot, dict | list) and depth < _DEEPEST:
            yield from _in_slot(slot, hint, position if isinstance(position, int) and key is None else None, depth)


def _in_slot(slot: dict[str, Any] | list[Any], key: str | None, index: int | None, depth: int) -> Iterator[_Found]:
    """Yield the episodes of one season: a list, or an object by index."""
    for entry in _flattened(list(slot.values()) if isinstance(slot, dict) else slot, key, depth=depth + 1):
        if key is None and entry.key is None:
            entry.index = index
        yield entry


def _season_key(season: Mapping[str, Any], hint: str | None) -> str | None:
    """Return the key of a season that contains its episodes."""
    stated = first_of((season.get("season_number"), season.get("season"), season.get("name"), hint))
    return text(stated) or hint


def _is_episode(value: Mapping[str, Any]) -> bool:
    return any(key in value and not isinstance(value[key], dict | list) for key in ("id", "stream_id", "episode_num"))


def _unique(entries: Iterator[_Found]) -> list[_Found]:
    """Return episodes with an id, the first of each id."""
    found: dict[str, _Found] = {}
    for entry in entries:
        identity = _episode_id(entry.raw)
        if identity is None or identity in found:
            continue
        found[identity] = entry
        _read(entry, identity)
        if len(found) == _MOST_EPISODES:
            break
    return list(found.values())


def _read(entry: _Found, identity: str) -> None:
    entry.id = identity
    entry.info = obj(entry.raw.get("info"))
    entry.title = text(entry.raw.get("title")) or text(entry.raw.get("name")) or ""
    entry.titled = numbers_in_title(entry.title)
    entry.numbers = numbers_in_field(entry.raw.get("episode_num")) or entry.titled
    stated = (_stated_season(entry.raw.get("season")), _stated_season(entry.info.get("season")))
    entry.own = next((number for number in stated if number is not None), None)


def _stated_season(value: object) -> int | None:
    number = int_(value)
    if number is None:
        stated = season_in(text(value, 60))
        return stated.number if stated else None
    return number if 0 <= number <= _LAST_SEASON else None


# ------------------------------------------------------------------------------------------------ season numbers
def _season_numbers(found: Sequence[_Found]) -> list[int]:
    """Return the season of each episode from the most reliable source."""
    by_key = {key: stated.number for key in {entry.key for entry in found} if (stated := season_in(key))}
    shift = _index_shift(found)
    misplaced = _wrongly_declared(found, by_key)
    return [
        by_key[entry.key] if (entry.group, entry.own) in misplaced else _season_number(entry, by_key, shift)
        for entry in found
    ]


def _season_number(entry: _Found, by_key: Mapping[str | None, int], shift: Mapping[int, int]) -> int:
    if entry.own is not None:
        return entry.own
    if entry.key in by_key:
        return by_key[entry.key]
    if entry.index is not None:
        return shift.get(entry.index, entry.index)
    return entry.titled.season if entry.titled and entry.titled.season is not None else 1


def _index_shift(found: Sequence[_Found]) -> dict[int, int]:
    """Return the season per index of a nested list, if its or the other episodes reveal the offset."""
    stated: dict[int, set[int]] = defaultdict(set)
    for entry in found:
        if entry.index is not None:
            stated[entry.index] |= {entry.own} if entry.own is not None else set()
    known = {index: min(numbers) for index, numbers in stated.items() if len(numbers) == 1}
    shifts = {number - index for index, number in known.items()}
    if len(shifts) != 1:
        return known
    shift = shifts.pop()
    return {index: index + shift for index in stated if index + shift >= 0} | known


def _wrongly_declared(found: Sequence[_Found], by_key: Mapping[str | None, int]) -> set[tuple[_Group, int | None]]:
    """Return (group, declared season) pairs where the key is trusted instead of the episodes' own season.

    An episode's own season counts, unless two episodes would then have the same number and by their keys would not.
    """
    at_own: dict[tuple[int, int], set[_Group]] = defaultdict(set)
    at_key: dict[tuple[int, int], set[tuple[_Group, int | None]]] = defaultdict(set)
    contradicting: dict[tuple[_Group, int | None], list[_Found]] = defaultdict(list)
    for entry in found:
        number, keyed = entry.numbers.episode if entry.numbers else None, by_key.get(entry.key)
        if entry.own is not None and keyed is not None and entry.own != keyed:
            contradicting[entry.group, entry.own].append(entry)
        season = keyed if entry.own is None else entry.own
        if number is not None and season is not None:
            at_own[season, number].add(entry.group)
        if number is not None and keyed is not None:
            at_key[keyed, number].add((entry.group, entry.own))
    return {
        who
        for who, entries in contradicting.items()
        if any(e.numbers and len(at_own[e.own or 0, e.numbers.episode]) > 1 for e in entries)
        and not any(e.numbers and len(at_key[by_key[e.key], e.numbers.episode]) > 1 for e in entries)
    }


# ------------------------------------------------------------------------------------- what is said of a season
def _described(seasons: object, numbers: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Return the panel's season objects by number; the position counts only if none has a number."""
    if isinstance(seasons, dict):
        pairs = [(None, seasons)] if "season_number" in seasons or "name" in seasons else list(seasons.items())
    else:
        pairs = [(None, season) for season in seasons] if isinstance(seasons, list) else []
    members = [
        (_described_number(key, season), season) for key, season in pairs[:_MOST_EPISODES] if isinstance(season, dict)
    ]
    if all(number is None for number, _ in members):
        members = [(position, season) for position, (_, season) in enumerate(members, 1)]
    described: dict[int, Mapping[str, Any]] = {}
    shift = _names_shift(members, set(numbers))
    for number, season in members:
        if number is not None:
            described.setdefault(number + shift, season)
    return described


def _described_number(key: str | None, season: Mapping[str, Any]) -> int | None:
    for value in (season.get("season_number"), season.get("season")):
        if (number := _stated_season(value)) is not None:
            return number
    stated = season_in(text(season.get("name"))) or season_in(key)
    return stated.number if stated else None


def _names_shift(members: Sequence[tuple[int | None, Mapping[str, Any]]], numbers: set[int]) -> int:
    """Return the offset by which a season list counts differently from names and episodes: usually from 0."""
    named = [
        (number, stated.number)
        for number, season in members
        if number is not None and (stated := season_in(text(season.get("name")))) is not None
    ]
    shifts = {name - number for number, name in named}
    if len(shifts) != 1:
        return 0
    shift = shifts.pop()
    return shift if numbers <= {number + shift for number, _ in members if number is not None} else 0


def _season(number: int, stated: Mapping[str, Any], found: Sequence[_Found], series_names: Sequence[str]) -> Season:
    overview = paragraphs(stated.get("overview"))
    if overview is not None and _LINK.fullmatch(overview):  # some panels put the poster URL there
        overview = None
    name = meta(stated.get("name"), 120) or _season_name(number, found)
    return Season(
        number, name, overview, fields.released(stated.get("air_date")), _episodes(number, found, series_names)
    )


def _season_name(number: int, found: Sequence[_Found]) -> str:
    spans = {season_in(entry.key) for entry in found}
    span = spans.pop() if len(spans) == 1 else None
    if span and span.number == number and span.last:
        return f"Seasons {number}-{span.last}"
    return "Specials" if number == 0 else f"Season {number}"


# ------------------------------------------------------------------------------------------------------ episodes
def _episodes(season: int, found: Sequence[_Found], series_names: Sequence[str]) -> tuple[Episode, ...]:
    containers = {container for entry in found if (container := fields.container(entry.raw.get("container_extension")))}
    usual = containers.pop() if len(containers) == 1 else None
    episodes = [_episode(season, position, entry, series_names, usual) for position, entry in enumerate(found, 1)]
    return tuple(sorted(episodes, key=lambda episode: episode.number))


def _episode_id(raw: Mapping[str, Any]) -> str | None:
    identity = id_(raw.get("id"))
    return id_(raw.get("stream_id")) if identity is None else identity


def _episode(season: int, position: int, entry: _Found, series_names: Sequence[str], usual: str | None) -> Episode:
    raw, info = entry.raw, entry.info
    sent_id = raw.get("id") if id_(raw.get("id")) is not None else raw.get("stream_id")
    numbers = entry.numbers or Numbers(position)
    return Episode(
        id=entry.id,
        season=season,
        number=numbers.episode,
        last_number=numbers.last,
        title=bare_title(entry.title, series_names) or f"Episode {numbers.words}",
        wire_id=wire_id(sent_id, entry.id),
        number_inferred=entry.numbers is None,
        plot=paragraphs(first_of(info.get(key) for key in ("plot", "overview", "description"))),
        duration_s=fields.duration(info.get("duration_secs"), info.get("duration"), info.get("runtime")),
        released=fields.first_released(info.get(key) for key in fields.RELEASE_KEYS),
        rating=fields.rating(info.get("rating")),
        container=fields.container(raw.get("container_extension")) or usual,
        added=epoch(raw.get("added")),
    )
