"""Textual's driver for Linux and macOS terminals, writing only the cells that changed. For slow lines.

All of Textual that it leans on is the driver's `write` and its place in memory; what it can't read passes unchanged.
"""

from __future__ import annotations

import os
from contextlib import suppress

from textual.drivers.linux_driver import LinuxDriver

from tui_app.changed_cells import ChangedCells


class FrugalDriver(LinuxDriver):
    """A terminal that is sent what differs from what it shows."""

    _cells: ChangedCells | None = None

    def write(self, data: str) -> None:
        """Write what of `data` the terminal does not show yet."""
        if self._cells is None:
            self._cells = ChangedCells()
        with suppress(OSError):  # no terminal: then nobody sees anything
            self._cells.resize(os.get_terminal_size(self.fileno).columns)
        super().write(self._cells.reduce(data))

    def forget(self) -> None:
        """Something else wrote to the terminal: send the next frames whole."""
        if self._cells is not None:
            self._cells.forget()
