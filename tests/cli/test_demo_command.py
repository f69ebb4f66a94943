"""The demo panel as a process, and the home the demo keeps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.command_line import REPOSITORY, CommandLine
from tui_app.cli.commands.demo import prepare_home, running_panel
from tui_app.paths import HOME_VARIABLE
from tui_app.settings import ProfileStore


def answers(login: dict[str, str]) -> bool:
    """Whether a panel lets this login in."""
    query = f"username={login['username']}&password={login['password']}"
    with urllib.request.urlopen(f"{login['url']}/player_api.php?{query}", timeout=60) as response:
        return bool(json.load(response)["user_info"]["auth"] == 1)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_panel_prints_one_line_and_serves_until_stopped(tmp_path: Path, stop: signal.Signals) -> None:
    panel = CommandLine(tmp_path).start("panel", "--channels", "5", "--movies", "5", "--series", "1")
    assert panel.stdout is not None and panel.stderr is not None
    login = json.loads(panel.stdout.readline())
    assert set(login) == {"url", "username", "password"}
    assert answers(login)
    panel.send_signal(stop)
    panel.wait(5)
    assert panel.stdout.read() == ""
    assert panel.stderr.read() == ""


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    first = line.start("panel", "--movies", "1")
    assert first.stdout is not None
    port = json.loads(first.stdout.readline())["url"].rsplit(":", 1)[1]
    assert "--port" in line.run("panel", "--port", port, expect=1).err
    first.kill()
    first.wait()


def test_the_demo_panel_ends_with_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    with running_panel({"movies": 3, "channels": 3, "series": 1}) as login:
        assert answers(login)
    with pytest.raises(OSError):
        answers(login)


def test_the_demo_panel_ends_when_its_user_is_killed() -> None:
    script = (
        "import os, signal, subprocess\n"
        "from tui_app.cli.commands import demo\n"
        "class Seen(subprocess.Popen):\n"
        "    def __init__(self, *a, **k):\n"
        "        super().__init__(*a, **k); print(self.pid, flush=True)\n"
        "demo.subprocess.Popen = Seen\n"
        "with demo.running_panel({'movies': 1, 'channels': 1, 'series': 1}):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert killed.returncode == -signal.SIGKILL
    pid = int(killed.stdout)
    assert wait_until_gone(pid), "the panel outlived its user"


def wait_until_gone(pid: int, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_the_demo_home_is_kept_until_fresh_or_other_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "demo"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    login = {"url": "http://127.0.0.1:1", "username": "demo", "password": "silent-era"}
    paths = prepare_home(home, {"movies": 3}, login, fresh=False)
    paths.user_db.write_text("a library")
    again = prepare_home(home, {"movies": 3}, {**login, "url": "http://127.0.0.1:2"}, fresh=False)
    assert again.user_db.exists()
    (profile,) = ProfileStore(again).list()
    assert profile.url == "http://127.0.0.1:2"
    assert ProfileStore(again).passwords.read(profile) == "silent-era"
    assert not prepare_home(home, {"movies": 4}, login, fresh=False).user_db.exists()
    paths.user_db.write_text("a library")
    assert not prepare_home(home, {"movies": 4}, login, fresh=True).user_db.exists()
