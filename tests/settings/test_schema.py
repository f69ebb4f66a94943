from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from tui_app.catalog import Kind
from tui_app.settings import (
    AppSettings,
    Profile,
    SyncSettings,
    validate_app_settings,
    validate_name,
    validate_new_profile,
    validate_profile,
    validate_sync_settings,
)


def test_defaults_are_accepted(home: Profile) -> None:
    assert validate_profile(home) == []
    assert validate_sync_settings(SyncSettings()) == []
    assert validate_app_settings(AppSettings()) == []


@pytest.mark.parametrize("name", ["home", "Ännas Fernsehen", "日本", "a", "x" * 64, "हिन्दी", "a.b_c-d@e", "."])
def test_names_of_letters_digits_and_few_signs_are_accepted(name: str) -> None:
    assert validate_name(name) == []


@pytest.mark.parametrize("name", ["a/b", 'with "quotes"', "[/b]", "$(id)", "a;b", "a`b`", "50%", "😀"])
def test_other_signs_are_refused_in_new_names_and_kept_in_older_ones(home: Profile, name: str) -> None:
    (sentence,) = validate_name(name)
    assert sentence.startswith("name must be made of letters")
    older = replace(home, name=name)
    assert validate_new_profile(older) == [sentence]
    assert not [problem for problem in validate_profile(older) if "letters" in problem]


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "-home", " home", "home ", "ho\nme", "ho\x1bme", "a\u202eb", "a\u200bb", "\ud800", "\u00a0"]
)
def test_names_that_could_not_be_told_apart_or_typed_are_refused(name: str) -> None:
    (sentence,) = validate_name(name)
    assert sentence.startswith("name must ")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"url": "panel.example"}, "url"),
        ({"url": "ftp://panel.example"}, "url"),
        ({"url": "http://"}, "url"),
        ({"url": "http://[::1"}, "url"),
        ({"url": "http://panel.example\n"}, "url"),
        ({"url": "http://ann:pw@panel.example"}, "url"),
        ({"url": "http://panel.example/get.php?password=pw"}, "url"),
        ({"username": ""}, "username"),
        ({"username": "a\x00"}, "username"),
        ({"password_source": "brain"}, "password_source"),
        ({"password_source": "command"}, "password_command"),
        ({"user_agent": "VLC\r\nX-Evil: 1"}, "user_agent"),
        ({"user_agent": "Übertragung"}, "user_agent"),
        ({"user_agent": " "}, "user_agent"),
        ({"connect_timeout_s": 0}, "connect_timeout_s"),
        ({"first_byte_timeout_s": -1}, "first_byte_timeout_s"),
        ({"read_timeout_s": float("nan")}, "read_timeout_s"),
        ({"read_timeout_s": float("inf")}, "read_timeout_s"),
    ],
)
def test_a_bad_connection_value_is_refused_by_its_key(home: Profile, change: dict[str, object], key: str) -> None:
    (sentence,) = validate_profile(replace(home, **change))  # type: ignore[arg-type]
    assert sentence.startswith(f"{key} must ")


def test_a_refused_address_is_not_quoted(home: Profile) -> None:
    (sentence,) = validate_profile(replace(home, url="http://ann:s3cret@panel.example"))
    assert "s3cret" not in sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (SyncSettings(interval_hours=5), "sync.interval_hours must be at least 6, or 0 for manual"),
        (SyncSettings(interval_hours=-1), "sync.interval_hours must be at least 6, or 0 for manual"),
        (SyncSettings(kinds=()), "sync.kinds must name at least one of channels, movies, series"),
        (SyncSettings(kinds=(Kind.EPISODE,)), "sync.kinds must name at least one of channels, movies, series"),
        (
            SyncSettings(excluded_categories={Kind.MOVIE: ("",)}),
            "sync.excluded_categories must not hold empty category ids",
        ),
        (
            SyncSettings(excluded_categories={Kind.EPISODE: ("1",)}),
            "sync.excluded_categories must be lists under channels, movies, series",
        ),
    ],
)
def test_refused_sync_settings_say_why(settings: SyncSettings, sentence: str) -> None:
    assert validate_sync_settings(settings) == [sentence]


def test_an_interval_of_zero_hours_means_manual() -> None:
    assert SyncSettings(interval_hours=0) == SyncSettings(interval_hours=None)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (AppSettings(size_limit_mb=0), "size_limit_mb"),
        (AppSettings(theme="\x1b[31m"), "theme"),
        (AppSettings(keys={"library.favourite": " "}), 'keys."library.favourite"'),
    ],
)
def test_refused_app_settings_say_which(settings: AppSettings, key: str) -> None:
    (sentence,) = validate_app_settings(settings)
    assert sentence.startswith(f"{key} must ")


def test_a_profile_shown_in_a_log_tells_neither_user_nor_command() -> None:
    profile = Profile("home", "http://panel.example", "ann-7731", "command", "echo s3cret")
    assert "ann-7731" not in repr(profile)
    assert "s3cret" not in repr(profile)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("keyring", "tomli_w", "tomlkit", "platformdirs", "textual", "httpx", "subprocess")
    code = f"import sys, tui_app.settings; print([name for name in {heavy!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
