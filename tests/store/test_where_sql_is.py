"""SQL is Peewee's: what is written by hand stands in the store alone, is counted, and says why."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import tui_app

PACKAGE: Final = Path(tui_app.__file__).parent
STORE: Final = PACKAGE / "store"
#: At most as many statements as this are written by hand. A text that Peewee compiles is no string of ours.
MOST: Final = 120
_STATEMENT: Final = re.compile(
    r"\s*\(?(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|WITH|PRAGMA|ATTACH|DETACH|BEGIN|COMMIT|ROLLBACK|"
    r"VACUUM|ANALYZE|REINDEX|EXPLAIN|SAVEPOINT|RELEASE)\b"
)
_REASON: Final = re.compile(r"\bby hand\b", re.IGNORECASE)


def sql_strings(file: Path) -> list[str]:
    """Return the strings of a module that begin like a statement; of an f-string its first piece tells."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    passed = set(_docstrings(tree)) | {id(part) for node in ast.walk(tree) for part in _pieces(node)}
    found = []
    for node in ast.walk(tree):
        part = next(iter(_pieces(node)), node)
        if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
            continue
        if (part is not node or id(node) not in passed) and _STATEMENT.match(part.value):
            found.append(f"{file.relative_to(PACKAGE)}:{part.lineno}: {part.value[:60]}")
    return found


def _pieces(node: ast.AST) -> list[ast.expr]:
    return node.values if isinstance(node, ast.JoinedStr) else []


def _docstrings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            yield id(body[0].value)


def strings_in(folder: Path) -> list[str]:
    return [line for file in sorted(folder.rglob("*.py")) for line in sql_strings(file)]


def test_no_statement_is_written_outside_the_store(measured: Callable[[str], None]) -> None:
    everywhere, inside = strings_in(PACKAGE), strings_in(STORE)
    measured(f"SQL strings: {len(everywhere) - len(inside)} outside the store, {len(inside)} inside")
    assert [line for line in everywhere if not line.startswith("store/")] == []


def test_few_statements_are_written_by_hand() -> None:
    inside = strings_in(STORE)
    assert inside, "the pattern finds nothing any more"
    assert len(inside) <= MOST, "write it as a query of Peewee's:\n" + "\n".join(inside)


def test_each_file_with_such_a_statement_says_why() -> None:
    files = [file for file in sorted(STORE.rglob("*.py")) if sql_strings(file)]
    silent = [str(file.relative_to(STORE)) for file in files if not _REASON.search(file.read_text(encoding="utf-8"))]
    assert silent == [], 'say in a comment why Peewee does not write it: "By hand: ..."'
