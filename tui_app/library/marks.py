"""`library.marks`: what the user marked, and the categories the user hid."""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.catalog import Category, Kind, Mark
from tui_app.library.threads import LibraryThreads
from tui_app.store.marks import UserStore


class LibraryMarks:
    """Marks of one profile. They follow ids that a panel changed."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads
        self._profile = threads.profile

    async def ids(self, kind: Kind, mark: Mark) -> frozenset[str]:
        """The ids the user put a mark on."""
        return await self._threads.ask_marks(lambda user: user.ids_with(self._profile, kind, mark))

    async def toggle(self, kind: Kind, item_id: str, mark: Mark, name: str) -> bool:
        """Put a mark on or take it off; True when it is on now."""
        return await self._threads.ask_marks(lambda user: user.toggle_mark(self._profile, kind, item_id, mark, name))

    async def set(self, kind: Kind, items: Sequence[tuple[str, str]], mark: Mark, *, on: bool) -> None:
        """Put a mark on items, given as (id, name), or take it off."""
        await self._threads.ask_marks(lambda user: user.set_marks(self._profile, kind, items, mark, on=on))

    async def hidden_categories(self, kind: Kind) -> frozenset[str]:
        """The ids of the categories the user hid."""
        return await self._threads.ask_marks(lambda user: user.hidden_categories(self._profile, kind))

    async def hide_categories(self, kind: Kind, categories: Sequence[Category], *, hide: bool) -> None:
        """Hide categories of a kind, or show them again."""

        def change(user: UserStore) -> None:
            if hide:
                user.hide_categories(self._profile, kind, [(category.id, category.name) for category in categories])
            else:
                user.show_categories(self._profile, kind, [category.id for category in categories])

        await self._threads.ask_marks(change)
