"""The first part of a sync: the categories of each kind. They are few, so each list is taken whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_app.catalog import UNCATEGORISED_ID, Category, Changes, Kind, PartState
from tui_app.errors import LoginRefused, PanelError
from tui_app.store.category_keys import category_kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.move_record import record_moved_ids
from tui_app.store.state import StoredPart
from tui_app.sync.id_migration import moved_categories
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
    status = "partial" if reasons else "completed"
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
