"""A backup brings everything back that can't be fetched again; a damaged or newer one changes nothing."""

from __future__ import annotations

import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.backup.homes import PASSWORD, backed_up, brought_back, home, state
from tests.support.old_files import old_user_file
from tests.support.user_rows import rows_by_profile
from tui_app.backup import make_plan, opened_backup, restore
from tui_app.backup import restoring as restoring_module
from tui_app.backup.encryption import EncryptedSecrets
from tui_app.catalog import Kind, Mark
from tui_app.errors import LibraryError, NewerLibrary, SecretError, UsageError
from tui_app.paths import Paths
from tui_app.settings import ProfileStore, change_app_settings, load_app_settings
from tui_app.store.user.user_store import UserStore


@pytest.fixture
def source(tmp_path: Path) -> Paths:
    return home(tmp_path / "source", "home", "parents")


def test_an_empty_home_becomes_what_the_backup_was_of(source: Paths, tmp_path: Path) -> None:
    file = backed_up(source, tmp_path / "b")
    target = Paths.under(tmp_path / "target")
    brought_back(target, file)
    before, after = state(source), state(target)
    assert after.pop("secrets.toml") is None and before.pop("secrets.toml")
    assert {name: value for name, value in after.items() if not name.endswith(".toml")} == {
        name: value for name, value in before.items() if not name.endswith(".toml")
    }
    assert [profile.sync.interval_hours for profile in ProfileStore(target).list()] == [48, 48]
    assert (current := ProfileStore(target).current()) is not None and current.name == "home"
    assert load_app_settings(target).bell is True
    assert all(set(counts) == {"home", "parents"} for counts in rows_by_profile(target).values())


def test_every_table_of_the_users_file_is_in_it(source: Paths, tmp_path: Path) -> None:
    with opened_backup(backed_up(source, tmp_path / "b")) as backup:
        counts = make_plan(source, backup, replace=False).rows
    with closing(sqlite3.connect(source.user_db)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(counts) == tables
    assert all(count >= 2 for count in counts.values())


def test_no_secret_is_in_it_unasked(source: Paths, tmp_path: Path) -> None:
    with zipfile.ZipFile(backed_up(source, tmp_path / "b")) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert PASSWORD.encode() not in everything and b"interval_hours" in everything


@pytest.mark.parametrize("now", [90_000, 7_000_000_000])
def test_a_clock_far_from_today_is_no_hindrance(
    now: int, source: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without a battery starts in 1970, which the format of the archive can't express."""
    monkeypatch.setattr("time.time", lambda: float(now))
    target = Paths.under(tmp_path / "target")
    brought_back(target, backed_up(source, tmp_path / "b"))
    assert set(rows_by_profile(target)["mark"]) == {"home", "parents"}


def test_merging_adds_and_leaves_what_is_here(source: Paths, tmp_path: Path) -> None:
    target = home(tmp_path / "target", "Home", "friends")
    change_app_settings(target, theme="paper", bell=False)
    with UserStore(target.user_db) as user:
        user.set_mark("Home", Kind.MOVIE, "77", Mark.FAVOURITE, "Mine")
    brought_back(target, backed_up(source, tmp_path / "b"))
    assert [profile.name for profile in ProfileStore(target).list()] == ["Home", "friends", "parents"]
    assert ProfileStore(target).passwords.read(ProfileStore(target).get("Home")) == f"{PASSWORD}-Home"
    assert (load_app_settings(target).theme, load_app_settings(target).bell) == ("paper", False)
    with UserStore(target.user_db) as user:
        assert user.ids_with("Home", Kind.MOVIE, Mark.FAVOURITE) == {"1", "77"}
        assert user.ids_with("parents", Kind.MOVIE, Mark.FAVOURITE) == {"1"}
        assert user.ids_with("home", Kind.MOVIE, Mark.FAVOURITE) == frozenset()


def test_of_what_is_in_both_the_newer_history_counts(source: Paths, tmp_path: Path) -> None:
    target = home(tmp_path / "target", "home", "parents")
    with closing(sqlite3.connect(source.user_db)) as file, file:
        file.execute("UPDATE playing SET at = 50, position_s = 500 WHERE profile = 'home'")
        file.execute("UPDATE playing SET at = 50, position_s = 500 WHERE profile = 'parents'")
    with closing(sqlite3.connect(target.user_db)) as file, file:
        file.execute("UPDATE playing SET at = 40, position_s = 400 WHERE profile = 'home'")
        file.execute("UPDATE playing SET at = 60, position_s = 600 WHERE profile = 'parents'")
    brought_back(target, backed_up(source, tmp_path / "b"))
    with closing(sqlite3.connect(target.user_db)) as file:
        positions = dict(file.execute("SELECT profile, position_s FROM playing").fetchall())
    assert positions == {"home": 500, "parents": 600}


def test_replacing_leaves_only_the_backups_and_names_who_goes(source: Paths, tmp_path: Path) -> None:
    target = home(tmp_path / "target", "home", "friends")
    change_app_settings(target, theme="paper")
    file = backed_up(source, tmp_path / "b")
    with opened_backup(file) as backup:
        plan = make_plan(target, backup, replace=True)
        assert (plan.added, plan.replaced, plan.removed) == (("parents",), ("home",), ("friends",))
        assert set(plan.settings) == {"theme"}
        restore(target, backup, plan, {})
    assert all(set(counts) == {"home", "parents"} for counts in rows_by_profile(target).values())
    assert load_app_settings(target).theme == ""


def test_what_was_here_is_kept_and_undoes_a_restore(source: Paths, tmp_path: Path) -> None:
    target = home(tmp_path / "target", "friends")
    before = state(target)
    brought_back(target, backed_up(source, tmp_path / "b"), replace=True)
    kept = target.data / "before-restore.zip"
    assert kept.stat().st_mode & 0o777 == 0o600
    brought_back(target, kept, replace=True)
    after = state(target)
    assert after["mark"] == before["mark"]
    assert after["settings.toml"] == before["settings.toml"]


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    source = Paths.under(tmp_path / "source").ensure()
    file = backed_up(source, tmp_path / "b")
    old = old_user_file(tmp_path / "old.db").read_bytes()
    rewrite(file, lambda members: members.update({"user.db": old}))
    target = Paths.under(tmp_path / "target")
    brought_back(target, file)
    with closing(sqlite3.connect(target.user_db)) as connection:
        assert connection.execute("SELECT count(*) FROM mark").fetchone()[0] > 0


# ------------------------------------------------------------------------------------------------ what is refused
def rewrite(
    file: Path,
    change: Callable[[dict[str, bytes]], object] = lambda members: None,
    change_manifest: Callable[[dict[str, Any]], object] = lambda manifest: None,
) -> None:
    """Change a backup and make its digests fit again."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members)
    manifest["sha256"] = {name: sha256(content).hexdigest() for name, content in members.items()}
    change_manifest(manifest)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in members.items():
            archive.writestr(name, content)


def assert_refused(target: Paths, file: Path, error: type[Exception] = LibraryError) -> None:
    before = state(target)
    with pytest.raises(error):
        brought_back(target, file, replace=True)
    assert state(target) == before
    assert not (target.data / "before-restore.zip").exists()


def test_one_wrong_byte_anywhere_is_refused_or_harmless(source: Paths, tmp_path: Path) -> None:
    content = backed_up(source, tmp_path / "b").read_bytes()
    target = home(tmp_path / "target", "friends")
    before = state(target)
    chosen = random.Random(7)
    refused = 0
    for _ in range(60):
        damaged = bytearray(content)
        place = chosen.randrange(len(content))
        damaged[place] ^= 1 << chosen.randrange(8)
        (tmp_path / "d").write_bytes(damaged)
        try:
            with opened_backup(tmp_path / "d") as backup:
                assert [profile.name for profile in backup.profiles] == ["home", "parents"]
        except LibraryError:
            refused += 1
    assert refused > 45  # the rest are bytes of ZIP headers that mean nothing: times, attributes
    assert state(target) == before


def test_a_wrong_byte_in_any_region_is_refused_or_harmless(source: Paths, tmp_path: Path) -> None:
    """Deterministic: each member's header, the beginning, middle and end of its data, the directory, and the end."""
    file = backed_up(source, tmp_path / "b", EncryptedSecrets.encrypt({"home": PASSWORD}, "correct horse"))
    content = file.read_bytes()
    places = {"first": 0, "directory": content.rindex(b"PK\x01\x02") + 20, "end": content.rindex(b"PK\x05\x06") + 10}
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            data = member.header_offset + 30 + len(member.filename)
            size = member.compress_size
            places |= {f"{member.filename}: {name}": place for name, place in (
                ("signature", member.header_offset), ("checksum", member.header_offset + 14), ("name", data - 1),
                ("first", data), ("middle", data + size // 2), ("last", data + size - 1))}  # fmt: skip
    assert len(places) > 20
    for name, place in places.items():
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        (tmp_path / "d").write_bytes(damaged)
        try:
            with opened_backup(tmp_path / "d") as backup:
                assert [profile.name for profile in backup.profiles] == ["home", "parents"], name
        except (LibraryError, UsageError, SecretError) as error:
            assert str(error), name


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.99])
def test_a_cut_file_and_a_foreign_one_are_refused(source: Paths, tmp_path: Path, keep: float) -> None:
    file = backed_up(source, tmp_path / "b")
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    target = home(tmp_path / "target", "friends")
    assert_refused(target, file)
    assert_refused(target, target.user_db)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("manifest.json", "[1]")
    assert_refused(target, tmp_path / "other.zip")


def test_newer_forms_and_newer_files_are_refused(source: Paths, tmp_path: Path) -> None:
    target = home(tmp_path / "target", "friends")
    file = backed_up(source, tmp_path / "b")
    rewrite(file, change_manifest=lambda manifest: manifest.update(version=2))
    assert_refused(target, file, NewerLibrary)
    newer = backed_up(source, tmp_path / "c")
    with closing(sqlite3.connect(source.user_db)) as connection:
        connection.execute("PRAGMA journal_mode = delete")
        connection.execute("PRAGMA user_version = 99")
    content = source.user_db.read_bytes()
    rewrite(newer, lambda members: members.update({"user.db": content}))
    assert_refused(target, newer, NewerLibrary)


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("profiles.toml", b"[profiles.x]\nurl = 5\n"),
        ("profiles.toml", b"[profiles.x\n"),
        ("settings.toml", b"size_limit_mb = -1\n"),
        ("user.db", b"no database" * 900),
    ],
)
def test_contents_that_can_not_be_used_are_refused_whole(
    source: Paths, tmp_path: Path, member: str, content: bytes
) -> None:
    file = backed_up(source, tmp_path / "b")
    rewrite(file, lambda members: members.update({member: content}))
    assert_refused(home(tmp_path / "target", "friends"), file)


@pytest.mark.parametrize("step", ["_restore_profiles", "_restore_settings", "_restore_passwords"])
def test_what_fails_half_way_leaves_everything_as_it_was(
    source: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    target = home(tmp_path / "target", "friends")
    file = backed_up(source, tmp_path / "b")
    before = state(target)

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring_module, step, fail)
    with pytest.raises(OSError, match="No space"):
        brought_back(target, file, replace=True)
    assert state(target) == before


# ------------------------------------------------------------------------------------------------------- secrets
def test_sealed_passwords_open_with_their_passphrase_alone() -> None:
    encrypted = EncryptedSecrets.encrypt({"home": PASSWORD}, "correct horse")
    again = EncryptedSecrets.from_document(json.loads(json.dumps(encrypted.document())))
    assert again.decrypt("correct horse") == {"home": PASSWORD}
    assert PASSWORD not in json.dumps(encrypted.document())
    with pytest.raises(SecretError, match="passphrase"):
        again.decrypt("correct house")
    with pytest.raises(UsageError, match="8 characters"):
        EncryptedSecrets.encrypt({}, "short")


@pytest.mark.parametrize("change", [{"work": 2**40}, {"work": 1000}, {"salt": "?"}, {"data": None}])
def test_damaged_secrets_are_refused(change: dict[str, Any]) -> None:
    document = EncryptedSecrets.encrypt({"home": PASSWORD}, "correct horse").document() | change
    with pytest.raises(LibraryError):
        EncryptedSecrets.from_document(document)


def test_passwords_come_back_with_their_profiles(source: Paths, tmp_path: Path) -> None:
    encrypted = EncryptedSecrets.encrypt({"home": "one-password", "parents": "two-password"}, "correct horse")
    target = home(tmp_path / "target", "home")
    with opened_backup(backed_up(source, tmp_path / "b", encrypted)) as backup:
        assert backup.secrets is not None
        passwords = backup.secrets.decrypt("correct horse")
        restore(target, backup, make_plan(target, backup, replace=False), passwords)
    profiles = ProfileStore(target)
    assert profiles.passwords.read(profiles.get("parents")) == "two-password"
    assert profiles.passwords.read(profiles.get("home")) == f"{PASSWORD}-home"  # it was here
    assert target.secrets_file.stat().st_mode & 0o777 == 0o600
