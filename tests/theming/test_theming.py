from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.palette import Palette
from textual.app import App

from tests.support.color_contrast import (
    CONSOLE,
    FOCUS,
    TEXTS,
    XTERM,
    contrast,
    in_16,
    in_24_bits,
    in_256,
    weak,
)
from tests.support.one_widget import OneWidget
from tui_app.terminal.capabilities import (
    CONSOLE_THEME,
    MAIN_THEME,
    NO_COLOR_THEME,
    default_theme,
    has_few_characters,
    tune_colours,
)
from tui_app.theming import known_variables, load_themes, read_theme
from tui_app.theming.color_depth import nearest_of_256
from tui_app.theming.files import shipped_folder
from tui_app.widgets.paged_list import PagedList

SHIPPED = {loaded.name: loaded for loaded in load_themes().themes}
MANY_COLOURED = sorted(SHIPPED.keys() - {CONSOLE_THEME, NO_COLOR_THEME})
GOOD = 'name = "mine"\nprimary = "#336699"\n'


def test_the_program_brings_dark_light_contrast_and_console_themes() -> None:
    assert load_themes().problems == ()
    for path in shipped_folder().glob("*.toml"):
        assert read_theme(path) == SHIPPED[path.stem], "as strictly as one of the user's own"
    assert {MAIN_THEME, CONSOLE_THEME} <= SHIPPED.keys()
    assert len(SHIPPED) >= 5
    assert sum(loaded.theme.dark for loaded in SHIPPED.values()) >= 3
    assert any(not loaded.theme.dark for loaded in SHIPPED.values())


@pytest.mark.parametrize("name", MANY_COLOURED)
def test_every_text_can_be_read_and_the_focus_be_seen(name: str) -> None:
    theme, at_least = SHIPPED[name].theme, 7.0 if name == "beacon" else 4.5
    assert weak(in_24_bits(theme), TEXTS, at_least) == {}
    assert weak(in_24_bits(theme), FOCUS, 3.0) == {}


@pytest.mark.parametrize("name", MANY_COLOURED)
def test_of_256_colours_those_are_chosen_that_can_be_read(name: str) -> None:
    theme, at_least = SHIPPED[name].at_depth("256"), 7.0 if name == "beacon" else 4.5
    assert weak(in_256(theme), TEXTS, at_least) == {}
    assert weak(in_256(theme), FOCUS, 3.0) == {}


@pytest.mark.parametrize("name", MANY_COLOURED)
def test_of_256_colours_grounds_stay_as_colourless_as_they_were(name: str) -> None:
    shown = in_256(SHIPPED[name].at_depth("256"))
    for ground in ("background", "surface", "panel"):
        assert max(shown[ground]) - min(shown[ground]) <= 40, (ground, shown[ground])


@pytest.mark.parametrize("name", sorted(SHIPPED.keys() - {NO_COLOR_THEME}))
@pytest.mark.parametrize(("palette", "at_least"), [(XTERM, 4.5), (CONSOLE, 3.5)], ids=["xterm", "console"])
def test_every_theme_can_be_read_in_sixteen_colours(name: str, palette: Palette, at_least: float) -> None:
    shown = in_16(SHIPPED[name].at_depth("16"), palette)
    assert weak(shown, TEXTS, at_least) == {}
    assert weak(shown, FOCUS, 3.0) == {}


def test_colours_of_the_256_are_taken_for_themselves() -> None:
    for number in range(16, 256):
        shown = RichColor.from_ansi(number).get_truecolor()
        told = RichColor.parse(nearest_of_256(shown)).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert contrast(shown, told) < 1.05, (number, shown)


@pytest.mark.parametrize("name", sorted(SHIPPED))
async def test_every_theme_can_be_put_on(name: str) -> None:
    app = OneWidget(shown := PagedList())
    async with app.run_test() as pilot:
        app.register_theme(SHIPPED[name].theme)
        app.theme = name
        shown.show_empty("Nothing", "yet", "r")
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
        (GOOD + "sixteen = 5", "sixteen must be a table"),
        (GOOD + '[sixteen]\npanel = "#000000"', "sixteen.panel is not one of the ansi_"),
        (GOOD + '[sixteen]\npanel = "ansi_pink"', "sixteen.panel is not one of the ansi_"),
        (GOOD + '[sixteen]\nsuch = "ansi_red"', "sixteen.such is no known"),
        (GOOD + '[sixteen]\nblock-cursor-text-style = "ansi_red"', "is not a text style"),
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
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "es\x1bcape.toml").write_text("name =")
    problems = load_themes(tmp_path).problems
    assert len(problems) == 6
    assert all(problem.isprintable() for problem in problems)


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
        ({"TERM": "alacritty"}, MAIN_THEME),
        ({"TERM": "xterm-direct"}, MAIN_THEME),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, NO_COLOR_THEME),
    ],
)
def test_terminals_of_sixteen_colours_start_with_their_own_theme(environ: dict[str, str], name: str) -> None:
    assert default_theme(environ) == name


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"TERM": "alacritty"}, {"TEXTUAL_COLOR_SYSTEM": "truecolor"}),
        ({"TERM": "xterm-kitty"}, {"TEXTUAL_COLOR_SYSTEM": "truecolor"}),
        ({"TERM": "xterm-ghostty", "TEXTUAL_COLOR_SYSTEM": "256"}, {"TEXTUAL_COLOR_SYSTEM": "256"}),
        ({"TERM": "foot", "COLORTERM": "truecolor"}, {"COLORTERM": "truecolor"}),
        ({"TERM": "xterm-256color"}, {}),
        ({"TERM": "vt220"}, {"NO_COLOR": "1"}),
        ({}, {}),
    ],
)
def test_terminals_are_known_by_their_names_where_that_is_all_there_is(
    environ: dict[str, str], told: dict[str, str]
) -> None:
    term = environ.get("TERM")
    tune_colours(environ)
    assert {name: value for name, value in environ.items() if name != "TERM"} == told
    assert environ.get("TERM") == term


@pytest.mark.parametrize(
    ("environ", "is_plain"),
    [
        ({"TERM": "xterm-256color"}, False),  # nothing is said of the locale
        ({"TERM": "xterm", "LANG": "en_GB.UTF-8"}, False),
        ({"TERM": "xterm", "LANG": "de_AT.utf8@euro"}, False),
        ({"TERM": "xterm", "LC_CTYPE": "UTF-8"}, False),  # as macOS sends it
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-15"}, True),
        ({"TERM": "xterm", "LANG": "de_DE"}, True),
        ({"TERM": "xterm", "LC_ALL": "C", "LANG": "en_GB.UTF-8"}, True),
        ({"TERM": "xterm", "LC_ALL": "", "LANG": "en_GB.UTF-8"}, False),
        ({"TERM": "linux", "LANG": "en_GB.UTF-8"}, True),
        ({"TERM": "vt220"}, True),
    ],
)
def test_terminals_and_locales_of_few_characters_are_known(environ: dict[str, str], is_plain: bool) -> None:
    assert has_few_characters(environ) is is_plain


def test_the_names_a_theme_may_set_are_those_it_can_change() -> None:
    assert {"text-muted", "block-cursor-background", "footer-key-foreground"} <= known_variables()
