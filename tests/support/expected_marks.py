"""What a user's file has to hold after any acts, as plain dictionaries and lists: the model of its marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tui_app.catalog import NO_FOLDER, Kind, Mark
from tui_app.store.items.categories import category_kind

IDS: Final = ("1", "2", "x3")
KINDS: Final = (Kind.MOVIE, Kind.SERIES)
HIDDEN_KIND: Final = category_kind(Kind.MOVIE)

Key = tuple[str, str]
#: When a mark or an entry of the history was last set or removed: what decides between two machines.
Times = dict[tuple[str, ...], int]


@dataclass
class Expected:
    """What one profile has. Marks and history have the time of their row; `edited` also knows what was removed."""

    marks: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    #: Folder → its favourites in order, as far as each has a place.
    places: dict[str, list[Key]] = field(default_factory=dict)
    history: dict[Key, tuple[int, int]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    edited: Times = field(default_factory=dict)

    def favourites(self) -> dict[Key, tuple[int, str]]:
        return {key[:2]: value for key, value in self.marks.items() if key[2] == Mark.FAVOURITE}

    def in_order(self, folder: str) -> list[Key]:
        """The favourites of a folder: those with a place, in no folder then the others as they were marked."""
        favourites = self.favourites()
        placed = {key for keys in self.places.values() for key in keys}
        others = sorted(favourites.keys() - placed, key=lambda key: (*favourites[key], *key))
        return [*self.places.get(folder, ()), *(() if folder else others)]

    def settle(self) -> None:
        """Give each favourite a place."""
        self.places[NO_FOLDER] = self.in_order(NO_FOLDER)

    def leave(self, keys: Iterable[Key]) -> None:
        gone = set(keys)
        self.places = {folder: [key for key in kept if key not in gone] for folder, kept in self.places.items()}

    def set_marks(self, keys: list[Key], mark: Mark, now: int, *, on: bool) -> None:
        for key in keys:
            full = (*key, mark.value)
            self.edited[full] = now
            if on:
                self.marks[full] = (self.marks.get(full, (now, ""))[0], title(key))
            else:
                self.marks.pop(full, None)
        if not on and mark is Mark.FAVOURITE:
            self.leave(keys)

    def put(self, keys: Iterable[Key], folder: str) -> None:
        if folder and folder not in self.folders:
            self.folders.append(folder)
        self.settle()
        wanted = set(keys)
        order = [key for name in (NO_FOLDER, *self.folders) if name != folder for key in self.in_order(name)]
        coming = [key for key in order if key in wanted]
        self.leave(coming)
        self.places.setdefault(folder, []).extend(coming)

    def remove_folder(self, name: str) -> None:
        self.put(self.places.get(name, ()), NO_FOLDER)
        self.places.pop(name, None)
        if name in self.folders:
            self.folders.remove(name)

    def rename_folder(self, name: str, new: str) -> None:
        if name in self.folders and (new == name or new not in self.folders):
            self.folders[self.folders.index(name)] = new
            self.places[new] = self.places.pop(name, [])

    def shift(self, wanted: set[Key], step: int) -> None:
        self.settle()
        for folder, keys in self.places.items():
            order = keys if step < 0 else keys[::-1]
            for at in range(1, len(order)):
                if order[at] in wanted and order[at - 1] not in wanted:
                    order[at - 1], order[at] = order[at], order[at - 1]
            self.places[folder] = order if step < 0 else order[::-1]

    def renew(self, kind: str, mapping: dict[str, str], now: int) -> None:
        """Take over other ids of a kind; no two become one."""

        def new(key: Any) -> Any:
            return (kind, mapping.get(key[1], key[1]), *key[2:]) if key[0] == kind else key

        moved = [key for key in self.marks if new(key) != key]
        played = [("history", *key) for key in self.history if new(key) != key]
        self.edited |= dict.fromkeys([*moved, *map(new, moved), *played], now)
        self.marks = {new(key): value for key, value in self.marks.items()}
        self.places = {folder: list(map(new, keys)) for folder, keys in self.places.items()}
        self.history = {new(key): value for key, value in self.history.items()}

    def entries(self) -> dict[tuple[str, ...], Any]:
        """Everything with a time: marks, hidden categories, and the history."""
        hidden = {(HIDDEN_KIND, id_, "hidden"): (0, "") for id_ in self.hidden}
        played = {("history", *key): value for key, value in self.history.items()}
        return dict([*self.marks.items(), *hidden.items(), *played.items()])

    def time_of(self, key: tuple[str, ...]) -> int:
        return max(self.edited.get(key, -1), int(self.entries().get(key, (-1,))[0]))


def newest(one: Expected, other: Expected) -> set[tuple[str, ...]]:
    """What both have after they exchanged their marks: of each key what was done to it last."""
    keys = one.entries().keys() | other.entries().keys()
    winner = {key: one if one.time_of(key) >= other.time_of(key) else other for key in keys}
    return {key for key, side in winner.items() if key in side.entries()}


def title(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def composed(renewed: list[tuple[str, dict[str, str]]], kind: str) -> dict[str, str]:
    """What became of each id of a kind, over all renewals."""
    ids = {id_: id_ for id_ in IDS}
    for mapping in (mapping for of, mapping in renewed if of == kind):
        ids = {id_: mapping[now] for id_, now in ids.items()}
    return ids


def changed(before: Expected, after: Expected) -> set[tuple[str, ...]]:
    """The keys of marks and history entries that differ."""
    marks = {key for key in before.marks.keys() | after.marks.keys() if before.marks.get(key) != after.marks.get(key)}
    played = before.history.keys() | after.history.keys()
    history = {("history", *key) for key in played if before.history.get(key) != after.history.get(key)}
    return marks | history | {(HIDDEN_KIND, id_, "hidden") for id_ in before.hidden ^ after.hidden}
