"""The settings of a profile, of its sync and of the app, each declared once: type, default, range and words.

The file, its validation (`validation`), the form and the handbook are derived from the declarations. Nothing here is
secret: a profile names the place of its password, not the password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, Final, Literal, TypeVar, get_args

from tui_app.catalog import LISTED_KINDS, Account, Kind, has_lapsed

PasswordSource = Literal["keyring", "command", "file"]
GuideMode = Literal["off", "visible", "full"]
PlayerName = Literal["auto", "mpv", "vlc", "command"]
NextSource = Literal["ask", "auto", "off"]
HookEvent = Literal["after_sync", "new_episode", "held_back"]

SHORTEST_INTERVAL_HOURS: Final = 6
#: What the app offers; the file takes any whole number of hours from `SHORTEST_INTERVAL_HOURS` on. None = manual.
INTERVAL_CHOICES_HOURS: Final[tuple[int | None, ...]] = (6, 12, 24, 48, None)
LONGEST_TIMEOUT_S: Final = 3600
_SIZES_MB: Final = (512, 1024, 2048, 4096, 8192, 16384)

#: Placeholders in a player command.
PLACEHOLDERS: Final = ("url", "playlist", "title", "start", "user_agent")
_PLACEHOLDER_LIST: Final = ", ".join(f"`{{{name}}}`" for name in PLACEHOLDERS)

#: What runs programs: a restore leaves it out unless it is asked for. New settings of that kind belong here.
SETTINGS_COMMANDS: Final = frozenset({"player", "player_command", "player_arguments", "hooks"})
PROFILE_COMMANDS: Final = frozenset({"password_command", "hooks"})

#: Panels refuse clients that do not look like a player.
DEFAULT_USER_AGENT: Final = "VLC/3.0.21 LibVLC/3.0.21"
LONGEST_NAME: Final = 64  # characters

T = TypeVar("T")
_SETTING: Final = "setting"


@dataclass(frozen=True, slots=True)
class Setting:
    """How one setting is described and checked; its type and default are those of its field.

    `choices` are the values that the form offers, with their words. The file takes no other if `is_closed` is set.
    """

    meaning: str  # in the handbook
    label: str = ""  # in the form
    help: str = ""  # in the form
    choices: tuple[tuple[Any, str], ...] = ()
    is_closed: bool = False
    minimum: int | None = None
    maximum_s: int | None = None  # of a time-out, which is more than 0


def _setting(default: T, meaning: str, **words: Any) -> T:
    """Declare a setting; `words` are fields of `Setting`."""
    declared: T = field(default=default, metadata={_SETTING: Setting(meaning, **words)})
    return declared


def _time_out(default: float, meaning: str) -> float:
    return _setting(default, meaning, maximum_s=LONGEST_TIMEOUT_S)


def declared_settings(source: type[Any]) -> dict[str, Field[Any]]:
    """Return key → field, for the fields that are keys of a settings file, in the order of the file."""
    return {one.name: one for one in fields(source) if _SETTING in one.metadata}


def setting_of(source: type[Any], key: str) -> Setting:
    """Return the declaration of one setting."""
    found: Setting = declared_settings(source)[key].metadata[_SETTING]
    return found


_OVER_SSH: Final = ((None, "over SSH only"), (True, "always"), (False, "never"))
_BY_TERMINAL: Final = ((None, "automatic"), (True, "always"), (False, "never"))
_BUT_OVER_SSH: Final = ((None, "except over SSH"), (True, "always"), (False, "never"))


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """When and what one profile syncs."""

    automatic: bool = _setting(
        True,
        "sync when due, while the app runs; false: only manual syncs and cron",
        label="Automatic sync",
        help="While the app runs, a sync starts when the data are older than the interval.",
    )
    interval_hours: int | None = _setting(
        12,
        "hours from the last success to the next sync, at least 6; 0 = manual only",
        label="Every",
        help="Counted from the last successful sync. The settings file accepts any number of hours from 6 up.",
        choices=tuple((hours, "") for hours in INTERVAL_CHOICES_HOURS),
        minimum=SHORTEST_INTERVAL_HOURS,
    )
    unmetered_only: bool = _setting(
        False,
        "syncs wait for Wi-Fi or cable",
        label="Only on Wi-Fi or cable",
        help="Automatic syncs wait for Wi-Fi or cable; a manual sync never waits.",
    )
    notify: bool = _setting(
        True,
        "report when a sync has finished",
        label="Notify when finished",
        help="Show when a sync has ended; with bell or desktop notification, if enabled below.",
    )
    at_start: bool = _setting(
        False,
        "sync each time the app starts",
        label="Sync at start",
        help="Sync each time the app starts, unless a sync ended in the last ten minutes.",
    )
    kinds: tuple[Kind, ...] = _setting(LISTED_KINDS, "what is copied, at least one of them")
    excluded_categories: Mapping[Kind, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={
            _SETTING: Setting("ids of categories that are not copied: lists under `channels`, `movies`, `series`"),
        },
    )
    guide: GuideMode = _setting(  # noqa: RUF009 - returns a field
        "visible",
        "how much of the TV guide is fetched: `off`, `visible` or `full`",
        label="TV guide",
        help="Fetch the guide of visible channels, or copy the whole guide with each sync (up to hundreds of MB).",
        choices=(("off", "none"), ("visible", "visible channels only"), ("full", "whole guide file")),
        is_closed=True,
    )

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
    url: str = ""  # the address that answered last, if it was not the first one of the profile

    def has_lapsed(self, now: float) -> bool:
        """Whether its end has passed although the provider called it active."""
        return has_lapsed(self.status, self.expires, now)

    @classmethod
    def of(cls, account: Account, checked_at: int, url: str = "") -> KnownAccount:
        """Return the part of a login's answer that is stored."""
        return cls(account.status, account.expires, account.max_connections, account.timezone, checked_at, url)


@dataclass(frozen=True, slots=True)
class Profile:
    """One account at one panel. `repr` shows no user name and no command: people paste reprs into bug reports."""

    name: str  # 1-64 characters, unique ignoring case
    url: str = field(metadata={_SETTING: Setting("the panel's address, without user name and password")})
    username: str = field(repr=False, metadata={_SETTING: Setting("the user name")})
    password_source: PasswordSource = _setting(  # noqa: RUF009 - returns a field
        "keyring",
        "where the password is: `keyring`, `command` or `file`",
        choices=tuple((source, "") for source in get_args(PasswordSource)),
        is_closed=True,
    )
    password_command: str | None = field(
        default=None, repr=False, metadata={_SETTING: Setting("a shell command that prints the password")}
    )
    user_agent: str = _setting(DEFAULT_USER_AGENT, "the HTTP User-Agent header sent to the provider")
    connect_timeout_s: float = _time_out(10, "seconds to wait for a connection")
    first_byte_timeout_s: float = _time_out(
        120, "seconds to wait for an answer to begin; panels take long before they send a list"
    )
    read_timeout_s: float = _time_out(30, "seconds without a byte after which an answer counts as broken")
    verify_tls: bool = _setting(True, "refuse invalid TLS certificates")
    also_urls: tuple[str, ...] = _setting(
        (), "further addresses of the same account; they are tried in this order when `url` can't be reached"
    )
    sync: SyncSettings = field(default_factory=SyncSettings)
    account: KnownAccount | None = None  # None: never logged in

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, in the order in which a login tries them."""
        return (self.url, *self.also_urls)

    @property
    def address(self) -> str:
        """The address to use: the one that answered last, as long as it is listed."""
        known = self.account.url if self.account else ""
        return known if known in self.also_urls else self.url

    def at(self, address: str) -> Profile:
        """Return this profile with one address."""
        return replace(self, url=address, also_urls=())


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The settings that apply to all profiles."""

    theme: str = _setting("", 'name of a theme; "" = the default theme', label="Theme", help="Choose a theme.")
    scroll_by_jumps: bool | None = _setting(
        None,
        "move lists by half pages, not by lines; omitted = only over SSH",
        label="Half-page scrolling",
        help="At their edges, lists move by half a page instead of a line: a tenth of the bytes on a slow line.",
        choices=_OVER_SSH,
    )
    changed_cells_only: bool | None = _setting(
        None,
        "send the terminal only what changed; omitted = only over SSH",
        label="Reduced screen updates",
        help="Send the terminal only what changed, for slow connections. Takes effect at the next start.",
        choices=_OVER_SSH,
    )
    ascii: bool | None = _setting(
        None,
        "draw with ASCII only; omitted = if the terminal or the locale supports little else",
        label="ASCII only",
        help="Draw frames and marks with ASCII characters, for terminals and fonts that lack others.",
        choices=_BY_TERMINAL,
    )
    animations: bool | None = _setting(
        None,
        "animate movements; omitted = except over SSH",
        label="Animations",
        help="Animate scrolling and panels.",
        choices=_BUT_OVER_SSH,
    )
    keys: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            _SETTING: Setting("action → key, or several separated by commas; the chapter on keys lists the actions"),
        },
    )
    size_limit_mb: int = _setting(
        2048,
        "warn when a profile takes more megabytes on disk",
        label="Warn when larger than",
        help="Warn when this profile's files take more disk space than this.",
        choices=tuple((size, f"{size:,} MB") for size in _SIZES_MB),
        minimum=1,
    )
    bell: bool = _setting(
        False,
        "ring the terminal's bell when a sync finishes, and for reminders",
        label="Bell",
        help="Ring the terminal's bell when a sync has finished, and for reminders.",
    )
    desktop_notifications: bool = _setting(
        False,
        "ask the terminal for a desktop notification when a sync finishes, and for reminders",
        label="Desktop notification",
        help="Send a desktop notification after syncs and for reminders (OSC 9 or 777; in tmux set allow-passthrough).",
    )
    reminder_minutes: int = _setting(
        5,
        "how many minutes before a programme its reminder comes",
        label="Remind before",
        help="How long before a programme begins its reminder comes, while the app runs.",
        choices=tuple((minutes, f"{minutes} min") for minutes in (0, 1, 2, 5, 10, 15, 30)),
        minimum=0,
    )
    pictures: bool | None = _setting(
        None,
        "show posters, covers and logos; omitted = except over SSH",
        label="Pictures",
        help="Show posters and logos; needs the extra “images”. If set to never, no picture is ever requested.",
        choices=_BUT_OVER_SSH,
    )
    hooks: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            _SETTING: Setting(
                "event → shell command, run after a sync with JSON on its standard input; the events are "
                + ", ".join(f"`{event}`" for event in get_args(HookEvent))
            ),
        },
    )
    player: PlayerName = _setting(  # noqa: RUF009 - returns a field
        "auto",
        "the player: `auto` (mpv, else VLC), `mpv`, `vlc` or `command`",
        label="Player",
        help="Resume works with mpv, usually with VLC, not with a custom command.",
        choices=(("auto", "mpv, else VLC"), ("mpv", "mpv"), ("vlc", "VLC"), ("command", "custom command")),
        is_closed=True,
    )
    player_command: str = _setting(
        "",
        f"a command of your own, run without a shell; it may contain {_PLACEHOLDER_LIST}",
        label="Player command",
        help="A custom command, for example a player on another computer.",
    )
    player_arguments: str = _setting(
        "", "additional arguments for mpv or VLC", label="Player arguments", help="Extra options for mpv or VLC."
    )
    autoplay_next: bool = _setting(
        False,
        "start the next episode automatically",
        label="Play next episode",
        help="Play the next episode automatically; if off, it is offered.",
    )
    next_source: NextSource = _setting(  # noqa: RUF009 - returns a field
        "ask",
        "when a movie or episode does not start, its next version in this or another profile: `ask`, `auto` or `off`",
        label="Next source",
        help="When a title does not start: offer its next version, in this or another profile, or play it right away.",
        choices=(("ask", "offer it"), ("auto", "play it at once"), ("off", "off")),
        is_closed=True,
    )
