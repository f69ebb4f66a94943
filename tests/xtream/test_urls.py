"""Addresses: what people paste is understood, what is built is encoded, what is nonsense is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.catalog import Kind
from tui_app.errors import UsageError
from tui_app.xtream.urls import api_url, breaks_stream_urls, host_of, parse_link, stream_url

BASE = "http://panel.example:8080"


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("panel.example", "http://panel.example"),
        ("panel.example:8080", BASE),
        ("  HTTP://Panel.Example:8080/ \n", BASE),
        ("http://panel.example:8080/player_api.php", BASE),
        ("http://panel.example:8080/xmltv.php?x=1#top", BASE),
        ("https://host.example/Portal/a%20b/", "https://host.example/Portal/a%20b"),
        ("https://host.example/portal/get.php?x=1", "https://host.example/portal"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080"),
        ("http://bücher.example/", "http://bücher.example"),
        ("<http://panel.example:8080>", BASE),
    ],
)
def test_pasted_addresses_become_a_base(pasted: str, base: str) -> None:
    link = parse_link(pasted)
    assert (link.base_url, link.username, link.password) == (base, None, None)


def test_credentials_are_lifted_out_of_a_pasted_link_and_hidden_in_its_repr() -> None:
    link = parse_link(f"{BASE}/get.php?username=bob%40x&password=p%2Bw%20&type=m3u_plus")
    assert (link.base_url, link.username, link.password) == (BASE, "bob@x", "p+w")
    assert "bob" not in repr(link)
    assert "p+w" not in repr(link)


def test_a_pasted_stream_link_gives_base_and_credentials() -> None:
    link = parse_link(f"{BASE}/sub/live/bob/s%23cret/12.ts")
    assert (link.base_url, link.username, link.password) == (f"{BASE}/sub", "bob", "s#cret")


@pytest.mark.parametrize(
    "pasted",
    ["", "   ", "http://", "ftp://host", "javascript://x", "http://bob:hunter2@host/", "http://host:99999", "http://host:0",
     "http://host:abc", "http://ho st/", "http://[::1", "///", "http://-/", "a b", "http://:80/", "http://h\x00st/"],
)  # fmt: skip
def test_nonsense_is_refused_with_a_hint_and_without_repeating_it(pasted: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_link(pasted)
    assert caught.value.hint
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


@given(st.text(max_size=60))
def test_any_text_is_a_link_or_a_usage_error(text: str) -> None:
    try:
        link = parse_link(text)
    except UsageError:
        return
    assert link.base_url.startswith(("http://", "https://"))
    assert parse_link(link.base_url).base_url == link.base_url


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
