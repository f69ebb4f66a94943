"""A profile that is removed, renamed or changed between the start of a sync and its lock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from tui_app.catalog import Kind
from tui_app.demo import DemoPanel
from tui_app.errors import UsageError
from tui_app.events import SyncFinished
from tui_app.maintenance import profiles
from tui_app.maintenance.profiles import remove_profile, rename_profile
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.sync.cancellation import Cancellation
from tui_app.sync.engine import SyncRun
from tui_app.sync.lock import SyncLock
from tui_app.sync.plan import SyncScope

PASSWORD = "s3cret-pass"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths.under(tmp_path).ensure()
    ProfileStore(paths).add(Profile("home", "http://127.0.0.1:9", "u", "file"), PASSWORD)
    return paths


def files(paths: Paths) -> dict[str, bytes]:
    """All that stands in the folders, but for locks of files that outlive profiles."""
    home = paths.config.parent
    found = {str(path.relative_to(home)): path for path in home.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not path.name.startswith(".")}


def begun(paths: Paths) -> Callable[[], SyncFinished]:
    """A sync that has read its profile and takes its lock when it is called."""
    profile = ProfileStore(paths).get("home")
    run = SyncRun(paths, profile, SyncScope("incremental", None, False, False, False), lambda _: None, Cancellation())
    return lambda: asyncio.run(run.run())


@pytest.mark.fcase(100)
def test_a_profile_removed_while_its_sync_starts_does_not_come_back(paths: Paths) -> None:
    sync = begun(paths)
    remove_profile(paths, "home")
    before = files(paths)

    finished = sync()

    assert (finished.status, finished.exit_code) == ("failed", 2)
    assert "no profile named “home”" in finished.message
    assert files(paths) == before


@pytest.mark.parametrize("new_name", ["cabin", "HOME"])
def test_a_profile_renamed_while_its_sync_starts_does_not_come_back_under_its_old_name(
    new_name: str, paths: Paths
) -> None:
    sync = begun(paths)
    rename_profile(paths, "home", new_name)
    before = files(paths)

    finished = sync()

    assert (finished.status, finished.exit_code) == ("failed", 2)
    assert files(paths) == before
    assert ProfileStore(paths).names() == (new_name,)


def test_a_profile_changed_while_its_sync_starts_is_synced_as_it_is_now(paths: Paths) -> None:
    with DemoPanel(channels=5, movies=5, series=2) as demo:
        sync = begun(paths)
        profiles = ProfileStore(paths)
        changed = replace(profiles.get("home"), url=demo.url, username=demo.username)
        profiles.update(changed, demo.password)
        profiles.save_sync_settings("home", replace(changed.sync, kinds=(Kind.MOVIE,)))
        finished = sync()

    assert finished.status == "completed", finished
    assert [finished.report.lists[part].total for part in ("channels", "movies", "series")] == [0, 5, 0]


def test_a_profile_removed_while_it_is_renamed_leaves_nothing_under_the_new_name(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late(SyncLock):
        """Somebody else comes first to the lock, and is done with it by now."""

        def __enter__(self) -> Self:
            monkeypatch.undo()
            remove_profile(paths, "home")
            return super().__enter__()

    monkeypatch.setattr(profiles, "SyncLock", Late)
    with pytest.raises(UsageError, match="in the meantime"):
        rename_profile(paths, "home", "cabin")

    assert set(files(paths)) == {"config/profiles.toml", "config/secrets.toml"}
