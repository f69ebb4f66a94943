"""Dates, times, years and ratings in every spelling that panels were seen to use, and those near them."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tui_app.catalog import ItemRow, Kind
from tui_app.xtream import dates, fields
from tui_app.xtream.coerce import epoch
from tui_app.xtream.rows import RowContext, row_from

CONTEXT = RowContext("http://panel.example", UTC)
TEN_O_CLOCK = 1716372000  # 2024-05-22 10:00:00 UTC
MIDNIGHT = 1716336000


def movie(**values: Any) -> ItemRow:
    row = row_from(Kind.MOVIE, {"stream_id": 1, "name": "Film", **values}, CONTEXT)
    assert isinstance(row, ItemRow)
    return row


def series(**values: Any) -> ItemRow:
    row = row_from(Kind.SERIES, {"series_id": 1, "name": "Show", **values}, CONTEXT)
    assert isinstance(row, ItemRow)
    return row


@pytest.mark.parametrize(
    "sent",
    [
        *("2010-05-06", "06-05-2010", "2010-05-06T00:00:00Z", "2010-05-06T00:00:00.000+02:00", "May 6, 2010"),
        *("06/05/2010", "2010/05/06", "2010.05.06", "6.5.2010", "2010-05-06 (US)", "2010-05-06 20:15:00"),
        *("May 6th, 2010", "6 May 2010", "6th May 2010", "Wed, 06 May 2010 10:00:00 GMT", "20100506"),
        *("6 mai 2010", "6. Mai 2010", "6 de mayo de 2010", "6 Mayıs 2010", "6 мая 2010", "2010年5月6日"),
        *("٢٠١٠-٠٥-٠٦", "1273104000", 1273104000, 1273104000000),
    ],
)
@pytest.mark.parametrize("key", fields.RELEASE_KEYS)
@pytest.mark.fcase(94)
def test_f94_the_year_of_a_movie_comes_from_its_release_date_under_any_name(key: str, sent: Any) -> None:
    for row in (movie(**{key: sent}), series(**{key: sent})):
        assert (row.released, row.year) == ("2010-05-06", 2010)


@pytest.mark.parametrize(
    ("sent", "released", "year"),
    [
        ("2010", "2010", 2010),
        (2010, "2010", 2010),
        ("2010–2014", "2010", 2010),
        ("2010-", "2010", 2010),
        ("2010-05", "2010", 2010),
        ("2010-00-00", "2010", 2010),
        ("(2010)", "2010", 2010),
        ("05/13/2010", "2010-05-13", 2010),
        ("Spring 2010", "Spring 2010", 2010),
        ("May 2010", "May 2010", 2010),
        ("soon", "soon", None),
        ("TBA", None, None),
        ("Invalid Date", None, None),
        ("3000-01-01", None, None),
    ],
)
@pytest.mark.fcase(94)
def test_f94_less_than_a_day_still_tells_the_year(sent: Any, released: str | None, year: int | None) -> None:
    for row in (movie(releaseDate=sent), series(releaseDate=sent)):
        assert (row.released, row.year) == (released, year)


@pytest.mark.parametrize("word", ["2010", "2010-2014", "2010–2014", "(2010)", "2010-05-06", "06/05/2010", 2010, 2010.0])
def test_the_field_for_the_year_may_hold_more_than_a_year(word: Any) -> None:
    assert movie(year=word).year == 2010


def test_the_panel_s_own_year_and_that_of_the_name_come_before_the_release_date() -> None:
    assert movie(year="2009", releaseDate="2010-05-06").year == 2009
    assert movie(name="Film (2009)", releaseDate="2010-05-06").year == 2009
    assert movie(year="0", releaseDate="2010-05-06").year == 2010


def test_a_date_that_can_not_be_read_does_not_hide_one_that_can() -> None:
    assert movie(release_date="0000-00-00", releaseDate="soon", premiere="2010-05-06").released == "2010-05-06"


@pytest.mark.parametrize(
    "zero",
    [
        *("0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z", "-0001-11-30", "-0001-11-30 00:00:00"),
        *("1970-01-01", "1970-01-01 00:00:00", "1970-01-01T00:00:00.000Z", "01-01-1970", "1970-01-01 01:00:00"),
        *("1969-12-31 19:00:00", "Thu, 01 Jan 1970 00:00:00 GMT", "0", 0, "", None, False, "-62169984000"),
    ],
)
@pytest.mark.fcase(99)
def test_f99_the_dates_that_php_writes_for_none_are_unknown(zero: Any) -> None:
    assert fields.released(zero) is None
    assert fields.year(fields.released(zero)) is None
    assert epoch(zero) is None
    assert epoch(zero, ZoneInfo("Europe/Paris")) is None


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("2024-05-22T10:00:00.000Z", TEN_O_CLOCK),
        ("2024-05-22 10:00:00.123456+00:00", TEN_O_CLOCK),
        ("2024-05-22T10:00:00.123456", TEN_O_CLOCK),
        ("2024-05-22T10:00:00+02", TEN_O_CLOCK - 7200),
        ("2024-05-22T10:00:00.000+0200", TEN_O_CLOCK - 7200),
        ("2024-05-22 10:00:00 UTC", TEN_O_CLOCK),
        ("2024-05-22 10:00:00 GMT-1", TEN_O_CLOCK + 3600),
        ("05/22/2024 10:00 AM", TEN_O_CLOCK),
        ("05/22/2024 10:00:00 p.m.", TEN_O_CLOCK + 43200),
        ("22.05.2024 10:00", TEN_O_CLOCK),
        ("Wed, 22 May 2024 10:00:00 GMT", TEN_O_CLOCK),
        ("Wed May 22 2024 10:00:00 GMT+0000 (Coordinated Universal Time)", TEN_O_CLOCK),
        ("٢٠٢٤-٠٥-٢٢ ١٠:٠٠:٠٠", TEN_O_CLOCK),
        ("20240522100000", TEN_O_CLOCK),
        (20240522100000, TEN_O_CLOCK),
        ("202405221000", TEN_O_CLOCK),
        ("20240522T100000Z", TEN_O_CLOCK),
        ("May 22, 2024", MIDNIGHT),
        ("2024/05/22", MIDNIGHT),
        ("05/22/2024", MIDNIGHT),
        ("20240522", MIDNIGHT),
        ("1716372000.25", TEN_O_CLOCK),
        (1716372000.75, TEN_O_CLOCK),
        ("1716372000000", TEN_O_CLOCK),
        (1716372000123456, TEN_O_CLOCK),
        ("1716372000,5", TEN_O_CLOCK),
        ("2024-05-22 10:00:00 Moon", None),
        ("2024-05-22T10:00:00+99", None),
        ("22 Foo 2024", None),
    ],
)
def test_times_of_adding(sent: Any, wanted: int | None) -> None:
    assert movie(added=sent).added == wanted
    assert series(last_modified=sent).added == wanted


def test_a_text_without_a_zone_is_of_the_panel_s() -> None:
    assert epoch("May 22, 2024 10:00", ZoneInfo("Europe/Berlin")) == TEN_O_CLOCK - 7200
    assert epoch("2024-05-22T10:00:00Z", ZoneInfo("Europe/Berlin")) == TEN_O_CLOCK


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("85%", 8.5),
        ("85 %", 8.5),
        ("100%", 10.0),
        ("8/10", 8.0),
        ("8.5 / 10", 8.5),
        ("4/5", 8.0),
        ("85/100", 8.5),
        ("★ 7.1", 7.1),
        ("7.1★", 7.1),
        ("⭐️ 7.5", 7.5),
        ("7.1 (1234)", 7.1),
        ("7.1/10 (1,234 votes)", 7.1),
        ("IMDb 7.1", 7.1),
        ("IMDb: 7,1/10", 7.1),
        ("٧٫١", 7.1),
        ("0%", None),
        ("11/10", None),
        ("3/7", None),
        ("PG-13", None),
        ("18+", None),
        ("12A", None),
        ("TV-14", None),
        ("R", None),
    ],
)
def test_ratings_in_words(sent: str, wanted: float | None) -> None:
    assert movie(rating=sent).rating == wanted


def test_stars_stand_in_for_a_rating_that_says_nothing() -> None:
    assert movie(rating="", rating_5based=4.2).rating == 8.4
    assert movie(rating="0", rating_5based="3.5").rating == 7.0
    assert movie(rating="N/A", rating_5based="3,5").rating == 7.0


pieces = st.sampled_from(
    [*"0123456789-/.:,TZ+ ()%★ap日٢", "2010", "05", "May", "de", "10:00", "GMT", "1e9", "IMDb ", "0000-00-00"]
)
spellings = st.lists(pieces, max_size=24).map("".join) | st.text(max_size=100) | st.integers() | st.floats()


@examples(500)
@given(spellings)
def test_any_spelling_is_a_date_or_none(sent: Any) -> None:
    at, day, year, rating = epoch(sent), fields.released(sent), fields.year(sent), fields.rating(sent)
    assert at is None or 0 < at < 10**11
    assert day is None or (day == day.strip() and 0 < len(day) <= 60)
    assert year is None or 1870 <= year < 2200
    assert rating is None or 0 <= rating <= 10


def test_long_texts_are_no_dates_and_cost_little() -> None:
    readings = (epoch, fields.rating, fields.released, dates.year_in)
    for sent in ("1" * 10**5, " " * 10**5, "2010-05-06 " + "(" * 10**5, "٢" * 10**5, "★" * 10**5):
        seconds, found = least_time(lambda sent=sent: [read(sent) for read in readings])  # type: ignore[misc]
        assert found[:2] == [None, None]
        assert seconds < 0.05
