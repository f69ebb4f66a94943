"""`xtream-tui demo`: run the demo panel in a child process and the app on it, in a home folder of its own."""

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
@click.option("--fresh", is_flag=True, help="Start over: delete the demo's library and settings.")
@click.pass_obj
def command(
    session: Session, channels: int | None, movies: int | None, series: int | None, seed: int | None, fresh: bool
) -> int:
    """Open the app with a demo provider; no account needed.

    Starts a small panel on this machine, which stops with the app. Your own profiles are not touched.

    Example: xtream-tui demo --movies 20000
    """
    require_terminal()
    sizes = given(channels=channels, movies=movies, series=series, seed=seed)
    home = session.paths.cache / "demo"
    os.environ[HOME_VARIABLE] = str(home)  # inherited by sync processes; also keeps the keyring out of use
    os.environ["no_proxy"] = with_exception(os.environ, "127.0.0.1")  # the panel is not reachable through a proxy
    with running_panel(sizes) as login:
        paths = prepare_home(home, sizes, login, fresh=fresh)
        return start_app(paths, profile=PROFILE, demo=True)


@contextmanager
def running_panel(sizes: Mapping[str, int]) -> Iterator[dict[str, str]]:
    """Run a demo panel in a child process; yield what it announced: url, username, password.

    The child also ends when our end of its stdin closes, so a killed app leaves no process behind.
    """
    arguments = [word for name, value in sizes.items() for word in (f"--{name}", str(value))]
    panel = subprocess.Popen(
        [*relaunch_argv(), "panel", "--until-eof", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # the app handles Ctrl-C
    )
    try:
        assert panel.stdout is not None  # stdout=PIPE
        line = panel.stdout.readline()
        if not line:
            raise XtreamTuiError("The demo panel did not start.", hint="Start it alone to see why: xtream-tui panel")
        yield json.loads(line)
    finally:
        panel.terminate()
        try:
            panel.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            panel.kill()
            panel.communicate()


def prepare_home(home: Path, sizes: Mapping[str, int], login: Mapping[str, str], *, fresh: bool) -> Paths:
    """Create the demo's folders and profile; reuse them unless `fresh` is set or the sizes differ."""
    from tui_app.settings import PasswordStore, Profile, ProfileStore

    wanted = json.dumps(sizes, sort_keys=True)
    sizes_file = home / _SIZES_FILE
    if fresh or not sizes_file.exists() or sizes_file.read_text() != wanted:
        shutil.rmtree(home, ignore_errors=True)
    paths = Paths.under(home).ensure()
    sizes_file.write_text(wanted)
    profiles = ProfileStore(paths)
    known = next((profile for profile in profiles.list() if profile.name == PROFILE), None)
    if known:
        profiles.update(replace(known, url=login["url"]))
    else:
        source = PasswordStore(paths).best_source()
        profile = Profile(PROFILE, login["url"], login["username"], password_source=source)
        profiles.add(profile, login["password"])
    return paths
