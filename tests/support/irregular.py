"""What may stand in the place of a file, by the words of the sentence that refuses it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_loop(path: Path) -> None:
    path.symlink_to(path)


IRREGULAR: dict[str, Callable[[Path], None]] = {
    "a pipe": make_fifo,
    "a socket": make_socket,
    "a folder": Path.mkdir,
    "a device": make_device,
    "symbolic links": make_loop,
}
