"""Details of films and series in every shape seen: F.4 of `tests/protocol.md`, by number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.panel_server import ScriptedPanel, answer, json_answer
from tui_app.catalog import Details
from tui_app.errors import BadAnswer, LoginRefused, PanelError, TruncatedAnswer, UnsupportedAction
from tui_app.xtream.client import PanelClient
from tui_app.xtream.details import movie_details_from, series_details_from
from tui_app.xtream.http.host_gate import BACKGROUND_PAUSE_S, PAUSE_S
from tui_app.xtream.rows import RowContext


def movie(said: Any, movie_id: str = "7") -> Details:
    return movie_details_from(said if isinstance(said, bytes) else json.dumps(said).encode(), movie_id)


def series(said: Any, list_name: str = "") -> Details:
    return series_details_from(said if isinstance(said, bytes) else json.dumps(said).encode(), list_name=list_name)


def numbers(details: Details) -> list[tuple[int, int]]:
    return [(episode.season, episode.number) for season in details.seasons for episode in season.episodes]


@pytest.mark.parametrize(
    "said",
    [{"info": []}, {"info": [], "movie_data": []}, {"info": None}, {"info": [{}]}, [], {}, b"", b"null",
     {"info": {"rating": 0, "plot": ""}, "movie_data": []}, {"info": {"plot": "N/A", "cast": [], "tmdb_id": 0}}],
)  # fmt: skip
@pytest.mark.fcase(55, 56)
def test_f55_f56_a_film_the_panel_knows_nothing_of_has_empty_details(said: Any) -> None:
    assert movie(said).is_empty


def test_a_full_film() -> None:
    info = {
        "name": "The General",
        "plot": "A train.\r\nA war.",
        "actors": "Buster Keaton, Marion Mack",
        "director": ["Buster Keaton", "Clyde Bruckman"],
        "genre": "Action / Comedy",
        "releasedate": "05-02-1927",
        "rating": "8,1",
        "duration_secs": "4020",
        "youtube_trailer": "https://www.youtube.com/watch?v=abcdefghijk&t=1",
        "tmdb_id": "961",
        "country": "US",
        "mpaa_rating": "G",
        "video": {"codec_name": "h264", "width": 1920, "height": "1080"},
        "audio": {"codec_name": "aac", "channels": 2},
        "subtitles": [{"index": 1, "language": "en"}, {"title": "Deutsch"}],
    }
    assert movie({"info": info, "movie_data": {"stream_id": "7", "container_extension": "MKV"}}) == Details(
        name="The General",
        plot="A train.\nA war.",
        cast="Buster Keaton, Marion Mack",
        director="Buster Keaton, Clyde Bruckman",
        genre="Action / Comedy",
        year=1927,
        rating=8.1,
        released="1927-02-05",
        duration_s=4020,
        trailer="abcdefghijk",
        container="MKV",
        tmdb=961,
        country="US",
        age="G",
        video="1920x1080 h264",
        audio="aac 2ch",
        subtitles="en, Deutsch",
    )


def test_an_object_without_wrapper_and_a_list_of_one_are_read() -> None:
    assert movie({"name": "x", "plot": "A plot."}).plot == "A plot."
    assert movie({"info": [{"plot": "A plot."}]}).plot == "A plot."
    assert movie({"name": "x", "status": "Released", "plot": "A plot."}).plot == "A plot."


@pytest.mark.fcase(58)
def test_f58_data_of_another_film_are_ignored() -> None:
    assert movie({"info": {}, "movie_data": {"stream_id": 8, "container_extension": "avi"}}).container is None
    assert movie({"info": {}, "movie_data": {"stream_id": "007", "container_extension": "avi"}}).container == "avi"
    assert movie({"info": {}, "movie_data": {"container_extension": "avi"}}).container == "avi"


@pytest.mark.parametrize(
    ("info", "seconds"),
    [
        ({"duration_secs": "8643"}, 8643),
        ({"duration": "102 min"}, 6120),
        ({"duration": "00:00:00", "duration_secs": 0}, None),
        ({"duration": "01:42:00"}, 6120),
        ({"duration": "42:10"}, 2530),
        ({"duration": 102}, 6120),
        ({"duration": "8643"}, 8643),
        ({"duration": "1h 42m"}, 6120),
        ({"duration": "", "episode_run_time": [42]}, 2520),
        ({"runtime": "90"}, 5400),
        ({"duration": "soon"}, None),
    ],
)
@pytest.mark.fcase(59)
def test_f59_lengths(info: dict[str, Any], seconds: int | None) -> None:
    assert movie({"info": info}).duration_s == seconds


@pytest.mark.parametrize(
    ("said", "released", "year"),
    [
        ("2018-03-01", "2018-03-01", 2018),
        ("2018", "2018", 2018),
        ("01-03-2018", "2018-03-01", 2018),
        ("0000-00-00", None, None),
        ("", None, None),
        ("Spring 2018", "Spring 2018", 2018),
        ("2018-02-31", "2018", 2018),
        ("2018-03-01 00:00:00", "2018-03-01", 2018),
    ],
)
def test_dates(said: str, released: str | None, year: int | None) -> None:
    details = movie({"info": {"releasedate": said}})
    assert (details.released, details.year) == (released, year)


@pytest.mark.fcase(60)
def test_f60_an_episode_with_nothing_but_an_id_and_a_number() -> None:
    said = {"seasons": [], "info": [], "episodes": {"1": [{"id": "9", "episode_num": "1", "title": None, "info": []}]}}
    (season,) = series(said).seasons
    (episode,) = season.episodes
    assert (season.number, season.name) == (1, "Season 1")
    assert (episode.id, episode.number, episode.title, episode.container) == ("9", 1, "Episode 1", None)


@pytest.mark.fcase(61)
def test_f61_a_list_of_lists_with_a_season_zero() -> None:
    seasons = series({"episodes": [[{"id": 1, "season": 0}], [{"id": 2, "season": 1}]]}).seasons
    assert [(season.number, season.name) for season in seasons] == [(0, "Specials"), (1, "Season 1")]


@pytest.mark.fcase(62)
def test_f62_a_list_of_lists_that_is_off_by_one_follows_its_episodes() -> None:
    assert numbers(series({"episodes": [[{"id": 1, "season": 1}, {"id": 3}], [{"id": 2, "season": 2}]]})) == [
        (1, 1),
        (1, 2),
        (2, 1),
    ]


def test_a_list_of_lists_without_witnesses_counts_from_its_index() -> None:
    assert numbers(series({"episodes": [[{"id": 1}], [{"id": 2}]]})) == [(0, 1), (1, 1)]


@pytest.mark.parametrize(
    ("episodes", "wanted"),
    [
        ([{"id": 1, "season": "2", "episode_num": 3}], [(2, 3)]),
        ({"1": {"0": {"id": 5}}}, [(1, 1)]),
        ({"2": {"id": 6, "episode_num": 1}}, [(2, 1)]),
        ({"id": 6, "episode_num": 4}, [(1, 4)]),
    ],
)
@pytest.mark.fcase(63)
def test_f63_flat_lists_and_objects(episodes: Any, wanted: list[tuple[int, int]]) -> None:
    assert numbers(series({"episodes": episodes})) == wanted


@pytest.mark.fcase(64)
def test_f64_empty_slots_are_skipped_and_titles_tell_the_number() -> None:
    details = series({"episodes": {"1": None, "2": "", "3": [{"id": 7, "title": "Show S03E04"}]}}, "Show")
    assert numbers(details) == [(3, 4)]
    assert details.seasons[0].episodes[0].title == "Episode 4"


@pytest.mark.fcase(65)
def test_f65_seasons_without_episodes_are_hidden_and_an_address_is_no_overview() -> None:
    assert series({"seasons": [{"season_number": 1, "overview": "https://img.example/s1.jpg"}]}).seasons == ()
    said = {
        "seasons": [{"season_number": "1", "overview": "https://img.example/s1.jpg", "name": "Staffel 1"}],
        "episodes": {"1": [{"id": 1}]},
    }
    (season,) = series(said).seasons
    assert (season.name, season.overview) == ("Staffel 1", None)


def test_seasons_are_told_apart_by_their_name_or_place() -> None:
    episodes = {"1": [{"id": 1}], "2": [{"id": 2}]}
    by_name = series({"seasons": [{"name": "Season 2", "overview": "Two."}], "episodes": episodes})
    assert [season.overview for season in by_name.seasons] == [None, "Two."]
    by_place = series({"seasons": [{"overview": "One."}, {"overview": "Two."}], "episodes": episodes})
    assert [season.overview for season in by_place.seasons] == ["One.", "Two."]


@pytest.mark.fcase(66)
def test_f66_unknown_ids_and_unsupported_actions() -> None:
    assert series([]).is_empty
    assert series({"info": {"name": None}, "seasons": None}).is_empty
    with pytest.raises(UnsupportedAction):
        series({"user_info": {"auth": 1}, "server_info": {}})
    with pytest.raises(LoginRefused):
        movie({"user_info": {"auth": 0}})


@pytest.mark.parametrize("said", [b"<html>no</html>", b"Blocked", {"error": "broken"}])
def test_words_in_place_of_details_are_an_error(said: Any) -> None:
    with pytest.raises(BadAnswer):
        movie(said)


@pytest.mark.fcase(67)
def test_f67_versions_are_kept_and_missing_numbers_inferred() -> None:
    details = series({"episodes": {"1": [{"id": 1, "episode_num": 1}, {"id": 2, "episode_num": 1}]}})
    assert [episode.id for episode in details.seasons[0].episodes] == ["1", "2"]
    details = series({"episodes": {"1": [{"id": n, "episode_num": None} for n in (5, 6, 7)]}})
    assert [(e.id, e.number, e.number_inferred) for e in details.seasons[0].episodes] == [
        ("5", 1, True),
        ("6", 2, True),
        ("7", 3, True),
    ]


@pytest.mark.fcase(68)
def test_f68_a_key_with_words_around_its_number() -> None:
    assert numbers(series({"episodes": {"Season 4": [{"id": 1, "season": "abc"}]}})) == [(4, 1)]


@pytest.mark.fcase(69)
def test_f69_a_known_series_with_nothing_but_nulls_has_empty_details() -> None:
    info = dict.fromkeys(("name", "plot", "cast", "genre", "rating", "cover", "youtube_trailer"))
    assert series({"seasons": [], "info": info, "episodes": {}}).is_empty


def test_an_episode_that_contradicts_its_key_is_believed() -> None:
    agreed = {"1": [{"id": 1, "season": 2}, {"id": 2, "season": 2}]}
    assert numbers(series({"episodes": agreed})) == [(2, 1), (2, 2)]
    split = {"1": [{"id": 1, "season": 2}, {"id": 2, "season": 1}]}
    assert numbers(series({"episodes": split})) == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Show - S01E02 - The Name", "The Name"),
        ("The Show S01E02", "Episode 2"),
        ("The Name", "The Name"),
        ("", "Episode 2"),
        (24, "24"),
        ("Show: The Name", "The Name"),
        ("EN - Show - S01E02", "Episode 2"),
    ],
)
def test_titles_lose_the_name_of_the_series(title: Any, shown: str) -> None:
    said = {"info": {"name": "Show"}, "episodes": {"1": [{"id": 1, "episode_num": 2, "title": title}]}}
    assert series(said, "The Show").seasons[0].episodes[0].title == shown


def test_an_episode_without_container_takes_that_of_its_siblings_if_they_agree() -> None:
    episodes = [{"id": 1, "container_extension": "mkv"}, {"id": 2, "container_extension": None}]
    assert [e.container for e in series({"episodes": {"1": episodes}}).seasons[0].episodes] == ["mkv", "mkv"]


def test_everything_of_an_episode() -> None:
    raw = {
        "id": "0047",
        "episode_num": "03",
        "title": "Name",
        "added": "1600000000",
        "container_extension": ".mkv",
        "info": {"overview": "A plot.", "duration": "00:42:00", "air_date": "2020-01-02", "rating": "8.1"},
    }
    (episode,) = series({"episodes": {"2": [raw]}}).seasons[0].episodes
    assert (episode.id, episode.wire_id, episode.number, episode.plot) == ("47", "0047", 3, "A plot.")
    assert (episode.duration_s, episode.released, episode.rating) == (2520, "2020-01-02", 8.1)
    assert (episode.added, episode.container) == (1600000000, "mkv")


async def test_details_are_asked_for_by_id_and_pause_in_the_background(
    client_for: Callable[..., PanelClient], fake_time: Any
) -> None:
    said = json_answer({"info": {"plot": "A plot."}})
    async with ScriptedPanel(lambda _request: said) as panel, client_for(panel.url) as client:
        assert (await client.fetch_movie_details("7")).plot == "A plot."
        assert (await client.fetch_series_details("8", background=True)).plot == "A plot."
        await client.fetch_series_details("9", background=True)
    assert [request.params.get("vod_id") or request.params["series_id"] for request in panel.requests] == [
        "7",
        "8",
        "9",
    ]
    assert fake_time.slept == pytest.approx([PAUSE_S, BACKGROUND_PAUSE_S])


async def test_details_that_break_off_are_an_error(client_for: Callable[..., PanelClient]) -> None:
    said = answer(b'{"info":{"plot":"A', length=900)
    async with ScriptedPanel(lambda _request: said) as panel, client_for(panel.url, read_timeout_s=0.1) as client:
        with pytest.raises(TruncatedAnswer):
            await client.fetch_movie_details("7")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**19) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text("0123", max_size=2) | st.sampled_from(["id", "season", "episode_num", "title", "info"]), inner
        )
    ),
    max_leaves=12,
)
KEYS = (
    "name plot cast director genre releasedate year duration_secs duration rating youtube_trailer video audio subtitles"
)


@examples(300)
@given(
    st.dictionaries(st.sampled_from(KEYS.split()), json_values) | json_values,
    st.dictionaries(st.sampled_from("info movie_data seasons episodes".split()), json_values) | json_values,
)
def test_any_details_are_read_or_refused(info: Any, whole: Any) -> None:
    for said in ({"info": info, "episodes": whole, "seasons": whole}, whole):
        for read in (movie, series):
            try:
                details = read(said)
            except PanelError:
                continue
            assert isinstance(details, Details)
            json.dumps([details.name, details.plot, details.cast], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("http://i.example/b.jpg", "http://i.example/b.jpg"),
        ('["u1", "u2"]', "http://panel.example/u1"),
        ([None, ""], None),
        (None, None),
    ],
)
@pytest.mark.fcase(57)
def test_f57_the_backdrop_is_the_first_address(sent: Any, read: str | None) -> None:
    body = json.dumps({"info": {"name": "Film", "backdrop_path": sent}}).encode()
    assert movie_details_from(body, "7", RowContext("http://panel.example")).backdrop == read
    assert series_details_from(body, context=RowContext("http://panel.example")).backdrop == read


@pytest.mark.parametrize(
    ("sent", "read"), [("Germany", "Germany"), (["USA", "UK"], "USA, UK"), ([], None), ("N/A", None)]
)
def test_a_country_is_a_text_or_a_list_of_texts(sent: Any, read: str | None) -> None:
    assert movie({"info": {"name": "Film", "country": sent}}).country == read
