"""A pipe in the place of any of our files is named, or passed over where the file is no use; nothing waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine

#: The file, a command that meets it, how it ends, and what it says.
CASES = [
    ("config/settings.toml", "stats", 0, ""),
    ("config/settings.toml", "backup taken.zip", 1, "it is a pipe"),
    ("config/profiles.toml", "stats", 1, "it is a pipe"),
    ("config/secrets.toml", "url movie 100001", 1, "it is a pipe"),
    ("config/themes/mine.toml", "doctor", 0, ""),
    ("data/accounts.toml", "profile list", 0, ""),
    ("data/library-home.db", "list movies", 1, "it is a pipe"),
    ("data/library-home.db", "doctor", 1, ""),
    ("data/user.db", "list movies", 1, "it is a pipe"),
    ("data/library-home.lock", "sync", 1, "it is a pipe"),
    ("data/library-home.lock", "changes", 0, ""),
    ("config/.profiles.toml.lock", "profile use home", 1, "it is a pipe"),
    ("logs/xtream-tui.log", "sync", 0, ""),
    ("logs/slow-queries.jsonl", "doctor", 0, ""),
    ("backup.zip", "restore backup.zip", 1, "it is a pipe"),
    ("taken.zip", "backup taken.zip", 2, "no process reads"),
    ("taken.csv", "export movies --format csv -o taken.csv", 2, "no process reads"),
]


@pytest.mark.parametrize(("name", "command", "code", "words"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_a_pipe_is_never_waited_for(name: str, command: str, code: int, words: str, synced: Cli) -> None:
    path = synced.home / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)

    ran = subprocess.run(
        [sys.executable, "-m", "tui_app", *command.split()],
        cwd=synced.home,
        env=CommandLine(synced.home).environment | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )

    assert "unexpectedly" not in ran.stderr
    assert words in ran.stderr
    assert ran.returncode == code, (ran.stdout, ran.stderr)


def test_whatever_the_umask_all_that_is_made_is_for_the_owner_alone(synced: Cli, tmp_path: Path) -> None:
    home = tmp_path / "new" / "deep" / "home"
    code = (
        "import os, sys; os.umask(0); sys.argv[0] = 'xtream-tui'; from tui_app.__main__ import main; sys.exit(main())"
    )
    backup = tmp_path / "backup.zip"
    synced("backup", str(backup))
    for command in (("restore", str(backup), "--yes"), ("sync",), ("stats",)):
        subprocess.run(
            [sys.executable, "-c", code, *command],
            cwd=tmp_path,
            env=CommandLine(home).environment | {"PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            timeout=120,
            check=False,
        )
    made = [tmp_path / "new", *(tmp_path / "new").rglob("*")]
    assert len(made) > 12, made
    open_to_others = {str(path): oct(path.stat().st_mode) for path in made if path.stat().st_mode & 0o077}
    assert open_to_others == {}
