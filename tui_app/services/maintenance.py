"""Asynchronous maintenance of a profile's files: jobs run in a thread, report their steps and can be stopped.

One job at a time. Jobs have their own connections, so the library on the screen stays readable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tui_app.paths import Paths
from tui_app.store.maintenance.compaction import Compacted
from tui_app.store.maintenance.disk_use import DiskUse, FileFacts, delete_leftover, disk_use
from tui_app.store.maintenance.integrity import CheckReport
from tui_app.store.maintenance.space import Offer, OfferName
from tui_app.store.slow_queries import SlowQuery, read_slow_queries

Answer = TypeVar("Answer")
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the statistics screen: `file` is None without a library, `offers` what may be deleted."""

    disk: DiskUse
    file: FileFacts | None
    offers: tuple[Offer, ...]
    slow: tuple[SlowQuery, ...]


class Maintenance:
    """Maintenance of one profile. Errors are those of `tui_app.errors`; a stopped job raises `Cancelled`.

    `report` receives the steps of a job as text, on the event loop.
    """

    def __init__(self, paths: Paths, profile: str, report: Report = lambda step: None) -> None:
        from tui_app.sync.cancellation import Cancellation  # noqa: PLC0415 - loads the HTTP client, 130 ms

        self.profile = profile
        self._paths = paths
        self._report = report
        self._cancellation = Cancellation()

    async def figures(self) -> Figures:
        """Read sizes, parts, offers and slow queries: about 100 ms for 150,000 items."""
        from tui_app.maintenance.jobs import facts, offers  # noqa: PLC0415 - loads the HTTP client, 130 ms

        def look() -> Figures:
            used, file = facts(self._paths, self.profile)
            found = offers(self._paths, self.profile)
            return Figures(used, file, found, read_slow_queries(self._paths.slow_queries_file))

        return await asyncio.to_thread(look)

    async def disk_use(self) -> DiskUse:
        """Return the sizes of the files."""
        return await asyncio.to_thread(disk_use, self._paths, self.profile)

    async def check(self) -> CheckReport:
        """Check the library and the user's file for damage."""
        from tui_app.maintenance.jobs import check_files  # noqa: PLC0415 - loads the HTTP client, 130 ms

        return await self._job(lambda report: check_files(self._paths, self.profile, report, self._cancellation))

    async def compact(self) -> Compacted:
        """Rewrite the library without unused space."""
        from tui_app.maintenance.jobs import compact_library  # noqa: PLC0415 - loads the HTTP client, 130 ms

        return await self._job(lambda report: compact_library(self._paths, self.profile, report, self._cancellation))

    async def drop_offers(self, names: tuple[OfferName, ...]) -> int:
        """Delete what these offers name; return the number of freed bytes. Stopping keeps finished steps."""
        from tui_app.maintenance.jobs import take_offer  # noqa: PLC0415 - loads the HTTP client, 130 ms

        def drop_all(report: Report) -> int:
            freed = 0
            for name in names:
                report(name)
                freed += take_offer(self._paths, self.profile, name, self._cancellation)
            return freed

        return await self._job(drop_all)

    async def delete(self, leftovers: tuple[Path, ...]) -> int:
        """Delete backups and damaged files; return the number of freed bytes."""
        return await asyncio.to_thread(lambda: sum(map(delete_leftover, leftovers)))

    def stop(self) -> None:
        """Ask the running job to stop. It does within milliseconds and leaves the file unchanged."""
        self._cancellation.cancel()

    async def _job(self, work: Callable[[Report], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.to_thread(work, lambda step: _report_step(loop, self._report, step))
        except asyncio.CancelledError:  # the screen is gone, or the app leaves: the thread must not go on without us
            self.stop()
            raise


def _report_step(loop: asyncio.AbstractEventLoop, report: Report, step: str) -> None:
    """Report a step on the event loop, unless the loop has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(report, step)
