"""What can be set, and what is refused: the settings of a profile, of its sync and of the app.

It knows neither files nor TOML (`documents`), and no secret: a profile says where its password is, never what it is.
The `validate_*` functions return plain sentences, each beginning with the key as it stands in the file.
"""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from tui_app.catalog import LISTED_KINDS, Account, Kind, has_lapsed
from tui_app.errors import UsageError

PasswordSource = Literal["keyring", "command", "file"]
PASSWORD_SOURCES: Final[tuple[PasswordSource, ...]] = ("keyring", "command", "file")

GuideWish = Literal["off", "visible", "full"]
#: No guide; what is on now on the channels in sight, asked for one by one; the whole guide file with each sync.
GUIDE_WISHES: Final[tuple[GuideWish, ...]] = ("off", "visible", "full")

SHORTEST_INTERVAL_HOURS: Final = 6
#: What the app offers; the file takes any whole number of hours from `SHORTEST_INTERVAL_HOURS` on. None = manual.
INTERVAL_CHOICES_HOURS: Final[tuple[int | None, ...]] = (6, 12, 24, 48, None)

PlayerName = Literal["auto", "mpv", "vlc", "command"]
#: Which player plays; "auto": mpv, else VLC. "command" is the user's own.
PLAYERS: Final[tuple[PlayerName, ...]] = ("auto", "mpv", "vlc", "command")
#: What may stand in braces in a command of the user's.
PLACEHOLDERS: Final = ("url", "playlist", "title", "start", "user_agent")
#: Arguments by which we speak to the player; one given by the user would cut the line.
_OUR_PLAYER_ARGUMENTS: Final = ("--input-ipc-server", "--input-ipc-client", "--idle", "--rc-unix", "--")

#: What runs programs: a restore leaves it out unless it is asked for. New settings of that kind belong here.
SETTINGS_COMMANDS: Final = frozenset({"player", "player_command", "player_arguments", "hooks"})
PROFILE_COMMANDS: Final = frozenset({"password_command", "hooks"})

#: Panels refuse clients that do not look like a player.
DEFAULT_USER_AGENT: Final = "VLC/3.0.21 LibVLC/3.0.21"
LONGEST_NAME: Final = 64  # characters
_NAME_SIGNS: Final = " ._-@"
LONGEST_TIMEOUT_S: Final = 3600


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """How one profile is kept fresh."""

    automatic: bool = True  # sync when due, while the app runs; false: only by hand or cron
    interval_hours: int | None = 12  # due this long after the last success; None = manual, 0 is taken for None
    unmetered_only: bool = False  # automatic syncs wait for Wi-Fi or cable
    notify: bool = True  # say when a sync has finished
    at_start: bool = False  # sync each time the app starts
    kinds: tuple[Kind, ...] = LISTED_KINDS  # what to fetch at all, at least one
    excluded_categories: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)  # the panel's category ids
    guide: GuideWish = "visible"  # how much of the programme guide is fetched

    def __post_init__(self) -> None:
        if self.interval_hours == 0:
            object.__setattr__(self, "interval_hours", None)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What the last login said of the account. Holds nothing secret."""

    status: str  # active, expired, banned, disabled
    expires: int | None  # epoch seconds; None = never
    max_connections: int | None  # None = no limit known
    timezone: str  # an IANA name or "+02:00"
    checked_at: int  # epoch seconds

    def has_lapsed(self, now: float) -> bool:
        """Whether its end has passed although the provider called it active."""
        return has_lapsed(self.status, self.expires, now)

    @classmethod
    def of(cls, account: Account, checked_at: int) -> KnownAccount:
        """The part of a login's answer that is worth keeping."""
        return cls(account.status, account.expires, account.max_connections, account.timezone, checked_at)


@dataclass(frozen=True, slots=True)
class Profile:
    """One account at one panel. `repr` shows no user name and no command: people paste reprs into bug reports."""

    name: str  # 1-64 characters, unique ignoring case
    url: str  # of the panel, without credentials: "http://panel.example:8080"
    username: str = field(repr=False)
    password_source: PasswordSource = "keyring"
    password_command: str | None = field(default=None, repr=False)  # a shell command line that prints the password
    user_agent: str = DEFAULT_USER_AGENT
    connect_timeout_s: float = 10
    first_byte_timeout_s: float = 120  # panels think long before they send a list
    read_timeout_s: float = 30  # between two blocks
    verify_tls: bool = True
    sync: SyncSettings = field(default_factory=SyncSettings)
    account: KnownAccount | None = None  # None: never logged in


@dataclass(frozen=True, slots=True)
class AppSettings:
    """What holds for the app, whichever the profile."""

    theme: str = ""  # name of a theme; "" = the app's default
    scroll_by_jumps: bool | None = None  # move lists by half pages, not by lines; None = only over SSH
    changed_cells_only: bool | None = None  # send the terminal only what changed; None = only over SSH
    ascii: bool | None = None  # draw with ASCII only; None = where the terminal or the locale has little else
    animations: bool | None = None  # move and fade things in steps; None = but over SSH
    keys: Mapping[str, str] = field(default_factory=dict)  # binding id -> the key that replaces the default
    size_limit_mb: int = 2048  # warn when a library grows past this
    bell: bool = False  # ring the terminal's bell when a sync finishes
    desktop_notifications: bool = False  # OSC 9/777 when a sync finishes
    player: PlayerName = "auto"
    player_command: str = ""  # a command line with places to fill, see PLAYER_PLACES; run without a shell
    player_arguments: str = ""  # for mpv or VLC, beside ours
    autoplay_next: bool = False  # the next episode begins by itself


# ------------------------------------------------------------------------------------------ what is refused
def validate_name(name: str) -> list[str]:
    """Why a profile can't get this name; empty when it can. Names of earlier versions may hold more, and are kept."""
    return list(_name_problems(name)) or list(_new_name_problems(name))


def validate_new_profile(profile: Profile) -> list[str]:
    """Like `validate_profile`, for one that is added now."""
    return validate_profile(profile) or validate_name(profile.name)


def validate_sync_settings(settings: SyncSettings) -> list[str]:
    """Why these settings are refused, one sentence a key, keys as under `[profiles.NAME]`; empty when they are fine."""
    return list(_sync_problems(settings))


def validate_profile(profile: Profile) -> list[str]:
    """Why this profile is refused, its name and its sync settings included; empty when it is fine."""
    return [*_name_problems(profile.name), *_connection_problems(profile), *_sync_problems(profile.sync)]


def validate_app_settings(settings: AppSettings) -> list[str]:
    """Why these settings are refused, one sentence a key; empty when they are fine."""
    return list(_app_problems(settings))


def refuse(problems: Sequence[str]) -> None:
    """Raise `UsageError` with the first of what a `validate_*` found, if it found anything."""
    if problems:
        raise UsageError(f"{problems[0]}.", hint="Nothing was changed.")


def same_name(one: str, other: str) -> bool:
    """Whether two profile names are the same for people: case and the way accents are encoded do not count."""
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
    """Letters with their marks, digits and few signs: the name stands in commands and in names of files."""
    if not all(char.isalnum() or char in _NAME_SIGNS or unicodedata.category(char)[0] == "M" for char in name):
        yield 'name must be made of letters, digits, blanks and the signs "." "_" "-" "@"'


def _connection_problems(profile: Profile) -> Iterator[str]:
    yield from _url_problems(profile.url)
    if not profile.username or not profile.username.isprintable():
        yield "username must not be empty nor hold control characters"
    if profile.password_source not in PASSWORD_SOURCES:
        yield f"password_source must be one of {', '.join(PASSWORD_SOURCES)}"
    if profile.password_source == "command" and not (profile.password_command or "").strip():
        yield 'password_command must be given when password_source is "command"'
    if not profile.user_agent.strip() or not (profile.user_agent.isascii() and profile.user_agent.isprintable()):
        yield "user_agent must be plain ASCII text: it is sent as an HTTP header"
    for key in ("connect_timeout_s", "first_byte_timeout_s", "read_timeout_s"):
        seconds: float = getattr(profile, key)
        if not (math.isfinite(seconds) and 0 < seconds <= LONGEST_TIMEOUT_S):
            yield f"{key} must be more than 0 and at most {LONGEST_TIMEOUT_S} seconds"


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
    if settings.interval_hours is not None and settings.interval_hours < SHORTEST_INTERVAL_HOURS:
        yield f"sync.interval_hours must be at least {SHORTEST_INTERVAL_HOURS}, or 0 for manual"
    if not settings.kinds or not set(settings.kinds) <= set(LISTED_KINDS):
        yield f"sync.kinds must name at least one of {', '.join(kind.plural for kind in LISTED_KINDS)}"
    if not set(settings.excluded_categories) <= set(LISTED_KINDS):
        yield f"sync.excluded_categories must be lists under {', '.join(kind.plural for kind in LISTED_KINDS)}"
    if any(not id_ for ids in settings.excluded_categories.values() for id_ in ids):
        yield "sync.excluded_categories must not hold empty category ids"
    if settings.guide not in GUIDE_WISHES:
        yield f"sync.guide must be one of {', '.join(GUIDE_WISHES)}"


def _app_problems(settings: AppSettings) -> Iterator[str]:
    if not settings.theme.isprintable():
        yield "theme must be the name of a theme"
    if settings.size_limit_mb < 1:
        yield "size_limit_mb must be at least 1"
    yield from _player_problems(settings)
    for binding, key in settings.keys.items():
        if not key.strip() or not key.isprintable():
            yield f'keys."{binding}" must name a key'


def _player_problems(settings: AppSettings) -> Iterator[str]:
    if settings.player not in PLAYERS:
        yield f"player must be one of {', '.join(PLAYERS)}"
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
    """As a shell would split them; None when a quotation mark is left open or there are control characters."""
    if not text.isprintable():
        return None
    try:
        return shlex.split(text)
    except ValueError:
        return None
