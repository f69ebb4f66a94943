"""Fixtures of the tests of the app in a browser."""

from __future__ import annotations

import queue
import re
import signal
import threading
from collections.abc import Iterator

import pytest

from tests.support.command_line import CommandLine
from tests.web.serving import Serving, Visitors, read_on


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    home = tmp_path_factory.mktemp("home")
    running = CommandLine(home).start("web", "--port", "0")
    assert running.stdout is not None
    found = re.search(r"http://[^/]+/\?token=[\w-]{40,}", running.stdout.readline())
    assert found is not None
    serving = Serving(found[0], running.pid, home, queue.Queue())
    reader = threading.Thread(target=read_on, args=(running.stdout, serving.lines))
    reader.start()
    yield serving
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 0
    reader.join()
    assert running.stderr is not None and running.stderr.read() == ""


@pytest.fixture(scope="module")
def visitors(serving: Serving) -> Visitors:
    return Visitors(serving, serving.printed.partition("token=")[2])
