"""Logins that fail in the ways of F.1 in `tests/protocol.md`: the sync ends at once, says why, and keeps the copy."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from tests.faults.conftest import PROFILE, Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import Fault, FaultPanel, Reply
from tui_app.catalog import Kind
from tui_app.events import SyncEvent
from tui_app.settings import ProfileStore


def says(value: object) -> Fault:
    return faults.instead(json.dumps(value).encode())


def challenge(_body: bytes) -> Reply:
    page = b"<html><title>Just a moment...</title></html>"
    return Reply(page, 403, "text/html", len(page), (("cf-ray", "77"),))


def elsewhere(_body: bytes) -> Reply:
    return Reply(b"", 302, declared=0, headers=(("Location", "http://other.invalid/?username=u&password=p"),))


#: What the panel says; the exit code; a word of the message; a word of the hint.
EXPIRED = {"user_info": {"auth": 1, "status": "Expired", "exp_date": "1600000000"}}
LOGINS: dict[str, tuple[Fault, int, str, str]] = {
    "F1": (says({"user_info": {"auth": 0}}), 4, "user name or password", "Check"),
    "F3": (says(EXPIRED), 4, "2020-09-13", "offline"),
    "F7 list": (says([]), 4, "without saying why", "user agent"),
    "F7 null": (says(None), 4, "without saying why", "API"),
    "F7 object": (says({}), 4, "without saying why", "login"),
    "F7 text": (says(""), 4, "without saying why", "user agent"),
    "F8": (faults.status(404, body=b"<html><center>nginx</center></html>"), 4, "404", "user agent"),
    "F10": (faults.instead(b"Blocked", "text/plain"), 4, "blocks", "user agent"),
    "F11": (challenge, 4, "browser", "user agent"),
    "F16 884": (faults.status(884, body=b"{}"), 4, "884", "login"),
    "F16 458": (faults.status(458, body=b"<html>"), 4, "458", "login"),
    "F16 513": (faults.status(513), 4, "513", "login"),
    "F17": (elsewhere, 1, "other.invalid", "server address"),
    "F18": (lambda body: faults.honest(body + b" " * (2 << 20)), 1, "larger than 1 MB", ""),
}


@pytest.mark.fcase(1, 3, 7, 8, 10, 11, 16, 17, 18)
@pytest.mark.parametrize("name", LOGINS)
async def test_a_failed_login_costs_nothing_and_is_tried_once(name: str, home: Home, panel: FaultPanel) -> None:
    await home.sync()
    before = home.content()
    panel.requests.clear()
    panel.faults["login"], code, word, advice = LOGINS[name]

    finished = await home.sync()

    assert (finished.status, finished.exit_code) == ("failed", code)
    assert word in finished.message
    assert "?" not in finished.message
    assert advice in finished.hint
    assert panel.requests == {"login": 1}
    assert home.content() == before
    home.assert_sound()


@pytest.mark.fcase(3)
async def test_the_copy_of_an_expired_account_is_browsed_offline(home: Home, panel: FaultPanel) -> None:
    await home.sync()
    panel.faults["login"] = says(EXPIRED)
    home.command_line.run("sync", PROFILE, expect=4)

    listed = home.command_line.json("list", "movies", "--limit", "1000")

    assert listed["total"] == len(home.names(Kind.MOVIE)) > 0


ACCOUNT = {"auth": 1, "status": "Active"}
WELL: dict[str, tuple[object, dict[str, object]]] = {
    "F2": (
        {"user_info": {"auth": "1", "status": "active", "exp_date": None, "max_connections": "0"}, "server_info": []},
        {"expires": None, "max_connections": None, "timezone": "UTC"},
    ),
    "F4": (
        {
            "user_info": {"auth": True, "active_cons": "N/A", "exp_date": "2031-05-01 12:00:00", "is_trial": ""},
            "server_info": {"timezone": "Europe/Berlin"},
        },
        {"expires": 1935396000, "timezone": "Europe/Berlin"},
    ),
    "F5": ({"user_info": {"auth": 1, "status": "Aktiv"}}, {"status": "active"}),
    "F6": ({"user_info": {"username": "u", "status": "Active"}}, {"status": "active"}),
}


@pytest.mark.fcase(2, 4, 5, 6)
@pytest.mark.parametrize("name", WELL)
async def test_an_odd_account_that_is_let_in_syncs(name: str, home: Home, panel: FaultPanel) -> None:
    said, wanted = WELL[name]
    panel.faults["login"] = says(said)

    finished = await home.sync()

    assert finished.status == "completed", finished.report
    account = ProfileStore(home.paths).get(PROFILE).account
    assert account is not None
    assert {field: getattr(account, field) for field in wanted} == wanted


DRESSED: dict[str, Fault] = {
    "F9": lambda body: Reply(body, content_type="text/html", declared=len(body)),
    "F12": lambda body: faults.honest(b"\xef\xbb\xbf" + body + b"<!-- 0.02s -->"),
    "F13": lambda body: faults.honest(b"<br /><b>Warning</b>: Undefined index x in /a.php<br />" + body),
}


@pytest.mark.fcase(9, 12, 13)
@pytest.mark.parametrize("name", DRESSED)
async def test_a_login_in_odd_clothes_is_a_login(name: str, home: Home, panel: FaultPanel) -> None:
    panel.faults["login"] = DRESSED[name]

    finished = await home.sync()

    assert (finished.status, finished.message) == ("completed", "")
    account = ProfileStore(home.paths).get(PROFILE).account
    assert account is not None
    assert account.status == "active"


@pytest.mark.fcase(14)
async def test_the_echo_of_the_login_is_nowhere(
    home: Home, panel: FaultPanel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"auth": 1, "password": home.password, "username": 12345, "message": f"Hello, {home.password}!"}
    panel.faults["login"] = says({"user_info": echo})
    events: list[SyncEvent] = []

    finished = await home.sync(emit=events.append)

    assert finished.status == "completed"
    assert home.password not in repr(events) + caplog.text
    holders = [file.name for file in home.folder.rglob("*") if _holds(file, home.password)]
    assert holders == ["secrets.toml"]


def _holds(file: Path, secret: str) -> bool:
    return file.is_file() and secret.encode() in file.read_bytes()


@pytest.mark.fcase(15)
async def test_what_the_server_says_of_its_own_address_changes_nothing(home: Home, panel: FaultPanel) -> None:
    server = {
        "url": "http://10.0.0.5:80/",
        "https_port": "99999",
        "timezone": "Mars/Base",
        "timestamp_now": "1700000000",
        "time_now": "2023-11-15 00:13:20",
    }
    panel.faults["login"] = says({"user_info": ACCOUNT, "server_info": server})

    assert (await home.sync()).status == "completed"

    profile = ProfileStore(home.paths).get(PROFILE)
    assert profile.url == panel.url
    assert profile.account is not None
    assert profile.account.timezone == "+02:00"
