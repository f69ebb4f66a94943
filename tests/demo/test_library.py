"""The demo library: always the same, of any size, real works first, and as untidy as real panels."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from tests.demo.reading import ID_FIELDS, Row, body, rows
from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.demo import DemoLibrary
from tui_app.demo.facts import films, serials


@cache
def usual() -> DemoLibrary:
    return DemoLibrary()


@cache
def listed(kind: Kind) -> list[Row]:
    return rows(usual(), kind)


def names(kind: Kind) -> list[str]:
    return [row["name"] or "" for row in listed(kind)]


# ------------------------------------------------------------------------------------- the same again
@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_the_same_seed_gives_the_same_bytes(kind: Kind) -> None:
    first, second = (DemoLibrary(7, 80, 400, 60) for _ in range(2))
    assert body(first, kind, 2) == body(second, kind, 2)
    assert body(first, kind) != body(DemoLibrary(8, 80, 400, 60), kind)


def test_asking_in_another_order_changes_nothing() -> None:
    first, second = (DemoLibrary(7, 20, 500, 50) for _ in range(2))
    whole = body(first, Kind.MOVIE)
    for index in (499, 3, 250):
        assert second.movies.details(index, 0) == first.movies.details(index, 0)
    assert body(second, Kind.MOVIE) == whole


@pytest.mark.parametrize("kind", LISTED_KINDS)
@pytest.mark.parametrize("size", [0, 1, 2, 9, 10, 11, 100])
def test_any_size_gives_that_many_items(kind: Kind, size: int) -> None:
    library = DemoLibrary(3, size, size, size)
    listed = rows(library, kind)
    assert len({str(row[ID_FIELDS[kind]]) for row in listed}) == size == library.count(kind)
    known = {category["category_id"] for category in library.generator(kind).categories()}
    assert bool(known) == bool(size)
    in_order = [str(row["num"]) for row in listed]
    assert in_order == [str(number) for number in range(1, len(listed) + 1)]


def test_small_libraries_have_some_of_everything() -> None:
    library = DemoLibrary(3, 10, 10, 10)
    for kind in LISTED_KINDS:
        listed = rows(library, kind)
        assert len(listed) > 10  # an item in two categories
        assert any("[/b]" in (row["name"] or "") for row in listed)
    assert any(row["name"].startswith("#####") for row in rows(library, Kind.CHANNEL))


def test_the_usual_library_is_ready_at_once() -> None:
    begin = time.process_time()
    sizes = [len(body(DemoLibrary(), kind)) for kind in LISTED_KINDS]
    assert time.process_time() - begin < 1.5
    assert min(sizes) > 100_000


# ------------------------------------------------------------------------------------- real works
def test_real_films_come_first_with_all_their_facts() -> None:
    by_id = {int(row["stream_id"]): row for row in reversed(listed(Kind.MOVIE))}
    for film, item_id in zip(films(), sorted(by_id), strict=False):
        row = by_id[item_id]
        assert row["name"] == f"{film.title} ({film.year})"
        assert (row["plot"], row["cast"], row["director"]) == (film.plot, film.cast, film.directors)
        assert set(re.split(" / |, ", row["genre"])) == set(film.genres)


def test_details_of_real_films_tell_the_facts() -> None:
    for index, film in enumerate(films()):
        info = usual().movies.details(index, 0)["info"]
        assert isinstance(info, dict)
        assert (info["name"], info["o_name"], info["plot"]) == (film.title, film.original, film.plot)
        assert (info["cast"], info["director"], info["country"]) == (
            film.cast,
            film.directors,
            ", ".join(film.countries),
        )
        assert int(info["duration_secs"]) == film.minutes * 60


def test_real_serials_come_with_their_chapters() -> None:
    for index, serial in enumerate(serials()):
        answer = usual().series.details(index, 0)
        assert isinstance(answer["info"], dict)
        assert answer["info"]["name"] == f"{serial.about.title} ({serial.about.year})"
        episodes = answer["episodes"]
        assert isinstance(episodes, dict | list)
        seasons = list(episodes.values()) if isinstance(episodes, dict) else episodes
        titles = [episode["title"].split(" - ", 2)[2] for season in seasons for episode in season]
        assert titles == [chapter.title for chapter in serial.chapters]


def test_real_works_stand_on_shelves_of_their_own() -> None:
    for kind, count in ((Kind.MOVIE, len(films())), (Kind.SERIES, len(serials()))):
        generator = usual().generator(kind)
        classics = {row["category_id"] for row in generator.categories() if "CLASSICS" in str(row["category_name"])}
        assert len(classics) >= 8
        used = {str(group_id) for index in range(count) for group_id in generator.group_ids(index)}
        assert used <= classics and len(used) >= 7


# ------------------------------------------------------------------------------------- untidy, as in life
SCRIPTS = {"Arabic": "ا", "Hebrew": "ה", "Cyrillic": "о", "Greek": "α", "Han": "的", "Kana": "の", "Devanagari": "ा"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_names_in_many_scripts_occur(script: str) -> None:
    text = "".join(names(Kind.MOVIE) + names(Kind.CHANNEL) + [str(row["plot"]) for row in listed(Kind.MOVIE)])
    assert SCRIPTS[script] in text


@pytest.mark.parametrize("kind", LISTED_KINDS)
@pytest.mark.parametrize("name", ["24", "1917", "", "Late Show [/b] [HD]", "עברית ABC עם English", "nan"])
def test_strange_names_occur(kind: Kind, name: str) -> None:
    assert name in names(kind)


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_control_characters_and_direction_marks_occur(kind: Kind) -> None:
    text = "".join(names(kind))
    assert "\x1b[" in text and "\u202e" in text and "\n" in text


@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES])
def test_names_carry_the_tags_of_providers(kind: Kind) -> None:
    for pattern in (r"^EN - ", r"^\|FR\| ", r"^\[\w\w\] ", r" 4K$", r" HEVC$", r"\[HD\]", r"\((19|20)\d\d\)"):
        assert any(re.search(pattern, name) for name in names(kind)), pattern


def test_channels_have_headings_radio_catchup_and_guides() -> None:
    channels = listed(Kind.CHANNEL)
    assert any(re.fullmatch(r"##### .+ #####", row["name"]) for row in channels)
    assert any(row["stream_type"] == "radio_streams" for row in channels)
    assert any(str(row["tv_archive"]) == "1" and row["tv_archive_duration"] == "3" for row in channels)
    with_guide = sum(bool(row["epg_channel_id"]) for row in channels)
    assert 0.2 < with_guide / len(channels) < 0.6
    assert {None, ""} <= {row["epg_channel_id"] for row in channels}


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_some_items_are_listed_twice_and_name_both_categories(kind: Kind) -> None:
    homes: dict[str, list[str]] = {}
    for row in listed(kind):
        homes.setdefault(str(row[ID_FIELDS[kind]]), []).append(str(row["category_id"]))
    twice = {item_id: where for item_id, where in homes.items() if len(where) > 1}
    assert twice and all(len(set(where)) == 2 for where in twice.values())
    for row in listed(kind):
        item_id = str(row[ID_FIELDS[kind]])
        if item_id in twice:
            assert sorted(map(str, row["category_ids"])) == sorted(twice[item_id])
    assert any(len(row["category_ids"]) == 2 and str(row[ID_FIELDS[kind]]) not in twice for row in listed(kind))


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_some_categories_are_empty_and_some_items_homeless(kind: Kind) -> None:
    known = {category["category_id"] for category in usual().generator(kind).categories()}
    used = {str(row["category_id"]) for row in listed(kind)}
    assert known - used
    assert {"None", "", "99999"} <= used - known
    assert len(used & known) > 10


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_numbers_are_quoted_here_and_bare_there(kind: Kind) -> None:
    for field in (ID_FIELDS[kind], "category_id"):
        assert {int, str} <= {type(row[field]) for row in listed(kind)}, field
    adult = [row.get("is_adult", "missing") for row in listed(kind)]
    assert {"missing", 0, "0"} <= set(adult)


@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES])
def test_ratings_come_in_every_shape(kind: Kind) -> None:
    ratings = [row["rating"] for row in listed(kind)]
    assert {"7,5", "n/A", "", None} <= set(ratings)
    assert {float, str} <= {type(rating) for rating in ratings}
    known = [float(str(rating).replace(",", ".")) for rating in ratings if re.match(r"[\d.,]+$", str(rating))]
    assert max(known) <= 10


def test_containers_are_in_both_cases_or_missing() -> None:
    assert {"mkv", "MKV", "mp4", None} <= {row["container_extension"] for row in listed(Kind.MOVIE)}


def test_json_is_printed_as_php_does() -> None:
    for kind in LISTED_KINDS:
        text = body(usual(), kind)
        assert text.startswith(b'[{"num":')
        assert text.isascii() and b"\\u" in text
        assert b"http:\\/\\/" in text and re.search(rb"(?<!\\)/", text) is None


def test_episodes_come_in_more_than_one_shape() -> None:
    answers = [usual().series.details(index, 0) for index in range(120)]
    assert {type(answer["episodes"]) for answer in answers} == {dict, list}
    assert {bool(answer["seasons"]) for answer in answers} == {True, False}


def test_some_movies_have_no_details() -> None:
    infos = [usual().movies.details(index, 0)["info"] for index in range(600)]
    assert 0 < infos.count([]) < 60


def test_episode_ids_are_unique() -> None:
    found: Counter[str] = Counter()
    for index in range(usual().series.size):
        found.update(re.findall(r'"id": "(\d+)"', json.dumps(usual().series.details(index, 0))))
    assert found.most_common(1)[0][1] == 1
    assert all(usual().series.has_episode(int(episode_id), 0) for episode_id in list(found)[::50])
    assert not usual().series.has_episode(10_000_999, 0)


READ_TWICE: tuple[Callable[[], object], ...] = (
    lambda: DemoLibrary().movies.row(5, 3, 1, 1),
    lambda: DemoLibrary().series.details(5, 3),
)


@pytest.mark.parametrize("read", READ_TWICE, ids=["row", "details"])
def test_a_row_made_alone_is_the_same_each_time(read: Callable[[], object]) -> None:
    assert read() == read()
