"""A program that pretends to be mpv: speaks its IPC, well or badly, as `--fake=…` among its arguments says.

`plays` to the end, `quits` like a user does, or fails in one of the ways players fail. What it was told is written,
one JSON line a command, to the file named by `--heard=…`.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

LENGTH_S = 100.0


def main() -> None:
    given = dict(argument.partition("=")[::2] for argument in sys.argv[1:])
    mode, heard = given.get("--fake", "plays"), Path(given["--heard"])
    heard.write_text(json.dumps(sys.argv) + "\n")
    if mode == "bad option":
        sys.exit("Error parsing option fake (option not found)")
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "deaf":
        time.sleep(60)
    server = socket.socket(socket.AF_UNIX)
    server.bind(given["--input-ipc-server"])
    server.listen()
    connection, _ = server.accept()
    if mode == "silent":
        time.sleep(60)
    with heard.open("a") as log:
        Fake(mode, connection, log).run()


class Fake:
    def __init__(self, mode, connection, log) -> None:  # type: ignore[no-untyped-def]
        self.mode, self.connection, self.log = mode, connection, log
        self.position = 0.0
        self.is_paused = False
        self.volume = 100.0

    def say(self, **event: object) -> None:
        self.connection.sendall(json.dumps(event).encode() + b"\n")

    def run(self) -> None:
        if self.mode == "garbage":
            self.connection.sendall(
                b'\xff\xfe\n[]\n7\n{\n"x"\n{"event": 5}\n{"request_id": {}}\n' + b"[" * 5000 + b"\n"
            )
            self.say(event="property-change", name="duration", data="NaN")
            self.say(event="property-change", name="pause", data=[])
        for line in self.connection.makefile():
            self.log.write(line)
            self.log.flush()
            command = json.loads(line)
            name, *rest = command["command"]
            if self.mode == "refuses" and name == "loadfile":
                self.say(request_id=command["request_id"], error="invalid parameter")
                continue
            if name == "get_property":
                self.say(request_id=command["request_id"], error="success", data=self.position)
                self.position += self.mode == "obeys" and not self.is_paused  # a second passes from look to look
                continue
            self.say(request_id=command["request_id"], error="success", data=None)
            if name == "loadfile":
                self.load(rest[0])
            if self.mode == "obeys":
                self.obey(name, *rest)

    def obey(self, name: str, *rest: Any) -> None:
        """Pause, seek and change the volume, as mpv does and tells."""
        if name == "cycle":
            self.is_paused = not self.is_paused
            self.say(event="property-change", name="pause", data=self.is_paused)
        elif name == "seek":
            self.position = max(0.0, self.position + rest[0])
            self.say(event="seek")
            self.say(event="playback-restart")
        elif name == "add":
            self.volume += rest[1]
            self.say(event="property-change", name="volume", data=self.volume)

    def load(self, address: str) -> None:
        self.say(event="start-file")
        if self.mode == "crash":
            sys.exit(f"[ffmpeg] https: HTTP error 403 Forbidden\nFailed to open {address}.")
        if self.mode == "fetches" and (status := status_of(address)) != 200:
            print(f"[ffmpeg] http: HTTP error {status}", flush=True)
            self.say(event="end-file", reason="error", file_error="loading failed")
            sys.exit(2)
        if self.mode == "error":
            print(f"[ffmpeg] tcp: Connection to {address} failed: Connection refused", flush=True)
            self.say(event="end-file", reason="error", file_error="loading failed")
            sys.exit(2)
        if self.mode == "wordless":
            self.say(event="end-file", reason="error")
            sys.exit(2)
        if self.mode == "endless line":
            self.connection.sendall(b"x" * (2 << 20))
            time.sleep(0.2)
            sys.exit(0)
        if self.mode == "gone":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.connection.close()
            time.sleep(0.3)
            sys.exit(0)
        self.say(event="property-change", name="duration", data=LENGTH_S)
        self.at(41.0)
        if self.mode in ("hangs", "stubborn"):
            time.sleep(60)
        if self.mode == "pauses":
            self.say(event="property-change", name="pause", data=True)
            self.say(event="property-change", name="pause", data=False)
        if self.mode == "breaks off":
            self.end("eof")
        if self.mode == "quits":
            self.end("quit")
        if self.mode in ("plays", "garbage", "pauses", "fetches"):
            self.at(99.0)
            self.end("eof")

    def at(self, position: float) -> None:
        """Be there, and answer until the app has asked."""
        self.position = position
        self.say(event="playback-restart")
        self.answer_one()

    def answer_one(self) -> None:
        line = self.connection.recv(65536)
        command = json.loads(line.splitlines()[0])
        self.say(request_id=command["request_id"], error="success", data=self.position)

    def end(self, reason: str) -> None:
        self.say(event="end-file", reason=reason)
        sys.exit(0)


def status_of(address: str) -> int:
    """Ask for a stream as a player does; return the HTTP status."""
    try:
        with urlopen(address, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def heard_by_fake(tmp_path: Path) -> tuple[list[str], list[list[Any]]]:
    """(its arguments, the commands it got): as far as it has written them down."""
    lines = (tmp_path / "heard").read_text().splitlines(keepends=True)
    argv, *commands = [line for line in lines if line.endswith("\n")] or ["[]"]
    return json.loads(argv), [json.loads(line)["command"] for line in commands]


if __name__ == "__main__":
    main()
