"""At a keyboard: passwords typed without echo, questions asked before something goes, Ctrl-C, the progress bar."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import PASSWORD, USERNAME
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.old_files import old_library
from tests.support.pty_run import run_on_terminal
from tui_app.demo import DemoPanel


def test_a_missing_password_is_asked_for_without_echo(tmp_path: Path, panel: DemoPanel) -> None:
    code, shown = run_on_terminal(
        CommandLine(tmp_path), "profile", "add", "home", "--url", panel.url,
        typed={"User name": f"{USERNAME}\n", "Password of": f"{PASSWORD}\n"},
    )  # fmt: skip
    assert code == 0, shown
    assert "login successful" in shown
    assert PASSWORD not in shown


def test_a_link_asked_for_is_not_shown(tmp_path: Path, panel: DemoPanel) -> None:
    code, shown = run_on_terminal(
        CommandLine(tmp_path), "profile", "add", "home", "--url", "-",
        typed={"Link (not shown)": f"{panel.url}/playlist/{USERNAME}/{PASSWORD}/m3u_plus\n"},
    )  # fmt: skip
    assert code == 0, shown
    assert "login successful" in shown
    assert PASSWORD not in shown


def test_ctrl_c_at_a_prompt_is_130_and_keeps_nothing(tmp_path: Path, panel: DemoPanel) -> None:
    code, shown = run_on_terminal(
        CommandLine(tmp_path), "profile", "add", "home", "--url", panel.url, "--username", USERNAME,
        typed={"Password of": "\x03"},
    )  # fmt: skip
    assert code == 130, shown
    assert "Traceback" not in shown
    assert Cli(tmp_path).json("profile", "list")["profiles"] == []


def test_removing_says_what_goes_and_takes_no_for_an_answer(synced: Cli) -> None:
    code, shown = run_on_terminal(CommandLine(synced.home), "profile", "remove", "home", typed={"[y/N]": "n\n"})
    assert code == 1
    assert "items" in shown and "favourites" in shown and "password" in shown
    assert synced.json("profile", "list")["profiles"]


def test_clearing_the_cache_asks(synced: Cli) -> None:
    code, shown = run_on_terminal(CommandLine(synced.home), "cache", "clear", typed={"[y/N]": "y\n"})
    assert (code, synced.json("stats")["movies"]) == (0, 0), shown


def test_a_sync_on_a_terminal_shows_a_bar_and_leaves_its_outcome(synced: Cli) -> None:
    code, shown = run_on_terminal(CommandLine(synced.home), "sync", "--full")
    assert code == 0
    assert "%" in shown
    assert "home: completed" in shown


def test_an_update_of_the_file_is_announced_at_a_keyboard_and_silent_for_scripts(synced: Cli) -> None:
    library = synced.paths.library_db("home")
    library.unlink()
    old_library(library)
    code, shown = run_on_terminal(CommandLine(synced.home), "list", "movies", "--limit", "1")
    assert code == 0 and shown.count("upgrading it to the format of this version") == 1, shown
    code, shown = run_on_terminal(CommandLine(synced.home), "list", "movies", "--limit", "1")
    assert code == 0 and "upgrading it" not in shown, shown
    library.unlink()
    old_library(library)
    assert "upgrading it" not in synced("list", "movies", "--limit", "1").err


def test_lists_fit_the_terminal(synced: Cli) -> None:
    line = CommandLine(synced.home, extra_environment={"COLUMNS": "60"})
    _, shown = run_on_terminal(line, "list", "movies", "--limit", "20")
    assert "…" in shown
