"""Store and read programmes: now and next of many channels, programmes of one channel, age of the data.

A channel has up to two guides: one fetched for the channel alone, and one of its EPG id from an XMLTV file, which
channels may share. Where both cover a moment, the newer one is used.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from peewee import SQL, fn

from tui_app.catalog import ChannelGuide, GridRow, Kind, NowNext, Programme
from tui_app.store.database import (
    COUNT,
    Compiled,
    LibraryDatabase,
    compiled,
    deleting,
    fields_of,
    inserting,
    parameter,
    rows_with,
)
from tui_app.store.items.episodes import has_key
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.models import Channel, Guide, GuideProgramme, ProgrammeTitle
from tui_app.store.search_models import ProgrammeNames, removal_sql, search_command
from tui_app.store.sync_models import SyncState
from tui_app.text import fold

#: Maximum duration in seconds; see `xtream.epg.times`.
LONGEST_S: Final = 86_400
#: Maximum duration of a programme without an end.
ASSUMED_S: Final = 6 * 3600
#: Programmes are kept from the start of yesterday, or as far back as the channel's archive.
KEPT_BACK_S: Final = 2 * 86_400
KEPT_AHEAD_S: Final = 14 * 86_400
LONGEST_ARCHIVE_DAYS: Final = 31

_COLUMNS: Final = "p.start, p.stop, t.title, p.description, p.has_archive, p.start_text"
_PROGRAMME: Final = (
    *(GuideProgramme.start, GuideProgramme.stop, ProgrammeTitle.title),
    *(GuideProgramme.description, GuideProgramme.has_archive, GuideProgramme.start_text),
)


_Pair = tuple[Programme | None, Programme | None]  # current, next


class GuideAge(NamedTuple):
    """Number of stored programmes, and fetch times of the newest and oldest guide (epoch seconds, None without any)."""

    programmes: int
    newest: int | None
    oldest: int | None


class _Guide(NamedTuple):
    """A stored guide; `channel` is set if it was fetched for one channel."""

    key: int
    channel: int | None
    epg: str | None
    at: int
    fresh_until: int
    day_until: int


def epg_name(epg_id: str) -> str:
    """Return an EPG id in the form SQLite's `lower` produces, so that the index is used."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in epg_id.strip())


# ------------------------------------------------------------------------------------------------------- writing
def save_programmes(
    database: LibraryDatabase,
    channel_id: str,
    programmes: Sequence[Programme],
    at: int,
    *,
    fresh_until: int,
    day_until: int | None = None,
) -> None:
    """Store the programmes fetched for one channel at `at` (epoch seconds); () records that it has no EPG.

    Replaces what is stored between the first and the last of them; `day_until` is set for the whole table. One
    transaction; an unknown channel is ignored.
    """
    with database.writing():
        for key in known_keys(database, Kind.CHANNEL, (channel_id,)):
            if has_key(database, Kind.CHANNEL, key):
                guide = _own_guide(database, key, at, fresh_until, day_until)
                _replace_between(database, guide, programmes)


def _own_guide(database: LibraryDatabase, channel: int, at: int, fresh_until: int, day_until: int | None) -> int:
    values = {"channel": channel, "at": at, "fresh_until": fresh_until, "day_until": day_until or 0}
    return int(database.value(_storing_guide(renews_day=day_until is not None), values))


@cache
def _storing_guide(*, renews_day: bool) -> Compiled:
    """Return the statement that stores the guide of one channel and returns its key."""
    row = Guide.insert({name: parameter(name) for name in ("channel", "at", "fresh_until", "day_until")})
    renewed = (Guide.at, Guide.fresh_until, *((Guide.day_until,) if renews_day else ()))
    return compiled(row.on_conflict(conflict_target=[Guide.channel], preserve=renewed).returning(Guide.key))


def _replace_between(database: LibraryDatabase, guide: int, programmes: Sequence[Programme]) -> None:
    if not programmes:
        return
    database.run_many(_deleting_between(), [(guide, programmes[0].start, programmes[-1].start)])
    titles = title_keys(database, {one.title for one in programmes})
    database.run_many(
        inserting(GuideProgramme, *fields_of(GuideProgramme)[1:]),
        [
            (guide, one.start, one.stop, titles[one.title], one.description, one.has_archive, one.start_text)
            for one in programmes
        ],
    )


@cache
def _deleting_between() -> Compiled:
    covered = GuideProgramme.start.between(parameter(), parameter())
    return compiled(GuideProgramme.delete().where(GuideProgramme.guide == parameter(), covered))


def title_keys(database: LibraryDatabase, titles: Collection[str]) -> dict[str, int]:
    """Return the keys of titles, inserting and indexing new ones. Requires a transaction."""
    columns = (ProgrammeTitle.title, ProgrammeTitle.id)
    found: dict[str, int] = dict(rows_with(database, ProgrammeTitle.title, titles, columns))
    new = [title for title in titles if title not in found]
    if new:
        insert = inserting(ProgrammeTitle, ProgrammeTitle.title, ProgrammeTitle.fold)
        database.run_many(insert, [(title, fold(title)) for title in new])
        found = dict(rows_with(database, ProgrammeTitle.title, titles, columns))
        database.run_many(inserting(ProgrammeNames), sorted((found[title], fold(title)) for title in new))
    return found


def forget_guide(database: LibraryDatabase) -> None:
    """Delete the whole EPG, including the record of fetches. One transaction."""
    with database.writing():
        for table in (GuideProgramme, ProgrammeTitle, Guide):
            database.run(table.delete())
        database.run(*search_command(ProgrammeNames, "delete-all"))
        database.run(SyncState.update(body_digest=None, total=0).where(SyncState.part == "guide"))


def prune_programmes(database: LibraryDatabase, now: int) -> int:
    """Delete programmes outside the window and of removed channels; return how many.

    The window is from the day before yesterday, or the channel's archive, to two weeks ahead.
    """
    with database.writing():
        before = count_programmes(database)
        # +epg: the index of an expression has no affinity, and the column's would keep it from being used
        named = Channel.select(SQL("1")).where(fn.lower(Channel.epg_id) == SQL("+epg"), Channel.epg_id.is_null(False))
        is_unnamed = Guide.epg.is_null(False) & ~fn.EXISTS(named)
        database.run(Guide.delete().where(Guide.channel.not_in(Channel.select(Channel.id)) | is_unnamed))
        database.run(GuideProgramme.delete().where(GuideProgramme.guide.not_in(Guide.select(Guide.key))))
        database.run(GuideProgramme.delete().where(GuideProgramme.start > now + KEPT_AHEAD_S))
        oldest = kept_from(database, now)
        database.run_many(
            GuideProgramme.delete().where(GuideProgramme.guide == parameter(), GuideProgramme.start < parameter()),
            [(key, oldest.get(key, now - KEPT_BACK_S)) for key in database.integers(Guide.select(Guide.key))],
        )
        forget_unused_titles(database)
        return before - count_programmes(database)


def count_programmes(database: LibraryDatabase) -> int:
    """Return the number of stored programmes."""
    return int(database.value(GuideProgramme.select(COUNT)))


def kept_from(database: LibraryDatabase, now: int) -> dict[int, int]:
    """Return guide → start of the kept period, for guides of channels with an archive."""
    longest = Channel.select(Guide.key, fn.MAX(Channel.archive_days)).where(Channel.archive_days > 0)
    own = longest.join(Guide, on=Guide.channel == Channel.id).group_by(Guide.key)
    shared = longest.join(Guide, on=Guide.epg == fn.lower(Channel.epg_id)).group_by(Guide.key)
    rows = database.rows(own) + database.rows(shared.where(Channel.epg_id.is_null(False)))
    return {key: now - KEPT_BACK_S - min(days, LONGEST_ARCHIVE_DAYS) * 86_400 for key, days in rows}


def forget_unused_titles(database: LibraryDatabase) -> None:
    """Delete titles without programmes. Requires a transaction."""
    used = GuideProgramme.select(SQL("1")).where(GuideProgramme.title == ProgrammeTitle.id)
    gone = database.rows(ProgrammeTitle.select(ProgrammeTitle.id, ProgrammeTitle.fold).where(~fn.EXISTS(used)))
    database.run_many(removal_sql(ProgrammeNames), gone)
    database.run_many(deleting(ProgrammeTitle), [row[:1] for row in gone])


# ------------------------------------------------------------------------------------------------------- reading
def get_now_next(database: LibraryDatabase, channel_ids: Sequence[str], now: int) -> dict[str, NowNext]:
    """Return the programmes on at `now` and next, for every known id: about 2 ms per hundred channels.

    `fresh_until` is 0 if the channel was never fetched and no file covers the moment.
    """
    with database.reading():
        keys = known_keys(database, Kind.CHANNEL, channel_ids)
        guides = _guides_of(database, keys)
        around = _around(database, [guide.key for found in guides.values() for guide in found], now)
        ids = provider_ids(database, Kind.CHANNEL, list(guides))
    return {ids[key]: _now_next(found, around) for key, found in guides.items()}


def get_programmes(database: LibraryDatabase, channel_id: str, start: int, stop: int) -> ChannelGuide:
    """Return a channel's programmes that are on between `start` and `stop`, without overlaps.

    The newer guide is used, the other one fills its gaps. Empty for an unknown channel.
    """
    with database.reading():
        guides = _guides_of(database, known_keys(database, Kind.CHANNEL, (channel_id,)))
        found = [guide for guides_of_one in guides.values() for guide in guides_of_one]
        kept: list[Programme] = []
        for guide in found:
            kept = _with_gaps_filled(kept, _between(database, guide.key, start, stop))
        has_any = bool(kept) or any(database.value(_any_of(), {"guide": guide.key}) for guide in found)
    own = [guide for guide in found if guide.channel is not None]
    at = max((guide.at for guide in found), default=None)
    day_until = max((guide.day_until for guide in own), default=0)
    return ChannelGuide(tuple(kept), at, day_until, has_none=bool(own) and not has_any)


def get_grid(database: LibraryDatabase, channel_ids: Sequence[str], start: int, stop: int) -> dict[str, GridRow]:
    """Return the programmes of many channels that are on between `start` and `stop`, as `get_programmes` does.

    They have no descriptions. About 4 ms for 40 channels and six hours.
    """
    with database.reading():
        guides = _guides_of(database, known_keys(database, Kind.CHANNEL, channel_ids))
        on = _on_between(database, [guide.key for found in guides.values() for guide in found], start, stop)
        days = dict(rows_with(database, Channel.id, list(guides), (Channel.id, Channel.archive_days)))
        ids = provider_ids(database, Kind.CHANNEL, list(guides))
    rows: dict[str, GridRow] = {}
    for key, found in guides.items():
        kept: list[Programme] = []
        for guide in found:
            kept = _with_gaps_filled(kept, on.get(guide.key, []))
        rows[ids[key]] = GridRow(tuple(kept), days.get(key) or 0)
    return rows


def _on_between(database: LibraryDatabase, guides: Sequence[int], start: int, stop: int) -> dict[int, list[Programme]]:
    """Return guide → its programmes between two times. Of those that began before, only the last can still be on."""
    sql = (
        "SELECT p.guide, p.start, p.stop, t.title, '', p.has_archive, p.start_text FROM json_each(?1) j "
        "CROSS JOIN programme p ON p.guide = j.value AND p.start < ?3 AND p.start >= "
        "coalesce((SELECT max(start) FROM programme WHERE guide = j.value AND start <= ?2), ?2) "
        "CROSS JOIN programme_title t ON t.id = p.title ORDER BY j.key, p.start"
    )
    found: dict[int, list[Programme]] = {}
    for guide, *row in database.rows(sql, (json.dumps(guides), start, stop)):
        found.setdefault(guide, []).append(_programme(row))
    return {guide: _without_overlaps(programmes, start) for guide, programmes in found.items()}


def guide_age(database: LibraryDatabase) -> GuideAge:
    """Return the amount and age of the stored EPG."""
    newest, oldest = database.rows(Guide.select(fn.MAX(Guide.at), fn.MIN(Guide.at)))[0]
    return GuideAge(count_programmes(database), newest, oldest)


def channels_covered(database: LibraryDatabase) -> int:
    """Return the number of channels of which programmes are stored."""
    filled = Guide.key.in_(GuideProgramme.select(GuideProgramme.guide))
    own = Guide.select(Guide.channel).where(filled, Guide.channel.is_null(False))
    shared = Guide.select(Guide.epg).where(filled, Guide.epg.is_null(False))
    covered = Channel.select().where(Channel.id.in_(own) | fn.LOWER(Channel.epg_id).in_(shared))
    return int(covered.count(database))


def _guides_of(database: LibraryDatabase, keys: Sequence[int]) -> dict[int, list[_Guide]]:
    """Return channel key → its guides, newest first; () for a channel without any."""
    asked = json.dumps(list(keys))
    # By hand, like the next one: Peewee can't join a function by its columns. CROSS JOIN: few channels are read first.
    sql = (
        "SELECT c.id, g.key, g.channel, g.epg, g.at, g.fresh_until, g.day_until "
        "FROM json_each(?1) j CROSS JOIN channel c ON c.id = j.value LEFT JOIN guide g ON g.channel = c.id "
        "UNION ALL SELECT c.id, g.key, g.channel, g.epg, g.at, g.fresh_until, g.day_until "
        "FROM json_each(?1) j CROSS JOIN channel c ON c.id = j.value CROSS JOIN guide g ON g.epg = lower(c.epg_id)"
    )
    found: dict[int, list[_Guide]] = {}
    for row in database.rows(sql, (asked,)):
        guides = found.setdefault(row[0], [])
        if row[1] is not None:
            guides.append(_Guide(*row[1:]))
    for guides in found.values():
        guides.sort(key=lambda guide: -guide.at)
    return found


def _around(database: LibraryDatabase, guides: Iterable[int], now: int) -> Mapping[int, _Pair]:
    """Return guide → (current, next) programme."""
    sql = (
        f"SELECT j.value, {_COLUMNS} FROM json_each(?1) j CROSS JOIN programme p ON p.id IN ("
        "(SELECT id FROM programme WHERE guide = j.value AND start <= ?2 ORDER BY start DESC LIMIT 1), "
        "(SELECT id FROM programme WHERE guide = j.value AND start > ?2 ORDER BY start LIMIT 1)) "
        "CROSS JOIN programme_title t ON t.id = p.title"
    )
    found: dict[int, _Pair] = {}
    for guide, *row in database.rows(sql, (json.dumps(list(dict.fromkeys(guides))), now)):
        one, (running, following) = _programme(row), found.get(guide, (None, None))
        if one.start > now:
            following = one
        elif one.stop > now:
            running = one
        found[guide] = running, following
    return found


def _now_next(guides: Sequence[_Guide], around: Mapping[int, _Pair]) -> NowNext:
    """Combine the newest guide's answer with the other guide's for what it lacks."""
    pairs = [around.get(guide.key, (None, None)) for guide in guides]
    running = next((now for now, _ in pairs if now is not None), None)
    end = _end(running)
    pairs.sort(key=lambda pair: pair[0] is not running)  # stable sort: the others stay newest first
    following = next((one for now, one in pairs if one and (now is running or one.start >= end)), None)
    if running is not None and following is not None and end > following.start:
        running = replace(running, stop=following.start)
    fresh = [
        guide.fresh_until if guide.channel is not None else _end(around.get(guide.key, (None, None))[0])
        for guide in guides
    ]
    return NowNext(running, following, max((guide.at for guide in guides), default=None), max(fresh, default=0))


def _end(programme: Programme | None) -> int:
    return 0 if programme is None else programme.stop


def _between(database: LibraryDatabase, guide: int, start: int, stop: int) -> list[Programme]:
    """Return programmes by start; where two overlap, the earlier one ends where the later one starts."""
    asked = {"guide": guide, "earliest": start - LONGEST_S, "latest": stop - 1, "start": start}
    found = [_programme(row) for row in database.rows(_running_between(), asked)]
    return _without_overlaps(found, start)


def _without_overlaps(found: Sequence[Programme], start: int) -> list[Programme]:
    cut = [replace(one, stop=after.start) if one.stop > after.start else one for one, after in pairwise(found)]
    return [one for one in (*cut, *found[-1:]) if one.stop > start]


@cache
def _running_between() -> Compiled:
    start_in_reach = GuideProgramme.start.between(parameter("earliest"), parameter("latest"))
    is_asked = (GuideProgramme.guide == parameter("guide"), start_in_reach, GuideProgramme.stop > parameter("start"))
    titled = GuideProgramme.select(*_PROGRAMME).join(ProgrammeTitle, on=ProgrammeTitle.id == GuideProgramme.title)
    return compiled(titled.where(*is_asked).order_by(GuideProgramme.start))


@cache
def _any_of() -> Compiled:
    return compiled(GuideProgramme.select(SQL("1")).where(GuideProgramme.guide == parameter("guide")).limit(1))


def _with_gaps_filled(kept: list[Programme], others: Sequence[Programme]) -> list[Programme]:
    """Return `kept` plus those of `others` that overlap none of them."""
    if not kept:
        return list(others)
    starts = [one.start for one in kept]

    def is_free(other: Programme) -> bool:
        index = bisect_left(starts, other.stop)  # the first that starts at or after its end
        return index == 0 or kept[index - 1].stop <= other.start

    return sorted([*kept, *filter(is_free, others)], key=lambda one: one.start)


def _programme(row: Sequence[Any]) -> Programme:
    start, stop, title, description, has_archive, start_text = row
    return Programme(start, stop, title, description, None if has_archive is None else bool(has_archive), start_text)
