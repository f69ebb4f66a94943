"""A signal is heard at once, also while a long SQL statement keeps the interpreter from its own handlers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

STATEMENT = """
import os, sqlite3  # os.write, because what two threads print may run together
from tui_app.cli.interactive import cancelling_on_signals
file = sqlite3.connect(":memory:", check_same_thread=False)
with cancelling_on_signals(file.interrupt, lambda: os.write(1, b"asked\\n")):
    os.write(1, b"ready\\n")
    try:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        file.execute(endless).fetchone()
    except sqlite3.OperationalError as error:
        os.write(1, f"{error}\\n".encode())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_long_statement_is_interrupted_at_once(number: signal.Signals, tmp_path: Path) -> None:
    working = subprocess.Popen(
        [sys.executable, "-c", STATEMENT], stdout=subprocess.PIPE, text=True, env=CommandLine(tmp_path).environment
    )
    try:
        assert working.stdout is not None
        assert working.stdout.readline() == "ready\n"
        time.sleep(0.1)
        asked = time.monotonic()
        working.send_signal(number)
        lines = [working.stdout.readline() for _ in range(2)]
        assert time.monotonic() - asked < 20, "the statement has no end of its own"
        assert sorted(lines) == ["asked\n", "interrupted\n"]
        assert working.wait(60) == 0
    finally:
        working.kill()
        working.wait()


def test_leaving_gives_the_signals_back() -> None:
    from tui_app.cli.interactive import cancelling_on_signals

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with cancelling_on_signals(lambda: None, lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert signal.set_wakeup_fd(-1) == -1


INTERRUPTED_IMPORT = """
import sys
import tui_app.cli
from tui_app.__main__ import main
tui_app.cli.run = lambda arguments: exec("raise KeyboardInterrupt")  # as in a dataclass that is just being made
sys.exit(main())
"""


def test_an_interrupt_while_the_program_is_still_loading_ends_with_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED_IMPORT)
    environment = CommandLine(tmp_path).environment
    environment["PYTHONPATH"] += f":{tmp_path}"
    command = [sys.executable, "-m", "interrupted"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, "xtream-tui: stopped.\n")
