"""The categories a profile leaves out, under the ids its panel uses now: the settings name ids, and panels change them.

A move is recorded in the library with the categories that show it; the settings follow once, here. What the user
writes there afterwards is meant as it stands.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.errors import SettingsError
from tui_app.settings import ProfileStore
from tui_app.store.category_keys import category_kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.move_record import last_move, moves_between
from tui_app.store.revision import read_meta, write_meta

log = logging.getLogger(__name__)
_FOLLOWED: Final = "left_out_followed"


def follow_left_out(profiles: ProfileStore, profile: str, store: LibraryStore) -> Mapping[Kind, frozenset[str]]:
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
