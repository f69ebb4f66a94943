"""The contributor's page is right: its paths and names exist, and its recipes work when they are carried out."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.command_line import REPOSITORY
from tests.support.old_files import old_library
from tui_app.store.migrations import LIBRARY, latest
from tui_app.store.migrations.runner import version_of
from tui_app.theming import read_theme

PAGE: Final = (REPOSITORY / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES: Final = {
    title: body
    for recipe in re.split(r"^### ", PAGE.partition("## Recipes")[2], flags=re.MULTILINE)[1:]
    for title, _, body in [recipe.partition("\n")]
}
RECIPE_NAMES: Final = {"Theme", "Command", "Setting", "Item field", "Sort key", "Player", "Screen", "Migration"}
MOST_WORDS: Final = 25
_PATH: Final = re.compile(r"`((?:tui_app|tests|themes)/[\w./-]+)`")
_STEP: Final = re.compile(r"^\d+\. (.+(?:\n   +.+)*)", re.MULTILINE)
_BLOCK: Final = re.compile(r"^```diff\n(.*?)^```", re.MULTILINE | re.DOTALL)


def steps(recipe: str) -> list[str]:
    """The numbered steps of a recipe."""
    return _STEP.findall(RECIPES[recipe])


def model(recipe: str) -> str:
    """The name to search for in the repository to see a recipe done."""
    found = re.search(r"^Model: `([\w-]+)`", RECIPES[recipe], re.MULTILINE)
    assert found, f"{recipe}: name a model"
    return found[1]


# ---------------------------------------------------------------------------------------------------------- words
def test_there_is_a_recipe_for_everything_that_is_asked_for() -> None:
    assert set(RECIPES) == RECIPE_NAMES


def test_the_glossary_is_short_enough_to_read() -> None:
    rows = re.findall(r"^\| (?!word|---)(.+?) \|", PAGE.partition("## Glossary")[2].partition("\n## ")[0], re.MULTILINE)
    assert 0 < len(rows) <= MOST_WORDS
    assert len(set(rows)) == len(rows)


def test_every_path_exists() -> None:
    named = set(_PATH.findall(PAGE)) | {f"tests/{path}" for path in re.findall(r"\.\./tests/([\w.-]+)\)", PAGE)}
    assert len(named) > 30
    assert sorted(path for path in named if not (REPOSITORY / path).exists()) == []


def test_every_name_of_the_walk_through_a_sync_exists() -> None:
    walk = PAGE.partition("## A sync, step by step")[2].partition("\n## ")[0]
    names = re.findall(r"`((?:sync|store|xtream|services|events|messages)\.[\w.]+)`", walk)
    assert len(names) > 20
    assert [name for name in names if not _exists(name)] == [], "renamed: say so in .github/CONTRIBUTING.md"
    in_order = ("sync.engine", "sync.list_source", "xtream.stream", "sync.list_diff", "sync.list_write", "sync.report")
    first = [next(number for number, name in enumerate(names) if name.startswith(module)) for module in in_order]
    assert first == sorted(first)


def _exists(name: str) -> bool:
    """Whether a dotted name under the package is a module, or something in one."""
    parts = ["tui_app", *name.split(".")]
    rest: list[str] = []
    while len(parts) > 1:
        try:
            found: Any = import_module(".".join(parts))
        except ModuleNotFoundError:
            rest.insert(0, parts.pop())
            continue
        for attribute in rest:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


# ---------------------------------------------------------------------------------------------------------- steps
@pytest.mark.parametrize("recipe", sorted(RECIPE_NAMES - {"Theme", "Command", "Migration"}))
def test_every_step_names_a_file_where_the_model_is_found(recipe: str) -> None:
    """Only steps that are not always needed, those with "when" or "only", may lead to other files."""
    word = re.compile(rf"(?<![a-z]){re.escape(model(recipe))}", re.IGNORECASE)
    files = [(step, path) for step in steps(recipe) for path in _PATH.findall(step)[:1]]
    missing = [
        path
        for step, path in files
        if not word.search(_text(path)) and not re.search(r"\b(when|only|such|raise)\b", step)
    ]
    assert files
    assert missing == [], f"no {model(recipe)} there"


@pytest.mark.parametrize("recipe", ["Item field", "Setting"])
def test_no_file_of_the_program_that_names_the_model_is_left_out(recipe: str) -> None:
    word, named = re.compile(rf"\b{model(recipe)}\b"), set(_PATH.findall(RECIPES[recipe]))
    # the trailers among episodes, and columns of the CSV in an order that readers rely on: later fields come last
    others = {"tui_app/xtream/episode_titles.py", "tui_app/catalog/documents.py"}
    found = {
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "tui_app").rglob("*.py")
        if path.parent.name != "migrations" and word.search(path.read_text(encoding="utf-8"))
    }
    assert sorted(found - named - others) == [], "add a step to .github/CONTRIBUTING.md"


def test_an_item_field_touches_at_most_four_files_of_the_program() -> None:
    files = {path for step in steps("Item field") for path in _PATH.findall(step) if path.startswith("tui_app")}
    assert 0 < len(files) <= 4


@pytest.mark.parametrize("recipe", sorted(RECIPE_NAMES))
def test_steps_go_from_the_bottom_layer_up(recipe: str) -> None:
    packages = [path.split("/")[1] for step in steps(recipe) for path in _PATH.findall(step)[:1] if path[:3] == "tui"]
    heights = [_height(package.removesuffix(".py")) for package in packages]
    assert heights == sorted(heights), packages


def _height(package: str) -> int:
    """How many layers are below the package's."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return next(height for height, layer in enumerate(reversed(layers)) if package in layer.split(" | "))


def _text(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- in a copy
@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program in a folder of its own."""
    for name in ("tui_app", "themes"):
        shutil.copytree(REPOSITORY / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def carry_out(recipe: str, copy: Path, **words: str) -> list[Path]:
    """Add the lines of a recipe's blocks to the copy; the files they went to."""
    return list(_added(recipe, copy, words))


def _added(recipe: str, copy: Path, words: dict[str, str]) -> Iterator[Path]:
    for block in _BLOCK.findall(RECIPES[recipe]):
        for word, meant in words.items():
            block = block.replace(word, meant)
        head, *lines = block.splitlines()
        file = copy / head[4:]
        new = "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))
        if head.startswith("+++ "):
            assert not file.exists(), file
            file.write_text(new, encoding="utf-8")
        else:
            file.write_text(_after(file, lines[0].strip(), new), encoding="utf-8")
        yield file


def _after(file: Path, context: str, new: str) -> str:
    """The text of the file with new lines after the one line that begins with the context."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [index for index, line in enumerate(lines, start=1) if line.strip().startswith(context)]
    assert len(found) == 1, f"{len(found)} lines of {file.name} begin with {context!r}; correct .github/CONTRIBUTING.md"
    return "".join((*lines[: found[0]], new, *lines[found[0] :]))


def python(copy: Path, *arguments: str) -> str:
    """Run Python on the copy; what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env={"PYTHONPATH": str(copy), "XTREAM_TUI_HOME": str(copy / "home")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_theme_of_the_recipe_is_a_theme(copy: Path) -> None:
    (file,) = carry_out("Theme", copy)
    assert read_theme(file).name == "dawn"


def test_the_command_of_the_recipe_runs(copy: Path) -> None:
    carry_out("Command", copy)
    assert "  hello " in python(copy, "-m", "tui_app", "--help")
    login = ("--url", "http://127.0.0.1:9/", "--username", "u", "--password-command", "echo p", "--no-test")
    python(copy, "-m", "tui_app", "profile", "add", "home", *login)
    assert python(copy, "-m", "tui_app", "hello") == "Hello, home.\n"


def test_the_item_field_of_the_recipe_is_read_stored_and_shown(copy: Path) -> None:
    carry_out("Item field", copy, NNNN=f"{latest(LIBRARY) + 1}")
    old = old_library(copy / "library-x.db")
    printed = python(
        copy, "-c",
        "import sys; from pathlib import Path; from tui_app.catalog import Kind\n"
        "from tui_app.catalog.fields import document_fields\n"
        "from tui_app.cli.item_view import print_title\n"
        "from tui_app.store.library_store import LibraryStore\n"
        "from tui_app.xtream.rows import RowContext, decode_row\n"
        "row = decode_row(Kind.MOVIE, b'{\"stream_id\": 99, \"tagline\": \" He  is back\"}', RowContext('http://x'))\n"
        "with LibraryStore.open(Path(sys.argv[1])) as store:\n"
        "    store.save_rows(Kind.MOVIE, [row]); print_title(store.full_item(Kind.MOVIE, '99'), 'fresh')\n"
        "print('tagline' in [one.key for one in document_fields(Kind.MOVIE)])",
        str(old),
    )  # fmt: skip
    assert "tagline     He is back\n" in printed and printed.endswith("True\n")


def test_the_setting_of_the_recipe_is_read_written_and_shown(copy: Path) -> None:
    carry_out("Setting", copy)
    printed = python(
        copy, "-c",
        "from tui_app.paths import Paths; from tui_app.settings import change_app_settings, load_app_settings\n"
        "from tui_app.screens.settings.fields import SettingsFields\n"
        "paths = Paths.current().ensure(); before = load_app_settings(paths).chime\n"
        "change_app_settings(paths, chime=True)\n"
        "print(before, load_app_settings(paths).chime, 'chime' in SettingsFields().app_flags)",
    )  # fmt: skip
    assert printed == "False True True\n"


def test_the_migration_of_the_recipe_brings_an_old_file_up_to_date(copy: Path, tmp_path: Path) -> None:
    new = latest(LIBRARY) + 1
    carry_out("Migration", copy, NNNN=f"{new:04}")
    old = old_library(tmp_path / "library-x.db")
    python(
        copy,
        "-c",
        "import sys; from pathlib import Path; from tui_app.store.opening import open_library\n"
        "open_library(Path(sys.argv[1])).close_all()",
        str(old),
    )
    with closing(sqlite3.connect(old)) as connection:
        assert version_of(connection) == new
        assert connection.execute("SELECT DISTINCT pinned FROM movie").fetchall() == [(0,)]
    assert old.with_name("library-x.db.backup-v1").exists()
