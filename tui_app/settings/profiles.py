"""The profiles in `profiles.toml`, with their passwords and what is known of their accounts.

Every change reads the file again under its lock and edits only its own keys, so manual edits, unknown keys and other
profiles are kept. Library files are removed by `maintenance.profiles`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import replace

from tui_app.catalog import Account
from tui_app.errors import SettingsError, UsageError
from tui_app.paths import Paths
from tui_app.settings.documents import (
    CONNECTION_DEFAULTS,
    Table,
    account_from,
    account_table,
    connection_table,
    overlay,
    profile_from,
    sync_table,
)
from tui_app.settings.schema import KnownAccount, Profile, SyncSettings
from tui_app.settings.secrets import PasswordStore
from tui_app.settings.toml_file import Document, TomlFile
from tui_app.settings.validation import refuse, same_name, validate_name, validate_profile, validate_sync_settings
from tui_app.text import redactor

log = logging.getLogger(__name__)


class KnownAccounts:
    """What the last login said about the account of each profile."""

    def __init__(self, paths: Paths) -> None:
        self._file = TomlFile(paths.accounts_file)

    def read(self) -> dict[str, KnownAccount]:
        """Return the accounts by profile name."""
        try:
            table = Table(self._file.read(), str(self._file.path))
            return {name: account_from(table.table(name)) for name in table}
        except SettingsError:
            return {}

    def save(self, name: str, account: KnownAccount) -> None:
        """Replace the account of one profile, if the file can be written."""
        self._change(lambda document: overlay(document, {name: account_table(account)}))

    def forget(self, name: str) -> None:
        """Remove the account of one profile, if there is one."""

        def drop(document: Document) -> None:
            document.pop(name, None)

        if name in self.read():
            self._change(drop)

    def _change(self, change: Callable[[Document], None]) -> None:
        try:
            self._keep_damaged_file()
            self._file.change(change)
        except (SettingsError, OSError) as error:
            log.warning("can't store the account of the last login: %s", error)

    def _keep_damaged_file(self) -> None:
        path = self._file.path
        try:
            table = Table(self._file.read(), str(path))
            for name in table:
                table.table(name)
        except SettingsError:
            if os.path.lexists(path):
                path.replace(path.with_suffix(".damaged"))


class ProfileStore:
    """Find, add, change and remove profiles. Names are found ignoring case.

    All methods raise `SettingsError` when the file can't be read or written or contains a refused value, and
    `UsageError` for an unknown name or a refused argument. A refused change leaves every file unchanged.
    """

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.passwords = PasswordStore(paths)
        self._file = TomlFile(paths.profiles_file, by_hand=True)
        self._accounts = KnownAccounts(paths)

    # ------------------------------------------------------------------------------------------ reading
    def list(self) -> tuple[Profile, ...]:
        """Return all profiles, in the order of the file."""
        table, accounts = self._profiles(self._file.read()), self._accounts.read()
        return tuple(profile_from(name, table.table(name), accounts.get(name)) for name in table)

    def names(self) -> tuple[str, ...]:
        """Return the names of all profiles, in the order of the file, including profiles with refused values."""
        return tuple(self._profiles(self._file.read()))

    def current(self) -> Profile | None:
        """Return the profile that the file names, else its first; None when there is none."""
        document = self._file.read()
        table = self._profiles(document)
        names = tuple(table)
        if not names:
            return None
        root = Table(document, str(self._file.path))
        chosen = _found(root.text("current", names[0]), names)
        if chosen is None:
            root.refuse("current names a profile that is not in the file")
        return self._load(chosen, table)

    def get(self, name: str) -> Profile:
        """Return the profile of that name. Only its own part of the file needs to be valid."""
        table = self._profiles(self._file.read())
        return self._load(_existing(name, table), table)

    def get_sync_settings(self, name: str) -> SyncSettings:
        """Return the sync settings of that profile."""
        return self.get(name).sync

    # ----------------------------------------------------------------------------------------- changing
    def add(self, profile: Profile, password: str | None = None) -> None:
        """Add a profile and store its password, if given; the first profile becomes the current one.

        Raises `SecretError` when the password can't be stored; nothing is written then.
        """
        refuse(validate_profile(profile))
        stored = False

        def put(document: Document) -> None:
            nonlocal stored
            names = tuple(self._profiles(document))
            if taken := _found(profile.name, names):
                raise UsageError(
                    f"There is already a profile named “{taken}”.", hint="Choose another name, or remove that one."
                )
            new: Document = {}
            overlay(new, connection_table(profile), CONNECTION_DEFAULTS)
            overlay(new, {"sync": sync_table(profile.sync)})
            document.setdefault("profiles", {})[profile.name] = new
            if not names:
                _make_current(document, profile.name)
            if password is not None:  # last and under the lock, as two processes may add the same name
                self.passwords.store(profile.name, profile.password_source, password)
                stored = True

        try:
            self._file.change(put)
        except SettingsError:
            if stored:
                self.passwords.forget(profile)
            raise
        if profile.account is not None:
            self._accounts.save(profile.name, profile.account)

    def update(self, profile: Profile, password: str | None = None) -> None:
        """Replace the connection settings of the profile, and its password where one is given.

        Sync settings and account are changed by methods of their own. When `password_source` changes, the old password
        is removed.
        """
        refuse(validate_profile(profile))
        replaced: list[Profile] = []

        def put(document: Document) -> None:
            table = self._profiles(document)
            name = _existing(profile.name, table)
            replaced.append(self._load(name, table))
            overlay(document["profiles"][name], connection_table(profile), CONNECTION_DEFAULTS)
            if password is not None:
                self.passwords.store(name, profile.password_source, password)

        self._file.change(put)
        if replaced[0].password_source != profile.password_source:
            self.passwords.forget(replaced[0])

    def rename(self, name: str, new_name: str) -> None:
        """Rename a profile, its password and account; files named after it are left to the caller.

        Replacing the file is the decisive step: before it the old name works, after it the new one. Raises
        `SecretError` when the password can't be stored under the new name; nothing is written then.
        """
        refuse(validate_name(new_name))
        renamed: list[Profile] = []

        def put(document: Document) -> None:
            table = self._profiles(document)
            old_name = _existing(name, table)
            taken = _found(new_name, tuple(known for known in table if known != old_name))
            if taken or new_name == old_name:
                raise UsageError(
                    f"There is already a profile named “{taken or old_name}”.", hint="Choose another name."
                )
            profile = self._load(old_name, table)
            self.passwords.copy(profile, new_name)
            document["profiles"] = {
                new_name if known == old_name else known: values for known, values in document["profiles"].items()
            }
            if same_name(str(document.get("current", "")), old_name):
                _make_current(document, new_name)
            renamed.append(profile)

        self._file.change(put)
        self.forget_name(renamed[0])
        if renamed[0].account is not None:
            self._accounts.save(new_name, renamed[0].account)

    def forget_name(self, gone: Profile) -> None:
        """Remove the password and the account of a profile that is no longer in the file."""
        self.passwords.forget(gone)
        self._accounts.forget(gone.name)

    def use(self, name: str) -> None:
        """Make that profile the current one."""
        self._file.change(lambda document: _make_current(document, _existing(name, self._profiles(document))))

    def remove(self, name: str) -> None:
        """Remove a profile with its password and account; the first other profile may become current.

        Raises `SecretError` when the password can't be removed; the profile stays then.
        """
        removed: list[str] = []

        def take_out(document: Document) -> None:
            table = self._profiles(document)
            gone = _existing(name, table)
            self.passwords.forget(self._load(gone, table))
            del document["profiles"][gone]
            if same_name(str(document.get("current", gone)), gone):
                _make_current(document, next(iter(document["profiles"]), None))
            removed.append(gone)

        self._file.change(take_out)
        self._accounts.forget(removed[0])

    def save_sync_settings(self, name: str, settings: SyncSettings) -> None:
        """Replace the sync settings. Derive `settings` from a fresh `get_sync_settings`."""
        refuse(validate_sync_settings(settings))

        def put(document: Document) -> None:
            table = self._profiles(document)
            existing = _existing(name, table)
            self._load(existing, table)  # do not write a profile with refused values
            overlay(document["profiles"][existing], {"sync": sync_table(settings)})

        self._file.change(put)

    def save_account(self, name: str, account: Account, checked_at: int, url: str = "") -> None:
        """Store what a login said at `checked_at` (epoch seconds), and the address that answered."""
        profile = self.get(name)
        known = KnownAccount.of(account, checked_at, url if url in profile.also_urls else "")
        self._accounts.save(profile.name, known)

    def save_address(self, name: str, url: str) -> None:
        """Store which address of a profile answered."""
        profile = self.get(name)
        if profile.account is not None and url != profile.address:
            known = replace(profile.account, url=url if url in profile.also_urls else "")
            self._accounts.save(profile.name, known)

    # ------------------------------------------------------------------------------------------- inside
    def _profiles(self, document: Document) -> Table:
        table = Table(document, str(self._file.path)).table("profiles")
        redactor.keep_readable(*table)
        return table

    def _load(self, name: str, profiles: Table) -> Profile:
        profile = profile_from(name, profiles.table(name))
        return replace(profile, account=self._accounts.read().get(name))


def _make_current(document: Document, name: str | None) -> None:
    if name is None:
        document.pop("current", None)
    else:
        document["current"] = name


def _found(name: str, names: tuple[str, ...]) -> str | None:
    """Return the name as in the file: an exact match, else one ignoring case."""
    return name if name in names else next((known for known in names if same_name(known, name)), None)


def _existing(name: str, profiles: Table) -> str:
    names = tuple(profiles)
    found = _found(name, names)
    if found is None:
        known = f"Profiles: {', '.join(names)}." if names else "Add one first: xtream-tui profile add"
        raise UsageError(f"There is no profile named “{name}”.", hint=known)
    return found
