"""Rules for the tests themselves, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
_PACKAGE: Final = "tui_app"


def patches(source: str) -> Iterator[str]:
    """What a module patches, as `target.name` in its own words: `setattr` of a monkeypatch, `patch` of a mock."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "setattr":
            first, *rest = call.args
            if isinstance(first, ast.Constant):
                yield str(first.value)
            elif rest and isinstance(rest[0], ast.Constant):
                yield f"{ast.unparse(first)}.{rest[0].value!s}"


def is_private_of_ours(patched: str, names_of_ours: frozenset[str]) -> bool:
    """Whether a name with an underscore is patched in our package, or in something imported from it."""
    first, *rest = patched.split(".")
    return (first == _PACKAGE or first in names_of_ours) and any(part.startswith("_") for part in rest)


def names_of_ours(source: str) -> frozenset[str]:
    """The names that a module imports from our package."""
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    ours = (node for node in imports if (node.module or "").split(".")[0] == _PACKAGE)
    return frozenset(alias.asname or alias.name for node in ours for alias in node.names)


def private_patches(source: str) -> list[str]:
    """The private names of ours that a module patches."""
    ours = names_of_ours(source)
    return [patched for patched in patches(source) if is_private_of_ours(patched, ours)]


def test_no_test_patches_a_private_name() -> None:
    sources = {path.relative_to(TESTS): path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")}
    assert {str(path): found for path, source in sources.items() if (found := private_patches(source))} == {}


def test_such_a_patch_is_found() -> None:
    source = """
from tui_app.sync import list_diff
from tui_app.text import redactor as masks
monkeypatch.setattr("tui_app.playback.mpv._ANSWER_S", 1)
monkeypatch.setattr(list_diff, "_CHUNK", 3)
monkeypatch.setattr(masks, "_secrets", set())
monkeypatch.setattr(list_diff, "CHUNK", 3)
monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
"""
    assert private_patches(source) == ["tui_app.playback.mpv._ANSWER_S", "list_diff._CHUNK", "masks._secrets"]
