"""Typed looks into a TOML table: a value of the asked kind, its default, or an error that names the dotted key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from tui_app.errors import SettingsError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TYPE_WORDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file, with the place it stands at for errors. All methods raise `SettingsError` for other types."""

    values: Mapping[str, Any]
    file: str
    prefix: str = ""  # "profiles.home."

    def refuse(self, sentence: str) -> NoReturn:
        """Raise for a value of this table; `sentence` begins with its key."""
        raise SettingsError(f"{self.file}: {self.prefix}{sentence}.")

    def _wrong(self, key: str, wanted: str, value: object) -> NoReturn:
        self.refuse(f"{quoted(key)} must be {wanted}, not {_TYPE_WORDS.get(type(value), 'a date or time')}")

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        return value if isinstance(value, bool) else self._wrong(key, "true or false", value)

    def whole(self, key: str, default: int) -> int:
        value = self.values.get(key, default)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return int(value) if is_whole else self._wrong(key, "a whole number", value)

    def number(self, key: str, default: float) -> float:
        value = self.values.get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number else self._wrong(key, "a number", value)  # type: ignore[no-any-return]

    def text(self, key: str, default: str) -> str:
        value = self.values.get(key, default)
        return value if isinstance(value, str) else self._wrong(key, "text", value)

    def words(self, key: str, default: Sequence[str]) -> tuple[str, ...]:
        """A list of texts; whole numbers in it are taken as texts, because ids are often typed so."""
        value = self.values.get(key, default)
        if not isinstance(value, list | tuple):
            self._wrong(key, "a list", value)
        for word in value:
            if isinstance(word, bool) or not isinstance(word, str | int):
                self._wrong(key, "a list of texts", word)
        return tuple(str(word) for word in value)

    def table(self, key: str) -> Table:
        """The table under `key`, empty when there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self._wrong(key, "a table", value)
        return Table(value, self.file, f"{self.prefix}{quoted(key)}.")

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __contains__(self, key: object) -> bool:
        return key in self.values


def quoted(key: str) -> str:
    """A key as it would stand in the file."""
    return key if _BARE_KEY.fullmatch(key) else f'"{key}"' if key.isprintable() else ascii(key)


def overlay(table: dict[str, Any], new: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> None:
    """Put `new` into `table` and leave the table's other keys alone.

    None takes a key out. A value equal to its default is written only over one that stands there, so that a file
    holds what was chosen and later versions may better their defaults.
    """
    for key, value in new.items():
        if value is None:
            table.pop(key, None)
        elif isinstance(value, Mapping):
            inner = table.setdefault(key, {})
            overlay(inner, value)
            if not inner:
                del table[key]
        elif key in table or defaults is None or defaults.get(key) != value:
            table[key] = value
