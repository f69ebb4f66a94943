"""Between the words of the files and the dataclasses of `schema`: the only place that knows how each key is spelt.

Reading fills in defaults and refuses bad values with `SettingsError`; what is made for writing holds None for a key
that should not stand in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn, cast

from tui_app.catalog import LISTED_KINDS, Kind, known_limit
from tui_app.errors import SettingsError
from tui_app.settings.schema import (
    AppSettings,
    GuideWish,
    KnownAccount,
    PasswordSource,
    PlayerName,
    Profile,
    SyncSettings,
    validate_app_settings,
    validate_profile,
)

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


_KIND_OF_WORD = {kind.plural: kind for kind in LISTED_KINDS}


# ------------------------------------------------------------------------------------------------- profiles
def profile_from(name: str, table: Table, account: KnownAccount | None = None) -> Profile:
    """The profile in `[profiles.NAME]`, with the account facts that are kept elsewhere."""
    plain = _PROFILE_DEFAULTS
    profile = Profile(
        name=name,
        url=table.text("url", ""),
        username=table.text("username", ""),
        password_source=cast(PasswordSource, table.text("password_source", plain.password_source)),
        password_command=table.text("password_command", "") or None,
        user_agent=table.text("user_agent", plain.user_agent),
        connect_timeout_s=table.number("connect_timeout_s", plain.connect_timeout_s),
        first_byte_timeout_s=table.number("first_byte_timeout_s", plain.first_byte_timeout_s),
        read_timeout_s=table.number("read_timeout_s", plain.read_timeout_s),
        verify_tls=table.flag("verify_tls", plain.verify_tls),
        sync=_sync_from(table.table("sync")),
        account=account,
    )
    for sentence in validate_profile(profile):
        table.refuse(sentence)
    return profile


def connection_table(profile: Profile) -> dict[str, Any]:
    """What `[profiles.NAME]` says of the connection: all but the sync settings."""
    return {
        "url": profile.url,
        "username": profile.username,
        "password_source": profile.password_source,
        "password_command": profile.password_command,
        "user_agent": profile.user_agent,
        "connect_timeout_s": profile.connect_timeout_s,
        "first_byte_timeout_s": profile.first_byte_timeout_s,
        "read_timeout_s": profile.read_timeout_s,
        "verify_tls": profile.verify_tls,
    }


def sync_table(settings: SyncSettings) -> dict[str, Any]:
    """What `[profiles.NAME.sync]` says."""
    excluded = {kind.plural: list(settings.excluded_categories.get(kind, ())) or None for kind in LISTED_KINDS}
    return {
        "automatic": settings.automatic,
        "interval_hours": settings.interval_hours or 0,
        "unmetered_only": settings.unmetered_only,
        "notify": settings.notify,
        "at_start": settings.at_start,
        "kinds": [kind.plural for kind in LISTED_KINDS if kind in settings.kinds],
        "excluded_categories": excluded,
        "guide": settings.guide,
    }


def _sync_from(table: Table) -> SyncSettings:
    plain = SyncSettings()
    return SyncSettings(
        automatic=table.flag("automatic", plain.automatic),
        interval_hours=table.whole("interval_hours", plain.interval_hours or 0),
        unmetered_only=table.flag("unmetered_only", plain.unmetered_only),
        notify=table.flag("notify", plain.notify),
        at_start=table.flag("at_start", plain.at_start),
        kinds=_kinds_from(table),
        excluded_categories=_excluded_from(table.table("excluded_categories")),
        guide=cast(GuideWish, table.text("guide", plain.guide)),
    )


def _kinds_from(table: Table) -> tuple[Kind, ...]:
    """The kinds in `kinds`, in the order they are synced."""
    words = table.words("kinds", tuple(_KIND_OF_WORD))
    if not set(words) <= set(_KIND_OF_WORD):
        table.refuse(f"kinds may only name {', '.join(_KIND_OF_WORD)}")
    return tuple(kind for word, kind in _KIND_OF_WORD.items() if word in words)


def _excluded_from(table: Table) -> dict[Kind, tuple[str, ...]]:
    return {kind: ids for word, kind in _KIND_OF_WORD.items() if (ids := table.words(word, ()))}


_PROFILE_DEFAULTS = Profile(name="", url="", username="")
CONNECTION_DEFAULTS = {
    key: value for key, value in connection_table(_PROFILE_DEFAULTS).items() if key not in ("url", "password_source")
}


def profile_keys() -> frozenset[str]:
    """The keys that `[profiles.NAME]` may hold beside its tables."""
    return frozenset(connection_table(_PROFILE_DEFAULTS))


# ------------------------------------------------------------------------------------------------- accounts
def account_from(table: Table) -> KnownAccount:
    """The facts in one table of the accounts file; a missing key means that the panel did not say."""
    return KnownAccount(
        status=table.text("status", "active"),
        expires=table.whole("expires", 0) if "expires" in table else None,
        max_connections=known_limit(table.whole("max_connections", 0)),
        timezone=table.text("timezone", "UTC"),
        checked_at=table.whole("checked_at", 0),
    )


def account_table(account: KnownAccount) -> dict[str, Any]:
    """One table of the accounts file."""
    return {field.name: getattr(account, field.name) for field in fields(account)}


# ------------------------------------------------------------------------------------------------- the app
def app_settings_from(table: Table) -> AppSettings:
    """The whole of the app's settings file."""
    plain = AppSettings()
    keys = table.table("keys")
    settings = AppSettings(
        theme=table.text("theme", plain.theme),
        scroll_by_jumps=_yes_no_or_unset(table, "scroll_by_jumps"),
        changed_cells_only=_yes_no_or_unset(table, "changed_cells_only"),
        ascii=_yes_no_or_unset(table, "ascii"),
        animations=_yes_no_or_unset(table, "animations"),
        keys={binding: keys.text(binding, "") for binding in keys},
        size_limit_mb=table.whole("size_limit_mb", plain.size_limit_mb),
        bell=table.flag("bell", plain.bell),
        desktop_notifications=table.flag("desktop_notifications", plain.desktop_notifications),
        player=cast(PlayerName, table.text("player", plain.player)),
        player_command=table.text("player_command", plain.player_command),
        player_arguments=table.text("player_arguments", plain.player_arguments),
        autoplay_next=table.flag("autoplay_next", plain.autoplay_next),
    )
    for sentence in validate_app_settings(settings):
        table.refuse(sentence)
    return settings


def _yes_no_or_unset(table: Table, key: str) -> bool | None:
    return table.flag(key, False) if key in table else None


def app_settings_table(settings: AppSettings) -> dict[str, Any]:
    """What the app's settings file says of each setting."""
    return {field.name: getattr(settings, field.name) for field in fields(settings)}
