from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.color import Color

from tests.widgets.one_widget import OneWidget
from tui_app.theming import CONSOLE_THEME, MAIN_THEME, LoadedTheme, default_theme, known_variables, load_themes
from tui_app.widgets.paged_list import PagedList

SHIPPED = {loaded.name: loaded for loaded in load_themes().themes}
GOOD = 'name = "mine"\nprimary = "#336699"\n'


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in Color.parse(colour).normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def colours(loaded: LoadedTheme) -> dict[str, str]:
    return {**loaded.theme.to_color_system().generate(), **loaded.theme.variables}


def test_the_program_brings_dark_light_contrast_and_console_themes() -> None:
    assert load_themes().problems == ()
    assert {MAIN_THEME, CONSOLE_THEME} <= SHIPPED.keys()
    assert len(SHIPPED) >= 5
    assert sum(loaded.theme.dark for loaded in SHIPPED.values()) >= 3
    assert any(not loaded.theme.dark for loaded in SHIPPED.values())


@pytest.mark.parametrize("name", sorted(SHIPPED.keys() - {CONSOLE_THEME}))
def test_every_text_can_be_read(name: str) -> None:
    at_least = 7.0 if name == "beacon" else 4.5
    shown = colours(SHIPPED[name])
    pairs = [
        (f"text-{tone}", ground)
        for tone in ("muted", "primary", "accent", "success", "warning", "error")
        for ground in ("surface", "panel", "background")
    ]
    pairs += [("foreground", "surface"), ("foreground", "panel"), ("text-primary", "primary-muted")]
    pairs += [(f"block-cursor{kind}-foreground", f"block-cursor{kind}-background") for kind in ("", "-blurred")]
    pairs += [("footer-key-foreground", "footer-background"), ("footer-foreground", "footer-background")]
    weak = {(a, b): round(contrast(shown[a], shown[b]), 2) for a, b in pairs if contrast(shown[a], shown[b]) < at_least}
    assert weak == {}


@pytest.mark.parametrize("name", sorted(SHIPPED))
async def test_every_theme_can_be_put_on(name: str) -> None:
    app = OneWidget(PagedList())
    async with app.run_test() as pilot:
        app.register_theme(SHIPPED[name].theme)
        app.theme = name
        app.widget.show_empty("Nothing", "yet", "r")
        await pilot.pause()
        assert app.current_theme.name == name


def test_themes_of_the_user_come_last_and_win(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD + 'title = "Mine"\n[variables]\ntext-muted = "auto 50%"\n')
    (tmp_path / "other.toml").write_text('name = "harbour"\ntitle = "My harbour"\nprimary = "red"\n')
    loaded = {theme.name: theme for theme in load_themes(tmp_path).themes}
    assert loaded["mine"].title == "Mine"
    assert loaded["harbour"].title == "My harbour"
    assert len(loaded) == len(SHIPPED) + 1


def test_a_missing_folder_is_no_problem(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "none").problems == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = mine", "is not TOML"),
        ('primary = "red"', "name must be"),
        ('name = "../x"\nprimary = "red"', "name must be"),
        ('name = "mine"', "no primary"),
        ('name = "mine"\nprimary = "reddish"', "primary is not a colour"),
        ('name = "mine"\nprimary = 5', "primary must be a colour"),
        (GOOD + "dark = 1", "dark must be true or false"),
        (GOOD + 'colour = "red"', "unknown key 'colour'"),
        (GOOD + 'title = "a\\u001bb"', "title must be"),
        (GOOD + "variables = 3", "variables must be a table"),
        (GOOD + '[variables]\nno-such-thing = "red"', "variables.no-such-thing"),
        (GOOD + '[variables]\ntext-muted = "red; } * { display: none"', "variables.text-muted is not a colour"),
        (GOOD + "[variables]\ntext-muted = 7", "variables.text-muted must be"),
        (GOOD + '[variables]\nblock-cursor-text-style = "wavy"', "is not a text style"),
        (GOOD.replace("#336699", "ansi_blue") + 'ansi = true\nsurface = "#000000"', "ansi themes need"),
    ],
)
def test_a_bad_theme_is_named_and_the_others_load(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    (tmp_path / "good.toml").write_text(GOOD.replace("mine", "good"))
    loaded = load_themes(tmp_path)
    assert [problem for problem in loaded.problems if problem.startswith("bad.toml: ") and reason in problem]
    assert "good" in {theme.name for theme in loaded.themes}


def test_unreadable_bytes_and_giants_are_problems(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "giant.toml").write_text("#" * 100_000)
    (tmp_path / "folder.toml").mkdir()
    assert len(load_themes(tmp_path).problems) == 3


async def test_the_smallest_ansi_theme_that_loads_can_be_put_on(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text('name = "tiny"\nprimary = "ansi_blue"\nansi = true\n')
    loaded = {theme.name: theme for theme in load_themes(tmp_path).themes}
    app: App[None] = OneWidget(PagedList())
    async with app.run_test() as pilot:
        app.register_theme(loaded["tiny"].theme)
        app.theme = "tiny"
        await pilot.pause()
        assert app.current_theme.name == "tiny"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"TERM": "xterm-256color"}, MAIN_THEME),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, MAIN_THEME),
        ({"TERM": "xterm-kitty"}, MAIN_THEME),
        ({}, MAIN_THEME),
        ({"TERM": "linux"}, CONSOLE_THEME),
        ({"TERM": "vt100"}, CONSOLE_THEME),
        ({"TERM": "screen"}, CONSOLE_THEME),
    ],
)
def test_terminals_of_sixteen_colours_start_with_their_own_theme(environ: dict[str, str], name: str) -> None:
    assert default_theme(environ) == name


def test_the_names_a_theme_may_set_are_those_it_can_change() -> None:
    assert {"text-muted", "block-cursor-background", "footer-key-foreground"} <= known_variables()
