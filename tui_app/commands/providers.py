"""What the command palette offers, read from the live bindings and the profiles: no list of its own to go stale."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui_app.errors import XtreamTuiError
from tui_app.house import HasHouse
from tui_app.messages import ProfileWanted
from tui_app.places import PLACES


class Command(NamedTuple):
    """One thing the palette can do."""

    words: str
    help: str
    run: Callable[[], Awaitable[object] | object]


class _Commands(Provider):
    """Offers `commands()`, all of them before anything is typed."""

    def commands(self) -> Iterator[Command]:
        raise NotImplementedError

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
        seen: set[str] = set()
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
