"""Modes and links, writers that die, writers that meet: a file is always whole and nobody's change is lost."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from tests.faults.machine import unwritable
from tui_app.errors import SettingsError
from tui_app.locks import held
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, SyncSettings, change_app_settings, load_app_settings


def test_new_files_are_for_the_owner_and_old_ones_keep_their_mode(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    profiles.add(home)
    assert stat.S_IMODE(paths.profiles_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700
    paths.profiles_file.chmod(0o640)
    profiles.save_sync_settings("home", SyncSettings(notify=False))
    assert stat.S_IMODE(paths.profiles_file.stat().st_mode) == 0o640


def test_a_link_into_a_folder_of_dotfiles_stays_a_link(paths: Paths, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "xtream.toml"
    real.parent.mkdir()
    real.write_text("theme = 'nord'\n")
    paths.config.mkdir()
    paths.settings_file.symlink_to(real)
    change_app_settings(paths, bell=True)
    assert paths.settings_file.is_symlink()
    assert tomllib.loads(real.read_text()) == {"theme": "nord", "bell": True}


def test_a_folder_in_the_place_of_the_file_is_reported(paths: Paths) -> None:
    paths.settings_file.mkdir(parents=True)
    for attempt in (load_app_settings, lambda paths: change_app_settings(paths, bell=True)):
        with pytest.raises(SettingsError, match=r"Can't read .*settings\.toml"):
            attempt(paths)


def run(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments])


_ADD_TEN = """
import sys
from pathlib import Path
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, change_app_settings
paths, who = Paths.under(Path(sys.argv[1])), sys.argv[2]
for number in range(10):
    name = f"{who}{number}"
    profile = Profile(name, "http://panel.example", "ann", password_source="file")
    ProfileStore(paths).add(profile, f"pw-{name}")
"""


def test_writers_in_several_processes_lose_nothing(profiles: ProfileStore, tmp_path: Path) -> None:
    writers = [run(_ADD_TEN, str(tmp_path), who) for who in "abc"]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    found = {profile.name: profiles.passwords.read(profile) for profile in profiles.list()}
    assert found == {f"{who}{number}": f"pw-{who}{number}" for who in "abc" for number in range(10)}


_ADD_THE_SAME = """
import sys
from pathlib import Path
from tui_app.errors import UsageError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
paths, who = Paths.under(Path(sys.argv[1])), sys.argv[2]
try:
    ProfileStore(paths).add(Profile("same", "http://panel.example", who, password_source="file"), f"pw-{who}")
except UsageError:
    sys.exit(2)
"""


def test_of_two_who_add_the_same_name_one_wins_with_its_own_password(profiles: ProfileStore, tmp_path: Path) -> None:
    writers = [run(_ADD_THE_SAME, str(tmp_path), who) for who in ("ann", "bob", "eve")]
    assert sorted(writer.wait(30) for writer in writers) == [0, 2, 2]
    winner = profiles.get("same")
    assert profiles.passwords.read(winner) == f"pw-{winner.username}"


_DIE_BEFORE_THE_RENAME = """
import os, sys
from pathlib import Path
from tui_app.paths import Paths
from tui_app.settings import change_app_settings
Path.replace = lambda *_: os._exit(9)
change_app_settings(Paths.under(Path(sys.argv[1])), theme="half-written")
"""


def test_a_crash_before_the_rename_leaves_the_old_file_and_no_lasting_harm(paths: Paths, tmp_path: Path) -> None:
    change_app_settings(paths, theme="nord")
    raw = paths.settings_file.read_bytes()
    assert run(_DIE_BEFORE_THE_RENAME, str(tmp_path)).wait(30) == 9
    assert paths.settings_file.read_bytes() == raw
    change_app_settings(paths, theme="next")
    assert load_app_settings(paths).theme == "next"
    assert sorted(file.name for file in paths.config.iterdir()) == [".settings.toml.lock", "settings.toml"]


_WRITE_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from tui_app.paths import Paths
from tui_app.settings import change_app_settings
for number in count(1):
    change_app_settings(Paths.under(Path(sys.argv[1])), size_limit_mb=number, theme="x" * 5000)
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_file_and_a_free_lock(paths: Paths, tmp_path: Path) -> None:
    change_app_settings(paths, size_limit_mb=1)
    for extra_ms in range(4):
        before = load_app_settings(paths).size_limit_mb
        writer = run(_WRITE_FOR_EVER, str(tmp_path))
        deadline = time.monotonic() + 20
        while load_app_settings(paths).size_limit_mb == before and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(extra_ms / 1000)
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
        assert load_app_settings(paths).theme == "x" * 5000
        change_app_settings(paths, size_limit_mb=100_000 + extra_ms)


def test_a_file_that_somebody_holds_is_not_waited_for_without_end(paths: Paths) -> None:
    change_app_settings(paths, theme="nord")
    with held(paths.settings_file):
        started = time.monotonic()
        with pytest.raises(SettingsError, match="Another process is changing"), held(paths.settings_file, 0.1):
            raise AssertionError("two hold the same file")
        assert time.monotonic() - started < 20
    change_app_settings(paths, theme="free again")
    assert load_app_settings(paths).theme == "free again"


def test_a_folder_that_can_not_be_written_is_reported(paths: Paths) -> None:
    change_app_settings(paths, theme="nord")
    with unwritable(paths.config), pytest.raises(SettingsError, match="Can't write"):
        change_app_settings(paths, theme="other")
    assert load_app_settings(paths).theme == "nord"
