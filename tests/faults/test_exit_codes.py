"""What a cron job sees of a faulty panel: the exit code, one line on stderr, one document on stdout, no secret."""

from __future__ import annotations

import pytest

from tests.faults.conftest import PROFILE, Home
from tests.support import fault_panel as faults
from tests.support.fault_panel import Fault, FaultPanel

LOGINS: dict[str, tuple[Fault, int, tuple[str, ...]]] = {
    "wrong login": (faults.instead(b'{"user_info":{"auth":0}}'), 4, ("login_refused",)),
    "expired": (faults.instead(b'{"user_info":{"auth":1,"status":"Expired"}}'), 4, ("login_refused",)),
    "blocked": (faults.instead(b"Blocked", "text/plain"), 4, ("login_refused",)),
    "401": (faults.status(401), 4, ("denied",)),
    "458": (faults.status(458), 4, ("denied",)),
    "884": (faults.status(884), 4, ("denied",)),
    "404 and a web page": (faults.status(404, body=faults.HTML), 4, ("denied",)),
    "a web page": (faults.html(), 1, ("not_a_panel",)),
    "503": (faults.status(503, retry_after="0"), 6, ("overloaded",)),
    "reset": (faults.reset_after(0.0), 6, ("unreachable",)),
}


@pytest.mark.parametrize("name", LOGINS)
def test_a_login_that_fails_ends_the_sync_with_its_code_and_no_other_request(
    name: str, home: Home, panel: FaultPanel
) -> None:
    panel.faults["login"], code, error_codes = LOGINS[name]

    ran = home.command_line.run("sync", PROFILE, "--json", expect=code)

    error = ran.document["error"]
    assert error["code"] in error_codes
    assert error["message"] and "\n" not in error["message"]
    assert ran.err.count("\n") == 1
    assert set(panel.requests) == {"login"}


def test_a_refused_login_is_not_tried_again(home: Home, panel: FaultPanel) -> None:
    panel.faults["login"] = faults.instead(b'{"user_info":{"auth":0}}')
    home.command_line.run("sync", PROFILE, expect=4)
    assert panel.requests["login"] == 1


def test_a_partial_sync_says_for_people_which_part_failed(home: Home, panel: FaultPanel) -> None:
    panel.faults["get_series"] = faults.html()

    ran = home.command_line.run("sync", PROFILE, expect=3)

    assert "series" in ran.out
    assert "partial" in ran.out
    assert ran.err.count("\n") == 1


def test_all_profiles_are_synced_though_one_fails(home: Home, panel: FaultPanel) -> None:
    line = home.command_line
    link = ("--url", "http://127.0.0.1:9/", "--username", "u", "--password-stdin", "--no-test")
    line.run("profile", "add", "dead", *link, stdin="pw-of-the-dead\n")

    ran = line.run("sync", "--all", "--json", expect=3)

    assert ran.document["status"] == "partial"
    assert {profile["profile"]: profile["status"] for profile in ran.document["profiles"]} == {
        PROFILE: "completed",
        "dead": "failed",
    }
