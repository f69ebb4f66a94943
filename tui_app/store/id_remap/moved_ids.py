"""Record id changes, and bring user marks to the new ids.

A sync records old id → new id in batches (table `moved_id`); it never writes the user database. `follow_moved_ids`
updates the marks when the user database is opened beside a library, each batch once; if nothing changed it costs one
index look-up per kind.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from peewee import fn

from tui_app.store.database import Compiled, LibraryDatabase, compiled, in_json, inserting, parameter
from tui_app.store.opening import open_library
from tui_app.store.query_cache import raise_revision
from tui_app.store.sync_models import MovedId
from tui_app.store.user.user_store import FOLLOWED_KINDS, UserStore


def record_moved_ids(database: LibraryDatabase, kind: str, ids: Mapping[str, str], at: int) -> None:
    """Remember old id → new id, found `at`, of items ("movie") or of categories (`category_keys.category_kind`)."""
    with database.writing():
        batch = max(at, last_move(database, kind) + 1)
        database.run_many(inserting(MovedId), [(kind, batch, old, new) for old, new in ids.items()])
        raise_revision(database)  # whoever remembers that nothing moved looks again


def last_move(database: LibraryDatabase, kind: str) -> int:
    """When ids of a kind moved last (epoch seconds); 0 for never."""
    return int(database.value(_last_move(), {"kind": kind}) or 0)


@cache
def _last_move() -> Compiled:
    return compiled(MovedId.select(fn.MAX(MovedId.at)).where(MovedId.kind == parameter("kind")))


def last_moves(database: LibraryDatabase, kinds: Sequence[str]) -> dict[str, int]:
    """When ids of each kind moved last (epoch seconds); kinds that never moved are left out."""
    rows = database.rows(_LAST_MOVES_SQL, (json.dumps(list(kinds)),))
    return {kind: int(at) for kind, at in rows if at is not None}


# By hand: Peewee can't refer to a row of a function. One index look-up for each kind: grouping would read all moves.
_LAST_MOVES_SQL: Final = "SELECT j.value, (SELECT max(at) FROM moved_id WHERE kind = j.value) FROM json_each(?) j"


def moves_between(database: LibraryDatabase, kind: str, after: int, until: int, ids: Collection[str]) -> dict[str, str]:
    """Return old id → new id for those of `ids` that changed after `after` and until `until`, across batches."""
    now = {id_: id_ for id_ in ids}
    batches = MovedId.select(MovedId.at).where(MovedId.kind == kind, MovedId.at > after, MovedId.at <= until)
    for batch in database.integers(batches.distinct().order_by(MovedId.at)):
        moved = _successors(database, kind, batch, frozenset(now.values()))
        now = {first: moved.get(last, last) for first, last in now.items()}
    return {first: last for first, last in now.items() if first != last}


def _successors(database: LibraryDatabase, kind: str, batch: int, ids: Collection[str]) -> dict[str, str]:
    """Return the new ids of those of `ids` that changed in a batch."""
    return dict(database.rows(_moved(), {"kind": kind, "at": batch, "ids": json.dumps(list(ids))}))


@cache
def _moved() -> Compiled:
    moved = MovedId.select(MovedId.old, MovedId.new)
    of_batch = (MovedId.kind == parameter("kind"), MovedId.at == parameter("at"))
    return compiled(moved.where(*of_batch, in_json(MovedId.old, parameter("ids"))))


def follow_library(user: UserStore, path: Path, profile: str) -> int:
    """Call `follow_moved_ids` with the library file at `path`, which need not exist."""
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
