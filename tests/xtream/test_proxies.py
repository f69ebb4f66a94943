"""Proxies in the environment: gone through when they work, named by their variable when they don't."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.certificates import self_signed
from tests.support.command_line import CommandLine
from tests.support.examples import examples
from tests.support.panel_server import ScriptedPanel, json_answer
from tests.support.proxy_servers import ProxyServer
from tests.support.servers import dead_address
from tui_app.errors import PanelError, ProxyError
from tui_app.xtream.client import PanelClient
from tui_app.xtream.http.proxies import ProxyTable, Variable, parse_proxy, with_exception
from tui_app.xtream.http.transport import PanelTransport

LOGIN = {"user_info": {"auth": 1, "status": "Active", "exp_date": None}, "server_info": {"timezone": "UTC"}}
Build = Callable[..., PanelClient]

pytestmark = pytest.mark.fcase(92)


def through(**environ: str) -> PanelTransport:
    return PanelTransport(verify_tls=True, proxies=ProxyTable(environ))


def panel_of_one() -> ScriptedPanel:
    return ScriptedPanel(lambda request: json_answer(LOGIN))


# ------------------------------------------------------------------------------------------------ those that work
@pytest.mark.parametrize("login", ["", "me:p%40ss"])
@pytest.mark.parametrize(
    ("kind", "scheme"),
    [("http", "http"), ("socks5", "socks5"), ("socks5", "socks"), ("socks5", "socks5h"), ("socks4", "socks4")],
)
async def test_a_login_goes_through_the_proxy(client_for: Build, kind: str, scheme: str, login: str) -> None:
    async with ProxyServer(kind, login.replace("%40", "@")) as proxy, panel_of_one() as panel:
        value = f"{scheme}://{login + '@' if login else ''}127.0.0.1:{proxy.port}/"
        async with client_for(panel.url, transport=through(all_proxy=value)) as client:
            assert (await client.login()).status == "active"
        assert proxy.carried == [panel.url.removeprefix("http://")]


async def test_names_are_left_to_proxies_that_look_them_up(client_for: Build) -> None:
    for kind in ("socks5", "socks4a"):
        async with ProxyServer(kind) as proxy, panel_of_one() as panel:
            url = panel.url.replace("127.0.0.1", "localhost")
            async with client_for(url, transport=through(http_proxy=proxy.url)) as client:
                await client.login()
            assert proxy.carried == [url.removeprefix("http://")]


async def test_a_proxy_without_a_scheme_is_an_http_proxy(client_for: Build) -> None:
    async with ProxyServer() as proxy, panel_of_one() as panel:
        async with client_for(panel.url, transport=through(HTTP_PROXY=f" 127.0.0.1:{proxy.port}\n")) as client:
            await client.login()
        assert len(proxy.carried) == 1


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_https_is_tunnelled(client_for: Build, kind: str, tmp_path: Path) -> None:
    panel = ScriptedPanel(lambda request: json_answer(LOGIN), tls=self_signed(tmp_path))
    async with ProxyServer(kind) as proxy, panel:
        transport = PanelTransport(verify_tls=False, proxies=ProxyTable({"https_proxy": proxy.url}))
        async with client_for(panel.url, transport=transport) as client:
            assert (await client.login()).status == "active"
        assert proxy.carried == [panel.url.removeprefix("https://")]


@pytest.mark.parametrize("login", ["", "me:p%40ss"])
async def test_a_proxy_may_itself_be_spoken_to_over_https(
    client_for: Build, login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = ProxyServer(login=login.replace("%40", "@"), tls=self_signed(tmp_path))
    async with proxy, panel_of_one() as panel:
        url = f"https://{login + '@' if login else ''}127.0.0.1:{proxy.port}"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.pem"))
        async with client_for(panel.url, transport=through(http_proxy=url)) as client:
            assert (await client.login()).status == "active"
        assert proxy.carried == [panel.url.removeprefix("http://")]


async def test_the_certificate_of_an_https_proxy_is_checked(client_for: Build, tmp_path: Path) -> None:
    async with ProxyServer(tls=self_signed(tmp_path)) as proxy, panel_of_one() as panel:
        async with client_for(panel.url, transport=through(HTTP_PROXY=proxy.url)) as client:
            with pytest.raises(ProxyError, match="certificate of the proxy in HTTP_PROXY"):
                await client.login()
        assert proxy.carried == []


async def test_exceptions_go_directly(client_for: Build) -> None:
    async with panel_of_one() as panel:
        transport = through(http_proxy="http://127.0.0.1:1", no_proxy="example.com, 127.0.0.0/8")
        async with client_for(panel.url, transport=transport) as client:
            assert (await client.login()).status == "active"


# ------------------------------------------------------------------------------------------- those that do not
@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:99999", "port"),
        ("http_proxy", "http://127.0.0.1:0", "port"),
        ("HTTP_PROXY", "http://127.0.0.1:x", "port"),
        ("ALL_PROXY", "://x", "kind of proxy"),
        ("HTTP_PROXY", "file:///etc/passwd", "kind of proxy"),
        ("HTTP_PROXY", "pac+http://wpad/wpad.dat", "kind of proxy"),
        ("all_proxy", "socks6://127.0.0.1:1", "socks6"),
        ("HTTP_PROXY", "http://[::1", "no address"),
        ("HTTP_PROXY", "http://", "no host"),
        ("HTTP_PROXY", "http://me:hunter2 x@127.0.0.1:1", "blanks"),
        ("HTTP_PROXY", "http://127.0.0.1:1\nX: hunter2", "blanks"),
        ("HTTP_PROXY", "http://hunter2\x1b[31m@h:1", "blanks"),
        ("HTTP_PROXY", "http://" + "a" * 70 + ".x:1", "no host"),
    ],
)
async def test_a_malformed_variable_is_named_and_never_its_value(
    client_for: Build, variable: str, value: str, says: str
) -> None:
    async with client_for("http://127.0.0.1:9", transport=through(**{variable: value})) as client:
        with pytest.raises(ProxyError, match=f"^{variable} .*{says}") as caught:
            await client.login()
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks4"])
async def test_a_dead_proxy_is_told_apart_from_a_dead_panel(client_for: Build, scheme: str) -> None:
    port = dead_address().rpartition(":")[2]
    async with panel_of_one() as panel:
        transport = through(http_proxy=f"{scheme}://me:hunter2@127.0.0.1:{port}")
        async with client_for(panel.url, transport=transport) as client:
            with pytest.raises(ProxyError, match=f"http_proxy .*127.0.0.1:{port}.* can't be reached") as caught:
                await client.login()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("login", ["", "me:wrong@"])
async def test_a_proxy_that_wants_a_login_says_so(client_for: Build, kind: str, login: str) -> None:
    async with ProxyServer(kind, "me:right") as proxy, panel_of_one() as panel:
        transport = through(all_proxy=f"{kind}://{login}127.0.0.1:{proxy.port}")
        async with client_for(panel.url, transport=transport) as client:
            with pytest.raises(ProxyError, match="user name and password"):
                await client.login()
        assert not panel.requests
        async with client_for(panel.url.replace("http:", "https:"), transport=transport) as client:
            with pytest.raises(ProxyError, match=r"all_proxy .*user name and password"):
                await client.login()


@pytest.mark.parametrize("kind", ["http", "socks5", "socks4"])
async def test_a_panel_that_the_proxy_cannot_reach_is_told(client_for: Build, kind: str) -> None:
    async with ProxyServer(kind) as proxy:
        url = dead_address()
        for scheme in ("http", "https") if kind == "http" else ("http",):
            async with client_for(url.replace("http", scheme), transport=through(all_proxy=proxy.url)) as client:
                with pytest.raises(PanelError) as caught:
                    await client.login()
            assert "all_proxy" in f"{caught.value} {getattr(caught.value, 'hint', '')}"
            assert getattr(caught.value, "exit_code", 0) == 6


@pytest.mark.parametrize("kind", ["http", "socks5", "socks4"])
@pytest.mark.parametrize("says", [b"", b"SSH-2.0-x\r\n", b"\x05\x07\xff\xff", bytes(64), b"HTTP/1.1 403 No\r\n\r\n"])
async def test_a_proxy_that_makes_no_sense_is_one_sentence(client_for: Build, kind: str, says: bytes) -> None:
    async with ProxyServer(kind, says=says) as proxy:
        for scheme in ("http", "https"):
            async with client_for(f"{scheme}://127.0.0.1:9", transport=through(all_proxy=proxy.url)) as client:
                with pytest.raises(PanelError) as caught:
                    await client.login()
            assert "all_proxy" in f"{caught.value} {getattr(caught.value, 'hint', '')}"


def test_the_command_names_the_variable(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.run("profile", "add", "x", "--url", "http://127.0.0.1:9/get.php?username=u&password=secret-77", "--no-test")
    for variable, value in (("ALL_PROXY", "socks4://127.0.0.1:1"), ("HTTP_PROXY", "http://127.0.0.1:99999")):
        line.extra_environment = {variable: value}
        answer = line.run("profile", "test", "x", expect=6)
        assert not answer.out
        assert variable in answer.err and answer.err.count("\n") == 1
        found = line.run("doctor", expect=0 if variable == "ALL_PROXY" else 1)
        assert re.search(rf"proxy .*{variable}", found.out)


# ------------------------------------------------------------------------------------------------- which one
@pytest.mark.parametrize(
    ("environ", "url", "variable"),
    [
        ({"http_proxy": "http://a:1", "HTTP_PROXY": "http://b:1"}, "http://panel", "http_proxy"),
        ({"http_proxy": "", "HTTP_PROXY": "http://b:1"}, "http://panel", None),
        ({"http_proxy": " \n", "all_proxy": "http://b:1"}, "http://panel", "all_proxy"),
        ({"HTTPS_PROXY": "socks5://b:1"}, "http://panel", None),
        ({"HTTPS_PROXY": "socks5://b:1"}, "https://panel", "HTTPS_PROXY"),
        ({"ALL_PROXY": "http://b", "https_proxy": "http://c"}, "https://panel", "https_proxy"),
        ({"HTTP_PROXY": "http://b:1", "REQUEST_METHOD": "GET"}, "http://panel", None),
    ],
)
def test_which_variable_decides(environ: dict[str, str], url: str, variable: str | None) -> None:
    proxy = ProxyTable(environ).for_url(url)
    assert (proxy and proxy.variable) == variable


@pytest.mark.parametrize(
    ("exceptions", "covered", "others"),
    [
        ("[::1]", "http://[::1]:8080", "http://127.0.0.1"),
        ("::1", "http://[0:0:0:0:0:0:0:1]", "http://[::2]"),
        ("[::1]:80", "http://[::1]", "http://[::1]:81"),
        ("localhost,fe80::/10", "http://[fe80::1]", "http://[fc00::1]"),
        ("[fe80::]/10", "http://[fe80::9]:1", "http://fe80.example"),
        ("10.0.0.0/8", "http://10.200.1.1", "http://11.0.0.1"),
        ("127.0.0.1/8", "http://127.9.9.9", "http://128.0.0.1"),
        (" a.example ; B.example.", "http://x.b.EXAMPLE:99", "http://xb.example"),
        (".example.com", "http://tv.example.com", "http://example.org"),
        ("*.example.com", "http://tv.example.com", "http://badexample.com"),
        ("panel:8080", "http://panel:8080", "http://panel"),
        ("http://panel/", "http://panel", "http://other"),
        ("*", "http://anything", None),
        ("x, *", "https://[::1]", None),
        ("[", None, "http://panel"),
        ("999.1.1.1/99,]:[,/,:,::/x", None, "http://panel"),
    ],
)
def test_exceptions(exceptions: str, covered: str | None, others: str | None) -> None:
    for url, expected in ((covered, False), (others, True)):
        if url is not None:
            found = ProxyTable({"ALL_PROXY": "http://p:1", "No_Proxy": exceptions}).for_url(url)
            assert (found is not None) is expected


def test_an_exception_is_added_to_those_there() -> None:
    assert with_exception({}, "h") == "h"
    assert with_exception({"NO_PROXY": "a"}, "h") == "a,h"


# ------------------------------------------------------------------------------------------------------ any value
VALUES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "http://", "socks5://", "SOCKS://", "https:", "//", "x://"]),
        st.sampled_from(["", "u:p@", "u@", ":@", "%00:%ff@", "é:ü@"]),
        st.one_of(st.text(max_size=20), st.sampled_from(["127.0.0.1", "[::1]", "[::1", "münchen.example", "xn--x"])),
        st.sampled_from(["", ":1", ":0", ":99999", ":x", ":-1", "/", ":1/?#", ":١"]),
    ),
)


@examples(300)
@given(VALUES)
def test_any_value_is_a_proxy_or_one_sentence(value: str) -> None:
    try:
        proxy = parse_proxy(Variable("HTTP_PROXY", value))
    except ProxyError as error:
        assert error.message.startswith("HTTP_PROXY ")
    else:
        assert 0 < proxy.port < 65_536 and proxy.host.isascii()
        assert httpx.URL(proxy.address.replace("socks", "http")).raw_host


@examples(300)
@given(st.text(alphabet="[]:/.*,%0123456789abfx \n\u00e9", max_size=40))
def test_any_exceptions_can_be_read(exceptions: str) -> None:
    table = ProxyTable({"no_proxy": exceptions})
    for host in ("panel.example", "127.0.0.1", "::1", "fe80::1%eth0"):
        assert table.is_excepted(host, 80) in (True, False)
