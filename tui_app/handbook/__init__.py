"""The handbook: chapters in Markdown, read on the forge, by `xtream-tui handbook` and in the app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

#: The chapters in reading order: file name without ".md" → title.
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
_COMMENT: Final = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter. `text` is its Markdown, without comments for authors."""

    name: str
    title: str
    text: str


def chapter(name: str) -> Chapter:
    """Return the chapter of that name. Raises `KeyError` when there is none."""
    title = TITLES[name]
    text = (files(__name__) / f"{name}.md").read_text(encoding="utf-8")
    return Chapter(name, title, _COMMENT.sub("", text))
