"""The entry point: answer `--version` before anything is imported, then run `tui_app.cli`."""

from __future__ import annotations

import os
import sys

from tui_app import __version__


def main() -> int:
    """Run `xtream-tui` with this process's arguments and return its exit code."""
    arguments = sys.argv[1:]
    if "--version" in (arguments[: arguments.index("--")] if "--" in arguments else arguments):
        sys.stdout.write(f"xtream-tui {__version__}\n")
        return 0
    try:
        from tui_app.cli import run  # noqa: PLC0415 - an interrupt during this import is handled below

        code = run(arguments)
    except (KeyboardInterrupt, RuntimeError) as error:  # before `cli.main` handles it
        if isinstance(error, RuntimeError) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise  # Python 3.11 wraps an interrupt during the creation of a class
        sys.stderr.write("xtream-tui: stopped.\n")
        code = 130
    if code == 130:
        exec("")  # Python remembers an interrupt inside an import and would end by the signal; this clears it
    return code


def _leave(code: int) -> None:
    """End a sync process without tearing down the interpreter, which takes a tenth of a sync with no news."""
    import logging  # noqa: PLC0415 - start-up: 15 ms, which `--version` can do without

    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader is gone
            continue
    os._exit(code)


if __name__ == "__main__":
    ended = main()
    if "--events" in sys.argv:
        _leave(ended)
    sys.exit(ended)
