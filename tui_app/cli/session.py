"""One run of a command: the folders, the profile that was asked for, and ways to open what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui_app.errors import UsageError
from tui_app.paths import Paths

if TYPE_CHECKING:
    from tui_app.settings import Profile, ProfileStore


@dataclass
class Session:
    """`wanted` is the name given with `--profile`, before or after the command; None means the current one."""

    paths: Paths = field(default_factory=Paths.current)
    wanted: str | None = None

    def profiles(self) -> ProfileStore:
        from tui_app.settings import ProfileStore

        return ProfileStore(self.paths)

    def profile(self, name: str | None = None) -> Profile:
        """The profile named, or wanted, or current. `UsageError` when there is no such one, or none at all."""
        profiles = self.profiles()
        wanted = name or self.wanted
        chosen = profiles.get(wanted) if wanted else profiles.current()
        if chosen is None:
            raise UsageError(
                "There is no profile yet.",
                hint="Add one: xtream-tui profile add home --url LINK, or look around first: xtream-tui demo",
            )
        return chosen
