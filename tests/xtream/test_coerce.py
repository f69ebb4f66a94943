"""The coercions: no JSON value makes one raise, and what comes out has one type and one meaning."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.text.title import YEAR_MAX, YEAR_MIN
from tui_app.xtream import coerce, fields
from tui_app.xtream.epg.short_epg import b64text
from tui_app.xtream.fields import derived_offset, find_zone
from tui_app.xtream.json_repair import DECODER, find_value

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, -(2**63), 10**300, float("inf"), float("nan"), 1e308, -0.0])
    | st.floats()
    | st.text()
    | st.text("0123456789.,:/- +eT", max_size=20)
    | st.sampled_from(["²", "٣", "1_0", "NaN", "1e999", "\ud83d", "TmV3cw==", "//h/x", "[1", '["a",1]', "HTTP://x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@given(json_values)
def test_numbers_are_finite_and_bounded_or_none(value: Any) -> None:
    number, real, when = coerce.int_(value), coerce.float_(value), coerce.epoch(value, UTC)
    assert number is None or (type(number) is int and abs(number) <= 2**53)
    assert real is None or (type(real) is float and isfinite(real))
    assert when is None or (type(when) is int and 0 < when < 10**11)
    assert coerce.flag(value) in (True, False, None)


@given(json_values)
def test_texts_are_clean_or_none(value: Any) -> None:
    for read in (coerce.text, coerce.meta, coerce.paragraphs, coerce.id_):
        said = read(value)
        assert said is None or (said == said.strip() and said != "")
        if said is not None:
            said.encode()
            assert not any(char < " " and char != "\n" for char in said)
    link = coerce.url(value, "http://panel.example/sub")
    assert link is None or (link.lower().startswith(("http://", "https://")) and " " not in link)
    b64text(value)


@given(json_values)
def test_collections_are_what_they_say(value: Any) -> None:
    assert isinstance(coerce.obj(value), dict)
    assert all(isinstance(member, str) for member in (*coerce.strs(value), *coerce.ids(value)))
    identity = coerce.id_(value)
    assert identity is None or coerce.id_(identity) == identity


@given(json_values, json_values)
def test_fields_are_in_range_or_none(value: Any, other: Any) -> None:
    rating, year = fields.rating(value, other), fields.year(value)
    assert rating is None or 0 <= rating <= 10
    assert year is None or YEAR_MIN <= year <= YEAR_MAX
    length = fields.duration(value, other, value, other)
    assert length is None or 0 < length <= 7 * 86_400
    found = fields.trailer(value)
    assert found is None or len(found) == 11
    fields.released(value)
    fields.is_adult(value, "x")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("12", 12), (" 12 ", 12), ("12.0", 12), (12.0, 12), (12.5, None), ("1_0", None), ("٣", None), ("²", None),
     (True, None), ("", None), (None, None), ("9" * 5000, None), (2**60, None), ("+7", 7), ("1e3", None)],
)  # fmt: skip
def test_int(value: Any, wanted: int | None) -> None:
    assert coerce.int_(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, True), (1, True), ("1", True), ("Yes", True), ("on", True), (1.0, True), (False, False),
     (0, False), ("0", False), ("", False), (None, False), ("None", False), ("maybe", None), (2, None), ([], None)],
)  # fmt: skip
def test_flag(value: Any, wanted: bool | None) -> None:
    assert coerce.flag(value) is wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("x", "x"), (24, "24"), (7.0, "7"), (7.5, "7.5"), (True, None), ({"a": 1}, None), (["a", 1, None, ["b"]], "a, 1"),
     ("N/A", "N/A"), ("  ", None)],
)  # fmt: skip
def test_text(value: Any, wanted: str | None) -> None:
    assert coerce.text(value) == wanted


def test_numbers_too_long_to_print_are_no_text() -> None:
    assert coerce.text(10**5000) is None


@pytest.mark.parametrize("word", ["null", "None", "N/A", "n/A", "undefined", "-", ""])
def test_words_for_nothing_are_nothing_in_metadata(word: str) -> None:
    assert coerce.meta(word) is None
    assert coerce.paragraphs(word) is None
    assert coerce.first_of((word, None, [], {}, "x")) == "x"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("http://a/b.jpg", ("http://a/b.jpg",)),
        ('["u1","u2"]', ("u1", "u2")),
        ([None, ""], ()),
        (None, ()),
        ("[x", ("[x",)),
    ],
)
@pytest.mark.fcase(57)
def test_f57_texts_lists_of_texts_and_lists_inside_texts(value: Any, wanted: tuple[str, ...]) -> None:
    assert coerce.strs(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("TmV3cw==", "News"), ("TmV3cw", "News"), ("News", "News"), ("Film", "Film"), ("Late Show", "Late Show"), ("", ""),
     (None, None), ("4p2k77iPIExvdmU=", "❤️ Love"), ("Vkc5dElHRnVaQT09", "Tom and"), ("U3BvcnQ\n=", "Sport")],
)  # fmt: skip
def test_base64_or_plain(value: Any, wanted: str | None) -> None:
    assert b64text(value) == wanted


@given(st.binary(max_size=60))
def test_what_is_found_in_any_small_body_can_be_written_as_json(body: bytes) -> None:
    found = find_value(body)
    written = json.dumps(None if found is None else found.value)
    assert json.dumps(json.loads(written)) == written


@given(st.text(max_size=20), st.integers(0, 10**11))
def test_any_zone_name_and_clock_gives_a_zone_or_none(text: str, at: int) -> None:
    zone, offset = find_zone(text), derived_offset(text, at)
    assert zone is None or datetime.fromtimestamp(0, zone).utcoffset() is not None
    assert offset is None or find_zone(offset) is not None


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "/etc/passwd", "../UTC", "UTC\0", "x" * 5000, "posixrules/..", "Europe"]
)
def test_names_that_are_no_zone(name: str) -> None:
    assert find_zone(name) is None


@pytest.mark.parametrize("sent", ["NaN", "Infinity", "9" * 5000, '"\x01"', '"\\ud83d"'])
def test_the_tolerant_decoder_accepts_what_strict_ones_refuse(sent: str) -> None:
    decode: Callable[[str], Any] = DECODER.decode
    assert decode(f"[{sent}]") is not None


@pytest.mark.parametrize("tower", [b'{"a":', b"[", b"[{", b'{"', b'x{"a":[', b'[{"a":1},['])
def test_a_tower_of_brackets_is_given_up_at_once(tower: bytes) -> None:
    started = time.process_time()
    find_value(tower * 30_000)
    find_value(b"<br />Warning" + tower * 30_000)
    assert time.process_time() - started < 0.5
