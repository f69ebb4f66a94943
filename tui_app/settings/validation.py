"""Checks of settings and profiles.

The `validate_*` functions return plain sentences, each beginning with the key as it is written in the file.
"""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, get_args
from urllib.parse import urlsplit

from tui_app.catalog import LISTED_KINDS
from tui_app.errors import UsageError
from tui_app.settings.schema import (
    LONGEST_NAME,
    PLACEHOLDERS,
    AppSettings,
    HookEvent,
    Profile,
    SyncSettings,
    declared_settings,
    setting_of,
)

#: Arguments by which the app controls the player.
_OUR_PLAYER_ARGUMENTS: Final = ("--input-ipc-server", "--input-ipc-client", "--idle", "--rc-unix", "--")
_NAME_SIGNS: Final = " ._-@"


def validate_name(name: str) -> list[str]:
    """Return why a new profile can't have this name; [] when it can. Names of earlier versions may contain more."""
    return list(_name_problems(name)) or list(_new_name_problems(name))


def validate_new_profile(profile: Profile) -> list[str]:
    """Return the problems of a profile to be added, its name included."""
    return validate_profile(profile) or validate_name(profile.name)


def validate_sync_settings(settings: SyncSettings) -> list[str]:
    """Return the problems of sync settings, one sentence per key, named as under `[profiles.NAME]`."""
    return list(_sync_problems(settings))


def validate_profile(profile: Profile) -> list[str]:
    """Return the problems of a profile, of its name and of its sync settings."""
    return [*_name_problems(profile.name), *_connection_problems(profile), *_sync_problems(profile.sync)]


def validate_app_settings(settings: AppSettings) -> list[str]:
    """Return the problems of the app's settings, one sentence per key."""
    return list(_app_problems(settings))


def refuse(problems: Sequence[str]) -> None:
    """Raise `UsageError` with the first problem, if there is one."""
    if problems:
        raise UsageError(f"{problems[0]}.", hint="Nothing was changed.")


def same_name(one: str, other: str) -> bool:
    """Return whether two profile names look the same: case and the encoding of accents do not count."""
    return _comparable(one) == _comparable(other)


def _comparable(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _name_problems(name: str) -> Iterator[str]:
    if not 1 <= len(name) <= LONGEST_NAME:
        yield f"name must have 1 to {LONGEST_NAME} characters"
    elif not name.isprintable() or name != name.strip():
        yield "name must be made of visible characters, without blanks around it"
    elif name.startswith("-"):
        yield 'name must not begin with "-": it would look like an option'


def _new_name_problems(name: str) -> Iterator[str]:
    """Yield a problem unless the name has only letters, digits and a few signs: commands and file names contain it."""
    if not all(char.isalnum() or char in _NAME_SIGNS or unicodedata.category(char)[0] == "M" for char in name):
        yield 'name must be made of letters, digits, blanks and the signs "." "_" "-" "@"'


def _declared_problems(settings: object, prefix: str = "") -> Iterator[str]:
    """Yield a problem for each value outside its declared choices or range."""
    for key in declared_settings(type(settings)):
        setting, value = setting_of(type(settings), key), getattr(settings, key)
        allowed = [choice for choice, _ in setting.choices]
        if setting.is_closed and value not in allowed:
            yield f"{prefix}{key} must be one of {', '.join(allowed)}"
        if setting.minimum is not None and value is not None and value < setting.minimum:
            or_manual = ", or 0 for manual" if None in allowed else ""
            yield f"{prefix}{key} must be at least {setting.minimum}{or_manual}"
        if setting.maximum_s is not None and not (math.isfinite(value) and 0 < value <= setting.maximum_s):
            yield f"{key} must be more than 0 and at most {setting.maximum_s} seconds"


def _connection_problems(profile: Profile) -> Iterator[str]:
    for url in profile.addresses:
        yield from _url_problems(url)
    if len(set(profile.addresses)) < len(profile.addresses):
        yield "also_urls must not repeat an address"
    if not profile.username or not profile.username.isprintable():
        yield "username must not be empty nor hold control characters"
    if profile.password_source == "command" and not (profile.password_command or "").strip():
        yield 'password_command must be given when password_source is "command"'
    if not profile.user_agent.strip() or not (profile.user_agent.isascii() and profile.user_agent.isprintable()):
        yield "user_agent must be plain ASCII text: it is sent as an HTTP header"
    yield from _declared_problems(profile)


def _url_problems(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()
    except ValueError:
        is_server = False
    if not is_server:
        yield "url must be the address of a server, beginning with http:// or https://"
    elif "@" in parts.netloc or parts.query or parts.fragment:
        # this file is not the one that may hold a secret
        yield "url must not hold a user name, a password or anything after a question mark"


def _sync_problems(settings: SyncSettings) -> Iterator[str]:
    yield from _declared_problems(settings, "sync.")
    if not settings.kinds or not set(settings.kinds) <= set(LISTED_KINDS):
        yield f"sync.kinds must name at least one of {', '.join(kind.plural for kind in LISTED_KINDS)}"
    if not set(settings.excluded_categories) <= set(LISTED_KINDS):
        yield f"sync.excluded_categories must be lists under {', '.join(kind.plural for kind in LISTED_KINDS)}"
    if any(not id_ for ids in settings.excluded_categories.values() for id_ in ids):
        yield "sync.excluded_categories must not hold empty category ids"


def _app_problems(settings: AppSettings) -> Iterator[str]:
    if not settings.theme.isprintable():
        yield "theme must be the name of a theme"
    yield from _declared_problems(settings)
    yield from _player_problems(settings)
    for binding, key in settings.keys.items():
        if not key.strip() or not key.isprintable():
            yield f'keys."{binding}" must name a key'
    for event, command in settings.hooks.items():
        if event not in get_args(HookEvent):
            yield f"hooks must be commands for {', '.join(get_args(HookEvent))}"
        elif not command.strip() or "\0" in command:
            yield f"hooks.{event} must be a shell command"


def _player_problems(settings: AppSettings) -> Iterator[str]:
    yield from _command_problems(settings.player_command)
    words = _shell_words(settings.player_arguments)
    if words is None:
        yield "player_arguments must be arguments as in a shell; a quotation mark is left open"
        return
    for word in words:
        if not word.startswith("-") or word == "-":
            yield f"player_arguments must be options, each with its value behind a =; not “{word}”"
        elif word == "--" or word.partition("=")[0] in _OUR_PLAYER_ARGUMENTS:
            yield f"player_arguments must not hold {word.partition('=')[0]}: the app speaks to the player by it"


def _command_problems(command: str) -> Iterator[str]:
    words = _shell_words(command)
    if words is None:
        yield "player_command must be a command line; a quotation mark is left open"
        return
    unknown = [name for name in re.findall(r"\{(\w+)\}", command) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        yield f"player_command must not hold {{{unknown[0]}}}; it may hold {known}"
    elif words and re.search(r"\{\w+\}", words[0]):
        yield "player_command must begin with the name of a program"


def _shell_words(text: str) -> list[str] | None:
    """Split text like a shell; None for an unclosed quotation mark or control characters."""
    if not text.isprintable():
        return None
    try:
        return shlex.split(text)
    except ValueError:
        return None
