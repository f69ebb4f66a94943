"""Test that any text, base64, JSON or XMLTV from a panel is read without an exception and in linear time."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tests.text.test_linear_time import CHARACTERS, MIXTURES, OPENED
from tui_app.errors import BadAnswer, PanelError
from tui_app.text import Redactor, clean_line, clean_paragraphs, fold, sort_key, split_title
from tui_app.text.clean import NAME_LIMIT
from tui_app.xtream.epg.short_epg import b64text, decoded_base64, programmes_from
from tui_app.xtream.epg.xmltv import XmltvStream
from tui_app.xtream.epg.xmltv_reader import salvaged
from tui_app.xtream.json_repair import decode_object, find_value, shortened
from tui_app.xtream.stream import split_rows

_PARTS = st.sampled_from((*CHARACTERS, *MIXTURES, *(unit for pair in OPENED for unit in pair)))
_SECRET = "hunter2x9"
#: Pieces of the syntax and of its breakage in any order, some of them many times over.
pieces = st.lists(st.tuples(_PARTS | st.text(max_size=5), st.integers(1, 40)), max_size=20).map(
    lambda found: "".join(part * count for part, count in found)
)
bodies = st.builds(lambda text, junk: text.encode("utf-8", "replace") + junk, pieces, st.binary(max_size=20))
_XML = ("<tv>", "</tv>", '<programme start="20260101120000 +0000" stop="20260101130000" channel="a">', "</programme>")
_XML_PARTS = (*_XML, "<title>", "</title>", "<desc/>", "<!DOCTYPE x [", "]>", '<!ENTITY a "&a;&a;">', "&a;", "&#xD800;")
guides = st.lists(st.sampled_from(_XML_PARTS) | pieces, max_size=12).map("".join)
Read = Callable[[bytes], object]


def is_displayable(text: str) -> bool:
    return not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text)


# ---------------------------------------------------------------------------------------------------------- texts
@examples(100)
@given(pieces)
def test_any_text_becomes_one_displayable_line(text: str) -> None:
    line = clean_line(text)
    assert is_displayable(line)
    assert is_normalized("NFC", line)
    assert line == " ".join(line.split()) and len(line) <= NAME_LIMIT
    assert all(is_displayable(one) for one in clean_paragraphs(text).split("\n"))


@examples(100)
@given(pieces)
def test_any_text_has_a_folded_form_and_a_title(text: str) -> None:
    folded = fold(text)
    assert folded == folded.strip()
    assert isinstance(sort_key(folded), str | bytes)
    assert isinstance(split_title(clean_line(text)).title, str)


@examples(100)
@given(pieces, pieces, st.sampled_from(["", " ", "/", "=", "&", '"']))
def test_no_text_around_a_secret_makes_it_shown(before: str, after: str, between: str) -> None:
    redacted = Redactor([_SECRET]).redact(f"{before}{between}{_SECRET}{between}{after}")
    assert _SECRET not in redacted


@examples(100)
@given(pieces)
def test_any_text_is_read_as_base64_or_as_it_is(text: str) -> None:
    assert decoded_base64(text) is None or isinstance(decoded_base64(text), str)
    assert isinstance(b64text(text), str | None)
    plain = text.encode("utf-8", "replace")
    decoded = decoded_base64(base64.b64encode(plain).decode())
    assert decoded is None or decoded in plain.decode()


@examples(100)
@given(pieces, st.booleans())
def test_any_text_of_a_programme_is_displayable(text: str, is_encoded: bool) -> None:
    said = base64.b64encode(text.encode("utf-8", "replace")).decode() if is_encoded else text
    row = {"title": said, "description": said, "start_timestamp": 1_700_000_000, "stop_timestamp": 1_700_003_600}
    for programme in programmes_from(json.dumps({"epg_listings": [row]}).encode()):
        assert is_displayable(programme.title)
        assert is_displayable((programme.description or "").replace("\n", ""))


# ----------------------------------------------------------------------------------------------------------- JSON
@examples(100)
@given(bodies)
def test_any_bytes_are_searched_for_json_without_an_exception(body: bytes) -> None:
    decoded = decode_object(body)
    assert decoded is None or isinstance(decoded, dict)
    found = find_value(body)
    assert found is None or json.dumps(found.value) is not None
    assert isinstance(shortened(body), bytes)


@examples(100)
@given(bodies, st.integers(1, 64))
def test_any_bytes_in_any_blocks_are_rows_or_our_own_error(body: bytes, size: int) -> None:
    try:
        rows = list(split_rows([body[at : at + size] for at in range(0, len(body), size)]))
    except PanelError:
        return
    assert all(decode_object(row) is not None for batch in rows for row in batch)


# ---------------------------------------------------------------------------------------------------------- XMLTV
@examples(100)
@given(guides, st.integers(1, 64))
def test_any_guide_in_any_blocks_is_programmes_or_our_own_error(text: str, size: int) -> None:
    body = text.encode("utf-8", "replace")
    try:
        stream = XmltvStream([body[at : at + size] for at in range(0, len(body), size)], lambda _channel: True)
        found = [row for rows in stream for row in rows]
    except BadAnswer:
        return
    assert all(is_displayable(row.title) for row in found)
    salvaged(text, lambda _channel: True)


# ----------------------------------------------------------------------------------------------------------- time
def _read_rows(body: bytes) -> object:
    try:
        return list(split_rows([body]))
    except PanelError as error:
        return error


def _read_guide(body: bytes) -> object:
    try:
        return list(XmltvStream([body], lambda _channel: True))
    except BadAnswer as error:
        return error


READERS: dict[str, Read] = {
    "cleaning": lambda body: clean_paragraphs(body.decode("utf-8", "replace")),
    "folding": lambda body: fold(body.decode("utf-8", "replace")),
    "redacting": lambda body: Redactor([_SECRET]).redact(body.decode("utf-8", "replace")),
    "base64": lambda body: b64text(body.decode("utf-8", "replace")),
    "JSON": find_value,
    "rows": _read_rows,
    "guide": _read_guide,
}


@pytest.mark.fcase(86)
@examples(3)
@given(guides.filter(bool))
def test_a_repeated_mixture_of_anything_is_read_in_linear_time(unit: str) -> None:
    body = unit.encode("utf-8", "replace")
    body = (body * (80_000 // len(body) + 1))[:80_000]
    for name, read in READERS.items():
        seconds, _ = least_time(lambda read=read: read(body), enough=0.01)  # type: ignore[misc]
        quarter, _ = least_time(lambda read=read: read(body[:20_000]), enough=0.001)  # type: ignore[misc]
        assert seconds < 0.01 or seconds < 8 * quarter + 0.01, (name, seconds, quarter)
