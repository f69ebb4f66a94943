"""History of syncs: the last runs, and what each of them added, changed and removed, within limits.

Items of a part's first load are recorded under a separate word if they fit, as they are not news.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, NamedTuple

from peewee import JOIN, SQL, Case, Value, fn

from tui_app.catalog import LISTED_KINDS, ChangedItem, Changes, Item, Kind, RunState, SyncRunInfo
from tui_app.errors import LibraryError
from tui_app.store.connection import FoundDamage
from tui_app.store.database import COUNT, LibraryDatabase, fields_of, in_json, inserting
from tui_app.store.items.codec import read_json
from tui_app.store.models import LISTED_MODELS
from tui_app.store.query_cache import QueryCache, raise_revision
from tui_app.store.sync_models import IdMap, SyncChange, SyncRun
from tui_app.store.write.differences import ItemChange

KEPT_RUNS: Final = 20
#: Maximum listed changes per run and in total; beyond it the oldest lists are deleted, their counts kept.
RUN_CHANGES: Final = 20_000
ALL_CHANGES: Final = 100_000
INTERRUPTED: Final = "It was interrupted: the program ended before the sync did."
#: Stored for an item of a first load. Excluded from the index `sync_change_added`; shown as "added".
_FIRST: Final = "first"
#: Key in a run's summary, beside its parts: the number of unlisted changes.
_OMITTED: Final = "omitted"
#: Maximum length of texts in a change list.
_TEXT_LIMIT: Final = 200
_BEFORE_DIFFERENCE: Final = 40
_ELLIPSIS: Final = "…"


#: The columns of an entry beside its key.
_ENTRY: Final = fields_of(SyncChange)[1:]
_PER_RUN: Final = SyncChange.select(SyncChange.run, COUNT).group_by(SyncChange.run)


# ---------------------------------------------------------------------------------------------------- writing
def start_run(database: LibraryDatabase, mode: str, at: int) -> int:
    """Record the start of a sync ("full" or "incremental") and return its number. Keeps the last 20 runs.

    Only one sync of a library runs at a time, so a run still marked as running was interrupted.
    """
    has_changes = fn.EXISTS(SyncChange.select(SQL("1")).where(SyncChange.run == SyncRun.id))
    ended = SyncRun.update(reason=INTERRUPTED, status=Case(None, [(has_changes, "partial")], "failed"))
    with database.writing():
        interrupted = database.run(ended.where(SyncRun.status == "running")).rowcount
        added = database.run(SyncRun.insert(mode=mode, status="running", started_at=at))
        oldest = int(added.lastrowid or 0) - KEPT_RUNS
        leaving = SyncChange.select(SQL("1")).where(SyncChange.run <= oldest, SyncChange.change == "added").limit(1)
        if interrupted or database.value(leaving):
            raise_revision(database)  # which items are new depends on both
        kept = SyncRun.select(SyncRun.id).order_by(SyncRun.id.desc()).limit(KEPT_RUNS)
        database.run(SyncRun.delete().where(SyncRun.id.not_in(kept)))
    return int(added.lastrowid or 0)


def finish_run(
    database: LibraryDatabase,
    run: int,
    status: str,
    at: int,
    *,
    summary: Mapping[str, Changes] | None = None,
    reason: str = "",
) -> None:
    """Record the end ("completed", "partial", "failed", "cancelled") and the counts of each part."""
    counts = {part: asdict(changes) for part, changes in (summary or {}).items()}
    with database.writing():
        merged = fn.json_patch(SyncRun.summary, json.dumps(counts))
        ended = SyncRun.update(status=status, finished_at=at, summary=merged, reason=reason)
        database.run(ended.where(SyncRun.id == run))
        _drop_oldest_lists(database)


def record_changes(database: LibraryDatabase, run: int, changes: Sequence[ItemChange]) -> None:
    """Append changes within the transaction that made them. Those beyond the limit are counted."""
    with database.writing():
        fitting = changes[: max(0, RUN_CHANGES - _recorded(database, run))]
        rows = [(run, c.kind.value, c.id, c.name, c.change, _fields_json(c.fields)) for c in fitting]
        _count_omitted(database, run, len(changes) - len(rows))
        if rows:
            database.run_many(inserting(SyncChange, *_ENTRY), rows)
            raise_revision(database)  # whoever remembers which items are new looks again


def record_first_load(database: LibraryDatabase, run: int, kind: Kind) -> None:
    """List all items of a kind as first load if they fit; otherwise only the counts are kept."""
    with database.writing():
        item = LISTED_MODELS[kind]
        stored = int(database.value(item.select(COUNT)))
        if stored > RUN_CHANGES - _recorded(database, run):
            _count_omitted(database, run, stored)
        else:
            id = fn.COALESCE(IdMap.provider_id, item.id)
            mapped = (item.id < 0) & (IdMap.kind == kind.value) & (IdMap.key == item.id)
            entries = item.select(Value(run), Value(kind.value), id, item.name, Value(_FIRST), Value("{}"))
            entries = entries.join(IdMap, JOIN.LEFT_OUTER, on=mapped).order_by(item.position)
            database.run(SyncChange.insert_from(entries, _ENTRY))


def _recorded(database: LibraryDatabase, run: int) -> int:
    return int(database.value(SyncChange.select(COUNT).where(SyncChange.run == run)))


def _count_omitted(database: LibraryDatabase, run: int, more: int) -> None:
    if more:
        omitted = fn.COALESCE(fn.json_extract(SyncRun.summary, f"$.{_OMITTED}"), 0) + more
        summary = fn.json_set(SyncRun.summary, f"$.{_OMITTED}", omitted)
        database.run(SyncRun.update(summary=summary).where(SyncRun.id == run))


def _drop_oldest_lists(database: LibraryDatabase) -> None:
    kept = 0
    for run, count in database.rows(_PER_RUN.order_by(SyncChange.run.desc())):
        kept += count
        if kept > ALL_CHANGES:
            _count_omitted(database, run, count)
            database.run(SyncChange.delete().where(SyncChange.run == run))


def _fields_json(fields: Mapping[str, tuple[Any, Any]]) -> str:
    if not fields:
        return "{}"
    return json.dumps({name: _cut(old, new) for name, (old, new) in fields.items()}, ensure_ascii=False)


def _cut(old: Any, new: Any) -> tuple[Any, Any]:
    """Cut two long texts around the first difference."""
    if max(len(value) if isinstance(value, str) else 0 for value in (old, new)) <= _TEXT_LIMIT:
        return old, new
    start = 0
    if isinstance(old, str) and isinstance(new, str):
        same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        start = same - _BEFORE_DIFFERENCE if same > _TEXT_LIMIT // 2 else 0
    return _part(old, start), _part(new, start)


def _part(value: Any, start: int) -> Any:
    if not isinstance(value, str):
        return value
    lead = _ELLIPSIS if start else ""
    end = start + _TEXT_LIMIT
    return f"{lead}{value[start:end]}{_ELLIPSIS if len(value) > end else ''}"


# ---------------------------------------------------------------------------------------------------- reading
def get_runs(database: LibraryDatabase, since: int | None = None, *, may_run: bool = True) -> tuple[SyncRunInfo, ...]:
    """Return the stored runs, newest first, without changes; `since`: those that ended then or later.

    If no sync can be running (`may_run` False), one without an end is reported as interrupted.
    """
    with database.reading():
        recorded = dict(database.rows(_PER_RUN))
        rows = database.rows(SyncRun.select(*fields_of(SyncRun)).order_by(SyncRun.id.desc()))
        runs = (_run_info(database, row, recorded.get(row[0], 0)) for row in rows)
        told = (run if may_run or run.status != "running" else _interrupted(run) for run in runs)
        return tuple(run for run in told if since is None or run.at >= since)


def get_changes(
    database: LibraryDatabase, since: int | None = None, *, limit: int | None = None, may_run: bool = True
) -> tuple[SyncRunInfo, ...]:
    """Return the same runs with at most `limit` changes each."""
    with database.reading():
        return tuple(
            replace(run, changes=tuple(changes_by_keys(database, change_keys(database, run.run).keys[:limit]).values()))
            for run in get_runs(database, since, may_run=may_run)
        )


class ChangeKeys(NamedTuple):
    """The keys of a run's changes by kind, then added, changed, removed; 8 bytes each.

    `groups`: (kind, change, count) in the same order.
    """

    keys: array[int]
    groups: tuple[tuple[str, str, int], ...]

    def narrowed(self, kind: Kind | None, *, only_new: bool) -> ChangeKeys:
        """Return the changes of one kind (None: of all), or only the additions among them."""
        keys, groups, at = array("q"), [], 0
        for group in self.groups:
            if kind in (None, group[0]) and (not only_new or group[1] == "added"):
                keys += self.keys[at : at + group[2]]
                groups.append(group)
            at += group[2]
        return ChangeKeys(keys, tuple(groups))


def change_keys(database: LibraryDatabase, run: int) -> ChangeKeys:
    """Return the keys of a run's changes."""
    order = (SyncChange.kind, SyncChange.change)
    of_run = SyncChange.select(SyncChange.id).where(SyncChange.run == run).order_by(*order, SyncChange.id)
    groups = SyncChange.select(*order, fn.COUNT(SyncChange.id)).where(SyncChange.run == run).group_by(*order)
    with database.reading():
        return ChangeKeys(database.integers(of_run), tuple(database.rows(groups.order_by(*order))))


def changes_by_keys(database: LibraryDatabase, keys: Sequence[int]) -> dict[int, ChangedItem]:
    """Return key → change in the order of the keys, omitting deleted ones."""
    rows = database.rows(SyncChange.select(SyncChange.id, *_ENTRY[1:]).where(in_json(SyncChange.id, keys)))
    found = {row[0]: _changed_item(*row[1:]) for row in rows}
    return {key: found[key] for key in keys if key in found}


def _interrupted(run: SyncRunInfo) -> SyncRunInfo:
    """Return the run as `start_run` will record it."""
    return replace(run, status="partial" if run.recorded else "failed", reason=INTERRUPTED)


def last_runs(database: LibraryDatabase) -> tuple[RunState, ...]:
    """Return the outcomes of stored runs, newest first."""
    runs = SyncRun.select(SyncRun.started_at, SyncRun.status, SyncRun.reason)
    rows = database.rows(runs.order_by(SyncRun.id.desc()))
    return tuple(RunState(*row) for row in rows)


def _run_info(database: LibraryDatabase, row: Sequence[Any], recorded: int) -> SyncRunInfo:
    run, mode, status, started_at, finished_at, summary, reason = row
    counts, omitted = read_json(summary, _counts, "the summary of a sync")
    if not counts and recorded:  # running or interrupted
        counts = _counted(database, run)
    return SyncRunInfo(run, mode, status, finished_at or started_at, started_at, counts, reason, recorded, omitted)


def _counts(parts: dict[str, Any]) -> tuple[dict[str, Changes], int]:
    """Return the changes of each part, and the number of unlisted changes."""
    omitted = int(parts.pop(_OMITTED, 0))
    return {part: Changes(**values) for part, values in parts.items()}, omitted


def _counted(database: LibraryDatabase, run: int) -> dict[str, Changes]:
    by = (SyncChange.kind, SyncChange.change)
    rows = database.rows(SyncChange.select(*by, COUNT).where(SyncChange.run == run).group_by(*by))
    found = {kind: {_change_word(change): count for of, change, count in rows if of == kind} for kind in LISTED_KINDS}
    try:
        return {kind.plural: Changes(**counts) for kind, counts in found.items() if counts}
    except TypeError as error:
        raise FoundDamage("the list of changes can't be read") from error


def _changed_item(kind: str, id: str, name: str, change: str, fields: str) -> ChangedItem:
    try:
        pairs = {field: (old, new) for field, (old, new) in json.loads(fields).items()}
        return ChangedItem(Kind(kind), id, name, _change_word(change), pairs)
    except (ValueError, TypeError, AttributeError) as error:  # not written by this program
        raise LibraryError("The list of changes is damaged.", hint="Run: xtream-tui cache check") from error


def _change_word(change: str) -> str:
    return "added" if change == _FIRST else change


# ------------------------------------------------------------------------------------------------------- news
def first_unseen_run(database: LibraryDatabase, seen_at: int | None) -> int | None:
    """Return the first run that ended after the user last viewed the changes, or is running; None if none."""
    ended_at = fn.COALESCE(SyncRun.finished_at, SyncRun.started_at)
    is_unseen = (SyncRun.status == "running") | (ended_at > (-1 if seen_at is None else seen_at))
    run = database.value(SyncRun.select(fn.MIN(SyncRun.id)).where(is_unseen))
    return None if run is None else int(run)


def mark_new(database: LibraryDatabase, cache: QueryCache, items: Sequence[Item], first_run: int) -> tuple[Item, ...]:
    """Return the items, with those added by this or a later run marked as new. One index look-up per item."""
    new: set[tuple[Kind, str]] = set()
    added = cache.get_or_make(("added since", first_run), lambda: _kinds_added_since(database, first_run))
    for kind in {item.kind for item in items} & added:
        known: dict[str, bool] = cache.get_or_make(("new", kind, first_run), dict)
        ids = {item.id for item in items if item.kind is kind}
        if unknown := ids.difference(known):
            question = {"kind": kind.value, "ids": json.dumps(sorted(unknown)), "run": first_run}
            found = {row[0] for row in database.rows(NEW_SQL, question)}
            known.update({id: id in found for id in unknown})
        new.update((kind, id) for id in ids if known[id])
    return tuple(replace(item, is_new=True) if (item.kind, item.id) in new else item for item in items)


def added_since(database: LibraryDatabase, first_run: int) -> dict[Kind, list[str]]:
    """Return the ids added by this or a later run by kind, the newest first."""
    rows = database.rows(
        SyncChange.select(SyncChange.kind, SyncChange.item)
        .where(SyncChange.run >= first_run, SyncChange.change == "added")
        .order_by(SyncChange.id.desc())
    )
    found: dict[str, dict[str, None]] = {}
    for kind, id in rows:
        found.setdefault(kind, {})[id] = None
    return {kind: list(found[kind]) for kind in LISTED_KINDS if kind in found}


def _kinds_added_since(database: LibraryDatabase, first_run: int) -> frozenset[Kind]:
    """Return the kinds with items added by this or a later run: usually none, which saves the look-ups."""
    rows = database.rows(
        "SELECT j.value FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM sync_change INDEXED BY sync_change_added "
        "WHERE change = 'added' AND kind = j.value AND run >= ?)",
        (json.dumps([kind.value for kind in Kind]), first_run),
    )
    return frozenset(Kind(row[0]) for row in rows)


# By hand, like the one above: Peewee has no INDEXED BY, and SQLite would take the index of the runs.
NEW_SQL: Final = (
    "SELECT item FROM sync_change INDEXED BY sync_change_added WHERE change = 'added' AND kind = :kind "
    "AND item IN (SELECT value FROM json_each(:ids)) AND run >= :run"
)
