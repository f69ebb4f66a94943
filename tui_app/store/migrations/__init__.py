"""Numbered migrations of the library and user databases.

To change a schema, add a module and append it to `LIBRARY` or `USER`. A migration must not use the models: models
describe the current tables, a migration those of its version.
"""

from __future__ import annotations

from tui_app.store.migrations import (
    library,
    library_0006_natural_order,
    user,
)
from tui_app.store.migrations.runner import Family, backup_share, latest, migrate

__all__ = ["LIBRARY", "USER", "Family", "backup_share", "latest", "migrate"]

LIBRARY = Family(
    "library",
    (
        library.create_library,
        library.add_run_summaries,
        library.add_moved_ids,
        library.replace_guide,
        library.add_former_episodes,
        library_0006_natural_order.apply,
    ),
)
USER = Family(
    "user",
    (
        user.create_marks,
        user.add_seen_changes,
        user.add_saved_filters,
        user.add_folders,
        user.add_playing,
    ),
)
