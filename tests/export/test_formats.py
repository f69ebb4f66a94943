"""What exports write of names nobody would choose: quotes, commas, line ends, formulas, separators, odd ids."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.rows import category, channel, load, movie, series
from tui_app.catalog import Details, Episode, Kind, Query, Season
from tui_app.errors import Cancelled, NotFound, UsageError
from tui_app.export import COLUMNS, Addresses, ExportRequest, export_items, write_items
from tui_app.export.exporting import Exported, Format
from tui_app.export.records import correction_hours
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.xtream.urls import PASSWORD_PLACEHOLDER, USERNAME_PLACEHOLDER

SHARED = Addresses("http://tv.example:8080", USERNAME_PLACEHOLDER, PASSWORD_PLACEHOLDER, "anna")
OWN = Addresses("http://tv.example:8080", "anna", "pa/ss", "anna")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LibraryStore]:
    with LibraryStore.open(tmp_path / "library-test.db") as opened:
        yield opened


def written(
    store: LibraryStore,
    format_: Format,
    kinds: Sequence[Kind],
    addresses: Addresses = SHARED,
    *,
    names_guide: bool = False,
    has_bom: bool = False,
) -> tuple[str, Exported]:
    sink = io.BytesIO()
    request = ExportRequest([Query(kind) for kind in kinds], format_, names_guide=names_guide, has_bom=has_bom)
    exported = write_items(store, "home", request, addresses, sink)
    return sink.getvalue().decode(), exported


def entries(playlist: str) -> list[tuple[dict[str, str], str, str]]:
    """(attributes, title, address) of each entry; the title is the same behind the first comma and behind the last."""
    head, *lines = playlist.splitlines()
    assert head == "#EXTM3U"
    assert len(lines) % 2 == 0
    found = []
    for info, address in zip(lines[::2], lines[1::2], strict=True):
        tags, title = info.removeprefix("#EXTINF:").split(",", 1)
        assert title == info.rsplit(",", 1)[1] == info.rpartition('",')[2], info
        assert ATTRIBUTE.sub("", tags).split() == [tags.split()[0]], info
        found.append((dict(ATTRIBUTE.findall(tags)), title, address))
    return found


def test_a_playlist_stands_names_that_would_break_its_lines(store: LibraryStore) -> None:
    name = 'The "Big", Bad\r\n#EXTINF:-1,Wolf\u2028x'
    store.save_categories(Kind.CHANNEL, [category(1, 'News, "World"')])
    load(store, Kind.CHANNEL, channel(7, name, "1", epg_id='a"b', icon="http://x.example/a,b c.png", number=12))
    [(tags, title, address)] = entries(written(store, "m3u", [Kind.CHANNEL])[0])
    assert title == "The 'Big' Bad EXTINF:-1 Wolf x"
    assert tags == {
        "tvg-id": "a'b",
        "tvg-name": "The 'Big' Bad EXTINF:-1 Wolf x",
        "tvg-logo": "http://x.example/a%2Cb%20c.png",
        "tvg-chno": "12",
        "group-title": "News 'World'",
    }
    assert address == "http://tv.example:8080/live/{username}/{password}/7.ts"


def test_a_playlist_says_what_can_be_watched_later_and_what_is_radio(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel("a1", "Old news", archive_days=3), channel(8, "Wireless", is_radio=True))
    (later, _, _), (radio, _, _) = entries(written(store, "m3u", [Kind.CHANNEL], OWN)[0])
    assert (later["catchup"], later["catchup-days"]) == ("default", "3")
    assert later["catchup-source"] == (
        "http://tv.example:8080/timeshift/anna/pa%2Fss/{duration:60}/{Y}-{m}-{d}:{H}-{M}/a1.ts"
    )
    assert (radio["radio"], radio["group-title"]) == ("true", "Uncategorised")
    assert "catchup" not in radio


def test_the_guide_is_named_where_there_are_channels_when_asked_for(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel(1))
    load(store, Kind.MOVIE, movie(1))

    def first_line(kind: Kind, addresses: Addresses, names_guide: bool) -> str:
        return written(store, "m3u", [kind], addresses, names_guide=names_guide)[0].splitlines()[0]

    shared = first_line(Kind.CHANNEL, SHARED, True)
    assert 'url-tvg="http://tv.example:8080/xmltv.php?username={username}&password={password}"' in shared
    assert "password=pa%2Fss" in first_line(Kind.CHANNEL, OWN, True)
    assert first_line(Kind.MOVIE, OWN, True) == first_line(Kind.CHANNEL, OWN, False) == "#EXTM3U"


NAMES = [
    ('Sky, Sports "Main" ; HD', "Sky Sports 'Main' HD"),
    ("#EXTINF evil", "EXTINF evil"),
    ("#extm3u", "extm3u"),
    ("Ünïcode ★ 4K\u2028line\u2029\x85end", "Ünïcode ★ 4K line end"),
    ("- dash", "- dash"),
    ('tvg-id="x",y', "tvg-id 'x' y"),
    ("group-title=Kids", "group-title Kids"),
    ("E=mc2 #1", "E=mc2 #1"),
    ("A\tB\r\nC", "A B C"),
    (",;,", "channel 7"),
]


@pytest.mark.parametrize(("name", "wanted"), NAMES)
@pytest.mark.fcase(97)
def test_names_are_safe_for_every_reader(store: LibraryStore, name: str, wanted: str) -> None:
    load(store, Kind.CHANNEL, channel(7, name))
    [(tags, title, _)] = entries(written(store, "m3u", [Kind.CHANNEL])[0])
    assert (title, tags["tvg-name"]) == (wanted, wanted)
    assert "tvg-id" not in tags


@pytest.mark.fcase(97)
def test_a_channel_has_all_of_its_groups_and_a_group_is_never_cut(store: LibraryStore) -> None:
    store.save_categories(Kind.CHANNEL, [category(1, 'Sports; UK, "HD"'), category(2, "|TR| Ulusal"), category(3, ";")])
    load(store, Kind.CHANNEL, channel(1, "One", "1", "2"), channel(2, "Two", "2", "3"), channel(3, "Three", "3"))
    found = entries(written(store, "m3u", [Kind.CHANNEL])[0])
    assert {title: tags["group-title"] for tags, title, _ in found} == {
        "One": "Sports UK 'HD';|TR| Ulusal",
        "Two": "|TR| Ulusal",
        "Three": "Uncategorised",
    }


@pytest.mark.parametrize(
    ("panel", "local", "wanted"),
    [
        ("Europe/Istanbul", "UTC", "-3"),
        ("UTC", "Asia/Kolkata", "5.5"),
        ("Europe/Istanbul", "Asia/Kolkata", "2.5"),
        ("America/New_York", "Europe/Berlin", "6"),
        ("+03:00", "Europe/Istanbul", ""),
        ("Mars/Base", "UTC", ""),
    ],
)
@pytest.mark.fcase(97)
def test_catch_up_is_corrected_where_the_clocks_of_panel_and_player_differ(panel: str, local: str, wanted: str) -> None:
    assert correction_hours(panel, datetime(2026, 1, 5, 12, tzinfo=ZoneInfo(local))) == wanted


def test_the_correction_stands_beside_the_catch_up_alone(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel(1, archive_days=3), channel(2))
    later, plain = entries(written(store, "m3u", [Kind.CHANNEL], replace(OWN, catchup_correction="-3"))[0])
    assert later[0]["catchup-correction"] == "-3"
    assert "catchup-correction" not in plain[0]


@pytest.mark.skipif(shutil.which("mpv") is None, reason="mpv is not installed: apt-get install mpv")
@pytest.mark.parametrize("way", ["file", "stdin"])
@pytest.mark.fcase(97)
def test_mpv_reads_every_entry(store: LibraryStore, tmp_path: Path, way: str) -> None:
    store.save_categories(Kind.CHANNEL, [category(1, 'A; "B", C')])
    nowhere = replace(SHARED, base_url="http://127.0.0.1:9")
    load(store, Kind.CHANNEL, *(channel(n, name, "1") for n, (name, _) in enumerate(NAMES, 1)))
    target = tmp_path / "list.txt"  # nothing but its first line says what it is
    target.write_text(written(store, "m3u", [Kind.CHANNEL], nowhere)[0])
    argv = ["mpv", "--no-config", "--vo=null", "--ao=null", f"--playlist={target if way == 'file' else '-'}"]
    with target.open("rb") as stream:
        said = subprocess.run(argv, stdin=stream, capture_output=True, timeout=60, check=False).stdout.decode()
    played = [line.removeprefix("Playing: ") for line in said.splitlines() if line.startswith("Playing: ")]
    assert sorted(played) == sorted(
        f"http://127.0.0.1:9/live/{{username}}/{{password}}/{n}.ts" for n in range(1, len(NAMES) + 1)
    )


def test_a_playlist_has_lengths_and_stored_episodes_and_leaves_separators_out(store: LibraryStore) -> None:
    load(store, Kind.CHANNEL, channel(1, "### UK ###", is_separator=True))
    load(store, Kind.MOVIE, movie(5, "Film, the", duration_s=4680, container="mkv"), movie(6, "Unknown"))
    load(store, Kind.SERIES, series(9, "Judex", icon="http://x.example/j.jpg"), series(10, "Never opened"))
    two = tuple(Episode(str(number), 1, number, f"Part {number}", container="avi") for number in (102, 101))
    store.save_series_details("9", Details(name="Judex", seasons=(Season(1, "Season 1", episodes=two),)), 1)
    playlist, exported = written(store, "m3u", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
    assert "#EXTINF:4680 " in playlist and '#EXTINF:-1 tvg-name="Unknown"' in playlist
    assert [(title, address.rpartition("/")[2]) for _, title, address in entries(playlist)] == [
        ("Film the", "5.mkv"),
        ("Unknown", "6.mp4"),
        ("Judex S01E101 Part 101", "101.avi"),
        ("Judex S01E102 Part 102", "102.avi"),
    ]
    assert entries(playlist)[2][0]["tvg-logo"] == "http://x.example/j.jpg"
    assert (exported.counts, exported.skipped) == ({Kind.MOVIE: 2, Kind.EPISODE: 2}, 1)
    assert exported.series_without_episodes == 1


def test_a_movie_whose_list_row_names_no_container_is_addressed_by_its_details(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(5), movie(6, container="mkv"))
    store.save_movie_details("5", Details(container="avi"), 1)
    addresses = [address for _, _, address in entries(written(store, "m3u", [Kind.MOVIE])[0])]
    assert [address.rpartition(".")[2] for address in addresses] == ["avi", "mkv"]


def test_json_has_every_column_and_counts_what_it_holds(store: LibraryStore) -> None:
    store.save_categories(Kind.MOVIE, [category(1, "A"), category(2, "B")])
    load(store, Kind.MOVIE, movie("07", 'He said "no"\n', "1", "2", year=1926, rating=8.1), movie(8))
    document = json.loads(written(store, "json", [Kind.MOVIE])[0])
    first, second = document["items"]
    assert (document["profile"], document["total"]) == ("home", 2)
    assert list(first) == list(second) == list(COLUMNS)
    assert (first["id"], first["categories"], first["year"]) == ("07", ["A", "B"], 1926)
    assert first["address"] == "http://tv.example:8080/movie/{username}/{password}/07.mp4"
    assert (second["year"], second["categories"], second["logo"]) == (None, ["Uncategorised"], None)
    assert json.loads(written(store, "json", [Kind.SERIES])[0])["items"] == []


def test_what_came_later_stands_behind_the_columns_that_spreadsheets_rely_on(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(5, country="Germany"))
    [row] = csv.DictReader(io.StringIO(written(store, "csv", [Kind.MOVIE])[0], newline=""))
    assert list(row)[:4] == ["kind", "id", "name", "categories"]
    assert row["country"] == "Germany" and list(row).index("country") > list(row).index("address")


def test_a_backdrop_that_names_the_user_is_not_exported_and_an_episode_has_that_of_its_series(
    store: LibraryStore,
) -> None:
    load(
        store, Kind.SERIES, series(5, backdrop="http://i.example/b.jpg"), series(6, backdrop="http://i.example/anna/b")
    )
    store.save_series_details("5", Details(seasons=(Season(1, "", episodes=(Episode("51", 1, 1, "A"),)),)), 1)
    for kind, wanted in ((Kind.SERIES, ["http://i.example/b.jpg", None]), (Kind.EPISODE, ["http://i.example/b.jpg"])):
        items = json.loads(written(store, "json", [kind])[0])["items"]
        assert [item["backdrop"] for item in items] == wanted


@pytest.mark.parametrize("name", ["=1+1", "+33 Hits", "-1", "@SUM(A1)", "＝cmd", " =HYPERLINK(1)"])
def test_a_table_holds_no_formulas(store: LibraryStore, name: str) -> None:
    load(store, Kind.MOVIE, movie(5, name, genre="=2+2"))
    text = written(store, "csv", [Kind.MOVIE])[0]
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["name"], row["genre"]) == (f"'{name}", "'=2+2")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("\u200b=1+1", "'\u200b=1+1"),
        ("−2", "'−2"),
        ("A;=1+1", "A;'=1+1"),  # a cell of its own where lists are parted by semicolons
        ("A; @SUM(1)", "A; '@SUM(1)"),
        ("A - B = C", "A - B = C"),
    ],
)
@pytest.mark.fcase(97)
def test_a_table_holds_no_hidden_formulas(store: LibraryStore, name: str, wanted: str) -> None:
    load(store, Kind.MOVIE, movie(5, name))
    [row] = csv.DictReader(io.StringIO(written(store, "csv", [Kind.MOVIE])[0], newline=""))
    assert row["name"] == wanted


@pytest.mark.fcase(97)
def test_a_table_begins_with_a_mark_when_asked_for(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(5, "Œuvre"))
    plain = written(store, "csv", [Kind.MOVIE])[0]
    assert written(store, "csv", [Kind.MOVIE], has_bom=True)[0] == "\ufeff" + plain
    assert not plain.startswith("\ufeff")


def test_a_table_is_rfc_4180(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(5, 'A "b", c\nd', rating=7.5, added=1_700_000_000), movie(6, "Plain"))
    text = written(store, "csv", [Kind.MOVIE])[0]
    assert text.count("\r\n") == 3 and text.startswith(",".join(COLUMNS) + "\r\n")
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["name"], first["rating"], first["added"]) == ('A "b", c\nd', "7.5", "2023-11-14T22:13:20Z")
    assert (second["year"], second["rating"], second["separator"]) == ("", "", "false")


def test_a_logo_that_names_the_user_is_left_out_unless_credentials_are_wanted(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(5, icon="http://tv.example/images/anna/x.png"))
    assert "anna" not in written(store, "json", [Kind.MOVIE])[0]
    assert "images/anna" in written(store, "json", [Kind.MOVIE], OWN)[0]


# -------------------------------------------------------------------------------------------------- into a file
@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths.under(tmp_path / "home").ensure()
    ProfileStore(paths).add(Profile("home", "http://tv.example", "anna", password_source="file"), "s3cret-pass")
    with LibraryStore.open(paths.library_db("home")) as store:
        load(store, Kind.MOVIE, *(movie(id, f"Film {id}") for id in range(1, 1201)))
    return paths


REQUEST = ExportRequest([Query(Kind.MOVIE)], "m3u", limit=700, offset=500)


def test_a_file_is_replaced_whole_and_keeps_its_mode(paths: Paths, tmp_path: Path) -> None:
    target = tmp_path / "list.m3u"
    target.write_text("old")
    target.chmod(0o640)
    exported = export_items(paths, "home", REQUEST, target)
    assert exported.counts == {Kind.MOVIE: 700}
    assert [title for _, title, _ in entries(target.read_text())][::699] == ["Film 501", "Film 1200"]
    assert target.stat().st_mode & 0o777 == 0o640
    assert "s3cret" not in target.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "list.m3u"]


def test_a_file_with_credentials_is_the_owners_alone_whatever_stood_there(paths: Paths, tmp_path: Path) -> None:
    target = tmp_path / "list.m3u"
    target.touch(0o644)
    export_items(paths, "home", REQUEST, target, with_credentials=True)
    assert target.stat().st_mode & 0o777 == 0o600
    assert "/movie/anna/s3cret-pass/501.mp4" in target.read_text()


def test_stopped_half_way_it_leaves_the_old_file_and_nothing_else(paths: Paths, tmp_path: Path) -> None:
    target = tmp_path / "list.m3u"
    target.write_text("old")
    heard: list[int] = []
    with pytest.raises(Cancelled):
        export_items(
            paths,
            "home",
            REQUEST,
            target,
            on_progress=lambda done, total: heard.append(done),
            is_cancelled=lambda: bool(heard),
        )
    assert heard == [0]
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "list.m3u"]


def test_a_link_stays_a_link_and_a_folder_is_refused(paths: Paths, tmp_path: Path) -> None:
    target, link = tmp_path / "list.m3u", tmp_path / "link.m3u"
    link.symlink_to(target)
    export_items(paths, "home", REQUEST, link)
    assert link.is_symlink() and target.read_text().startswith("#EXTM3U")
    with pytest.raises(UsageError, match="is a folder"):
        export_items(paths, "home", REQUEST, tmp_path)
    with pytest.raises(UsageError, match="can't be written"):
        export_items(paths, "home", REQUEST, Path("/proc/x.m3u"))
    with pytest.raises(NotFound, match="no folder"):
        export_items(paths, "home", REQUEST, tmp_path / "nowhere" / "x")


def test_memory_does_not_grow_with_the_rows(paths: Paths, tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        export_items(
            paths, "home", ExportRequest([Query(Kind.MOVIE)] * (rows // 1000), "json", limit=1000), tmp_path / "x"
        )
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    peak(6000)  # imports, and what is made once: up to 0.2 MB, whatever follows
    assert peak(12_000) < peak(1000) + 300_000
