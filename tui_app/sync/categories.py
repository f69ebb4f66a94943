"""Sync the categories of each kind, and migrate the profile's excluded categories when the panel changes their ids.

Category lists are short, so each is replaced as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tui_app.catalog import LISTED_KINDS, UNCATEGORISED_ID, Category, Changes, Kind, PartState
from tui_app.errors import LoginRefused, PanelError, SettingsError
from tui_app.events import PartStatus
from tui_app.settings import ProfileStore
from tui_app.store.id_remap.moved_ids import last_move, moves_between, record_moved_ids
from tui_app.store.items.categories import category_kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.query_cache import read_meta, write_meta
from tui_app.store.write.sync_state import StoredPart
from tui_app.sync.id_remap import moved_categories
from tui_app.sync.report import CATEGORIES, PartOutcome
from tui_app.xtream.client import PanelClient


async def sync_categories(
    client: PanelClient, store: LibraryStore, kinds: Sequence[Kind], now: Callable[[], int]
) -> PartOutcome:
    """Fetch and write the categories of all `kinds`. When one kind fails, its stored categories are kept.

    Raises `LoginRefused`, and the first error when every kind failed.
    """
    changes, reasons, errors = Changes(), [], []
    for kind in kinds:
        try:
            found = await _sync_kind(client, store, kind, now)
        except LoginRefused:
            raise
        except PanelError as error:
            errors.append(error)
            found = f"the categories of {kind.plural}: {error.message.rstrip('.')}"
        if isinstance(found, str):
            reasons.append(found)
            found = Changes(total=len(_stored(store, kind)))
        changes = _sum(changes, found)
    if errors and len(errors) == len(kinds):
        raise errors[0]
    status: PartStatus = "partial" if reasons else "completed"
    reason = "; ".join(reasons)
    before = store.read_part_state(CATEGORIES).state
    at = now()
    completed_at = before.completed_at if reasons else at
    state = PartState(CATEGORIES, status, at, completed_at, reason)
    store.write_part_state(StoredPart(state, None, changes.total))
    return PartOutcome(status, changes, reason, errors[0] if errors else None)


async def _sync_kind(client: PanelClient, store: LibraryStore, kind: Kind, now: Callable[[], int]) -> Changes | str:
    """Return the changes, or the reason why the stored categories were kept.

    An answer with extra text around the list is accepted only if it contains every stored category.
    """
    rows, verdict = await client.fetch_categories(kind)
    stored = _stored(store, kind)
    if stored:
        if not rows:
            return f"the provider returned no categories of {kind.plural}; the stored ones were kept"
        names_all = {row.id for row in rows}.issuperset(category.id for category in stored)
        if not verdict.complete and not (verdict.sound and names_all):
            return f"the list of categories of {kind.plural} was cut short or damaged; the stored ones were kept"
    with store.transaction():
        if moved := moved_categories(stored, rows):
            record_moved_ids(store.database, category_kind(kind), moved, now())
        return store.save_categories(kind, rows)


def _stored(store: LibraryStore, kind: Kind) -> list[Category]:
    """Return the stored categories without "Uncategorised", which the panel does not send."""
    return [category for category in store.get_categories(kind) if category.id != UNCATEGORISED_ID]


def _sum(one: Changes, other: Changes) -> Changes:
    return Changes(
        *(getattr(one, name) + getattr(other, name) for name in Changes.__dataclass_fields__),
    )


log = logging.getLogger(__name__)
_FOLLOWED: Final = "left_out_followed"


def follow_excluded(profiles: ProfileStore, profile: str, store: LibraryStore) -> Mapping[Kind, frozenset[str]]:
    """Map a profile's excluded categories to their current ids, save them if they changed, and return them by kind.

    Call it before and after the category sync: the first call sets the time from which id changes are followed. If
    the settings can't be written, the change is retried at the next sync. Raises `SettingsError` when they can't be
    read, `UsageError` when the profile no longer exists.
    """
    settings = profiles.get_sync_settings(profile)
    before = {kind: settings.excluded_categories.get(kind, ()) for kind in LISTED_KINDS}
    after = {kind: _today(store, kind, ids) for kind, ids in before.items()}
    if after != before:
        kept = {kind: ids for kind, ids in after.items() if ids}
        try:
            profiles.save_sync_settings(profile, replace(settings, excluded_categories=kept))
        except SettingsError as error:
            log.warning("categories left out of the sync can't follow their new ids: %s", error)
            return {kind: frozenset(ids) for kind, ids in after.items()}
    with store.transaction():
        for kind in LISTED_KINDS:
            write_meta(store.database, _meta(kind), str(last_move(store.database, category_kind(kind))))
    return {kind: frozenset(ids) for kind, ids in after.items()}


def _today(store: LibraryStore, kind: Kind, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the current ids without duplicates. Id changes before the first call are ignored."""
    followed = read_meta(store.database, _meta(kind))
    if followed is None or not ids:
        return ids
    moved = category_kind(kind)
    mapping = moves_between(store.database, moved, int(followed), last_move(store.database, moved), ids)
    return tuple(dict.fromkeys(mapping.get(id_, id_) for id_ in ids))


def _meta(kind: Kind) -> str:
    return f"{_FOLLOWED}:{kind}"
