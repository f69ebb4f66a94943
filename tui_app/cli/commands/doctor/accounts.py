"""Check settings, passwords, the sync schedule and the account."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from shlex import quote
from typing import Final

from tui_app.catalog import CacheStats
from tui_app.cli.commands.doctor import note, ok, problem
from tui_app.cli.documents.files import Finding
from tui_app.cli.errors import describe
from tui_app.cli.output import day, moment
from tui_app.errors import PanelError, SecretError, SettingsError, XtreamTuiError
from tui_app.locks import is_held
from tui_app.paths import Paths
from tui_app.services.sync_policy import due, jitter_for
from tui_app.settings import PasswordStore, Profile, ProfileStore, load_app_settings, unknown_app_settings

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SOON_S: Final = 14 * 86_400


def settings_files(paths: Paths) -> Iterator[Finding]:
    """Check the files that people edit."""
    readers: tuple[tuple[str, Callable[[], object], str], ...] = (
        ("settings", lambda: load_app_settings(paths), paths.settings_file.name),
        ("profiles", lambda: _all_of(ProfileStore(paths)), paths.profiles_file.name),
    )
    for check, read, name in readers:
        try:
            read()
        except SettingsError as error:
            yield problem(check, error.message, error.hint)
        else:
            there = (paths.config / name).exists()
            yield ok(check, f"{name} is valid." if there else f"No {name} yet: the defaults apply.")
    yield from _unknown_keys(paths)
    names = _names(paths)
    if names is not None and not names:
        advice = "Add one: xtream-tui profile add home --url LINK, or try the demo: xtream-tui demo"
        yield note("profile", "There is no profile yet.", advice)


def _unknown_keys(paths: Paths) -> Iterator[Finding]:
    """Report keys that are ignored, such as misspelt ones."""
    try:
        unknown = unknown_app_settings(paths)
    except SettingsError:  # reported above
        return
    if unknown:
        words = f"{paths.settings_file.name} has unknown keys: {', '.join(unknown)}."
        yield note("settings", words, "Correct misspelt keys; all keys are listed in: xtream-tui handbook settings")


def _all_of(profiles: ProfileStore) -> object:
    """Read everything that commands read from the file, including the name of the current profile."""
    return profiles.list(), profiles.current()


def _names(paths: Paths) -> list[str] | None:
    try:
        return [profile.name for profile in ProfileStore(paths).list()]
    except SettingsError:
        return None


def secrets(paths: Paths) -> Iterator[Finding]:
    """Check who can read the passwords, and whether each profile has one."""
    file = paths.secrets_file
    if file.exists() and os.name == "posix":
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & _OTHERS:
            yield problem("secrets", f"Others can read {file} (mode {mode:04o}).", f"Run: chmod 600 '{file}'")
        else:
            yield ok("secrets", f"{file.name} is readable by you only.")
    try:
        profiles = ProfileStore(paths).list()
    except SettingsError:
        return
    for profile in profiles:
        yield _password(paths, profile)


def _password(paths: Paths, profile: Profile) -> Finding:
    check = "password"
    if profile.password_source == "command":  # not run: it may need a touch on a security key
        return ok(check, f"“{profile.name}” uses a password command, which was not run.")
    try:
        PasswordStore(paths).read(profile)
    except (SecretError, SettingsError) as error:
        advice = error.hint
        if "No password is stored" in error.message:
            advice = f"Set it again: xtream-tui profile set {quote(profile.name)} --password-stdin"
        return problem(check, error.message, advice)
    location = "the system keyring" if profile.password_source == "keyring" else paths.secrets_file.name
    return ok(check, f"The password of “{profile.name}” is in {location}.")


def schedule(paths: Paths, profile: Profile) -> Iterator[Finding]:
    """Check when the profile was last synced, when the next sync is due, and whether one is running."""
    if is_held(paths.sync_lock(profile.name)):
        yield note("sync", f"“{profile.name}” is being synced or maintained by another process.")
    stats = _stats(paths, profile.name)
    if stats is None:
        return
    if stats.last_success is None:
        yield note("sync", f"“{profile.name}” was never synced.", f"Run: xtream-tui sync {quote(profile.name)}")
        return
    yield from _last_outcomes(profile, stats)
    yield _next_sync(profile, stats)


def _stats(paths: Paths, name: str) -> CacheStats | None:
    """Return the statistics of a current, intact library; None otherwise, which other checks report."""
    from tui_app.cli.session import library_stats
    from tui_app.store.maintenance.integrity import examine_library

    file = paths.library_db(name)
    if not file.exists():
        return CacheStats(name, 0, {}, {})
    try:
        return library_stats(paths, name) if examine_library(file).is_current else None
    except XtreamTuiError:
        return None


def _last_outcomes(profile: Profile, stats: CacheStats) -> Iterator[Finding]:
    for kind in profile.sync.kinds:
        part = stats.last_sync.get(kind.plural)
        if part is None or part.status == "completed":
            continue
        if part.pending_removals:
            advice = (
                f"Review them (D in the app), or accept them: xtream-tui sync {quote(profile.name)} --accept-shrink"
            )
            yield note(
                "sync", f"{part.pending_removals:,} removals of {kind.plural} wait for your confirmation.", advice
            )
        else:
            reason = f": {part.reason}" if part.reason else "."
            advice = f"Run: xtream-tui sync {quote(profile.name)} --retry"
            yield note("sync", f"The last sync of {kind.plural} is {part.status}{reason}", advice)


def _next_sync(profile: Profile, stats: CacheStats) -> Finding:
    from tui_app.services.sync_policy import SyncStatus, history_of

    parts = [stats.last_sync[kind.plural] for kind in profile.sync.kinds if kind.plural in stats.last_sync]
    history = history_of(parts, stats.last_runs, SyncStatus())
    answer = due(int(time.time()), history, profile.sync, jitter_s=jitter_for(profile.name, profile.sync))
    last = f"last complete sync {moment(history.last_success)}" if history.last_success else "no complete sync yet"
    if answer.at is None:
        return note(
            "schedule", f"{last}; automatic sync is off.", "Sync manually, by cron, or set an interval in the app."
        )
    if answer.now:
        advice = f"The app starts it within a minute if it is open; or run: xtream-tui sync {quote(profile.name)}"
        return note("schedule", f"{last}; the next sync is due now.", advice)
    return ok("schedule", f"{last}; the next sync is due {moment(answer.at)}, while the app runs.")


def account(paths: Paths, profile: Profile, *, ask: bool) -> Iterator[Finding]:
    """Check the account, as of the last login or, with `ask`, by logging in."""
    if ask:
        yield _logged_in(paths, profile)
        return
    known = profile.account
    if known is None:
        yield note("account", "The login was not tested yet.", f"Run: xtream-tui profile test {quote(profile.name)}")
        return
    when = f"as of {day(known.checked_at)}"
    if known.status != "active":
        yield problem("account", f"The account is {known.status}, {when}.", "Contact your provider.")
    elif known.expires is None:
        yield ok("account", f"The account is active without an end date, {when}.")
    else:
        yield _expiry(known.expires, when)


def _expiry(expires: int, when: str) -> Finding:
    left = expires - time.time()
    if left <= 0:
        return problem("account", f"The account expired on {day(expires)}, {when}.", "Renew it with your provider.")
    if left < _SOON_S:
        return note("account", f"The account ends on {day(expires)}, {when}.", "Renew it with your provider.")
    return ok("account", f"The account is active until {day(expires)}, {when}.")


def _logged_in(paths: Paths, profile: Profile) -> Finding:
    from tui_app.cli.login import ask_panel

    try:
        found = ask_panel(paths, profile, PasswordStore(paths).read(profile))
    except (PanelError, SecretError, SettingsError) as error:
        failure = describe(error)
        return problem("provider", failure.message, failure.hint)
    if found.expires is not None:
        return _expiry(found.expires, "as of now")
    return ok("provider", f"The provider answers; the account is {found.status}.")
