"""What happens to files that people edit by hand: nothing they wrote is lost, nothing unreadable is touched."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_app.errors import SettingsError, XtreamTuiError
from tui_app.paths import Paths
from tui_app.settings import (
    AppSettings,
    Profile,
    ProfileStore,
    SyncSettings,
    change_app_settings,
    load_app_settings,
)
from tui_app.settings.toml_file import TomlFile

BY_HAND = """\
# my profiles
current = "Home"
later_version = { nested = [1, 2.5, true], when = 2024-02-29T10:00:00Z }

[profiles.home]
url = "http://panel.example:8080"   # from the mail
username = "ann"
password_source = "file"
connect_timeout_s = 10
future = "kept"

[profiles.home.sync]
interval_hours = 24
nap = 3
[profiles.home.sync.excluded_categories]
channels = [3, "9"]
radio = ["1"]

[[extra]]
a = 1
[[extra]]
b = 2
"""


def write(path: Path, text: str | bytes) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = text.encode() if isinstance(text, str) else text
    path.write_bytes(raw)
    return raw


def test_a_file_written_by_hand_is_understood(profiles: ProfileStore, paths: Paths) -> None:
    write(paths.profiles_file, BY_HAND)
    profile = profiles.current()
    assert profile is not None
    assert profile.name == "home"
    assert profile.sync.interval_hours == 24
    assert dict(profile.sync.excluded_categories) == {"channel": ("3", "9")}


def test_a_byte_order_mark_and_windows_line_ends_are_understood(profiles: ProfileStore, paths: Paths) -> None:
    write(paths.profiles_file, b"\xef\xbb\xbf" + BY_HAND.replace("\n", "\r\n").encode())
    assert profiles.get("home").username == "ann"


def test_keys_we_do_not_know_survive_every_change(profiles: ProfileStore, paths: Paths, home: Profile) -> None:
    write(paths.profiles_file, BY_HAND)
    profiles.save_sync_settings("home", SyncSettings(interval_hours=6))
    profiles.update(home)
    profiles.add(Profile("other", "http://other.example", "bob", password_source="file"), "pw")
    profiles.use("other")
    profiles.remove("other")
    was, now = tomllib.loads(BY_HAND), tomllib.loads(paths.profiles_file.read_text())
    assert now["later_version"] == was["later_version"]
    assert now["extra"] == was["extra"]
    assert now["profiles"]["home"]["future"] == "kept"
    assert now["profiles"]["home"]["connect_timeout_s"] == 10
    assert now["profiles"]["home"]["sync"]["nap"] == 3
    assert now["profiles"]["home"]["sync"]["excluded_categories"] == {"radio": ["1"]}


def test_a_change_that_changes_nothing_keeps_comments_too(profiles: ProfileStore, paths: Paths) -> None:
    raw = write(paths.profiles_file, BY_HAND.replace('"Home"', '"home"'))
    profiles.use("home")
    assert paths.profiles_file.read_bytes() == raw


def lines_changed(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Return the lines that went and those that came."""
    found = list(ndiff(before.decode().splitlines(), after.decode().splitlines()))
    return [line[2:] for line in found if line[0] == "-"], [line[2:] for line in found if line[0] == "+"]


def test_each_change_of_the_profiles_leaves_the_other_lines_as_they_are(
    profiles: ProfileStore, paths: Paths, home: Profile
) -> None:
    raw = write(paths.profiles_file, BY_HAND)

    def changed() -> tuple[list[str], list[str]]:
        nonlocal raw
        before, raw = raw, paths.profiles_file.read_bytes()
        return lines_changed(before, raw)

    profiles.use("home")
    assert changed() == (['current = "Home"'], ['current = "home"'])
    profiles.save_sync_settings("home", replace(profiles.get("home").sync, interval_hours=48))
    gone, came = changed()
    assert gone == ["interval_hours = 24", 'channels = [3, "9"]'] and "interval_hours = 48" in came
    profiles.update(replace(profiles.get("home"), url="http://other.example"))
    gone, came = changed()
    assert gone == ['url = "http://panel.example:8080"   # from the mail']
    assert came == ['url = "http://other.example"   # from the mail']
    one_profile = raw
    profiles.add(replace(home, name="second"), "a-password")
    gone, came = changed()
    assert gone == [] and "[profiles.second]" in came
    profiles.remove("second")
    assert changed()[1] == [] and raw == one_profile
    profiles.add(replace(home, name="second"), "a-password")
    changed()
    profiles.rename("home", "cinema")
    old = raw
    assert changed() and raw.replace(b"cinema", b"home") == old
    profiles.rename("cinema", "at home")
    assert changed() and b'[profiles."at home".sync]' in raw and len(raw.splitlines()) == len(old.splitlines())


def test_each_change_of_the_settings_leaves_the_other_lines_as_they_are(paths: Paths) -> None:
    raw = write(
        paths.settings_file,
        '# mine\n\ntheme = "nord"  # at night\n\n# a guess\nsize_limit_mb = 100\n\n[keys]\n# vi\n"app.quit" = "x"\n',
    )
    change_app_settings(paths, theme="paper")
    expected = raw.replace(b'"nord"', b'"paper"')
    assert paths.settings_file.read_bytes() == expected
    change_app_settings(paths, size_limit_mb=200)
    expected = expected.replace(b"100", b"200")
    assert paths.settings_file.read_bytes() == expected
    change_app_settings(paths, keys={"app.quit": "z"})
    assert paths.settings_file.read_bytes() == expected.replace(b'"x"', b'"z"')


def test_a_long_file_is_changed_without_its_comments_in_good_time(tmp_path: Path) -> None:
    file = TomlFile(tmp_path / "any.toml", by_hand=True)
    write(file.path, "# mine\n" + "".join(f"[t.a{number}]\n" for number in range(20_000)))
    file.change(lambda document: document.update({"new": 1}))
    assert file.read()["new"] == 1 and len(file.read()["t"]) == 20_000


def test_line_ends_of_windows_stay(paths: Paths) -> None:
    raw = write(paths.settings_file, '# mine\r\ntheme = "nord" # night\r\n')
    change_app_settings(paths, theme="paper")
    assert paths.settings_file.read_bytes() == raw.replace(b"nord", b"paper")


def test_an_edit_made_meanwhile_is_not_lost(profiles: ProfileStore, paths: Paths, home: Profile) -> None:
    profiles.add(home)
    old = profiles.get_sync_settings("home")
    text = paths.profiles_file.read_text()
    write(paths.profiles_file, text.replace("panel.example", "moved.example"))
    profiles.save_sync_settings("home", old)
    profiles.use("home")
    assert profiles.get("home").url == "http://moved.example:8080"


BAD_TOML: list[tuple[str | bytes, str]] = [
    ('current = "home\n', "line 1, column"),
    ("[profiles.home]\nurl = \n", "line 2, column 7"),
    ("a = 1\na = 2\n", "line 2"),
    (b"current = '\xff'\n", "byte 12 is not UTF-8"),
    ("x = " + "[" * 5000, "not valid TOML"),
]


def everything_that_writes_profiles(profiles: ProfileStore) -> list[Callable[[], object]]:
    new = Profile("new", "http://new.example", "bob", password_source="file")
    return [
        lambda: profiles.add(new, "s3cret"),
        lambda: profiles.update(Profile("home", "http://x.example", "ann", password_source="file")),
        lambda: profiles.use("home"),
        lambda: profiles.remove("home"),
        lambda: profiles.save_sync_settings("home", SyncSettings()),
    ]


@pytest.mark.parametrize(("content", "place"), BAD_TOML)
def test_bad_toml_is_reported_with_its_place_and_never_touched(
    profiles: ProfileStore, paths: Paths, content: str | bytes, place: str
) -> None:
    raw = write(paths.profiles_file, content)
    for attempt in [profiles.list, profiles.current, *everything_that_writes_profiles(profiles)]:
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert str(paths.profiles_file) in str(caught.value)
        assert place in str(caught.value)
    assert paths.profiles_file.read_bytes() == raw
    assert not paths.secrets_file.exists()


@pytest.mark.parametrize(
    ("line", "where", "key"),
    [
        ("profiles = 3", "", "profiles must be a table, not a number"),
        ("[profiles]\nhome = 'x'", "", "profiles.home must be a table, not text"),
        ("verify_tls = 'no'", "profiles.home", "profiles.home.verify_tls must be true or false, not text"),
        ("verify_tls = 1", "profiles.home", "profiles.home.verify_tls must be true or false, not a number"),
        ("connect_timeout_s = true", "profiles.home", "profiles.home.connect_timeout_s must be a number"),
        ("connect_timeout_s = nan", "profiles.home", "profiles.home.connect_timeout_s must be more than 0"),
        ("user_agent = 2020-01-01", "profiles.home", "profiles.home.user_agent must be text, not a date or time"),
        ("interval_hours = 5", "profiles.home.sync", "profiles.home.sync.interval_hours must be at least 6"),
        ('guide = "all"', "profiles.home.sync", "profiles.home.sync.guide must be one of off, visible, full"),
        ("guide = true", "profiles.home.sync", "profiles.home.sync.guide must be text, not true or false"),
        ("interval_hours = 12.0", "profiles.home.sync", "profiles.home.sync.interval_hours must be a whole number"),
        ("kinds = 'movies'", "profiles.home.sync", "profiles.home.sync.kinds must be a list, not text"),
        ("kinds = ['films']", "profiles.home.sync", "profiles.home.sync.kinds may only name channels, movies, series"),
        ("kinds = [true]", "profiles.home.sync", "profiles.home.sync.kinds must be a list of texts"),
        (
            "movies = {}",
            "profiles.home.sync.excluded_categories",
            "profiles.home.sync.excluded_categories.movies must be a list, not a table",
        ),
        ("url = 'x'", 'profiles."my home"', 'profiles."my home".url must be the address of a server'),
    ],
)
def test_a_bad_value_is_reported_by_its_dotted_key_and_never_touched(
    profiles: ProfileStore, paths: Paths, line: str, where: str, key: str
) -> None:
    good = (
        "[profiles.home]\nurl = 'http://panel.example'\nusername = 'ann'\n" if where.startswith("profiles.home") else ""
    )
    header = "" if where in ("", "profiles.home") else f"[{where}]\n"
    raw = write(paths.profiles_file, f"{good}{header}{line}\n")
    with pytest.raises(SettingsError) as caught:
        profiles.list()
    assert f"{paths.profiles_file}: {key}" in str(caught.value)
    name = "my home" if "my home" in where else "home"
    with pytest.raises(SettingsError):
        profiles.save_sync_settings(name, SyncSettings())
    assert paths.profiles_file.read_bytes() == raw


def test_a_bad_profile_does_not_stop_a_sound_one(profiles: ProfileStore, paths: Paths) -> None:
    write(paths.profiles_file, BY_HAND + "\n[profiles.broken]\nurl = 1\n")
    assert profiles.get("home").username == "ann"


def test_a_current_profile_that_is_not_there_is_reported_and_can_be_chosen_anew(
    profiles: ProfileStore, paths: Paths
) -> None:
    write(paths.profiles_file, BY_HAND.replace('"Home"', '"gone"'))
    with pytest.raises(SettingsError, match="current names a profile that is not in the file"):
        profiles.current()
    profiles.use("home")
    assert profiles.current() is not None


# ------------------------------------------------------------------------------------------- settings.toml
def test_app_settings_have_defaults_and_come_back(paths: Paths) -> None:
    assert load_app_settings(paths) == AppSettings()
    wanted = AppSettings("nord", True, False, True, False, {"library.favourite": "ctrl+f"}, 500, True, True)
    told = change_app_settings(
        paths,
        theme="nord",
        scroll_by_jumps=True,
        changed_cells_only=False,
        ascii=True,
        animations=False,
        keys={"library.favourite": "ctrl+f"},
        size_limit_mb=500,
        bell=True,
        desktop_notifications=True,
    )
    assert told == load_app_settings(paths) == wanted


def test_changing_one_setting_keeps_the_others_as_the_file_has_them(paths: Paths) -> None:
    change_app_settings(paths, theme="nord", keys={"a.b": "x", "c.d": "y"})
    write(paths.settings_file, paths.settings_file.read_text().replace("nord", "by-hand") + "\n[later]\nx = 1\n")
    assert change_app_settings(paths, keys={"c.d": "z"}).theme == "by-hand"
    assert tomllib.loads(paths.settings_file.read_text()) == {
        "theme": "by-hand",
        "keys": {"c.d": "z"},
        "later": {"x": 1},
    }


def test_a_setting_can_be_automatic_again(paths: Paths) -> None:
    change_app_settings(paths, scroll_by_jumps=False)
    assert load_app_settings(paths).scroll_by_jumps is False
    assert change_app_settings(paths, scroll_by_jumps=None).scroll_by_jumps is None
    assert load_app_settings(paths).scroll_by_jumps is None


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("theme = [", "line 1"),
        ("bell = 'yes'", "bell must be true or false"),
        ("size_limit_mb = 0", "size_limit_mb"),
        ("keys = {a = 1}", "keys.a must be text"),
    ],
)
def test_a_bad_settings_file_is_reported_and_never_touched(paths: Paths, content: str, place: str) -> None:
    raw = write(paths.settings_file, content)
    for attempt in (load_app_settings, lambda paths: change_app_settings(paths, theme="nord")):
        with pytest.raises(SettingsError) as caught:
            attempt(paths)
        assert str(paths.settings_file) in str(caught.value)
        assert place in str(caught.value)
    assert paths.settings_file.read_bytes() == raw


def test_a_refused_app_setting_changes_nothing(paths: Paths) -> None:
    change_app_settings(paths, theme="nord")
    raw = paths.settings_file.read_bytes()
    with pytest.raises(XtreamTuiError, match="size_limit_mb must be at least 1"):
        change_app_settings(paths, theme="other", size_limit_mb=0)
    assert paths.settings_file.read_bytes() == raw


# ------------------------------------------------------------------------------------- any document at all
_VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates(min_value=date(1900, 1, 1))
    | st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.sampled_from([None, UTC])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), _VALUES, max_size=5))
def test_whatever_toml_can_say_survives_a_rewrite(tmp_path: Path, document: dict[str, Any]) -> None:
    file = TomlFile(tmp_path / "any.toml", by_hand=True)
    file.path.unlink(missing_ok=True)
    file.change(lambda empty: empty.update(document))
    file.change(lambda current: current.update({"our own": 1}))
    assert file.read() == {**document, "our own": 1}
