"""`profile rename` and `profile set`, as they are typed."""

from __future__ import annotations

from tests.cli.conftest import PASSWORD
from tests.cli.invoke import Cli
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


def test_what_makes_no_sense_is_said(synced: Cli) -> None:
    assert "nothing to change" in synced("profile", "set", "home", expect=2).err
    both = synced("profile", "set", "home", "--password-stdin", "--password-command", "x", stdin="y\n", expect=2)
    assert "not both" in both.err
    assert "empty" in synced("profile", "set", "home", "--password-stdin", stdin="\n", expect=2).err
    assert "no profile named" in synced("profile", "set", "nobody", "--username", "x", expect=2).err
