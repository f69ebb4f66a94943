"""`library.exporting`: titles of a list, written to a file of the user's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_app.catalog import Mark, Query
from tui_app.library.threads import LibraryThreads

if TYPE_CHECKING:
    from tui_app.export import Exported, Format

#: What a file's name ends with → what is written into it.
ENDINGS: Final[dict[str, Format]] = {".m3u": "m3u", ".m3u8": "m3u", ".json": "json", ".csv": "csv"}


class LibraryExport:
    """Exports of one profile. Addresses carry no credentials; only the command line adds them."""

    def __init__(self, threads: LibraryThreads) -> None:
        self._threads = threads

    async def write(
        self, query: Query, target: Path, heard: Callable[[int, int], None], stop: threading.Event
    ) -> Exported:
        """Write a list to a file, completely or not at all; the suffix selects the format.

        `progress` is called in a thread. Raises `Cancelled` once `stop` is set, `UsageError` (no such folder)
        and `OSError` (a full disk).
        """
        favourites = await self._threads.ask_marks(
            lambda user: user.ids_with(self._threads.profile, query.kind, Mark.FAVOURITE)
        )

        def export() -> Exported:
            from tui_app.export import Wish, export_items

            wish = Wish([query], ENDINGS[target.suffix.lower()], favourites={query.kind: favourites})
            return export_items(
                self._threads.paths, self._threads.profile, wish, target, heard=heard, is_cancelled=stop.is_set
            )

        return await self._threads.run(export)
