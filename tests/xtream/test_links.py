"""Pasted links: each form that providers send is understood, nonsense is refused, no login stays in the address."""

from __future__ import annotations

import time
from contextlib import suppress
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tui_app.errors import UsageError
from tui_app.xtream.links import PanelLink, parse_link

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
        ("2001:db8::1", "http://[2001:db8::1]"),
        (f"{BASE}\u200b", BASE),
        (f"\ufeff{BASE}\u200e/", BASE),
        ("http://pan\u00adel.example:8080", BASE),
        (f"{BASE}/hls/0a1b2c/12_3.ts", BASE),
        (f"{BASE}/play/T0KEN/ts", BASE),
        ("Please use panel.example:8080, today.", BASE),
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
    ["", "   ", "bob hunter2 ho st", "http://ho hunter2/", "http://", "ftp://host", "javascript://x",
     "http://host:99999", "http://host:0",
     "http://host:abc", "http://ho st/", "http://[::1", "///", "http://-/", "a b", "http://:80/", "http://h\x00st/"],
)  # fmt: skip
def test_nonsense_is_refused_with_a_hint_and_without_repeating_it(pasted: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_link(pasted)
    assert caught.value.hint
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


@examples(200)
@given(st.text(max_size=60))
def test_any_text_is_a_link_or_a_usage_error(text: str) -> None:
    try:
        link = parse_link(text)
    except UsageError:
        return
    assert link.base_url.startswith(("http://", "https://"))
    assert parse_link(link.base_url).base_url == link.base_url


U_P = "username=u&password=p"
FORMS = [
    f"{BASE}/playlist/u/p/m3u_plus",
    f"{BASE}/playlist/u/p/m3u_plus?output=hls",
    f"{BASE}/u/p/123.ts",
    f"{BASE}/u/p/123",
    f"{BASE}/u/p/abc-9f.ts",
    f"{BASE}/LIVE/u/p/123.m3u8",
    f"{BASE}/movie/u/p/7.mkv",
    f"{BASE}/series/u/p/7.mp4",
    f"{BASE}//live//u/p/1.ts",
    f"{BASE}/timeshift/u/p/60/2024-01-01:10-00/123.ts",
    f"{BASE}/streaming/timeshift.php?{U_P}&stream=1&start=2024-01-01:10-00",
    f"{BASE}/hls/u/p/123.m3u8",
    f"{BASE}/hlsr/T0KEN/u/p/123/1/seg.ts",
    f"{BASE}/epg/u/p",
    f"{BASE}/get.php?username=u&amp;password=p&amp;type=m3u_plus",
    f"{BASE}/get.php?{U_P}&type=m3u_plus&output=ts #MyTV",
    f"{BASE}/get.php?USERNAME=u&Password=p",
    f"{BASE}/get.php?username=%20u%20&password=p%E2%80%8B",
    f"{BASE}/get.php?username= u &password=p",
    f"{BASE}/live/%20u/p/1.ts",
    f"panel.example:8080/get.php?{U_P} enjoy",
    "HTTP://u:p@Panel.Example:8080/player_api.php",
    "u:p@panel.example:8080",
    f"Your m3u: {BASE}/get.php?{U_P}&type=m3u_plus enjoy",
    f"Your link ({BASE}/get.php?{U_P}), valid for a year.",
    f"m3u:{BASE}/get.php?{U_P}",
    f"“{BASE}/get.php?{U_P}”",
    f"`{BASE}/get.php?{U_P}`",
    f"'{BASE}/get.php?{U_P}'",
    f'<a href="{BASE}/get.php?username=u&amp;password=p">your list</a>',
    f"[list]({BASE}/get.php?{U_P})",
    f"Home page: http://shop.example\nYour list: {BASE}/get.php?{U_P}\n",
    f"Server: {BASE}\nUsername: u\nPassword: p\n",
    "Host: panel.example:8080  User: u  Pass: p",
]  # fmt: skip


@pytest.mark.fcase(91)
@pytest.mark.parametrize("pasted", FORMS)
def test_f91_each_form_of_a_link_gives_address_and_login(pasted: str) -> None:
    link = parse_link(pasted)
    assert (link.base_url, link.username, link.password) == (BASE, "u", "p")


@pytest.mark.fcase(91)
@pytest.mark.parametrize("form", ["/live/u/p/1.ts", "/u/p/1.ts", "/playlist/u/p/m3u_plus", f"/get.php?{U_P}"])
@pytest.mark.parametrize("host", ["https://[2001:db8::1]:8443", "http://h.example"])
def test_f91_the_prefix_before_a_login_stays(host: str, form: str) -> None:
    link = parse_link(f"{host}/iptv/sub{form}")
    assert (link.base_url, link.username, link.password) == (f"{host}/iptv/sub", "u", "p")


@pytest.mark.parametrize(
    ("pasted", "username", "password"),
    [
        (f"{BASE}/get.php?username=bob smith&password=p", "bob smith", "p"),
        (f"{BASE}/get.php?username=u&password=p#w&type=m3u_plus", "u", "p#w"),
        (f"{BASE}/get.php?username=u&password=p!)", "u", "p!)"),
        (f"{BASE}/live/b%40b/p%2Fw/1.ts", "b@b", "p/w"),
        ("http://b%40b:p%3Aw@panel.example:8080", "b@b", "p:w"),
        (f"{BASE}/live/live/live/1.ts", "live", "live"),
        (f"{BASE}/live/hunter2/1.ts", "live", "hunter2"),
        (f"{BASE}/bob/live/1.ts", "bob", "live"),
    ],
)
def test_odd_letters_of_a_login_come_out_as_they_are(pasted: str, username: str, password: str) -> None:
    link = parse_link(pasted)
    assert (link.base_url, link.username, link.password) == (BASE, username, password)


@pytest.mark.fcase(91)
@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/bob/hunter2", ""), ("/tv/bob/hunter2/x", "/tv"), ("/live/bob/hunter2", ""), ("/tv/hunter%32", "/tv"),
        ("/tv/b%6fb/hunter2", "/tv"), ("/tv/bobby/hunter22", "/tv/bobby/hunter22"), ("/bob", "/bob"),
    ],
)  # fmt: skip
def test_f91_a_login_given_beside_the_link_does_not_stay_in_its_path(path: str, left: str) -> None:
    link = parse_link(f"{BASE}{path}").completed("bob", "hunter2")
    assert link == PanelLink(f"{BASE}{left}", "bob", "hunter2")


def test_what_is_given_beside_the_link_counts_more() -> None:
    link = parse_link(f"{BASE}/get.php?{U_P}").completed("bob", None)
    assert (link.username, link.password) == ("bob", "p")


@pytest.mark.parametrize(
    "pasted",
    ["http://x/list.m3u", "https://x.example/tv/list.M3U8?raw=1", "/home/bob/list.m3u", "~/tv.m3u8", "list.m3u",
     "file:///tv/list.m3u", "C:\\tv\\list.m3u", "https://raw.githubusercontent.com/bob/tv/main/all",
     "#EXTM3U\n#EXTINF:-1,A",
     "https://iptv-org.github.io/iptv/index.m3u"],
)  # fmt: skip
def test_a_playlist_is_told_apart_from_a_panel(pasted: str) -> None:
    with pytest.raises(UsageError, match="This is a playlist, not a panel login") as caught:
        parse_link(pasted)
    assert "user name and password" in caught.value.hint


# ------------------------------------------------------------------------------------------------- any link at all
logins: st.SearchStrategy[str] = st.text("abzAZ09-_.~@:/?#&=+% !ü", min_size=1, max_size=8).map(str.strip)
logins = logins.filter(lambda text: text and not text.endswith("."))  # a full stop at the end is the sentence's
prefixes = st.sampled_from(["", "/tv", "/iptv/sub", "/live", "/c", "/1/2/3"])
marks = st.sampled_from(["live", "movie", "series", "LIVE", "vod", "hls"])
ends = st.sampled_from(["", "#top", " enjoy", " #MyTV", "\u200b", "  "])


def encoded(text: str) -> str:
    return quote(text, safe="")


@st.composite
def links(draw: st.DrawFn) -> tuple[str, str, str]:
    """A link in any form, with the login that is in it."""
    username, password, prefix = draw(logins), draw(logins), draw(prefixes)
    who = f"{encoded(username)}/{encoded(password)}"
    form = draw(
        st.sampled_from(
            [
                f"/{draw(marks)}/{who}/123.ts",
                f"/playlist/{who}/m3u_plus",
                f"/timeshift/{who}/60/2024-01-01:10-00/1.ts",
                f"/get.php?username={encoded(username)}&password={encoded(password)}&type=m3u_plus",
                f"/player_api.php?password={encoded(password)}&amp;username={encoded(username)}",
            ]
        )
    )
    return f"{draw(st.sampled_from(['http', 'HTTPS']))}://h.example{prefix}{form}{draw(ends)}", username, password


@examples(300)
@given(links())
def test_any_link_gives_its_login_and_an_address_without_it(given_link: tuple[str, str, str]) -> None:
    pasted, username, password = given_link
    link = parse_link(pasted)
    assert link.password == password
    assert link.username == username
    assert_clean(link)


@examples(300)
@given(st.lists(st.sampled_from("live u p 1 2.ts get.php x.m3u hls play tv %20".split()), max_size=8))
def test_any_path_is_a_stable_address_or_a_usage_error(segments: list[str]) -> None:
    try:
        link = parse_link(f"{BASE}/{'/'.join(segments)}").completed("u", "p")
    except UsageError:
        return
    assert_clean(link)


def assert_clean(link: PanelLink) -> None:
    """The address holds no segment that is the password, and is its own address."""
    assert link.password not in [unquote(segment) for segment in link.base_url.partition("://")[2].split("/")[1:]]
    assert "?" not in link.base_url and "@" not in link.base_url
    assert parse_link(link.base_url) == PanelLink(link.base_url)


@pytest.mark.parametrize("chunk", ["=", "username=", "http://", "&amp;", "a b ", "(", '"', "\u200b", "/live", "x.y "])
def test_a_bomb_of_text_is_read_at_once(chunk: str) -> None:
    before = time.process_time()
    with suppress(UsageError):
        parse_link(chunk * (1_000_000 // len(chunk)))
    assert time.process_time() - before < 1.0


@pytest.mark.fcase(86)
@pytest.mark.parametrize(
    "unit", ["\u0f71\u0f73", "\u0301\u0316", "a.", "/live/", "/a", "/play/", "/u/p/1.ts", "//", "@", ":"]
)
def test_a_pasted_text_of_any_kind_is_read_at_once(unit: str) -> None:
    text = "http://panel.example/" * (unit[0] == "/") + unit * 20_000

    def read() -> None:
        with suppress(UsageError):
            parse_link(text)

    seconds, _ = least_time(read)
    assert seconds < 0.05
