"""A panel we did not write: `xtreamcodeserver` from PyPI with a library in memory, as a process of its own.

`python -m tests.interop.foreign_panel [--channels N --movies N --series N]` prints one JSON line {"url"} and then obeys
lines on stdin: `change` alters the library (see `small_library.change`) and answers `changed`; end of input ends it.
It listens on the loopback interface only (the package's default is every interface).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from typing import Final

from xtreamcodeserver.credentials.credentials import XTreamCodeCredentials
from xtreamcodeserver.providers.inmemory.credentials_provider import XTreamCodeCredentialsMemoryProvider
from xtreamcodeserver.server import XTreamCodeServer

from tests.interop import large_library, small_library

LOOPBACK: Final = "127.0.0.1"
USERNAME: Final = "lumiere"
PASSWORD: Final = "tr1p-to.the~moon"  # the server compares stream paths undecoded: only letters no URL escapes
ODD_USERNAME: Final = "méliès@home"
ODD_PASSWORD: Final = "a+b#c&d=%e/ü"
EXPIRED_USERNAME: Final = "edison"
CLOSED_USERNAME: Final = "griffith"


def accounts() -> XTreamCodeCredentialsMemoryProvider:
    """One account in order, one with an awkward name and password, one expired, one switched off."""
    provider = XTreamCodeCredentialsMemoryProvider()
    far, past = datetime(2040, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    provider.add_or_update_credentials(XTreamCodeCredentials(USERNAME, PASSWORD, far, max_connections=3))
    provider.add_or_update_credentials(XTreamCodeCredentials(ODD_USERNAME, ODD_PASSWORD))
    provider.add_or_update_credentials(XTreamCodeCredentials(EXPIRED_USERNAME, PASSWORD, past))
    provider.add_or_update_credentials(XTreamCodeCredentials(CLOSED_USERNAME, PASSWORD, active=False))
    return provider


def start(entries: small_library.Entries, guide: small_library.Guide) -> tuple[XTreamCodeServer, str]:
    """Start the server on a free port; the port is told to it once the socket has one."""
    server = XTreamCodeServer(entries, guide, accounts())
    server.daemon = True
    server.setup(bind_addr=LOOPBACK, bind_port=0)
    server.start()
    deadline = time.monotonic() + 10
    while server.m_http_server is None:
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start")
        time.sleep(0.01)
    server.m_http_server.daemon_threads = True
    port = server.m_http_server.server_address[1]
    server.setup(bind_addr=LOOPBACK, bind_port=port)
    return server, f"http://{LOOPBACK}:{port}"


def main() -> None:
    parser = argparse.ArgumentParser()
    for kind in ("channels", "movies", "series"):
        parser.add_argument(f"--{kind}", type=int, default=0)
    sizes = parser.parse_args()
    if sizes.channels or sizes.movies or sizes.series:
        entries, guide = large_library.build(sizes.channels, sizes.movies, sizes.series), small_library.no_guide()
    else:
        entries, guide = small_library.build()
    server, url = start(entries, guide)
    print(json.dumps({"url": url}), flush=True)
    for line in sys.stdin:
        if line.strip() == "change":
            small_library.change(entries)
            print("changed", flush=True)
    server.stop()


if __name__ == "__main__":
    main()
