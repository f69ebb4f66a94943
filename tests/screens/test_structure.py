"""How the app is put together: few base classes, and no screen of a profile without one."""

from __future__ import annotations

import ast
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.screen import Screen

import tui_app.screens
from tui_app.screens.registry import SCREEN_IDS, WELCOME, screen_of
from tui_app.tui.app import TuiApp

MOST_BASES = 2
_ALWAYS_THERE = ("library", "profile", "active")


def own_bases(cls: type) -> list[str]:
    return [base.__name__ for base in cls.__mro__[1:] if base.__module__.startswith("tui_app.")]


def screen_classes() -> list[type[Any]]:
    for module in pkgutil.walk_packages(tui_app.screens.__path__, "tui_app.screens."):
        import_module(module.name)
    found: set[type[Any]] = set()
    open_: list[type[Any]] = list(Screen.__subclasses__())
    while open_:
        cls = open_.pop()
        found.add(cls)
        open_ += cls.__subclasses__()
    return sorted((cls for cls in found if cls.__module__.startswith("tui_app.screens.")), key=lambda cls: cls.__name__)


def test_screens_and_dialogs_have_at_most_two_bases_of_our_own() -> None:
    bases = {cls.__name__: own_bases(cls) for cls in screen_classes()}
    assert len(bases) > 20
    print("\n".join(f"{name}: {', '.join(found) or 'none'}" for name, found in bases.items()))
    assert {name: found for name, found in bases.items() if len(found) > MOST_BASES} == {}


def test_the_app_is_no_chain_of_bases() -> None:
    assert own_bases(TuiApp) == ["OrderedInput"] and issubclass(TuiApp, App)


def test_only_welcome_is_made_without_a_profile() -> None:
    screen_of(WELCOME)()
    for screen_id in SCREEN_IDS:
        if screen_id != WELCOME:
            with pytest.raises(TypeError, match="active"):
                screen_of(screen_id)()


def none_tests(path: Path) -> list[str]:
    """The comparisons with None of what a screen of a profile always has."""
    compared = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Compare))
    return [
        f"{path.name}:{node.lineno} {words}"
        for node in compared
        if any(isinstance(each, ast.Constant) and each.value is None for each in (node.left, *node.comparators))
        and (words := ast.unparse(node.left)).rpartition(".")[2].lstrip("_") in _ALWAYS_THERE
    ]


def test_no_screen_asks_whether_it_has_a_profile_or_a_library(tmp_path: Path) -> None:
    example = tmp_path / "example.py"
    example.write_text("if self.app_state.library is None or profile is not None: pass\nif rows is None: pass\n")
    assert len(none_tests(example)) == 2
    folder = Path(tui_app.screens.__path__[0])
    assert [words for path in sorted(folder.rglob("*.py")) for words in none_tests(path)] == []
