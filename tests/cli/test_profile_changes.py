"""`profile rename` and `profile set`, as they are typed."""

from __future__ import annotations

from tests.cli.conftest import PASSWORD
from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.servers import dead_address
from tui_app.demo import DemoPanel
from tui_app.settings import ProfileStore


def test_a_renamed_profile_lists_and_syncs_as_before(synced: Cli) -> None:
    assert synced.json("profile", "rename", "HOME", "parents") == {"renamed": "home", "name": "parents"}
    assert synced.json("list", "movies")["total"] == 240
    assert synced.json("sync", "parents")["movies"]["unchanged"] == 240
    assert "no profile named" in synced("profile", "rename", "home", "x", expect=2).err
    assert "already a profile" in synced("profile", "rename", "parents", "parents", expect=2).err


def test_a_changed_login_is_tested_and_a_refused_one_not_kept(synced: Cli, panel: DemoPanel) -> None:
    before = synced.paths.profiles_file.read_bytes(), synced.paths.secrets_file.read_bytes()
    answer = synced.json("profile", "set", "home", "--password-stdin", stdin="wrong-password\n", expect=4)
    assert answer["error"]["code"] == "login_refused"
    dead = synced("profile", "set", "home", "--url", dead_address(), expect=6)
    assert "Nothing was changed" in dead.err
    assert (synced.paths.profiles_file.read_bytes(), synced.paths.secrets_file.read_bytes()) == before
    assert synced.json("profile", "set", "home", "--password-stdin", stdin=f"{PASSWORD}\n")["status"] == "active"
    link = f"{panel.url}/get.php?username={panel.username}&password=s3cret-W%C3%B6rd-42"
    assert synced("profile", "set", "home", "--url", link).code == 0
    assert synced.json("list", "movies")["total"] == 240


def test_only_what_is_named_changes(synced: Cli) -> None:
    profiles = ProfileStore(synced.paths)
    before = profiles.get("home")
    synced("profile", "set", "home", "--user-agent", "Player/1.0")
    after = profiles.get("home")
    assert (after.user_agent, after.url, after.username) == ("Player/1.0", before.url, before.username)
    assert profiles.passwords.read(after) == PASSWORD


def test_a_password_command_takes_the_place_of_a_kept_password_and_back(synced: Cli) -> None:
    profiles = ProfileStore(synced.paths)
    synced("profile", "set", "home", "--password-command", f"printf '%s' '{PASSWORD}'")
    assert profiles.get("home").password_source == "command"
    assert PASSWORD not in synced.paths.secrets_file.read_text()
    synced("profile", "set", "home", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (profiles.get("home").password_source, profiles.get("home").password_command) == ("file", None)
    assert synced.json("profile", "test", "home")["status"] == "active"


def test_further_addresses_are_stored_tested_and_removed(synced: Cli, panel: DemoPanel) -> None:
    dead = dead_address()
    synced("profile", "set", "home", "--url", dead, "--also-url", f"{panel.url}/get.php?username=u&password={PASSWORD}")
    profile = ProfileStore(synced.paths).get("home")
    assert (profile.url, profile.also_urls) == (dead, (panel.url,))
    tested = fits("profile-test", synced.json("profile", "test", "home"))
    assert tested["status"] == "active"
    assert [(one["url"], one["status"]) for one in tested["addresses"]] == [
        (dead, "unreachable"),
        (panel.url, "active"),
    ]
    lines = synced("profile", "test", "home").out.splitlines()
    assert lines[0].startswith(f"{dead}: ") and lines[1] == f"{panel.url}: login successful"
    assert synced.json("sync")["status"] == "completed"
    assert synced("url", "movie", "100002").out.startswith(panel.url)
    synced("profile", "set", "home", "--also-url", "none", "--no-test")
    assert ProfileStore(synced.paths).get("home").also_urls == ()
    assert fits("profile-test", synced.json("profile", "test", "home", expect=6))["status"] == "unreachable"


def test_a_profile_is_added_with_further_addresses(cli: Cli, panel: DemoPanel) -> None:
    arguments = ("--username", panel.username, "--password-stdin")
    dead = dead_address()
    added = cli("profile", "add", "two", "--url", dead, "--also-url", panel.url, *arguments, stdin=PASSWORD)
    assert "login successful" in added.out
    assert ProfileStore(cli.paths).get("two").addresses == (dead, panel.url)
    twice = ("--url", dead, "--also-url", dead)
    assert "must not repeat" in cli("profile", "add", "three", *twice, *arguments, stdin=PASSWORD, expect=2).err


def test_what_makes_no_sense_is_said(synced: Cli) -> None:
    assert "nothing to change" in synced("profile", "set", "home", expect=2).err
    both = synced("profile", "set", "home", "--password-stdin", "--password-command", "x", stdin="y\n", expect=2)
    assert "not both" in both.err
    assert "empty" in synced("profile", "set", "home", "--password-stdin", stdin="\n", expect=2).err
    assert "no profile named" in synced("profile", "set", "nobody", "--username", "x", expect=2).err
