"""What the command palette offers: the live bindings, the profiles and the titles; no list of its own to go stale."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui_app.catalog import ItemRef
from tui_app.errors import XtreamTuiError
from tui_app.house import HasHouse
from tui_app.messages import ProfileWanted, TitleWanted
from tui_app.places import PLACES

#: Titles among the commands: few, and only when enough is typed to mean one.
_TITLES: Final = 12
_LEAST_LETTERS: Final = 2
#: The bindings that open the palette: of no use inside.
_OPENS_THIS: Final = frozenset({"app.palette", "app.command"})


class Command(NamedTuple):
    """One thing the palette can do."""

    words: str
    help: str
    run: Callable[[], Awaitable[object] | object]


class _Commands(Provider):
    """Offers `commands()`, all of them before anything is typed."""

    @abstractmethod
    def commands(self) -> Iterator[Command]:
        """What can be done now."""

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
    """Every action whose key works where the user is."""

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


class PlaceCommands(_Commands):
    """Going to another screen."""

    def commands(self) -> Iterator[Command]:
        if cast(HasHouse, self.app).house.profile is None:
            return
        for place in PLACES:
            run = partial(self.app.run_action, f"go('{place.id}')")
            yield Command(f"Go to {place.words}", f"Another screen ({place.key})", run)


class ProfileCommands(_Commands):
    """Switching to another profile."""

    def commands(self) -> Iterator[Command]:
        house = cast(HasHouse, self.app).house
        try:
            profiles = house.profiles.list()
        except XtreamTuiError:
            return
        for profile in profiles:
            if house.profile is None or profile.name != house.profile.name:
                run = partial(self.app.post_message, ProfileWanted(profile.name))
                yield Command(f"Profile: {profile.name}", "Show this profile's library", run)


class TitleCommands(Provider):
    """Opening a title: the best hits of the search, below the commands that match."""

    async def search(self, query: str) -> Hits:
        library = cast(HasHouse, self.app).house.library
        if library is None or len(query.strip()) < _LEAST_LETTERS:
            return
        try:
            hidden = await library.marks.all_hidden_categories()
            answer = await library.search(query, limit=_TITLES, hidden=hidden)
        except XtreamTuiError:  # the commands work without a library too
            return
        for place, hit in enumerate(answer.hits if answer else ()):
            item = hit.item
            words = _marked(item.name, hit.spans)
            known = [str(item.kind), str(item.year or ""), item.series_name or item.category or ""]
            ref = ItemRef(item.kind, item.id, item.name, item.series_id)
            run = partial(self.app.post_message, TitleWanted(ref))
            # commands score 1 and more
            yield Hit(1 - (place + 1) / 100, words, run, text=item.name, help=" · ".join(filter(None, known)))


def _marked(name: str, spans: Sequence[tuple[int, int]]) -> Content:
    content = Content(name)
    for start, end in spans:
        content = content.stylize("bold underline", start, end)
    return content
