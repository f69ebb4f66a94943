"""How the app is drawn on terminals without colours, and on those with few characters."""

from __future__ import annotations

import os
import re
import sys

import pytest
from rich.style import Style
from textual.color import Color
from textual.widgets import Input

from tests.screens.driving import SMALL, running
from tests.support.pty_app import PtyApp
from tui_app.paths import Paths
from tui_app.settings import change_app_settings, load_app_settings
from tui_app.terminal.capabilities import NO_COLOR_THEME
from tui_app.widgets.glyphs import glyphs

RUN = "import sys; from pathlib import Path; from tui_app.tui.run import run_app; from tui_app.paths import Paths; "
_STYLES = re.compile(rb"\x1b\[([0-9;]*)m")
_COLOURS = re.compile(r"[34]\d|9\d|10\d")
_NONE = {"39", "49"}  # the terminal's own


def app_on(paths: Paths, **env: str) -> PtyApp:
    code = f"{RUN}sys.exit(run_app(Paths.under(Path({str(paths.config.parent)!r}))))"
    return PtyApp([sys.executable, "-c", code], columns=100, rows=30, env={"COLORTERM": "truecolor", **env})


def colours_in(output: bytes) -> set[str]:
    """The parameters that set a colour, those of 256 colours and of 24 bits included."""
    sent = {part for match in _STYLES.finditer(output) for part in match[1].decode().split(";")}
    return {part for part in sent if _COLOURS.fullmatch(part)} - _NONE


def test_no_color_means_no_colour(paths: Paths) -> None:
    change_app_settings(paths, theme="ember")
    with app_on(paths, NO_COLOR="1") as app:
        app.wait_for("updated")
        app.write(b"2")
        app.wait_for("1/150")
        app.write(b"j ")
        app.wait_for("1 selected")
        app.settle()
        assert colours_in(app.output) == set()
        assert b"\x1b[7" in app.output or b";7" in app.output  # the cursor is seen all the same


async def test_without_colours_the_cursor_and_what_is_selected_differ(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(paths, (100, 30)) as driver:
        await driver.go("movies")
        await driver.rows_shown()
        await driver.press("space", "down")  # the first is selected, the cursor is on the second or third
        lines = driver.app.screen._compositor.render_strips()
        looks = [
            frozenset((s.style.reverse, s.style.bold, s.style.underline) for s in line if s.style) for line in lines
        ]
        first, cursor = 2, 2 + (driver.list.cursor or 0)
        plain = cursor + 1
        assert len({looks[first], looks[cursor], looks[plain]}) == 3
        assert lines[first].text.count(glyphs().selected) == 1


async def test_without_colours_the_theme_is_the_one_without_and_choosing_says_why(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_app_settings(paths, theme="paper")
    monkeypatch.setenv("NO_COLOR", "")
    async with running(paths) as driver:
        assert driver.app.theme == NO_COLOR_THEME
        await driver.press("ctrl+t")
        await driver.until(lambda: "NO_COLOR" in driver.toasts())
        assert load_app_settings(paths).theme == "paper"


def test_a_locale_without_utf8_is_sent_ascii_only(paths: Paths) -> None:
    with app_on(paths, LANG="de_DE", LC_ALL="de_DE") as app:
        app.wait_for("updated")
        app.write(b"2")
        app.wait_for("1/150")
        app.write(b"F")
        app.wait_for("Favourites only")
        app.settle()
        assert app.output.isascii()
        assert "+-" in app.text  # the frame of the dialog


async def test_plain_characters_come_and_go_with_the_setting(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    async with running(paths) as driver:
        await driver.go("settings")
        await driver.until(lambda: driver.says("ASCII only"))
        await driver.sees("‹ automatic ›")
        driver.app.screen.query_one("#app-ascii").focus()
        await driver.press("right")
        await driver.until(lambda: driver.says("< always >"))
        await driver.press("right")
        await driver.until(lambda: driver.says("‹ never ›"))
        assert load_app_settings(paths).ascii is False


@pytest.mark.parametrize(("setting", "level"), [(None, "full"), (True, "full"), (False, "none")])
async def test_reduced_motion_is_a_setting(paths: Paths, setting: bool | None, level: str) -> None:
    assert "TEXTUAL_ANIMATIONS" not in os.environ
    change_app_settings(paths, animations=setting)
    async with running(paths) as driver:
        assert driver.app.animation_level == level


async def test_on_a_small_terminal_only_the_newest_notice_is_seen_and_leaves_room_for_the_list(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        await driver.rows_shown()
        driver.app.notify("first " * 60, title="Old", timeout=600, markup=False)
        driver.app.notify("second " * 60, title="New", timeout=600, markup=False)
        await driver.sees("second")
        assert not driver.says("first")
        assert sum("second" in line for line in driver.seen().splitlines()) <= 4


async def test_the_focused_field_of_a_dialog_stands_out_in_every_theme(paths: Paths) -> None:
    async with running(paths, (100, 30)) as driver:
        await driver.go("profiles")
        await driver.until(lambda: driver.list.total == 1, "the profile")
        await driver.press("e")
        await driver.until(lambda: driver.app.screen.query("#url"), "the dialog")
        focused, other = (driver.app.screen.query_one(f"#{name}", Input) for name in ("name", "username"))
        assert driver.app.focused is focused
        for theme in driver.app.appearance.titles:
            driver.app.theme = theme
            await driver.pilot.pause()
            (ground, style), (usual_ground, usual_style) = look_of(focused), look_of(other)
            assert style.bold and not usual_style.bold, theme
            assert ground != usual_ground or (style.underline and not usual_style.underline), theme


def look_of(field: Input) -> tuple[Color, Style]:
    """(ground, style of the letters) of a field."""
    return field.styles.background, field.text_style
