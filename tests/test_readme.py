"""The README tells the truth: its keys are the program's keys, its commands are the program's commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from click import Context

from tests.support.documents import keys_table
from tui_app.cli.main import root_command

README: Final = Path(__file__).parents[1] / "README.md"


def test_the_readme_shows_every_key_as_it_is() -> None:
    assert keys_table() in README.read_text(), "a key is new or has moved; run: python -m tests.support.documents"


def test_the_readme_names_every_command() -> None:
    text = README.read_text()
    commands = root_command.list_commands(Context(root_command))
    assert [name for name in commands if f"xtream-tui {name}" not in text] == []


def test_the_readme_has_the_two_commands() -> None:
    blocks = re.findall(r"```sh[^\n]*\n(.*?)```", README.read_text(), re.DOTALL)
    assert any("xtream-tui demo" in block and "pip install ." in block for block in blocks)
    assert any("pytest" in block and "pip install" in block for block in blocks)


# ------------------------------------------------------------------------------------------------ how it is built
def test_how_it_is_built_names_every_package_and_only_packages_that_exist() -> None:
    named = _named_parts(README.read_text())
    package = README.parent / "tui_app"
    there = {path.name for path in package.iterdir() if _is_part(path)}
    assert sorted(there - named) == [], "say what it is for in the README, under “How it is built”"
    assert sorted(named - there) == [], "the README names what is no longer in tui_app/"


def _is_part(path: Path) -> bool:
    if path.is_dir():
        return path.name != "__pycache__" and any(path.iterdir())
    return path.suffix == ".py" and not path.name.startswith("__")


def _named_parts(readme: str) -> set[str]:
    """The names that begin the lines of the plan under `tui_app/`; what is indented further goes on with a line."""
    plan = readme.partition("## How it is built")[2].partition("```\ntui_app/\n")[2].partition("\n```")[0]
    inside = plan.partition("\nthemes/")[0]
    starts = re.findall(r"^  (?=\S)((?:[\w.]+(?:\.py|/)\s+)+)", inside + "\n", re.MULTILINE)
    return {name.rstrip("/") for names in starts for name in names.split()}
