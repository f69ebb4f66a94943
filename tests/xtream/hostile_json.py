"""Strategies for what a panel may send: any JSON, rows with the fields we know, and bytes that are nearly JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import strategies as st

_TEXTS: Final = [
    *("", " ", "0", "1", "N/A", "null", "1530461599", "2016-05-01", "22/05/2024 10:00:00", "7,5", "7.2/10", "1e999"),
    *("http://x/y z", "//h/x", "/images/a.png", "data:x", "S01E02", "Season 4", "01:30:00", "102 min", "TmV3cw=="),
    *("Late Show", "News (1999) [4K]", "##### A #####", "\x1b]0;x\x07", "a\0b\nc", "caf\ufffd", "٣", "²", "1_0"),
    *("\ud83d", "\udc00\ud800", "\u202eabc", "&amp;lt;", "[1", '["a",1]', "9" * 400, "mp4", ".MKV", "a,b , c"),
]
_NUMBERS: Final = [0, -1, 1, 2**31, 2**53, 2**63, -(2**63), 2**64, 10**30, 0.5, -0.0, 1e308, float("inf"), float("nan")]

scalars = (
    st.none() | st.booleans() | st.sampled_from(_NUMBERS) | st.integers() | st.floats() | st.sampled_from(_TEXTS)
    | st.text(max_size=12)
)  # fmt: skip
any_json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)

ROW_KEYS: Final = (
    "stream_id series_id id name title num stream_type category_id category_ids stream_icon cover cover_big "
    "movie_image epg_channel_id added is_adult tv_archive tv_archive_duration direct_source year rating "
    "rating_5based tmdb tmdb_id container_extension trailer youtube_trailer plot description overview cast actors "
    "director genre releaseDate release_date releasedate duration duration_secs episode_run_time episode_runtime "
    "runtime last_modified unknown"
).split()
OTHER_KEYS: Final = (
    "user_info server_info auth status exp_date is_trial active_cons max_connections created_at message error "
    "allowed_output_formats url port https_port timezone timestamp_now time_now info movie_data seasons episodes "
    "season season_number episode_num air_date video audio subtitles codec_name width bitrate country age "
    "epg_listings listings start end stop start_timestamp stop_timestamp has_archive category_name parent_id 0 1 2 "
    "username password backdrop_path"
).split()

rows = st.dictionaries(st.sampled_from(ROW_KEYS), any_json, max_size=12)
#: Objects and lists of the fields panels use, in any place and order.
panel_trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ROW_KEYS, *OTHER_KEYS]), inner, max_size=7)
    ),
    max_leaves=20,
)

_PIECES: Final = [
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b":",
        b'"',
        b"\\",
        b"\\u",
        b"\\ud83d",
        b"null",
        b"true",
        b"NaN",
        b"-Infinity",
        b"1e999",
    ),
    *(b'{"stream_id":1,"name":"a"}', b'{"series_id":"2"}', b'{"num":3,"stream_id":4}', b'{"category_id":"5"}'),
    *(b'"stream_id":', b'"name":', b'"num":', b'"user_info":{"auth":1}', b'"message":"no"', b'"0":', b"[[", b"]]"),
    *(
        b"\xef\xbb\xbf",
        b"\xe9",
        b"\xff\xfe",
        b"\0",
        b"\x01",
        b"\n",
        b"    ",
        b"<br />\n<b>Warning</b>: x[1] ",
        b"<!-- 1s -->",
    ),
    *(
        b"cb(",
        b");",
        b"<html>",
        b"12",
        b"-",
        b"0",
        b'"x"',
        b"{}",
        b"[]",
        b'"epg_listings":',
        b'"episodes":',
        b'"info":',
    ),
]
#: Bytes that look like an answer and mostly are none.
nearly_json = st.lists(st.sampled_from(_PIECES), max_size=30).map(b"".join)


def written(value: Any, *, ascii_only: bool = True, indent: int | None = None) -> bytes:
    """As a panel would write it; half surrogates as bytes where letters stay as they are."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    return text.encode("utf-8", "surrogatepass")


bodies = (
    st.builds(lambda value, plain: written(value, ascii_only=plain), panel_trees, st.booleans())
    | st.lists(rows | panel_trees, max_size=8).map(written)
    | nearly_json
    | st.binary(max_size=100)
)
