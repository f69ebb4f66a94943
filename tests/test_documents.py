"""The documents agree with the program: what is made from the code is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.documents import HOW, ROOT, documents, made
from tui_app.handbook import TITLES, chapter
from tui_app.paths import Paths
from tui_app.screens.registry import KEYED_WIDGETS, all_screens
from tui_app.settings import load_app_settings
from tui_app.theming import read_theme
from tui_app.tui.app import TuiApp
from tui_app.tui.keymap import known_keys, merge_keys


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_made_parts_are_as_the_code_would_make_them(document: Path) -> None:
    text = document.read_text()
    assert text == made(text), f"{document.relative_to(ROOT)} is behind the code; {HOW}"
    assert text.count("<!-- made: ") == text.count("<!-- /made -->") == len(re.findall(r"<!-- made: [a-z-]+ -->", text))


def test_every_chapter_is_there_and_begins_with_its_title() -> None:
    named = {f"{name}.md" for name in TITLES}
    assert named == {path.name for path in documents() if path.parent.name == "handbook"}
    assert {name: chapter(name).text.splitlines()[0] for name in TITLES} == {
        name: f"# {title}" for name, title in TITLES.items()
    }


def test_links_between_documents_lead_somewhere() -> None:
    for document in documents():
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_handbook_is_written_for_people_without_notes_to_its_makers() -> None:
    assert [name for name in TITLES if "<!--" in chapter(name).text] == []


# ----------------------------------------------------------------------------------------- examples of settings
def settings_block(name: str) -> str:
    """The TOML example of a chapter."""
    (found,) = re.findall(r"^```toml\n(.*?)^```", chapter(name).text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_example_of_keys_of_ones_own_is_taken_as_it_stands(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    paths.settings_file.write_text(settings_block("keys"))
    merged = merge_keys(known_keys((TuiApp, *all_screens(), *KEYED_WIDGETS)), load_app_settings(paths).keys)
    assert merged.problems == ()
    assert merged.keymap["item.favourite"] == "b"


def test_the_example_of_a_player_is_taken_as_it_stands(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    paths.settings_file.write_text(settings_block("watching"))
    assert load_app_settings(paths).player == "command"


def test_the_example_of_a_theme_is_a_theme(tmp_path: Path) -> None:
    file = tmp_path / "evening.toml"
    file.write_text(settings_block("themes"))
    assert read_theme(file).name == "evening"
