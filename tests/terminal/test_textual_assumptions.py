"""What `terminal/textual_compat.py` assumes about Textual: after an upgrade, these tests name what has changed."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import textwrap
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import walk_packages

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingsMap
from textual.command import CommandPalette
from textual.driver import Driver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Input

import tui_app
from tui_app.terminal.textual_compat import exchange_bindings, is_bound, is_busy, key_name, mute, screens_of, unmute

ROOT = Path(__file__).parents[2]
#: Private names of Textual that we replace on purpose, through `textual_compat` only.
REPLACED = {"_bindings"}


class Small(App[None]):
    BINDINGS = [Binding("a", "note", "Note")]
    MODES = {"one": Screen, "two": Screen}
    notes = 0

    def action_note(self) -> None:
        self.notes += 1

    def compose(self) -> ComposeResult:
        yield Input()


def test_the_pinned_version_is_the_installed_one() -> None:
    pinned = re.search(r'"textual==([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert pinned is not None and version("textual") == pinned[1]


@pytest.mark.parametrize(("character", "name"), [("?", "question_mark"), ("/", "slash"), ("A", "A"), ("ä", "ä")])
def test_a_character_has_the_name_of_its_key(character: str, name: str) -> None:
    found = key_name(character)
    assert found == name or found.startswith("latin_small_letter"), found


def test_drivers_write_through_an_attribute_that_an_instance_can_hide() -> None:
    class Silent(Driver):
        sent: list[str]

        def write(self, data: str) -> None:
            self.sent.append(data)

        def start_application_mode(self) -> None: ...

        def disable_input(self) -> None: ...

        def stop_application_mode(self) -> None: ...

    driver = Silent.__new__(Silent)
    driver.sent = []
    driver.write("one")
    mute(driver)
    driver.write("two")
    unmute(driver)
    driver.write("three")
    assert driver.sent == ["one", "three"]


def test_apps_have_a_driver_and_palettes_their_gathering() -> None:
    assert Small()._driver is None
    assert "can_suspend" in dir(Driver) and "flush" in dir(Driver)
    assert isinstance(CommandPalette._GATHER_COMMANDS_GROUP, str)
    assert callable(CommandPalette._select_or_command)


async def test_the_screens_of_all_modes_are_found() -> None:
    app = Small()
    async with app.run_test():
        await app.switch_mode("one")
        await app.switch_mode("two")
        assert len(screens_of(app)) == 3 and len(app.screen_stack) == 1


async def test_exchanged_bindings_take_effect_at_once() -> None:
    app = Small()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        before = exchange_bindings(app, BindingsMap([Binding("b", "note", "Note")]))
        assert is_bound(app, "b") and not is_bound(app, "a")
        await pilot.press("a", "b")
        assert app.notes == 1
        exchange_bindings(app, before)
        await pilot.press("a", "b")
        assert app.notes == 2


async def test_a_widget_is_busy_only_while_it_handles_a_message() -> None:
    gate = asyncio.Event()
    app = Small()
    async with app.run_test() as pilot:
        await pilot.pause()
        box = app.query_one(Input)
        assert not is_busy(box)
        box.call_later(gate.wait)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert is_busy(box)
        gate.set()
        await pilot.pause()
        assert not is_busy(box)


# ------------------------------------------------------------------------------------------------ private names
def _our_classes() -> list[type[MessagePump]]:
    for module in walk_packages(tui_app.__path__, "tui_app."):
        if not module.name.endswith("__main__") and module.name.split(".")[1] in ("screens", "widgets", "tui"):
            import_module(module.name)
    found: dict[str, type[MessagePump]] = {}
    waiting: list[type[MessagePump]] = [MessagePump]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            if cls.__module__.startswith("tui_app."):
                found[cls.__qualname__] = cls
    return list(found.values())


@cache
def _private_names(cls: type) -> frozenset[str]:
    """The private attributes and methods that the code of this class alone defines."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    assigned = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self"
    }
    names = assigned | {name for name in vars(cls) if callable(vars(cls)[name])}
    return frozenset(name for name in names if name.startswith("_") and not name.startswith("__"))


def test_no_class_of_ours_takes_a_private_name_of_textual() -> None:
    clashes = {
        f"{ours.__qualname__}.{name} hides that of {theirs.__name__}"
        for ours in _our_classes()
        for theirs in ours.__mro__
        if theirs.__module__.startswith("textual.")
        for name in (_private_names(ours) & _private_names(theirs)) - REPLACED
    }
    assert clashes == set()


def test_no_other_file_uses_private_names_of_other_objects() -> None:
    """Also `self._bindings`, which ruff's SLF001 allows."""
    private = re.compile(
        r"(?<!self)(?<!cls)(?<!\))\._(driver|bindings|screen_stacks|message_queue|is_mounted|waiters)\b"
    )
    folders = ("screens", "widgets", "tui", "services", "terminal", "theming")
    found = [
        path.name
        for folder in folders
        for path in (ROOT / "tui_app" / folder).rglob("*.py")
        if private.search(path.read_text()) and path.name != "textual_compat.py"
    ]
    assert found == []
