"""`xtream-tui doctor`: looks at everything the program depends on and says what to do. It never repairs anything."""

from __future__ import annotations

from tui_app.cli.doctor.command import command

__all__ = ["command"]
