"""Check terminal, keyring, player, proxies and the network connection, without contacting any server."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from tui_app.cli.commands.doctor import note, ok, problem
from tui_app.cli.documents.files import Finding
from tui_app.errors import PlayerError, ProxyError, SettingsError
from tui_app.paths import HOME_VARIABLE, Paths
from tui_app.services.network import Connection, inspect_connection, run_command
from tui_app.settings import AppSettings, Profile, load_app_settings
from tui_app.terminal.capabilities import default_theme, has_few_characters, is_utf8
from tui_app.xtream.http.proxies import ProxyTable, parse_proxy

_SMALLEST: Final = (40, 12)
_COMFORTABLE: Final = (80, 24)


def terminal() -> Iterator[Finding]:
    """Check what the terminal can show, by its environment variables."""
    return terminal_of(os.environ, is_there=sys.stdout.isatty() or sys.stderr.isatty())


def terminal_of(seen: Mapping[str, str], *, is_there: bool) -> Iterator[Finding]:
    """Check the terminal that an environment describes."""
    if not is_there:
        yield note("terminal", "Not a terminal: the app can't open here; all other commands work.")
        return
    term = seen.get("TERM", "")
    if term in ("", "dumb"):
        yield note(
            "terminal", f"TERM is {term or 'not set'}.", "The app needs a terminal that supports cursor movement."
        )
    else:
        yield ok("terminal", f"{term}{_inside(seen)}; {_colours(seen)}.")
    if not is_utf8(seen):
        yield note(
            "letters",
            "The locale is not UTF-8: characters of other scripts and lines may be replaced.",
            "Set one, for example: export LANG=C.UTF-8",
        )
    elif has_few_characters(seen):
        yield note("letters", "This terminal supports few characters: frames are drawn in ASCII.")
    else:
        yield ok("letters", "UTF-8.")
    yield _dimensions()


def _inside(seen: Mapping[str, str]) -> str:
    inside = "tmux" if seen.get("TMUX") else "screen" if seen.get("STY") else ""
    over = "SSH" if seen.get("SSH_CONNECTION") or seen.get("SSH_TTY") else ""
    notes = [f"in {inside}"] if inside else []
    notes += [f"over {over}: only changed cells are sent"] if over else []
    return f" ({', '.join(notes)})" if notes else ""


def _colours(seen: Mapping[str, str]) -> str:
    if "NO_COLOR" in seen:
        return "no colours because NO_COLOR is set"
    depth = seen.get("COLORTERM", "").lower()
    theme = default_theme(seen)
    return f"{depth or 'colours by TERM'}, default theme {theme}"


def _dimensions() -> Finding:
    columns, rows = shutil.get_terminal_size()
    words = f"{columns}×{rows} cells."
    if columns < _SMALLEST[0] or rows < _SMALLEST[1]:
        return note("window", words, "The app needs 40×12; from 80×24 on it shows lists and details together.")
    if columns < _COMFORTABLE[0] or rows < _COMFORTABLE[1]:
        return note("window", f"{words} Narrow: lists and details are shown one at a time.")
    return ok("window", words)


def keyring() -> Iterator[Finding]:
    """Check whether a keyring for passwords works."""
    if os.environ.get(HOME_VARIABLE):
        yield ok("keyring", f"Not used: {HOME_VARIABLE} is set, which keeps everything in one folder.")
        return
    from tui_app.settings import keyring_access

    if keyring_access.works():
        yield ok("keyring", "Available: new passwords are stored there.")
    else:
        yield note("keyring", "Not available: new passwords are stored in a file that only you can read.")


def player(paths: Paths) -> Iterator[Finding]:
    """Check which player is used, its version, and whether there is a display for it."""
    from tui_app.playback.players import find_player, why_no_display

    settings = _settings(paths)
    try:
        found = find_player(settings)
    except PlayerError as error:
        yield note("player", error.message, error.hint)
        return
    program = getattr(found, "program", "") or _first_word(settings.player_command)
    if shutil.which(program) is None:
        yield problem("player", f"There is no program “{program}”.", "Correct the player command in the settings.")
        return
    yield ok("player", f"{found.name}{_version(program)}.")
    if reason := why_no_display(settings):
        yield note("display", reason, "Copy the address (y in the app) and play it on a machine with a display.")


def _settings(paths: Paths) -> AppSettings:
    try:
        return load_app_settings(paths)
    except SettingsError:  # reported by another check
        return AppSettings()


def _first_word(command: str) -> str:
    return next(iter(shlex.split(command)), "")


def _version(program: str) -> str:
    """Return the first line of the player's `--version`; "" when it prints nothing."""
    lines = run_command((program, "--version")).splitlines()
    first = lines[0].partition(" Copyright")[0].strip() if lines else ""
    return f" ({program}: {first[:60]})" if first else f" ({program})"


def proxies(profile: Profile | None) -> Iterator[Finding]:
    """Check the proxy variables: which proxy the profile's panel uses, and which are invalid."""
    table = ProxyTable.of_this_process()
    used = None
    if profile is not None:
        try:
            used = table.for_url(profile.url)
        except ProxyError as error:
            yield problem("proxy", error.message, error.hint)
        else:
            if used is not None:
                yield ok("proxy", f"“{profile.name}” is reached through {used.words}.")
            elif any(table.variables()):
                yield ok("proxy", f"“{profile.name}” is reached without a proxy.")
    for variable in table.variables():
        try:
            parse_proxy(variable)
        except ProxyError as error:
            if profile is None or not _is_for(variable.name, profile.url):
                yield note("proxy", error.message, error.hint)


def _is_for(variable: str, url: str) -> bool:
    """Return whether a proxy variable applies to addresses like this one."""
    return variable.lower() in (f"{url.partition(':')[0].lower()}_proxy", "all_proxy")


def connection() -> Iterator[Finding]:
    """Check the network interface of the default route."""
    seen = inspect_connection()
    source = f" (source: {seen.source})" if seen.source else ""
    if seen.state is Connection.OFFLINE:
        yield note("connection", "Offline: browsing works, syncing and playing do not.")
    elif seen.state is Connection.UNKNOWN:
        yield note(
            "connection",
            f"Unknown whether the connection is metered{f' ({seen.device})' if seen.device else ''}.",
            "Automatic syncs wait if “Only on Wi-Fi or cable” is on; sync manually, or allow metered connections.",
        )
    else:
        yield ok("connection", f"{seen.words}{source}.")
