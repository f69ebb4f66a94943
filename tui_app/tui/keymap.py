"""Configurable keys: collects all bindings and merges the user's key settings into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys

from tui_app.terminal.textual_compat import key_name

#: Keys that actions got later than others. One that a settings file gave to something else before keeps that meaning.
_GIVE_WAY: Final[Mapping[str, frozenset[str]]] = {
    "go.home": frozenset("0"),
    "go.guide": frozenset("0123456789"),
    "go.history": frozenset("W"),
    "app.leave": frozenset("q"),
    "opened.back": frozenset("q"),
    "channel.back": frozenset("q"),
    "statistics.back": frozenset("q"),
    "item.left": frozenset(("left", "h")),
    "item.right": frozenset(("right", "l")),
    "play.controls": frozenset("b"),
    "item.play_here": frozenset("P"),
    "item.versions": frozenset("A"),
    "changes.seen": frozenset("N"),
    "library.hide": frozenset("X"),
    "library.category": frozenset("Y"),
    "changes.kind": frozenset("t"),
    "changes.new": frozenset("n"),
    "opened.trailer": frozenset("t"),
    "details.left": frozenset(("left", "h")),
    "details.right": frozenset(("right", "l")),
    "categories.fold": frozenset(("left", "h")),
    "categories.unfold": frozenset(("right", "l")),
}
_MODIFIERS: Final = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One action with keys.

    `owners` are the classes it is bound in; within one class a key has one meaning. `first` marks priority
    bindings, which take their key wherever the focus is.
    """

    id: str
    keys: tuple[str, ...]
    words: str
    owners: tuple[str, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class KeymapMerged:
    """`keymap` is for `App.set_keymap`: only what differs from the defaults. `problems` are sentences."""

    keymap: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def known_keys(classes: Iterable[type[DOMNode]]) -> tuple[KnownKey, ...]:
    """Return every binding with an id of these classes, own or inherited, in order."""
    found: dict[str, KnownKey] = {}
    for cls in classes:
        for id_, bindings in _bindings_of(cls):
            before = found.get(id_)
            owners = (*before.owners, cls.__name__) if before else (cls.__name__,)
            keys = before.keys if before else tuple(binding.key for binding in bindings)
            found[id_] = KnownKey(id_, keys, bindings[0].description, owners, bindings[0].priority)
    return tuple(found.values())


def merge_keys(known: Iterable[KnownKey], overrides: Mapping[str, str]) -> KeymapMerged:
    """Check the user's keys (binding id → key, or several with commas) and keep the valid ones.

    Refused, each with a sentence: unknown ids, keys that don't exist, and a key that already has another meaning in
    the same class (unless that action gets another key too).
    """
    by_id = {key.id: key for key in known}
    problems: list[str] = []
    accepted: dict[str, tuple[str, ...]] = {}
    for id_, text in overrides.items():
        if id_ not in by_id:
            problems.append(f"keys.{id_}: there is no such action")
            continue
        keys = tuple(normal_key(key) for key in _split(text))
        bad = next((key for key in keys if not is_key(key)), None)
        if bad is not None or not keys:
            problems.append(f"keys.{id_}: {bad or text!r} is not a key")
            continue
        accepted[id_] = keys
    while clash := _first_clash(by_id, accepted):
        id_, key, other = clash
        del accepted[id_]
        words = by_id[other].words or other
        problems.append(f"keys.{id_}: {key} is already the key of {words!r} ({other})")
    return KeymapMerged({id_: ",".join(keys) for id_, keys in accepted.items()}, tuple(problems))


def normal_key(key: str) -> str:
    """Return Textual's name of a key: "?" is "question_mark", "ctrl+/" is "ctrl+slash"."""
    *modifiers, last = key.strip().split("+") if key.strip() != "+" else ["+"]
    return "+".join([*modifiers, key_name(last) if len(last) == 1 else last])


def is_key(key: str) -> bool:
    """Return True when a key with this (normal) name can arrive."""
    *modifiers, last = key.split("+")
    return _MODIFIERS.issuperset(modifiers) and last in _named_keys()


def _named_keys() -> frozenset[str]:
    names = {key.value.rpartition("+")[2] for key in Keys if not key.value.startswith("<")}
    return frozenset(names | {key_name(chr(code)) for code in (*range(0x20, 0x7F), *range(0xA1, 0x250))})


def _split(keys: str) -> list[str]:
    return [key for part in keys.split(",") if (key := part.strip())] if keys.strip() != "," else [","]


def _bindings_of(cls: type[DOMNode]) -> Iterator[tuple[str, list[Binding]]]:
    """Yield (id, its bindings of one key each), merged as Textual does: a subclass overrides the same key."""
    by_key: dict[str, Binding] = {}
    for base in reversed(cls.__mro__):
        by_key.update({binding.key: binding for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ()))})
    by_id: dict[str, list[Binding]] = {}
    for binding in by_key.values():
        if binding.id is not None:
            by_id.setdefault(binding.id, []).append(binding)
    yield from by_id.items()


def _first_clash(by_id: Mapping[str, KnownKey], accepted: Mapping[str, tuple[str, ...]]) -> tuple[str, str, str] | None:
    """Return (id of an override, key, id of the action that has this key in the same class)."""
    for id_, keys in accepted.items():
        for other, default in by_id.items():
            mine = by_id[id_]
            is_heard = mine.first or default.first or set(mine.owners) & set(default.owners)
            if other == id_ or not is_heard:
                continue
            both = set(keys) & set(accepted.get(other, set(default.keys) - _GIVE_WAY.get(other, frozenset())))
            if both:
                return id_, min(both), other
    return None
