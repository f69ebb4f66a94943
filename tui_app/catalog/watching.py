"""What was played, as history and "continue watching" list it."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.catalog.kinds import ItemRef


@dataclass(frozen=True, slots=True)
class Played:
    """One played title. `at` is when last, `watched_at` when it was marked as watched (epoch seconds; None: it is not).

    `is_gone`: the library has the title, or the series of this episode, no more.
    """

    ref: ItemRef
    position_s: int
    duration_s: int | None
    at: int
    watched_at: int | None = None
    is_gone: bool = False

    @property
    def is_done(self) -> bool:
        """Watched, and not in the middle of being watched again."""
        if self.watched_at is None or self.watched_at >= self.at:
            return self.watched_at is not None
        return not self.position_s or (self.duration_s is not None and self.position_s >= self.duration_s)


@dataclass(frozen=True, slots=True)
class Continuing:
    """A title to go on with: a movie or episode from `position_s`, or the `is_next` episode from its beginning."""

    ref: ItemRef
    position_s: int
    duration_s: int | None
    at: int  # when the movie, or anything of the series, was played last (epoch seconds)
    is_next: bool = False
    is_gone: bool = False
