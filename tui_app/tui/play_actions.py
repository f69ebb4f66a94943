"""Playback in the app: plays what screens request, offers to resume, and reports failures.

The player is a process of its own, handled by `AppState.playing`.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Final, Literal

from textual.app import App
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen
from textual.widgets import Input

from tui_app.catalog import ItemRef, Kind, Programme, TitleVersion
from tui_app.errors import PlayerError, XtreamTuiError
from tui_app.library import Library
from tui_app.library.all_profiles import next_source, source_words
from tui_app.messages import MarksChanged, PlayChanged
from tui_app.playback import (
    Playable,
    Player,
    PlayState,
    PlayStatus,
    draws_in_terminal,
    find_player,
    in_this_terminal,
    why_no_display,
)
from tui_app.screens.dialogs.base import Choice, ChoiceDialog
from tui_app.screens.dialogs.player_controls import PlayerControls, can_control
from tui_app.screens.dialogs.questions import in_use_dialog
from tui_app.screens.status_words import position_words, title_words
from tui_app.services.app_state import ActiveProfile, AppState
from tui_app.terminal.clipboard import copy_text
from tui_app.tui.screen_updates import ScreenUpdates

_TOAST_S: Final = 8
log = logging.getLogger(__name__)


class PlayActions:
    """Plays titles of the profile on the screen."""

    def __init__(self, app: App[None], app_state: AppState, screens: ScreenUpdates) -> None:
        self._app = app
        self._app_state = app_state
        self._screens = screens
        #: A past programme played from a remembered address format, which may be outdated.
        self._untried: tuple[Playable, Programme] | None = None
        self._controls: PlayerControls | None = None
        self._shown_control = (True, False)  # the last state that decided which keys work
        #: The versions of the title that does not start, and those that were tried, as (profile, id).
        self._sources: tuple[TitleVersion, ...] = ()
        self._tried: set[tuple[str, str]] = set()
        self._player: Player | None = None  # the last one

    def play(
        self, ref: ItemRef, programme: Programme | None = None, *, retry: bool = False, here: bool = False
    ) -> None:
        """Play a title, of a series its next episode. `retry`: the remembered catch-up address failed.

        `here`: draw in this terminal, whatever the settings say.
        """
        if (active := self._app_state.active) is not None:
            self._sources, self._tried = (), set()
            playing = self._play(active, ref, programme, retry=retry, here=here)
            self._app.run_worker(playing, group="play", exclusive=True, exit_on_error=False)

    def play_of(self, profile: str, ref: ItemRef) -> None:
        """Play a title of another profile than the one on the screen."""
        self._sources, self._tried = (), set()
        self._app.run_worker(self._play_of(profile, ref), group="play", exclusive=True, exit_on_error=False)

    async def _play_of(self, name: str, ref: ItemRef) -> None:
        library = Library(self._app_state.paths, name)
        try:
            profile = await asyncio.to_thread(self._app_state.profiles.get, name)
            await self._play(ActiveProfile(profile, library), ref, None, retry=False, here=False)
        except XtreamTuiError as error:
            self._notify(title_words(ref), error.message, error.hint)
        finally:
            await library.close()

    async def _play(
        self, active: ActiveProfile, ref: ItemRef, programme: Programme | None, *, retry: bool, here: bool
    ) -> None:
        try:
            wanted: ItemRef | None = ref
            if ref.kind is Kind.SERIES:
                wanted = await self._episode_of(active.library, ref)
            elif ref.kind is Kind.EPISODE:
                wanted = await self._episode_now(active.library, ref)
            if wanted is not None:
                await self._play_title(active, wanted, programme, retry=retry, here=here)
        except XtreamTuiError as error:
            self._notify(title_words(ref, programme), error.message, error.hint)

    async def _episode_of(self, library: Library, series: ItemRef) -> ItemRef | None:
        """Return the next episode of a series; fetch the episodes when none is stored."""
        found = await library.watching.next_unwatched(series.id)
        if found is None:
            full = await library.open_item(Kind.SERIES, series.id)
            if not full.seasons:
                self._app.notify("Fetching the episodes …", title=series.name, timeout=3, markup=False)
                full = await library.fetch_details(Kind.SERIES, series.id)
            found = await library.watching.next_unwatched(series.id)
        if found is None:
            words = "All episodes are watched." if full.seasons else "The provider lists no episodes."
            self._notify(series.name, words, "o opens the series.", severity="information")
        return found

    async def _episode_now(self, library: Library, ref: ItemRef) -> ItemRef:
        """Return the episode with its current id; fetch the series when it lacks the episode."""
        found = await library.watching.episode_now(ref)
        if found is None and ref.series_id is not None:
            self._app.notify("Fetching the episodes …", title=ref.series_name or "", timeout=3, markup=False)
            await library.fetch_details(Kind.SERIES, ref.series_id)
            found = await library.watching.episode_now(ref)
        return found or ref

    async def _play_title(
        self, active: ActiveProfile, ref: ItemRef, programme: Programme | None, *, retry: bool, here: bool
    ) -> None:
        app_state, profile, library = self._app_state, active.profile, active.library
        settings = in_this_terminal(app_state.settings) if here else app_state.settings
        why = why_no_display(settings)
        try:
            player = find_player(settings)
            if draws_in_terminal(settings):
                from tui_app.terminal.suspend import InTerminal  # noqa: PLC0415 - needs termios

                player = InTerminal(player, self._app)
        except PlayerError as error:
            why = error.sentence
        if why:
            await self._offer_elsewhere(active, ref, programme, why)
            return
        if not retry and not await self._may_take_the_stream(active, title_words(ref, programme)):
            return
        start = await self._where_to_begin(library, ref) if programme is None else 0
        if start is None:
            return
        address = (
            await library.address(ref.kind, ref.id)
            if programme is None
            else await library.guide.catchup_address(ref.id, programme, retry=retry)
        )
        what = Playable(
            ref,
            address,
            title_words(ref, programme),
            profile.name,
            user_agent=profile.user_agent,
            start_s=float(start),
            is_live=ref.kind is Kind.CHANNEL and programme is None,
            keeps_position=ref.kind is not Kind.CHANNEL,
            max_connections=profile.account.max_connections if profile.account else None,
        )
        self._untried = None if programme is None or retry else (what, programme)
        self._player = player
        app_state.playing.report = lambda status: self._app.post_message(PlayChanged(status))
        await app_state.playing.play(what, player, app_state.position_sink(profile.name))

    async def _may_take_the_stream(self, active: ActiveProfile, title: str) -> bool:
        """Return True when to play, after asking if the account's only stream is in use."""
        app_state, account = self._app_state, active.profile.account
        if account is None or account.max_connections != 1 or account.status != "active":
            return True
        if active.offline_since is not None or app_state.is_syncing or app_state.playing.status is not None:
            return True
        if not await active.library.account.is_in_use_elsewhere():
            return True
        return await self._app.push_screen_wait(in_use_dialog(title)) == "play"

    async def _where_to_begin(self, library: Library, ref: ItemRef) -> int | None:
        """Return the start in seconds, after offering to resume; None to cancel."""
        position = await library.watching.position_of(ref.kind, ref.id)
        if position is None:
            return 0
        choices = (
            Choice("begin", "From the start"),
            Choice("resume", f"Resume at {position_words(position)}", "primary"),
        )
        answer = await self._app.push_screen_wait(
            ChoiceDialog("Play", title_words(ref), (f"You stopped at {position_words(position)}.",), choices)
        )
        return {"begin": 0, "resume": position}.get(answer or "")

    # ---------------------------------------------------------------------------------------- without a player
    async def _offer_elsewhere(
        self, active: ActiveProfile, ref: ItemRef, programme: Programme | None, why: str
    ) -> None:
        """Offer this terminal, the address, a command or the settings where no player can open a window."""
        library = active.library
        lines = ["Copy the stream link (contains your password)"]
        if programme is None:
            lines.append(f"Or: xtream-tui url {ref.kind} {ref.id}")
        lines.append("Or play on another computer: set a player command")
        choices = (
            Choice("settings", "Settings"),
            Choice("here", "Play here"),
            Choice("copy", "Copy", "primary"),
        )
        answer = await self._app.push_screen_wait(ChoiceDialog("Can't open a player here", why, lines, choices))
        if answer == "settings":
            await self._app.run_action("go('settings')")
        elif answer == "here":
            await self._play_title(active, ref, programme, retry=False, here=True)
        elif answer == "copy":
            found = library.guide.catchup_address(ref.id, programme) if programme else library.address(ref.kind, ref.id)
            copy_text(self._app, await found)
            self._app.notify("It contains your password: keep it secret.", title="Stream link copied", markup=False)

    # ----------------------------------------------------------------------------------- messages of the player
    def show_status(self, status: PlayStatus) -> None:
        """Show what plays, and what follows when it has ended."""
        if not self._app.screen_stack:  # the app is closing
            return
        self._screens.refresh_status()
        if self._controls is not None and self._controls.is_attached:
            self._controls.show(self._app_state.playing.status)
        controllable = (status.is_over, can_control(status))
        if controllable != self._shown_control:
            self._shown_control = controllable
            self._app.refresh_bindings()
        if not status.is_over:
            return
        if status.began:
            self._app.post_message(MarksChanged(status.what.profile))
        untried = self._untried
        if status.state is PlayState.FAILED and not status.began and untried is not None and untried[0] == status.what:
            self.play(status.what.ref, untried[1], retry=True)
        elif self._may_have_next_source(status):
            self._app.run_worker(self._try_next_source(status), group="go on", exclusive=True, exit_on_error=False)
        elif status.message:
            self._notify(status.what.title, status.message, status.hint)
        elif status.finished and status.what.ref.kind is Kind.EPISODE:
            self._app.run_worker(self._go_on_after(status), group="go on", exclusive=True, exit_on_error=False)

    async def _go_on_after(self, status: PlayStatus) -> None:
        """Play the episode after a finished one, or offer it."""
        active, ref = self._app_state.active, status.what.ref
        if active is None or active.name != status.what.profile or ref.series_id is None:
            return
        following = await active.library.watching.next_episode(ref.series_id, ref.season or 0, ref.episode or 0)
        if following is None:
            return
        if self._app_state.settings.autoplay_next or await self._wants(following):
            self.play(following)

    # ------------------------------------------------------------------------------ a title that does not start
    def _may_have_next_source(self, status: PlayStatus) -> bool:
        is_title = status.what.ref.kind in (Kind.MOVIE, Kind.EPISODE)
        did_not_start = status.state is PlayState.FAILED and not status.began
        return is_title and did_not_start and self._app_state.settings.next_source != "off"

    async def _try_next_source(self, status: PlayStatus) -> None:
        """Play the next version of a title that did not start, or offer it; say why it failed if there is none."""
        active = self._app_state.active
        found = await self._next_source(status.what)
        if active is None or self._player is None or found is None:
            self._notify(status.what.title, status.message, status.hint)
            return
        if not await self._wants_source(found, status):
            return
        try:
            await self._play_source(found, status.what, active.library, self._player)
        except XtreamTuiError as error:
            self._notify(status.what.title, error.message, error.hint)

    async def _play_source(self, found: TitleVersion, failed: Playable, library: Library, player: Player) -> None:
        """Play another version where the failed one would have begun."""
        profile = await asyncio.to_thread(self._app_state.profiles.get, found.profile)
        what = replace(
            failed,
            ref=found.item.ref,
            address=await library.versions.address(found),
            title=title_words(found.item.ref),
            profile=profile.name,
            user_agent=profile.user_agent,
            max_connections=profile.account.max_connections if profile.account else None,
        )
        await self._app_state.playing.play(what, player, self._app_state.position_sink(profile.name))

    async def _next_source(self, what: Playable) -> TitleVersion | None:
        failed = (what.profile, what.ref.id)
        self._tried.add(failed)
        active = self._app_state.active
        try:
            if not self._sources and active is not None and active.name == what.profile:
                names = await asyncio.to_thread(self._app_state.profiles.names)
                self._sources = await active.library.versions.sources(names, what.ref.kind, what.ref.id)
        except XtreamTuiError as error:
            log.warning("the versions of %s %s can't be read: %s", what.ref.kind, what.ref.id, error)
        return next_source(self._sources, failed, self._tried)

    async def _wants_source(self, found: TitleVersion, status: PlayStatus) -> bool:
        """Ask whether to play another version, unless it is set or a dialog or an input has the focus."""
        words = source_words(found, status.what.profile)
        if self._app_state.settings.next_source == "auto":
            self._notify(status.what.title, status.message, f"Trying {words}.", severity="information")
            return True
        if isinstance(self._app.screen, ModalScreen) or isinstance(self._app.focused, Input):
            self._notify(status.what.title, status.message, f"There is another version: {words}.")
            return False
        choices = (Choice("no", "Not now"), Choice("play", "Play it", "primary"))
        dialog = ChoiceDialog("It does not start", status.message, (f"Next version: {words}",), choices)
        return await self._app.push_screen_wait(dialog) == "play"

    # -------------------------------------------------------------------------------- the running player
    def open_controls(self) -> None:
        """Show the controls of the player."""
        self._controls = PlayerControls()
        self._app.push_screen(self._controls)

    def control(self, change: Literal["pause", "seek", "volume"], by: float) -> None:
        """Pause or continue, seek, or change the volume."""
        status = self._app_state.playing.status
        if status is not None and status.control is not None:
            self._app.run_worker(status.control(change, by), group="player", exit_on_error=False)

    def play_episode(self, step: int) -> None:
        """Play the episode after (1) or before (-1) the one that plays."""
        if (status := self._app_state.playing.status) is not None:
            changing = self._play_episode(status.what, step)
            self._app.run_worker(changing, group="play", exclusive=True, exit_on_error=False)

    async def _play_episode(self, what: Playable, step: int) -> None:
        active, ref = self._app_state.active, what.ref
        if active is None or active.name != what.profile or ref.series_id is None:
            return
        watching = active.library.watching
        find = watching.next_episode if step > 0 else watching.previous_episode
        found = await find(ref.series_id, ref.season or 0, ref.episode or 0)
        if found is None:
            words = "This is the last episode." if step > 0 else "This is the first episode."
            self._notify(what.title, words, "", severity="information")
            return
        self.play(found)

    async def _wants(self, following: ItemRef) -> bool:
        """Ask whether to play the next episode, unless a dialog or an input has the focus."""
        if isinstance(self._app.screen, ModalScreen) or isinstance(self._app.focused, Input):
            self._notify("Next episode", title_words(following), "p on the series plays it.", severity="information")
            return False
        choices = (Choice("no", "Not now"), Choice("play", "Play", "primary"))
        return (
            await self._app.push_screen_wait(ChoiceDialog("Next episode", title_words(following), (), choices))
            == "play"
        )

    def _notify(self, title: str, message: str, hint: str, *, severity: SeverityLevel = "warning") -> None:
        self._app.notify(f"{message} {hint}".strip(), title=title, severity=severity, timeout=_TOAST_S, markup=False)
