"""SQL is written in the store alone, and none by hand for the user's file: its statements are Peewee's."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import tui_app

PACKAGE: Final = Path(tui_app.__file__).parent
STORE: Final = PACKAGE / "store"
_STATEMENT: Final = re.compile(
    r"\s*\(?(SELECT|INSERT (OR \w+ )?INTO|UPDATE( OR \w+)? \w+ SET|DELETE FROM|PRAGMA|CREATE|DROP (TABLE|INDEX)|"
    r"ATTACH DATABASE|VACUUM|WITH \w+ AS|BEGIN IMMEDIATE|EXPLAIN)\b"
)
#: What only says how a file is opened, or is about another program's file: Peewee has no words for either.
_OF_FILES: Final = frozenset({"foreign_file.py", "rescue.py", "mark_cache.py"})


def sql_strings(file: Path) -> list[str]:
    """The strings of a module that begin like a statement; of an f-string its first piece tells."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        part = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and (part is not node or id(node) not in inner)
        ) and _STATEMENT.match(part.value):
            found.append(f"{file.relative_to(PACKAGE)}:{part.lineno}: {part.value[:60]}")
    return found


def strings_in(folder: Path) -> list[str]:
    return [line for file in sorted(folder.rglob("*.py")) for line in sql_strings(file)]


def test_no_statement_is_written_outside_the_store(measured: Callable[[str], None]) -> None:
    everywhere, inside = strings_in(PACKAGE), strings_in(STORE)
    measured(f"SQL strings: {len(everywhere) - len(inside)} outside the store, {len(inside)} inside")
    assert [line for line in everywhere if not line.startswith("store/")] == []
    assert inside, "the pattern finds nothing any more"


def test_the_users_file_is_asked_in_peewee_alone() -> None:
    by_hand = [line for file in sorted((STORE / "user").glob("*.py")) for line in sql_strings(file)]
    assert [line for line in by_hand if line.split(":")[0].rsplit("/", 1)[-1] not in _OF_FILES] == []
