"""The built-in demo: a real panel on the loopback interface, with partly real and partly invented items."""

from __future__ import annotations

from tui_app.demo.answers import DemoLibrary
from tui_app.demo.generations import ExpectedChanges
from tui_app.demo.panel import DemoPanel, run_panel

__all__ = ["DemoLibrary", "DemoPanel", "ExpectedChanges", "run_panel"]
