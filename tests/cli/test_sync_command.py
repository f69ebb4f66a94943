"""`sync`: its report, several profiles, exit codes, being stopped, and the engine the app drives."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import PASSWORD, USERNAME, add_profile
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.reports import as_document
from tests.support.servers import dead_address, silent_server, web_page
from tui_app.demo import DemoPanel
from tui_app.events import SyncFinished, SyncStarted, from_line
from tui_app.sync.lock import SyncLock

PART_KEYS = {"status", "total", "added", "changed", "removed", "unchanged", "held_back"}


@pytest.fixture
def own_panel() -> Iterator[DemoPanel]:
    """A panel this test may change."""
    with DemoPanel(channels=10, movies=20, series=5, username=USERNAME, password=PASSWORD) as running:
        yield running


def keep_untested(cli: Cli, url: str, name: str = "home") -> None:
    """A profile at an address nobody logged in at."""
    cli("profile", "add", name, "--url", url, "--username", "u", "--password-stdin", "--no-test", stdin="p4ssw0rd\n")


def test_the_report_has_the_contracts_shape(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    report = cli.json("sync")
    assert (report["profile"], report["mode"], report["status"]) == ("home", "incremental", "completed")
    assert set(report) >= {
        "duration_s",
        "categories",
        "rows_written",
        "positions_written",
        "bytes_downloaded",
        "errors",
    }
    for part, total in (("channels", 10), ("movies", 20), ("series", 5)):
        assert set(report[part]) >= PART_KEYS
        assert (report[part]["total"], report[part]["added"]) == (total, total)
    again = cli.json("sync", "--full")
    assert (again["mode"], again["movies"]["unchanged"], again["movies"]["added"]) == ("full", 20, 0)
    assert cli.json("sync")["rows_written"] == 0


def test_only_some_kinds(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    cli("sync", "--only", "movies")
    stats = cli.json("stats")
    assert (stats["channels"], stats["movies"], stats["series"]) == (0, 20, 0)


def test_a_log_gets_plain_lines(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    lines = cli("sync").out.splitlines()
    assert lines[0] == "home: incremental sync"
    assert lines[-1] == "home: completed"
    assert any(line.strip().startswith("movies: 20 items, +20") for line in lines)
    assert not any("\r" in line or "\x1b" in line for line in lines)


def test_settings_that_can_not_be_read_are_named_as_no_hook_was_run(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    cli.paths.settings_file.write_text("[hooks]\nafter_snyc = 'x'\n")
    done = cli("sync", "--only", "channels", "--json")
    assert "No hook was run. " in done.err and "after_sync, new_episode, held_back" in done.err
    cli.paths.settings_file.unlink()
    assert "hook" not in cli("sync", "--only", "channels").err


def test_adding_with_sync_syncs(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel, "home", "--sync")
    assert cli.json("stats")["movies"] == 20


def test_several_profiles_give_one_document(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel, "one")
    add_profile(cli, own_panel, "two")
    for arguments in (("one", "two"), ("--all",)):
        document = cli.json("sync", *arguments)
        assert document["status"] == "completed"
        assert [report["profile"] for report in document["profiles"]] == ["one", "two"]


def test_one_failure_among_several_is_partial_and_all_are_failed(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel, "good")
    keep_untested(cli, dead_address(), "dead")
    document = cli.json("sync", "--all", expect=3)
    assert document["status"] == "partial"
    assert [report["status"] for report in document["profiles"]] == ["completed", "failed"]
    keep_untested(cli, dead_address(), "gone")
    assert cli.json("sync", "dead", "gone", expect=6)["status"] == "failed"


def test_a_mistake_in_one_profiles_settings_does_not_hold_up_the_others(cli: Cli, own_panel: DemoPanel) -> None:
    for name in ("one", "bad", "two"):
        add_profile(cli, own_panel, name)
    settings = cli.paths.profiles_file
    broken = settings.read_text().replace("[profiles.bad]\n", "[profiles.bad]\nconnect_timeout_s = -1\n")
    settings.write_text(broken)
    answer = cli("sync", "--all", "--json", expect=3)
    reports = answer.document["profiles"]
    assert [report["status"] for report in reports] == ["completed", "failed", "completed"]
    assert "connect_timeout_s" in reports[1]["error"]["message"] and "connect_timeout_s" in answer.err
    assert settings.read_text() == broken
    assert cli.json("sync", "bad", expect=1)["error"]["code"] == "settings"


def test_a_password_that_can_not_be_had_does_not_hold_up_the_others(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel, "one")
    add_profile(cli, own_panel, "two")
    cli("profile", "set", "one", "--password-command", "exit 3", "--no-test")
    document = cli.json("sync", "--all", expect=3)
    assert [report["status"] for report in document["profiles"]] == ["failed", "completed"]
    assert document["profiles"][0]["error"]["code"] == "secret"


def test_names_and_all_exclude_each_other(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    cli("sync", "home", "--all", expect=2)
    cli("sync", "hme", expect=2)


# ------------------------------------------------------------------------------------------ exit codes
def test_an_unreachable_panel_is_code_6(cli: Cli) -> None:
    keep_untested(cli, dead_address())
    document = cli.json("sync", expect=6)
    assert (document["error"]["code"], document["status"]) == ("unreachable", "failed")


def test_a_web_page_is_code_1(cli: Cli) -> None:
    with web_page() as url:
        keep_untested(cli, url)
        assert cli.json("sync", expect=1)["error"]["code"] == "not_a_panel"


def test_a_refused_login_is_code_4_and_one_line(cli: Cli, own_panel: DemoPanel) -> None:
    keep_untested(cli, own_panel.url)
    answer = cli("sync", expect=4)
    assert len(answer.err.splitlines()) == 1
    assert "p4ssw0rd" not in answer.out + answer.err


def test_a_busy_library_is_said_to_hold_what_it_holds(synced: Cli) -> None:
    total = synced.json("list", "movies", "--limit", "1")["total"]
    with SyncLock(synced.paths.sync_lock("home"), "home"):
        report = synced.json("sync", expect=5)
    assert (report["status"], report["movies"]["status"], report["movies"]["total"]) == ("failed", "failed", total)


def test_a_held_profile_is_code_5(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    with SyncLock(cli.paths.sync_lock("home"), "home"):
        assert cli.json("sync", expect=5)["error"]["code"] == "busy"
        assert cli.json("cache", "clear", "--yes", expect=5)["error"]["code"] == "busy"
        assert cli.json("profile", "remove", "home", "--yes", expect=5)["error"]["code"] == "busy"
    assert cli.json("profile", "list")["profiles"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_with_code_130_and_a_report(cli: Cli, number: signal.Signals) -> None:
    with silent_server() as url:
        keep_untested(cli, url)
        running = CommandLine(cli.home).start("sync", "--json")
        wait_for_lock(cli)
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert json.loads(out)["status"] == "cancelled"
    assert "Traceback" not in err


def test_cancelling_ends_a_row_of_profiles(cli: Cli) -> None:
    with silent_server() as url:
        keep_untested(cli, url, "home")
        keep_untested(cli, url, "next")
        running = CommandLine(cli.home).start("sync", "--all", "--json")
        wait_for_lock(cli)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    document = json.loads(out)
    assert document["status"] == "cancelled"
    assert [report["profile"] for report in document["profiles"]] == ["home"]


def wait_for_lock(cli: Cli) -> None:
    """Until the sync of `home` holds its profile: from then on it can be cancelled."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        lock = cli.paths.sync_lock("home")
        if lock.exists() and lock.read_bytes().strip():
            return
        time.sleep(0.02)
    raise AssertionError("the sync never began")


# ------------------------------------------------------------------------------------------- the engine
def test_the_engine_says_events_and_nothing_else(cli: Cli, own_panel: DemoPanel) -> None:
    add_profile(cli, own_panel)
    engine = CommandLine(cli.home).start("sync", "home", "--events")
    assert engine.stdout is not None and engine.stderr is not None
    events = [from_line(line) for line in engine.stdout]
    assert engine.wait(60) == 0
    assert None not in events
    assert isinstance(events[0], SyncStarted)
    assert isinstance(events[-1], SyncFinished)
    assert (events[-1].status, events[-1].report.movies.total) == ("completed", 20)
    assert engine.stderr.read() == ""
    printed = cli.json("sync", "home")
    assert [*as_document(events[-1].report), "size"] == list(printed), "the report of the events is what sync prints"


@pytest.mark.parametrize("how", ["a line", "end of input", "nobody reads"])
def test_the_engine_stops_when_told_or_left_alone(cli: Cli, how: str) -> None:
    with silent_server() as url:
        keep_untested(cli, url)
        engine = CommandLine(cli.home).start("sync", "home", "--events")
        assert engine.stdin is not None and engine.stdout is not None
        wait_for_lock(cli)
        if how == "a line":
            engine.stdin.write("cancel\n")
            engine.stdin.flush()
        elif how == "end of input":
            engine.stdin.close()
        else:
            engine.stdout.close()
            engine.stdin.close()
        assert engine.wait(60) == 130


def test_a_second_signal_ends_a_process_that_does_not_listen(tmp_path: Path) -> None:
    script = (
        "import time\n"
        "from tui_app.cli.interactive import cancelling_on_signals\n"
        "with cancelling_on_signals(lambda: print('asked', flush=True), lambda: None):\n"
        "    print('ready', flush=True); time.sleep(30)\n"
    )
    stubborn = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=CommandLine(tmp_path).environment
    )
    assert stubborn.stdout is not None
    assert stubborn.stdout.readline() == "ready\n"
    stubborn.send_signal(signal.SIGINT)
    assert stubborn.stdout.readline() == "asked\n"
    assert stubborn.poll() is None
    stubborn.send_signal(signal.SIGINT)
    assert stubborn.wait(20) == -signal.SIGINT
