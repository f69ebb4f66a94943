"""`export --format strm` keeps a folder in step and leaves other files alone; `xmltv` writes the stored guide."""

from __future__ import annotations

import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import PASSWORD, USERNAME
from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.examples import examples
from tests.support.list_panel import ListPanel
from tui_app.export.strm import LIST_NAME
from tui_app.text.clean import file_name


def tree_files(folder: Path) -> dict[str, str]:
    """Path → content of every file but the list."""
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != LIST_NAME
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "films"


def export(cli: Cli, folder: Path, *more: str) -> dict[str, int]:
    report = cli.json("export", "--format", "strm", "--output", str(folder), *more)
    return dict(fits("export-report", report)["files"])


def test_a_movie_is_a_folder_with_its_address_and_its_facts(synced: Cli, folder: Path) -> None:
    export(synced, folder, "movies", "--with-credentials")
    films = {path: text for path, text in tree_files(folder).items() if "Nosferatu" in path}
    address = next(text for path, text in films.items() if path.endswith(".strm"))
    assert USERNAME in address and address.endswith("/100002.mp4\n")
    facts = ET.fromstring(next(text for path, text in films.items() if path.endswith("movie.nfo")))
    assert (facts.tag, facts.findtext("title"), facts.findtext("year")) == ("movie", "Nosferatu", "1922")
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*") if file.is_file()} == {0o600}


def test_episodes_are_in_the_folder_of_their_season(synced: Cli, folder: Path) -> None:
    series = synced.json("search", "flash gordon", "--kind", "series")["results"][0]["id"]
    seasons = synced.json("show", "series", series)["seasons"]
    export(synced, folder, "series")
    paths = tree_files(folder)
    assert sum(path.endswith(".strm") for path in paths) == sum(len(season["episodes"]) for season in seasons)
    assert any("/Season 01/" in path and " S01E02 - " in path for path in paths)
    assert sum(path.endswith("tvshow.nfo") for path in paths) == 1
    assert not any(PASSWORD in text for text in paths.values())


def test_a_second_export_changes_only_what_differs(synced: Cli, folder: Path) -> None:
    first = export(synced, folder, "movies")
    assert first["written"] > 100 and export(synced, folder, "movies") == {
        "written": 0, "unchanged": first["written"], "deleted": 0, "foreign": 0,
    }  # fmt: skip
    twenties = export(synced, folder, "movies", "--year", "1926-1927")
    assert twenties["deleted"] == first["written"] - twenties["unchanged"] > 0
    assert len(tree_files(folder)) == twenties["unchanged"]
    assert all(any(inner.iterdir()) for inner in folder.rglob("*") if inner.is_dir())
    assert export(synced, folder, "movies")["written"] == twenties["deleted"]


def test_files_of_others_and_edited_ones_stay(synced: Cli, folder: Path) -> None:
    export(synced, folder, "movies")
    edited = next(folder.rglob("Nosferatu*/movie.nfo"))
    edited.write_text("my own words")
    poster = edited.with_name("poster.jpg")
    poster.write_bytes(b"picture")
    taken = folder / "Movies" / "Mine" / "mine.strm"
    taken.parent.mkdir()
    taken.write_text("mine")
    assert export(synced, folder, "movies")["foreign"] == 1
    assert export(synced, folder, "movies", "--year", "1950-1960")["foreign"] == 1
    assert (edited.read_text(), poster.read_bytes(), taken.read_text()) == ("my own words", b"picture", "mine")


def test_nothing_selected_deletes_nothing(synced: Cli, folder: Path) -> None:
    export(synced, folder, "movies")
    before = tree_files(folder)
    said = synced("export", "movies", "--format", "strm", "--output", str(folder), "--year", "1871", expect=2).err
    assert "left as it is" in said and tree_files(folder) == before


def test_a_list_that_somebody_edited_reaches_nothing_outside(synced: Cli, folder: Path, tmp_path: Path) -> None:
    export(synced, folder, "movies", "--year", "1922")
    outside = tmp_path / "outside.txt"
    outside.write_text("keep")
    digest = (folder / LIST_NAME).read_text().splitlines()[1].split()[0]
    with (folder / LIST_NAME).open("a") as file:
        file.write(f"{digest} ../outside.txt\n{digest} {outside}\n{digest} Movies/../../outside.txt\nnonsense\n")
    export(synced, folder, "movies", "--year", "1927")
    assert outside.read_text() == "keep"


def test_a_folder_of_another_profile_is_refused(synced: Cli, folder: Path) -> None:
    export(synced, folder, "movies", "--year", "1922")
    synced("profile", "rename", "home", "other")
    said = synced("export", "--format", "strm", "--output", str(folder), expect=2).err
    assert "holds the files of home" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--format", "strm"), 2),
        (("channels", "--format", "strm", "--output", "x"), 2),
        (("movies", "--format", "xmltv"), 2),
        (("--format", "strm", "--output", "/no/such/folder"), 1),
        (("--format", "strm", "--output", "/dev/null"), 2),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(synced: Cli, arguments: tuple[str, ...], code: int) -> None:
    said = synced("export", *arguments, expect=code).err
    assert len(said.splitlines()) == 1


@examples(200)
@given(
    st.text(max_size=300) | st.sampled_from(["..", ".", "CON", "con.txt", "a/b", "a\\b", " . ", "\ud800", "x" * 999])
)
def test_any_title_is_a_file_name(text: str) -> None:
    name = file_name(text)
    assert len(name.encode()) <= 121 and name == name.strip() and not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in (".", "..") and name.split(".")[0].casefold() not in {"con", "nul", "com1"}
    assert file_name(name) == name


def test_an_id_that_is_a_path_stays_within_the_folder(cli: Cli, folder: Path, tmp_path: Path) -> None:
    with ListPanel() as panel:
        panel.movies = [{"stream_id": id, "name": "???", "category_id": "1"} for id in ("../../outside", "..", "7")]
        cli("profile", "add", "p", "--url", panel.url, "--username", "u", "--password-stdin", stdin="secret-9-pw")
        cli("sync")
        assert export(cli, folder, "movies")["written"] == 6
        cli("download", "movie", "../../outside", "--output", str(folder / "own"))
    outside = {file.name for file in tmp_path.iterdir()} - {"home"}
    assert outside == {folder.name}
    assert all(folder in file.resolve().parents for file in folder.rglob("*"))
    assert not {".", ".."} & {part for path in tree_files(folder) for part in path.split("/")}


# ----------------------------------------------------------------------------------------------------------- xmltv
def test_the_stored_guide_is_written_as_xmltv(synced: Cli, tmp_path: Path) -> None:
    day = synced.json("epg", "show", "1003")
    file = tmp_path / "guide.xml"
    report = fits("export-report", synced.json("export", "--format", "xmltv", "-o", str(file)))
    document = ET.fromstring(file.read_text())
    channels = {channel.get("id"): channel.findtext("display-name") for channel in document.iter("channel")}
    assert len(channels) == report["channels"] and day["channel"] in channels.values()
    programmes = [
        (one.findtext("title"), one.findtext("desc") or "") for one in document.iter("programme")
        if channels[one.get("channel")] == day["channel"]
    ]  # fmt: skip
    assert {(one["title"], one["description"]) for one in day["programmes"]} <= set(programmes)
