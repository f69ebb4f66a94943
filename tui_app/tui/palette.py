"""The command palette and its providers: commands and titles."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from heapq import nlargest
from operator import itemgetter
from typing import ClassVar, Final, NamedTuple, Protocol, cast, runtime_checkable

from textual import on, work
from textual.actions import parse
from textual.binding import Binding
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content
from textual.widgets import Input

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.errors import XtreamTuiError
from tui_app.handbook import TITLES
from tui_app.messages import ProfileWanted, TitleWanted
from tui_app.screens.dialogs.player_controls import PlayerControls
from tui_app.screens.list_state import ORDER_WORDS, SORTS
from tui_app.screens.registry import KEYED
from tui_app.services.app_state import HasAppState
from tui_app.settings import AppSettings, SyncSettings
from tui_app.settings.schema import declared_settings, setting_of
from tui_app.terminal.textual_compat import is_gathering, select_result
from tui_app.tui.appearance import Appearance
from tui_app.widgets.glyphs import glyphs

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
_CATEGORIES: Final = 4  # of each kind
_LEAST_LETTERS: Final = 2
#: The bindings that open the palette, useless inside.
_OPENS_THIS: Final = frozenset({"app.palette", "app.command"})
#: The beginnings and ends of the ids of keys that only move something: nobody looks for these by name.
_MOVES: Final = ("list.", "ticks.", "details.", "seasons.", "filters.", "folders.", "categories.", "go.", "day.")
_MOVES_TOO: Final = (".left", ".right", ".read_on", ".read_back", ".back", ".up", ".down", ".list", ".box", ".syncs")
#: The actions that are looked for most; others follow in the order of the footer.
_FIRST: Final = ("item.play", "library.filter", "library.sort", "sync.incremental", "app.theme", "library.saved")
_MOST_RECENT: Final = 5


class HasAppearance(Protocol):
    """The app, as far as the commands of themes know it."""

    appearance: Appearance


class Command(NamedTuple):
    """One entry of the palette, shown in one line."""

    words: str
    help: str
    run: Callable[[], Awaitable[object] | object]

    @property
    def line(self) -> str:
        return f"{self.words}  {glyphs().dot} {self.help}" if self.help else self.words


class Commands(Provider):
    """All commands: recently used ones, then actions, screens, settings, orders, profiles and chapters."""

    #: The commands used last in this run, newest first.
    recent: ClassVar[list[str]] = []

    async def discover(self) -> Hits:
        known = {command.words: command for command in self.commands()}
        for words in (*(words for words in self.recent if words in known), *known):
            if (command := known.pop(words, None)) is not None:
                yield DiscoveryHit(_shown(command.line, command.words), self._runner(command), text=command.words)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self.commands():
            score = max(matcher.match(command.words), matcher.match(command.line) / 2)
            if score > 0:
                shown = matcher.highlight(command.line)
                yield Hit(1 + score, shown, self._runner(command), text=command.words)

    def _runner(self, command: Command) -> Callable[[], Awaitable[object] | object]:
        def run() -> Awaitable[object] | object:
            self.recent[:] = [command.words, *(words for words in self.recent if words != command.words)][:_MOST_RECENT]
            return command.run()

        return run

    def commands(self) -> Iterator[Command]:
        yield from self._actions()
        yield from self._player()
        if cast(HasAppState, self.app).app_state.active is not None:
            yield from self._screens()
            yield from self._settings()
        yield from self._profiles()
        yield from self._themes()
        for name, title in TITLES.items():
            yield Command(f"Handbook: {title}", "", partial(self.app.run_action, f"app.handbook('{name}')"))

    def _actions(self) -> Iterator[Command]:
        """Yield the actions whose keys work on the current screen, those looked for most first."""
        found: dict[str, Command] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            id_ = binding.id or ""
            if not id_ or not binding.tooltip or not active.enabled or id_ in found or id_ in _OPENS_THIS:
                continue
            if not id_.startswith(_MOVES) and not id_.endswith(_MOVES_TOO):
                keys = self.app.get_key_display(binding) or key
                run = partial(self.app.run_action, binding.action, active.node)
                found[id_] = Command(binding.description, f"{binding.tooltip} ({keys})", run)
        yield from (found.pop(id_) for id_ in _FIRST if id_ in found)
        yield from found.values()

    def _player(self) -> Iterator[Command]:
        """Yield the controls of the running player."""
        for binding in Binding.make_bindings(PlayerControls.BINDINGS):
            _, action, parameters = parse(binding.action)
            if action in ("player", "play_episode") and self.app.check_action(action, parameters):
                run = partial(self.app.run_action, binding.action)
                keys = self.app.get_key_display(binding)
                yield Command(f"Player: {binding.tooltip}", f"b {keys}", run)

    def _screens(self) -> Iterator[Command]:
        """Yield the screens, and the orders of the list on this one."""
        for screen in KEYED:
            run = partial(self.app.run_action, f"go('{screen.id}')")
            yield Command(f"Go to {screen.words}", screen.key, run)
        for (sort, down), words in ORDER_WORDS.items():
            if hasattr(self.screen, "action_order") and sort in SORTS[getattr(self.screen, "kind", Kind.MOVIE)]:
                run = partial(self.app.run_action, f"screen.order('{sort}', {down})", self.screen)
                yield Command(f"Sort: {words}", "", run)

    def _settings(self) -> Iterator[Command]:
        """Yield the settings with a field, which is focused."""
        for source, prefix in ((SyncSettings, ""), (AppSettings, "app-")):
            for name in declared_settings(source):
                words = setting_of(source, name)
                if words.label:
                    field = name if name == "theme" else f"{prefix}{name}"
                    yield Command(f"Setting: {words.label}", "", partial(self._to_setting, field))

    async def _to_setting(self, field: str) -> None:
        await self.app.run_action("go('settings')")
        self.app.screen.query_one(f"#{field}").focus()

    def _themes(self) -> Iterator[Command]:
        """Yield the themes."""
        appearance = cast(HasAppearance, self.app).appearance
        for name, title in appearance.titles.items():
            yield Command(f"Theme: {title}", "", partial(appearance.keep_theme, name))

    def _profiles(self) -> Iterator[Command]:
        """Yield the other profiles."""
        app_state = cast(HasAppState, self.app).app_state
        try:
            profiles = app_state.profiles.list()
        except XtreamTuiError:
            return
        for profile in profiles:
            if not app_state.is_active(profile.name):
                run = partial(self.app.post_message, ProfileWanted(profile.name))
                yield Command(f"Profile: {profile.name}", "Show this profile's library", run)


class CategoryCommands(Provider):
    """The categories of all kinds by their names."""

    async def search(self, query: str) -> Hits:
        active = cast(HasAppState, self.app).app_state.active
        if active is None or len(query.strip()) < _LEAST_LETTERS:
            return
        matcher = self.matcher(query)
        for kind in LISTED_KINDS:
            try:
                found = await active.library.categories(kind)
            except XtreamTuiError:  # commands work without a library
                return
            scored = [(matcher.match(category.name), category) for category in found if not category.hidden]
            best = nlargest(_CATEGORIES, (one for one in scored if one[0] > 0), key=itemgetter(0))
            for score, category in best:
                words = f"Category: {category.name}"
                line = f"{words}  {kind.plural} {glyphs().dot} {category.count:,}"
                yield Hit(score, _shown(line, words), partial(self._show, kind, category.id), text=words)

    async def _show(self, kind: Kind, category_id: str) -> None:
        await self.app.run_action(f"go('{kind.plural}')")
        if isinstance(screen := self.app.screen, ShowsCategories):
            self.app.screen.call_later(screen.choose_category, category_id)  # after it has opened its library


@runtime_checkable
class ShowsCategories(Protocol):
    """A screen whose list is that of one category."""

    def choose_category(self, category_id: str | None) -> None: ...


def _shown(line: str, words: str) -> Content:
    """Return a line with the words in front and the rest dimmed."""
    return Content(line).stylize("dim", len(words))


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
            known = [str(item.kind), str(item.year or ""), item.series_name or item.category or ""]
            ref = item.ref
            run = partial(self.app.post_message, TitleWanted(ref))
            # commands score more than 1
            line = f"{item.name}  {f' {glyphs().dot} '.join(filter(None, known))}"
            shown = _marked(line, hit.spans).stylize("dim", len(item.name))
            yield Hit(1 - (index + 1) / 100, shown, run, text=item.name)


def _marked(name: str, spans: Sequence[tuple[int, int]]) -> Content:
    content = Content(name)
    for start, end in spans:
        content = content.stylize("bold underline", start, end)
    return content
