"""Convert between TOML tables and the dataclasses of `schema`; read and change the settings of the app.

Reading fills in defaults and refuses bad values with `SettingsError`. A table for writing has None for a key that must
not be in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Final, NoReturn

from tui_app.catalog import LISTED_KINDS, Kind, known_limit
from tui_app.errors import SettingsError
from tui_app.paths import Paths
from tui_app.settings.schema import AppSettings, KnownAccount, Profile, SyncSettings, declared_settings
from tui_app.settings.toml_file import Document, TomlFile
from tui_app.settings.validation import refuse, validate_app_settings, validate_profile

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TYPE_WORDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table with its position in the file, for errors. All methods raise `SettingsError` for other types."""

    values: Mapping[str, Any]
    file: str
    prefix: str = ""  # for instance "profiles.home."

    def refuse(self, sentence: str) -> NoReturn:
        """Raise for a value of this table; `sentence` begins with its key."""
        raise SettingsError(f"{self.file}: {self.prefix}{sentence}.")

    def _wrong(self, key: str, wanted: str, value: object) -> NoReturn:
        self.refuse(f"{quoted(key)} must be {wanted}, not {_TYPE_WORDS.get(type(value), 'a date or time')}")

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        return value if isinstance(value, bool) else self._wrong(key, "true or false", value)

    def optional_flag(self, key: str, default: bool | None) -> bool | None:
        return self.flag(key, False) if key in self.values else default

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
        """Return a list of texts; integers are accepted as texts, because ids are often typed without quotes."""
        value = self.values.get(key, default)
        if not isinstance(value, list | tuple):
            self._wrong(key, "a list", value)
        for word in value:
            if isinstance(word, bool) or not isinstance(word, str | int):
                self._wrong(key, "a list of texts", word)
        return tuple(str(word) for word in value)

    def table(self, key: str) -> Table:
        """Return the table under `key`, empty when there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self._wrong(key, "a table", value)
        return Table(value, self.file, f"{self.prefix}{quoted(key)}.")

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __contains__(self, key: object) -> bool:
        return key in self.values


def quoted(key: str) -> str:
    """Return a key as it is written in the file."""
    return key if _BARE_KEY.fullmatch(key) else f'"{key}"' if key.isprintable() else ascii(key)


def overlay(table: dict[str, Any], new: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> None:
    """Put `new` into `table` and leave the other keys of the table alone.

    None removes a key. A value equal to its default is written only if the key exists, so that a file contains what was
    chosen and later versions can improve their defaults.
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


_KIND_OF_WORD = {kind.plural: kind for kind in LISTED_KINDS}


# ------------------------------------------------------------------------------------------------- any settings
def _kinds_from(table: Table, key: str, default: object) -> tuple[Kind, ...]:
    """Return the kinds in a list, in the order they are synced."""
    words = table.words(key, tuple(_KIND_OF_WORD))
    if not set(words) <= set(_KIND_OF_WORD):
        table.refuse(f"{key} may only name {', '.join(_KIND_OF_WORD)}")
    return tuple(kind for word, kind in _KIND_OF_WORD.items() if word in words)


def _lists_from(table: Table, key: str, default: object) -> dict[Kind, tuple[str, ...]]:
    lists = table.table(key)
    return {kind: ids for word, kind in _KIND_OF_WORD.items() if (ids := lists.words(word, ()))}


def _texts_from(table: Table, key: str, default: object) -> dict[str, str]:
    texts = table.table(key)
    return {name: texts.text(name, "") for name in texts}


#: Declared type of a setting → how it is read; all others are texts.
_READERS: Final[Mapping[str, Callable[[Table, str, Any], Any]]] = {
    "bool": Table.flag,
    "bool | None": Table.optional_flag,
    "int": Table.whole,
    "int | None": lambda table, key, default: table.whole(key, default or 0),
    "float": Table.number,
    "str | None": lambda table, key, default: table.text(key, "") or None,
    "tuple[str, ...]": Table.words,
    "tuple[Kind, ...]": _kinds_from,
    "Mapping[Kind, tuple[str, ...]]": _lists_from,
    "Mapping[str, str]": _texts_from,
}
#: Declared type → how it is written, where that differs from its value.
_WRITERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "int | None": lambda value: value or 0,
    "tuple[str, ...]": lambda words: list(words) or None,
    "tuple[Kind, ...]": lambda kinds: [kind.plural for kind in LISTED_KINDS if kind in kinds],
    "Mapping[Kind, tuple[str, ...]]": lambda lists: {
        kind.plural: list(lists.get(kind, ())) or None for kind in LISTED_KINDS
    },
}


def _values_from(table: Table, source: type[Any]) -> dict[str, Any]:
    """Read every setting that `source` declares; defaults for missing ones."""
    return {
        key: _READERS.get(str(field.type), Table.text)(table, key, "" if field.default is MISSING else field.default)
        for key, field in declared_settings(source).items()
    }


def _table_of(settings: object) -> dict[str, Any]:
    """Return the table of all settings that the class of `settings` declares."""
    return {
        key: _WRITERS.get(str(field.type), lambda value: value)(getattr(settings, key))
        for key, field in declared_settings(type(settings)).items()
    }


# ------------------------------------------------------------------------------------------------- profiles
def profile_from(name: str, table: Table, account: KnownAccount | None = None) -> Profile:
    """Build the profile of `[profiles.NAME]`, with the account facts that are stored elsewhere."""
    sync = SyncSettings(**_values_from(table.table("sync"), SyncSettings))
    profile = Profile(name=name, **_values_from(table, Profile), sync=sync, account=account)
    for sentence in validate_profile(profile):
        table.refuse(sentence)
    return profile


def connection_table(profile: Profile) -> dict[str, Any]:
    """Return `[profiles.NAME]` without its sync settings."""
    return _table_of(profile)


def sync_table(settings: SyncSettings) -> dict[str, Any]:
    """Return `[profiles.NAME.sync]`."""
    return _table_of(settings)


CONNECTION_DEFAULTS = {
    key: value
    for key, value in connection_table(Profile(name="", url="", username="")).items()
    if key not in ("url", "password_source")
}


# ------------------------------------------------------------------------------------------------- accounts
def account_from(table: Table) -> KnownAccount:
    """Read one table of the accounts file; a missing key means that the panel did not send it."""
    return KnownAccount(
        status=table.text("status", "active"),
        expires=table.whole("expires", 0) if "expires" in table else None,
        max_connections=known_limit(table.whole("max_connections", 0)),
        timezone=table.text("timezone", "UTC"),
        checked_at=table.whole("checked_at", 0),
        url=table.text("url", ""),
    )


def account_table(account: KnownAccount) -> dict[str, Any]:
    """Return one table of the accounts file."""
    return {field.name: getattr(account, field.name) for field in fields(account)} | {"url": account.url or None}


# ------------------------------------------------------------------------------------------------- the app
def app_settings_from(table: Table) -> AppSettings:
    """Read the settings file of the app."""
    settings = AppSettings(**_values_from(table, AppSettings))
    for sentence in validate_app_settings(settings):
        table.refuse(sentence)
    return settings


def app_settings_table(settings: AppSettings) -> dict[str, Any]:
    """Return the table of the app's settings file."""
    return _table_of(settings)


def load_app_settings(paths: Paths) -> AppSettings:
    """Read the file; defaults for what is missing. Raises `SettingsError` naming file and key."""
    file = TomlFile(paths.settings_file)
    return app_settings_from(Table(file.read(), str(file.path)))


def unknown_app_settings(paths: Paths) -> tuple[str, ...]:
    """Return the keys of the file that are no settings: misspelt, or of another version; they are kept.

    Raises `SettingsError` for a file that can't be read.
    """
    known = declared_settings(AppSettings)
    return tuple(quoted(key) for key in TomlFile(paths.settings_file).read() if key not in known)


def change_app_settings(paths: Paths, **changes: Any) -> AppSettings:
    """Change settings, as in `change_app_settings(paths, theme="nord")`, and return all of them.

    Other settings keep what the file has at this moment, including manual edits. Raises `UsageError` for a refused
    value and `SettingsError` for a file that can't be read or written; in both cases the file is unchanged.
    """
    file = TomlFile(paths.settings_file, by_hand=True)
    changed: list[AppSettings] = []

    def put(document: Document) -> None:
        current = app_settings_from(Table(document, str(file.path)))
        wanted = replace(current, **changes)
        refuse(validate_app_settings(wanted))
        new = {key: value for key, value in app_settings_table(wanted).items() if key in changes}
        if "keys" in new:
            new["keys"] = {**dict.fromkeys(current.keys), **wanted.keys}
        overlay(document, new, app_settings_table(AppSettings()))
        changed.append(wanted)

    file.change(put)
    return changed[0]
