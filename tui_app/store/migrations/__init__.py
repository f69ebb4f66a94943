"""Numbered changes of the two kinds of files. A new one is a new module and a new line in `LIBRARY` or `USER`.

A migration never uses the models: those describe today's tables, a migration those of its day.
"""

from __future__ import annotations

from tui_app.store.migrations import (
    library_0001_initial,
    library_0002_history,
    library_0003_moved_ids,
    library_0004_guide,
    library_0005_episodes_followed,
    library_0006_natural_order,
    user_0001_initial,
    user_0002_seen_changes,
    user_0003_saved_filters,
    user_0004_favourites,
    user_0005_watching,
)
from tui_app.store.migrations.runner import Family, backup_share, latest, migrate

__all__ = ["LIBRARY", "USER", "Family", "backup_share", "latest", "migrate"]

LIBRARY = Family(
    "library",
    (
        library_0001_initial.apply,
        library_0002_history.apply,
        library_0003_moved_ids.apply,
        library_0004_guide.apply,
        library_0005_episodes_followed.apply,
        library_0006_natural_order.apply,
    ),
)
USER = Family(
    "user",
    (
        user_0001_initial.apply,
        user_0002_seen_changes.apply,
        user_0003_saved_filters.apply,
        user_0004_favourites.apply,
        user_0005_watching.apply,
    ),
)
