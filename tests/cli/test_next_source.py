"""A title that does not start: `play --next-source` goes on with its next version, `show` lists them all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import add_profile
from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support import fake_mpv
from tui_app.demo import DemoPanel

Gone = Callable[[DemoPanel, str], None]


@pytest.fixture(scope="module")
def second_panel() -> Iterator[DemoPanel]:
    """Another provider with the well-known films."""
    with DemoPanel(channels=5, movies=120, series=5, username="second", password="pw-2", seed=7) as running:
        yield running


@pytest.fixture
def two(synced: Cli, second_panel: DemoPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Two accounts, and a player that asks for the stream and gives up when the panel has none."""
    add_profile(synced, second_panel, "cabin")
    synced("sync", "cabin")
    program = tmp_path / "bin" / "mpv"
    program.parent.mkdir()
    arguments = f"'--fake=fetches' '--heard={tmp_path / 'heard'}'"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake_mpv.__file__}" {arguments} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("DISPLAY", ":0")
    return synced


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Gone:
    """A panel that answers 404 for the stream of this id."""

    def forget(panel: DemoPanel, id: str) -> None:
        is_playable = panel.answers.is_playable
        monkeypatch.setattr(
            panel.answers, "is_playable", lambda kind, wanted: wanted != int(id) and is_playable(kind, wanted)
        )

    return forget


def ids_of_nosferatu(cli: Cli) -> tuple[str, str]:
    found = cli.json("search", "nosferatu", "--all-profiles")["results"][0]
    return found["sources"][0]["id"], found["sources"][1]["id"]


def test_the_next_version_is_played_where_the_first_one_would_have_begun(
    two: Cli, panel: DemoPanel, gone: Gone, tmp_path: Path
) -> None:
    home, cabin = ids_of_nosferatu(two)
    gone(panel, home)
    said = two("play", "movie", home, "--from", "70", "--next-source").err
    assert "does not have this stream now (HTTP 404). Trying “Nosferatu" in said and "cabin" in said
    _, commands = fake_mpv.heard_by_fake(tmp_path)
    assert ["set_property", "start", "70.000"] in commands
    assert any(command[0] == "loadfile" and f"/second/pw-2/{cabin}." in command[1] for command in commands)
    played = two.json("history", "--profile", "cabin")["items"]
    assert [(one["id"], one["watched"]) for one in played] == [(cabin, True)]
    assert two.json("history")["items"] == []


def test_without_the_flag_or_another_version_it_is_a_failure(
    two: Cli, panel: DemoPanel, second_panel: DemoPanel, gone: Gone
) -> None:
    home, cabin = ids_of_nosferatu(two)
    gone(panel, home)
    gone(second_panel, cabin)
    assert "HTTP 404" in two("play", "movie", home, expect=1).err
    said = two("play", "movie", home, "--next-source", expect=1).err.splitlines()
    assert "Trying" in said[0] and "HTTP 404" in said[-1] and "Trying" not in said[-1]


def test_what_was_split_off_is_not_tried(two: Cli, panel: DemoPanel, gone: Gone) -> None:
    home, cabin = ids_of_nosferatu(two)
    gone(panel, home)
    assert "split from other versions" in two("mark", "split", "movie", cabin, "--profile", "cabin").out
    assert "Trying" not in two("play", "movie", home, "--next-source", expect=1).err
    two("mark", "split", "movie", cabin, "--off", "--profile", "cabin")
    two("mark", "split", "movie", home)  # nor is anything else in place of it
    assert "Trying" not in two("play", "movie", home, "--next-source", expect=1).err
    two("mark", "split", "movie", home, "--off")
    two("mark", "split", "movie", cabin, "--profile", "cabin")
    two("mark", "split", "movie", cabin, "--off", "--profile", "cabin")
    assert "Trying" in two("play", "movie", home, "--next-source").err
    assert two("mark", "split", "channel", "1", expect=2).err


def test_a_library_of_another_account_that_can_not_be_read_is_left_out(two: Cli) -> None:
    home, cabin = ids_of_nosferatu(two)
    file = two.paths.library_db("cabin")
    file.unlink()
    file.mkdir()
    versions = two.json("show", "movie", home, "--offline", "--versions")["versions"]
    assert {one["profile"] for one in versions} == {"home"} and cabin


def test_the_versions_of_a_title_are_listed_with_account_and_reason(two: Cli) -> None:
    home, cabin = ids_of_nosferatu(two)
    two("mark", "split", "movie", cabin, "--profile", "cabin")
    versions = fits("show-movie", two.json("show", "movie", home, "--offline", "--versions"))["versions"]
    assert [(one["profile"], one["id"], one["split"]) for one in versions] == [
        ("home", home, False), ("cabin", cabin, True),
    ]  # fmt: skip
    assert {one["why"] for one in versions} <= {"same TMDB id", "same title and year", ""}
    assert "split off" in two("show", "movie", home, "--offline", "--versions").out
    assert "versions" not in two.json("show", "movie", home, "--offline")
    assert two("show", "channel", "1", "--versions", expect=2).err
