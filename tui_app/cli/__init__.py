"""The front door: what `xtream-tui` understands on a command line, and how it answers people and scripts.

It parses, asks the rooms below and prints; it knows no SQL, no HTTP and no widget. Importing it is cheap: every
command is loaded when it is named, and what a command needs when it runs.
"""

from __future__ import annotations

from tui_app.cli.main import root_command, run

__all__ = ["root_command", "run"]
