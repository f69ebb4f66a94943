"""Takes the user's marks along when a panel gave items other ids. The sync records which, and never touches marks.

Whoever opens the user's file beside a library calls `follow_moved_ids`; each batch is followed once, whoever comes
first. When nothing moved it costs one statement: a look into an index for each kind.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tui_app.store.database import LibraryDatabase, open_library
from tui_app.store.query_cache import raise_revision
from tui_app.store.user.user_store import FOLLOWED_KINDS, UserStore


def record_moved_ids(database: LibraryDatabase, kind: str, ids: Mapping[str, str], at: int) -> None:
    """Remember old id → new id, found `at`, of items ("movie") or of categories (`category_keys.category_kind`)."""
    with database.writing():
        last = database.value("SELECT max(at) FROM moved_id WHERE kind = ?", (kind,))
        batch = at if last is None else max(at, int(last) + 1)
        rows = [(kind, batch, old, new) for old, new in ids.items()]
        database.run_many("INSERT INTO moved_id(kind, at, old, new) VALUES (?, ?, ?, ?)", rows)
        raise_revision(database)  # whoever remembers that nothing moved looks again


def last_move(database: LibraryDatabase, kind: str) -> int:
    """When ids of a kind moved last (epoch seconds); 0 for never."""
    return int(database.value("SELECT max(at) FROM moved_id WHERE kind = ?", (kind,)) or 0)


def last_moves(database: LibraryDatabase, kinds: Sequence[str]) -> dict[str, int]:
    """When ids of each kind moved last (epoch seconds); kinds that never moved are left out."""
    # one index look-up a kind: grouping would read all moves
    rows = database.rows(
        "SELECT j.value, (SELECT max(at) FROM moved_id WHERE kind = j.value) FROM json_each(?) j",
        (json.dumps(list(kinds)),),
    )
    return {kind: int(at) for kind, at in rows if at is not None}


def moves_between(database: LibraryDatabase, kind: str, after: int, until: int, ids: Collection[str]) -> dict[str, str]:
    """Which of `ids`, as they were `after` (epoch seconds), had moved by `until`, and where to: batch after batch."""
    now = {id_: id_ for id_ in ids}
    rows = database.rows(
        "SELECT DISTINCT at FROM moved_id WHERE kind = ? AND at > ? AND at <= ? ORDER BY at", (kind, after, until)
    )
    for (batch,) in rows:
        moved = _successors(database, kind, batch, frozenset(now.values()))
        now = {first: moved.get(last, last) for first, last in now.items()}
    return {first: last for first, last in now.items() if first != last}


def _successors(database: LibraryDatabase, kind: str, batch: int, ids: Collection[str]) -> dict[str, str]:
    """The new ids of those of `ids` that moved in a batch."""
    rows = database.rows(
        "SELECT old, new FROM moved_id WHERE kind = ? AND at = ? AND old IN (SELECT value FROM json_each(?))",
        (kind, batch, json.dumps(list(ids))),
    )
    return dict(rows)


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
    for kind, last in last_moves(library, FOLLOWED_KINDS).items():
        if last <= (followed := user.followed(profile, kind)):
            continue
        mapping = moves_between(library, kind, followed, last, user.ids_marked(profile, kind))
        moved += user.move_marks(profile, kind, mapping, last)
    return moved
