"""A profile gets another name and keeps everything, also when it is killed at any step and told again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rows import load, movie
from tests.support.user_rows import fill_users_file, rows_by_profile
from tui_app.catalog import Kind, Mark
from tui_app.errors import Busy, UsageError
from tui_app.maintenance import profiles
from tui_app.maintenance.profiles import rename_profile
from tui_app.paths import Paths
from tui_app.settings import KnownAccount, Profile, ProfileStore, SyncSettings
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore
from tui_app.sync.lock import SyncLock

PASSWORD = "s3cret-pass"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths.under(tmp_path).ensure()
    profiles = ProfileStore(paths)
    profiles.add(Profile("first", "http://a.example", "u", password_source="file"), "other-pass")
    account = KnownAccount("active", None, 2, "UTC", 5)
    sync = SyncSettings(interval_hours=48)
    wanted = Profile("home", "http://b.example", "u", password_source="file", sync=sync, account=account)
    profiles.add(wanted, PASSWORD)
    profiles.use("home")
    with LibraryStore.open(paths.library_db("home")) as store:
        load(store, Kind.MOVIE, movie(1, "Nosferatu"))
    paths.library_db("home").with_name(f"{paths.library_db('home').name}.backup-v1").write_text("old")
    fill_users_file(paths, "home")
    fill_users_file(paths, "first")
    return paths


def assert_all_is_there(paths: Paths, name: str) -> None:
    profiles = ProfileStore(paths)
    profile = profiles.get(name)
    assert (profile.name, profile.sync.interval_hours) == (name, 48)
    assert profiles.passwords.read(profile) == PASSWORD
    with LibraryStore.open(paths.library_db(name), readonly=True, create=False) as store:
        assert store.full_item(Kind.MOVIE, "1").item.name == "Nosferatu"
    with UserStore(paths.user_db) as user:
        assert user.ids_with(name, Kind.MOVIE, Mark.FAVOURITE) == {"1"}


def assert_renamed(paths: Paths, old: str, new: str) -> None:
    assert_all_is_there(paths, new)
    profiles = ProfileStore(paths)
    assert [profile.name for profile in profiles.list()] == ["first", new]
    assert (current := profiles.current()) is not None and current.name == new
    assert all(set(counts) == {"first", new} for counts in rows_by_profile(paths).values())
    assert sorted(path.name for path in paths.data.glob("library-*") if "-wal" not in path.name) == sorted(
        [paths.library_db(new).name, f"{paths.library_db(new).name}.backup-v1", paths.sync_lock(new).name]
    )
    assert old not in paths.secrets_file.read_text() and old not in paths.accounts_file.read_text()


@pytest.mark.parametrize("new", ["parents", "Home", "mein Zuhause é"])
def test_everything_follows_the_name(paths: Paths, new: str) -> None:
    rename_profile(paths, "home", new)
    assert_renamed(paths, "home", new)
    account = ProfileStore(paths).get(new).account
    assert account is not None and account.max_connections == 2


class Killed(BaseException):
    """The process ends here."""


STEPS = ("copy_profile", "_link_library", "_checkpoint", "_finish", "forget_profile")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_one_name_has_everything_and_again_finishes_it(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    real = getattr(profiles, step)

    def killing(*args: object) -> object:
        if when == "after":
            real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(profiles, step, killing)
        with pytest.raises(Killed):
            rename_profile(paths, "home", "parents")
    names = [profile.name for profile in ProfileStore(paths).list()]
    assert_all_is_there(paths, names[1])
    if names[1] == "home" or when == "before":
        rename_profile(paths, "home", "parents")
    assert_renamed(paths, "home", "parents")


def test_it_waits_for_nobody(paths: Paths) -> None:
    with SyncLock(paths.sync_lock("home"), "home"), pytest.raises(Busy, match="sync"):
        rename_profile(paths, "home", "parents")
    with LibraryStore.open(paths.library_db("home"), readonly=True) as reading:
        reading.full_item(Kind.MOVIE, "1")
        with pytest.raises(Busy, match="in use"):
            rename_profile(paths, "home", "parents")
    assert_all_is_there(paths, "home")


@pytest.mark.parametrize("new", ["first", "FIRST", "home", "", "-x", "a\nb"])
def test_names_that_are_taken_or_none_are_refused(paths: Paths, new: str) -> None:
    with pytest.raises(UsageError):
        rename_profile(paths, "home", new)
    assert_all_is_there(paths, "home")


def test_a_file_system_without_links_gets_a_copy(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(old: Path, new: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", no_links)
    rename_profile(paths, "home", "parents")
    assert_renamed(paths, "home", "parents")


def test_a_profile_that_was_never_synced_and_a_damaged_copy_are_renamed_too(paths: Paths) -> None:
    paths.library_db("home").write_bytes(b"no database at all" * 500)
    rename_profile(paths, "home", "parents")
    assert paths.library_db("parents").read_bytes().startswith(b"no database")
    paths.library_db("parents").unlink()
    rename_profile(paths, "parents", "again")
    assert ProfileStore(paths).get("again").name == "again"
