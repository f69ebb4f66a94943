"""A program that pretends to be VLC with its text socket: answers `get_time`, `get_length` and `status`, or has none.

Reads the list it is given; `--fake=fails` can't open what is in it. What it saw is written to `--heard=…`.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import time
from pathlib import Path


def main() -> None:
    given = dict(argument.partition("=")[::2] for argument in sys.argv[1:])
    playlist = Path(sys.argv[-1])
    seen = {"argv": sys.argv, "playlist": playlist.read_text(), "mode": oct(playlist.stat().st_mode & 0o777)}
    seen["folder"] = oct(playlist.parent.stat().st_mode & 0o777)
    Path(given["--heard"]).write_text(json.dumps(seen))
    mode = given["--fake"]
    if mode == "fails":
        address = re.search("http.*", playlist.read_text())
        print(f"[0000] main input error: VLC is unable to open the MRL '{address and address[0]}'. HTTP error 404")
        return
    if mode == "deaf":
        time.sleep(0.3)
        return
    server = socket.socket(socket.AF_UNIX)
    server.bind(given["--rc-unix"])
    server.listen()
    connection, _ = server.accept()
    answers = {
        "get_time": "> 1234",
        "get_length": "2000",
        "status": "status change: ( new input: x )\r\nstatus change: ( pause state: 4 )",
    }
    for number, line in enumerate(connection.makefile()):
        connection.sendall(f"{answers[line.strip()]}\r\n".encode())
        if number == 2:
            time.sleep(0.1)
            return


if __name__ == "__main__":
    main()
