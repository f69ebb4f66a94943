"""`xtream-tui export` as people and scripts use it: filters, files, pipes, interruptions, and what it says."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import PASSWORD, USERNAME
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.rows import load, movie
from tui_app.catalog import Kind, Mark
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore


def test_it_takes_the_filters_of_list(synced: Cli, tmp_path: Path) -> None:
    filters = ("--genre", "comedy", "--year", "1910-1929", "--min-rating", "7", "--sort", "rating", "--desc")
    listed = synced.json("list", "movies", *filters, "--limit", "1000")["items"]
    exported = synced("export", "movies", "--format", "json", *filters).document
    assert exported["total"] == len(listed) > 2
    assert [item["id"] for item in exported["items"]] == [item["id"] for item in listed]
    assert all(set(item) > set(listed[0]) for item in exported["items"])
    synced("export", "movies", "--format", "csv", *filters, "-o", str(tmp_path / "x.csv"))
    with (tmp_path / "x.csv").open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [item["id"] for item in listed]


def test_without_kinds_it_takes_all_that_fit_the_filters(synced: Cli) -> None:
    exported = synced("export", "--format", "json").document
    assert exported["total"] == 60 + 240 + 30
    kinds = {item["kind"] for item in synced("export", "--format", "json", "--min-rating", "7").document["items"]}
    assert kinds == {"movie", "series"}
    answer = synced("export", "channels", "--format", "json", "--min-rating", "7", expect=2)
    assert "--min-rating" in answer.err and answer.out == ""
    assert "No kind supports all of these" in synced("export", "--format", "m3u", "--category", "No such", expect=2).err


def test_favourites_alone_and_what_was_hidden(synced: Cli) -> None:
    first, second = synced.json("list", "movies")["items"][:2]
    with UserStore(synced.paths.user_db) as user:
        user.set_mark("home", Kind.MOVIE, second["id"], Mark.FAVOURITE, second["name"])
        user.hide_categories("home", Kind.MOVIE, [("9", "Classics")])
    [kept] = synced("export", "--format", "json", "--favourites", "--include-hidden").document["items"]
    assert (kept["id"], kept["favourite"]) == (second["id"], True)
    left = synced("export", "movies", "--format", "json").document["items"]
    assert 0 < len(left) < 240
    assert synced("export", "movies", "--format", "json", "--without-hidden").document["items"] == left
    assert len(synced("export", "movies", "--format", "json", "--include-hidden").document["items"]) == 240
    assert synced.json("list", "movies", "--favourites")["items"] == []
    assert first["favourite"] is False


def test_a_dash_is_standard_output(synced: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    to_dash = synced("export", "movies", "--format", "m3u", "-o", "-")
    assert to_dash == synced("export", "movies", "--format", "m3u")
    assert to_dash.out.startswith("#EXTM3U")
    assert not (tmp_path / "-").exists()
    synced("export", "movies", "--format", "m3u", "-o", "-", "--json", expect=2)


def test_nothing_secret_leaves_unasked(synced: Cli, tmp_path: Path) -> None:
    for format_ in ("m3u", "json", "csv"):
        text = synced("export", "--format", format_).out
        assert PASSWORD not in text and "s3cret" not in text and USERNAME not in text
        assert "{username}/{password}" in text
    target = tmp_path / "own.m3u"
    said = synced("export", "channels", "--format", "m3u", "--with-credentials", "-o", str(target)).out
    assert "0600" in said and PASSWORD not in said
    assert target.stat().st_mode & 0o777 == 0o600
    address = synced("url", "channel", "1002").out.strip()
    assert address in target.read_text().splitlines()
    piped = synced("export", "channels", "--format", "m3u", "--with-credentials")
    assert address in piped.out and "do not share" in piped.err


def test_the_report_of_a_file(synced: Cli, tmp_path: Path) -> None:
    report = synced.json("export", "channels", "movies", "--format", "m3u", "-o", str(tmp_path / "x.m3u"))
    assert (report["movies"], report["channels"] + report["skipped"], report["total"]) == (240, 60, 296)
    assert synced.json("export", "--format", "m3u", expect=2)["error"]["code"] == "usage"


def test_series_whose_episodes_are_not_stored_are_told_of(synced: Cli) -> None:
    answer = synced("export", "series", "--format", "m3u")
    assert answer.out == "#EXTM3U\n"
    assert "30 series left out" in answer.err and "show series" in answer.err
    series = synced.json("list", "series")["items"][0]
    synced("show", "series", series["id"])
    answer = synced("export", "series", "--format", "m3u")
    assert f",{series['name']} S01E01 " in answer.out
    assert "29 series left out" in answer.err


def test_no_profile_and_no_library_are_said(cli: Cli, tmp_path: Path) -> None:
    assert "no profile yet" in cli("export", "--format", "m3u", expect=2).err
    cli("profile", "add", "x", "--url", "http://u.example/get.php?username=a&password=b", "--no-test")
    target = tmp_path / "x.m3u"
    assert "was never synced" in cli("export", "--format", "m3u", "-o", str(target), expect=1).err
    assert not target.exists()


def test_a_reader_that_has_seen_enough_ends_it_quietly(synced: Cli) -> None:
    run = CommandLine(synced.home)
    running = run.start("export", "--format", "csv")
    assert running.stdout is not None and running.stderr is not None
    assert running.stdout.readline().startswith("kind,id")
    running.stdout.close()
    assert running.wait(20) == 0
    assert running.stderr.read() == ""
    running.stderr.close()
    if running.stdin:
        running.stdin.close()


@pytest.fixture
def large(synced: Cli) -> Cli:
    """So many movies that an export takes a while."""
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        load(store, Kind.MOVIE, *(movie(id, f"Film {id}") for id in range(1, 60_001)))
    return synced


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_file(large: Cli, tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    command = [sys.executable, "-m", "tui_app", "export", "movies", "--format", "json", "-o", str(folder / "x.json")]
    running = subprocess.Popen(command, env=CommandLine(large.home).environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not [path for path in folder.iterdir() if path.stat().st_size] and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(running.pid, number)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "nothing was exported" in said
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_no_file(synced: Cli) -> None:
    answer = synced("export", "--format", "json", "-o", "/dev/full", expect=1)
    assert "No space left" in answer.err


def test_a_name_in_arabic_is_utf8_on_any_terminal(synced: Cli) -> None:
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        store.save_rows(Kind.MOVIE, [movie(999_999, "فيلم")])
    environment = CommandLine(synced.home).environment | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "tui_app", "export", "movies", "--format", "json"],
        env=environment, capture_output=True, check=True,
    )  # fmt: skip
    assert "فيلم" in [item["name"] for item in json.loads(done.stdout)["items"]]


@pytest.mark.fcase(97)
def test_guide_tags_and_a_mark_are_options_of_their_formats(synced: Cli, tmp_path: Path) -> None:
    target = tmp_path / "tv.m3u"
    for more, wanted in (((), False), (("--guide-url",), True)):
        synced("export", "channels", "--format", "m3u", "-o", str(target), *more)
        first = target.read_text().splitlines()[0]
        assert (first == "#EXTM3U", "url-tvg=" in first) == (not wanted, wanted)
    table = tmp_path / "tv.csv"
    synced("export", "channels", "--format", "csv", "--bom", "-o", str(table))
    assert table.read_bytes().startswith(b"\xef\xbb\xbfkind,id,name,")
    for wrong in (("m3u", "--bom"), ("csv", "--guide-url"), ("json", "--bom")):
        refused = synced("export", "--format", wrong[0], wrong[1], expect=2)
        assert f"{wrong[1]} is for --format" in refused.err
