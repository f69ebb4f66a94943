"""Marks, folders and history in a form that machines exchange: each entry has the time at which it was set or removed.

Merging keeps the newest entry of each key. Two entries of one time are ordered by their content, so that all machines
choose the same; `merged` is therefore commutative, associative and idempotent, in any order and number of merges.
Not imported by `tui_app.catalog` itself: msgspec costs 12 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

#: Entries of a profile that are kept of each list; the oldest beyond are left out.
MOST_MARKS: Final = 50_000
MOST_PLAYED: Final = 5_000
MOST_PROFILES: Final = 200

When = Annotated[int, Meta(ge=0, le=253_402_300_799, description="Seconds since 1970, UTC, of the last change.")]
Name = Annotated[str, Meta(max_length=1_000)]
Id = Annotated[str, Meta(min_length=1, max_length=200)]
KindName = Annotated[
    str,
    Meta(pattern="^(category:)?[a-z]{1,20}$", description="A kind, or of hidden categories `category:` and a kind."),
]
Seconds = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Number = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Removed = Annotated[bool, Meta(description="Whether it was removed at that time.")]


class SharedMark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A favourite, a watched mark or a hidden category."""

    kind: KindName
    id: Id
    mark: Annotated[str, Meta(pattern="^[a-z]{1,20}$", description="favourite, watched, hidden or split.")]
    at: When
    name: Name = ""
    removed: Removed = False

    @property
    def key(self) -> tuple[str, ...]:
        return self.kind, self.id, self.mark


class SharedPlace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a favourite stands: its folder, "" for none, and its position in it."""

    kind: KindName
    id: Id
    at: When
    folder: Name = ""
    position: Number = 0

    @property
    def key(self) -> tuple[str, ...]:
        return self.kind, self.id


class SharedFolder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A folder of favourites, and its position among the folders."""

    name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    at: When
    position: Number = 0
    removed: Removed = False

    @property
    def key(self) -> tuple[str, ...]:
        return (self.name,)


class SharedPlayed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A title of the history and where it stopped. `series` and the next three keys are those of an episode."""

    kind: KindName
    id: Id
    at: When
    name: Name = ""
    series: Annotated[str, Meta(max_length=200)] = ""
    series_name: Name = ""
    season: Number | None = None
    episode: Number | None = None
    position_s: Seconds = 0
    duration_s: Seconds | None = None
    removed: Removed = False

    @property
    def key(self) -> tuple[str, ...]:
        return self.kind, self.id


Entry = TypeVar("Entry", SharedMark, SharedPlace, SharedFolder, SharedPlayed)


class ProfileMarks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user marked and played in one profile; each list by key."""

    marks: tuple[SharedMark, ...] = ()
    places: tuple[SharedPlace, ...] = ()
    folders: tuple[SharedFolder, ...] = ()
    history: tuple[SharedPlayed, ...] = ()

    def merged(self, other: ProfileMarks) -> ProfileMarks:
        """Return the newest entry of each key of both."""
        return ProfileMarks(
            marks=_newest((*self.marks, *other.marks), MOST_MARKS),
            places=_newest((*self.places, *other.places), MOST_MARKS),
            folders=_newest((*self.folders, *other.folders), MOST_MARKS),
            history=_newest((*self.history, *other.history), MOST_PLAYED),
        )

    def cleaned(self, clean: Callable[[str], str]) -> ProfileMarks:
        """Return the same with cleaned texts, without entries whose key is empty then."""
        lists = {
            name: tuple(_cleaned(entry, clean) for entry in getattr(self, name)) for name in self.__struct_fields__
        }
        return ProfileMarks(**{name: tuple(one for one in those if all(one.key)) for name, those in lists.items()})


class SharedMarks(Struct, frozen=True, kw_only=True):
    """The marks of all profiles, by the name of the profile. Contains no addresses and no passwords."""

    format: Literal["xtream-tui marks"]
    version: Annotated[Literal[1], Meta(description="A file of another version is refused.")]
    profiles: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=200)], ProfileMarks], Meta(max_length=MOST_PROFILES)
    ]

    def merged(self, other: SharedMarks) -> SharedMarks:
        """Return the merged marks of each profile of both."""
        return of_profiles(
            {
                name: self.profiles.get(name, _NOTHING).merged(other.profiles.get(name, _NOTHING))
                for name in sorted({*self.profiles, *other.profiles})
            }
        )


_NOTHING: Final = ProfileMarks()


def of_profiles(profiles: Mapping[str, ProfileMarks]) -> SharedMarks:
    """Return the document of these profiles."""
    return SharedMarks(format="xtream-tui marks", version=1, profiles=dict(profiles))


def _cleaned(entry: Entry, clean: Callable[[str], str]) -> Entry:
    texts = {name: value for name in entry.__struct_fields__ if isinstance(value := getattr(entry, name), str)}
    changed = {name: cleaned for name, text in texts.items() if (cleaned := clean(text)) != text}
    return msgspec.structs.replace(entry, **changed) if changed else entry


def _newest(entries: Iterable[Entry], most: int) -> tuple[Entry, ...]:
    """Return the newest entry of each key, at most so many, by key.

    The limit keeps merging associative: what is among the newest of all is among the newest of its own list.
    """
    found: dict[tuple[str, ...], tuple[int, bytes, Entry]] = {}
    for entry in entries:
        ranked = (entry.at, msgspec.json.encode(entry), entry)
        known = found.get(entry.key)
        if known is None or ranked[:2] > known[:2]:
            found[entry.key] = ranked
    kept = sorted(found.values(), key=lambda ranked: ranked[:2])[-most:]
    return tuple(sorted((ranked[2] for ranked in kept), key=lambda entry: entry.key))
