"""Any JSON and any bytes: nothing but our own errors leaves, no secret with them, and cuts change nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.xtream.conftest import FakeTime
from tests.xtream.hostile_json import ROW_KEYS, any_json, bodies, nearly_json, panel_trees, rows, written
from tui_app.catalog import LISTED_KINDS, Account, Details, Kind
from tui_app.errors import PanelError, XtreamTuiError
from tui_app.xtream import coerce, fields
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.session import ClientOptions
from tui_app.xtream.json_repair import decode_object
from tui_app.xtream.rows import RowContext, decode_row, row_from, row_identity
from tui_app.xtream.stream import ListVerdict, RowStream, split_rows

CONTEXT = RowContext("http://panel.example/sub", ZoneInfo("Asia/Kolkata"))
USERNAME, PASSWORD = "anna.of.the.panel", "Xq9-never/shown&77"


# ------------------------------------------------------------------------------------------------------ coercion
@examples(300)
@given(any_json, any_json, st.text(max_size=12))
def test_no_value_makes_a_coercion_raise(value: Any, other: Any, name: str) -> None:
    first = coerce.first_of((value, other))
    assert first is None or first in ([value, other] if first == first else [first])
    identity = coerce.id_(value)
    if identity is not None:
        sent = coerce.wire_id(value, identity)
        assert sent is None or coerce.id_(sent) == identity
    for key in ("message", "error", "user_info", "x"):
        said = coerce.message_of({key: value})
        assert said is None or isinstance(said, str)
        assert coerce.is_account({key: value}) == (key == "user_info")
    for length in (fields.seconds(value), fields.minutes(value), fields.length(value)):
        assert length is None or 0 < length <= 7 * 86_400
    number, extension = fields.positive(value), fields.container(value)
    assert number is None or number > 0
    assert extension is None or (extension.isalnum() and len(extension) <= 8)
    assert fields.is_adult(value, name) in (True, False, None)
    assert fields.year_in_name(name) is None or isinstance(fields.year_in_name(name), int)


# ---------------------------------------------------------------------------------------------------------- rows
literals = st.sampled_from(
    '1 "1" 1.0 1e2 1E+2 -0 -0.0 0.1 1e400 -1e400 18446744073709551616 123456789012345678901234567890 true null '
    '"" " 7 " "\\u0031" "\\ud83d" "\\ud83d\\ude00" "a\\/b" "\\u0000" "caf\u00e9" [] {} [1,"2"] {"a":null} "7,5" '
    '"1530461599" 1530461599000 "N/A" "2016-05-01" [[1]] "5,6"'.split()
)
raw_rows = st.lists(st.tuples(st.sampled_from(ROW_KEYS), literals), max_size=8).map(
    lambda pairs: "{" + ",".join(f'"{key}":{value}' for key, value in pairs) + "}"
)
blanks = st.text(" \t\r\n", max_size=3)


@examples(500)
@given(raw_rows, st.sampled_from(LISTED_KINDS), blanks, st.sampled_from([b"", b"\xe9", b"\x01", b"\xed\xa0\xbd", b"x"]))
def test_written_in_any_way_both_ways_of_reading_a_row_agree(sent: str, kind: Kind, blank: str, spoil: bytes) -> None:
    raw = sent.replace(",", f"{blank},{blank}").encode()
    raw = raw.replace(b'""', b'"' + spoil + b'"')
    decoded = decode_object(raw)
    slow = None if decoded is None else row_from(kind, decoded, CONTEXT)
    assert repr(decode_row(kind, raw, CONTEXT)) == repr(slow)
    assert row_identity(kind, raw, CONTEXT) == (None if slow is None else slow.id)


@examples(300)
@given(rows, st.sampled_from(LISTED_KINDS))
def test_a_row_binds_to_sqlite_and_prints(values: dict[str, Any], kind: Kind) -> None:
    row = decode_row(kind, written(values), CONTEXT)
    if row is not None:
        for value in asdict(row).values():
            assert value is None or isinstance(value, str | int | float | bool | tuple)
            assert not isinstance(value, int) or abs(value) < 2**63
            assert not isinstance(value, float) or value == value
            if isinstance(value, str):
                assert "\0" not in value.encode().decode()


# -------------------------------------------------------------------------------------------------------- streams
def outcome(blocks: Sequence[bytes], block_size: int) -> tuple[list[bytes], ListVerdict] | tuple[type, str]:
    """All that a list gives: its rows and verdict, or the error."""
    stream = RowStream(blocks, block_size=block_size)
    try:
        found = [row for batch in stream for row in batch]
    except PanelError as error:
        return type(error), str(error)
    return found, stream.verdict


def cut(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    blocks: list[bytes] = []
    while body:
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(body[:size])
        body = body[size:]
    return blocks


lists = st.lists(rows | panel_trees, max_size=12).map(written) | st.dictionaries(
    st.sampled_from(["0", "1", "7", "x"]), rows
).map(written)


@examples(300)
@given(lists | nearly_json | bodies, st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(1, 70))
def test_however_a_list_is_cut_it_gives_the_same_rows_and_verdict(
    body: bytes, sizes: list[int], block_size: int
) -> None:
    whole = outcome([body], 1 << 18)
    assert outcome(cut(body, sizes), 1 << 18) == whole
    assert outcome(cut(body, sizes), block_size) == whole


@examples(300)
@given(
    st.lists(
        st.fixed_dictionaries({"num": st.integers(0, 9), "stream_id": st.integers(1, 99)}), min_size=1, max_size=9
    ),
    st.binary(max_size=3),
    st.integers(0, 2_000),
    st.integers(0, 5),
    st.integers(1, 70),
)
def test_a_damaged_list_gives_rows_of_the_sound_one_or_broken_ones_and_is_never_complete_when_cut(
    wanted: list[dict[str, int]], junk: bytes, place: int, gone: int, block_size: int
) -> None:
    sound = json.dumps(wanted, separators=(",", ":")).encode()
    at = place % len(sound)
    spoilt = sound[:at] + junk + sound[at + gone :]
    assert outcome([spoilt], block_size) == outcome([spoilt], 1 << 18)
    shortened = outcome([sound[:at]], block_size)
    if isinstance(shortened[1], ListVerdict):
        assert not shortened[1].complete
        assert [json.loads(row) for row in shortened[0]] == wanted[: len(shortened[0])]


@examples(200)
@given(bodies)
def test_what_is_yielded_as_a_row_is_an_object_that_decodes(body: bytes) -> None:
    try:
        found = [row for batch in split_rows([body]) for row in batch]
    except PanelError:
        return
    for row in found:
        assert decode_object(row) is not None


# ------------------------------------------------------------------------------------------------- whole answers
def spiced(body: bytes, spice: int) -> bytes:
    """The answer with the login in some of its texts, as panels echo it."""
    password = json.dumps(PASSWORD).encode()
    return body.replace(b'""', password).replace(b'"x"', json.dumps(USERNAME).encode()) if spice else body


def answering(body: bytes, status: int, headers: dict[str, str]) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, stream=httpx.ByteStream(body)))


async def ask_all(transport: httpx.MockTransport) -> list[object]:
    """Every question the client can ask; what came of each: the answer, or what the error says."""

    said: list[object] = []
    time = FakeTime()
    client = PanelClient(
        "http://panel.example",
        USERNAME,
        PASSWORD,
        ClientOptions(sleep=time.sleep, clock=time.clock),
        transport=transport,
    )
    questions: list[Callable[[], Awaitable[object]]] = [
        client.login,
        lambda: client.fetch_categories(Kind.MOVIE),
        lambda: client.fetch_movie_details("7"),
        lambda: client.fetch_series_details("7", list_row_name="Show"),
        lambda: client.fetch_short_guide("7"),
    ]
    async with client:
        for question in questions:
            try:
                said.append(await question())
            except XtreamTuiError as error:
                assert error.__cause__ is None
                said.append((type(error).__name__, str(error), error.hint))
    return said


@pytest.mark.fcase(14)
@examples(150)
@given(bodies, st.sampled_from([200, 200, 200, 204, 301, 403, 404, 429, 500, 884]), st.integers(0, 1))
def test_any_answer_to_any_question_is_taken_or_refused_without_a_secret(body: bytes, status: int, spice: int) -> None:
    said = asyncio.run(ask_all(answering(spiced(body, spice), status, {})))
    assert len(said) == 5
    assert isinstance(said[0], Account | tuple)
    assert isinstance(said[2], Details | tuple)
    assert "never/shown" not in repr(said)
    assert "never\\/shown" not in repr(said)
    repr(said).encode()


@examples(100)
@given(panel_trees, panel_trees)
def test_details_and_guides_of_any_shape_can_be_stored(info: Any, whole: Any) -> None:
    for value in ({"info": info, "episodes": whole, "seasons": whole, "epg_listings": whole}, whole):
        for answer in asyncio.run(ask_all(answering(written(value), 200, {})))[2:]:
            text = repr(answer)
            assert text.encode().decode() == text, "half of a surrogate pair can't be stored"
