"""The first part of a sync: the categories of each kind. They are few, so each list is taken whole."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tui_app.catalog import LISTED_KINDS, UNCATEGORISED_ID, Category, Changes, Kind, PartState
from tui_app.errors import LoginRefused, PanelError, SettingsError
from tui_app.events import PartStatus
from tui_app.settings import ProfileStore
from tui_app.store.id_remap.record import last_move, moves_between, record_moved_ids
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
    """Fetch and write the categories of all kinds. One kind's trouble leaves its stored ones and the others alone.

    Raises `LoginRefused`, and the first error when no kind worked.
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
    """What changed, or why the stored categories were kept.

    A list with other text around it is taken when none of the stored ones is missing in it.
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
    """The panel's categories as stored; "Uncategorised" is ours, not the panel's."""
    return [category for category in store.get_categories(kind) if category.id != UNCATEGORISED_ID]


def _sum(one: Changes, other: Changes) -> Changes:
    return Changes(
        *(getattr(one, name) + getattr(other, name) for name in Changes.__dataclass_fields__),
    )


log = logging.getLogger(__name__)
_FOLLOWED: Final = "left_out_followed"


def follow_excluded(profiles: ProfileStore, profile: str, store: LibraryStore) -> Mapping[Kind, frozenset[str]]:
    """Bring a profile's excluded categories to the ids of today, in its settings too; which they are.

    Call it before the categories are synced, which says what counts as moved since, and after. Where the settings can't
    be written they follow the next time. Raises `SettingsError` where they can't be read, `UsageError` when the profile
    is gone.
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
    """The ids of now, each once. What moved before anybody looked for it is no matter of these ids."""
    followed = read_meta(store.database, _meta(kind))
    if followed is None or not ids:
        return ids
    moved = category_kind(kind)
    mapping = moves_between(store.database, moved, int(followed), last_move(store.database, moved), ids)
    return tuple(dict.fromkeys(mapping.get(id_, id_) for id_ in ids))


def _meta(kind: Kind) -> str:
    return f"{_FOLLOWED}:{kind}"
