"""Adding, listing, choosing, testing and removing profiles, as scripts do it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import PASSWORD, USERNAME, add_profile
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.servers import dead_address, web_page
from tui_app.demo import DemoPanel


def link(panel: DemoPanel) -> str:
    """What a provider sends in its welcome mail."""
    return f"{panel.url}/get.php?username={USERNAME}&password={PASSWORD}&type=m3u_plus&output=ts"


def test_a_pasted_link_becomes_the_current_profile(cli: Cli, panel: DemoPanel) -> None:
    answer = cli("profile", "add", "home", "--url", link(panel))
    assert "xtream-tui sync home" in answer.out
    assert PASSWORD not in answer.out + answer.err
    listed = cli.json("profile", "list")
    assert listed["current"] == "home"
    (row,) = listed["profiles"]
    assert (row["name"], row["url"], row["username"], row["status"]) == ("home", panel.url, USERNAME, "active")
    assert row["last_sync"] is None
    assert set(row) == {"name", "url", "username", "status", "expires", "last_sync"}


def test_the_document_of_add_is_that_of_test(cli: Cli, panel: DemoPanel) -> None:
    added = cli.json("profile", "add", "home", "--url", link(panel))
    assert added["status"] == "active"
    assert {"name", "status", "expires", "max_connections", "message"} == set(added)
    assert cli.json("profile", "test", "home") == added
    assert "login successful" in cli("profile", "test").out


def test_only_the_secrets_file_holds_the_password(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    holding = [path for path in cli.home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert holding == [cli.paths.secrets_file]
    assert stat.S_IMODE(cli.paths.secrets_file.stat().st_mode) == 0o600


def test_a_password_command_is_run_and_nothing_else_is_kept(cli: Cli, panel: DemoPanel) -> None:
    cli("profile", "add", "home", "--url", panel.url, "--username", USERNAME, "--password-command", f"echo {PASSWORD}")
    assert not cli.paths.secrets_file.exists()
    assert cli.json("profile", "test")["status"] == "active"


def test_a_second_profile_does_not_become_current_until_it_is_chosen(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel, "home")
    add_profile(cli, panel, "second")
    assert cli.json("profile", "list")["current"] == "home"
    assert cli.json("profile", "use", "SECOND") == {"current": "second"}
    assert cli.json("profile", "list")["current"] == "second"
    assert cli.json("--profile", "home", "stats")["profile"] == "home"
    assert cli.json("stats", "--profile", "home")["profile"] == "home"
    assert cli.json("--profile", "second", "stats", "--profile", "home")["profile"] == "home"


def test_a_wrong_password_is_code_4_and_keeps_nothing(cli: Cli, panel: DemoPanel) -> None:
    arguments = ("profile", "add", "home", "--url", panel.url, "--username", USERNAME, "--password-stdin")
    answer = cli(*arguments, "--json", stdin="wrong-password\n", expect=4)
    assert answer.document["error"]["code"] == "login_refused"
    assert answer.document["name"] == "home"
    assert "wrong-password" not in answer.out + answer.err
    assert len(answer.err.splitlines()) == 1
    assert cli.json("profile", "list")["profiles"] == []
    assert not cli.paths.secrets_file.exists()


def test_a_dead_server_is_code_6_and_keeps_nothing(cli: Cli) -> None:
    arguments = ("profile", "add", "home", "--url", dead_address(), "--username", "u", "--password-stdin")
    answer = cli(*arguments, stdin="p4ssw0rd\n", expect=6)
    assert len(answer.err.splitlines()) == 1
    assert cli.json("profile", "list")["profiles"] == []


def test_a_web_page_is_code_1_and_keeps_nothing(cli: Cli) -> None:
    with web_page() as url:
        arguments = ("profile", "add", "home", "--url", url, "--username", "u", "--password-stdin", "--json")
        document = cli(*arguments, stdin="p4ssw0rd\n", expect=1).document
    assert document["error"]["code"] == "not_a_panel"
    assert cli.json("profile", "list")["profiles"] == []


def test_no_test_keeps_a_profile_of_a_dead_server_and_testing_it_is_code_6(cli: Cli) -> None:
    url = f"{dead_address()}/get.php?username=u&password=p4ssw0rd"
    assert cli.json("profile", "add", "home", "--url", url, "--no-test")["status"] == "untested"
    document = cli.json("profile", "test", expect=6)
    assert document["error"]["code"] == "unreachable"
    assert document["max_connections"] is None


@pytest.mark.parametrize(
    "more",
    [("--url", "http://a b/"), ("--url", "ftp://host/"), ("--url", "host:8080"), ("--url", "host", "--username", "u")],
    ids=["blank", "ftp", "no user", "no password"],
)
def test_what_is_missing_or_wrong_is_usage(cli: Cli, more: tuple[str, ...]) -> None:
    assert len(cli("profile", "add", "home", *more, expect=2).err.splitlines()) == 1


def test_a_name_is_taken_once_in_any_case(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel, "Home")
    assert "already" in cli("profile", "add", "home", "--url", link(panel), expect=2).err


def test_an_unknown_profile_is_named_with_those_there_are(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    for arguments in (("profile", "use", "hme"), ("profile", "test", "hme"), ("stats", "--profile", "hme")):
        answer = cli(*arguments, expect=2)
        assert "hme" in answer.err
        assert "home" in answer.err


def test_removing_asks_and_takes_everything(synced: Cli) -> None:
    assert "--yes" in synced("profile", "remove", "home", expect=2).err
    assert synced.json("profile", "list")["profiles"]
    synced("profile", "remove", "home", "--yes")
    assert synced.json("profile", "list") == {"current": None, "profiles": []}
    left = [path for path in synced.home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert left == []
    assert list(synced.paths.data.glob("library-*")) == []


def test_a_broken_profiles_file_is_named_and_left_alone(cli: Cli) -> None:
    cli.paths.ensure()
    cli.paths.profiles_file.write_text("[profiles\n")
    answer = cli("profile", "list", expect=1)
    assert "profiles.toml" in answer.err
    assert cli.paths.profiles_file.read_text() == "[profiles\n"


def test_the_password_is_in_no_process_argument_list(tmp_path: Path, panel: DemoPanel) -> None:
    line = CommandLine(tmp_path)
    line.add_profile("home", panel.url, USERNAME, PASSWORD)
    assert line.json("profile", "test")["status"] == "active"


@pytest.mark.fcase(91)
@pytest.mark.parametrize("path", ["/playlist/{}/{}/m3u_plus?output=hls", "/{}/{}/123.ts", "/live/{}/{}/7", "/{}/{}"])
def test_f91_a_login_in_a_path_is_never_stored_as_an_address(cli: Cli, panel: DemoPanel, path: str) -> None:
    pasted = f"Your list: {panel.url}{path.format(USERNAME, PASSWORD)} enjoy"
    more = ("--username", USERNAME, "--password-stdin") if path == "/{}/{}" else ()
    cli("profile", "add", "home", "--url", pasted, *more, stdin=f"{PASSWORD}\n")
    assert cli.json("profile", "list")["profiles"][0]["url"] == panel.url
    assert PASSWORD not in cli.paths.profiles_file.read_text()


def test_a_login_in_the_path_of_a_new_address_is_found_by_the_stored_password(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    cli("profile", "set", "home", "--url", f"{panel.url}/{USERNAME}/{PASSWORD}", "--no-test")
    assert cli.json("profile", "list")["profiles"][0]["url"] == panel.url


@pytest.mark.parametrize("command", ["add", "set"])
def test_a_link_from_standard_input_is_on_no_command_line(cli: Cli, panel: DemoPanel, command: str) -> None:
    if command == "set":
        cli("profile", "add", "home", "--url", f"{dead_address()}/get.php?username=a&password=b", "--no-test")
    mail = f"Dear customer,\r\nyour list: {link(panel)}\r\nEnjoy!\r\n"
    answer = cli("profile", command, "home", "--url", "-", stdin=mail)
    assert "login successful" in answer.out
    assert answer.err == ""
    assert cli.json("profile", "test")["status"] == "active"


@pytest.mark.parametrize("command", ["add", "set"])
def test_a_password_on_the_command_line_is_warned_of_once(cli: Cli, panel: DemoPanel, command: str) -> None:
    if command == "set":
        add_profile(cli, panel)
    answer = cli("profile", command, "home", "--url", link(panel), "--json")
    assert answer.document["status"] == "active"
    assert answer.err.count("--url -") == 1
    assert PASSWORD not in answer.err


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("--url", "-", "--password-stdin"), "x\n", "both read standard input"),
        (("--url", "-"), "  \n", "Standard input has no link"),
        (("--url", "one.example", "--url", "two.example"), "", "more than once"),
        (("--url", "/home/bob/list.m3u"), "", "This is a playlist, not a panel login"),
        (("--url", "-"), "#EXTM3U\n#EXTINF:-1,One\nhttp://one.example/1.ts\n", "This is a playlist"),
    ],
)
@pytest.mark.parametrize("command", ["add", "set"])
def test_links_that_cannot_be_used_are_refused(
    cli: Cli, panel: DemoPanel, command: str, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    if command == "set":
        add_profile(cli, panel)
    answer = cli("profile", command, "home", *arguments, stdin=stdin, expect=2)
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
