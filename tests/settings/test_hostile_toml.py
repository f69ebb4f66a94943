"""TOML that harms: whatever stands in the place of a file that is read as TOML costs one sentence."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.pty_app import PtyApp
from tui_app.catalog import Account
from tui_app.errors import SecretError, SettingsError, XtreamTuiError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore, change_app_settings, load_app_settings
from tui_app.settings.toml_file import TomlProblem, parse_toml
from tui_app.theming import load_themes

HOME = Profile("home", "http://panel.example", "ann", password_source="file")
HOSTILE: dict[str, bytes] = {
    "20,000 levels": b"x = " + b"[" * 20_000,
    "200,000 levels, closed": b"x = " + b"[" * 200_000 + b"]" * 200_000,
    "60 levels": b"x = " + b"[" * 60 + b"]" * 60,
    "levels of inline tables": b"x = " + b"{a=" * 20_000,
    "a key of 400,000 parts": b"a." * 400_000 + b"a = 1",
    "a table of 300,000 parts": b"[" + b'"a".' * 240_000 + b"a]",
    "parts in an inline table": b"x = {" + b"a." * 40_000 + b"a = 1}",
    "5,000 digits": b"x = " + b"9" * 5000,
    "50 digits": b"x = " + b"9" * 50,
    "hexadecimal digits": b"x = 0x" + b"f" * 300_000,
    "NUL": b'x = "\x00"',
    "50 MB": b"#" * 50_000_000,
    "no UTF-8": b'x = "\xff"',
    "UTF-16": "x = 1".encode("utf-16"),
    "surrogate": b'x = "\\ud800"',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_one_error_says_what_is_wrong_within_a_second(content: bytes) -> None:
    before = time.process_time()
    with pytest.raises(TomlProblem) as caught:
        parse_toml(content)
    assert time.process_time() - before < 2
    assert 0 < len(str(caught.value)) < 200 and "\n" not in str(caught.value)


def places(paths: Paths) -> dict[str, tuple[Path, Callable[[], object]]]:
    """The files, with what reads each."""
    profiles = ProfileStore(paths)
    return {
        "settings": (paths.settings_file, lambda: load_app_settings(paths)),
        "settings, changed": (paths.settings_file, lambda: change_app_settings(paths, bell=True)),
        "profiles": (paths.profiles_file, profiles.list),
        "profiles, changed": (paths.profiles_file, lambda: profiles.use("home")),
        "secrets": (paths.secrets_file, lambda: profiles.passwords.read(HOME)),
        "secrets, changed": (paths.secrets_file, lambda: profiles.passwords.store("home", "file", "pw-of-home")),
    }


@pytest.mark.parametrize("place", list(places(Paths.under(Path("x")))))
@pytest.mark.parametrize("content", [*HOSTILE, "a folder", "a pipe"])
def test_a_hostile_file_is_a_sentence_and_stays(paths: Paths, place: str, content: str) -> None:
    file, read = places(paths)[place]
    put(file, content)
    with pytest.raises((SettingsError, SecretError)) as caught:
        read()
    assert str(file) in caught.value.message and "\n" not in caught.value.message
    if content in HOSTILE:
        assert file.read_bytes() == HOSTILE[content]


def put(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if content == "a folder":
        file.mkdir()
    elif content == "a pipe":
        os.mkfifo(file, 0o600)
    else:
        file.write_bytes(HOSTILE[content])
        file.chmod(0o600)


@pytest.mark.parametrize("content", [*HOSTILE, "a folder", "a pipe"])
def test_the_facts_of_accounts_are_never_fatal(paths: Paths, profiles: ProfileStore, content: str) -> None:
    profiles.add(HOME, "pw-of-home")
    put(paths.accounts_file, content)
    assert profiles.list()[0].account is None
    for at in (5, 6):  # what is there is set aside once
        profiles.save_account("home", Account(), at)
        read = profiles.get("home").account
        assert read is not None and read.checked_at == at


def test_facts_that_can_not_be_kept_are_no_failure(paths: Paths, profiles: ProfileStore) -> None:
    profiles.add(HOME, "pw-of-home")
    for file in (paths.accounts_file, paths.accounts_file.with_suffix(".damaged")):
        put(file, "a folder")
        (file / "full").touch()  # so it can't be replaced
    profiles.save_account("home", Account(), 5)
    profiles.remove("home")
    assert profiles.list() == ()


@pytest.mark.parametrize("content", [*HOSTILE, "a folder", "a pipe"])
def test_a_hostile_theme_costs_itself_alone(paths: Paths, content: str) -> None:
    sound = len(load_themes().themes)
    put(paths.themes_folder / "x.toml", content)
    loaded = load_themes(paths.themes_folder)
    assert (len(loaded.themes), len(loaded.problems)) == (sound, 1)
    assert loaded.problems[0].startswith("x.toml: ")


def test_a_file_that_could_not_be_read_again_is_not_written(paths: Paths) -> None:
    change_app_settings(paths, bell=True)
    before = paths.settings_file.read_bytes()
    with pytest.raises(SettingsError, match="larger"):
        change_app_settings(paths, keys={f"binding.{number}": "x" * 40 for number in range(40_000)})
    assert paths.settings_file.read_bytes() == before


@pytest.mark.parametrize(
    "file", ["config/settings.toml", "config/profiles.toml", "config/themes/x.toml", "data/accounts.toml"]
)
def test_the_app_starts_and_leaves_the_file_as_it_is(tmp_path: Path, file: str) -> None:
    hostile = tmp_path / "home" / file
    put(hostile, "20,000 levels")
    env = {"XTREAM_TUI_HOME": str(tmp_path / "home")}
    with PtyApp([sys.executable, "-m", "tui_app"], columns=100, rows=30, env=env) as app:
        app.wait_for("too many levels" if file.endswith("profiles.toml") else "Add a profile", 60)
        assert "unexpectedly" not in app.text
    assert hostile.read_bytes() == HOSTILE["20,000 levels"]


# ------------------------------------------------------------------------------------------------------ any bytes
_PIECES = (
    "[", "]", "{", "}", "=", ".", ",", "\n", '"', "'", '"""', "#", "profiles", "home", "url", "sync", "keys",
    "current", "'http://x.example'", "interval_hours", "size_limit_mb", "player_command", "passwords", "name",
    "primary",
    "variables", "sixteen", "true", "1", "-1",
    "1e400", "nan", "9" * 30, "2020-13-45", "0x", "\\u0000", "\ufeff", "\x00", "☃",
    "[[", "]]",
)  # fmt: skip
_BYTES = st.binary(max_size=80) | st.lists(st.sampled_from(_PIECES), max_size=25).map(
    lambda parts: " ".join(parts).encode()
)


@given(raw=_BYTES)
@settings(examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_foreign_error_leaves_a_file_of_any_kind(tmp_path: Path, raw: bytes) -> None:
    paths = Paths.under(tmp_path / "fuzz").ensure()
    for _, (file, read) in places(paths).items():
        file.write_bytes(raw)
        file.chmod(0o600)
        try:
            read()
        except XtreamTuiError as error:
            assert error.message
        file.unlink()
    paths.accounts_file.write_bytes(raw)
    ProfileStore(paths).list()
    paths.themes_folder.mkdir(exist_ok=True)
    (paths.themes_folder / "x.toml").write_bytes(raw)
    assert len(load_themes(paths.themes_folder).problems) == 1
