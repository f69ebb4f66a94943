"""Seasons and episodes out of whatever shape a panel's PHP printed them in.

First everything is flattened to (hint, place, episode); then each episode's season is decided from the best witness:
what it says itself, what its key says, what its siblings say of their index, what its title says. Season 0 is real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tui_app.catalog import Episode, Season
from tui_app.text import fold
from tui_app.xtream import fields
from tui_app.xtream.coerce import epoch, first_of, id_, int_, meta, obj, paragraphs, text, wire_id

_SEASON_EPISODE = re.compile(r"(?<![A-Za-z0-9])S(\d{1,4})\s?[._-]?\s?E(\d{1,5})(?![0-9])", re.IGNORECASE | re.ASCII)
_EPISODE = re.compile(r"(?<![A-Za-z0-9])(?:E|Ep\.?\s?|Episode\s)(\d{1,5})(?![0-9])", re.IGNORECASE | re.ASCII)
_DIGITS = re.compile(r"\d{1,4}", re.ASCII)
_LINK = re.compile(r"(?:https?:)?//\S+", re.IGNORECASE)
_DECORATION: Final = " -–—:|._"
_MOST_EPISODES: Final = 20_000


@dataclass(slots=True)
class _Found:
    """One episode object, with what its surroundings say of its season."""

    raw: Mapping[str, Any]
    key: str | None = None  # of the map it stood under
    index: int | None = None  # of the list it stood in
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def own_season(self) -> int | None:
        for value in (self.raw.get("season"), self.info.get("season")):
            number = int_(value)
            if number is not None and number >= 0:
                return number
        return None

    @property
    def group(self) -> tuple[str | None, int | None]:
        return self.key, self.index


def seasons_from(seasons: object, episodes: object, series_names: Sequence[str] = ()) -> tuple[Season, ...]:
    """The seasons that have episodes, in order; episodes by number, versions of one episode kept apart by id.

    `seasons` and `episodes` are the values of those keys in a `get_series_info` body, of any shape. `series_names` are
    taken off the front of episode titles.
    """
    found = [entry for entry in _flattened(episodes) if _episode_id(entry.raw) is not None][:_MOST_EPISODES]
    by_season: dict[int, list[_Found]] = {}
    for entry, number in zip(found, _season_numbers(found), strict=True):
        by_season.setdefault(number, []).append(entry)
    described = _described(seasons)
    return tuple(
        _season(number, described.get(number, {}), _episodes(number, by_season[number], series_names))
        for number in sorted(by_season)
    )


def _flattened(episodes: object) -> Iterator[_Found]:
    if isinstance(episodes, dict):
        if _is_episode(episodes):
            yield _entry(episodes, None, None)
            return
        for key, slot in episodes.items():
            yield from (_entry(raw, key, None) for raw in _objects(slot))
    elif isinstance(episodes, list):
        for index, slot in enumerate(episodes):
            if isinstance(slot, dict) and _is_episode(slot):
                yield _entry(slot, None, None)
            else:
                yield from (_entry(raw, None, index) for raw in _objects(slot))


def _objects(slot: object) -> list[dict[str, Any]]:
    """The episodes of one season: a list, an object keyed by index, or a single episode."""
    if isinstance(slot, dict):
        return [slot] if _is_episode(slot) else [member for member in slot.values() if isinstance(member, dict)]
    return [member for member in slot if isinstance(member, dict)] if isinstance(slot, list) else []


def _is_episode(value: Mapping[str, Any]) -> bool:
    return any(key in value and not isinstance(value[key], dict | list) for key in ("id", "stream_id", "episode_num"))


def _entry(raw: dict[str, Any], key: str | None, index: int | None) -> _Found:
    return _Found(raw, key, index, obj(raw.get("info")))


def _season_numbers(found: Sequence[_Found]) -> list[int]:
    """The season of each episode, by the best witness."""
    groups: dict[tuple[str | None, int | None], set[int]] = {}
    for entry in found:
        if (own := entry.own_season) is not None:
            groups.setdefault(entry.group, set()).add(own)
    return [_season_number(entry, groups.get(entry.group, set())) for entry in found]


def _season_number(entry: _Found, siblings_say: set[int]) -> int:
    own, by_key = entry.own_season, _number_in(entry.key)
    if own is not None:
        # an episode that contradicts its key is believed only when the whole key agrees with it
        return by_key if by_key is not None and own != by_key and len(siblings_say) > 1 else own
    if by_key is not None:
        return by_key
    if entry.index is not None:
        return min(siblings_say) if len(siblings_say) == 1 else entry.index
    title = _SEASON_EPISODE.search(text(entry.raw.get("title")) or "")
    return int(title[1]) if title else 1


def _number_in(key: str | None) -> int | None:
    digits = _DIGITS.search(key) if key else None
    return int(digits[0]) if digits else None


def _described(seasons: object) -> dict[int, dict[str, Any]]:
    """What the panel says of its seasons, by number; position counts only when none of them has a number."""
    if isinstance(seasons, dict):
        pairs = [(None, seasons)] if "season_number" in seasons or "name" in seasons else list(seasons.items())
    else:
        pairs = [(None, season) for season in seasons] if isinstance(seasons, list) else []
    members = [(key, season) for key, season in pairs if isinstance(season, dict)]
    numbers = [_described_number(key, season) for key, season in members]
    if all(number is None for number in numbers):
        numbers = list(range(1, len(members) + 1))
    described: dict[int, dict[str, Any]] = {}
    for number, (_key, season) in zip(numbers, members, strict=True):
        if number is not None:
            described.setdefault(number, season)
    return described


def _described_number(key: str | None, season: Mapping[str, Any]) -> int | None:
    number = int_(season.get("season_number"))
    if number is None:
        number = _number_in(text(season.get("name")))
    return _number_in(key) if number is None else number


def _season(number: int, described: Mapping[str, Any], episodes: tuple[Episode, ...]) -> Season:
    name = meta(described.get("name"), 120) or ("Specials" if number == 0 else f"Season {number}")
    overview = paragraphs(described.get("overview"))
    if overview is not None and _LINK.fullmatch(overview):  # some panels put the poster's address there
        overview = None
    return Season(number, name, overview, fields.released(described.get("air_date")), episodes)


def _episodes(season: int, found: Sequence[_Found], series_names: Sequence[str]) -> tuple[Episode, ...]:
    containers = {container for entry in found if (container := fields.container(entry.raw.get("container_extension")))}
    usual = containers.pop() if len(containers) == 1 else None
    episodes = [_episode(season, place, entry, series_names, usual) for place, entry in enumerate(found, 1)]
    unique = {episode.id: episode for episode in reversed(episodes)}
    return tuple(sorted((e for e in episodes if unique[e.id] is e), key=lambda episode: episode.number))


def _episode_id(raw: Mapping[str, Any]) -> str | None:
    identity = id_(raw.get("id"))
    return id_(raw.get("stream_id")) if identity is None else identity


def _episode(season: int, place: int, entry: _Found, series_names: Sequence[str], usual: str | None) -> Episode:
    raw, info = entry.raw, entry.info
    identity = _episode_id(raw) or ""
    sent_id = raw.get("id") if id_(raw.get("id")) is not None else raw.get("stream_id")
    title = text(raw.get("title")) or ""
    number = _episode_number(raw, title)
    return Episode(
        id=identity,
        season=season,
        number=place if number is None else number,
        title=_bare_title(title, series_names) or f"Episode {place if number is None else number}",
        wire_id=wire_id(sent_id, identity),
        number_inferred=number is None,
        plot=paragraphs(first_of(info.get(key) for key in ("plot", "overview", "description"))),
        duration_s=fields.duration(info.get("duration_secs"), info.get("duration"), info.get("runtime")),
        released=fields.first_released(info.get(key) for key in fields.RELEASE_KEYS),
        rating=fields.rating(info.get("rating")),
        container=fields.container(raw.get("container_extension")) or usual,
        added=epoch(raw.get("added")),
    )


def _episode_number(raw: Mapping[str, Any], title: str) -> int | None:
    number = int_(raw.get("episode_num"))
    if number is not None and number >= 0:
        return number
    match = _SEASON_EPISODE.search(title)
    if match:
        return int(match[2])
    match = _EPISODE.search(title)
    return int(match[1]) if match else None


def _bare_title(title: str, series_names: Sequence[str]) -> str:
    """`Show - S01E02 - Name` → `Name`: what stands before the episode's number is the series' name or its own mark."""
    match = _SEASON_EPISODE.search(title)
    if match:
        before, after = title[: match.start()].strip(_DECORATION), title[match.end() :].strip(_DECORATION)
        if after or not before or _is_series_name(before, series_names):
            return after
        return before
    for name in series_names:
        if title.casefold().startswith(name.casefold()) and title[len(name) :][:1] in _DECORATION:
            return title[len(name) :].strip(_DECORATION)
    return title


def _is_series_name(before: str, series_names: Sequence[str]) -> bool:
    folded = fold(before)
    return any(
        folded == fold(name) or fold(name).startswith(folded) or folded.startswith(fold(name)) for name in series_names
    )
