"""The controls of the running player: pause, seek, volume, and the episodes before and after."""

from __future__ import annotations

from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_app.catalog import Kind
from tui_app.playback import PlayState, PlayStatus
from tui_app.screens.status_words import STOP_KEY, playing_title, position_words
from tui_app.services.app_state import HasAppState
from tui_app.text import fit
from tui_app.widgets.words import bar_words

#: The keys named below the bar: the ids of their bindings, and the words for them.
_HINTS: Final = (
    (("player.pause",), "Pause"),
    (("player.back", "player.on"), "10\N{NO-BREAK SPACE}s"),
    (("player.minute_back", "player.minute_on"), "1\N{NO-BREAK SPACE}min"),
    (("player.previous", "player.next"), "Episode"),
    (("player.quieter", "player.louder"), "Volume"),
    (("player.stop",), "Stop"),
    (("player.close",), "Close"),
)


def can_control(status: PlayStatus | None, change: str = "pause") -> bool:
    """Return whether the player can do this now: "pause", "seek", "volume" or "episode"."""
    if status is None or status.control is None:
        return False
    if change == "episode":
        return status.what.ref.kind is Kind.EPISODE
    return change != "seek" or not status.what.is_live


class PlayerControls(ModalScreen[None]):
    """A box at the bottom of the screen. It closes when the player has ended, unless something else follows."""

    DEFAULT_CSS = """
    PlayerControls {
        align: center bottom; background: transparent;
        & > Static {
            width: 100%; height: auto; padding: 0 1; background: $panel; border: round $primary;
            border-title-color: $primary; border-title-style: bold;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "app.player('pause')", "Pause or continue", tooltip="Pause or continue", id="player.pause"),
        Binding("left,h", "app.player('seek', -10)", "10 s back", tooltip="10 seconds back", id="player.back"),
        Binding("right,l", "app.player('seek', 10)", "10 s forward", tooltip="10 seconds forward", id="player.on"),
        Binding("down,j", "app.player('seek', -60)", "1 min back", tooltip="1 minute back", id="player.minute_back"),
        Binding("up,k", "app.player('seek', 60)", "1 min forward", tooltip="1 minute forward", id="player.minute_on"),
        Binding("<", "app.play_episode(-1)", "Previous", tooltip="Previous episode", id="player.previous"),
        Binding(">", "app.play_episode(1)", "Next", tooltip="Next episode", id="player.next"),
        Binding("minus", "app.player('volume', -5)", "Quieter", tooltip="Quieter", id="player.quieter"),
        Binding("plus", "app.player('volume', 5)", "Louder", tooltip="Louder", id="player.louder"),
        Binding(STOP_KEY, "app.stop_playing", "Stop", tooltip="Stop the player", id="player.stop"),
        Binding("escape,q,b", "close", "Close", tooltip="Close the controls", id="player.close"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._box = Static("", markup=False)

    def compose(self) -> ComposeResult:
        self._box.border_title = "Player"
        yield self._box

    def on_screen_resume(self) -> None:
        self.show(cast(HasAppState, self.app).app_state.playing.status)

    def on_resize(self) -> None:
        self.on_screen_resume()

    def action_close(self) -> None:
        self.dismiss()

    def show(self, status: PlayStatus | None) -> None:
        """Show what plays; close when nothing does."""
        if status is None or status.is_over:
            if self.is_active and all(worker.is_finished for worker in self.app.workers if worker.group == "play"):
                self.dismiss()
            return
        title = fit(playing_title(status), self.app.size.width - 4)
        self._box.update(Content("\n").join((Content(title), self._position(status), self._keys())))

    def _position(self, status: PlayStatus) -> Content:
        """Return position, bar, length and volume in one line."""
        volume = "" if status.volume is None else f"  {status.volume:3.0f} % volume"
        if status.state is PlayState.STARTING:
            return Content(f"starting {status.player}")
        if status.position_s is None or not status.duration_s or status.what.is_live:
            return Content(f"{'live' if status.what.is_live else position_words(status.position_s or 0)}{volume}")
        before, after = position_words(status.position_s), f"{position_words(status.duration_s)}{volume}"
        cells = self.app.size.width - 6 - len(before) - len(after)
        return Content.assemble(
            before,
            " ",
            (bar_words(status.position_s / status.duration_s, max(4, cells)), "$text-accent"),
            f" {after}",
        )

    def _keys(self) -> Content:
        """Return the keys that work now, as the user set them, with their words."""
        shown: dict[str, str] = {}
        for active in self.active_bindings.values():
            if active.enabled and active.binding.id:
                shown.setdefault(active.binding.id, self.app.get_key_display(active.binding))
        lines: list[list[Content]] = [[]]
        cells = 0
        for ids, words in _HINTS:
            if shown.keys() >= set(ids):
                keys = " ".join(shown[id_] for id_ in ids)
                hint = Content.assemble((keys, "bold"), f"\N{NO-BREAK SPACE}{words}")
                if lines[-1] and cells + hint.cell_length > self.app.size.width - 6:
                    lines.append([])
                    cells = 0
                lines[-1].append(hint)
                cells += hint.cell_length + 2
        return Content("\n").join(Content("  ").join(line) for line in lines)
