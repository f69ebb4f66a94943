"""What is a change and what is none: an unchanged library is not written, a changed one in that row alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.support.list_panel import category, channel, movie, series
from tests.sync.category_panel import CategoryPanel
from tests.sync.conftest import SyncHome
from tui_app.catalog import UNCATEGORISED_ID, Kind

Row = dict[str, Any]
#: Pages that the bookkeeping of a sync writes: the states of four parts, the run, the counter of changes of the file.
BOOKKEEPING_PAGES = 6
PAGE = 4096


def pages(home: SyncHome) -> list[bytes]:
    """The library file page by page, with all that was written in it."""
    path = home.paths.library_db("home")
    with closing(sqlite3.connect(path)) as library:
        library.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert library.execute("PRAGMA page_size").fetchone() == (PAGE,)
    content = path.read_bytes()
    return [content[start : start + PAGE] for start in range(0, len(content), PAGE)]


def filled(panel: CategoryPanel) -> None:
    """Lists with every field that is compared, and more rows than fit on a few pages."""
    panel.channels = [
        channel(n, epg_channel_id=f"c{n}.tv", tv_archive=1, tv_archive_duration=3, added=str(1_600_000_000 + n))
        for n in range(1, 201)
    ]
    panel.movies = [movie(n, cast="Ann Bo", director="Cy Di", genre="Drama", tmdb=n) for n in range(1, 401)]
    panel.series = [series(n, plot=f"Story {n}", cast="Ed", releaseDate="2001-02-03") for n in range(1, 101)]


def reordered(row: Row) -> Row:
    return dict(reversed(row.items()))


def quoted(row: Row) -> Row:
    return {key: str(value) if isinstance(value, int | float) else value for key, value in row.items()}


def renumbered(row: Row) -> Row:
    return row | {"num": row["num"] + 1}


def other_hosts(row: Row) -> Row:
    return {k: v.replace("cdn1.test", "img7.example:8080") if isinstance(v, str) else v for k, v in row.items()}


def tokens(row: Row) -> Row:
    picture = "cover" if "cover" in row else "stream_icon"
    return row | {picture: row[picture] + "?token=f00&e=1", "direct_source": "http://x.test/live/a/b/9"}


def unknown_keys(row: Row) -> Row:
    return row | {"server_load": 0.5, "thumbnail": "http://t.test/1?s=2", "custom_sid": None}


SAME: dict[str, Callable[[Row], Row]] = {
    "the same": lambda row: row,
    "reordered keys": reordered,
    "quoted numbers": quoted,
    "icon hosts": other_hosts,
    "tokens": tokens,
    "unknown keys": unknown_keys,
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.fcase(79)
def test_f79_an_unchanged_list_writes_no_row_and_no_page_but_the_bookkeeping(
    name: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    filled(category_panel)
    home.sync()
    before, pages_before = home.tables(), pages(home)
    for part in ("channels", "movies", "series"):
        setattr(category_panel, part, [SAME[name](row) for row in getattr(category_panel, part)])

    report = home.sync()

    after, pages_after = home.tables(), pages(home)
    assert (report["status"], report["rows_written"], report["positions_written"]) == ("completed", 0, 0)
    manifests = before.pop("manifest"), after.pop("manifest")
    assert after == before
    allowed = BOOKKEEPING_PAGES
    if name == "the same":
        assert manifests[0] == manifests[1]
    else:  # it holds the hash of each row as it was sent, of the same items
        assert [row[2] for row in manifests[0]] == [row[2] for row in manifests[1]]
        allowed += sum((len(row[1]) + len(row[2])) // PAGE + 2 for row in manifests[1])
    assert len(pages_after) <= len(pages_before) + allowed
    written = sum(old != new for old, new in zip(pages_before, pages_after, strict=False))
    assert written <= allowed < len(pages_before) / 4


@pytest.mark.fcase(79)
def test_f79_counters_of_movies_and_series_are_no_change_and_those_of_channels_are_places(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    filled(category_panel)
    home.sync()
    for part in ("channels", "movies", "series"):
        setattr(category_panel, part, [renumbered(row) for row in getattr(category_panel, part)])
    report = home.sync()
    assert (report["rows_written"], report["positions_written"]) == (0, 200)
    assert [report[part]["changed"] for part in ("channels", "movies", "series")] == [0, 0, 0]


CHANGES: list[tuple[str, Row, str]] = [
    ("movies", {"name": "Another"}, "name"),
    ("movies", {"category_id": "3"}, "category"),
    ("movies", {"category_ids": [2, 3]}, "category"),
    ("movies", {"rating": "8.8"}, "rating"),
    ("movies", {"year": "1977"}, "year"),
    ("movies", {"plot": "Another story."}, "plot"),
    ("movies", {"cast": "Zoe"}, "cast"),
    ("movies", {"director": "Zed"}, "director"),
    ("movies", {"genre": "Western"}, "genre"),
    ("movies", {"container_extension": "mkv"}, "container"),
    ("movies", {"added": "1700000000"}, "added"),
    ("movies", {"tmdb": 99_999}, "tmdb"),
    ("movies", {"stream_icon": "http://cdn1.test/m/other.jpg"}, "icon"),
    ("channels", {"name": "Another"}, "name"),
    ("channels", {"category_id": "7"}, "category"),
    ("channels", {"tv_archive": 0}, "archive_days"),
    ("channels", {"tv_archive_duration": "7"}, "archive_days"),
    ("channels", {"epg_channel_id": "other.tv"}, "epg_id"),
    ("channels", {"added": "1700000000"}, "added"),
    ("channels", {"stream_type": "radio_streams"}, "is_radio"),
    ("series", {"name": "Another"}, "name"),
    ("series", {"last_modified": "1700000000"}, "added"),
    ("series", {"rating": 3.5}, "rating"),
    ("series", {"plot": "Another"}, "plot"),
    ("series", {"releaseDate": "2002-03-04"}, "released"),
    ("series", {"category_id": "9"}, "category"),
]


@pytest.mark.parametrize(("part", "change", "field"), CHANGES, ids=lambda value: str(value)[:40])
def test_what_means_something_is_a_change_of_that_row_alone(
    part: str, change: Row, field: str, home: SyncHome, category_panel: CategoryPanel
) -> None:
    filled(category_panel)
    home.sync()
    kind = {"channels": "channel", "movies": "movie", "series": "series"}[part]
    before = home.tables()[kind]
    getattr(category_panel, part)[7].update(change)
    report = home.sync()
    assert (report[part]["added"], report[part]["changed"], report[part]["removed"]) == (0, 1, 0)
    assert (report["rows_written"], report["positions_written"]) == (1, 0)
    after = home.tables()[kind]
    differing = [old[0] for old, new in zip(before, after, strict=True) if old != new]
    assert len(differing) <= 1  # plots stand in a table of their own
    with closing(sqlite3.connect(home.paths.library_db("home"))) as library:
        ((fields,),) = library.execute("SELECT fields FROM sync_change WHERE change = 'changed'").fetchall()
    assert field in json.loads(fields)


@pytest.mark.parametrize("rating", ["6.52", 6.54, "6,5"])
def test_ratings_that_differ_behind_the_first_decimal_are_the_same(
    rating: Any, home: SyncHome, category_panel: CategoryPanel
) -> None:
    home.sync()
    category_panel.movies[3]["rating"] = rating
    assert home.sync()["rows_written"] == 0


# ------------------------------------------------------------------------------------------------ categories of items
@pytest.mark.fcase(33)
def test_f33_categories_come_as_one_as_many_or_as_none(home: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.movie_categories = [category(n, f"Shelf {n}") for n in (5, 6, 7)]
    category_panel.movies = [
        movie(1, category_id=None, category_ids=[None]),
        movie(2, category_id="5", category_ids="6, 7"),
        movie(3, category_id="", category_ids=[]),
        movie(4, category_id=None, category_ids=[7, "7", 6]),
    ]
    home.sync()
    assert home.ids(Kind.MOVIE, category=UNCATEGORISED_ID) == ["1001", "1003"]
    by_category = {id_: home.ids(Kind.MOVIE, category=id_) for id_ in ("5", "6", "7")}
    assert by_category == {"5": ["1002"], "6": ["1002", "1004"], "7": ["1002", "1004"]}


@pytest.mark.fcase(34)
def test_f34_an_item_of_an_unknown_category_comes_home_when_the_category_appears(
    home: SyncHome, category_panel: CategoryPanel
) -> None:
    category_panel.movies = [movie(1, category_id="999"), movie(2, category_id="1")]
    home.sync()
    assert home.ids(Kind.MOVIE, category=UNCATEGORISED_ID) == ["1001"]

    category_panel.movie_categories.append(category(999, "Late"))
    report = home.sync()

    assert (report["categories"]["added"], report["rows_written"]) == (1, 1), "no item is written for it"
    assert home.ids(Kind.MOVIE, category="999") == ["1001"]
    assert home.ids(Kind.MOVIE, category=UNCATEGORISED_ID) == []

    category_panel.movie_categories.pop()
    home.sync()
    assert home.ids(Kind.MOVIE, category=UNCATEGORISED_ID) == ["1001"]


@pytest.mark.fcase(36)
def test_f36_a_separator_is_listed_and_counted_and_never_found(home: SyncHome, category_panel: CategoryPanel) -> None:
    from tui_app.store.library_store import LibraryStore

    category_panel.channels.append(channel(50, name="##### SPORTS #####", category_id="1"))
    report = home.sync()
    assert report["channels"]["total"] == 21
    (separator,) = [item for item in home.items(Kind.CHANNEL, category="1") if item.is_separator]
    assert separator.id == "150"
    with LibraryStore.open(home.paths.library_db("home"), readonly=True) as store:
        assert store.search("sports").total == 0
