"""The handbook: chapters in Markdown, for people. Read on the forge, by `xtream-tui handbook` and in the app.

It knows where its chapters are and what they are called; how they are shown is the reader's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

#: The chapters in the order they are best read: file name without ".md" → title.
TITLES: Final = {
    "first-steps": "First steps",
    "finding": "Finding things",
    "watching": "Watching",
    "sync": "Keeping it fresh",
    "cache": "The cache",
    "settings": "Settings",
    "themes": "Themes",
    "keys": "Keys",
    "scripting": "Scripting",
    "unattended": "Syncing at night",
    "browser": "In the browser",
    "commands": "All commands",
    "troubleshooting": "When something is wrong",
}
_FOR_THE_MAKERS: Final = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter. `text` is its Markdown, without the notes to those who make it."""

    name: str
    title: str
    text: str


def chapter(name: str) -> Chapter:
    """The chapter of that name. Raises `KeyError` when there is none."""
    title = TITLES[name]
    text = (files(__name__) / f"{name}.md").read_text(encoding="utf-8")
    return Chapter(name, title, _FOR_THE_MAKERS.sub("", text))
