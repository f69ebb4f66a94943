"""The command palette and its providers: actions, screens, profiles and titles."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple, cast

from textual import on, work
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content
from textual.widgets import Input

from tui_app.errors import XtreamTuiError
from tui_app.messages import ProfileWanted, TitleWanted
from tui_app.screens.registry import KEYED
from tui_app.services.app_state import HasAppState
from tui_app.terminal.textual_compat import is_gathering, select_result

#: The prompt; Textual's own is an emoji that many terminals lack.
_PROMPT: Final = ":"
_MOST_WAIT_S: Final = 1.5
_LOOK_S: Final = 0.01


class Palette(CommandPalette):
    """Finds commands, screens and titles by their names. `text` is the initial input."""

    DEFAULT_CSS = """
    Palette {
        & > Vertical { margin: 1 0 0 0; max-width: 96; }
        & #--input { height: auto; background: $panel; border: round $primary; }
        & #--input.--list-visible { border-bottom: none; }
        & SearchIcon { color: $text-accent; margin: 0; padding: 0 1; width: 3; }
        & CommandInput, & CommandInput:focus { border: none; height: 1; }
        & CommandList, & CommandList:focus { background: $panel; border: round $primary; border-top: none; }
        & CommandList.--populating { border-bottom: round $primary; }
        & CommandList > .option-list--option { padding: 0 1; }
    }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(placeholder="A command, a screen or a title …", id="--command-palette")
        self._text = text

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = _PROMPT
        box = self.query_one(CommandInput)
        box.value = self._text
        box.cursor_position = len(self._text)

    @on(Input.Submitted)
    def _select_in_time(self, event: Input.Submitted) -> None:
        """Wait for the results of the typed text before Enter selects one."""
        if is_gathering(self):
            event.stop()
            event.prevent_default()
            self._select_when_gathered()

    @work(exclusive=True, group="submit")
    async def _select_when_gathered(self) -> None:
        limit = time.monotonic() + _MOST_WAIT_S
        while is_gathering(self) and time.monotonic() < limit:
            await asyncio.sleep(_LOOK_S)
        select_result(self)


#: The number of titles among the results, and the letters needed for any.
_TITLES: Final = 12
_LEAST_LETTERS: Final = 2
#: The bindings that open the palette, useless inside.
_OPENS_THIS: Final = frozenset({"app.palette", "app.command"})


class Command(NamedTuple):
    """One entry of the palette."""

    words: str
    help: str
    run: Callable[[], Awaitable[object] | object]


class _Commands(Provider):
    """Offers `commands()`; all of them before anything is typed."""

    @abstractmethod
    def commands(self) -> Iterator[Command]:
        """Yield the commands that are available now."""

    async def discover(self) -> Hits:
        for command in self.commands():
            yield DiscoveryHit(Content(command.words), command.run, text=command.words, help=command.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self.commands():
            score = matcher.match(command.words)
            if score > 0:
                yield Hit(score, matcher.highlight(command.words), command.run, text=command.words, help=command.help)


class ActionCommands(_Commands):
    """The actions whose keys work on the current screen."""

    def commands(self) -> Iterator[Command]:
        seen = set(_OPENS_THIS)
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if not binding.id or not binding.tooltip or not active.enabled or binding.id in seen:
                continue
            seen.add(binding.id)
            keys = self.app.get_key_display(binding) or key
            run = partial(self.app.run_action, binding.action, active.node)
            yield Command(f"{binding.description}", f"{binding.tooltip} ({keys})", run)


class ScreenCommands(_Commands):
    """The other screens."""

    def commands(self) -> Iterator[Command]:
        if cast(HasAppState, self.app).app_state.active is None:
            return
        for screen in KEYED:
            run = partial(self.app.run_action, f"go('{screen.id}')")
            yield Command(f"Go to {screen.words}", f"Another screen ({screen.key})", run)


class ProfileCommands(_Commands):
    """The other profiles."""

    def commands(self) -> Iterator[Command]:
        app_state = cast(HasAppState, self.app).app_state
        try:
            profiles = app_state.profiles.list()
        except XtreamTuiError:
            return
        for profile in profiles:
            if not app_state.is_active(profile.name):
                run = partial(self.app.post_message, ProfileWanted(profile.name))
                yield Command(f"Profile: {profile.name}", "Show this profile's library", run)


class TitleCommands(Provider):
    """The best search results, ranked below matching commands."""

    async def search(self, query: str) -> Hits:
        active = cast(HasAppState, self.app).app_state.active
        if active is None or len(query.strip()) < _LEAST_LETTERS:
            return
        try:
            library = active.library
            hidden = await library.marks.all_hidden_categories()
            answer = await library.search(query, limit=_TITLES, hidden=hidden)
        except XtreamTuiError:  # commands work without a library
            return
        for index, hit in enumerate(answer.hits if answer else ()):
            item = hit.item
            words = _marked(item.name, hit.spans)
            known = [str(item.kind), str(item.year or ""), item.series_name or item.category or ""]
            ref = item.ref
            run = partial(self.app.post_message, TitleWanted(ref))
            # commands score 1 or more
            yield Hit(1 - (index + 1) / 100, words, run, text=item.name, help=" · ".join(filter(None, known)))


def _marked(name: str, spans: Sequence[tuple[int, int]]) -> Content:
    content = Content(name)
    for start, end in spans:
        content = content.stylize("bold underline", start, end)
    return content
