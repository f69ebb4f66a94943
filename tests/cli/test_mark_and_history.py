"""`mark` sets and clears what the app's keys set; `play` plays and `history` lists it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.processes import seen_of

MOVIE = "100002"


def first_id(cli: Cli, what: str) -> str:
    return str(cli.json("list", what, "--limit", "1")["items"][0]["id"])


def favourites(cli: Cli, what: str) -> set[str]:
    return {item["id"] for item in cli.json("list", what, "--favourites")["items"]}


# ------------------------------------------------------------------------------------------------------------ mark
def test_a_favourite_is_set_and_cleared(synced: Cli) -> None:
    report = fits("mark", synced.json("mark", "favourite", "movie", MOVIE, MOVIE))
    assert report == {"mark": "favourite", "kind": "movie", "on": True, "changed": 1,
                      "items": [{"id": MOVIE, "name": "Nosferatu"}]}  # fmt: skip
    assert favourites(synced, "movies") == {MOVIE}
    assert synced("mark", "favourite", "movie", MOVIE).out == "“Nosferatu” is in the favourites.\n"
    assert fits("mark", synced.json("mark", "favourite", "movie", MOVIE, "--off"))["changed"] == 1
    assert fits("mark", synced.json("mark", "favourite", "movie", MOVIE, "--off"))["changed"] == 0
    assert favourites(synced, "movies") == set()


def test_one_unknown_id_marks_nothing(synced: Cli) -> None:
    error = synced.json("mark", "favourite", "movie", MOVIE, "no-such", expect=1)["error"]
    assert error["code"] == "not_found" and "no-such" in error["message"]
    assert favourites(synced, "movies") == set()


def test_a_series_is_watched_when_its_stored_episodes_are(synced: Cli) -> None:
    series = first_id(synced, "series")
    said = synced("mark", "watched", "series", series, expect=1).err
    assert f"xtream-tui show series {series}" in said
    synced("show", "series", series)
    report = fits("mark", synced.json("mark", "watched", "series", series))
    assert report["kind"] == "series" and report["changed"] == len(report["items"]) > 0
    assert series not in {item["id"] for item in synced.json("list", "series", "--unwatched")["items"]}
    synced("mark", "watched", "series", series, "--off")
    assert series in {item["id"] for item in synced.json("list", "series", "--unwatched")["items"]}


def test_a_category_is_hidden_by_its_id_and_shown_again(synced: Cli) -> None:
    category = synced.json("list", "categories", "--kind", "movie")["items"][0]
    before = synced.json("list", "movies")["total"]
    assert fits("mark", synced.json("mark", "hidden", "movie", category["id"]))["items"][0]["name"] == category["name"]
    assert synced.json("list", "movies")["total"] < before
    assert synced.json("list", "categories", "--kind", "movie")["items"][0]["hidden"]
    assert synced("mark", "hidden", "movie", category["id"], "--off").out == f"“{category['name']}” is visible.\n"
    assert synced.json("list", "movies")["total"] == before
    assert "list categories" in synced("mark", "hidden", "movie", "no-such", expect=1).err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("watched", "channel", "1"), "Channels can't be marked as watched."),
        (("hidden", "episode", "1"), "Episodes have no categories."),
        (("loved", "movie", "1"), "'loved' is not one of"),
        (("favourite", "film", "1"), "'film' is not one of"),
        (("favourite", "movie"), "Give the ids"),
    ],
)
def test_senseless_marks_are_refused_in_one_sentence(synced: Cli, arguments: tuple[str, ...], words: str) -> None:
    said = synced("mark", *arguments, expect=2).err
    assert words in said and len(said.splitlines()) == 1


def test_marking_before_the_first_sync_says_what_to_do(cli: Cli) -> None:
    cli("profile", "add", "home", "--url", "http://127.0.0.1:9", "--username", "u", "--password-stdin", "--no-test",
        stdin="p\n")  # fmt: skip
    assert "xtream-tui sync" in cli("mark", "favourite", "movie", "1", expect=1).err


# -------------------------------------------------------------------------------------------------- play and history
@pytest.fixture
def player(synced: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for mpv: plays a hundred seconds in no time. What it was told is in this file."""
    heard, program = tmp_path / "heard", tmp_path / "bin" / "mpv"
    program.parent.mkdir()
    fake = Path(__file__).parents[1] / "support" / "fake_mpv.py"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "--heard={heard}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("DISPLAY", ":0")
    return heard


def set_player(cli: Cli, arguments: str) -> None:
    cli.paths.settings_file.write_text(f'player = "mpv"\nplayer_arguments = "{arguments}"\n')


def test_a_movie_is_played_to_its_end_and_is_in_the_history(synced: Cli, player: Path) -> None:
    assert fits("history", synced.json("history"))["items"] == []
    assert synced("play", "movie", MOVIE).code == 0
    (item,) = fits("history", synced.json("history"))["items"]
    assert (item["kind"], item["id"], item["name"], item["watched"]) == ("movie", MOVIE, "Nosferatu", True)
    assert "watched" in synced("history").out
    assert MOVIE not in {one["id"] for one in synced.json("list", "movies", "--unwatched")["items"]}


def test_where_it_stopped_is_stored_and_gone_on_from(synced: Cli, player: Path) -> None:
    set_player(synced, "--fake=quits")
    synced("play", "movie", MOVIE)
    (item,) = fits("history", synced.json("history"))["items"]
    assert not item["watched"] and item["position_s"] > 30
    assert f"Going on at {item['position_s']} s" in synced("play", "movie", MOVIE).err
    assert f'"set_property", "start", "{item["position_s"]}.000"' in player.read_text()
    assert synced("play", "movie", MOVIE, "--from", "0").err == ""


def test_a_player_that_fails_is_a_failure(synced: Cli, player: Path) -> None:
    set_player(synced, "--fake=refuses")
    said = synced("play", "movie", MOVIE, expect=1).err
    assert "mpv refuses to play" in said and len(said.splitlines()) == 1
    assert synced("play", "movie", "no-such", expect=1).err


def test_without_a_display_other_ways_are_named(synced: Cli, player: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    said = synced("play", "movie", MOVIE, expect=1).err
    assert f"xtream-tui url movie {MOVIE}" in said and "--here" in said
    assert synced("play", "movie", MOVIE, "--here").code == 0
    assert "--vo=tct" in player.read_text()
    assert not seen_of(str(player))


def test_episodes_are_named_with_their_series(synced: Cli, player: Path) -> None:
    series = first_id(synced, "series")
    episode = synced.json("show", "series", series)["seasons"][0]["episodes"][0]
    synced("play", "episode", episode["id"])
    (item,) = fits("history", synced.json("history", "--limit", "1"))["items"]
    assert (item["kind"], item["id"], item["series_id"]) == ("episode", episode["id"], series)
    assert item["series"] in synced("history").out
