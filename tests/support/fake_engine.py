"""Stands in for the sync engine: plays the script named by its profile, in the engine's own protocol."""

from __future__ import annotations

import json
import os
import signal
import sys
import time


def say(event: str, **values: object) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


def progress(fraction: float, phase: str = "downloading") -> None:
    say("progress", part="movies", phase=phase, fraction=fraction)


def finish(status: str, exit_code: int, **values: object) -> None:
    say("finished", profile=sys.argv[2], status=status, at=int(time.time()), exit_code=exit_code, **values)
    sys.exit(exit_code)


def unreachable() -> dict[str, object]:
    """The report of an engine that reached nobody."""
    counts = {"total": 0, "added": 0, "changed": 0, "removed": 0}
    part = {"status": "failed", **counts, "unchanged": 0, "held_back": 0}
    return {
        "profile": sys.argv[2],
        "mode": "incremental",
        "status": "failed",
        "duration_s": 0.5,
        **dict.fromkeys(("channels", "movies", "series"), part),
        "categories": counts,
        "rows_written": 0,
        "positions_written": 0,
        "bytes_downloaded": 0,
        "errors": [{"part": "connection", "reason": "No answer."}],
        "error": {"code": "unreachable", "message": "No answer.", "hint": ""},
        "of_a_newer_engine": True,
    }


def main() -> None:
    profile = sys.argv[2]
    say("started", profile=profile, mode="full" if "--full" in sys.argv else "incremental", at=int(time.time()))
    if profile == "good":
        for step in range(101):
            progress(step / 100)
        say("part_finished", part="channels", status="completed", at=1, total=7, unchanged=7)
        say("part_finished", part="movies", status="completed", at=1, total=3, added=3)
        told = {"arguments": sys.argv[1:], "home": os.environ.get("XTREAM_TUI_HOME", "")}
        finish("completed", 0, message=json.dumps(told))
    elif profile == "hooked":  # a hook runs
        say("finished", profile=profile, status="completed", at=1)
        time.sleep(300)
    elif profile == "dead":
        print("Traceback: http://panel.example/get.php?username=u&password=hunter2secret", file=sys.stderr)
        os._exit(3)
    elif profile == "chatty":
        print("a stray line", flush=True)
        sys.stderr.write("x" * 2_000_000)
        finish("failed", 6, message="No answer.", report=unreachable())
    elif profile == "polite":
        sys.stdin.readline()
        finish("cancelled", 130, message="The sync was cancelled.")
    elif profile == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        progress(0.1)
        time.sleep(60)


main()
