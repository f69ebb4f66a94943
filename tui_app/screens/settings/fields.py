"""The fields of the Settings screen with their labels, options and help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.screens.dialogs.base import TextDialog
from tui_app.settings import INTERVAL_CHOICES_HOURS, AppSettings, GuideWish, SyncSettings, validate_app_settings
from tui_app.settings.schema import PlayerName
from tui_app.widgets.form_fields import LABEL_CELLS, CycleField, Field, FlagField, OpenField

_PLAYERS: Final[tuple[tuple[PlayerName, str], ...]] = (
    ("auto", "mpv, else VLC"),
    ("mpv", "mpv"),
    ("vlc", "VLC"),
    ("command", "custom command"),
)
_SHOWN: Final = 24  # characters of what was typed


@dataclass(frozen=True, slots=True)
class _Typed:
    """The texts of a dialog for a typed setting."""

    title: str
    sentence: str
    hints: tuple[str, ...]


_TYPED: Final = {
    "player_command": _Typed(
        "Player command",
        "The command that plays a stream. It runs without a shell.",
        (
            "It reads the stream link from standard input:  ssh laptop mpv --playlist=-",
            "{playlist} is a file with the link that only you can read:  celluloid {playlist}",
            "{url} is the link itself: every user of this machine can see it.",
            "Also: {title} {start} {user_agent}",
        ),
    ),
    "player_arguments": _Typed(
        "Player arguments",
        "Extra options for mpv or VLC.",
        (
            "For example: --fullscreen --volume=60",
            "--vo=tct makes mpv draw in this terminal; q returns to the app.",
        ),
    ),
}


class PlayerFields:
    """The fields of the player settings."""

    def __init__(self) -> None:
        cells, plain = LABEL_CELLS, AppSettings()
        self.player: CycleField[PlayerName] = CycleField(
            "Player",
            _PLAYERS,
            plain.player,
            id="app-player",
            help="Resume works with mpv, usually with VLC, not with a custom command.",
            label_cells=cells,
        )
        self.command = OpenField(
            "Player command",
            "none",
            id="app-player_command",
            help="A custom command, for example a player on another computer.",
            label_cells=cells,
        )
        self.arguments = OpenField(
            "Player arguments",
            "none",
            id="app-player_arguments",
            help="Extra options for mpv or VLC.",
            label_cells=cells,
        )
        self.autoplay = FlagField(
            "Play next episode",
            plain.autoplay_next,
            id="app-autoplay_next",
            help="Play the next episode automatically; if off, it is offered.",
            label_cells=cells,
        )

    def __iter__(self) -> Iterator[Field]:
        yield from (self.player, self.command, self.arguments, self.autoplay)

    def show(self, settings: AppSettings) -> None:
        """Fill in the settings."""
        self.player.set(settings.player)
        self.command.set(_shown(settings.player_command))
        self.arguments.set(_shown(settings.player_arguments))
        self.autoplay.set(settings.autoplay_next)


def typed_setting(id_: str) -> str | None:
    """Return the name of the typed setting of a field; None for other fields."""
    name = id_.removeprefix("app-")
    return name if name in _TYPED else None


def dialog_for(name: str, settings: AppSettings) -> TextDialog:
    """Return the dialog for a typed setting, validated by the settings."""
    words = _TYPED[name]
    return TextDialog(words.title, words.sentence, words.hints, getattr(settings, name), _checker(name))


def _checker(name: str) -> Callable[[str], str]:
    def problem(value: str) -> str:
        changed: dict[str, Any] = {name: value}
        found = validate_app_settings(AppSettings(**changed))
        return f"It{found[0].removeprefix(name)}." if found else ""

    return problem


def _shown(value: str) -> str:
    if not value:
        return "none"
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN].rstrip()} …"


#: Name in `SyncSettings` → label, help.
_SYNC_FLAGS: Final = {
    "automatic": ("Automatic sync", "While the app runs, a sync starts when the data are older than the interval."),
    "at_start": ("Sync at start", "Sync each time the app starts, unless a sync ended in the last ten minutes."),
    "unmetered_only": (
        "Only on Wi-Fi or cable",
        "Automatic syncs wait for Wi-Fi or cable; a manual sync never waits.",
    ),
    "notify": (
        "Notify when finished",
        "Show when a sync has ended; with bell or desktop notification, if enabled below.",
    ),
}
_APP_FLAGS: Final = {
    "bell": ("Bell", "Ring the terminal's bell when a sync has finished."),
    "desktop_notifications": (
        "Desktop notification",
        "Send a desktop notification when a sync has finished (OSC 9 or 777; in tmux: set allow-passthrough on).",
    ),
}
_OVER_SSH: Final = ((None, "over SSH only"), (True, "always"), (False, "never"))
_GUIDES: Final[tuple[tuple[GuideWish, str], ...]] = (
    ("off", "none"),
    ("visible", "visible channels only"),
    ("full", "whole guide file"),
)
_BY_TERMINAL: Final = ((None, "automatic"), (True, "always"), (False, "never"))
_BUT_OVER_SSH: Final = ((None, "except over SSH"), (True, "always"), (False, "never"))
_SIZES_MB: Final = (512, 1024, 2048, 4096, 8192, 16384)


class SettingsFields:
    """All fields. `show_sync` and `show_app` fill them in, `wanted_sync` reads them."""

    def __init__(self) -> None:
        cells = LABEL_CELLS
        plain, plain_app = SyncSettings(), AppSettings()
        self.playing = PlayerFields()
        self.sync_flags = {
            name: FlagField(label, getattr(plain, name), id=name, help=help, label_cells=cells)
            for name, (label, help) in _SYNC_FLAGS.items()
        }
        self.interval: CycleField[int | None] = CycleField(
            "Every",
            [(hours, interval_words(hours)) for hours in INTERVAL_CHOICES_HOURS],
            plain.interval_hours,
            id="interval_hours",
            help="Counted from the last successful sync. The settings file accepts any number of hours from 6 up.",
            label_cells=cells,
            words_of=interval_words,
        )
        self.guide: CycleField[GuideWish] = CycleField(
            "TV guide",
            _GUIDES,
            plain.guide,
            id="guide",
            help="Fetch the guide of visible channels, or copy the whole guide with each sync (up to hundreds of MB).",
            label_cells=cells,
        )
        self.kinds = {
            kind: FlagField(
                kind.plural.capitalize(),
                True,
                id=f"kind-{kind}",
                help=f"Copy the {kind.plural} at each sync. If off, the existing list is kept but not updated.",
                label_cells=cells,
            )
            for kind in LISTED_KINDS
        }
        self.categories = OpenField(
            "Categories", "all", id="categories", help="Choose which categories are copied.", label_cells=cells
        )
        self.connection = OpenField(
            "Connection",
            "",
            id="connection",
            help="Address, user name, password, user agent and time-outs of this profile.",
            label_cells=cells,
        )
        self.size_limit: CycleField[int] = CycleField(
            "Warn when larger than",
            [(size, f"{size:,} MB") for size in _SIZES_MB],
            plain_app.size_limit_mb,
            id="app-size_limit_mb",
            help="Warn when this profile's files take more disk space than this.",
            label_cells=cells,
            words_of=lambda size: f"{size:,} MB",
        )
        self.theme = OpenField("Theme", "", id="theme", help="Choose a theme.", label_cells=cells)
        self.app_flags = {
            name: FlagField(label, getattr(plain_app, name), id=f"app-{name}", help=help, label_cells=cells)
            for name, (label, help) in _APP_FLAGS.items()
        }
        self.scrolling: CycleField[bool | None] = CycleField(
            "Half-page scrolling",
            _OVER_SSH,
            plain_app.scroll_by_jumps,
            id="app-scroll_by_jumps",
            help="At their edges, lists move by half a page instead of a line: a tenth of the bytes on a slow line.",
            label_cells=cells,
        )
        self.cells: CycleField[bool | None] = CycleField(
            "Reduced screen updates",
            _OVER_SSH,
            plain_app.changed_cells_only,
            id="app-changed_cells_only",
            help="Send the terminal only what changed, for slow connections. Takes effect at the next start.",
            label_cells=cells,
        )
        self.ascii: CycleField[bool | None] = CycleField(
            "ASCII only",
            _BY_TERMINAL,
            plain_app.ascii,
            id="app-ascii",
            help="Draw frames and marks with ASCII characters, for terminals and fonts that lack others.",
            label_cells=cells,
        )
        self.animations: CycleField[bool | None] = CycleField(
            "Animations",
            _BUT_OVER_SSH,
            plain_app.animations,
            id="app-animations",
            help="Animate scrolling and panels.",
            label_cells=cells,
        )

    # --------------------------------------------------------------------------------------------- showing
    def show_sync(self, settings: SyncSettings) -> None:
        """Fill in the sync settings of the profile."""
        for name, flag in self.sync_flags.items():
            flag.set(getattr(settings, name))
        for kind, tick in self.kinds.items():
            tick.set(kind in settings.kinds)
        self.interval.set(settings.interval_hours)
        self.guide.set(settings.guide)
        self.categories.set(excluded_words(settings.excluded_categories))

    def show_app(self, settings: AppSettings, theme: str) -> None:
        """Fill in the settings of the app; `theme` is the one in use."""
        for name, flag in self.app_flags.items():
            flag.set(getattr(settings, name))
        self.playing.show(settings)
        self.size_limit.set(settings.size_limit_mb)
        self.scrolling.set(settings.scroll_by_jumps)
        self.cells.set(settings.changed_cells_only)
        self.ascii.set(settings.ascii)
        self.animations.set(settings.animations)
        self.theme.set(theme)

    # ------------------------------------------------------------------------------------------------ reading
    def wanted_sync(self) -> dict[str, Any]:
        """Return the sync settings in the fields, for `dataclasses.replace`, without categories."""
        flags: dict[str, Any] = {name: flag.value for name, flag in self.sync_flags.items()}
        kinds = tuple(kind for kind, tick in self.kinds.items() if tick.value)
        return {**flags, "kinds": kinds, "interval_hours": self.interval.value, "guide": self.guide.value}


def interval_words(hours: int | None) -> str:
    """Format an interval: "12 h"."""
    return "manual only" if hours is None else f"{hours} h"


def excluded_words(excluded: Mapping[Kind, tuple[str, ...]]) -> str:
    """Describe excluded categories: "all", or "excluded: 3 of movies, 1 of series"."""
    words = [f"{len(ids):,} of {kind.plural}" for kind, ids in excluded.items() if ids]
    return f"excluded: {', '.join(words)}" if words else "all"
