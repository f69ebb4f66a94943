"""VLC and commands of the user's own: where the address goes, and what is known of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.playback import fake_vlc
from tests.playback.conftest import ADDRESS, HOST, PASSWORD, USER, Heard, Keeper, film
from tui_app.errors import PlayerError
from tui_app.playback import PlaySession, find_player, why_no_display
from tui_app.playback.other_players import CommandPlayer, Vlc, filled, playlist_text
from tui_app.settings import AppSettings, validate_app_settings


def vlc(tmp_path: Path, mode: str) -> Vlc:
    script = tmp_path / "vlc"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake_vlc.__file__}" "$@"\n')
    script.chmod(0o700)
    return Vlc(str(script), (f"--fake={mode}", f"--heard={tmp_path / 'heard'}"))


def seen_by(tmp_path: Path) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads((tmp_path / "heard").read_text())
    return seen


async def test_vlc_reads_a_private_list_and_tells_where_it_is(
    session: PlaySession, heard: Heard, keeper: Keeper, tmp_path: Path
) -> None:
    await session.play(film(start_s=60.0), vlc(tmp_path, "plays"), keeper)
    await session.wait()
    assert "paused" in heard.states and keeper.positions[-1] == ("7", 1234.0, 2000.0)
    seen = seen_by(tmp_path)
    assert seen["playlist"].splitlines() == [
        "#EXTM3U",
        "#EXTINF:-1,Nosferatu",
        "#EXTVLCOPT:http-user-agent=VLC/3.0.21 LibVLC/3.0.21",
        "#EXTVLCOPT:start-time=60",
        ADDRESS,
    ]
    assert (seen["mode"], seen["folder"]) == ("0o600", "0o700")
    arguments = " ".join(seen["argv"])
    assert not any(secret in arguments for secret in (USER, PASSWORD, HOST))
    assert not Path(seen["argv"][-1]).exists()


async def test_vlc_without_its_socket_plays_all_the_same(
    session: PlaySession, heard: Heard, keeper: Keeper, tmp_path: Path
) -> None:
    await session.play(film(), vlc(tmp_path, "deaf"), keeper)
    await session.wait()
    assert heard.states == ["starting", "ended"] and keeper.positions == []


@pytest.mark.fcase(84)
async def test_f84_what_vlc_prints_is_redacted(session: PlaySession, heard: Heard, tmp_path: Path) -> None:
    await session.play(film(), vlc(tmp_path, "fails"))
    await session.wait()
    assert heard[-1].message == "The provider does not have this stream now (HTTP 404)."
    assert not any(secret in f"{heard}" for secret in (USER, PASSWORD, HOST))


def test_a_title_can_add_no_line_to_the_list() -> None:
    what = film(title="x\n#EXTVLCOPT:sout=file:/tmp/x\r\nfile:///etc/passwd\x85y")
    assert len(playlist_text(what).splitlines()) == 3


async def test_a_command_finds_the_address_on_its_input(session: PlaySession, heard: Heard, tmp_path: Path) -> None:
    await session.play(film(), CommandPlayer(f"tee '{tmp_path / 'got it'}'"))
    await session.wait()
    assert (tmp_path / "got it").read_text() == f"{ADDRESS}\n" and heard[-1].state == "ended"


async def test_a_command_that_asks_for_a_list_gets_a_private_one(session: PlaySession, tmp_path: Path) -> None:
    script = tmp_path / "play"
    script.write_text(f"#!/bin/sh\nstat -c %a \"$1\" > '{tmp_path / 'mode'}'\ncat \"$1\" > '{tmp_path / 'list'}'\n")
    script.chmod(0o700)
    await session.play(film(), CommandPlayer(f"{script} {{playlist}}"))
    await session.wait()
    assert (tmp_path / "mode").read_text() == "600\n" and ADDRESS in (tmp_path / "list").read_text()


@pytest.mark.fcase(84)
async def test_f84_what_a_command_prints_is_redacted(session: PlaySession, heard: Heard) -> None:
    await session.play(film(), CommandPlayer("sh -c 'echo cannot open $(cat) >&2; exit 4'"))
    await session.wait()
    assert heard[-1].message == "your player could not play it: cannot open ***."


def test_places_are_filled_once_and_without_a_shell(tmp_path: Path) -> None:
    what = film(title='--fullscreen {url} $(reboot); `x` "y" it\'s', start_s=61.7)
    words = filled("play --title={title} --at={start} '{user_agent}' {url}", what, tmp_path / "p")
    assert words[1] == "--title=fullscreen _url_ __reboot__ _x_ _y_ it_s"
    assert words[2:] == ("--at=62", "VLC/3.0.21 LibVLC/3.0.21", ADDRESS)


def test_what_goes_through_a_remote_shell_is_quoted(tmp_path: Path) -> None:
    what = film(address=f"{ADDRESS}?a=1&b=$(reboot)", title="A film")
    assert filled("/usr/bin/ssh laptop mpv {url} {title}", what, tmp_path)[-2:] == (
        f"'{ADDRESS}?a=1&b=%24%28reboot%29'",
        "'A film'",
    )


@pytest.mark.parametrize(
    ("settings", "there", "found"),
    [
        (AppSettings(), ("mpv", "vlc"), "mpv"),
        (AppSettings(), ("vlc",), "VLC"),
        (AppSettings(player="vlc"), ("mpv", "vlc"), "VLC"),
        (AppSettings(player="command", player_command="x"), (), "your player"),
    ],
)
def test_the_player_is_the_one_that_is_set_or_there(settings: AppSettings, there: tuple[str, ...], found: str) -> None:
    assert find_player(settings, lambda name: f"/bin/{name}" if name in there else None).name == found


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (AppSettings(), "Neither mpv nor VLC is installed"),
        (AppSettings(player="mpv"), "mpv is not installed"),
        (AppSettings(player="command"), "No command"),
    ],
)
def test_what_is_missing_is_said(settings: AppSettings, words: str) -> None:
    with pytest.raises(PlayerError, match=words):
        find_player(settings, lambda name: None)


@pytest.mark.parametrize(
    ("settings", "environment", "platform", "words"),
    [
        (AppSettings(), {}, "linux", "no graphical screen"),
        (AppSettings(), {"SSH_TTY": "/dev/pts/1"}, "linux", "SSH session"),
        (AppSettings(), {"SSH_TTY": "x", "DISPLAY": ":10"}, "linux", ""),
        (AppSettings(), {"WAYLAND_DISPLAY": "wayland-0"}, "linux", ""),
        (AppSettings(), {}, "darwin", ""),
        (AppSettings(player="command", player_command="ssh laptop mpv --playlist=-"), {"SSH_TTY": "x"}, "linux", ""),
        (AppSettings(player_arguments="--no-video"), {"SSH_TTY": "x"}, "linux", ""),
        (AppSettings(player_arguments="--vo=sixel,tct --volume=9"), {"SSH_TTY": "x"}, "linux", ""),
        (AppSettings(player_arguments="--vo=tct --vo=gpu"), {"SSH_TTY": "x"}, "linux", "SSH session"),
        (AppSettings(player="vlc", player_arguments="--vo=tct"), {"SSH_TTY": "x"}, "linux", "SSH session"),
    ],
)
def test_a_screen_is_looked_for(settings: AppSettings, environment: dict[str, str], platform: str, words: str) -> None:
    why = why_no_display(settings, environment, platform)
    assert (words in why) if words else why == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"player": "winamp"},
        {"player_command": "mpv 'x"},
        {"player_command": "{url}"},
        {"player_command": "mpv {file}"},
        {"player_command": "mpv\n{url}"},
        {"player_arguments": "--input-ipc-server=/tmp/x"},
        {"player_arguments": "http://x"},
        {"player_arguments": "--volume 5"},
        {"player_arguments": "--"},
        {"player_arguments": '"'},
    ],
)
def test_settings_that_can_not_work_are_refused(changed: dict[str, Any]) -> None:
    assert len(validate_app_settings(AppSettings(**changed))) == 1
    assert validate_app_settings(AppSettings(player_command="mpv {url}", player_arguments="-v --x='a b'")) == []
