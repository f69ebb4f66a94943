"""The program as it is, with gates that record when calls start, on the clock by which they decide it.

When a request reaches a panel also says how busy the machine is; when its call was let through does not.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.support.command_line import CommandLine
from tui_app.__main__ import main

if TYPE_CHECKING:
    from tui_app.sync.panel import ClientBuilder

_FILE: Final = "RECORDED_CALLS"


@dataclass(frozen=True)
class Calls:
    """The calls that were recorded in a file, by any number of processes, in the order in which they started."""

    file: Path

    @property
    def starts(self) -> list[tuple[float, bool]]:
        """(monotonic time, whether it is background work) of each call."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return sorted((float(at), kind == "background") for at, _space, kind in (line.partition(" ") for line in lines))

    @property
    def spacing(self) -> float:
        """The shortest time between the starts of two calls."""
        return _shortest([at for at, _ in self.starts])

    @property
    def background_spacing(self) -> float:
        """The same between two calls of background work."""
        return _shortest([at for at, is_background in self.starts if is_background])

    def by(self, line: CommandLine) -> CommandLine:
        """Return a command line whose calls are recorded here."""
        environment = line.extra_environment | {_FILE: str(self.file)}
        return CommandLine(line.home, line.secrets, environment, module="tests.support.recorded_calls")

    def builder(self, cache: Path) -> ClientBuilder:
        """Build clients whose calls are recorded here; their gates are those of this cache folder."""
        from tui_app.xtream.client import PanelClient
        from tui_app.xtream.http.host_gate import HostGate
        from tui_app.xtream.urls import host_of

        file = self.file

        class RecordingGate(HostGate):
            def __init__(self, folder: Path, host: str) -> None:
                super().__init__(folder, host, clock=self._now)
                self._read = 0.0

            def _now(self) -> float:
                self._read = time.monotonic()
                return self._read

            async def start_call(self, *, background: bool = False) -> None:
                await super().start_call(background=background)
                with file.open("a") as notes:  # the clock was last read when the call was granted
                    notes.write(f"{self._read!r} {'background' if background else 'user'}\n")

        def build(url: str, *account: Any, gate: HostGate, **more: Any) -> PanelClient:
            return PanelClient(url, *account, gate=RecordingGate(cache, host_of(url)), **more)

        return build


def _shortest(times: list[float]) -> float:
    return min(later - earlier for earlier, later in pairwise(times))


if __name__ == "__main__":
    from tui_app.paths import Paths
    from tui_app.sync.panel import building_clients

    home = Path(os.environ["XTREAM_TUI_HOME"])
    with building_clients(Calls(Path(os.environ[_FILE])).builder(Paths.under(home).cache)):
        sys.exit(main())
