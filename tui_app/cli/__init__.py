"""The command line: parse arguments, call the packages below, print for people and for scripts.

Importing this package is cheap. A command's module is imported when the command is used, and what the command needs
when it runs.
"""

from __future__ import annotations

from tui_app.cli.main import root_command, run

__all__ = ["root_command", "run"]
