"""Takes the user's marks along when a panel gave items other ids. The sync records which, and never touches marks.

Whoever opens the user's file beside a library calls `follow_moved_ids`; each batch is followed once, whoever comes
first. When nothing moved it costs one look into an index for each kind.
"""

from __future__ import annotations

from pathlib import Path

from tui_app.store.database import LibraryDatabase, open_library
from tui_app.store.marks import FOLLOWED_KINDS, UserStore
from tui_app.store.move_record import last_move, moves_between


def follow_library(user: UserStore, path: Path, profile: str) -> int:
    """`follow_moved_ids` for whoever has no library open; `path` is that of the library file, which need not exist."""
    if not path.exists():
        return 0
    library = open_library(path, readonly=True, create=False)
    try:
        return follow_moved_ids(user, library, profile)
    finally:
        library.close_all()


def follow_moved_ids(user: UserStore, library: LibraryDatabase, profile: str) -> int:
    """Bring the marks of a profile to the ids its library uses now; how many moved."""
    if user.unwritable:
        return 0
    moved = 0
    for kind in FOLLOWED_KINDS:
        last = last_move(library, kind)
        if not last or last <= (followed := user.followed(profile, kind)):
            continue
        mapping = moves_between(library, kind, followed, last, user.ids_marked(profile, kind))
        moved += user.move_marks(profile, kind, mapping, last)
    return moved
