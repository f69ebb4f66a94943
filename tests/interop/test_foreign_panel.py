"""The whole program against a panel we did not write, through the real command line, by exact counts and names."""

from __future__ import annotations

import time
from urllib.request import urlopen

from tests.interop import small_library
from tests.interop.conftest import ForeignPanel, running_panel
from tests.interop.foreign_panel import (
    CLOSED_USERNAME,
    EXPIRED_USERNAME,
    ODD_PASSWORD,
    ODD_USERNAME,
    PASSWORD,
    USERNAME,
)
from tests.support.command_line import CommandLine

COUNTS = {"channels": 3, "movies": 5, "series": 2}


# --------------------------------------------------------------------------------------------- profiles
def test_a_pasted_link_with_everything_in_it_is_enough(panel: ForeignPanel, line: CommandLine) -> None:
    link = f"{panel.url}/get.php?username={USERNAME}&password={PASSWORD}&type=m3u_plus"
    account = line.json("profile", "add", "cinema", "--url", link)

    assert (account["name"], account["status"], account["max_connections"]) == ("cinema", "active", 3)
    assert account["expires"] == 2_208_988_800  # 2040-01-01
    listed = line.json("profile", "list")
    assert listed["current"] == "cinema"
    assert [(p["name"], p["url"], p["username"]) for p in listed["profiles"]] == [("cinema", panel.url, USERNAME)]


def test_a_name_and_a_password_of_awkward_letters_log_in(panel: ForeignPanel, line: CommandLine) -> None:
    assert line.add_profile("odd", panel.url, ODD_USERNAME, ODD_PASSWORD)["status"] == "active"
    assert line.json("sync")["movies"]["total"] == COUNTS["movies"]
    assert line.json("profile", "test")["status"] == "active"


def test_a_wrong_password_is_refused_and_nothing_is_kept(panel: ForeignPanel, line: CommandLine) -> None:
    wrong = "not-the-password-1915"
    line.secrets = (PASSWORD, wrong)
    arguments = ("profile", "add", "cinema", "--url", panel.url, "--username", USERNAME, "--password-stdin")

    ran = line.run(*arguments, stdin=wrong + "\n", expect=4)

    assert ran.err.count("\n") == 1
    assert line.json("profile", "list")["profiles"] == []
    kept = [file for file in line.home.rglob("*") if file.is_file() and wrong in file.read_text(errors="replace")]
    assert kept == []


def test_expired_and_closed_accounts_are_refused(panel: ForeignPanel, line: CommandLine) -> None:
    for username in (EXPIRED_USERNAME, CLOSED_USERNAME):
        arguments = ("profile", "add", "cinema", "--url", panel.url, "--username", username, "--password-stdin")
        refused = line.run(*arguments, "--json", stdin=PASSWORD + "\n", expect=4)
        assert line.json("profile", "list")["profiles"] == [], refused


def test_an_account_that_was_closed_later_keeps_its_library(panel: ForeignPanel, line: CommandLine) -> None:
    line.add_profile("cinema", panel.url, USERNAME, PASSWORD)
    line.json("sync")
    profiles = line.home / "config" / "profiles.toml"
    profiles.write_text(profiles.read_text().replace(USERNAME, CLOSED_USERNAME))

    assert line.json("sync", expect=4)["error"]["code"] in ("denied", "login_refused")
    assert line.json("profile", "test", expect=4)
    assert line.json("list", "movies")["total"] == COUNTS["movies"]


# ------------------------------------------------------------------------------------------------- sync
def test_the_first_sync_takes_in_everything_and_the_second_writes_nothing(
    panel: ForeignPanel, line: CommandLine
) -> None:
    line.add_profile("cinema", panel.url, USERNAME, PASSWORD)

    first = line.json("sync")
    assert (first["profile"], first["mode"], first["status"], first["errors"]) == (
        "cinema", "incremental", "completed", [],
    )  # fmt: skip
    for part, count in COUNTS.items():
        assert first[part] == {
            "status": "completed", "total": count, "added": count, "changed": 0, "removed": 0, "unchanged": 0,
            "held_back": 0,
        }  # fmt: skip
    assert (first["categories"]["total"], first["categories"]["added"]) == (6, 6)
    assert first["bytes_downloaded"] > 3000

    second = line.json("sync")
    assert (second["status"], second["rows_written"], second["positions_written"]) == ("completed", 0, 0)
    assert {part: second[part]["unchanged"] for part in COUNTS} == COUNTS
    assert line.json("stats")["movies"] == COUNTS["movies"]


def test_a_full_sync_changes_nothing_that_can_be_seen(panel: ForeignPanel, line: CommandLine) -> None:
    line.add_profile("cinema", panel.url, USERNAME, PASSWORD)
    line.json("sync")
    before = [line.json("list", kind) for kind in (*COUNTS, "categories")]

    full = line.json("sync", "--full")

    assert (full["mode"], full["status"]) == ("full", "completed")
    assert {part: (full[part]["total"], full[part]["removed"]) for part in COUNTS} == {
        part: (count, 0) for part, count in COUNTS.items()
    }
    assert [line.json("list", kind) for kind in (*COUNTS, "categories")] == before


def test_a_changed_library_is_followed_exactly(line: CommandLine) -> None:
    with running_panel() as own:
        line.add_profile("cinema", own.url, USERNAME, PASSWORD)
        line.json("sync")
        own.change()

        report = line.json("sync")

    movies, channels, series = (report[part] for part in ("movies", "channels", "series"))
    assert (movies["added"], movies["changed"], movies["removed"], movies["total"]) == (1, 1, 1, 5)
    assert (channels["added"], channels["changed"], channels["removed"], channels["total"]) == (1, 0, 0, 4)
    assert (series["added"], series["changed"], series["removed"], series["unchanged"]) == (0, 0, 0, 2)
    names = [item["name"] for item in line.json("list", "movies", "--sort", "name")["items"]]
    assert "Nosferatu: A Symphony of Horror (1922)" in names
    assert not [name for name in names if "Vampyr" in name]
    assert line.json("search", "haxan")["results"][0]["id"] == "206"
    assert line.json("search", "vampyr", "--kind", "movie")["total"] == 0
    assert line.json("search", "symphony horror", "--kind", "movie")["results"][0]["id"] == "201"


def test_a_panel_that_went_away_leaves_the_library_usable(line: CommandLine) -> None:
    with running_panel() as own:
        line.add_profile("cinema", own.url, USERNAME, PASSWORD)
        line.json("sync")

    assert line.json("sync", expect=6)["error"]["code"] == "unreachable"
    assert line.json("list", "movies")["total"] == COUNTS["movies"]
    assert line.json("show", "movie", "201")["details"] in ("missing", "stored")
    assert line.json("search", "metropolis")["total"] == 1


# ---------------------------------------------------------------------------------------------- reading
def test_lists_hold_exact_names_numbers_and_categories(synced: CommandLine) -> None:
    channels = synced.json("list", "channels")
    assert [(c["id"], c["name"], c["number"], c["categories"]) for c in channels["items"]] == [
        ("101", "Pathé News", 1, ["News"]),
        ("102", "Gaumont", 2, ["News", "Cinéma 24/7"]),
        ("103", "Méliès 24/7", 3, ["Cinéma 24/7"]),
    ]
    movies = synced.json("list", "movies", "--sort", "year")
    assert [(m["id"], m["year"], m["rating"], m["container"]) for m in movies["items"]] == [
        ("201", 1922, 7.9, "mkv"),
        ("202", 1927, 8.3, "mp4"),
        ("203", 1963, 7.9, "mp4"),
        ("205", None, 5.5, "mp4"),  # "Cléopâtre 1899": a bare number is no certain year
        ("204", None, None, "avi"),
    ]
    series = synced.json("list", "series", "--sort", "name")
    assert [(s["name"], s["year"], s["rating"], s["added"]) for s in series["items"]] == [
        ("Flash Gordon", 1936, 7.0, 1_650_000_000),
        ("Les Vampires", 1915, 6.8, 1_650_000_000),
    ]


def test_categories_have_counts_and_the_panels_order(synced: CommandLine) -> None:
    items = synced.json("list", "categories")["items"]
    assert [(c["kind"], c["name"], c["count"]) for c in items] == [
        ("channel", "News", 2),
        ("channel", "Cinéma 24/7", 2),
        ("movie", "Silent", 4),
        ("movie", "Talkies", 1),
        ("movie", "4K", 0),
        ("series", "Serials & Sagas", 2),
    ]
    assert synced.json("list", "movies", "--category", "talkies")["items"][0]["name"] == "Charade (1963)"
    assert synced.json("list", "channels", "--category", "2")["total"] == 2


def test_filters_and_sorts_agree_with_the_films(synced: CommandLine) -> None:
    def ids(*options: str) -> list[str]:
        return [item["id"] for item in synced.json("list", "movies", *options)["items"]]

    assert ids("--sort", "rating", "--desc") == ["202", "203", "201", "205", "204"]
    assert ids("--year", "1920-1929", "--sort", "year") == ["201", "202"]
    assert ids("--min-rating", "8") == ["202"]
    assert ids("--sort", "name", "--limit", "2", "--offset", "1") == ["205", "204"]  # displayed names
    assert synced.json("list", "series", "--genre", "serial")["total"] == 2


def test_search_forgives_typing_errors(synced: CommandLine) -> None:
    for query, first in (
        ("nosferatu", "201"),
        ("nosfreatu", "201"),  # swapped
        ("metropolsi", "202"),
        ("charrade", "203"),  # doubled
        ("cleopatre", "205"),  # accent
        ("flash gordan", "301"),  # changed
        ("vampirs les", "302"),  # missing, and the other way round
        ("melies", "103"),
    ):
        results = synced.json("search", query)["results"]
        assert results and results[0]["id"] == first, (query, results)
    answer = synced.json("search", "nosferatu")
    assert (answer["query"], answer["total"]) == ("nosferatu", 1)
    assert (answer["results"][0]["kind"], answer["results"][0]["category"]) == ("movie", "Silent")


def test_a_movie_is_shown_with_what_only_its_details_say(synced: CommandLine) -> None:
    movie = synced.json("show", "movie", "201")
    assert movie["details"] == "fresh"
    assert (movie["id"], movie["name"], movie["year"], movie["rating"]) == ("201", "Nosferatu (1922)", 1922, 7.9)
    assert movie["director"] == "F. W. Murnau"
    assert movie["cast"] == "Max Schreck, Greta Schröder"
    assert movie["genre"] == "Horror, Fantasy"
    assert (movie["duration_s"], movie["container"], movie["categories"]) == (5640, "mkv", ["Silent"])
    assert movie["plot"] == "A house agent's client turns out to be a vampire."
    assert synced.json("show", "movie", "201", "--offline")["plot"] == movie["plot"]


def test_a_movie_the_panel_knows_nothing_more_of_is_shown_all_the_same(synced: CommandLine) -> None:
    movie = synced.json("show", "movie", "204")
    assert (movie["id"], movie["rating"], movie["duration_s"], movie["plot"]) == ("204", None, None, None)
    assert "Vampyr" in movie["name"]


def test_a_series_is_shown_with_its_seasons_and_episodes(synced: CommandLine) -> None:
    series = synced.json("show", "series", "301")
    assert (series["id"], series["name"], series["year"]) == ("301", "Flash Gordon", 1936)
    assert [(s["season"], len(s["episodes"])) for s in series["seasons"]] == [(1, 3), (2, 2)]
    first = series["seasons"][0]["episodes"][0]
    assert (first["id"], first["episode"], first["title"], first["duration_s"]) == (
        "3010101", 1, "The Planet of Peril", 1201,
    )  # fmt: skip
    assert series["seasons"][1]["episodes"][1]["title"] == "The Living Dead"
    assert synced.json("list", "episodes")["total"] >= 5
    assert synced.json("search", "tunnel of terror", "--kind", "episode")["results"][0]["id"] == "3010102"


def test_a_channel_is_shown_with_what_is_on_now(synced: CommandLine) -> None:
    channel = synced.json("show", "channel", "101")
    assert (channel["name"], channel["epg_id"], channel["categories"]) == ("Pathé News", "pathe.fr", ["News"])
    assert channel["now"]["title"] in ("Actualités du jour", "Les sports: été 1924")
    assert channel["now"]["start"] <= time.time() < channel["now"]["stop"]


def test_a_channel_whose_guide_is_a_server_error_is_shown_all_the_same(synced: CommandLine) -> None:
    channel = synced.json("show", "channel", "102")
    assert (channel["name"], channel["now"]) == ("Gaumont", None)


def test_addresses_play(synced: CommandLine) -> None:
    synced.json("show", "series", "301")
    for kind, item_id, ending in (
        ("channel", "101", "/101.ts"),
        ("movie", "201", "/201.mkv"),
        ("episode", "3010101", "/3010101.mp4"),
    ):
        address = synced.run("url", kind, item_id).out.strip()
        assert address.endswith(ending), address
        with urlopen(address) as answer:
            assert answer.read() == small_library.STREAM_BYTES


def test_ids_nobody_has_are_said_so(synced: CommandLine) -> None:
    assert synced.json("show", "movie", "999999", expect=1)["error"]["code"] == "not_found"
    assert synced.run("url", "movie", "999999", expect=1).out == ""
