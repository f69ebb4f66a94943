from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from tui_app.errors import SecretError, SettingsError, UsageError, XtreamTuiError
from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.settings import PasswordStore, Profile, ProfileStore
from tui_app.settings import keyring_access as access
from tui_app.settings.password_command import password_from
from tui_app.text import redact

SECRET = "s3cret-Pa55"


def everything_in(error: BaseException) -> str:
    """All that a traceback or a log could show of an error and those behind it."""
    seen: list[str] = []
    behind: BaseException | None = error
    while behind is not None:
        seen.append(f"{behind!r} {vars(behind)}")
        behind = behind.__cause__ or behind.__context__
    return " ".join(seen)


@pytest.fixture
def store(paths: Paths) -> PasswordStore:
    return PasswordStore(paths)


# ------------------------------------------------------------------------------------------------- the file
def test_a_password_in_the_file_is_for_the_owner_alone(store: PasswordStore, paths: Paths, home: Profile) -> None:
    old_mask = os.umask(0)
    try:
        store.store("home", "file", SECRET)
    finally:
        os.umask(old_mask)
    assert store.read(home) == SECRET
    assert stat.S_IMODE(paths.secrets_file.stat().st_mode) == 0o600
    assert [file.name for file in paths.config.iterdir() if SECRET in file.read_text()] == ["secrets.toml"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o610])
def test_a_file_that_others_can_open_is_refused_and_says_what_to_do(
    store: PasswordStore, paths: Paths, home: Profile, mode: int
) -> None:
    store.store("home", "file", SECRET)
    paths.secrets_file.chmod(mode)
    raw = paths.secrets_file.read_bytes()
    for attempt in (
        lambda: store.read(home),
        lambda: store.store("other", "file", "x-other"),
        lambda: store.forget(home),
    ):
        with pytest.raises(SecretError) as caught:
            attempt()
        assert f"chmod 600 '{paths.secrets_file}'" in caught.value.hint
    assert paths.secrets_file.read_bytes() == raw


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_password_comes_back_without_the_blanks_around_it(
    store: PasswordStore, home: Profile, password: str
) -> None:
    store.store("home", "file", f" {password}\r\n")
    assert store.read(home) == password.strip()


@pytest.mark.parametrize("password", ["", "  \n", "broken \udcff"])
def test_a_password_that_can_not_be_one_is_refused(store: PasswordStore, paths: Paths, password: str) -> None:
    with pytest.raises(SecretError) as caught:
        store.store("home", "file", password)
    assert "broken" not in everything_in(caught.value)
    assert not paths.secrets_file.exists()


def test_passwords_of_profiles_are_kept_apart(store: PasswordStore, home: Profile) -> None:
    other = replace(home, name='ö "x"')
    store.store(home.name, "file", "first-one")
    store.store(other.name, "file", "second-one")
    store.forget(home)
    store.forget(home)
    assert store.read(other) == "second-one"
    with pytest.raises(SecretError, match="No password is stored for profile “home”"):
        store.read(home)


@pytest.mark.parametrize(
    "content", [f"[passwords]\nhome = {SECRET}\n", f"[passwords]\nhome = '{SECRET}\n", f"passwords = '{SECRET}'\n"]
)
def test_a_bad_secrets_file_is_reported_without_what_stands_in_it_and_never_touched(
    store: PasswordStore, paths: Paths, home: Profile, content: str
) -> None:
    paths.config.mkdir()
    paths.secrets_file.write_text(content)
    paths.secrets_file.chmod(0o600)
    for attempt in (lambda: store.read(home), lambda: store.store("home", "file", "new-one")):
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert str(paths.secrets_file) in str(caught.value)
        assert SECRET not in everything_in(caught.value)
    assert paths.secrets_file.read_text() == content


def test_what_is_read_is_masked_from_then_on(store: PasswordStore, paths: Paths, home: Profile) -> None:
    store.store("home", "file", "first-Masked-1")
    assert "first-Masked-1" not in redact("it is first-Masked-1 indeed")
    paths.secrets_file.write_text("[passwords]\nhome = 'by-hand-Masked-2'\n")
    store.read(home)
    assert "by-hand-Masked-2" not in redact("it is by-hand-Masked-2 indeed")


# ---------------------------------------------------------------------------------------------- the command
def with_command(home: Profile, command: str) -> Profile:
    return replace(home, password_source="command", password_command=command)


@pytest.mark.parametrize(
    "command",
    [
        f"echo {SECRET}",
        f"printf '  {SECRET}\\r\\nurl: x\\n'",
        f"printf {SECRET}",
        f"echo 'not {SECRET}' | cut -c5-",
        f"echo noise >&2; echo {SECRET}; printf '\\377'",
    ],
)
def test_the_first_line_a_command_prints_is_the_password(store: PasswordStore, home: Profile, command: str) -> None:
    assert store.read(with_command(home, command)) == SECRET


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (f"echo {SECRET}; echo {SECRET} >&2; exit 3", "failed with exit status 3"),
        ("no-such-command-here", "was not found"),
        ("true", "printed no password"),
        (f"echo; echo {SECRET}", "printed no password"),
        (f"printf '\\377{SECRET}'", "did not print UTF-8"),
        (f"echo {SECRET}; kill -9 $$", "killed by signal 9"),
        (f"echo {SECRET}\0", "could not be started"),
    ],
)
def test_a_failing_command_is_reported_without_its_output(
    store: PasswordStore, home: Profile, capfd: pytest.CaptureFixture[str], command: str, sentence: str
) -> None:
    with pytest.raises(SecretError, match=sentence) as caught:
        store.read(with_command(home, command))
    assert SECRET not in everything_in(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_command_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    sign = tmp_path / "still here"
    started = time.monotonic()
    with pytest.raises(SecretError, match=r"did not finish within 0\.3 seconds") as caught:
        password_from(f"echo {SECRET}; (sleep 3; touch '{sign}') & sleep 60", time_out_s=0.3)
    assert time.monotonic() - started < 20
    assert SECRET not in everything_in(caught.value)
    time.sleep(3)
    assert not sign.exists()


def test_a_command_can_not_wait_for_the_keyboard(store: PasswordStore, home: Profile) -> None:
    with pytest.raises(SecretError, match="exit status"):
        store.read(with_command(home, "read answer && echo $answer"))


def test_a_profile_with_a_command_keeps_no_password(profiles: ProfileStore, paths: Paths, home: Profile) -> None:
    profile = with_command(home, "echo x")
    with pytest.raises(UsageError, match="has no stored password"):
        profiles.add(profile, SECRET)
    profiles.passwords.forget(profile)
    assert not paths.secrets_file.exists()


# ---------------------------------------------------------------------------------------------- the keyring
class FakeKeyring(KeyringBackend):
    """A keyring in memory, with the troubles real ones have."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # of keyring, which is annotated in part
        self.kept: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.forgetful = False
        self.hangs: threading.Event | None = None

    def _trouble(self) -> None:
        if self.hangs:
            self.hangs.wait(20)
        if self.error:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self._trouble()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._trouble()
        if not self.forgetful:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._trouble()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")


@pytest.fixture
def fake_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    before = keyring.get_keyring()
    fake_keyring = FakeKeyring()
    keyring.set_keyring(fake_keyring)
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    yield fake_keyring
    if fake_keyring.hangs:
        fake_keyring.hangs.set()
    keyring.set_keyring(before)


@pytest.fixture
def in_keyring(home: Profile) -> Profile:
    return replace(home, password_source="keyring")


def test_a_working_keyring_is_the_best_place(paths: Paths, fake_keyring: FakeKeyring) -> None:
    assert PasswordStore(paths).best_source() == "keyring"


def test_with_a_home_of_its_own_the_keyring_is_left_alone(
    paths: Paths, fake_keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, "/somewhere")
    fake_keyring.error = AssertionError("asked all the same")
    assert PasswordStore(paths).best_source() == "file"


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, chainer.ChainerBackend])
def test_no_real_keyring_means_the_file(
    paths: Paths, fake_keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch, backend: type[KeyringBackend]
) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [fail.Keyring()])  # type: ignore[no-untyped-call]  # of keyring
    keyring.set_keyring(backend())
    assert PasswordStore(paths).best_source() == "file"


def test_a_chain_with_a_real_keyring_in_it_works(fake_keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [fake_keyring, FakeKeyring()])
    keyring.set_keyring(chainer.ChainerBackend())  # type: ignore[no-untyped-call]  # of keyring
    assert access.works()


@pytest.mark.parametrize(
    "error", [KeyringLocked("no"), KeyError("DBUS_SESSION_BUS_ADDRESS"), type("Odd", (Exception,), {})()]
)
def test_a_keyring_that_raises_means_the_file(paths: Paths, fake_keyring: FakeKeyring, error: Exception) -> None:
    fake_keyring.error = error
    assert PasswordStore(paths).best_source() == "file"


def test_a_keyring_that_hangs_is_not_waited_for_without_end(fake_keyring: FakeKeyring) -> None:
    fake_keyring.hangs = threading.Event()
    started = time.monotonic()
    assert not access.works(time_out_s=0.1)
    with pytest.raises(SecretError, match=r"did not answer within 0\.1 seconds") as caught:
        access.read("home", time_out_s=0.1)
    assert time.monotonic() - started < 20
    assert "unlocked" in caught.value.hint


def test_a_password_in_the_keyring_is_nowhere_else(
    profiles: ProfileStore, paths: Paths, fake_keyring: FakeKeyring, in_keyring: Profile
) -> None:
    profiles.add(in_keyring, SECRET)
    assert fake_keyring.kept == {("xtream-tui", "home"): SECRET}
    assert profiles.passwords.read(profiles.get("home")) == SECRET
    assert not any(SECRET in file.read_text() for file in paths.config.iterdir())
    profiles.remove("home")
    assert fake_keyring.kept == {}


def test_forgetting_what_the_keyring_does_not_hold_is_fine(
    profiles: ProfileStore, fake_keyring: FakeKeyring, in_keyring: Profile
) -> None:
    profiles.add(in_keyring)
    profiles.remove("home")
    assert profiles.list() == ()


def test_moving_a_password_to_the_keyring_clears_the_file(
    profiles: ProfileStore, paths: Paths, fake_keyring: FakeKeyring, home: Profile, in_keyring: Profile
) -> None:
    profiles.add(home, SECRET)
    profiles.update(in_keyring, SECRET)
    assert SECRET not in paths.secrets_file.read_text()
    assert profiles.passwords.read(profiles.get("home")) == SECRET


def test_a_keyring_that_forgets_silently_is_noticed(
    profiles: ProfileStore, fake_keyring: FakeKeyring, in_keyring: Profile
) -> None:
    fake_keyring.forgetful = True
    with pytest.raises(SecretError, match="did not store the password"):
        profiles.add(in_keyring, SECRET)
    assert profiles.list() == ()


def test_trouble_in_the_keyring_is_told_without_the_backends_words(
    profiles: ProfileStore, fake_keyring: FakeKeyring, in_keyring: Profile, capfd: pytest.CaptureFixture[str]
) -> None:
    fake_keyring.error = RuntimeError(f"could not store {SECRET}")
    for attempt in (lambda: profiles.add(in_keyring, SECRET), lambda: profiles.passwords.read(in_keyring)):
        with pytest.raises(XtreamTuiError, match=r"can't be used \(RuntimeError\)") as caught:
            attempt()
        assert SECRET not in everything_in(caught.value)
    assert capfd.readouterr() == ("", "")
