from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from tui_app.catalog import Account, Kind
from tui_app.errors import SecretError, SettingsError, UsageError
from tui_app.paths import Paths
from tui_app.settings import KnownAccount, PasswordStore, Profile, ProfileStore, SyncSettings

UNUSUAL = Profile(
    name='Ännas "TV" [/b]',
    url="https://panel.example/path",
    username="ünï",
    password_source="command",
    password_command="printf '%s\\n' \"a b\"",
    user_agent="Kodi/21",
    connect_timeout_s=2.5,
    first_byte_timeout_s=300,
    read_timeout_s=7,
    verify_tls=False,
    sync=SyncSettings(
        automatic=False,
        interval_hours=None,
        unmetered_only=True,
        notify=False,
        at_start=True,
        kinds=(Kind.CHANNEL, Kind.SERIES),
        excluded_categories={Kind.MOVIE: ("3", "x y")},
        guide="full",
    ),
    account=KnownAccount("expired", None, 2, "Europe/Berlin", 1_700_000_000),
)


def names(profiles: ProfileStore) -> list[str]:
    return [profile.name for profile in profiles.list()]


def test_there_is_nothing_before_the_first_profile(profiles: ProfileStore, paths: Paths) -> None:
    assert profiles.list() == ()
    assert profiles.current() is None
    assert not paths.config.exists()


def test_every_field_of_a_profile_comes_back(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home)
    profiles.add(UNUSUAL)
    assert profiles.list() == (home, UNUSUAL)


def test_the_first_profile_becomes_current_and_another_can_be_chosen(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home)
    profiles.add(UNUSUAL)
    assert profiles.current() == home
    profiles.use(UNUSUAL.name)
    assert profiles.current() == UNUSUAL


def test_names_are_found_and_taken_in_any_case(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(replace(home, name="Zuhause"), "one")
    assert profiles.get("ZUHAUSE").name == "Zuhause"
    with pytest.raises(UsageError, match="already a profile named “Zuhause”"):
        profiles.add(replace(home, name="zuhause"), "two")
    assert names(profiles) == ["Zuhause"]
    assert profiles.passwords.read(profiles.get("Zuhause")) == "one"


def test_names_that_look_the_same_are_the_same(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(replace(home, name="Caf\u00e9"))
    assert profiles.get("Cafe\u0301").name == "Caf\u00e9"


def test_an_unknown_name_is_answered_with_the_known_ones(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home)
    with pytest.raises(UsageError, match="no profile named “work”") as caught:
        profiles.get("work")
    assert "home" in caught.value.hint


@pytest.mark.parametrize("call", ["get", "use", "remove", "get_sync_settings"])
def test_every_call_refuses_an_unknown_name(profiles: ProfileStore, paths: Paths, call: str) -> None:
    with pytest.raises(UsageError):
        getattr(profiles, call)("nobody")
    assert not paths.profiles_file.exists()


def test_a_refused_profile_leaves_no_trace(profiles: ProfileStore, paths: Paths, home: Profile) -> None:
    with pytest.raises(UsageError, match="read_timeout_s must be more than 0"):
        profiles.add(replace(home, read_timeout_s=0), "s3cret")
    assert not paths.config.exists()


def test_a_profile_whose_password_can_not_be_kept_is_not_kept(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    with pytest.raises(SecretError):
        profiles.add(home, "   ")
    assert not paths.profiles_file.exists()


def test_a_profile_that_can_not_be_written_leaves_no_password(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    blocker = paths.config / ".profiles.toml.new"
    blocker.mkdir(parents=True)
    (blocker / "in the way").touch()
    with pytest.raises(SettingsError, match="Can't write"):
        profiles.add(home, "s3cret")
    assert "s3cret" not in paths.secrets_file.read_text()
    assert profiles.list() == ()


def test_removing_takes_the_password_and_the_account_along(profiles: ProfileStore, paths: Paths, home: Profile) -> None:
    profiles.add(home, "s3cret")
    profiles.add(UNUSUAL)
    profiles.save_account("home", Account(), 5)
    profiles.remove("HOME")
    assert profiles.list() == (UNUSUAL,)
    assert profiles.current() == UNUSUAL
    assert "s3cret" not in paths.secrets_file.read_text()
    assert "home" not in tomllib.loads(paths.accounts_file.read_text())


def test_removing_another_profile_keeps_the_current_one(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home)
    profiles.add(UNUSUAL)
    profiles.remove(UNUSUAL.name)
    assert profiles.current() == home


def test_the_last_profile_can_be_removed_and_a_new_one_added(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home, "old")
    profiles.remove("home")
    assert profiles.current() is None
    profiles.add(home)
    assert profiles.current() == home
    with pytest.raises(SecretError, match="No password is stored for profile “home”"):
        profiles.passwords.read(home)


def test_a_password_that_can_not_be_removed_keeps_its_profile(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    profiles.add(home, "s3cret")
    paths.secrets_file.chmod(0o644)
    with pytest.raises(SecretError):
        profiles.remove("home")
    assert names(profiles) == ["home"]


def test_updating_changes_the_connection_and_nothing_else(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home, "s3cret")
    profiles.save_sync_settings("home", SyncSettings(interval_hours=48))
    profiles.save_account("home", Account(status="banned"), 9)
    profiles.update(replace(home, url="http://new.example", user_agent="Kodi/21"))
    now = profiles.get("home")
    assert (now.url, now.user_agent, now.sync.interval_hours) == ("http://new.example", "Kodi/21", 48)
    assert now.account is not None
    assert now.account.status == "banned"
    assert profiles.passwords.read(now) == "s3cret"


def test_a_value_can_go_back_to_its_default(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(replace(home, user_agent="Kodi/21", verify_tls=False))
    profiles.update(home)
    assert profiles.get("home") == home


def test_a_password_left_behind_by_a_change_of_source_is_forgotten(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    profiles.add(home, "s3cret")
    profiles.update(replace(home, password_source="command", password_command="echo other"))
    assert "s3cret" not in paths.secrets_file.read_text()
    assert profiles.passwords.read(profiles.get("home")) == "other"


def test_an_update_can_bring_a_new_password(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home, "old")
    profiles.update(home, "new")
    assert profiles.passwords.read(home) == "new"


def test_sync_settings_are_saved_per_profile(profiles: ProfileStore, home: Profile) -> None:
    profiles.add(home)
    profiles.add(UNUSUAL)
    settings = SyncSettings(interval_hours=6, kinds=(Kind.MOVIE,), excluded_categories={Kind.MOVIE: ("7",)})
    profiles.save_sync_settings("home", settings)
    assert profiles.get_sync_settings("home") == settings
    assert profiles.get_sync_settings(UNUSUAL.name) == UNUSUAL.sync
    profiles.save_sync_settings("home", SyncSettings())
    assert profiles.get_sync_settings("home") == SyncSettings()


def test_refused_sync_settings_change_nothing(profiles: ProfileStore, paths: Paths, home: Profile) -> None:
    profiles.add(home)
    before = paths.profiles_file.read_bytes()
    with pytest.raises(UsageError, match=r"sync\.interval_hours must be at least 6, or 0 for manual"):
        profiles.save_sync_settings("home", SyncSettings(interval_hours=3))
    assert paths.profiles_file.read_bytes() == before


def test_a_login_is_remembered_without_touching_the_profiles_file(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    profiles.add(home)
    before = paths.profiles_file.read_bytes()
    account = Account("active", "Active", 1_900_000_000, max_connections=3, timezone="+02:00", message="hello")
    profiles.save_account("HOME", account, 1_800_000_000)
    assert profiles.get("home").account == KnownAccount("active", 1_900_000_000, 3, "+02:00", 1_800_000_000)
    assert profiles.list()[0].account == profiles.get("home").account
    assert paths.profiles_file.read_bytes() == before


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"home = 3", b"[home]\nexpires = 'soon'", b"[home"])
def test_damaged_account_facts_stop_nobody(profiles: ProfileStore, paths: Paths, home: Profile, damage: bytes) -> None:
    profiles.add(home)
    paths.data.mkdir()
    paths.accounts_file.write_bytes(damage)
    assert profiles.get("home").account is None
    profiles.save_account("home", Account(), 7)
    assert profiles.get("home").account == KnownAccount("active", None, None, "UTC", 7)


def test_a_store_shows_no_password(paths: Paths, home: Profile) -> None:
    store = PasswordStore(paths)
    store.store("home", "file", "s3cret")
    assert store.read(home) == "s3cret"
    assert "s3cret" not in repr(store) + repr(vars(store))
