"""Bugs planted by hand, one at a time, and how many of them the simulation finds: `python -m tests.simulation.planted`.

Each is a small change of the program's text, applied to a copy of it. The seeds run in order until one finds it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]


class Bug(NamedTuple):
    """A file of the program, words of it, and what a tired programmer might have written instead."""

    file: str
    right: str
    wrong: str

    @property
    def is_current(self) -> bool:
        """Whether the file still has the words, once."""
        return (ROOT / "tui_app" / self.file).read_text(encoding="utf-8").count(self.right) == 1


_WRITE: Final = "sync/list_write.py"
_COVERAGE: Final = "sync/coverage.py"
_USER: Final = "store/user/user_store.py"
_GATE: Final = "xtream/http/host_gate.py"
BUGS: Final = {
    "no guard": Bug(_COVERAGE, "if listed >= PLAUSIBLE_SHARE * stored:", "if listed >= 0:"),
    "cut lists delete": Bug(_COVERAGE, "    if not is_complete:\n", "    if False:\n"),
    "lengths are ignored": Bug(
        "xtream/http/body.py",
        "is_short = broken or speed.was_too_low or (expected is not None and received < expected)",
        "is_short = False",
    ),
    "missing brackets are ignored": Bug(_COVERAGE, "self.is_complete = verdict.complete and", "self.is_complete ="),
    "empty lists delete": Bug(_COVERAGE, "if listed + counts.excluded == 0:", "if False:"),
    "any answer confirms": Bug(
        _COVERAGE, "if pending and len(vanished & pending) >= CONFIRMING_SHARE", "if pending or 0"
    ),
    "nothing is removed": Bug(
        _WRITE, "removed = missing.gone if verdict.may_remove else replaced", "removed = replaced"
    ),
    "removed although refused": Bug(
        _WRITE, "removed = missing.gone if verdict.may_remove else replaced", "removed = missing.gone"
    ),
    "hashes of kept rows are lost": Bug(_WRITE, "        if kept:\n", "        if False:\n"),
    "ids are never followed": Bug("sync/id_remap.py", "stored - vanished < SURVIVING_IDS * stored", "False"),
    "moves are not recorded": Bug(
        "sync/id_remap.py", "record_moves(self._database, self._kind, moves.pairs, self._sync.now())", "pass"
    ),
    "replaced items stay": Bug("sync/id_remap.py", "self._gone & moves.pairs.keys()", "set()"),
    "moves of one second are one": Bug(
        "store/id_remap/moved_ids.py", "batch = max(at, last_move(database, kind) + 1)", "batch = at"
    ),
    "marks do not follow": Bug(_USER, "if at <= self.followed(profile, kind):", "if True:"),
    "marks follow twice": Bug(_USER, "if at <= self.followed(profile, kind):", "if False:"),
    "marks leave and do not arrive": Bug(
        _USER, 'self._database.run_many(inserting(MarkRow, on_conflict="ignore"), moved)', "pass"
    ),
    "clearing clears nothing": Bug(
        _USER, "self._database.run_many(deleting(MarkRow), [(profile, *key, mark.value) for key in keys])", "pass"
    ),
    "no pause between calls": Bug(_GATE, "PAUSE_S: Final = 0.26", "PAUSE_S: Final = 0.0"),
    "a call is claimed by nobody": Bug(
        _GATE, "        self._note_start(state, background)\n        return 0.0", "        return 0.0"
    ),
    "lists in parallel": Bug(_GATE, "        if give_back is not None:\n", "        if False:\n"),
    "a list lane for each process": Bug(
        _GATE, 'descriptor = self._take("list")', 'descriptor = self._take(f"list{id(self)}")'
    ),
    "the same body is new": Bug(
        "sync/part_state.py",
        'return PartOutcome("completed", Changes(total=total, unchanged=total))',
        'return PartOutcome("completed", Changes(total=0))',
    ),
    "a known body by its length": Bug(
        "sync/part_state.py",
        "and self._before.body_digest == self._digest_of(body)",
        "and bool(self._before.body_digest)",
    ),
    "the digest of a partial list is kept": Bug(
        "sync/part_state.py", "if done and body is not None:", "if body is not None:"
    ),
    "the lock is nobody's": Bug("sync/lock.py", "            if descriptor is None:\n", "            if False:\n"),
    "a failed part is complete": Bug(
        _WRITE, 'status: PartStatus = "partial" if reason else "completed"', 'status: PartStatus = "completed"'
    ),
    "additions are not counted": Bug(
        _WRITE, "changes = Changes(total=load.count, added=load.count,", "changes = Changes(total=load.count, added=0,"
    ),
    "cancelled syncs are completed": Bug("sync/cancellation.py", "return self._flag.is_set()", "return False"),
}


def is_found(bug: Bug, seeds: int) -> bool:
    """Whether one of the seeds finds the bug."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("tui_app", "tests", "themes"):
            shutil.copytree(
                ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "__snapshots__", "old")
            )
        file = copy / "tui_app" / bug.file
        file.write_text(file.read_text(encoding="utf-8").replace(bug.right, bug.wrong), encoding="utf-8")
        command = [sys.executable, "-m", "tests.simulation", "--seeds", "0", str(seeds)]
        try:
            ran = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=900, check=False)
        except subprocess.TimeoutExpired:
            return True  # it never ends: found
        return ran.returncode == 1


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    missed = []
    for name, bug in BUGS.items():
        found = bug.is_current and is_found(bug, seeds)
        print(f"{'found ' if found else 'MISSED'} {name}", flush=True)
        missed += [] if found else [name]
    print(f"{len(BUGS) - len(missed)} of {len(BUGS)} planted bugs found with {seeds} seeds")


if __name__ == "__main__":
    main()
