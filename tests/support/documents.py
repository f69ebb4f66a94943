"""The parts of the documents that are made from the code: `python -m tests.support.documents` writes them anew.

A made part stands between `<!-- made: NAME -->` and `<!-- /made -->` in the README, a page for contributors or a
handbook chapter, and is never edited by hand. Facts with one source — keys, commands, exit codes — are told only there.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.support.data_model import library_diagram, user_diagram
from tests.support.settings_tables import (
    app_settings_table,
    connection_settings_table,
    refused_list,
    sync_settings_table,
)
from tui_app.catalog.filters import KEYS
from tui_app.cli.documents.schemas import schema
from tui_app.cli.errors import EXIT_CODES
from tui_app.cli.main import root_command
from tui_app.cli.reference import CommandWords, commands_of
from tui_app.export import COLUMNS
from tui_app.screens.registry import KEYED_WIDGETS, all_screens
from tui_app.tui.app import TuiApp
from tui_app.tui.keymap import KnownKey, known_keys

ROOT: Final = Path(__file__).parents[2]
HOW: Final = "run: python -m tests.support.documents"
_MADE: Final = re.compile(r"(<!-- made: ([a-z-]+) -->\n)(?:.*?\n)??(<!-- /made -->)", re.DOTALL)
_SHARED_OPTIONS: Final = ("--json", "--profile", "--version")

_SPELLINGS: Final = {
    "question_mark": "?", "slash": "/", "colon": ":", "apostrophe": "'", "enter": "⏎", "up": "↑", "down": "↓",
    "left": "←", "right": "→", "escape": "esc", "pageup": "PgUp", "pagedown": "PgDn", "delete": "Del",
    "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip


def documents() -> list[Path]:
    """Every document for people: the README, the contributors' pages and the chapters of the handbook."""
    folders = (ROOT / ".github", ROOT / "tui_app" / "handbook")
    return [ROOT / "README.md", *(path for folder in folders for path in sorted(folder.glob("*.md")))]


def commands_table() -> str:
    """Every command with its arguments and options, but for those that all share."""
    rows = [
        f"| `{_brief(command)}` | {command.summary} |"
        for command in commands_of(root_command)
        if not _only_groups(command)
    ]
    return "\n".join(("| command | what it does |", "|---|---|", *rows))


def exit_codes_table() -> str:
    """What the exit codes mean."""
    rows = [f"| {code} | {words} |" for code, words in EXIT_CODES.items()]
    return "\n".join(("| exit code | meaning |", "|---|---|", *rows))


def export_columns_table() -> str:
    """What stands in each column of an export."""
    columns = schema("export")["$defs"]["ExportedItem"]["properties"]
    rows = [f"| `{name}` | {columns[name]['description']} |" for name in COLUMNS]
    return "\n".join(("| column | what stands there |", "|---|---|", *rows))


def _only_groups(command: CommandWords) -> bool:
    return command.is_group and command.name != ""


def _brief(command: CommandWords) -> str:
    return command.synopsis(without=_SHARED_OPTIONS).replace("|", "\\|")


def themes_table() -> str:
    """The themes that come with the program."""
    loaded = [tomllib.loads(path.read_text()) for path in sorted((ROOT / "themes").glob("*.toml"))]
    rows = [f"| `{theme['name']}` | {theme['title']} |" for theme in loaded]
    return "\n".join(("| theme | looks |", "|---|---|", *rows))


def keys_table() -> str:
    """Every key that can be changed, as the README shows it."""
    known = known_keys((TuiApp, *all_screens(), *KEYED_WIDGETS))
    rows = [f"| {_spelt(key)} | {key.words} | `{key.id}` |" for key in known]
    return "\n".join(("| key | does | name in the settings |", "|---|---|---|", *rows))


def _spelt(key: KnownKey) -> str:
    return " ".join(f"`{_SPELLINGS.get(name, name)}`" for name in key.keys)


def filter_keys_table() -> str:
    """The keys of the query language."""
    rows = [f"| `{_cell(key.example)}` | {key.meaning} |" for key in KEYS]
    return "\n".join(("| for example | what it means |", "|---|---|", *rows))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


MAKERS: Final[dict[str, Callable[[], str]]] = {
    "app-settings": app_settings_table,
    "sync-settings": sync_settings_table,
    "connection-settings": connection_settings_table,
    "refused": refused_list,
    "themes": themes_table,
    "keys": keys_table,
    "filter-keys": filter_keys_table,
    "commands": commands_table,
    "exit-codes": exit_codes_table,
    "export-columns": export_columns_table,
    "library-tables": library_diagram,
    "user-tables": user_diagram,
}


def made(text: str) -> str:
    """The text with every made part as it should be. Raises `KeyError` for a part nobody makes."""
    return _MADE.sub(lambda part: part[1] + MAKERS[part[2]]() + "\n" + part[3], text)


if __name__ == "__main__":
    for document in documents():
        before = document.read_text()
        after = made(before)
        if after != before:
            document.write_text(after)
            sys.stdout.write(f"{document.relative_to(ROOT)}: written\n")
