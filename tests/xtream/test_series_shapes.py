"""Series as panels were seen to send them: seasons under wrong keys, words for seasons, numbers only in titles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tui_app.catalog import Details
from tui_app.xtream.details import series_details_from
from tui_app.xtream.episode_titles import numbers_in_field, numbers_in_title, season_in


def read(episodes: Any, *, name: str = "", **more: Any) -> Details:
    return series_details_from(json.dumps({"info": {}, "episodes": episodes, **more}).encode(), list_name=name)


def places(details: Details) -> dict[int, list[tuple[str, int]]]:
    return {season.number: [(e.id, e.number) for e in season.episodes] for season in details.seasons}


def ep(identity: object, number: object = None, season: object = None, title: object = None) -> dict[str, Any]:
    values = {"id": identity, "episode_num": number, "season": season, "title": title}
    return {key: value for key, value in values.items() if value is not None}


def titles(name: str, *sent: str) -> list[str]:
    episodes = [ep(n, n, 1, title) for n, title in enumerate(sent, 1)]
    return [episode.title for episode in read({"1": episodes}, name=name).seasons[0].episodes]


# ------------------------------------------------------------------------------------------- seasons and their keys
def test_an_episode_under_the_wrong_key_is_where_it_says_itself() -> None:
    mixed = {"1": [ep(11, 1, 1), ep(12, 2, 1), ep(13, 1, 2), ep(14, 2, 2)]}
    assert places(read(mixed)) == {1: [("11", 1), ("12", 2)], 2: [("13", 1), ("14", 2)]}
    zero = {"0": [ep(11, 1, "1"), ep(12, 2, "1.0"), ep(13, 1, "٢")]}
    assert places(read(zero)) == {1: [("11", 1), ("12", 2)], 2: [("13", 1)]}
    stray = {"1": [ep(21, 1, 1)], "2": [ep(23, 1, 2), ep(24, 1, 3)]}
    assert places(read(stray)) == {1: [("21", 1)], 2: [("23", 1)], 3: [("24", 1)]}
    nested = {"1": [{"id": 1, "episode_num": 1, "info": {"season": 2}}, {"id": 2, "episode_num": 1}]}
    assert places(read(nested)) == {1: [("2", 1)], 2: [("1", 1)]}


def test_the_key_counts_where_all_episodes_would_say_the_same_place() -> None:
    frozen = {"1": [ep(1, 1, 1), ep(2, 2, 1)], "2": [ep(3, 1, 1), ep(4, 2, 1), ep(5, 3, 1)]}
    assert places(read(frozen)) == {1: [("1", 1), ("2", 2)], 2: [("3", 1), ("4", 2), ("5", 3)]}


def test_a_version_of_an_episode_under_another_key_stays_beside_it() -> None:
    version = {"1": [ep(1, 1, 1)], "2": [ep(2, 1, 2), ep(3, 1, 1)]}
    assert places(read(version)) == {1: [("1", 1), ("3", 1)], 2: [("2", 1)]}


@pytest.mark.parametrize("same", [21, "21", "021", 21.0])
def test_one_id_in_two_seasons_stays_in_the_first(same: object) -> None:
    said = {"1": [ep(21, 1, 1, "A"), ep(21, 2, 1, "B")], "2": [ep(same, 1, 2, "C"), ep(22, 2, 2, "D")]}
    details = read(said)
    assert places(details) == {1: [("21", 1)], 2: [("22", 2)]}
    assert details.seasons[0].episodes[0].title == "A"


def test_words_for_extras_are_season_0() -> None:
    said = {
        "Specials": [ep(51, 1)],
        "1": [ep(52, 1)],
        "Extras": [ep(53, 1)],
        "OVA": [ep(54, 1)],
        "Season 0": [ep(55, 1)],
        "S2": [ep(56, 1)],
        "2nd": [ep(57, 2)],
    }
    assert places(read(said)) == {
        0: [("51", 1), ("53", 1), ("54", 1), ("55", 1)],
        1: [("52", 1)],
        2: [("56", 1), ("57", 2)],
    }
    assert [season.name for season in read(said).seasons] == ["Specials", "Season 1", "Season 2"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        *[(word, 0) for word in ("Specials", "special", "EXTRAS", "Extra", "OVA", "OVAs", "OVA 2", "Bonus", "SP")],
        *[(word, 0) for word in ("Bonus Material", "Sonderfolgen", "Épisodes spéciaux", "Hors-série", "Especiales")],
        *[(word, 0) for word in ("Özel Bölümler", "Спецвыпуски", "特别篇", "スペシャル", "스페셜", "حلقات خاصة", "0")],
        *[
            (word, 2)
            for word in ("2", "02", "S2", "s02", "2nd", "Season 2", "Season Two", "Season II", "Second Season")
        ],
        *[(word, 2) for word in ("Staffel 2", "Zweite Staffel", "Saison 2", "Temporada 2", "Segunda temporada")],
        *[(word, 2) for word in ("2. Sezon", "Stagione 2", "Сезон 2", "Второй сезон", "第二季", "第2季", "シーズン2")],
        *[(word, 2) for word in ("الموسم 2", "الموسم الثاني", "الموسم ٢", "시즌 2", "Season 2 Extras", "Two", "2.0")],
        *[("2023", 2023), ("Season 2 (2014)", 2), ("2-3", 2), ("Season 12", 12)],
        *[(word, None) for word in ("", "abc", "The Lost One", "Ostracised", "Special"[:3], None)],
    ],
)
def test_seasons_in_words(words: str | None, number: int | None) -> None:
    found = season_in(words)
    assert (found.number if found else None) == number


def test_a_key_that_stands_for_several_seasons_is_sorted_by_the_first_and_shown_with_both() -> None:
    (first, both) = read({"1": [ep(1, 1)], "6-7": [ep(2, 1)]}).seasons
    assert (first.number, first.name, both.number, both.name) == (1, "Season 1", 6, "Seasons 6-7")


def test_keys_without_a_number_leave_the_season_to_the_title() -> None:
    assert places(read({"": [ep(1, None, None, "S03E04"), ep(2, 5)]})) == {1: [("2", 5)], 3: [("1", 4)]}


def test_a_list_of_seasons_that_counts_from_0_follows_its_names() -> None:
    seasons = [{"season_number": n - 1, "name": f"Season {n}", "overview": f"The {n}."} for n in (1, 2, 3)]
    details = read({"1": [ep(1, 1, 1)], "2": [ep(2, 1, 2)]}, seasons=seasons)
    assert [(s.number, s.name, s.overview) for s in details.seasons] == [
        (1, "Season 1", "The 1."),
        (2, "Season 2", "The 2."),
    ]
    words = [{"season_number": "0", "name": "Season One"}, {"season_number": 1.0, "name": "Season Two"}]
    details = read({"1": [ep(1, 1)], "2": [ep(2, 1)]}, seasons=words)
    assert [season.name for season in details.seasons] == ["Season One", "Season Two"]


def test_a_list_of_seasons_with_specials_is_not_shifted() -> None:
    named = [(0, "Specials"), (1, "Season One"), (2, "Season Two")]
    seasons = [{"season_number": number, "name": name} for number, name in named]
    details = read([[ep(61, 1, 0)], [ep(62, 1, 1)], [ep(63, 1, 2)]], seasons=seasons)
    assert [(season.number, season.name) for season in details.seasons] == named


def test_seasons_that_hold_their_episodes_themselves() -> None:
    within = [
        {"season_number": 2, "name": "Two", "episodes": [ep(1, 1)]},
        {"name": "Staffel 3", "episodes": [ep(2, 1)]},
    ]
    assert places(read({}, seasons=within)) == {2: [("1", 1)], 3: [("2", 1)]}
    assert places(read(within)) == {2: [("1", 1)], 3: [("2", 1)]}
    assert places(read({"4": {"name": "Four", "episodes": {"0": ep(1, 1)}}})) == {4: [("1", 1)]}
    assert places(read({"1": [[ep(1, 1), ep(2, 2)], [ep(3, 3)]]})) == {1: [("1", 1), ("2", 2), ("3", 3)]}


def test_lists_of_lists_learn_from_one_another_how_they_count() -> None:
    assert places(read([[ep(1, 1, 1)], [ep(2, 1)], [ep(3, 1)]])) == {1: [("1", 1)], 2: [("2", 1)], 3: [("3", 1)]}
    assert places(read([[ep(31, 1, 1), ep(32, 1, 2)]])) == {1: [("31", 1)], 2: [("32", 1)]}


# ---------------------------------------------------------------------------------------------------------- titles
def test_titles_keep_their_words() -> None:
    assert titles("Lost", "Lost and Found", "Lost", "Lost - S01E03 - Tabula Rasa", "Lost: The Journey") == [
        *("Lost and Found", "Lost", "Tabula Rasa", "The Journey")
    ]
    kept = ["House Divided", "House vs. God", "House's Head", "House of Cards"]
    assert titles("House", *kept) == kept
    assert titles("24", "24 Hours to Live", "24 - S01E02 - 1:00 A.M.-2:00 A.M.", "24.S01E03.2AM") == [
        *("24 Hours to Live", "1:00 A.M.-2:00 A.M.", "2AM")
    ]
    assert titles("9", "9 to 5") == ["9 to 5"]
    assert titles("You", "You Got Me, Babe", "You, Me & Dupree") == ["You Got Me, Babe", "You, Me & Dupree"]
    assert titles("Pilot", "Pilot", "Pilot Light") == ["Pilot", "Pilot Light"]
    assert titles("Lost", "Lost and Found S01E01", "Lost-Found") == ["Lost and Found", "Lost-Found"]
    assert titles("Show", "S01E01 - ...And Justice for All", "The 10x10 Room") == [
        *("...And Justice for All", "The 10x10 Room")
    ]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Big Brother's Night", "Big Brother's Night"),
        ("Big Brother is Watching", "Big Brother is Watching"),
        ("Big Brother_S01E03_Name", "Name"),
        ("Big Brother (US) S01E04 Name", "Name"),
        ("EN - Big Brother - S01E05 - Name", "Name"),
        ("Big Brother S01E06 Wait, What?!", "Wait, What?!"),
        ("Big Brother - S01E07 - To be continued...", "To be continued..."),
        ("Big Brother (US) - Name", "Name"),
        ("EN - Big Brother: Name", "Name"),
        ("Big Brother | Name", "Name"),
        ("Big Brother. Name", "Name"),
        ("big brother – Name", "Name"),
        ("Big Brother 1x08 Name", "Name"),
        ("Big Brother - Season 1 Episode 9 - Name", "Name"),
        ("|EN| Big Brother (2000) S01E01", "Episode 1"),
    ],
)
@pytest.mark.parametrize("name", ["Big Brother", "Big Brother (US)", "EN - Big Brother (2000) [4K]"])
def test_the_name_of_the_series_goes_before_a_number_or_a_separator(name: str, sent: str, shown: str) -> None:
    assert titles(name, sent) == [shown]


def test_titles_that_say_nothing_become_the_number() -> None:
    assert titles("Show", "", "   ", "S01E03", "Show S01E04") == [f"Episode {n}" for n in (1, 2, 3, 4)]
    assert titles("", "", "S01E02") == ["Episode 1", "Episode 2"]


# --------------------------------------------------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("title", "number"),
    [
        *[("1x06 Six", 6), ("S01 E07", 7), ("s01.e08", 8), ("Season 1 Episode 9", 9), ("Folge 10", 10)],
        *[("Épisode 11", 11), ("EPISODE 11", 11), ("第12集", 12), ("第 12 话", 12), ("12集", 12), ("제12화", 12)],
        *[("Bölüm 13", 13), ("13. BÖLÜM", 13), ("الحلقة 14", 14), ("الحلقة ١٤", 14), ("حلقة 14", 14)],
        *[("Capítulo 15", 15), ("CAPITULO 15", 15), ("Episodio 15", 15), ("#16", 16), ("# 16", 16)],
        *[("Серия 21", 21), ("21 серия", 21), ("Odcinek 22", 22), ("Aflevering 23", 23), ("Avsnitt 24", 24)],
        *[
            ("Ep. 25", 25),
            ("Ep25", 25),
            ("E26", 26),
            ("EP27 - Name", 27),
            ("28. Name", 28),
            ("29 - Name", 29),
            ("30", 30),
        ],
        *[("30", 30), ("Staffel 1 Folge 5", 5), ("الموسم 1 الحلقة 14", 14), ("S01EP31", 31), ("Show S01_E32", 32)],
        *[(name, None) for name in ("9 to 5", "Apollo 13", "1984", "10:00 P.M.", "Home", "The 3 of Us", "Part 2", "")],
        *[(name, None) for name in ("1920x1080", "4x4", "Route 66", "Tu e 5 amigos")],
    ],
)
def test_numbers_in_titles_of_all_languages(title: str, number: int | None) -> None:
    (episode,) = read({"1": [ep(1, None, None, title), ep(1)]}).seasons[0].episodes
    assert (None if episode.number_inferred else episode.number) == number


@pytest.mark.parametrize(
    ("sent", "number", "last"),
    [
        *[(3, 3, None), ("03", 3, None), (3.0, 3, None), ("5.0", 5, None), ("5.5", 5, None), ("E03", 3, None)],
        *[("1-2", 1, 2), ("6-7", 6, 7), ("6–7", 6, 7), ("E17-E18", 17, 18), ("E17E18", 17, None), ("6 & 7", 6, 7)],
        *[("S01E05", 5, None), ("S01E05-E06", 5, 6), ("1x05", 5, None), ("1/10", 1, None), ("٣", 3, None)],
        *[("Episode 8", 8, None), ("5-4", 5, None), (0, 0, None)],
    ],
)
def test_numbers_in_their_field(sent: object, number: int, last: int | None) -> None:
    (episode,) = read({"1": [ep(1, sent)]}).seasons[0].episodes
    assert (episode.number, episode.last_number, episode.number_inferred) == (number, last, False)


@pytest.mark.parametrize("sent", [None, "", "abc", -1, "-1", True, [], {}, "N/A", float("1e300")])
def test_what_is_no_number_is_inferred(sent: object) -> None:
    (episode,) = read({"1": [{"id": 1, "episode_num": sent}]}).seasons[0].episodes
    assert (episode.number, episode.number_inferred) == (1, True)


@pytest.mark.parametrize("title", ["S01E17-E18", "S01E17E18", "S01E17-18", "S01E17 - S01E18", "1x17-18", "1x17-1x18"])
def test_two_episodes_in_one_are_shown_with_both_numbers(title: str) -> None:
    (episode,) = read({"1": [ep(1, None, None, title)]}).seasons[0].episodes
    assert (episode.number, episode.last_number, episode.title) == (17, 18, "Episode 17-18")
    assert episode.number_words == "17-18"


def test_a_number_behind_an_episode_s_is_not_always_another_one() -> None:
    assert titles("Show", "Show - S01E01 - 24 Hours") == ["24 Hours"]
    (episode,) = read({"1": [ep(1, None, None, "S01E05 - 24 Hours")]}).seasons[0].episodes
    assert (episode.number, episode.last_number, episode.title) == (5, None, "24 Hours")


# ------------------------------------------------------------------------------------------------------ any input
words = st.sampled_from(
    [*"S01E02;1x03;Folge 4;第5集;الحلقة 6;#7;Specials;Season 2;OVA;6-7;E17-E18".split(";"), *"٣_0", "", "5.0", "-1"]
) | st.sampled_from(["Lost", "Lost - ", ": ", "[4K]", "(US)", "EN - "])
texts = st.lists(words, max_size=5).map("".join) | st.text(max_size=20)
values = st.none() | st.booleans() | st.integers(-3, 30) | st.floats() | texts | st.lists(st.integers(0, 3), max_size=2)
episode_objects = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 12) | texts,
        "stream_id": values,
        "episode_num": values,
        "season": values,
        "title": values,
        "info": st.fixed_dictionaries({}, optional={"season": values, "releasedate": values}) | values,
    },
)
slots = st.recursive(
    episode_objects | values,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=25,
)
season_objects = st.fixed_dictionaries({}, optional={"season_number": values, "name": values, "episodes": slots})


@examples(400)
@given(st.dictionaries(texts, slots, max_size=5) | slots, st.lists(season_objects, max_size=4) | slots, texts)
def test_any_series_has_each_episode_once_and_in_order(episodes: Any, seasons: Any, name: str) -> None:
    details = read(episodes, seasons=seasons, name=name)
    found = [episode for season in details.seasons for episode in season.episodes]
    assert len({episode.id for episode in found}) == len(found)
    order = [(episode.season, episode.number) for episode in found]
    assert order == sorted(order)
    assert [season.number for season in details.seasons] == sorted({season for season, _ in order})
    assert all(episode.title and episode.number >= 0 and episode.season >= 0 for episode in found)
    assert all(episode.last_number is None or episode.last_number > episode.number for episode in found)
    assert read(episodes, seasons=seasons, name=name) == details


@examples(300)
@given(texts | st.text(max_size=300))
def test_any_text_has_a_place_or_none(said: str) -> None:
    for found in (numbers_in_field(said), numbers_in_title(said)):
        assert found is None or (found.episode >= 0 and (found.last is None or found.last > found.episode))
    season = season_in(said)
    assert season is None or season.number >= 0


def test_long_texts_cost_little() -> None:
    for sent in ("S1E" * 30_000, "1" * 10**5, "Season " * 10**4, "(" * 10**5, "٣" * 10**5, "1x" * 30_000):
        episodes = {sent: [ep(1, sent, sent, sent)]}
        seconds, details = least_time(lambda: read(episodes, name=sent, seasons=[{"name": sent}]), enough=0.5)  # noqa: B023
        assert len(details.seasons) == 1
        assert seconds < 0.5
