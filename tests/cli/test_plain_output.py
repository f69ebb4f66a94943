from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.cli.invoke import Cli
from tui_app.cli import root_command
from tui_app.cli.output import PLAIN_VARIABLE, in_words

TITLES = ("id", "name", "year", "rating")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("7", "Metropolis (1927)", "1927", "8.8"), "Metropolis (1927), year 1927, rating 8.8, id 7"),
        (("7", "Nosferatu", "", ""), "Nosferatu, id 7"),
        (("7", "", "1922", ""), "year 1922, id 7"),
    ],
)
def test_a_row_is_told_name_first(cells: tuple[str, ...], words: str) -> None:
    assert in_words(TITLES, cells, 1) == words


def test_lists_are_told_one_item_a_line_without_columns(synced: Cli) -> None:
    lines = synced("list", "movies", "--limit", "5", "--plain").out.splitlines()
    assert len(lines) == 6  # and how many there are
    for line in lines[:5]:
        assert "  " not in line
        assert ", rating " in line and ", category " in line and ", id " in line
    assert "year" in lines[0] and lines[0].isprintable()


def test_search_profiles_and_figures_are_told_too(synced: Cli) -> None:
    found = synced("search", "nosferatu", "--plain").out.splitlines()
    assert found[0].startswith("Nosferatu, ") and ", kind movie" in found[0]
    told = synced("profile", "list", "--plain").out.splitlines()
    assert told[0].startswith("home, server http") and "current" in told[0].split(", ")
    assert any(
        line.startswith("movies") or "kind movies" in line for line in synced("stats", "--plain").out.splitlines()
    )


def test_a_title_is_told_fact_by_fact_and_its_plot_in_one_line(synced: Cli) -> None:
    movie = synced.json("list", "movies", "--limit", "1")["items"][0]
    lines = synced("show", "movie", movie["id"], "--offline", "--plain").out.splitlines()
    assert f"rating: {movie['rating']}" in lines
    assert not any("  " in line for line in lines)
    assert len(lines[-1]) > 0


def test_the_environment_says_it_once_for_all(synced: Cli) -> None:
    runner = CliRunner(env={"XTREAM_TUI_HOME": str(synced.home), PLAIN_VARIABLE: "1"})
    result = runner.invoke(root_command, ["list", "series", "--limit", "1"])
    assert ", id " in result.stdout.splitlines()[0]
    asked = runner.invoke(root_command, ["list", "series", "--limit", "1", "--json"])
    assert asked.stdout.startswith("{")
