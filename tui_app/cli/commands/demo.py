"""`xtream-tui demo`: the demo panel as a process of its own, and the app on it in a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from tui_app.cli.commands.panel import given, size_options
from tui_app.cli.interactive import require_terminal, start_app
from tui_app.cli.session import Session
from tui_app.errors import XtreamTuiError
from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.self_exec import relaunch_argv
from tui_app.xtream.http.proxies import with_exception

PROFILE: Final = "demo"
_SIZES_FILE: Final = "sizes.json"
_STOP_S: Final = 2.0


@click.command("demo")
@size_options
@click.option("--fresh", is_flag=True, help="Begin again: forget the copy of the last time.")
@click.pass_obj
def command(
    session: Session, channels: int | None, movies: int | None, series: int | None, seed: int | None, fresh: bool
) -> int:
    """Open the app on a made-up provider: no account needed.

    A small panel is started on this machine; it ends with the app. Your own profiles are not touched.

    Example: xtream-tui demo --movies 20000
    """
    require_terminal()
    sizes = given(channels=channels, movies=movies, series=series, seed=seed)
    home = session.paths.cache / "demo"
    os.environ[HOME_VARIABLE] = str(home)  # for the sync engine the app starts, and so that no keyring is asked
    os.environ["no_proxy"] = with_exception(os.environ, "127.0.0.1")  # no proxy leads to our own panel
    with running_panel(sizes) as login:
        paths = prepare_home(home, sizes, login, fresh=fresh)
        return start_app(paths, profile=PROFILE, demo=True)


@contextmanager
def running_panel(sizes: Mapping[str, int]) -> Iterator[dict[str, str]]:
    """A demo panel in a child process; yields what it announced: url, username, password.

    The child also ends by itself when our end of its input closes, so a killed app leaves nothing behind.
    """
    arguments = [word for name, value in sizes.items() for word in (f"--{name}", str(value))]
    panel = subprocess.Popen(
        [*relaunch_argv(), "panel", "--until-eof", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C on our terminal is the app's business
    )
    try:
        assert panel.stdout is not None  # asked for
        line = panel.stdout.readline()
        if not line:
            raise XtreamTuiError("The demo panel did not start.", hint="Try it alone: xtream-tui panel")
        yield json.loads(line)
    finally:
        panel.terminate()
        try:
            panel.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            panel.kill()
            panel.communicate()


def prepare_home(home: Path, sizes: Mapping[str, int], login: Mapping[str, str], *, fresh: bool) -> Paths:
    """The demo's own folders with its profile, kept between runs; thrown away when asked or for other sizes."""
    from tui_app.settings import PasswordStore, Profile, ProfileStore

    wanted = json.dumps(sizes, sort_keys=True)
    noted = home / _SIZES_FILE
    if fresh or not noted.exists() or noted.read_text() != wanted:
        shutil.rmtree(home, ignore_errors=True)
    paths = Paths.under(home).ensure()
    noted.write_text(wanted)
    profiles = ProfileStore(paths)
    known = next((profile for profile in profiles.list() if profile.name == PROFILE), None)
    if known:
        profiles.update(replace(known, url=login["url"]))
    else:
        source = PasswordStore(paths).best_source()
        profile = Profile(PROFILE, login["url"], login["username"], password_source=source)
        profiles.add(profile, login["password"])
    return paths
