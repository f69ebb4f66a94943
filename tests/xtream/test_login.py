"""What comes back from a login, and what it means: F.1 of `tests/protocol.md`, by number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.panel_server import ScriptedPanel, answer, json_answer
from tests.xtream.conftest import PASSWORD, USERNAME
from tui_app.catalog import Account
from tui_app.errors import Denied, LoginRefused, NotAPanel, Overloaded, PanelError
from tui_app.xtream.client import PanelClient
from tui_app.xtream.login import account_from_answer, refusal_without_list

NOW = 1_700_000_000.0
Build = Callable[..., PanelClient]


def login(said: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Account:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return account_from_answer(status, headers or {}, body, NOW)


def refused(said: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        login(said, status, headers)
    return caught.value


@pytest.mark.fcase(1)
def test_f1_auth_zero_alone_is_bad_credentials() -> None:
    assert refused({"user_info": {"auth": 0}}).status == "bad_credentials"


@pytest.mark.fcase(2)
def test_f2_null_expiry_and_zero_connections_mean_no_limits() -> None:
    info = {"auth": "1", "status": "active", "exp_date": None, "max_connections": "0"}
    account = login({"user_info": info, "server_info": []})
    assert (account.status, account.expires, account.max_connections, account.timezone) == ("active", None, None, "UTC")
    assert account.warnings == ()


@pytest.mark.fcase(3)
def test_f3_an_expired_account_says_when() -> None:
    error = refused({"user_info": {"auth": 1, "status": "Expired", "exp_date": "1600000000"}})
    assert error.status == "expired"
    assert "2020-09-13" in str(error)


@pytest.mark.parametrize("word", ["Banned", "DISABLED"])
def test_known_bad_words_shut_out(word: str) -> None:
    assert refused({"user_info": {"auth": 1, "status": word}}).status == word.lower()


@pytest.mark.fcase(4)
def test_f4_text_dates_are_read_in_the_zone_of_the_server() -> None:
    user = {"auth": True, "active_cons": "N/A", "exp_date": "2031-05-01 12:00:00", "is_trial": ""}
    account = login({"user_info": user, "server_info": {"timezone": "Europe/Berlin"}})
    assert (account.active_connections, account.expires, account.is_trial) == (None, 1935396000, None)


@pytest.mark.fcase(5)
def test_f5_unknown_words_of_status_do_not_shut_out() -> None:
    account = login({"user_info": {"auth": 1, "status": "Aktiv"}})
    assert (account.status, account.status_label) == ("active", "Aktiv")


@pytest.mark.fcase(6)
def test_f6_without_auth_the_status_decides_and_a_warning_says_so() -> None:
    account = login({"user_info": {"username": "u", "status": "Active"}})
    assert account.status == "active"
    assert len(account.warnings) == 1
    assert refused({"user_info": {"username": "u", "password": "p"}}).status == "rejected"


@pytest.mark.parametrize(
    "said", [[], None, {}, "", b"", b"  ", {"user_info": []}, {"user_info": None}, {"status": ""}, {"error": ""}]
)
@pytest.mark.fcase(7)
def test_f7_nothing_is_an_ambiguous_refusal(said: Any) -> None:
    error = refused(said)
    assert error.status == "rejected"
    assert "user agent" in error.hint
    assert "API" in error.hint


@pytest.mark.fcase(8)
def test_f8_a_page_with_404_is_an_ambiguous_refusal() -> None:
    error = refused(b"<html><center>nginx</center></html>", 404, {"content-type": "text/html"})
    assert isinstance(error, Denied)
    assert (error.http_status, error.exit_code) == (404, 4)
    assert "user agent" in error.hint


@pytest.mark.fcase(9)
def test_f9_the_body_counts_and_not_its_content_type() -> None:
    assert login({"user_info": {"auth": 1}}, 200, {"content-type": "text/html"}).status == "active"


def test_a_valid_account_counts_and_not_its_status() -> None:
    assert login({"user_info": {"auth": 1, "status": "Active"}}, 401).status == "active"


@pytest.mark.parametrize("word", [b"Blocked", b"Forbidden\n", b"ACCESS DENIED"])
@pytest.mark.fcase(10)
def test_f10_words_of_blocking(word: bytes) -> None:
    assert refused(word).status == "blocked"


@pytest.mark.parametrize("word", [b"INVALID_CREDENTIALS", b"Unauthorized"])
def test_words_of_refusal(word: bytes) -> None:
    assert refused(word).status == "rejected"


def test_what_the_panel_says_is_a_sentence() -> None:
    assert refused({"error": "Your line has ended"}).message == "The panel says: Your line has ended."
    assert refused({"error": "Really?"}).message == "The panel says: Really?"


@pytest.mark.parametrize("body", [b"[,,,,", b"\xef\xbb\xbf\n[0,0,0", b'{"1":{', b"[[[["])
def test_broken_data_is_not_quoted_as_words_of_the_panel(body: bytes) -> None:
    refusal = refusal_without_list(body)
    assert refusal is not None and refusal.message == "The panel answered with something that is no list."


@pytest.mark.parametrize(("status", "headers"), [(403, {"cf-ray": "x"}), (200, {}), (503, {"cf-mitigated": "x"})])
@pytest.mark.fcase(11)
def test_f11_a_challenge_is_named(status: int, headers: dict[str, str]) -> None:
    error = refused(b"<html><title>Just a moment...</title></html>", status, headers)
    assert error.status == "challenge"
    assert "user agent" in error.hint


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"user_info":{"auth":1}}<!-- 0.02s -->',
        b'<br />\n<b>Warning</b>: Undefined index [x] {main} in /a.php<br />\n{"user_info":{"auth":1}}',
        b'login({"user_info":{"auth":1}});',
    ],
)
@pytest.mark.fcase(12, 13)
def test_f12_f13_junk_around_the_account_is_a_warning(body: bytes) -> None:
    account = login(body)
    assert account.status == "active"
    assert len(account.warnings) == 1


@pytest.mark.fcase(14)
async def test_f14_the_echoed_login_is_nowhere_in_the_account(client_for: Build) -> None:
    user = {"auth": 1, "username": USERNAME, "password": PASSWORD, "message": f"Hello {USERNAME}", "status": PASSWORD}
    async with (
        ScriptedPanel(lambda _request: json_answer({"user_info": user})) as panel,
        client_for(panel.url) as client,
    ):
        account = await client.login()
    assert USERNAME not in repr(account)
    assert "hunter2" not in repr(account)
    assert login({"user_info": {"auth": 1, "password": "S3cr&t", "username": 12345}}).status == "active"


@pytest.mark.fcase(15)
async def test_f15_the_server_s_own_address_is_ignored_and_its_zone_derived(client_for: Build) -> None:
    server = {
        "url": "http://10.0.0.5:80/",
        "https_port": "99999",
        "timezone": "Mars/Base",
        "timestamp_now": "1700000000",
        "time_now": "2023-11-15 00:13:20",
    }
    said = json_answer({"user_info": {"auth": 1}, "server_info": server})
    async with ScriptedPanel(lambda _request: said) as panel, client_for(panel.url) as client:
        account = await client.login()
        assert client.base_url == panel.url
    assert (account.timezone, account.clock_skew_s) == ("+02:00", 0)


@pytest.mark.parametrize(
    "shown", ["2023-11-14 22-13-20", "2023-11-14-22:13:20", "2023- 11-14 22:13:20", "2023-11-14 22:20:00"]
)
def test_other_layouts_of_the_server_s_clock_are_read_too(shown: str) -> None:
    server = {"timezone": "", "timestamp_now": 1_700_000_000, "time_now": shown}
    assert login({"user_info": {"auth": 1}, "server_info": server}).timezone == "+00:00"


@pytest.mark.parametrize("status", [401, 402, 403, 404, 451, 454, 458, 512, 513, 884])
@pytest.mark.fcase(16)
async def test_f16_refusing_statuses_are_denied_with_their_code_and_never_repeated(
    client_for: Build, status: int
) -> None:
    async with ScriptedPanel(lambda _request: answer(b"x", status)) as panel, client_for(panel.url) as client:
        with pytest.raises(Denied, match=str(status)) as caught:
            await client.login()
    assert (caught.value.http_status, caught.value.exit_code, len(panel.requests)) == (status, 4, 1)


@pytest.mark.parametrize("body", [b'{"user_info":{"auth":0}}', b"{}", b"Blocked", b"<html>login</html>"])
@pytest.mark.fcase(1, 7, 10)
async def test_a_refused_login_is_never_tried_again(client_for: Build, body: bytes) -> None:
    async with ScriptedPanel(lambda _request: answer(body)) as panel, client_for(panel.url) as client:
        with pytest.raises(PanelError):
            await client.login()
    assert len(panel.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503, 520])
async def test_an_overloaded_panel_is_no_refusal(client_for: Build, status: int) -> None:
    async with ScriptedPanel(lambda _request: answer(b"", status)) as panel, client_for(panel.url) as client:
        with pytest.raises(Overloaded) as caught:
            await client.login()
    assert caught.value.exit_code == 6


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Welcome to our shop</body></html>",
        b"hello there",
        b'{"name":"an api"}',
        b"[1,2,3]",
        b"\x00\x01\x02\xff",
    ],
)
def test_other_servers_are_no_panel(body: bytes) -> None:
    with pytest.raises(NotAPanel) as caught:
        login(body)
    assert caught.value.exit_code == 1


@pytest.mark.fcase(19)
async def test_f19_a_slash_in_the_password_is_warned_of(client_for: Build) -> None:
    said = json_answer({"user_info": {"auth": 1}})
    async with ScriptedPanel(lambda _request: said) as panel, client_for(panel.url) as client:
        account = await client.login()
    assert "password=hunter2%2Fsecret" in panel.requests[0].target
    assert any("slash" in warning for warning in account.warnings)


def test_a_past_end_with_an_active_account_is_a_warning() -> None:
    account = login({"user_info": {"auth": 1, "status": "Active", "exp_date": "1690000000"}})
    assert (account.status, account.expires) == ("active", 1690000000)
    assert "2023-07-22" in account.warnings[0]


def test_a_skewed_clock_is_measured() -> None:
    account = login({"user_info": {"auth": 1}, "server_info": {"timestamp_now": 1_700_000_300}})
    assert account.clock_skew_s == 300
    assert account.warnings


@pytest.mark.parametrize(
    ("said", "formats"),
    [(["m3u8", "TS", "rtmp"], ("m3u8", "ts", "rtmp")), ("ts", ("ts",)), ([], ("ts", "m3u8")), (None, ("ts", "m3u8"))],
)
def test_output_formats(said: Any, formats: tuple[str, ...]) -> None:
    assert login({"user_info": {"auth": 1, "allowed_output_formats": said}}).output_formats == formats


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
USER = "auth status exp_date is_trial active_cons max_connections created_at message allowed_output_formats".split()
SERVER = "url port timezone timestamp_now time_now".split()


@given(
    st.dictionaries(st.sampled_from(USER), json_values) | json_values,
    st.dictionaries(st.sampled_from(SERVER), json_values) | json_values,
)
def test_any_account_is_read_or_refused(user: Any, server: Any) -> None:
    try:
        account = login({"user_info": user, "server_info": server})
    except PanelError:
        return
    assert account.status == "active"


@given(st.binary(max_size=80), st.integers(100, 999))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    with pytest.raises(PanelError):
        login(body, status)
