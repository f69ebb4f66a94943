"""`FavouriteStore`: folders of favourites and the user's own order of both, in the user's file. Knows no library.

What is a favourite is said by marks alone; here is only where each stands. A favourite without a place is in no folder,
behind those that have one, in the order it was marked in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from tui_app.catalog import NO_FOLDER, Favourite, Kind, Mark
from tui_app.store.database import LibraryDatabase

#: A favourite among those of a profile: kind and provider id.
Key = tuple[str, str]
Entry = TypeVar("Entry")

_JOINED: Final = (
    "FROM mark m LEFT JOIN favourite_place p ON p.profile = m.profile AND p.kind = m.kind AND p.id = m.id "
    "LEFT JOIN folder f ON f.profile = m.profile AND f.name = p.folder "
    f"WHERE m.profile = :profile AND m.mark = '{Mark.FAVOURITE.value}' "
    f"AND m.kind IN ({', '.join(repr(kind.value) for kind in Kind)}) "
    "AND (:kind IS NULL OR m.kind = :kind) AND (:folder IS NULL OR coalesce(f.name, '') = :folder) "
)
_IN_ORDER: Final = (
    "ORDER BY f.name IS NOT NULL, f.position, f.name, p.position IS NULL, p.position, m.at, m.name, m.kind, m.id"
)
_PLACE: Final = "INSERT OR REPLACE INTO favourite_place(profile, kind, id, folder, position) VALUES (?, ?, ?, ?, ?)"
_KINDS: Final = {kind.value: kind for kind in Kind}


class _Placed(NamedTuple):
    """A favourite and its place, None as long as it has none."""

    kind: str
    id: str
    folder: str
    position: int | None

    @property
    def key(self) -> Key:
        return self[:2]


class FavouriteStore:
    """Over the user's file; a part of `UserStore`."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database

    # -------------------------------------------------------------------------------------------------- reading
    def entries(self, profile: str, *, folder: str | None = None, kind: Kind | None = None) -> tuple[Favourite, ...]:
        """The favourites of a folder (None: of all, folder after folder), in the user's order."""
        rows = self._database.rows(
            f"SELECT m.kind, m.id, m.name, coalesce(f.name, ''), m.at {_JOINED} {_IN_ORDER}",
            {"profile": profile, "folder": folder, "kind": kind},
        )
        return tuple(Favourite(_KINDS[row[0]], *row[1:]) for row in rows)

    def counts(self, profile: str, *, kind: Kind | None = None) -> dict[str, int]:
        """Folder → how many are in it; those without any are left out."""
        return dict(
            self._database.rows(
                f"SELECT coalesce(f.name, ''), count(*) {_JOINED} GROUP BY 1",
                {"profile": profile, "folder": None, "kind": kind},
            )
        )

    def folders(self, profile: str) -> tuple[str, ...]:
        """The names of the folders, in the user's order."""
        rows = self._database.rows("SELECT name FROM folder WHERE profile = ? ORDER BY position, name", (profile,))
        return tuple(row[0] for row in rows)

    # ------------------------------------------------------------------------------------------------- folders
    def add_folder(self, profile: str, name: str) -> bool:
        """Make a folder, behind the others; False when there is one of this name."""
        with self._database.writing():
            last = self._database.value("SELECT max(position) FROM folder WHERE profile = ?", (profile,))
            insert = "INSERT OR IGNORE INTO folder(profile, name, position) VALUES (?, ?, ?)"
            return self._database.run(insert, (profile, name, 0 if last is None else last + 1)).rowcount > 0

    def rename_folder(self, profile: str, name: str, new_name: str) -> bool:
        """False when there is a folder of the new name already, or none of the old one."""
        with self._database.writing():
            change = "UPDATE OR IGNORE folder SET name = ? WHERE profile = ? AND name = ?"
            if not self._database.run(change, (new_name, profile, name)).rowcount:
                return False
            self._database.run(
                "UPDATE favourite_place SET folder = ? WHERE profile = ? AND folder = ?", (new_name, profile, name)
            )
            return True

    def remove_folder(self, profile: str, name: str) -> None:
        """Its favourites are in no folder from now on, behind those that were already."""
        with self._database.writing():
            self.put(profile, [placed.key for placed in self._placed(profile, name)], NO_FOLDER)
            self._database.run("DELETE FROM folder WHERE profile = ? AND name = ?", (profile, name))

    def shift_folder(self, profile: str, name: str, step: int) -> bool:
        """Move a folder by one place, up (-1) or down (1); False at the end."""
        with self._database.writing():
            before = list(self.folders(profile))
            after = shifted(before, {name}, step)
            self._database.run_many(
                "UPDATE folder SET position = ? WHERE profile = ? AND name = ?",
                [(place, profile, folder) for place, folder in enumerate(after)] if after != before else (),
            )
            return after != before

    # --------------------------------------------------------------------------------------------------- order
    def put(self, profile: str, keys: Iterable[Key], folder: str) -> int:
        """Bring favourites into a folder, behind those that are in it; how many came from elsewhere.

        They keep their order among themselves. The folder is made when it does not exist.
        """
        wanted = set(keys)
        with self._database.writing():
            if folder != NO_FOLDER:
                self.add_folder(profile, folder)
            self._settle(profile)
            coming = [placed for placed in self._placed(profile) if placed.key in wanted and placed.folder != folder]
            last = self._database.value(
                "SELECT max(position) FROM favourite_place WHERE profile = ? AND folder = ?", (profile, folder)
            )
            first = 0 if last is None else last + 1
            self._database.run_many(
                _PLACE, [(profile, *placed.key, folder, place) for place, placed in enumerate(coming, first)]
            )
        return len(coming)

    def shift(self, profile: str, keys: Collection[Key], step: int, *, kind: Kind | None = None) -> bool:
        """Move favourites by one place inside their folders, up (-1) or down (1); False when all are at the end.

        With a `kind` the places are those among the favourites of this kind: the others stay where they are.
        """
        wanted = set(keys)
        with self._database.writing():
            self._settle(profile)
            by_folder: dict[str, list[_Placed]] = {}
            for placed in self._placed(profile, kind=kind):
                by_folder.setdefault(placed.folder, []).append(placed)
            changes = [
                self._arrange(profile, placed, shifted([one.key for one in placed], wanted, step))
                for placed in by_folder.values()
                if not wanted.isdisjoint(one.key for one in placed)
            ]
            return any(changes)

    def arrange(self, profile: str, keys: Sequence[Key]) -> bool:
        """Bring favourites into this order, each inside its folder; False when they are in it.

        Those that are not named stay where they are.
        """
        rank = {key: place for place, key in enumerate(keys)}
        with self._database.writing():
            self._settle(profile)
            by_folder: dict[str, list[_Placed]] = {}
            for placed in self._placed(profile):
                if placed.key in rank:
                    by_folder.setdefault(placed.folder, []).append(placed)
            changes = [
                self._arrange(profile, placed, sorted((one.key for one in placed), key=rank.__getitem__))
                for placed in by_folder.values()
            ]
            return any(changes)

    def forget_places(self, profile: str, keys: Iterable[Key]) -> None:
        """These are favourites no longer."""
        self._database.run_many(
            "DELETE FROM favourite_place WHERE profile = ? AND kind = ? AND id = ?", [(profile, *key) for key in keys]
        )

    # ----------------------------------------------------------------------------------------- ids that moved
    def move(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        """Bring places from old to new ids. A place that a new id has already stays as it is."""
        rows = self._database.rows(
            "SELECT id, folder, position FROM favourite_place WHERE profile = ? AND kind = ?", (profile, kind)
        )
        self.forget_places(profile, [(kind, old) for old in mapping])  # all leave before any arrives
        self._database.run_many(
            "INSERT OR IGNORE INTO favourite_place(profile, kind, id, folder, position) VALUES (?, ?, ?, ?, ?)",
            [(profile, kind, mapping[row[0]], *row[1:]) for row in rows if row[0] in mapping],
        )

    # --------------------------------------------------------------------------------------------------- inside
    def _placed(self, profile: str, folder: str | None = None, kind: Kind | None = None) -> list[_Placed]:
        rows = self._database.rows(
            f"SELECT m.kind, m.id, coalesce(f.name, ''), p.position {_JOINED} {_IN_ORDER}",
            {"profile": profile, "folder": folder, "kind": kind},
        )
        return list(map(_Placed._make, rows))

    def _settle(self, profile: str) -> None:
        """Give every favourite a place of its own, in the order they are in.

        Writes only what has none, or shares it with another: a file rescued from damage may hold such.
        """
        last: dict[str, int] = {}
        changed: list[tuple[str, str, str, str, int]] = []
        for kind, id, folder, position in self._placed(profile):
            free = last.get(folder, -1) + 1
            place = free if position is None else max(position, free)
            last[folder] = place
            if place != position:
                changed.append((profile, kind, id, folder, place))
        self._database.run_many(_PLACE, changed)

    def _arrange(self, profile: str, placed: Sequence[_Placed], order: Sequence[Key]) -> bool:
        """Deal the places these have out anew; only those that get another one are written."""
        changed = [
            (profile, *key, slot.folder, slot.position)
            for slot, key in zip(placed, order, strict=True)
            if slot.key != key
        ]
        self._database.run_many(_PLACE, changed)
        return bool(changed)


def shifted(entries: Sequence[Entry], wanted: Collection[Entry], step: int) -> list[Entry]:
    """The entries in another order: each wanted one has changed places with its neighbour (`step` -1 before, 1 behind).

    Wanted ones at the end stay there, and others don't push past them.
    """
    order = list(entries) if step < 0 else list(reversed(entries))
    for place in range(1, len(order)):
        if order[place] in wanted and order[place - 1] not in wanted:
            order[place - 1], order[place] = order[place], order[place - 1]
    return order if step < 0 else order[::-1]
