"""`FavouriteStore`: folders of favourites, and the user's order of both, in the user's file.

The marks alone decide what is a favourite; this stores where each one stands. A favourite without a position is in no
folder, after those with one, in the order of marking.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from peewee import JOIN, ModelSelect, fn

from tui_app.catalog import NO_FOLDER, Favourite, Kind, Mark
from tui_app.store.database import LibraryDatabase, deleting, inserting
from tui_app.store.user.sharing import note_edits
from tui_app.store.user_models import FavouritePlace, Folder, MarkRow

#: A favourite among those of a profile: kind and provider id.
Key = tuple[str, str]
Entry = TypeVar("Entry")

_KINDS: Final = {kind.value: kind for kind in Kind}


class _Placed(NamedTuple):
    """A favourite and its position, None if it has none yet."""

    kind: str
    id: str
    folder: str
    position: int | None

    @property
    def key(self) -> Key:
        return self[:2]


class FavouriteStore:
    """The favourites in the user's file; part of `UserStore`."""

    def __init__(self, database: LibraryDatabase) -> None:
        self._database = database

    # -------------------------------------------------------------------------------------------------- reading
    def entries(self, profile: str, *, folder: str | None = None, kind: Kind | None = None) -> tuple[Favourite, ...]:
        """Return the favourites of a folder, or of all folders for None, in the user's order."""
        columns = (MarkRow.kind, MarkRow.id, MarkRow.name, _FOLDER, MarkRow.at)
        query = _in_order(_favourites(columns, profile, folder, kind))
        return tuple(Favourite(_KINDS[row[0]], *row[1:]) for row in query.tuples().execute(self._database))

    def counts(self, profile: str, *, kind: Kind | None = None) -> dict[str, int]:
        """Return folder → number of favourites, without empty folders."""
        query = _favourites((_FOLDER, fn.COUNT(MarkRow.id)), profile, None, kind).group_by(_FOLDER)
        return dict(query.tuples().execute(self._database))

    def folders(self, profile: str) -> tuple[str, ...]:
        """Return the names of the folders, in the user's order."""
        query = Folder.select(Folder.name).where(Folder.profile == profile).order_by(Folder.position, Folder.name)
        return tuple(row[0] for row in query.tuples().execute(self._database))

    # ------------------------------------------------------------------------------------------------- folders
    def add_folder(self, profile: str, name: str) -> bool:
        """Create a folder, last in order; return False when there is one of this name."""
        with self._database.writing():
            if self._has_folder(profile, name):
                return False
            last = Folder.select(fn.MAX(Folder.position)).where(Folder.profile == profile).scalar(self._database)
            Folder.insert(profile=profile, name=name, position=0 if last is None else last + 1).execute(self._database)
            note_edits(self._database, profile, Folder, [(name,)])
            return True

    def rename_folder(self, profile: str, name: str, new_name: str) -> bool:
        """Rename a folder; return False when the new name is taken or the old one does not exist."""
        with self._database.writing():
            if not self._has_folder(profile, name):
                return False
            if new_name != name and self._has_folder(profile, new_name):
                return False
            of_profile = Folder.profile == profile
            keys = [placed.key for placed in self._placed(profile, name)]
            Folder.update(name=new_name).where(of_profile, Folder.name == name).execute(self._database)
            inside = (FavouritePlace.profile == profile, FavouritePlace.folder == name)
            FavouritePlace.update(folder=new_name).where(*inside).execute(self._database)
            note_edits(self._database, profile, FavouritePlace, keys)
            note_edits(self._database, profile, Folder, [(name,), (new_name,)])
            return True

    def remove_folder(self, profile: str, name: str) -> None:
        """Remove a folder; its favourites move to the end of those without a folder."""
        with self._database.writing():
            self.put(profile, [placed.key for placed in self._placed(profile, name)], NO_FOLDER)
            Folder.delete().where(Folder.profile == profile, Folder.name == name).execute(self._database)
            note_edits(self._database, profile, Folder, [(name,)])

    def shift_folder(self, profile: str, name: str, step: int) -> bool:
        """Move a folder by one position, up (-1) or down (1); return False at the end."""
        with self._database.writing():
            before = list(self.folders(profile))
            after = shifted(before, {name}, step)
            place = Folder.update(position=0).where(Folder.profile == "", Folder.name == "")
            rows = [(index, profile, folder) for index, folder in enumerate(after)] if after != before else ()
            self._database.run_many(place, rows)
            note_edits(self._database, profile, Folder, [(folder,) for _index, _profile, folder in rows])
            return after != before

    # --------------------------------------------------------------------------------------------------- order
    def put(self, profile: str, keys: Iterable[Key], folder: str) -> int:
        """Move favourites to the end of a folder; return how many came from elsewhere.

        They keep their order among themselves. A missing folder is created.
        """
        wanted = set(keys)
        with self._database.writing():
            if folder != NO_FOLDER:
                self.add_folder(profile, folder)
            self._settle(profile)
            coming = [placed for placed in self._placed(profile) if placed.key in wanted and placed.folder != folder]
            inside = (FavouritePlace.profile == profile, FavouritePlace.folder == folder)
            last = FavouritePlace.select(fn.MAX(FavouritePlace.position)).where(*inside).scalar(self._database)
            first = 0 if last is None else last + 1
            self._write([(profile, *placed.key, folder, place) for place, placed in enumerate(coming, first)])
            note_edits(self._database, profile, FavouritePlace, [placed.key for placed in coming])
        return len(coming)

    def shift(self, profile: str, keys: Collection[Key], step: int, *, kind: Kind | None = None) -> bool:
        """Move favourites by one position in their folders, up (-1) or down (1); return False when all are at the end.

        With a `kind`, only positions among the favourites of this kind count; the others stay where they are.
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
        """Arrange favourites in this order, each within its folder; return False when nothing changes.

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
        """Delete the positions of items that are no longer favourites."""
        self._database.run_many(deleting(FavouritePlace), [(profile, *key) for key in keys])

    # ----------------------------------------------------------------------------------------- ids that moved
    def move(self, profile: str, kind: str, mapping: Mapping[str, str]) -> None:
        """Move positions from old to new ids. An existing position of a new id stays as it is."""
        query = FavouritePlace.select().where(FavouritePlace.profile == profile, FavouritePlace.kind == kind)
        rows = list(query.tuples().execute(self._database))
        self.forget_places(profile, [(kind, old) for old in mapping])  # all leave before any arrives
        moved = [(profile, kind, mapping[old], *rest) for _, _, old, *rest in rows if old in mapping]
        self._database.run_many(inserting(FavouritePlace, on_conflict="ignore"), moved)

    # --------------------------------------------------------------------------------------------------- inside
    def _placed(self, profile: str, folder: str | None = None, kind: Kind | None = None) -> list[_Placed]:
        columns = (MarkRow.kind, MarkRow.id, _FOLDER, FavouritePlace.position)
        query = _in_order(_favourites(columns, profile, folder, kind))
        return list(map(_Placed._make, query.tuples().execute(self._database)))

    def _has_folder(self, profile: str, name: str) -> bool:
        return bool(Folder.select().where(Folder.profile == profile, Folder.name == name).exists(self._database))

    def _write(self, rows: Iterable[tuple[str, str, str, str, int]]) -> None:
        """Write places: (profile, kind, id, folder, position)."""
        self._database.run_many(inserting(FavouritePlace, on_conflict="replace"), rows)

    def _settle(self, profile: str) -> None:
        """Give every favourite a position of its own, in the current order.

        Writes only those without one or with a shared one, as in a file rescued from damage.
        """
        last: dict[str, int] = {}
        changed: list[tuple[str, str, str, str, int]] = []
        for kind, id, folder, position in self._placed(profile):
            free = last.get(folder, -1) + 1
            place = free if position is None else max(position, free)
            last[folder] = place
            if place != position:
                changed.append((profile, kind, id, folder, place))
        self._write(changed)

    def _arrange(self, profile: str, placed: Sequence[_Placed], order: Sequence[Key]) -> bool:
        """Distribute the positions of these favourites in a new order; write only those that change."""
        changed = [
            (profile, *key, slot.folder, slot.position)
            for slot, key in zip(placed, order, strict=True)
            if slot.key != key and slot.position is not None
        ]
        self._write(changed)
        note_edits(self._database, profile, FavouritePlace, [row[1:3] for row in changed])
        return bool(changed)


_FOLDER: Final = fn.COALESCE(Folder.name, NO_FOLDER)


def _favourites(columns: Sequence[Any], profile: str, folder: str | None, kind: Kind | None) -> ModelSelect[Any]:
    """Return the query for columns of a profile's favourites; None means all folders or kinds."""
    same_item = (FavouritePlace.kind == MarkRow.kind) & (FavouritePlace.id == MarkRow.id)
    query = (
        MarkRow.select(*columns)
        .join(FavouritePlace, JOIN.LEFT_OUTER, on=(FavouritePlace.profile == MarkRow.profile) & same_item)
        .join_from(
            MarkRow,
            Folder,
            JOIN.LEFT_OUTER,
            on=(Folder.profile == MarkRow.profile) & (Folder.name == FavouritePlace.folder),
        )
        .where(MarkRow.profile == profile, MarkRow.mark == Mark.FAVOURITE.value)
        .where(MarkRow.kind.in_(list(_KINDS) if kind is None else [kind.value]))
    )
    return query if folder is None else query.where(folder == _FOLDER)


def _in_order(query: ModelSelect[Any]) -> ModelSelect[Any]:
    """In the user's order: those in no folder first, in each folder those without a place last."""
    position = FavouritePlace.position
    return query.order_by(
        *(Folder.name.is_null(False), Folder.position, Folder.name, position.is_null(), position),
        *(MarkRow.at, MarkRow.name, MarkRow.kind, MarkRow.id),
    )


def shifted(entries: Sequence[Entry], wanted: Collection[Entry], step: int) -> list[Entry]:
    """Return the entries with each wanted one swapped with its neighbour (`step` -1 before, 1 after).

    Wanted ones at the end stay there, and others don't push past them.
    """
    order = list(entries) if step < 0 else list(reversed(entries))
    for place in range(1, len(order)):
        if order[place] in wanted and order[place - 1] not in wanted:
            order[place - 1], order[place] = order[place], order[place - 1]
    return order if step < 0 else order[::-1]
