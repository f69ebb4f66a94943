"""Rows as panels send them become rows of the catalogue: F.3 of `tests/protocol.md`, and both ways of reading agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tui_app.catalog import CategoryRow, ItemRow, Kind
from tui_app.text import category_is_adult
from tui_app.xtream.json_repair import decode_object
from tui_app.xtream.rows import RowContext, category_from, decode_row, row_from, row_identity

CONTEXT = RowContext("http://panel.example:8080/sub", ZoneInfo("Europe/Berlin"))


def raw(row: Any) -> bytes:
    return row if isinstance(row, bytes) else json.dumps(row).encode()


def channel(**row: Any) -> ItemRow:
    made = decode_row(Kind.CHANNEL, raw({"stream_id": 1, "name": "x"} | row), CONTEXT)
    assert isinstance(made, ItemRow)
    return made


def movie(**row: Any) -> ItemRow:
    made = decode_row(Kind.MOVIE, raw({"stream_id": 1, "name": "x"} | row), CONTEXT)
    assert isinstance(made, ItemRow)
    return made


def series(**row: Any) -> ItemRow:
    made = decode_row(Kind.SERIES, raw({"series_id": 1, "name": "x"} | row), CONTEXT)
    assert isinstance(made, ItemRow)
    return made


def ids(row: ItemRow) -> tuple[str, str | None]:
    return row.id, row.wire_id


def test_a_usual_channel() -> None:
    assert channel(
        num=3,
        name="UK: BBC One",
        stream_type="live",
        stream_id=1001,
        stream_icon="http:\\/\\/logo.example\\/1.png".replace("\\", ""),
        epg_channel_id="bbc1.uk",
        added="1527267703",
        tv_archive=1,
        tv_archive_duration="7",
        direct_source="",
        category_id="36",
        category_ids=[36, 40],
    ) == ItemRow(
        id="1001", name="UK: BBC One", number=3, category_ids=("36", "40"), icon="http://logo.example/1.png",
        epg_id="bbc1.uk", added=1527267703, archive_days=7,
    )  # fmt: skip


def test_a_usual_movie() -> None:
    assert movie(
        stream_id="7",
        name="EN - Movie (2018) [4K]",
        stream_icon="https://image.example/x.jpg",
        rating="6.3",
        rating_5based=3.2,
        added="1527267703",
        category_id="3",
        container_extension="mkv",
        tmdb="961",
        trailer="abcdefghijk",
        is_adult=0,
    ) == ItemRow(
        id="7", name="EN - Movie (2018) [4K]", category_ids=("3",), icon="https://image.example/x.jpg", year=2018,
        rating=6.3, added=1527267703, container="mkv", tmdb=961, trailer="abcdefghijk", is_adult=False,
    )  # fmt: skip


def test_a_usual_series() -> None:
    assert series(
        name="Show",
        cover="https://image.example/x.jpg",
        plot="Line one.\r\nLine two.",
        cast="A, B",
        director="C",
        genre="Drama",
        releaseDate="2016-05-01",
        last_modified="1530461599",
        rating="8",
        rating_5based=4.1,
        youtube_trailer="https://youtu.be/abcdefghijk?t=1",
        episode_run_time="42",
        category_id="5",
        category_ids=[5],
        tmdb=12,
    ) == ItemRow(
        id="1", name="Show", category_ids=("5",), icon="https://image.example/x.jpg", year=2016, rating=8.2,
        added=1530461599, tmdb=12, trailer="abcdefghijk", plot="Line one.\nLine two.", cast="A, B", director="C",
        genre="Drama", released="2016-05-01", duration_s=2520,
    )  # fmt: skip


@pytest.mark.fcase(27)
def test_f27_rows_without_an_id_are_none_and_blank_names_get_one() -> None:
    assert decode_row(Kind.CHANNEL, b'{"name":"no id"}', CONTEXT) is None
    assert channel(stream_id=11, name="").name == "Channel 11"
    assert movie(name=None).name == "Movie 1"
    assert series(name="  ").name == "Series 1"
    assert channel(name=24).name == "24"


@pytest.mark.parametrize("junk", [b"", b"null", b"[]", b'"x"', b"{", b"\xff", b'{"stream_id":' + b"[" * 100_000])
@pytest.mark.parametrize("kind", [Kind.CHANNEL, Kind.MOVIE, Kind.SERIES])
def test_bytes_that_are_no_row_are_none(kind: Kind, junk: bytes) -> None:
    assert decode_row(kind, junk, CONTEXT) is None


@pytest.mark.fcase(29, 30)
def test_f29_f30_ids_may_be_text_or_beyond_integers_and_keep_their_wire_form() -> None:
    assert ids(channel(stream_id="abc-9f")) == ("abc-9f", None)
    assert ids(channel(stream_id=12345678901234567890)) == ("12345678901234567890", None)
    assert ids(channel(stream_id="007")) == ("7", "007")
    assert ids(channel(stream_id=7.0)) == ("7", None)
    assert ids(channel(stream_id="7\0")) == ("7", None)
    assert ids(channel(stream_id=0)) == ("0", None)
    assert ids(channel(stream_id=None, id="8")) == ("8", None)
    assert ids(series(series_id="", id=9)) == ("9", None)


@pytest.mark.parametrize(
    ("num", "shown"),
    [(1.0, 1), ("12", 12), ("x", None), (None, None), (True, None), ("7.1", 7), (7.9, 7), (1e300, None), ("7-1", None)],
)
@pytest.mark.fcase(31)
def test_f31_numbers_of_channels(num: Any, shown: int | None) -> None:
    assert channel(num=num).number == shown


@pytest.mark.parametrize(
    ("archive", "days", "wanted"),
    [("1", None, 0), (1, "3", 3), (True, 7, 7), (0, "3", 0), (None, 5, 0), (1, -2, 0), (1, "", 0)],
)
@pytest.mark.fcase(32)
def test_f32_catch_up_needs_the_flag_and_the_days(archive: Any, days: Any, wanted: int) -> None:
    assert channel(tv_archive=archive, tv_archive_duration=days).archive_days == wanted


@pytest.mark.parametrize(
    ("one", "many", "wanted"),
    [
        (None, [None], ()),
        ("5", "6, 7", ("5", "6", "7")),
        (36, [36], ("36",)),
        ("36", ["40", 36], ("36", "40")),
        ("", 36, ("36",)),
        ("5,6", None, ("5", "6")),
        ("0", [], ("0",)),
        ({}, {}, ()),
        (" 05 ", [5], ("5",)),
    ],
)
@pytest.mark.fcase(33)
def test_f33_categories_are_a_union_with_the_first_one_first(one: Any, many: Any, wanted: tuple[str, ...]) -> None:
    assert channel(category_id=one, category_ids=many).category_ids == wanted


@pytest.mark.parametrize(
    ("stream_type", "is_radio"),
    [("radio_streams", True), ("Radio", True), ("created_live", False), (None, False), (5, False)],
)
@pytest.mark.fcase(35)
def test_f35_radio(stream_type: Any, is_radio: bool) -> None:
    assert channel(stream_type=stream_type).is_radio is is_radio


@pytest.mark.fcase(36)
def test_f36_separators_are_marked() -> None:
    assert channel(name="##### SPORTS #####").is_separator
    assert movie(name="---- 4K ----").is_separator
    assert not channel(name="#1 Sports").is_separator


@pytest.mark.parametrize(
    ("sent", "icon"),
    [
        ("data:image/png;base64," + "A" * 300_000, None),
        ("//cdn.example/x y.png", "http://cdn.example/x%20y.png"),
        ("/images/x.png", "http://panel.example:8080/images/x.png"),
        ("images/x.png", "http://panel.example:8080/sub/images/x.png"),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http://x.example/" + "a" * 3000, None),
        ("HTTPS://x.example/a?b=1&copy=2", "HTTPS://x.example/a?b=1&copy=2"),
        ("http://x.example/\x1b[2Ja", "http://x.example/[2Ja"),
        ("null", None),
        (5, None),
    ],
)
@pytest.mark.fcase(37)
def test_f37_icons(sent: Any, icon: str | None) -> None:
    assert channel(stream_icon=sent).icon == icon


@pytest.mark.parametrize(
    ("sent", "rating"),
    [("7,5", 7.5), ("n/A", None), ("78", 7.8), ("1e999", None), (True, None), ("7.2/10", 7.2), (0, None), ("0", None),
     (-1, None), (101, None), ("", None), ([], None), (7, 7.0), ("8.0", 8.0), (10, 10.0), (float("nan"), None)],
)  # fmt: skip
@pytest.mark.fcase(38)
def test_f38_ratings(sent: Any, rating: float | None) -> None:
    assert movie(rating=sent).rating == rating


def test_a_missing_or_rounded_rating_is_filled_in_from_the_stars() -> None:
    assert series(rating="", rating_5based="3.5").rating == 7.0
    assert series(rating="7", rating_5based=3.6).rating == 7.2
    assert series(rating="7", rating_5based=1).rating == 7.0
    assert series(rating=7.25, rating_5based=3.6).rating == 7.25


@pytest.mark.parametrize(
    ("sent", "added"),
    [("", None), ("0", None), ("22/05/2024 10:00:00", 1716364800), (1716372000000, 1716372000),
     ("4102444800", 4102444800),
     ("2024-05-22T10:00:00Z", 1716372000), ("2024-05-22 10:00:00", 1716364800), (-5, None), ("9" * 30, None),
     (None, None), ("2024-13-45", None), ("2024-05-22T10:00:00+02:00", 1716364800),
     (1527267703.0, 1527267703), ({}, None)],
)  # fmt: skip
@pytest.mark.fcase(39)
def test_f39_times_in_every_form(sent: Any, added: int | None) -> None:
    assert movie(added=sent).added == added


@pytest.mark.parametrize(
    ("sent", "container"),
    [(None, None), ("MKV", "MKV"), ("mp4?x=/../", None), (".mp4", "mp4"), ("", None), (["mp4"], None), ("a" * 9, None)],
)
@pytest.mark.fcase(40)
def test_f40_containers(sent: Any, container: str | None) -> None:
    assert movie(container_extension=sent).container == container


@pytest.mark.parametrize(
    ("name", "flag", "is_adult"),
    [
        ("x", "None", None),
        ("x", "1", True),
        ("x", 0, False),
        ("XXX: Something", None, True),
        ("XXX: Something", "0", False),
        ("Hot 18+", "", True),
        ("FOR ADULTS", None, True),
        ("xXx (2002)", None, None),
        ("Young Adult", None, None),
        ("US: ADULT SWIM", None, None),
        ("x", True, True),
        ("x", "yes", True),
    ],
)
@pytest.mark.fcase(41)
def test_f41_adult_marks_missing_is_not_no(name: str, flag: Any, is_adult: bool | None) -> None:
    assert channel(name=name, is_adult=flag).is_adult is is_adult


@pytest.mark.parametrize(
    ("name", "is_adult"), [("XXX 18+", True), ("For Adults", True), ("Kids", False), ("Adult Swim", False)]
)
@pytest.mark.fcase(41)
def test_f41_adult_categories(name: str, is_adult: bool) -> None:
    assert category_is_adult(name) is is_adult


@pytest.mark.fcase(42)
@pytest.mark.parametrize("source", ["http://x.example/live/other/pw9/55", "rtmp://x", "55.ts"])
def test_f42_the_direct_source_is_a_secret_of_others_and_never_read(source: str) -> None:
    assert channel(direct_source=source) == channel()


@pytest.mark.fcase(46)
def test_f46_invalid_bytes_cost_a_letter() -> None:
    row = decode_row(Kind.CHANNEL, b'{"stream_id":1,"name":"caf\xe9"}', CONTEXT)
    assert row is not None
    assert row.name == "caf\ufffd"


@pytest.mark.fcase(47, 48)
def test_f47_f48_half_characters_and_controls_in_names() -> None:
    assert channel(name="Movie \ud83d").name == "Movie \ufffd"
    assert channel(name="a\0b\nc").name == "a b c"


@pytest.mark.fcase(53)
def test_f53_unknown_keys_are_ignored_and_long_plots_cut() -> None:
    row = movie(**{f"k{n}": n for n in range(5000)}, plot="p" * 1_000_000)
    assert row.plot is not None
    assert len(row.plot) == 8000


@pytest.mark.fcase(54)
def test_f54_of_a_key_said_twice_the_last_counts() -> None:
    row = decode_row(Kind.MOVIE, b'{"stream_id":1,"stream_id":2}', CONTEXT)
    assert row is not None
    assert row.id == "2"


def names(row: ItemRow) -> tuple[str, str | None]:
    return row.name, row.other_name


def test_the_title_is_displayed_and_the_name_kept_beside_it() -> None:
    assert names(movie(name="EN - Film (1999)", title="Film")) == ("Film", "EN - Film (1999)")
    assert movie(name="EN - Film (1999)", title="Film").year == 1999
    assert names(movie(name="Film", title="Film")) == ("Film", None)
    assert names(movie(name="Film", title="N/A")) == ("Film", None)


BACKDROPS: list[tuple[Any, str | None]] = [
    ("http://i.example/b.jpg", "http://i.example/b.jpg"),
    (["http://i.example/1.jpg", "http://i.example/2.jpg"], "http://i.example/1.jpg"),
    ('["http:\\/\\/i.example\\/1.jpg", "u2"]', "http://i.example/1.jpg"),
    ([None, "", "ftp://x", "/b 1.jpg"], "http://panel.example:8080/b%201.jpg"),
    ("//i.example/b.jpg", "http://i.example/b.jpg"),
    (["x" * 5_000, "http://i.example/b.jpg"], "http://i.example/b.jpg"),
    *zip(("", "[]", "[null]", None, [], [None, ""], {}, 7, True, "data:image/png;x"), repeat(None)),
]


@pytest.mark.parametrize("make", [movie, series])
@pytest.mark.parametrize(("sent", "read"), BACKDROPS)
def test_a_backdrop_is_the_first_address_of_a_text_a_list_or_a_list_in_a_text(
    make: Callable[..., ItemRow], sent: Any, read: str | None
) -> None:
    assert make(backdrop_path=sent).backdrop == read


@pytest.mark.parametrize("make", [movie, series])
@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (" United  States ", "United States"),
        ("USA, Germany", "USA, Germany"),
        (["USA", None, "Germany"], "USA, Germany"),
        *zip(("", "N/A", "null", "-", None, [], {}, False, True, [[]], {"name": "USA"}), repeat(None)),
        ("x" * 5_000, "x" * 300),
    ],
)
def test_countries(make: Callable[..., ItemRow], sent: Any, read: str | None) -> None:
    assert make(country=sent).country == read


@pytest.mark.parametrize(
    ("year", "name", "wanted"),
    [
        ("2018", "x", 2018),
        (0, "x (1999)", 1999),
        ("", "x", None),
        (3000, "x", None),
        (None, "1941", None),
        (1850, "x", None),
    ],
)
def test_years(year: Any, name: str, wanted: int | None) -> None:
    assert movie(year=year, name=name).year == wanted


def test_aliases_that_say_nothing_do_not_mask_those_that_do() -> None:
    row = movie(
        plot="",
        description="N/A",
        overview="A plot.",
        cast=None,
        actors=["A", "B"],
        stream_icon="",
        cover="http://x.example/c",
    )
    assert (row.plot, row.cast, row.icon) == ("A plot.", "A, B", "http://x.example/c")


def test_categories() -> None:
    assert category_from({"category_id": 36, "category_name": " |EN| ★ ", "parent_id": 0}, 4) == CategoryRow(
        "36", "|EN| ★", None, 4
    )
    assert category_from({"category_id": "36", "category_name": None, "parent_id": "7"}) == CategoryRow(
        "36", "Category 36", "7", 0
    )
    assert category_from({"category_name": "x"}) is None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.text(max_size=12)
    | st.text(" &<>\x00\x1b\ud800é0123456789.,:/-", max_size=14)
    | st.sampled_from(["", "0", "1", "N/A", "null", "1530461599", "2016-05-01", "7,5", "http://x/y z", "S (1999)"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KEYS = sorted(
    set(
        "stream_id series_id id name title num stream_type category_id category_ids stream_icon cover epg_channel_id "
        "added is_adult tv_archive tv_archive_duration direct_source year rating rating_5based container_extension "
        "tmdb tmdb_id trailer youtube_trailer plot overview cast actors director genre releaseDate release_date "
        "duration duration_secs episode_run_time runtime last_modified unknown".split()
    )
)
rows = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=12)


@examples(500)
@given(rows, st.sampled_from([Kind.CHANNEL, Kind.MOVIE, Kind.SERIES]), st.booleans())
def test_both_ways_of_reading_a_row_agree_and_what_comes_out_is_clean(
    values: dict[str, Any], kind: Kind, ascii_only: bool
) -> None:
    sent = json.dumps(values, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    row = decode_row(kind, sent, CONTEXT)
    decoded = decode_object(sent)
    assert decoded is not None
    assert repr(row) == repr(row_from(kind, decoded, CONTEXT))
    if row is None:
        return
    assert row.id
    assert row.name
    for value in asdict(row).values():
        if isinstance(value, str):
            value.encode()
            assert "\x1b" not in value
            assert "\0" not in value
        elif isinstance(value, int):
            assert abs(value) < 2**63


@examples(300)
@given(st.binary(max_size=60), st.sampled_from([Kind.CHANNEL, Kind.MOVIE, Kind.SERIES]))
def test_any_bytes_are_a_row_or_none(junk: bytes, kind: Kind) -> None:
    raw_row = b'{"stream_id":1,"series_id":1,' + junk
    row = decode_row(kind, raw_row, CONTEXT)
    assert row is None or row.id
    assert row_identity(kind, raw_row, CONTEXT) == (None if row is None else row.id)


_IDS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just([]), st.just("007")
)


@given(st.fixed_dictionaries({}, optional={"stream_id": _IDS, "series_id": _IDS, "id": _IDS}), st.sampled_from(Kind))
def test_the_identity_alone_is_the_one_of_the_whole_row(row: dict[str, Any], kind: Kind) -> None:
    whole = decode_row(kind, raw(row), CONTEXT)
    assert row_identity(kind, raw(row), CONTEXT) == (None if whole is None else whole.id)
