"""The fields of the Settings screen with their labels, options and help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.screens.dialogs.base import TextDialog
from tui_app.settings import AppSettings, GuideMode, SyncSettings, validate_app_settings
from tui_app.settings.schema import NextSource, PlayerName, declared_settings, setting_of
from tui_app.widgets.form_fields import LABEL_CELLS, CycleField, Field, FlagField, OpenField

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


def _flag(source: type[Any], name: str, id_: str) -> FlagField:
    """Return the field of a yes/no setting, in the words of its declaration."""
    words = setting_of(source, name)
    return FlagField(words.label, getattr(source(), name), id=id_, help=words.help, label_cells=LABEL_CELLS)


def _app_flags() -> list[str]:
    """Return the yes/no settings of the app that are ticks in one list."""
    declared = declared_settings(AppSettings).items()
    return [name for name, field in declared if field.type == "bool" and name not in _PLACED_FLAGS]


def _cycle(source: type[Any], name: str, id_: str, words_of: Callable[[Any], str] | None = None) -> CycleField[Any]:
    """Return the field of a setting with choices, in the words of its declaration."""
    words = setting_of(source, name)
    choices = [(value, words_of(value) if words_of else text) for value, text in words.choices]
    more = {"words_of": words_of} if words_of else {}
    return CycleField(
        words.label, choices, getattr(source(), name), id=id_, help=words.help, label_cells=LABEL_CELLS, **more
    )


def _open(name: str, shown: str, id_: str) -> OpenField:
    """Return the field that opens a dialog for a setting of the app."""
    words = setting_of(AppSettings, name)
    return OpenField(words.label, shown, id=id_, help=words.help, label_cells=LABEL_CELLS)


class PlayerFields:
    """The fields of the player settings."""

    def __init__(self) -> None:
        self.player: CycleField[PlayerName] = _cycle(AppSettings, "player", "app-player")
        self.command = _open("player_command", "none", "app-player_command")
        self.arguments = _open("player_arguments", "none", "app-player_arguments")
        self.autoplay = _flag(AppSettings, "autoplay_next", "app-autoplay_next")
        self.next_source: CycleField[NextSource] = _cycle(AppSettings, "next_source", "app-next_source")

    def __iter__(self) -> Iterator[Field]:
        yield from (self.player, self.command, self.arguments, self.autoplay, self.next_source)

    def show(self, settings: AppSettings) -> None:
        """Fill in the settings."""
        self.player.set(settings.player)
        self.command.set(_shown(settings.player_command))
        self.arguments.set(_shown(settings.player_arguments))
        self.autoplay.set(settings.autoplay_next)
        self.next_source.set(settings.next_source)


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


_SYNC_FLAGS: Final = ("automatic", "at_start", "unmetered_only", "notify")
#: Yes/no settings with a place of their own on the screen; all others of the app are listed as declared.
_PLACED_FLAGS: Final = ("autoplay_next",)


class SettingsFields:
    """All fields. `show_sync` and `show_app` fill them in, `wanted_sync` reads them."""

    def __init__(self) -> None:
        cells = LABEL_CELLS
        self.playing = PlayerFields()
        self.sync_flags = {name: _flag(SyncSettings, name, name) for name in _SYNC_FLAGS}
        self.interval: CycleField[int | None] = _cycle(SyncSettings, "interval_hours", "interval_hours", interval_words)
        self.guide: CycleField[GuideMode] = _cycle(SyncSettings, "guide", "guide")
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
        self.size_limit: CycleField[int] = _cycle(
            AppSettings, "size_limit_mb", "app-size_limit_mb", lambda size: f"{size:,} MB"
        )
        self.reminders: CycleField[int] = _cycle(
            AppSettings, "reminder_minutes", "app-reminder_minutes", lambda minutes: f"{minutes} min"
        )
        self.theme = _open("theme", "", "theme")
        self.app_flags = {name: _flag(AppSettings, name, f"app-{name}") for name in _app_flags()}
        self.scrolling: CycleField[bool | None] = _cycle(AppSettings, "scroll_by_jumps", "app-scroll_by_jumps")
        self.cells: CycleField[bool | None] = _cycle(AppSettings, "changed_cells_only", "app-changed_cells_only")
        self.ascii: CycleField[bool | None] = _cycle(AppSettings, "ascii", "app-ascii")
        self.animations: CycleField[bool | None] = _cycle(AppSettings, "animations", "app-animations")
        self.pictures: CycleField[bool | None] = _cycle(AppSettings, "pictures", "app-pictures")

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
        self.reminders.set(settings.reminder_minutes)
        self.scrolling.set(settings.scroll_by_jumps)
        self.cells.set(settings.changed_cells_only)
        self.ascii.set(settings.ascii)
        self.animations.set(settings.animations)
        self.pictures.set(settings.pictures)
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
