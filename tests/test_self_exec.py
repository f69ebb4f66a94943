"""The program starts itself without looking into the folder the user is in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.command_line import REPOSITORY, CommandLine
from tui_app import __version__

_STARTS_ITSELF = (
    f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import subprocess; "
    "from tui_app.self_exec import relaunch_argv; subprocess.run([*relaunch_argv(), '--version'])"
)


def started_in(folder: Path, environment: dict[str, str]) -> str:
    """What the program says of itself when it starts itself in a folder."""
    argv = [sys.executable, "-P", "-c", _STARTS_ITSELF]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, env=environment, check=True).stdout


def test_a_file_of_the_users_is_never_taken_for_a_module(tmp_path: Path) -> None:
    (tmp_path / "tui_app").mkdir()
    (tmp_path / "tui_app" / "__init__.py").touch()
    (tmp_path / "tui_app" / "__main__.py").write_text("print('not ours')")
    assert started_in(tmp_path, CommandLine(tmp_path).environment) == f"xtream-tui {__version__}\n"


def test_a_checkout_that_is_not_installed_finds_itself(tmp_path: Path) -> None:
    environment = {name: value for name, value in CommandLine(tmp_path).environment.items() if name != "PYTHONPATH"}
    assert started_in(REPOSITORY, environment) == f"xtream-tui {__version__}\n"
