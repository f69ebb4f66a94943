"""Lists as panels send, wrap and break them: the same rows however the bytes arrive, one broken row costs one row."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tui_app.errors import BadAnswer, LoginRefused, Overloaded, PanelError, UnsupportedAction
from tui_app.xtream.stream import ListVerdict, RowStream, split_rows


def read(body: bytes, block_size: int = 1 << 18) -> tuple[list[bytes], ListVerdict]:
    stream = RowStream([body], block_size=block_size)
    rows = [row for batch in stream for row in batch]
    return rows, stream.verdict


def values(body: bytes) -> list[Any]:
    return [json.loads(row, strict=False) for row in read(body)[0]]


def channels(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"num": n, "name": f"Channel {n}", "stream_id": n, "category_ids": [1, 2], **more} for n in range(count)]


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("first_key", ["num", "stream_id"])
def test_a_sound_array_gives_every_row_and_is_complete(indent: int | None, first_key: str) -> None:
    wanted = [{first_key: row[first_key], **row} for row in channels(5000)]
    body = json.dumps(wanted, indent=indent).encode()
    rows, verdict = read(body)
    assert [json.loads(row) for row in rows] == wanted
    assert verdict == ListVerdict(complete=True, sound=True, shape="array", rows=5000)


def test_rows_with_lists_of_objects_inside_are_not_cut_in_the_middle() -> None:
    wanted = channels(3000, backdrops=[{"num": 1, "u": "x"}, {"num": 2, "u": '},{"num":'}])
    assert values(compact(wanted)) == wanted


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'""', b" [ ] \n", b"false", b"\xef\xbb\xbf[]"])
def test_nothing_is_an_empty_complete_list(body: bytes) -> None:
    rows, verdict = read(body)
    assert rows == []
    assert verdict.complete
    assert not verdict.truncated


@pytest.mark.fcase(21)
def test_f21_an_object_of_rows_gives_them_in_order() -> None:
    body = b'{"0":{"category_id":"1","category_name":"A"},"2":{"category_id":"2","category_name":"B"}}'
    rows, verdict = read(body)
    assert [json.loads(row)["category_name"] for row in rows] == ["A", "B"]
    assert (verdict.complete, verdict.shape) == (True, "object")


def test_a_large_object_of_rows_with_a_null_slot_first() -> None:
    body = compact({"0": None} | {str(row["num"] + 1): row for row in channels(3000)})
    rows, verdict = read(body, block_size=4096)
    assert len(rows) == 3000
    assert (verdict.skipped, verdict.complete) == (1, True)


@pytest.mark.parametrize("block_size", range(1, 40))
def test_a_long_key_at_the_end_of_a_block_is_not_broken(block_size: int) -> None:
    rows, verdict = read(b'{"0":{"stream_id":1},"epg_channel_id_of_a_row":{"stream_id":2},"1":null}', block_size)
    assert len(rows) == 2
    assert (verdict.complete, verdict.skipped) == (True, 1)


def test_a_lone_row_is_a_list_of_one() -> None:
    rows, verdict = read(b'{"stream_id":5,"name":"x"}')
    assert len(rows) == 1
    assert (verdict.shape, verdict.complete) == ("single", True)


@pytest.mark.fcase(22)
def test_f22_the_account_in_place_of_a_list_means_unsupported() -> None:
    with pytest.raises(UnsupportedAction):
        read(b'{"user_info":{"auth":1,"username":"bob"},"server_info":{"url":"x"}}')


def test_an_account_that_is_no_longer_authorised_is_a_refused_login() -> None:
    with pytest.raises(LoginRefused):
        read(b'{"user_info":{"auth":0}}')


@pytest.mark.fcase(27)
def test_f27_members_that_are_no_rows_are_counted() -> None:
    rows, verdict = read(b'[{"stream_id":"10","name":"A"},null,"x",{"name":"no id"},{"stream_id":11,"name":""}]')
    assert len(rows) == 3
    assert (verdict.skipped, verdict.complete, verdict.salvaged) == (2, True, False)


@pytest.mark.fcase(43)
def test_f43_a_body_cut_inside_a_row_gives_the_whole_rows_and_is_truncated() -> None:
    wanted = channels(8001)
    rows, verdict = read(compact(wanted)[:-20])
    assert len(rows) == 8000
    assert (verdict.complete, verdict.truncated, verdict.salvaged) == (False, True, False)


@pytest.mark.fcase(46)
def test_f46_an_invalid_byte_makes_the_list_lossy_and_costs_no_row() -> None:
    rows, verdict = read(compact(channels(2000)).replace(b'Channel 7"', b'caf\xe9"'))
    assert len(rows) == 2000
    assert (verdict.lossy, verdict.complete) == (True, True)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"message":"too many requests"}', Overloaded),
        (b'{"error":"no such action"}', BadAnswer),
        (b'{"status":"error"}', BadAnswer),
        (b"Blocked", BadAnswer),
        (b"", BadAnswer),
        (b"   \n", BadAnswer),
        (b'<!DOCTYPE html><html><script>var a=[{"a":1}]</script></html>', BadAnswer),
        (b"12", BadAnswer),
        (b'{"a":1,"b":2}', BadAnswer),
        (b"[not json", BadAnswer),
    ],
)
@pytest.mark.fcase(51)
def test_f51_words_in_place_of_a_list_are_an_error(body: bytes, error: type[PanelError]) -> None:
    with pytest.raises(error):
        read(body)


@pytest.mark.fcase(52)
def test_f52_nested_lists_are_flattened_one_level() -> None:
    rows, verdict = read(b'[[{"stream_id":1},{"stream_id":2}],[{"stream_id":3},[{"stream_id":9}]],{"stream_id":4}]')
    assert [json.loads(row)["stream_id"] for row in rows] == [1, 2, 3, 4]
    assert (verdict.skipped, verdict.shape, verdict.complete) == (1, "nested", True)


@pytest.mark.fcase(54)
def test_f54_duplicate_keys_stay_one_row() -> None:
    assert len(read(b'[{"stream_id":1,"stream_id":2}]')[0]) == 1


def test_junk_around_a_list_is_dropped_and_the_list_salvaged() -> None:
    warning = b"<br />\n<b>Warning</b>: Undefined index [function.x] in <b>/a.php</b> on line [3]<br />\n"
    rows, verdict = read(warning + compact(channels(3)) + b"<!-- 0.02s -->")
    assert len(rows) == 3
    assert (verdict.salvaged, verdict.complete, verdict.truncated) == (True, False, False)
    assert verdict.sound, "the array itself is whole"


def test_junk_around_a_broken_or_cut_list_leaves_nothing_sound() -> None:
    warning = b"<b>Warning</b>: Undefined index<br />\n"
    whole = compact(channels(3))
    for body in (whole[:-1], whole.replace(b"},{", b"},oops,{", 1), b'lost"},' + whole[1:]):
        assert not read(warning + body)[1].sound


def test_a_byte_order_mark_and_padding_are_no_junk() -> None:
    rows, verdict = read(b"\xef\xbb\xbf \r\n" + compact(channels(3)) + b"\r\n\0\0")
    assert len(rows) == 3
    assert verdict.complete


BREAKS: list[Callable[[bytes], bytes]] = [
    lambda row: row.replace(b'"Channel', b'"a "quoted" Channel'),
    lambda row: row.replace(b"[1,2]", b"[1,2"),
    lambda row: row.replace(b'"stream_id":', b'"stream_id"'),
    lambda row: row.replace(b"[1,2]", b"[" * 100_000 + b"]" * 100_000),
    lambda row: row.replace(b"[1,2]", b"tru"),
    lambda row: row.replace(b"[1,2]", b"01"),
    lambda row: row[:-1],
]


@pytest.mark.parametrize("where", [0, 1, 700, 1999])
@pytest.mark.parametrize("spoil", BREAKS)
def test_one_broken_row_costs_that_row(spoil: Callable[[bytes], bytes], where: int) -> None:
    rows = [compact(row) for row in channels(2000)]
    rows[where] = spoil(rows[where])
    found, verdict = read(b"[" + b",".join(rows) + b"]")
    assert found == rows[:where] + rows[where + 1 :]
    assert not verdict.complete
    if where < 1999:  # damage at the very end looks like a body cut short
        assert (verdict.skipped, verdict.salvaged, verdict.truncated) == (1, True, False)


@pytest.mark.parametrize("odd", [b"NaN", b"Infinity", b"1e999", b'"a\x01b"', b'"\\ud83d"', b"9" * 5000, b'"\xe9"'])
def test_rows_that_strict_decoders_refuse_are_rows(odd: bytes) -> None:
    rows = [compact(row) for row in channels(2000)]
    rows[900] = rows[900].replace(b"[1,2]", odd)
    found, verdict = read(b"[" + b",".join(rows) + b"]")
    assert found == rows
    assert (verdict.skipped, verdict.complete) == (0, True)


def test_a_missing_comma_costs_nothing_but_trust() -> None:
    rows, verdict = read(b'[{"stream_id":1}{"stream_id":2},,{"stream_id":3},]')
    assert len(rows) == 3
    assert verdict.salvaged


def test_a_bomb_of_brackets_in_place_of_the_list_is_an_error_not_a_crash() -> None:
    with pytest.raises(BadAnswer):
        read(b"[" * 500_000)


def test_bodies_beyond_the_caps_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.xtream.stream.MAX_ROWS", 100)
    with pytest.raises(BadAnswer, match="100 items"):
        read(compact(channels(101)))
    monkeypatch.setattr("tui_app.xtream.stream.MAX_BYTES", 1 << 20)
    with pytest.raises(BadAnswer, match="1 MB"):
        list(split_rows([b'[{"stream_id":1,"name":"', b"a" * (1 << 20), b"a"]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
row_values = st.fixed_dictionaries({"num": st.integers(0, 9)}, optional={"stream_id": json_values, "x": json_values})
bodies = st.builds(
    lambda members, indent, ascii_only: json.dumps(members, indent=indent, ensure_ascii=ascii_only).encode(
        errors="surrogatepass"
    ),
    st.lists(row_values | json_values, max_size=8)
    | st.dictionaries(st.text("0123", max_size=3), row_values, max_size=6),
    st.none() | st.just(1),
    st.booleans(),
)
damage = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([b"", b'"', b"}", b"{", b",", b"]", b"\xe9", b"x"])), max_size=2
)


def outcome(body: bytes, block_size: int) -> object:
    try:
        return read(body, block_size)
    except PanelError as error:
        return type(error), str(error)


@examples(400)
@given(bodies, damage, st.integers(1, 60))
def test_how_the_bytes_are_cut_changes_nothing(body: bytes, spots: list[tuple[int, bytes]], block_size: int) -> None:
    for at, put in spots:
        body = body[:at] + put + body[at + 1 :]
    assert outcome(body, block_size) == outcome(body, 1 << 18)


@examples(200)
@given(st.lists(row_values, max_size=30), st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_sound_lists_come_out_as_they_went_in(wanted: list[dict[str, Any]], sizes: list[int]) -> None:
    body = json.dumps(wanted).encode()
    blocks: list[bytes] = []
    while body:
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(body[:size])
        body = body[size:]
    stream = split_rows(blocks)
    found = [row for batch in stream for row in batch]
    assert [json.dumps(json.loads(row)) for row in found] == [json.dumps(row) for row in wanted]
    assert stream.verdict.complete


@examples(300)
@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_one_of_our_errors(body: bytes) -> None:
    try:
        rows, verdict = read(body)
    except PanelError:
        return
    assert verdict.rows == len(rows)


# --------------------------------------------------------------------------------------- blanks, junk, endless strings
MB = 1 << 20
ENDLESS = {
    "blanks behind a brace": b"{" + b" " * MB + b"}",
    "blanks behind a key": b'{"1":{"stream_id":1},"2"' + b" " * MB + b"}",
    "blanks behind a colon": b'{"1":{"stream_id":1},"2":' + b"\n" * MB + b"}",
    "blanks in a row": b'[{"stream_id":1},{"stream_id":' + b" " * MB + b"}]",
    "blanks before the list": b"\t" * MB + b"[]",
    "blanks in the list": b"[" + b" " * MB + b"]",
    "commas": b"[" + b"," * MB + b"]",
    "zeros": b"[" + b"0," * (MB // 2) + b"0]",
    "empty lists": b"[" + b"[]," * (MB // 3) + b"[]]",
    "open lists": b"[" * MB,
    "broken rows": b"[" + b'{"stream_id":1,"name":"a" x},' * (MB // 29) + b"{}]",
    "quotes": b'[{"stream_id":1,"name":"' + b'A"' * (MB // 2),
    "an open string": b'[{"stream_id":1,"name":"' + b"A" * MB,
    "a long key": b'{"' + b"A" * MB + b'":{}}',
}


def answer(body: bytes, block_size: int = 1 << 17) -> list[bytes]:
    try:
        return read(body, block_size)[0]
    except PanelError:
        return []


@pytest.mark.fcase(87)
@pytest.mark.parametrize("name", ENDLESS)
def test_a_list_that_is_padded_without_end_is_given_up_early(name: str) -> None:
    body = ENDLESS[name]
    took, rows = least_time(lambda: answer(body))
    assert took < 0.25, f"{took:.3f} s for {len(body) >> 10} kB"
    assert len(rows) <= 2
    assert answer(body, 1 << 14) == rows


@pytest.mark.fcase(87)
def test_more_blanks_than_a_list_has_end_it_and_what_came_before_is_kept() -> None:
    rows, verdict = read(b'{"1":{"stream_id":1},"2"' + b" " * (2 * MB) + b':{"stream_id":2}}')
    assert rows == [b'{"stream_id":1}']
    assert (verdict.complete, verdict.truncated) == (False, True)
    assert len(read(b"[" + b'{"stream_id":1},' + b" " * 60_000 + b'{"stream_id":2}]')[0]) == 2


@pytest.mark.fcase(87)
def test_nothing_behind_endless_blanks_is_read() -> None:
    given: list[int] = []

    def blocks() -> Iterator[bytes]:
        yield b'[{"stream_id":1},'
        for number in range(1_000):
            given.append(number)
            yield b" " * (1 << 17)

    stream = split_rows(blocks())
    assert [row for batch in stream for row in batch] == [b'{"stream_id":1}']
    assert len(given) < 4


@pytest.mark.fcase(87)
@pytest.mark.parametrize("filling", ["A", "\u00e9", "\\u00e9", "\\n", '\\"', "\\\\"])
@pytest.mark.parametrize("block_size", [1 << 12, 1 << 17, 1 << 19])
def test_an_overlong_string_is_cut_and_costs_no_row(filling: str, block_size: int) -> None:
    long = (filling * (3 * MB // len(filling))).encode()
    body = b'[{"stream_id":1,"name":"a"},{"stream_id":2,"plot":"x' + long + b'","name":"b"},{"stream_id":3,"name":"c"}]'
    rows, verdict = read(body, block_size)
    assert [json.loads(row)["name"] for row in rows] == ["a", "b", "c"]
    assert (256 << 10) - 8 < len(rows[1]) < (256 << 10) + 64
    assert verdict.complete and not verdict.lossy and not verdict.skipped
    assert rows == read(body, 1 << 17)[0]


@pytest.mark.fcase(87)
def test_strings_up_to_the_limit_are_left_alone() -> None:
    row = {"stream_id": 1, "name": "n" * (256 << 10)}
    assert values(compact([row, row])) == [row, row]
    assert len(values(compact([{"stream_id": 1, "name": "n" * ((256 << 10) + 1)}]))[0]["name"]) == 256 << 10


@pytest.mark.fcase(87)
def test_a_string_of_ten_megabytes_takes_little_memory() -> None:
    def blocks() -> Iterator[bytes]:
        yield b'[{"stream_id":1,"name":"'
        yield from (b"A" * (1 << 17) for _ in range(80))
        yield b'"},{"stream_id":2}]'

    tracemalloc.start()
    try:
        assert sum(map(len, split_rows(blocks()))) == 2
        assert tracemalloc.get_traced_memory()[1] < 8 * MB
    finally:
        tracemalloc.stop()
