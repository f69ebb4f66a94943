"""Addresses: what is built is encoded, and only the host of one is for messages."""

from __future__ import annotations

import pytest

from tui_app.catalog import Kind
from tui_app.errors import UsageError
from tui_app.xtream.urls import api_url, breaks_stream_urls, host_of, stream_url

BASE = "http://panel.example:8080"


@pytest.mark.fcase(19)
def test_f19_credentials_are_percent_encoded_in_queries_and_a_slash_is_reported() -> None:
    url = api_url(BASE, "u v", "a+b#c/d%", "get_series", category_id="5&x")
    assert url == (
        f"{BASE}/player_api.php?username=u%20v&password=a%2Bb%23c%2Fd%25&action=get_series&category_id=5%26x"
    )
    assert breaks_stream_urls("u", "a+b#c/d%")
    assert not breaks_stream_urls("u", "a+b")


def test_the_login_address_has_no_action() -> None:
    assert api_url(BASE, "u", "p") == f"{BASE}/player_api.php?username=u&password=p"


@pytest.mark.fcase(29)
def test_f29_a_textual_id_and_odd_credentials_stand_encoded_in_a_stream_address() -> None:
    assert stream_url(BASE, "u", "p", Kind.CHANNEL, "abc-9f") == f"{BASE}/live/u/p/abc-9f.ts"
    assert stream_url(BASE, "a b", "c/d+e@~", Kind.CHANNEL, "1") == f"{BASE}/live/a%20b/c%2Fd%2Be@~/1.ts"


@pytest.mark.parametrize(
    ("formats", "end"), [(("m3u8", "ts"), "1.ts"), (("m3u8",), "1.m3u8"), (("rtmp",), "1"), ((), "1.ts")]
)
def test_channels_take_an_extension_the_account_allows(formats: tuple[str, ...], end: str) -> None:
    assert stream_url(BASE, "u", "p", Kind.CHANNEL, "1", formats=formats) == f"{BASE}/live/u/p/{end}"


@pytest.mark.parametrize(
    ("container", "end"), [("MKV", "MKV"), (".avi", "avi"), (None, "mp4"), ("", "mp4"), ("mp4?x=/../", "mp4")]
)
@pytest.mark.fcase(40)
def test_f40_containers_are_used_verbatim_or_replaced_by_the_first_candidate(container: str | None, end: str) -> None:
    assert stream_url(BASE, "u", "p", Kind.MOVIE, "7", container) == f"{BASE}/movie/u/p/7.{end}"
    assert stream_url(BASE, "u", "p", Kind.EPISODE, "9", container) == f"{BASE}/series/u/p/9.{end}"


def test_a_series_has_no_stream_address() -> None:
    with pytest.raises(UsageError):
        stream_url(BASE, "u", "p", Kind.SERIES, "7")


def test_only_host_and_port_of_an_address_are_for_messages() -> None:
    assert host_of("http://bob:pw@panel.example:8080/live/u/p/1.ts") == "panel.example:8080"
    assert host_of("http://[broken") == "the server"
